"""The paper that a figure is drawn on: finding, topic, legend, a grid of panels, and its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import xarray as xr
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout.figures import sheets, style
from buildout.figures.labels import room
from buildout.figures.letters import width
from buildout.figures.looks import Look
from buildout.figures.sheets import Sheet
from buildout.figures.style import EDGE

NONE: Mapping[str, Look] = MappingProxyType({})
#: Inches of a slide of 16:9.
SLIDE_HEIGHT = 5.625
# In letters: a line of words, above a panel without its heading, below one with its years.
_LINE, _ABOVE, _BELOW = 1.35, 1.6, 2.4
_HANDLE = 2.6  # of a sample in the legend
# Of a panel's axes, inches: by paper where nobody says, and the least of a slide.
_TALL, _LEAST = {"column": 1.05, "phone": 1.5}, 0.75


@dataclass(frozen=True)
class Words:
    """What is written around the panels.

    Attributes
    ----------
    finding : str
        The title: what the picture says, computed.
    topic : str
        What is shown.
    source : str
        The last line; `source_of` makes it.
    more : str
        For those who do not see the picture.
    """

    finding: str
    topic: str
    source: str
    more: str = ""


@dataclass(frozen=True)
class PanelGrid:
    """Panels of a slide in rows, and how they follow one another on narrower papers.

    Attributes
    ----------
    rows, columns : int
        Of a slide.
    across : dict of str to int
        Panels side by side by narrower paper.
    by_columns : bool
        Whether a narrow paper shows column after column of the slide; else row after row.
    tall : dict of str to float or sequence of float
        Inches of a panel by paper, or of each line of panels; a slide's are as much higher as fill
        it.
    left, right : float
        Beside each panel, letters.
    heading : dict of str to int
        Lines of a panel's heading by paper.
    below : float
        Under each panel, letters.
    """

    rows: int = 1
    columns: int = 1
    across: Mapping[str, int] = field(default_factory=lambda: {"column": 2, "phone": 1})
    by_columns: bool = False
    tall: Mapping[str, float | Sequence[float]] = field(default_factory=dict)
    left: float = 4.9
    right: float = 1.2
    heading: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(sheets.SHEETS, 1))
    below: float = _BELOW

    def flow(self, page: str) -> tuple[int, list[tuple[int, int]]]:
        """How many panels stand side by side on a paper, and the panels in their order."""
        places = [(r, c) for r in range(self.rows) for c in range(self.columns)]
        if page == "slide":
            return self.columns, places
        if self.by_columns:
            places.sort(key=lambda place: place[1])
        return min(self.across[page], len(places)), places


def panels(
    page: str,
    grid: PanelGrid,
    words: Words,
    *,
    looks: Mapping[str, Look] = NONE,
    extra: Sequence[Artist] = (),
    ends: bool = False,
) -> tuple[Figure, list[list[Axes]]]:
    """A figure with finding, topic, legend, panels and source.

    Parameters
    ----------
    page : {"slide", "column", "phone"}
    grid : PanelGrid
    words : Words
    looks : mapping of str to Look
        For the legend.
    extra : sequence of Artist
        Further samples in the legend.
    ends : bool
        Whether a slide has room to the right for the names of curves (`end_names`).

    Returns
    -------
    Figure, list of list of Axes
        By row and column of the slide, wherever they stand. The figure's label holds the words,
        for captions.
    """
    sheet = sheets.sheet_of(page)
    size = sheet.letter
    across, order = grid.flow(page)
    head = sheets.heading(sheet, words.finding, words.topic)
    handles = [*legend_handles(looks), *extra]
    per_line = _fitting(handles, sheet)
    samples = 1.7 * size * -(-len(handles) // per_line)
    foot = sheets.wrapped(words.source, sheet.width - 2 * EDGE, size)
    under = EDGE + 1.25 * size * len(foot)
    above = size * (_ABOVE + _LINE * grid.heading[page])
    lines = -(-len(order) // across)
    beside = room(looks, size) + 1.5 * size if ends and page == "slide" else 0.0
    rest = head.height + samples + under + lines * (above + grid.below * size)
    tall = _heights(grid, page, lines, rest)
    figure = Figure(figsize=(sheet.width, rest + sum(tall)))
    head.write(figure)
    style.write_source(figure, foot)
    if handles:
        sheets.legend_below(figure, sheet, head.height, handles, per_line, handle=_HANDLE)
    wide = (sheet.width - 2 * EDGE - beside) / across
    made: dict[tuple[int, int], Axes] = {}
    for number, place in enumerate(order):
        line, column = divmod(number, across)
        top = head.height + samples + above + line * (above + grid.below * size) + sum(tall[:line])
        inner = wide - (grid.left + grid.right) * size
        left = EDGE + column * wide + grid.left * size
        made[place] = sheets.axes_at(figure, left, top, inner, tall[line])
        made[place].tick_params(labelsize=sheet.letters)
    _label(figure, words)
    return figure, [[made[r, c] for c in range(grid.columns)] for r in range(grid.rows)]


def blank_paper(sheet: Sheet, words: Words, tall: float) -> tuple[Figure, float, float]:
    """A figure with finding, topic and source, and nothing between them.

    Parameters
    ----------
    sheet : Sheet
    words : Words
    tall : float, inches
        What is to stand between; a slide has at least its usual height.

    Returns
    -------
    Figure, float, float
        And the inches above and below what is to stand between.
    """
    size = sheet.letter
    head = sheets.heading(sheet, words.finding, words.topic)
    foot = sheets.wrapped(words.source, sheet.width - 2 * EDGE, size)
    top, under = head.height + 0.8 * size, EDGE + 1.25 * size * len(foot)
    least = SLIDE_HEIGHT if sheet is sheets.SHEETS["slide"] else 0.0
    figure = Figure(figsize=(sheet.width, max(least, top + tall + under)))
    head.write(figure)
    style.write_source(figure, foot)
    _label(figure, words)
    return figure, top, under


def head_panel(axes: Axes, text: str, *, unit: str = "", left: float = 4.3) -> None:
    """The heading of a panel, over its axes from the left edge of its labels on.

    Parameters
    ----------
    axes : Axes
        Of `panels`.
    text, unit : str
        In bold, and behind it in plain letters; the unit needs no label of its own then.
    left : float
        Where it begins, letters to the left of the axes.
    """
    size = rcParams["font.size"] / 72
    wide = axes.get_window_extent().width / axes.figure.dpi + left * size
    folded = sheets.wrapped(f"{text}, {unit}" if unit else text, wide, 1.06 * size)
    axes.annotate(
        "\n".join(folded),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-left * size * 72, 0.7 * size * 72),
        textcoords="offset points",
        va="bottom",
        weight="bold",
        linespacing=1.1,
        annotation_clip=False,
    )


def source_of(ds: xr.Dataset, *, drawn: str = "") -> str:
    """Where a picture comes from: program, version, model, and of which draws.

    Parameters
    ----------
    ds : Dataset
        From `simulate` or `sweep`.
    drawn : str
        What is drawn, such as "1,000 draws, latin hypercube, seed 1"; empty for single runs.
    """
    attrs = {key: value for key, value in ds.attrs.items() if key != "drawn"}
    return style.source_line(attrs, drawn or "single runs")


def _label(figure: Figure, words: Words) -> None:
    """What the picture says and shows, for captions."""
    said = [text for text in (words.finding, words.topic, words.more) if text]
    figure.set_label(" ".join(f"{text.rstrip('.')}." for text in said))


def _heights(grid: PanelGrid, page: str, lines: int, rest: float) -> list[float]:
    """Inches of the axes of each line of panels."""
    given = grid.tall.get(page, _TALL.get(page, _LEAST))
    least = [given] * lines if isinstance(given, float | int) else list(given)
    spare = max(0.0, SLIDE_HEIGHT - rest - sum(least)) if page == "slide" else 0.0
    return [tall + spare / lines for tall in least]


def _fitting(handles: Sequence[Artist], sheet: Sheet) -> int:
    """How many samples of a legend fit side by side."""
    if not handles:
        return 1
    wide = [(width(str(handle.get_label())) + _HANDLE + 2.2) * sheet.letter for handle in handles]
    space = sheet.width - 2 * EDGE
    for count in range(len(handles), 1, -1):
        # As matplotlib fills them: the first columns hold one more, each is as wide as its widest.
        least, longer = divmod(len(wide), count)
        ends = np.cumsum([least + (i < longer) for i in range(count)])
        if sum(max(part) for part in np.split(np.array(wide), ends[:-1])) <= space:
            return count
    return 1


def legend_handles(looks: Mapping[str, Look]) -> list[Line2D]:
    """Line samples of pathways, for a legend."""
    return [
        Line2D(
            [],
            [],
            color=look.color,
            linestyle=look.line,
            linewidth=look.width,
            marker=look.marker,
            markersize=4.5,
            label=look.label,
        )
        for look in looks.values()
    ]
