"""Many small panels of one kind on a paper, each under a heading of its own."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout.figures import sheets, style

#: What draws a panel, under its heading.
Panel = tuple[str, Callable[[Axes], None]]
# Inches of a panel's axes by paper, and what stands around them in letters.
_TALL = {"slide": 1.15, "column": 0.8, "phone": 1.0}
_LINE, _BELOW, _LEFT, _RIGHT = 1.3, 3.2, 5.6, 1.2
# Bold letters are so much wider than those that lines are folded by.
_BOLD = 1.12


def small_multiples(
    page: str, title: str, sentence: str, panels: Sequence[Panel], *, across: int
) -> Figure:
    """A title and a sentence over panels, row by row.

    Parameters
    ----------
    page : {"slide", "column", "phone"}
    title, sentence : str
        The finding, and what is shown.
    panels : sequence of (str, callable)
        Heading, and what draws on axes.
    across : int
        Panels of a row on a slide; two on narrower papers.
    """
    sheet = sheets.sheet_of(page)
    head = sheets.heading(sheet, title, sentence)
    size = sheet.letter
    count = across if sheet.columns > 1 else 2
    wide = (sheet.width - 2 * style.EDGE) / count
    words = [sheets.wrapped(text, wide - 1.5 * size, _BOLD * size) for text, _ in panels]
    rows = [range(i, min(i + count, len(panels))) for i in range(0, len(panels), count)]
    above = [size * (1.2 + _LINE * max(len(words[i]) for i in row)) for row in rows]
    tall = _TALL[page]
    whole = head.height + sum(above) + len(rows) * (tall + _BELOW * size)
    figure = Figure(figsize=(sheet.width, max(whole, head.height + 2 * size)))
    head.write(figure)
    top = head.height
    for row, over in zip(rows, above, strict=True):
        for place, i in enumerate(row):
            left = style.EDGE + place * wide
            axes = sheets.axes_at(
                figure, left + _LEFT * size, top + over, wide - (_LEFT + _RIGHT) * size, tall
            )
            panels[i][1](axes)
            axes.tick_params(labelsize=sheet.letters)
            figure.text(
                left / sheet.width,
                1 - (top + 0.5 * size) / figure.get_figheight(),
                "\n".join(words[i]),
                va="top",
                fontsize=sheet.letters,
                weight="bold",
                linespacing=1.1,
            )
        top += over + tall + _BELOW * size
    figure.set_label(f"{title}. {sentence}")
    return figure
