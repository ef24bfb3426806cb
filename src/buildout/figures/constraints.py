"""What holds each stage of the chain up, year by year."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from buildout.figures import style
from buildout.figures.lanes import Lanes
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.letters import width
from buildout.figures.looks import Look, looks_of
from buildout.figures.sheets import SHEETS
from buildout.figures.tidy import groups, order, pick, require, tidy
from buildout.outcomes.rule import RULE_DATE
from buildout.vensim.arrays import Floats

TOPIC = (
    "Share of the direct US market's need that US plants do not make (a strip is 100%), and what "
    "holds up most of it"
)
CAPTION = (
    "For each stage and year (1 January): the share of what the direct US market needs that is "
    "not made at home (height of the bar; the pale strip is all of the need), and what holds up "
    "the largest part of it (colour, hatching and, where there is room, word). Blue: plants "
    "that stand or are being built; yellow and red: plants that nobody has decided to build. "
    "Where less than 5% is missing nothing is drawn. Missing tonnes are "
    "counted at the first step that holds them up. Single runs."
)
MATERIAL = 0.05
HEADLINE_YEAR = 2035.0
MOST_COLUMNS = 4
#: Letters that 100% of a need are high.
STRIP = 2.35
ALL = "#eef0f2"


@dataclass(frozen=True)
class Cause:
    """How a constraint is drawn and called.

    Attributes
    ----------
    face, hatch, edge : str
        Colour of its bars, hatching, and colour of the hatching.
    word : str
        In bars.
    label : str
        In the legend.
    held_by : str
        In a sentence.
    """

    face: str
    hatch: str
    edge: str
    word: str
    label: str
    held_by: str


# From the step nearest to output to the one farthest from it. In grey the plain ones are even
# steps, and each of the others has a hatching of its own.
CAUSES = {
    "no labor": Cause("#e4f0f8", "....", "#3b6f96", "people", "people missing", "lack of people"),
    "no feed or buyer": Cause(
        "#b5d6ec", "", "white", "feed, buyer", "no feed or buyer", "lack of feed or buyers"
    ),
    "mothballed plant": Cause(
        "#e4f0f8", "xxxx", "#3b6f96", "mothballed", "plant mothballed", "mothballed plants"
    ),
    "ramping plant": Cause(
        "#3f7fb0", "", "white", "ramping up", "plant ramps up", "plants that ramp up"
    ),
    "construction": Cause(
        "#1d4568", "", "white", "construction", "under construction", "construction"
    ),
    "undecided": Cause(
        "#e8a532", "", "white", "undecided", "not decided yet", "projects not decided"
    ),
    "permits": Cause("#f6cf8b", "||||", "#7a4a00", "permit", "waits for permits", "permits"),
    "not started": Cause(
        "#a8321c", "////", "#e6a294", "no project", "nobody has begun", "projects not begun"
    ),
}


def constraints_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: one row per pathway, line and year (1 January).

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        pathway, line, year, quantity, value (% of need not made at home), unit, binding (empty
        where less than 5% is missing) and binding_share (% of the missing output).
    """
    require(ds, "missing_by_constraint", "line_need")
    first, last = int(ds["time"].min()), int(ds["time"].max())
    years = ds[["missing_by_constraint", "line_need"]].sel(
        time=[float(year) for year in range(first, last + 1)], method="nearest"
    )
    missing = years["missing_by_constraint"]
    gap = missing.sum("constraint")
    share = gap / years["line_need"]
    table = tidy(100 * share, "missing of the need of the direct US market", "%")
    top = missing.idxmax("constraint").transpose(*share.dims)
    largest = (missing.max("constraint") / gap.where(gap > 0)).transpose(*share.dims)
    binding = top.where(share >= MATERIAL, "").values.ravel()
    return table.assign(binding=binding, binding_share=100 * largest.values.ravel())


@style.drawn
def constraints(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """What is missing of the need at each stage over time, and why: a panel for each pathway.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.constraints(bo.simulate("status-quo")).axes)
    1
    """
    table = constraints_data(ds)
    looks, lines = looks_of(ds), order(table, "line")
    lanes = Lanes(1, STRIP)
    down = -(-len(looks) // MOST_COLUMNS)
    columns = -(-len(looks) // down)
    figure, rows = panels(
        page,
        PanelGrid(
            down,
            columns,
            across={"column": 2, "phone": 2},
            tall={paper: lanes.tall(len(lines), paper) for paper in SHEETS},
            left=1.6,
            right=1.8,
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds)),
        extra=[
            *(_sample(CAUSES[name]) for name in CAUSES if name in set(table["binding"])),
            style.rule_handle(),
        ],
    )
    flat = [axes for row in rows for axes in row]
    for axes, path in zip(flat, looks, strict=False):
        here = pick(table, pathway=path)
        lanes.frame(axes, [line[0].upper() + line[1:] for line in lines])
        axes.grid(visible=False)
        years = here["year"]
        style.time_axis(axes, [years.min(), years.max() + 1])
        for row, line in enumerate(lines):
            _strip(axes, lanes.floor(row), pick(here, line=line))
        head_panel(axes, looks[path].label, left=0)
    for axes in flat[len(looks) :]:
        axes.set_axis_off()
    return figure


def _strip(axes: Axes, floor: float, table: pd.DataFrame) -> None:
    first, last = table["year"].min(), table["year"].max() + 1
    axes.fill_between([first, last], floor - STRIP, floor, color=ALL, linewidth=0, zorder=1)
    runs = (table["binding"] != table["binding"].shift()).cumsum()
    for _, run in groups(table.assign(run=runs), "run").items():
        name = run["binding"].iloc[0]
        if name:
            cause, tall = CAUSES[name], STRIP * run["value"].to_numpy() / 100
            axes.bar(
                run["year"],
                -tall,
                1.0,
                bottom=floor,
                align="edge",
                facecolor=cause.face,
                hatch=cause.hatch,
                edgecolor=cause.edge,
                linewidth=0,
                zorder=1.5,
            )
            _name(axes, floor, run["year"].iloc[0], tall, cause)


def _name(axes: Axes, floor: float, start: float, tall: Floats, cause: Cause) -> None:
    """The word of a cause in its bars, or on top of them; nothing where there is no room."""
    size, (left, right) = rcParams["font.size"], axes.get_xlim()
    years = (width(cause.word) + 0.8) * size * axes.figure.dpi / 72
    years *= (right - left) / axes.bbox.width
    if years > len(tall):
        return
    letter = axes.figure.dpi * size / 72 * abs(np.diff(axes.get_ylim())[0]) / axes.bbox.height
    # Where the bars are highest over the width of the word.
    span = int(np.ceil(years))
    lows = [tall[i : i + span].min() for i in range(len(tall) - span + 1)]
    place = int(np.argmax(lows))
    inside = lows[place] > 1.2 * letter
    highest = tall[place : place + span].max()
    if not inside and highest + 1.2 * letter > STRIP:
        return
    middle = floor - (lows[place] / 2 if inside else highest + 0.6 * letter)
    axes.text(
        start + place + span / 2,
        middle,
        cause.word,
        ha="center",
        va="center",
        color="white" if inside and dark(cause.face) else style.INK,
        zorder=4,
        bbox={"facecolor": cause.face if inside else ALL, "edgecolor": "none", "pad": 0.6},
    )


def dark(color: str) -> bool:
    """Whether white letters are read better on a colour than dark ones."""
    red, green, blue = to_rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.55


def _sample(cause: Cause) -> Patch:
    return Patch(
        facecolor=cause.face,
        hatch=cause.hatch,
        edgecolor=cause.edge,
        linewidth=0,
        label=cause.label,
    )


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """The largest gap of most pathways and what holds it up, on the rule's date and later."""
    said = []
    for year in sorted({RULE_DATE, min(HEADLINE_YEAR, table["year"].max())}):
        now = pick(table, year=year)
        gaps = [_largest_gap(pick(now, pathway=path)) for path in looks]
        most = max(gaps, key=gaps.count)
        owners = [look.label for look, gap in zip(looks.values(), gaps, strict=True) if gap == most]
        under = owners[0]
        if len(looks) > 1:
            every = "both" if len(looks) == 2 else "all"
            share = every if len(owners) == len(looks) else f"{len(owners)} of {len(looks)}"
            under = f"{share} pathways"
        said.append(f"in {year:g} {most} under {under}")
    return f"Largest gap {'; '.join(said)}"


def _largest_gap(table: pd.DataFrame) -> str:
    short = table[table["binding"] != ""]
    if short.empty:
        return "none of 5%"
    worst = short.loc[short["value"].idxmax()]
    return f"at {worst['line']}, held up by {CAUSES[worst['binding']].held_by}"
