"""Planned against modelled dates of the listed projects, each with its band over the draws."""

from collections.abc import Mapping
from typing import cast

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D

from buildout._util.numbers import three_digits
from buildout.figures import style
from buildout.figures.capacity import PRODUCTS
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.project_plans import (
    FIRST,
    HEARD,
    IN_RUN,
    IN_THE_END,
    MODELLED,
    OVER_DRAWS,
    PLAN,
    PLANNED,
    projects_data,
)
from buildout.figures.tidy import at, groups, order, pick

__all__ = ["CAPTION", "projects", "projects_data"]

TITLE = "Listed projects: planned against modelled"
CAPTION = (
    "Left: each plant or circuit of calibration/projects.csv that starts within the run. A diamond "
    "is the owner's newest date (hollow: the first one), a dot the median date in this run. The "
    "number is the percentage of draws of luck and of what is uncertain in which the project comes "
    "before the run ends, under the first pathway; the bar goes from the 5 to the 95 percent point "
    "of its dates in these. The date is that of first product for projects with their money in "
    "place and that of the decision for undecided ones, which have no dot where none is likely. "
    "Right: capacity of the US projects by line, added up by announcement and by planned start, "
    "against what has started or been decided in the model."
)
STEPS = {
    HEARD: Look(style.NEED, (0, (1, 1)), "", 1.2),
    PLAN: Look(style.INK, "-", "", 1.4),
}
HEADS = {"dated": "money in place: first product", "undecided": "undecided: decision"}
COLUMNS, ROW = 2, 0.165  # panels beside the dates; inches of a project
BEGIN = 2022.0  # Earlier first plans are not drawn.
_BAR = 3.2  # Points, for one bar.
_ROOM = 0.72  # Share of a row that the bars of several pathways take.


@style.drawn
def projects(ds: xr.Dataset) -> Figure:
    """Planned and modelled dates of each project, and what they add up to.

    Parameters
    ----------
    ds : Dataset
        From `simulate`. Where it is of the model that comes with buildout, its pathways are
        drawn some hundred times for the bars, which takes a second.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> bo.figures.projects(bo.simulate("status-quo")).axes[-1].get_xlabel()
    'year'
    """
    table = projects_data(ds)
    sums = table[table["quantity"].isin([HEARD, PLAN, MODELLED])]
    lines = [line for line in PRODUCTS if (sums["line"] == line).any()]
    looks = looks_of(ds)
    rows = -(-len(lines) // COLUMNS)
    plants = len(order(table, "project")) + 2 * len(order(table, "kind"))
    figure, panels = sheet(
        rows,
        COLUMNS + 1,
        title=TITLE,
        headline=_headline(table, looks),
        looks=looks,
        extra=[
            Line2D([], [], label=name, color=look.color, linestyle=look.line, linewidth=look.width)
            for name, look in STEPS.items()
        ],
        panel_height=max(1.5, (plants * ROW - (rows - 1) * 0.68) / rows),
        widths=[1.5, 1, 1],
        left=1.75,
        gap_x=0.86,
    )
    grid = cast(GridSpec, panels[0][0].get_gridspec())
    for row in panels:
        row[0].remove()
    end = float(ds["time"].max())
    _dates(figure.add_subplot(grid[:, 0]), table[table["project"].notna()], looks, end)
    flat = [axes for row in panels for axes in row[1:]]
    for number, (axes, line) in enumerate(zip(flat, lines, strict=False)):
        _sums(axes, pick(sums, line=line), looks, last=number % COLUMNS == COLUMNS - 1)
        axes.set_title(line[0].upper() + line[1:])
    for axes in flat[len(lines) :]:
        axes.remove()
    return figure


def _sums(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], *, last: bool) -> None:
    for name, look in STEPS.items():
        plan = pick(table, quantity=name)
        axes.step(
            plan["year"],
            plan["value"],
            where="post",
            zorder=2.8,
            color=look.color,
            linewidth=look.width,
            linestyle=look.line,
        )
    shown = pick(table, quantity=MODELLED)
    curves(axes, shown, looks)
    style.from_zero(axes, table["value"].max())
    style.thousands(axes)
    axes.set_ylabel(shown["unit"].iloc[0])
    if last:
        end_names(axes, shown, looks)


# --- The dates of each project --------------------------------------------------------------------


def _dates(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], end: float) -> None:
    """One row for each project, under the heads of its kind."""
    place, ticks = 0.0, {}
    for (kind,), plants in groups(table, "kind").items():
        region, state = str(kind).split(", ")
        axes.text(
            -0.04,
            place,
            f"{region}, {HEADS[state]}",
            transform=axes.get_yaxis_transform(),
            ha="left",
            va="center",
            weight="bold",
            fontsize=7.5,
        )
        for (name,), rows in groups(plants, "project").items():
            place += 1
            ticks[place] = str(name)
            _plans(axes, rows, place)
            _modelled(axes, rows, place, looks)
        place += 1.5
    axes.set_yticks(list(ticks), list(ticks.values()), fontsize=6.5)
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.grid(axis="y", visible=False)
    axes.set_ylim(place - 0.9, -2.1)  # The rule's date is written above the first row.
    style.time_axis(axes, [BEGIN, max(end, BEGIN + 1)], named=True)
    axes.set_title("◇ first plan   ◆ plan   ● model   % of draws", fontsize=7.5)


def _plans(axes: Axes, rows: pd.DataFrame, place: float) -> None:
    for quantity, color in ((FIRST, "white"), (PLANNED, style.INK)):
        years = pick(rows, quantity=quantity)["year"]
        if len(years) and years.iloc[0] >= BEGIN:
            axes.plot(
                [years.iloc[0]],
                [place],
                marker="D",
                color=color,
                markeredgecolor=style.INK,
                markeredgewidth=0.7,
                markersize=3.6,
                zorder=3.5,
            )


def _modelled(axes: Axes, rows: pd.DataFrame, place: float, looks: Mapping[str, Look]) -> None:
    """A bar and a dot for each pathway, one for all where they agree."""
    parts = {path: pick(rows, pathway=path) for path in looks}
    pathways = list(parts)
    rows_of = {
        tuple(part[["quantity", "value", "year"]].itertuples(index=False, name=None))
        for part in parts.values()
    }
    same = len(rows_of) == 1
    for number, path in enumerate(pathways[:1] if same else pathways):
        color = style.QUIET if same else looks[path].color
        height = place if same else place + _ROOM * ((number + 0.5) / len(pathways) - 0.5)
        draws = pick(parts[path], quantity=OVER_DRAWS)
        if len(draws):
            axes.plot(
                [draws["year"].iloc[0], draws["year"].iloc[-1]],
                [height, height],
                color=color,
                linewidth=_BAR if same else _BAR / 2,
                solid_capstyle="butt",
                alpha=0.45 if same else 0.75,
                zorder=2.6,
            )
        dot = pick(parts[path], quantity=IN_RUN)["year"]
        if len(dot):
            axes.plot([dot.iloc[0]], [height], marker="o", color=color, markersize=3, zorder=3.2)
    come = pick(parts[pathways[0]], quantity=IN_THE_END)["value"]
    if len(come):
        axes.text(
            1.01,
            place,
            f"{100 * come.iloc[0]:.0f}",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=6.5,
            color=style.QUIET,
        )


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    line = "NdFeB magnets"
    year = min(2030.0, pick(table, quantity=MODELLED)["year"].max())
    when = f"on 1 January {year:.0f}" if year == round(year) else f"in {year:g}"
    here = pick(table, line=line)
    plan = pick(here, quantity=PLAN)
    planned = plan.loc[plan["year"] <= year, "value"].max()
    shares = [
        f"{looks[path].label} {three_digits(at(here, year, pathway=path, quantity=MODELLED))}"
        for path in order(pick(here, quantity=MODELLED), "pathway")
    ]
    return (
        f"US magnet plants of the list {when}: planned {three_digits(planned)} t/yr; started or "
        f"decided in the model {', '.join(shares)} t/yr."
    )
