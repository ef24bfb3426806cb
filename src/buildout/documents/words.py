"""A book as a Word document: findings, tables side by side, charts and pictures, notes."""

import io
from typing import Any

from buildout._util.extras import needed
from buildout.documents.book import Book, BookPicture, BookTable
from buildout.documents.zipped import without_times
from buildout.errors import visible

_WIDE = 6.9  # inches between the margins
_SMALL = 8


def to_docx(book: Book) -> bytes:
    """The bytes of a document.

    Parameters
    ----------
    book : Book
        Its charts stand in it as pictures: a document has no place for a chart to be changed.

    Raises
    ------
    InputError
        Where python-docx is not installed.
    """
    document = needed("docx").Document()
    inches = needed("docx.shared").Inches
    document.core_properties.author = "buildout"
    document.core_properties.title = visible(book.title)
    section = document.sections[0]
    section.left_margin = section.right_margin = inches(0.8)
    section.page_width, section.page_height = inches(8.5), inches(11)
    document.add_heading(visible(book.title), 0)
    for finding in book.findings:
        document.add_paragraph(visible(finding), style="List Bullet")
    for sheet in book.shown:
        _table(document, sheet)
    if book.pictures:
        document.add_heading("Pictures", 1)
    for number, picture in enumerate(book.pictures, start=1):
        _picture(document, picture, number, book.source)
    document.add_heading("Notes", 1)
    for head, text in book.notes:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{visible(head)}. ").bold = True
        paragraph.add_run(visible(text))
    made = io.BytesIO()
    document.save(made)
    return without_times(made.getvalue())


def _table(document: Any, sheet: BookTable) -> None:
    points = needed("docx.shared").Pt
    document.add_heading(visible(sheet.title), 1)
    table = document.add_table(rows=1, cols=len(sheet.columns))
    table.style = "Light Grid Accent 1"
    lines = [[column.heading for column in sheet.columns]]
    lines += [[str(row[column.key]) for column in sheet.columns] for row in sheet.rows]
    for number, words in enumerate(lines):
        cells = table.rows[0].cells if number == 0 else table.add_row().cells
        for place, (cell, text) in enumerate(zip(cells, words, strict=True)):
            run = cell.paragraphs[0].add_run(visible(text))
            run.font.size = points(_SMALL)
            run.bold = number == 0 or place == 0
    _repeat_heading(table.rows[0])
    _widths(table, lines)
    if sheet.note:
        note = document.add_paragraph(visible(sheet.note))
        note.runs[0].font.size = points(_SMALL)


def _repeat_heading(row: Any) -> None:
    """The heading of a table at the top of each page that it runs over."""
    oxml, qn = needed("docx.oxml"), needed("docx.oxml.ns").qn
    mark = oxml.OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _widths(table: Any, lines: list[list[str]]) -> None:
    """Columns as wide as their words need, within the page."""
    inches = needed("docx.shared").Inches
    table.autofit = False
    for column, width in zip(table.columns, shares(lines), strict=True):
        for cell in column.cells:
            cell.width = inches(_WIDE * width)


def shares(lines: list[list[str]]) -> list[float]:
    """What share of a table's width each column takes: by its longest words and its mean text."""
    needs = []
    for words in zip(*lines, strict=True):
        longest = max((len(part) for text in words for part in text.split()), default=1)
        mean = sum(map(len, words)) / len(words)
        needs.append(max(longest + 2, min(40, 1.2 * mean)))
    return [need / sum(needs) for need in needs]


def _picture(document: Any, picture: BookPicture, number: int, source: str) -> None:
    inches = needed("docx.shared").Inches
    document.add_picture(io.BytesIO(picture.png), width=inches(_WIDE))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    caption = f"Figure {number}. {picture.title}. {picture.note} {source}"
    document.add_paragraph(visible(" ".join(caption.split())), style="Caption")
