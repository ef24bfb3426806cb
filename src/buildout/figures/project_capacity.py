"""Capacity of the listed US projects by line: what owners plan, and what comes of it."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util.numbers import three_digits
from buildout.figures import style
from buildout.figures.fans import fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import band_sample, curves, top_of
from buildout.figures.project_plans import HEARD, MODELLED, PLAN, project_capacity_data
from buildout.figures.tidy import PRODUCTS, order, pick

__all__ = ["CAPTION", "project_capacity", "project_capacity_data"]

TOPIC = "Capacity of the listed US projects by line, added up: announced, planned, and come"
CAPTION = (
    "Capacity at full feed of the US plants and circuits of calibration/projects.csv that stand "
    "not in the state of the start, added up by line: dotted by the day of announcement, as a full "
    "grey line by the owners' newest dates of first product. The curves are what has started of "
    "projects with their money in place, and has been decided of the others, whose plants are then "
    "still to be built; ramp and feed are left out. They are medians of the draws and stand in "
    "their middle nine tenths; without draws they are what a single run expects."
)
STEPS = {
    HEARD: Look(style.NEED, (0, (1, 1)), "", 1.3),
    PLAN: Look(style.NEED, "-", "", 1.5),
}
ROWS = 2  # of a slide
YEAR, SHOWN_LINE = 2030.0, "NdFeB magnets"
HEADING = {"slide": 2, "column": 2, "phone": 2}


@style.drawn
def project_capacity(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Capacity of the listed US projects over time, planned and modelled.

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
    >>> len(bo.figures.project_capacity(bo.simulate("status-quo")).axes)
    6
    """
    table, fans, looks = project_capacity_data(ds), fans_of(ds), looks_of(ds)
    lines = [line for line in PRODUCTS if (table["line"] == line).any()]
    come, columns = pick(table, quantity=MODELLED), -(-len(lines) // ROWS)
    figure, rows = panels(
        page,
        PanelGrid(
            min(ROWS, len(lines)), columns, across={"column": 2, "phone": 2}, heading=HEADING
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[
            *band_sample(come, looks, fans.draws),
            *(
                Line2D([], [], label=name, color=look.color, ls=look.line, lw=look.width)
                for name, look in STEPS.items()
            ),
        ],
    )
    flat = [axes for row in rows for axes in row]
    for number, (axes, line) in enumerate(zip(flat, lines, strict=False)):
        here = pick(table, line=line)
        _steps(axes, here)
        curves(axes, pick(here, quantity=MODELLED), looks, named=number == 0)
        highest = max(pick(here, quantity=name)["value"].max() for name in STEPS)
        style.from_zero(axes, max(highest, top_of(pick(here, quantity=MODELLED), looks)))
        style.thousands(axes)
        head_panel(axes, line[0].upper() + line[1:], unit=PRODUCTS[line])
    for axes in flat[len(lines) :]:
        axes.set_axis_off()
    return figure


def _steps(axes: Axes, table: pd.DataFrame) -> None:
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


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """What owners of magnet plants plan by a year, and what has come by then."""
    lines = order(table, "line")
    line = SHOWN_LINE if SHOWN_LINE in lines else lines[-1]
    here = pick(table, line=line)
    come = pick(here, quantity=MODELLED)
    year = min(YEAR, come["year"].max())
    plan = pick(here, quantity=PLAN)
    planned = plan.loc[plan["year"] <= year, "value"].max()
    said = under_pathways(
        middles(pick(come, year=year)), looks, lambda tonnes: f"{three_digits(tonnes)} t"
    )
    return (
        f"Of {three_digits(planned)} t a year of US capacity for {line} that owners plan by "
        f"{year:g}, started or decided: {said}"
    )
