"""People in US plants: how many, and who of those needed is missing, where anyone is."""

from collections.abc import Callable, Mapping
from operator import itemgetter

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout.figures import style
from buildout.figures.fans import Fans, fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import band_sample, curves, end_names, has_bands, top_of
from buildout.figures.tidy import groups, order, pick, require, stack
from buildout.outcomes.chances import rough_percent

TOPIC = "People in US plants by group of lines, and who is missing"
CAPTION = (
    "People employed, trainees included; and, for each group of lines where it is ever above 5%, "
    "the share missing of the operators (output is lost) or experts needed, seconded ones "
    "included (new plants ramp more slowly). Who is never missing is said in words and stands in "
    "the data. Curves are medians of the draws and stand in their middle nine tenths; without "
    "draws they are single runs."
)
JOBS, OPERATORS, EXPERTS = "people employed", "operators missing", "experts missing"
READINGS: Mapping[str, Callable[[xr.Dataset], xr.DataArray]] = {
    JOBS: itemgetter("jobs"),
    OPERATORS: lambda d: 100 * (1 - d["labor_factor"]),
    EXPERTS: lambda d: 100 * d["expert_shortage"],
}
UNITS = {JOBS: "people", OPERATORS: "% of need", EXPERTS: "% of need"}
MISSING = (OPERATORS, EXPERTS)
#: Percent of a need: what is missing is shown from here on.
BINDS = 5.0
HEADLINE_YEAR = 2030.0
COLUMNS = 3
HEADING = {"slide": 2, "column": 2, "phone": 2}


def workforce_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, line_group, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        People, and percent missing of those needed, of groups that are not drawn too. `value` is
        the run's; p05, p50 and p95 are those of its draws, where it has any.
    """
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    require(ds, "jobs", "labor_factor", "expert_shortage")
    return stack(*(fans.rows(read, name, UNITS[name]) for name, read in READINGS.items()))


@style.drawn
def workforce(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """People by group of lines over time, and the operators and experts that are missing.

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
    >>> len(bo.figures.workforce(bo.simulate("status-quo")).axes)
    6
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    shown = [(JOBS, team) for team in order(table, "line_group")]
    shown += [which for which in _shares(table) if _highest(table, which) > BINDS]
    figure, rows = panels(
        page,
        PanelGrid(
            -(-len(shown) // COLUMNS),
            COLUMNS,
            across={"column": 2, "phone": 2},
            heading=HEADING,
        ),
        Words(_finding(table, looks), _topic(table), source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=band_sample(table, looks, fans.draws),
        ends=True,
    )
    flat = [axes for row in rows for axes in row]
    for place, (axes, (quantity, team)) in enumerate(zip(flat, shown, strict=False)):
        here = pick(table, quantity=quantity, line_group=team)
        curves(axes, here, looks, named=place == 0)
        if quantity == JOBS:
            style.from_zero(axes, top_of(here, looks))
            style.thousands(axes)
            head_panel(axes, f"People: {team}")
        else:
            axes.set_ylim(0, 104)
            head_panel(axes, f"{quantity.capitalize()}: {team}", unit=UNITS[quantity])
        if page == "slide" and place == COLUMNS - 1:
            end_names(axes, here, looks)
    for axes in flat[len(shown) :]:
        axes.set_axis_off()
    return figure


def _shares(table: pd.DataFrame) -> list[tuple[str, str]]:
    return [(name, team) for name in MISSING for team in order(table, "line_group")]


def _highest(table: pd.DataFrame, which: tuple[str, str]) -> float:
    """The most that is ever missing: of medians where there are draws."""
    quantity, team = which
    here = pick(table, quantity=quantity, line_group=team)
    return float(here["p50" if has_bands(here) else "value"].max())


def _topic(table: pd.DataFrame) -> str:
    """What is shown, and who is never missing."""
    never = [which for which in _shares(table) if _highest(table, which) <= BINDS]
    parts = []
    for (name,), part in groups(pd.DataFrame(never, columns=["name", "team"]), "name").items():
        who, teams = name.split()[0], list(part["team"])
        every = len(teams) == table["line_group"].nunique()
        parts.append(f"{who} of {'all groups' if every else ' or '.join(teams)}")
    middle = "By the median never" if has_bands(table) else "Never"
    return f"{TOPIC}. {middle} more than {BINDS:g}% short: {'; '.join(parts)}" if parts else TOPIC


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """Of whom the most are missing, and how many; of nobody, how many work there."""
    year = min(HEADLINE_YEAR, table["year"].max())
    now = pick(table, year=year)
    most = max(_shares(table), key=lambda which: _highest(table, which))
    if _highest(table, most) <= BINDS:
        said = " or ".join(name.split()[0] for name in MISSING)
        return f"No group of US plants is ever more than {BINDS:g}% short of {said}"
    quantity, team = most
    missing = middles(pick(now, quantity=quantity, line_group=team))
    said = under_pathways(missing, looks, lambda part: f"{rough_percent(part / 100)}%")
    return f"Missing in {year:g}, of the {quantity.split()[0]} needed for {team}: {said}"
