"""How every figure looks: one colour, line and marker per pathway, quiet axes, the rule's date.

The colours keep apart for the colour-blind and in grey print (a test measures both); line styles
and markers repeat the difference, so that no reading rests on colour alone.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util.numbers import number
from buildout.outcomes.rule import RULE_DATE

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
