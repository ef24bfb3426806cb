"""How every figure looks: one colour, line and marker per pathway, quiet axes, the rule's date.

The colours keep apart for the colour-blind and in grey print (a test measures both); line styles
and markers repeat the difference, so that no reading rests on colour alone.
"""

import functools
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

RULE_DATE = 2027.0
RULE_LABEL = "1 Jan 2027"
INK = "#1f2328"
QUIET = "#6b7178"
GRID = "#e4e6e9"
NEED = "#8a8f96"
WIDTH = 10.0  # inches; a printed page in landscape, a report's column on a screen

RC = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # ships with matplotlib: the same letters everywhere
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": "#b9bec4",
    "axes.labelcolor": QUIET,
    "axes.labelsize": 8,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": "#b9bec4",
    "ytick.color": "#b9bec4",
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "hatch.linewidth": 0.5,
    "figure.dpi": 100,
    "savefig.dpi": 130,
    "svg.fonttype": "path",  # letters as outlines: the page needs no font of the reader's
    "svg.hashsalt": "buildout",  # ids by content, so that the same input gives the same bytes
}


@dataclass(frozen=True)
class Look:
    """How one pathway is drawn everywhere."""

    color: str
    line: Any
    marker: str
    width: float


# Wide lines are solid and drawn first, narrow ones dashed and on top: equal curves stay visible.
LOOKS = {
    "status-quo": Look("#1b2f45", "-", "o", 2.3),
    "mobilization": Look("#d9480f", (0, (6, 2)), "s", 1.9),
    "china-deal": Look("#3fa7dd", (0, (5, 1.6, 1.2, 1.6)), "^", 1.9),
    "status-quo-2025": Look("#7d8894", "-", "v", 1.5),
    "upstream-orders": Look("#8c6d1f", (0, (2, 1.5)), "D", 1.5),
    "china-deal-ideal": Look("#8fd0c5", (0, (8, 2, 1, 2)), "<", 1.5),
    "hybrid": Look("#9b3d8f", (0, (4, 1, 1, 1, 1, 1)), "P", 1.5),
    "allied-network": Look("#2b7a4b", (0, (3, 1)), "X", 1.5),
}
# For pathways of a user's own, in the order in which they come.
SPARE = (
    Look("#6a4fb3", (0, (7, 1.5)), "h", 1.6),
    Look("#c2255c", (0, (1, 1)), "*", 1.6),
    Look("#5c940d", (0, (4, 2, 1, 2)), "p", 1.6),
    Look("#495057", (0, (2, 2)), ">", 1.6),
)


def looks(pathways: Iterable[str]) -> dict[str, Look]:
    """The look of each pathway; the eight that come with buildout have theirs for ever.

    Examples
    --------
    >>> looks(["mine", "mobilization"])["mobilization"].color
    '#d9480f'
    """
    names = [str(name) for name in pathways]
    own = [name for name in names if name not in LOOKS]
    spare = {name: SPARE[i % len(SPARE)] for i, name in enumerate(own)}
    return {name: LOOKS.get(name) or spare[name] for name in names}


def spoken(pathway: str) -> str:
    """A pathway's name as it stands in a chart.

    Examples
    --------
    >>> spoken("china-deal")
    'China deal'
    """
    return str(pathway).replace("-", " ").replace("_", " ").replace("china", "China")


def drawn(function: Callable[..., Figure]) -> Callable[..., Figure]:
    """Draw with this style whatever the user's own settings of matplotlib are."""

    @functools.wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Figure:
        with matplotlib.rc_context({**matplotlib.rcParamsDefault, **RC}):
            return function(*args, **kwargs)

    return inside


def sheet(
    rows: int,
    cols: int,
    *,
    title: str,
    headline: str,
    pathways: Sequence[str] = (),
    extra: Sequence[Artist] = (),
    panel_height: float = 1.7,
    left: float = 0.8,
    right: float | None = None,
    gap_x: float = 0.7,
    gap_y: float = 0.68,
    bottom: float = 0.5,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
    legend: bool = True,
    columns: int = 6,
    handle: float = 3.2,
) -> tuple[Figure, list[list[Axes]]]:
    """A figure with title, headline, legend and a grid of panels, measured in inches.

    Parameters
    ----------
    rows, cols : int
        Panels.
    title, headline : str
        What is shown, and what it says in a number.
    pathways : sequence of str
        For the legend, and for the room that their names need on the right.
    extra : sequence of Artist
        Further samples in the legend.
    panel_height, left, right, gap_x, gap_y, bottom : float
        Inches.
    widths, heights : sequence of float, optional
        Of columns, relative; of rows, inches.
    legend : bool
        Whether to draw one, in up to `columns` columns with samples `handle` letters wide.

    Returns
    -------
    Figure, list of list of Axes
        Rows of panels. The figure's label holds title and headline, for captions.
    """
    if right is None:
        # Room for the longest of the names that `name_ends` writes beside the last panel.
        right = 0.25 + 0.063 * max((len(name) for name in pathways), default=0)
    chars = int((WIDTH - 0.4) * 12.4)
    lines = textwrap.wrap(headline, chars)
    handles = [*legend_handles(pathways), *extra] if legend else []
    columns = max(1, min(len(handles), columns, _fitting(handles, handle)))
    band = 0.12 + 0.33 + 0.19 * len(lines) + 0.22 * -(-len(handles) // columns) + 0.42
    panel_height = sum(heights) / rows if heights else panel_height
    height = band + rows * panel_height + (rows - 1) * gap_y + bottom
    figure = Figure(figsize=(WIDTH, height))
    figure.suptitle(
        title, x=0.2 / WIDTH, y=1 - 0.12 / height, ha="left", va="top", fontsize=13, weight="bold"
    )
    figure.text(
        0.2 / WIDTH,
        1 - 0.43 / height,
        "\n".join(lines),
        va="top",
        fontsize=9.5,
        color=INK,
        linespacing=1.35,
    )
    if handles:
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.2 / WIDTH, 1 - (0.51 + 0.19 * len(lines)) / height),
            ncols=columns,
            handlelength=handle,
            columnspacing=1.8,
            borderaxespad=0,
            borderpad=0,
        )
    share = (WIDTH - left - right - (cols - 1) * gap_x) / cols
    grid = figure.add_gridspec(
        rows,
        cols,
        left=left / WIDTH,
        right=1 - right / WIDTH,
        top=1 - band / height,
        bottom=bottom / height,
        wspace=gap_x / share,
        hspace=gap_y / panel_height,
        width_ratios=widths,
        height_ratios=heights,
    )
    figure.set_label(f"{title}. {headline}")
    return figure, [[figure.add_subplot(grid[r, c]) for c in range(cols)] for r in range(rows)]


def _fitting(handles: Sequence[Artist], sample: float) -> int:
    """How many columns of a legend fit, by the lengths of their words."""
    widths = [0.12 * sample + 0.25 + 0.066 * len(handle.get_label()) for handle in handles]
    if sum(widths) < WIDTH:
        return len(widths)
    return int(WIDTH / max(widths))


def legend_handles(pathways: Sequence[str]) -> list[Line2D]:
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
            label=spoken(name),
        )
        for name, look in looks(pathways).items()
    ]


def curve(axes: Axes, times: Any, values: Any, pathway: str, pathways: Sequence[str]) -> None:
    """One pathway's curve over time, its markers out of step with the others'."""
    look = looks(pathways)[pathway]
    rank = list(pathways).index(pathway)
    step = max(1, len(times) // 4)
    start = (2 + rank * max(1, step // max(1, len(pathways)))) % step
    axes.plot(
        times,
        values,
        color=look.color,
        linestyle=look.line,
        linewidth=look.width,
        marker=look.marker,
        markersize=4,
        markevery=(start, step),
        zorder=3 + 0.1 * rank,
    )


def time_axis(axes: Axes, times: Any, *, named: bool = False, label: bool = True) -> None:
    """Years from left to right, with the rule's date marked; `named` writes the date too."""
    first, last = float(min(times)), float(max(times))
    axes.set_xlim(first, last)
    span = last - first
    step = 5 if span > 8 else 1
    axes.set_xticks([year for year in range(int(first), int(last) + 1) if year % step == 0])
    if label:
        axes.set_xlabel("year")
    axes.axvline(RULE_DATE, color=INK, linewidth=0.9, linestyle=(0, (1, 1.5)), zorder=2)
    if named:
        axes.annotate(
            RULE_LABEL,
            (RULE_DATE, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -2),
            textcoords="offset points",
            va="top",
            fontsize=7.5,
            color=INK,
            zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
        )


def thousands(axes: Axes, which: str = "y") -> None:
    """Tick labels with thousands separators."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(lambda value, _: number(value))


def number(value: float) -> str:
    """A number as people write it, to about three figures.

    Examples
    --------
    >>> number(12345.6), number(0.1234), number(2.0)
    ('12,346', '0.123', '2')
    """
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quarter(year: float) -> str:
    """A date as its quarter, as fine as results are saved.

    Examples
    --------
    >>> quarter(2031.84)
    '2031 Q4'
    """
    whole = math.floor(year)
    return f"{whole} Q{min(4, 1 + int(4 * (year - whole)))}"


def from_zero(axes: Axes, top: float, *, least: float = 1.0, room: float = 1.12) -> None:
    """A y axis from zero, with room above the highest value."""
    axes.set_ylim(0, max(top, least) * room)
    axes.locator_params(axis="y", nbins=5)


def band(axes: Axes, times: Any, low: Any, high: Any, *, label: str = "") -> None:
    """A need as a grey band from its lowest to its highest over the pathways, with its name."""
    axes.fill_between(times, low, high, color="#d3d7db", linewidth=0, zorder=1.5)
    axes.plot(times, (low + high) / 2, color=NEED, linestyle=":", linewidth=1.8, zorder=2.5)
    if label:
        place = int(0.97 * (len(times) - 1))
        axes.annotate(
            label,
            (times[place], high[place]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=7.5,
            color=QUIET,
            zorder=6,
        )


def band_handle(label: str) -> Line2D:
    """The sample of a need, for a legend."""
    return Line2D([], [], color=NEED, linestyle=":", linewidth=1.8, label=label)


def legend_panel(spare: Sequence[Axes], pathways: Sequence[str], extra: Sequence[Line2D]) -> None:
    """Use a panel left over in a grid for the legend."""
    for axes in spare:
        axes.set_axis_off()
    if spare:
        spare[0].legend(
            handles=[*legend_handles(pathways), *extra],
            loc="upper left",
            bbox_to_anchor=(-0.12, 1.05),
            handlelength=3.4,
            labelspacing=0.8,
            borderaxespad=0,
        )


def name_ends(axes: Axes, ends: Mapping[str, float], *, size: float = 8) -> None:
    """Write each pathway's name beside the right end of its curve, moved apart where they meet.

    Parameters
    ----------
    axes : Axes
        With its limits and scale set; nothing may change them afterwards.
    ends : mapping of str to float
        Last value of each pathway's curve.
    """
    last = axes.get_xlim()[1]
    bottom = axes.transAxes.transform((0, 0))[1]
    height = axes.transAxes.transform((0, 1))[1] - bottom
    true = {
        name: float(np.clip((axes.transData.transform((last, value))[1] - bottom) / height, 0, 1))
        for name, value in ends.items()
    }
    line = (size + 1.5) / 72 * axes.figure.dpi / height
    for name, place in zip(true, apart(list(true.values()), line), strict=True):
        look = looks(ends)[name]
        axes.annotate(
            spoken(name),
            (1, true[name]),
            xycoords="axes fraction",
            xytext=(1 + 9 / 72 * axes.figure.dpi / axes.bbox.width, place),
            textcoords="axes fraction",
            va="center",
            fontsize=size,
            color=look.color,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": look.color,
                "linewidth": 0.6,
                "relpos": (0, 0.5),
                "shrinkA": 0,
                "shrinkB": 1,
            },
        )


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Places from 0 to 1, moved so that none is nearer than a gap to the next or to an end.

    Examples
    --------
    >>> [round(place, 2) for place in apart([0.5, 0.5, 1.0], 0.2)]
    [0.4, 0.6, 0.9]
    """
    ranks = sorted(range(len(places)), key=lambda i: places[i])
    # Neighbours that collide are joined into blocks, each centred on its members' mean.
    blocks: list[list[int]] = []
    for rank in ranks:
        blocks.append([rank])
        while len(blocks) > 1 and _low(blocks[-1], places, gap) < _high(blocks[-2], places, gap):
            upper = blocks.pop()
            blocks[-1] += upper
    moved = list(places)
    for block in blocks:
        for step, member in enumerate(block):
            moved[member] = _low(block, places, gap) + (step + 0.5) * gap
    return moved


def _low(block: list[int], places: Sequence[float], gap: float) -> float:
    wanted = sum(places[i] for i in block) / len(block) - gap * len(block) / 2
    return max(0.0, min(wanted, 1.0 - gap * len(block)))


def _high(block: list[int], places: Sequence[float], gap: float) -> float:
    return _low(block, places, gap) + gap * len(block)
