"""How every figure looks: letters, quiet axes, the rule's date, a need as a band."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec

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

RC: dict[Any, Any] = {
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
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
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


Given = ParamSpec("Given")


def drawn(function: Callable[Given, Figure]) -> Callable[Given, Figure]:
    """Draw with this style whatever the user's own settings of matplotlib are."""

    @functools.wraps(function)
    def inside(*args: Given.args, **kwargs: Given.kwargs) -> Figure:
        with matplotlib.rc_context({**matplotlib.rcParamsDefault, **RC}):
            return function(*args, **kwargs)

    return inside


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


def band(axes: Axes, times: Any, low: Any, high: Any) -> None:
    """A need as a grey band from its lowest to its highest over the pathways."""
    axes.fill_between(times, low, high, color="#d3d7db", linewidth=0, zorder=1.5)
    axes.plot(times, (low + high) / 2, color=NEED, linestyle=":", linewidth=1.8, zorder=2.5)


def band_handle(label: str) -> Line2D:
    """The sample of a need, for a legend."""
    return Line2D([], [], color=NEED, linestyle=":", linewidth=1.8, label=label)
