"""What is told of the listed projects and what the model makes of it: dates, and sums by line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from buildout.analysis.odds import odds_if_any
from buildout.analysis.project_dates import dates_over_draws
from buildout.figures.fans import fans_of
from buildout.figures.tidy import PRODUCTS, groups, pick, require, stack
from buildout.inputs.projects import ListedProject, read_projects
from buildout.outcomes.chances import tells_odds
from buildout.outcomes.listed import LISTED, listed_capacity

ANNOUNCED, FIRST, PLANNED = "announced", "first planned start", "planned start"
# Dates of a dated project are starts, those of an undecided one are decisions.
IN_RUN, OVER_DRAWS, IN_THE_END = "in this run", "over draws", "before the end"
# Sums over the US projects of a line, and the dates they run by.
HEARD, PLAN, MODELLED = (
    "announced so far",
    "planned to have started",
    "started, or decided where undecided",
)
SUMS = {HEARD: ANNOUNCED, PLAN: PLANNED}
HALF = 0.5
_COLUMNS = ["project", "kind", "line", "pathway", "year", "quantity", "value", "unit"]

_Row = tuple[str, str, str | None, str | None, float, str, float, str]


def project_dates_data(ds: xr.Dataset, table: Path | str | None = None) -> pd.DataFrame:
    """What the figure shows: project, kind, line, pathway, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    table : path, optional
        A list of projects in place of calibration/projects.csv.

    Returns
    -------
    DataFrame
        `kind` is region and whether the project is dated or undecided. For what was announced
        and planned, `year` is the date and `value` the capacity of the line. Of "before the end"
        `value` is the share of draws in which the project comes by then, that is starts, or is
        decided where it is undecided; of "over draws" `year` is the date by which it has come in
        the share `value` of these, and of "in this run" the median date of the run itself. What
        never comes has no row.

    Raises
    ------
    InputError
        When the list of projects cannot be read.
    """
    shown = _listed(ds, table)
    plans = _table(row for project in shown for row in _plans(project))
    return stack(plans, _table([*_in_run(ds, shown), *_over_draws(ds, shown)]))[_COLUMNS]


def project_capacity_data(ds: xr.Dataset, table: Path | str | None = None) -> pd.DataFrame:
    """What the figure shows of US projects: line, pathway, year, quantity, value, unit.

    Parameters
    ----------
    ds, table
        As for `project_dates_data`.

    Returns
    -------
    DataFrame
        Capacity added up. Of what the model makes of the list, p05, p50 and p95 are those of the
        draws, where there are any.
    """
    us = [project for project in _listed(ds, table) if project.region == "US"]
    plans = _table(row for project in us for row in _plans(project))
    ends = (float(ds["time"].min()), float(ds["time"].max()))
    steps = [
        _so_far(part, name, ends)
        for name, quantity in SUMS.items()
        for part in groups(pick(plans, quantity=quantity), "line").values()
    ]
    lines = [str(line) for line in ds["line"].values if line in set(plans["line"])]

    def sums(cloud: xr.Dataset) -> xr.DataArray:
        known = cloud.assign(project_capacity=ds["project_capacity"])
        return listed_capacity(known, us).sel(line=lines).transpose(..., "line", "time")

    come = fans_of(ds).rows(sums, MODELLED, "")
    come["unit"] = come["line"].map(PRODUCTS)
    return stack(*steps, come).drop(columns=["project", "kind"], errors="ignore")


def _listed(ds: xr.Dataset, table: Path | str | None) -> list[ListedProject]:
    require(ds, "projects_known_until", "start_date_of_project", *LISTED)
    return _shown(ds, read_projects(None if table is None else Path(table)))


def planned_steps(ds: xr.Dataset) -> pd.DataFrame:
    """US capacity by line that owners plan to have started by a date: line, year, value.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    """
    require(ds, "projects_known_until")
    us = [project for project in _shown(ds, read_projects(None)) if project.region == "US"]
    plans = pick(_table(row for project in us for row in _plans(project)), quantity=PLANNED)
    ends = (float(ds["time"].min()), float(ds["time"].max()))
    steps = [_so_far(part, PLAN, ends) for part in groups(plans, "line").values()]
    return pd.concat([plans[:0], *steps])[["line", "year", "value"]]


def _shown(ds: xr.Dataset, listed: Sequence[ListedProject]) -> list[ListedProject]:
    """Projects that a run can know of and that do not stand in its initial state."""
    known, begin = float(ds["projects_known_until"].max()), float(ds["time"].min())
    names = {*ds["dated_project"].values, *ds["undecided_project"].values}
    new = [
        project
        for project in listed
        if project.name in names and not (project.dated and project.earliest_start < begin)
    ]
    heard = [p for p in new if max(p.announced, p.decision if p.dated else p.announced) <= known]
    # A run that knows of no project is held against all of them.
    return heard or new


def kind_of_project(project: ListedProject) -> str:
    """Region, and whether its money is in place."""
    return f"{project.region}, {'dated' if project.dated else 'undecided'}"


def _plans(project: ListedProject) -> Iterator[_Row]:
    dates = (
        (ANNOUNCED, project.announced),
        (FIRST, project.first_planned_start),
        (PLANNED, project.owner_start),
    )
    for line, capacity in project.capacities.items():
        for quantity, year in dates:
            unit = PRODUCTS.get(line, "t/yr")
            yield project.name, kind_of_project(project), line, None, year, quantity, capacity, unit


def _in_run(ds: xr.Dataset, projects: Sequence[ListedProject]) -> Iterator[_Row]:
    start, decided = ds["start_date_of_project"], ds["decided_share_of_project"]
    for path in map(str, ds["pathway"].values):
        starts = start.sel(pathway=path).isel(time=0).to_series()
        likely = decided.sel(pathway=path).transpose("time", ...) >= HALF
        # Date on which an undecided project is as likely decided as not.
        dates = np.where(likely.any("time"), ds["time"].values[likely.argmax("time")], np.nan)
        decisions = dict(zip(likely["undecided_project"].values, dates, strict=True))
        for project in projects:
            year = starts[project.name] if project.dated else decisions[project.name]
            yield _modelled(project, path, float(year), IN_RUN, HALF)


def _over_draws(ds: xr.Dataset, projects: Sequence[ListedProject]) -> Iterator[_Row]:
    if not tells_odds(odds_if_any(ds)):
        return
    dates = dates_over_draws(ds)
    paths, shares = list(map(str, ds["pathway"].values)), dates["share"].values.tolist()
    end = float(ds["time"].max())
    # As lists by project, pathway and share: a look-up by label for each would take half a second.
    by_name: dict[str, tuple[Any, Any]] = {}
    for kind, when, whether in (
        ("dated_project", "start", "started"),
        ("undecided_project", "decision", "decided"),
    ):
        quantiles = dates[when].transpose(kind, "pathway", "share").values.tolist()
        come = dates[whether].transpose(kind, "pathway").values.tolist()
        names = map(str, dates[kind].values)
        by_name |= dict(zip(names, zip(quantiles, come, strict=True), strict=True))
    for project in projects:
        quantiles, come = by_name[project.name]
        for path, years, share_come in zip(paths, quantiles, come, strict=True):
            for share, year in zip(shares, years, strict=True):
                yield _modelled(project, path, year, OVER_DRAWS, share)
            yield _modelled(project, path, end, IN_THE_END, share_come)


def _modelled(project: ListedProject, path: str, year: float, quantity: str, value: float) -> _Row:
    kind = kind_of_project(project)
    return project.name, kind, None, path, year, quantity, value, "share of draws"


def _table(rows: Any) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=_COLUMNS).dropna(subset="year")


def _so_far(dates: pd.DataFrame, name: str, span: tuple[float, float]) -> pd.DataFrame:
    """Capacity summed up to each date, from zero at the start to all at the end."""
    ordered = dates.sort_values("year", kind="stable")
    sums = ordered.assign(quantity=name, value=ordered["value"].cumsum(), project=None, kind=None)
    sums["year"] = sums["year"].clip(lower=span[0])
    first, last = sums.iloc[[0]], sums.iloc[[-1]]
    return pd.concat([first.assign(year=span[0], value=0.0), sums, last.assign(year=span[1])])
