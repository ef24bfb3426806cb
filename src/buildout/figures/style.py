"""How every figure looks: letters, quiet axes, the rule's date, a need as a band."""

import functools
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

import matplotlib
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout import __version__
from buildout._util.numbers import number
from buildout.inputs.citation import read_citation
from buildout.outcomes.rule import RULE_DATE

RULE_LABEL = "1 Jan 2027"
SOURCE = "Source:"
INK = "#1f2328"
QUIET = "#6b7178"
GRID = "#e4e6e9"
NEED = "#8a8f96"
EDGE = 0.15  # inches of paper that stay empty
WIDTH = 10.0  # inches; a printed page in landscape, a report's column on a screen

#: Points of a letter, by paper: a slide, a column of 89 mm, a telephone.
LETTERS = {"slide": 8.5, "column": 7.0, "phone": 9.0}

RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # ships with matplotlib: the same letters everywhere
    "text.color": INK,
    "axes.edgecolor": "#b9bec4",
    "axes.labelcolor": QUIET,
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
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "figure.dpi": 100,
    "savefig.dpi": 130,
    "svg.fonttype": "none",  # words stay words: to be found, read aloud and edited
    "pdf.fonttype": 42,
    "svg.hashsalt": "buildout",  # ids by content, so that the same input gives the same bytes
}


Given = ParamSpec("Given")


def settings_of(page: object = "slide") -> dict[Any, Any]:
    """All settings of matplotlib for a paper; for one of no name, those of a slide."""
    letters = LETTERS.get(str(page), LETTERS["slide"])
    sizes = dict.fromkeys(
        ("axes.labelsize", "axes.titlesize", "xtick.labelsize", "ytick.labelsize", "font.size"),
        letters,
    )
    return {**matplotlib.rcParamsDefault, **RC, **sizes, "legend.fontsize": letters}


def drawn(function: Callable[Given, Figure]) -> Callable[Given, Figure]:
    """Draw with this style whatever the user's own settings of matplotlib are.

    What is drawn says where it comes from: where the figure itself does not, in a line below it.
    """

    @functools.wraps(function)
    def inside(*args: Given.args, **kwargs: Given.kwargs) -> Figure:
        with matplotlib.rc_context(settings_of(kwargs.get("page", "slide"))):
            figure = function(*args, **kwargs)
            if not any(text.get_text().startswith(SOURCE) for text in figure.texts):
                _add_source(figure, source_line(getattr(args[0], "attrs", {})))
            return figure

    return inside


def source_line(attrs: Mapping[Any, Any], drawn: str = "") -> str:
    """Where a picture comes from: program, version and its date, model, and of which draws.

    Parameters
    ----------
    attrs : mapping
        Of the results that it shows.
    drawn : str
        What is drawn, such as "1,000 draws, latin hypercube, seed 1"; what the results say of it
        where it is empty.
    """
    version = attrs.get("source", f"buildout {__version__}")
    words = f"{SOURCE} {version} of {read_citation().released}"
    if sha256 := attrs.get("model_sha256"):
        words += f", model {str(sha256)[:12]}"
    drawn = drawn or str(attrs.get("drawn", ""))
    return f"{words}; {drawn}" if drawn and not drawn.startswith("{") else words


def _add_source(figure: Figure, words: str) -> None:
    """A line below all that a figure holds, which is made so much taller."""
    letters = rcParams["font.size"]
    wide, tall = figure.get_size_inches()
    lines = textwrap.wrap(words, int((wide - 2 * EDGE) * 72 / (0.6 * letters)))
    more = 1.25 * letters / 72 * len(lines) + 0.08
    share = float(tall / (tall + more))

    def lifted(y: float) -> float:
        return 1 - (1 - y) * share

    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position((box.x0, lifted(box.y0), box.width, box.height * share))
    for text in figure.texts:
        text.set_y(lifted(text.get_position()[1]))
    for legend in figure.legends:
        corner = figure.transFigure.inverted().transform(legend.get_bbox_to_anchor().p0)
        legend.set_bbox_to_anchor((corner[0], lifted(corner[1])))
    figure.set_size_inches(wide, tall + more)
    write_source(figure, lines)


def write_source(figure: Figure, lines: Sequence[str]) -> None:
    """The line of the source, at the foot of a figure."""
    wide, tall = figure.get_size_inches()
    figure.text(
        EDGE / wide,
        0.6 * EDGE / tall,
        "\n".join(lines),
        va="bottom",
        color=QUIET,
        linespacing=1.1,
    )


_RULE: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": (0, (1, 1.5))}


def time_axis(axes: Axes, times: Any, *, named: bool = False) -> None:
    """Years from left to right, with the rule's date marked; `named` writes the date too."""
    first, last = float(min(times)), float(max(times))
    axes.set_xlim(first, last)
    span = last - first
    # As many years as have room: a narrow panel shows every tenth.
    room = axes.get_window_extent().width / axes.figure.dpi * 72 / rcParams["xtick.labelsize"]
    step = next(s for s in (1, 2, 5, 10, 50) if room >= 4 * span / s or s == 50)
    axes.set_xticks([year for year in range(int(first), int(last) + 1) if year % step == 0])
    axes.axvline(RULE_DATE, **_RULE, zorder=2)
    if named:
        late = (first + last) / 2 < RULE_DATE
        axes.annotate(
            RULE_LABEL,
            (RULE_DATE, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-3 if late else 3, -2),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
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


def rule_handle() -> Line2D:
    """The sample of the rule's date, for a legend, where no panel has room for it."""
    return Line2D([], [], **_RULE, label=f"{RULE_LABEL}: the rule")
