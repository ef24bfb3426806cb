"""Paper of three sizes for pictures that are made of panels: a slide, a column, a telephone."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout._util.names import unknown
from buildout.figures import style
from buildout.figures.letters import width

#: Inches in a point, by which letters are measured.
POINT = 1 / 72
# Letters of a title are bold, and wider than those that are measured.
_BOLD = 0.94


@dataclass(frozen=True)
class Sheet:
    """A size of paper.

    Attributes
    ----------
    width : float, inches
    letters, title : float, points
    columns : int
        Panels side by side.
    """

    width: float
    letters: float
    title: float
    columns: int

    @property
    def letter(self) -> float:
        """The size of a letter, in inches."""
        return self.letters * POINT


SHEETS = {
    "slide": Sheet(style.WIDTH, style.LETTERS["slide"], 13.0, 2),
    "column": Sheet(3.5, style.LETTERS["column"], 8.5, 1),
    "phone": Sheet(3.9, style.LETTERS["phone"], 11.0, 1),
}


def sheet_of(page: str) -> Sheet:
    """The paper of a name.

    Raises
    ------
    UnknownNameError
    """
    if page not in SHEETS:
        raise unknown("page", page, SHEETS)
    return SHEETS[page]


def wrapped(words: str, room: float, size: float) -> list[str]:
    """Words over as many lines as they need, by the mean width of their own letters.

    Parameters
    ----------
    words : str
    room : float, inches
    size : float, inches
        Of the letters.
    """
    mean = 1.12 * width(words) / max(1, len(words)) * size
    return textwrap.wrap(words, max(8, int(room / mean))) or [""]


@dataclass(frozen=True)
class SheetHeading:
    """Title and sentences over the panels, folded to the paper."""

    sheet: Sheet
    titles: Sequence[str]
    lines: Sequence[str]

    @property
    def height(self) -> float:
        """How much of the paper it takes, in inches."""
        title = 1.4 * self.sheet.title * POINT * len(self.titles)
        return style.EDGE + title + 1.4 * self.sheet.letter * (len(self.lines) + 0.4)

    def write(self, figure: Figure) -> None:
        """Put it at the top of a figure."""
        height, top = figure.get_figheight(), style.EDGE
        sizes = (
            (self.titles, self.sheet.title, "bold"),
            (self.lines, self.sheet.letters, "normal"),
        )
        for words, letters, weight in sizes:
            figure.text(
                style.EDGE / self.sheet.width,
                1 - top / height,
                "\n".join(words),
                va="top",
                fontsize=letters,
                weight=weight,
                linespacing=1.3,
            )
            top += 1.4 * letters * POINT * len(words)


def heading(sheet: Sheet, title: str, sentence: str) -> SheetHeading:
    """Title and sentence folded to a paper."""
    room = sheet.width - 2 * style.EDGE
    return SheetHeading(
        sheet,
        wrapped(title, _BOLD * room, sheet.title * POINT),
        wrapped(sentence, room, sheet.letter),
    )


def legend_below(
    figure: Figure,
    sheet: Sheet,
    top: float,
    handles: Sequence[Artist],
    across: int,
    *,
    handle: float = 1.4,
) -> None:
    """The legend of a sheet, `top` inches below its edge; samples are `handle` letters wide."""
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(style.EDGE / sheet.width, 1 - top / figure.get_figheight()),
        ncols=across,
        fontsize=sheet.letters,
        columnspacing=1.2,
        handlelength=handle,
        borderaxespad=0,
        borderpad=0,
    )


def axes_at(figure: Figure, left: float, top: float, wide: float, tall: float) -> Axes:
    """Axes by inches from the left and from the top of the paper."""
    across, down = figure.get_size_inches()
    return figure.add_axes((left / across, 1 - (top + tall) / down, wide / across, tall / down))
