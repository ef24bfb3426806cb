"""Planned against modelled dates of the US projects announced since 2025."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D

from buildout.figures import style
from buildout.figures.capacity import PRODUCTS
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.tidy import at, groups, order, pick, require, stack, tidy
from buildout.inputs.projects import PlannedProject, read_projects

TITLE = "US projects announced since 2025: planned against modelled"
CAPTION = (
    "Left: announcement and planned start of each project and line (calibration/projects.csv), "
    "with its nameplate. Right: nameplate added up by announcement and by planned start (projects "
    "without a date are in the first sum only), against what is in effect of these projects in the "
    "model, where some are never decided and the rest are permitted, built, ramped and sometimes "
    "mothballed. The model follows the projects of a line together, not one by one."
)
ANNOUNCED, START = "announced", "planned start"
# Sums over the projects of a line, and the dates they run by.
SUMS = {"announced so far": ANNOUNCED, "planned to have started": START}
HEARD, PLAN = SUMS
MODELLED = "in effect in the model"
STEPS: dict[str, dict[str, Any]] = {
    HEARD: {"color": style.NEED, "linewidth": 1.2, "linestyle": (0, (1, 1))},
    PLAN: {"color": style.INK, "linewidth": 1.4},
}
COLUMNS = 2


def projects_data(ds: xr.Dataset, table: Path | str | None = None) -> pd.DataFrame:
    """What the figure shows: project, line, pathway, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    table : path, optional
        A list of projects in place of calibration/projects.csv.

    Returns
    -------
    DataFrame
        For "announced" and "planned start" value is the project's nameplate and year the date.

    Raises
    ------
    InputError
        When the list of projects cannot be read.
    """
    require(ds, "effective_capacity", "projects_known_until")
    known = float(ds["projects_known_until"].max())
    listed = read_projects(None if table is None else Path(table))
    plans = _plans(listed, known)
    if plans.empty:
        # Runs that know of no project are held against all of them.
        plans = _plans(listed, float("inf"))
    span = (float(ds["time"].min()), float(ds["time"].max()))
    steps = [
        _so_far(part, name, span)
        for name, quantity in SUMS.items()
        for part in groups(pick(plans, quantity=quantity), "line").values()
    ]
    cohort = ds["effective_capacity"].sel(region="US", cohort="listed")
    cohort = cohort.sel(line=[line for line in cohort.line.values if line in set(plans["line"])])
    whole = stack(plans, *steps, tidy(cohort, MODELLED, ""))
    return whole.assign(unit=whole["line"].map(PRODUCTS).fillna("t/yr"))


def _so_far(dates: pd.DataFrame, name: str, span: tuple[float, float]) -> pd.DataFrame:
    """Nameplate summed up to each date, from zero at the start to all at the end."""
    ordered = dates.sort_values("year", kind="stable")
    sums = ordered.assign(quantity=name, value=ordered["value"].cumsum(), project=None)
    first, last = sums.iloc[[0]], sums.iloc[[-1]]
    return pd.concat([first.assign(year=span[0], value=0.0), sums, last.assign(year=span[1])])


def _plans(listed: Sequence[PlannedProject], known: float) -> pd.DataFrame:
    dates = [
        (project.project, project.line, year, quantity, project.capacity, "")
        for project in listed
        if project.region == "US" and project.in_model_from <= known
        for quantity, year in ((ANNOUNCED, project.announced), (START, project.planned_start))
    ]
    columns = ["project", "line", "year", "quantity", "value", "unit"]
    plans = pd.DataFrame(dates, columns=columns).dropna(subset="year")
    rank = plans["line"].map({line: i for i, line in enumerate(PRODUCTS)})
    return (
        plans.assign(rank=rank).sort_values(["rank", "project"], kind="stable").drop(columns="rank")
    )


@style.drawn
def projects(ds: xr.Dataset) -> Figure:
    """Announcements and planned starts beside what the model makes of them.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

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
    lines = [line for line in PRODUCTS if (table["line"] == line).any()]
    looks = looks_of(ds)
    rows = -(-len(lines) // COLUMNS)
    figure, panels = sheet(
        rows,
        COLUMNS + 1,
        title=TITLE,
        headline=_headline(table, looks),
        looks=looks,
        extra=[Line2D([], [], label=name, **look) for name, look in STEPS.items()],
        panel_height=1.6,
        widths=[1.25, 1, 1],
        left=1.75,
        gap_x=0.72,
    )
    grid = cast(GridSpec, panels[0][0].get_gridspec())
    for row in panels:
        row[0].remove()
    _dates(figure.add_subplot(grid[:, 0]), table)
    flat = [axes for row in panels for axes in row[1:]]
    for number, (axes, line) in enumerate(zip(flat, lines, strict=False)):
        _sums(axes, pick(table, line=line), looks, last=number % COLUMNS == COLUMNS - 1)
        axes.set_title(line[0].upper() + line[1:])
    for axes in flat[len(lines) :]:
        axes.remove()
    return figure


def _sums(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], *, last: bool) -> None:
    for name, look in STEPS.items():
        plan = pick(table, quantity=name)
        axes.step(plan["year"], plan["value"], where="post", zorder=2.8, **look)
    shown = pick(table, quantity=MODELLED)
    curves(axes, shown, looks)
    style.from_zero(axes, table["value"].max())
    style.thousands(axes)
    axes.set_ylabel(table["unit"].iloc[0])
    if last:
        end_names(axes, shown, looks)


def _dates(axes: Axes, table: pd.DataFrame) -> None:
    """One row per project and line: announced, planned start, nameplate."""
    place, ticks = 0.0, {}
    plans = table[table["quantity"].isin([ANNOUNCED, START])]
    for (line,), part in groups(plans, "line").items():
        axes.text(
            -0.04,
            place,
            line[0].upper() + line[1:],
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            weight="bold",
            fontsize=8,
        )
        for (name,), dates in groups(part, "project").items():
            place += 1
            ticks[place] = f"{name} ({dates['value'].iloc[0]:,.0f})"
            axes.plot(dates["year"], [place] * len(dates), color=style.NEED, linewidth=1.6)
            for row in dates.itertuples():
                axes.plot(
                    [row.year],
                    [place],
                    marker="o" if row.quantity == ANNOUNCED else "D",
                    color="white" if row.quantity == ANNOUNCED else style.INK,
                    markeredgecolor=style.INK,
                    markersize=4.5,
                )
            if len(dates) == 1:
                axes.text(
                    dates["year"].iloc[0] + 0.3,
                    place,
                    "no date",
                    va="center",
                    fontsize=7,
                    color=style.QUIET,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                )
        place += 1.4
    axes.set_yticks(list(ticks), list(ticks.values()), fontsize=7)
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.grid(axis="y", visible=False)
    axes.set_ylim(place - 0.8, -0.8)
    late = plans["year"].max()
    style.time_axis(axes, [2025.0, max(2031.0, late + 0.5)])
    axes.set_title("○ announced   ◆ planned start   (t/yr)", fontsize=8)


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    line = "NdFeB magnets"
    year = min(2030.0, pick(table, quantity=MODELLED)["year"].max())
    when = f"on 1 January {year:.0f}" if year == round(year) else f"in {year:g}"
    here = pick(table, line=line)
    plan = pick(here, quantity=PLAN)
    planned = plan.loc[plan["year"] <= year, "value"].max()
    shares = [
        f"{looks[path].label} {at(here, year, pathway=path, quantity=MODELLED):,.0f}"
        for path in order(pick(here, quantity=MODELLED), "pathway")
    ]
    return (
        f"NdFeB magnet plants {when}: planned {planned:,.0f} t/yr; in effect in "
        f"the model {', '.join(shares)} t/yr."
    )
