"""People in US plants: how many, and whether operators and experts are there when needed."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout._util.numbers import three_digits
from buildout.figures import style
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.tidy import at, order, pick, require, stack, tidy

TITLE = "People in US plants, by group of lines"
CAPTION = (
    "Top: people employed, trainees included. Middle: operators present over operators that "
    "plants in operation need; below 100% output is lost. Bottom: experts present (seconded ones "
    "included) over experts that a smooth ramp needs; below 100% new plants ramp more slowly. Both "
    "shares count no surplus."
)
JOBS, PRESENT, EXPERTS = "people employed", "operators present", "experts present"
ENOUGH = 95.0  # percent of the operators needed: a shortage worth a headline is below
UNITS = {JOBS: "people", PRESENT: "% of need", EXPERTS: "% of need"}


def workforce_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, line_group, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        People, and percent of those needed.
    """
    require(ds, "jobs", "labor_factor", "expert_shortage")
    return stack(
        tidy(ds["jobs"], JOBS, UNITS[JOBS]),
        tidy(100 * ds["labor_factor"], PRESENT, UNITS[PRESENT]),
        tidy(100 * (1 - ds["expert_shortage"]), EXPERTS, UNITS[EXPERTS]),
    )


@style.drawn
def workforce(ds: xr.Dataset) -> Figure:
    """People, operators and experts by group of lines over time.

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
    >>> bo.figures.workforce(bo.simulate("status-quo")).axes[0].get_ylabel()
    'people employed'
    """
    table = workforce_data(ds)
    teams = order(table, "line_group")
    looks = looks_of(ds)
    figure, panels = sheet(
        len(UNITS),
        len(teams),
        title=TITLE,
        headline=_headline(table, looks),
        looks=looks,
        heights=[1.7, 1.15, 1.15],
        left=0.95,
    )
    for row, (quantity, unit) in enumerate(UNITS.items()):
        for column, team in enumerate(teams):
            axes, here = panels[row][column], pick(table, quantity=quantity, line_group=team)
            curves(axes, here, looks, named=row == column == 0)
            axes.set_title(f"{team[0].upper()}{team[1:]}")
            axes.set_ylabel(f"{quantity}\n({unit})" if "%" in unit else quantity)
            if quantity == JOBS:
                style.from_zero(axes, here["value"].max())
                style.thousands(axes)
            else:
                axes.set_ylim(0, 110)
                axes.set_yticks([0, 50, 100])
            if column == len(teams) - 1:
                end_names(axes, here, looks)
    return figure


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    last = min(2035.0, table["year"].max())
    parts = []
    for path in looks:
        here = pick(table, pathway=path)
        people = sum(
            at(here, last, quantity=JOBS, line_group=team) for team in order(table, "line_group")
        )
        low = pick(here, quantity=PRESENT).sort_values("value").iloc[0]
        short = (
            f", {low['line_group']} short of operators ({low['value']:.0f}% in {low['year']:.0f})"
        )
        parts.append(
            f"{looks[path].label} {three_digits(people)} people"
            f"{short if low['value'] < ENOUGH else ''}"
        )
    return f"In {last:g}: " + "; ".join(parts) + "."
