"""A book as PowerPoint slides of 16:9: one chart or table each, its finding as title."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from buildout._util.extras import needed
from buildout.documents.book import Book, BookChart, BookPicture, BookTable
from buildout.documents.words import shares
from buildout.documents.zipped import without_times
from buildout.errors import visible
from buildout.figures.letters import drawable, width

# Inches: the slide, its margin, and the bands of title, subtitle, body and foot.
WIDE, TALL, EDGE = 13.333, 7.5, 0.5
_TITLE, _SUBTITLE, _BODY, _FOOT = (0.35, 0.95), (1.32, 0.4), (1.8, 4.95), (6.9, 0.35)
_LARGE, _SMALLEST_TITLE, _MIDDLE, _SMALL, _FOOT_SIZE = 26, 16, 14, 11, 9
_ROW = 0.3
MOST_ROWS = 13
_INK, _QUIET = "1F2328", "6B7178"
# Letters of an office font are about as wide as those of the figures.
_POINT = 1 / 72
_WORDS = 1.0


def to_pptx(book: Book) -> bytes:
    """The bytes of a presentation.

    Parameters
    ----------
    book : Book
        Curves are charts of PowerPoint, with their numbers; what has no such form (bands, several
        panels) is a picture.

    Raises
    ------
    InputError
        Where python-pptx is not installed.
    """
    pptx = needed("pptx")
    show = pptx.Presentation()
    inches = needed("pptx.util").Inches
    show.slide_width, show.slide_height = inches(WIDE), inches(TALL)
    show.core_properties.author = "buildout"
    show.core_properties.title = visible(book.title)
    _findings(show, book)
    for sheet in book.shown:
        for part in _parts(sheet):
            _table(show, book, part)
    for chart in book.charts:
        _chart(show, book, chart)
    for picture in book.pictures:
        _picture(show, book, picture)
    _notes(show, book)
    made = io.BytesIO()
    show.save(made)
    return without_times(made.getvalue())


def _slide(show: Any, book: Book, title: str, subtitle: str, note: str) -> Any:
    """A slide with its title, the line below it, the foot, and notes for who speaks."""
    slide = show.slides.add_slide(show.slide_layouts[5])  # Title only.
    head = slide.shapes.title
    _place(head, *_TITLE)
    size = fitting(title, WIDE - 2 * EDGE, _TITLE[1], _LARGE, _SMALLEST_TITLE)
    _write(head.text_frame, title, size, bold=True)
    if subtitle:
        _box(slide, subtitle, *_SUBTITLE, size=fitting(subtitle, WIDE - 2 * EDGE, 0.4, _MIDDLE, 9))
    foot = fitting(book.source, WIDE - 2 * EDGE, _FOOT[1], _FOOT_SIZE, 7)
    _box(slide, book.source, *_FOOT, size=foot, color=_QUIET)
    said = [note, book.source, *(f"{head}: {words}" for head, words in book.notes)]
    slide.notes_slide.notes_text_frame.text = "\n".join(visible(words) for words in said if words)
    return slide


def _findings(show: Any, book: Book) -> None:
    slide = _slide(show, book, book.title, "", "")
    body, top = "\n".join(book.findings), _SUBTITLE[0]
    size = fitting(body, WIDE - 2 * EDGE, 5.2, 18, 10, lines=len(book.findings))
    frame = _box(slide, "", top, 5.2, size=size).text_frame
    for number, finding in enumerate(book.findings):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _run(paragraph, finding, size)
        paragraph.space_after = needed("pptx.util").Pt(size * 0.6)


def _notes(show: Any, book: Book) -> None:
    slide = _slide(show, book, "How to read these numbers", "", "")
    text = "\n".join(f"{head}: {words}" for head, words in book.notes)
    size = fitting(text, WIDE - 2 * EDGE, 5.2, 14, 8, lines=len(book.notes))
    frame = _box(slide, "", _SUBTITLE[0], 5.2, size=size).text_frame
    for number, (head, words) in enumerate(book.notes):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _run(paragraph, f"{head}: ", size, bold=True)
        _run(paragraph, words, size)
        paragraph.space_after = needed("pptx.util").Pt(size * 0.4)


def _parts(sheet: BookTable) -> Iterator[BookTable]:
    """A table over as many slides as it needs."""
    many = -(-len(sheet.rows) // MOST_ROWS)
    for number in range(many):
        rows = sheet.rows[number * MOST_ROWS : (number + 1) * MOST_ROWS]
        title = sheet.title if many == 1 else f"{sheet.title} ({number + 1} of {many})"
        yield replace(sheet, title=title, rows=rows)


def _table(show: Any, book: Book, sheet: BookTable) -> None:
    units = needed("pptx.util")
    slide = _slide(show, book, sheet.title, sheet.note, sheet.note)
    lines = [[column.heading for column in sheet.columns]]
    lines += [[str(row[column.key]) for column in sheet.columns] for row in sheet.rows]
    across = WIDE - 2 * EDGE
    widths = [across * share for share in shares(lines)]
    size, heights = _fitted(lines, widths)
    place = (EDGE, _BODY[0], across, sum(heights))
    shape = slide.shapes.add_table(len(lines), len(lines[0]), *map(units.Inches, place))
    table = shape.table
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = units.Inches(wide)
    for number, (row, words) in enumerate(zip(table.rows, lines, strict=True)):
        row.height = units.Inches(heights[number])
        for cell, text in zip(row.cells, words, strict=True):
            cell.margin_top = cell.margin_bottom = units.Inches(0.03)
            cell.margin_left = cell.margin_right = units.Inches(0.06)
            _run(cell.text_frame.paragraphs[0], text, size, bold=number == 0, color=None)


def _fitted(lines: list[list[str]], widths: Sequence[float]) -> tuple[float, list[float]]:
    """The size of letters at which a table fits below its title, and the height of each row."""
    size = float(_MIDDLE)
    while True:
        heights = [
            max(rows_of(text, wide - 0.16, size) for text, wide in zip(words, widths, strict=True))
            * 1.2
            * size
            * _POINT
            + 0.07
            for words in lines
        ]
        if sum(heights) <= _BODY[1] or size <= 7:
            return size, heights
        size -= 0.5


def _chart(show: Any, book: Book, chart: BookChart) -> None:
    units, data = needed("pptx.util"), needed("pptx.chart.data")
    kinds, colors = needed("pptx.enum.chart"), needed("pptx.dml.color")
    slide = _slide(show, book, chart.title, chart.subtitle, chart.note)
    content = data.CategoryChartData(number_format="#,##0.##")
    content.categories = [str(year) for year in chart.years]
    for line in chart.lines:
        content.add_series(visible(line.label), [None if v != v else v for v in line.values])
    place = map(units.Inches, (EDGE, _BODY[0], WIDE - 2 * EDGE, _BODY[1]))
    kind = kinds.XL_CHART_TYPE.LINE
    drawn = slide.shapes.add_chart(kind, *place, content).chart
    drawn.has_title = False
    drawn.has_legend = True
    drawn.legend.position = kinds.XL_LEGEND_POSITION.TOP
    drawn.legend.include_in_layout = False
    drawn.font.size = units.Pt(_MIDDLE)
    drawn.value_axis.has_title = True
    drawn.value_axis.axis_title.text_frame.text = chart.unit
    drawn.value_axis.tick_labels.number_format = "#,##0.##"
    drawn.value_axis.tick_labels.number_format_is_linked = False
    drawn.value_axis.major_gridlines.format.line.color.rgb = colors.RGBColor.from_string("E4E6E9")
    drawn.value_axis.minimum_scale = 0 if all(min(x.values) >= 0 for x in chart.lines) else None
    lines = needed("pptx.enum.dml").MSO_LINE
    for number, (series, line) in enumerate(zip(drawn.plots[0].series, chart.lines, strict=True)):
        # Equal curves lie on one another: dashes on top let the one below be seen.
        series.format.line.dash_style = lines.DASH if number % 2 else lines.SOLID
        series.smooth = False
        series.format.line.width = units.Pt(2.5)
        series.format.line.color.rgb = colors.RGBColor.from_string(line.color.lstrip("#").upper())
        series.marker.style = kinds.XL_MARKER_STYLE.NONE


def _picture(show: Any, book: Book, picture: BookPicture) -> None:
    units = needed("pptx.util")
    # The sentence below its title stands in the picture itself.
    slide = _slide(show, book, picture.title, "", picture.note)
    shape = slide.shapes.add_picture(io.BytesIO(picture.png), 0, 0)
    top = _SUBTITLE[0]
    room = (units.Inches(WIDE - 2 * EDGE), units.Inches(_BODY[0] + _BODY[1] - top))
    scale = min(room[0] / shape.width, room[1] / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape.left = int((units.Inches(WIDE) - shape.width) / 2)
    shape.top = units.Inches(top)
    shape._element.nvPicPr.cNvPr.set("descr", visible(picture.title))


def fitting(
    text: str, wide: float, tall: float, largest: float, smallest: float, *, lines: int = 0
) -> float:
    """The size of letters at which a text fits a box; `lines` have room between them."""
    size = float(largest)
    while size > smallest:
        rows = sum(rows_of(part, wide - 0.2, size) for part in text.split("\n"))
        if (1.2 * rows + 0.6 * lines) * size * _POINT <= tall:
            break
        size -= 1
    return size


def rows_of(text: str, wide: float, size: float) -> int:
    """Over how many lines a text runs in a width, by the letters of each word."""
    rows, taken = 1, 0.0
    for word in visible(text).split():
        # Signs that the figures' font lacks are counted as wide as the widest scripts have them.
        wide_word = width(f"{word} ") if drawable(word) else len(word) + 0.3
        room = wide_word * size * _POINT * _WORDS
        if taken and taken + room > wide:
            rows, taken = rows + 1, 0.0
        rows += int(room / wide)
        taken += room
    return rows


def _box(slide: Any, text: str, top: float, tall: float, *, size: float, color: str = _INK) -> Any:
    shape = slide.shapes.add_textbox(0, 0, 0, 0)
    _place(shape, top, tall)
    _write(shape.text_frame, text, size, color=color)
    return shape


def _place(shape: Any, top: float, tall: float) -> None:
    inches = needed("pptx.util").Inches
    shape.left, shape.top = inches(EDGE), inches(top)
    shape.width, shape.height = inches(WIDE - 2 * EDGE), inches(tall)


def _write(frame: Any, text: str, size: float, *, bold: bool = False, color: str = _INK) -> None:
    enums = needed("pptx.enum.text")
    frame.word_wrap = True
    frame.auto_size = enums.MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = enums.MSO_ANCHOR.TOP
    frame.paragraphs[0].alignment = enums.PP_ALIGN.LEFT
    if text:
        _run(frame.paragraphs[0], text, size, bold=bold, color=color)


def _run(
    paragraph: Any, text: str, size: float, *, bold: bool = False, color: str | None = _INK
) -> None:
    run = paragraph.add_run()
    run.text = visible(text)
    run.font.size = needed("pptx.util").Pt(size)
    run.font.bold = bold
    if color is not None:
        run.font.color.rgb = needed("pptx.dml.color").RGBColor.from_string(color)
