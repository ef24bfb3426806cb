"""A book as an Excel workbook: one sheet for each table, notes first."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from buildout._util.extras import needed
from buildout.documents.book import SHARE, TEXT, YEAR, Book, BookTable, Column
from buildout.documents.zipped import without_times
from buildout.errors import visible

#: Signs that a sheet's name may not hold, and how long it may be.
_REFUSED = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_NAME, _LONGEST_CELL = 31, 32_000
_NARROW, _WIDE = 8, 60
_FIRST = 4  # Row of the headings, below title and note.
_FORMS = {SHARE: "0%", YEAR: "0.00"}
NOTES = "Notes"
_DATA = "data"


def to_xlsx(book: Book, rows: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The bytes of a workbook.

    Parameters
    ----------
    book : Book
    rows : sequence of mapping
        Of the table of the IAMC, for a sheet `data`, which is where programs look for it.

    Raises
    ------
    InputError
        Where openpyxl is not installed.
    """
    openpyxl = needed("openpyxl")
    workbook = openpyxl.Workbook()
    workbook.properties.creator = "buildout"
    workbook.properties.title = visible(book.title)
    _notes(workbook.active, book)
    for sheet in book.sheets:
        _sheet(workbook.create_sheet(_named(sheet.name, workbook.sheetnames)), sheet)
    if rows:
        _plain(workbook.create_sheet(_DATA), rows)
    made = io.BytesIO()
    workbook.save(made)
    return without_times(made.getvalue())


def _plain(page: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows from the first cell of a sheet on, below their keys, as programs want them."""
    for place, key in enumerate(rows[0], start=1):
        _put(page.cell(1, place), str(key))
        for line, row in enumerate(rows, start=2):
            _put(page.cell(line, place), row[key])


def _notes(page: Any, book: Book) -> None:
    styles = needed("openpyxl.styles")
    page.title = NOTES
    page.sheet_view.showGridLines = False
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 26, 110
    lines = [("", book.title), *(("", finding) for finding in book.findings), *book.notes]
    lines += [(sheet.name, f"{sheet.title}. {sheet.note}".strip()) for sheet in book.sheets]
    for line, (head, words) in enumerate(lines, start=1):
        for place, text in enumerate((head, words), start=1):
            cell = page.cell(line, place)
            _put(cell, text)
            cell.alignment = styles.Alignment(vertical="top", wrap_text=True)
            cell.font = styles.Font(bold=place == 1 or line == 1, size=14 if line == 1 else 11)
        page.row_dimensions[line].height = 15 * max(1, math.ceil(len(words) / 105)) + 3


def _sheet(page: Any, sheet: BookTable) -> None:
    styles, letters = needed("openpyxl.styles"), needed("openpyxl.utils").get_column_letter
    _put(page.cell(1, 1), sheet.title)
    page.cell(1, 1).font = styles.Font(bold=True, size=13)
    _put(page.cell(2, 1), sheet.note)
    for place, column in enumerate(sheet.columns, start=1):
        head = page.cell(_FIRST, place)
        _put(head, column.heading)
        head.font = styles.Font(bold=True, color="FFFFFF")
        head.fill = styles.PatternFill("solid", fgColor="1B2F45")
        head.alignment = styles.Alignment(wrap_text=True, vertical="top")
        longest = max(map(len, column.heading.split()), default=0)
        for line, row in enumerate(sheet.rows, start=_FIRST + 1):
            cell = page.cell(line, place)
            _put(cell, row.get(column.key))
            cell.number_format = _format(column, row.get(column.key))
            longest = max(longest, _length(cell.value))
        width = min(_WIDE, max(_NARROW, longest + 2))
        page.column_dimensions[letters(place)].width = width
    page.row_dimensions[_FIRST].height = 45
    page.freeze_panes = page.cell(_FIRST + 1, 2 if sheet.columns[0].form == TEXT else 1)
    last = f"{letters(len(sheet.columns))}{_FIRST + len(sheet.rows)}"
    page.auto_filter.ref = f"A{_FIRST}:{last}"


def _put(cell: Any, value: Any) -> None:
    """A value as it is; text stays text, whatever sign it begins with."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, str):
        cell.value = visible(value, lines=True)[:_LONGEST_CELL]
        cell.data_type = "s"  # openpyxl takes what begins with `=` for a formula.
        cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t", "\r"))
    else:
        cell.value = value.item() if hasattr(value, "item") else value


def _format(column: Column, value: Any) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return "General"
    if column.form in _FORMS:
        return _FORMS[column.form]
    size = abs(value)
    return "#,##0" if size >= 100 or value == int(value) else "0.00" if size >= 1 else "0.0000"


def _length(value: Any) -> int:
    if isinstance(value, str):
        return max(map(len, value.splitlines()), default=0)
    return 0 if value is None else 9


def _named(name: str, taken: list[str]) -> str:
    short = visible(name).translate(_REFUSED).strip("' ")[:_LONGEST_NAME] or "Table"
    number = 2
    chosen = short
    while chosen.casefold() in {each.casefold() for each in taken}:
        chosen = f"{short[: _LONGEST_NAME - 4]} {number}"
        number += 1
    return chosen
