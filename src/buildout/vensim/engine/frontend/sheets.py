"""Cells of the files that a model reads: CSV and other delimited text, and Excel workbooks.

A model from a stranger names files, so only regular files in the model's own folder, or below it,
are read, whatever links lead to, and what a file may unpack to is bounded.
"""

import csv
import io
import math
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildout._util import names
from buildout._util.extras import needed
from buildout._util.hints import NUMBER
from buildout._util.reading import as_text, read_bytes
from buildout.errors import BuildoutError, InputError

#: Bytes that a workbook may unpack to.
_MOST_UNPACKED = 64 * 2**20
#: Cells of a tab, those among them that only its size makes; a row takes as long as some cells.
_MOST_CELLS, _CELLS_OF_ROW = 2**22, 8
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_TABS_SHOWN = 12  # In a message.
#: An element that needs no quotes.
_PLAIN = re.compile(r"\w[\w .'$]*")
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_WHOLE = re.compile(r"[1-9][0-9]{0,6}")

Cell = float | str | None


@dataclass(frozen=True)
class Cells:
    """The cells of one tab, or of a text file.

    Attributes
    ----------
    rows : list of list of cell
        Numbers, texts, or None where a cell is empty.
    known : dict of str to str
        Cells that have names of their own in the workbook.
    """

    rows: list[list[Cell]]
    known: dict[str, str]

    def at(self, row: int, column: int) -> Cell:
        """A cell, both counted from 0; None beyond the last one."""
        inside = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])
        return self.rows[row][column] if inside else None

    def place(self, cell: str) -> tuple[int, int] | None:
        """Row and column of a cell's name such as `B2`, counted from 0; None if it is none."""
        match = _CELL.fullmatch(self.known.get(cell.casefold(), cell).strip())
        return match and (int(match[2]) - 1, cell_column(match[1]))

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max(map(len, self.rows), default=0)


def line_of(written: str) -> tuple[int | None, int | None]:
    """The row of a number, or the column of letters, both counted from 0; None for the other.

    Raises
    ------
    InputError
        For what is neither.

    Examples
    --------
    >>> line_of("3"), line_of("B")
    ((2, None), (None, 1))
    """
    if _WHOLE.fullmatch(written):
        return int(written) - 1, None
    if _LETTERS.fullmatch(written):
        return None, cell_column(written)
    raise InputError(
        f"{names.quoted(written)} is no cell, row or column.",
        "`B2`, `2` and `B` and the like are accepted.",
    )


def cell_column(letters: str) -> int:
    """The column of its letters, counted from 0.

    Examples
    --------
    >>> cell_column("A"), cell_column("ab")
    (0, 27)
    """
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def as_element(written: str) -> str:
    """An element as a model's text may hold it: one name, whatever stands in the cell.

    Raises
    ------
    InputError
        For what would end a name.

    Examples
    --------
    >>> as_element("North"), as_element("A, B")
    ('North', '"A, B"')
    """
    if _PLAIN.fullmatch(written):
        return written
    if not written.isprintable() or '"' in written.strip('"') or "\\" in written:
        raise InputError(
            f"{names.quoted(written)} is no name of an element.",
            "Letters, digits, blanks and signs but quotes and backslashes are accepted.",
        )
    inner = written.strip('"')
    return f'"{inner}"'


def read_cells(folder: Path | None, file: str, tab: str) -> Cells:
    """The cells that a model names.

    Parameters
    ----------
    folder : path or None
        That of the model; None for a model that is a text.
    file : str
        As the model names it.
    tab : str
        The tab of a workbook; of a text file the sign between cells.

    Raises
    ------
    InputError
        When there is no such file or tab, when it lies elsewhere, or is of another kind.
    """
    path = _inside(folder, file)
    data = read_bytes(path, what="a file of the model")
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm"):
        return _workbook(data, path.name, tab)
    if kind == ".xls":
        raise InputError(
            f"{names.quoted(file)} is a workbook of Excel before 2007.",
            "`.xlsx`, `.csv` and other text are accepted.",
            "Save it as `.xlsx`, and change its name in the model.",
        )
    between = tab if len(tab) == 1 else "," if kind == ".csv" else "\t"
    return _delimited(as_text(data, where=names.quoted(file)), between)


def _inside(folder: Path | None, file: str) -> Path:
    if folder is None:
        raise InputError(
            f"A model given as text has no folder in which {names.quoted(file)} could lie.",
            cure="Load the model from its file.",
        )
    if file.startswith("?"):
        raise InputError(
            f"{names.quoted(file)} stands for a file that the model's settings do not name.",
            cure="Write the file's name into the model.",
        )
    root = folder.resolve()
    # Vensim runs where folders are parted by a backslash.
    path = (root / file.replace("\\", "/")).resolve()
    if not path.is_relative_to(root):
        raise InputError(
            f"{names.quoted(file)} lies outside the folder of the model.",
            "Files beside the model, or below, are read.",
            "Copy it there, and change its name in the model.",
        )
    return path


def _delimited(text: str, between: str) -> Cells:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=between)
    try:
        return Cells([[_cell(cell) for cell in row] for row in rows], {})
    except csv.Error as problem:
        raise InputError(f"A file of the model cannot be read: {problem}.") from problem


def _cell(written: str) -> Cell:
    written = written.strip()
    # Python would take `1_000` and `nan` for numbers too.
    if NUMBER.fullmatch(written) and math.isfinite(value := float(written)):
        return value
    return written or None


def _workbook(data: bytes, file: str, tab: str) -> Cells:
    openpyxl = needed("openpyxl")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise InputError(
                f"{names.quoted(file)} unpacks to {unpacked / 2**20:,.0f} MiB.",
                f"Up to {_MOST_UNPACKED >> 20} MiB are accepted.",
            )
        return _tab(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True), tab)
    except BuildoutError as problem:
        raise type(problem)(f"{names.quoted(file)}: {problem.found}", problem.accepted) from problem
    # A damaged workbook makes the readers of zip, XML and Excel raise whatever they have.
    except Exception as problem:
        reason = names.quoted(f"{type(problem).__name__}: {problem}")
        raise InputError(f"{names.quoted(file)} is no workbook of Excel: {reason}.") from problem


def _tab(book: Any, tab: str) -> Cells:
    tabs = {sheet.title.casefold(): sheet for sheet in book.worksheets}
    sheet = tabs.get(tab.strip().casefold())
    if sheet is None:
        known = ", ".join(names.quoted(s.title) for s in book.worksheets[:_TABS_SHOWN])
        raise InputError(f"There is no tab {names.quoted(tab)}.", f"Accepted: {known}.")
    # The size that the file states is not to be believed: rows would be filled up to it.
    sheet.reset_dimensions()
    rows: list[list[Cell]] = []
    taken = 0
    for row in sheet.iter_rows(values_only=True):
        taken += _CELLS_OF_ROW + len(row)
        if taken > _MOST_CELLS:
            raise InputError(
                f"The tab {names.quoted(tab)} has more than {len(rows):,} rows of cells.",
                f"Up to {_MOST_CELLS:,} cells are accepted, {_CELLS_OF_ROW} of them for each row.",
            )
        rows.append([_value(v) for v in row])
    known_cells = {}
    for scope in (book.defined_names, sheet.defined_names):
        for name, defined in scope.items():
            for _, cells in defined.destinations:
                known_cells[name.casefold()] = cells.partition(":")[0]
    return Cells(rows, known_cells)


def _value(value: object) -> Cell:
    if isinstance(value, bool | int | float):
        return float(value) if abs(value) <= sys.float_info.max else str(value)
    return _cell(str(value)) if value is not None else None
