"""Every number of README.md that comes from a run, by the name that its mark has there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import number, span
from buildout.analysis.delay import delay
from buildout.analysis.odds import odds_if_any
from buildout.errors import BuildoutError
from buildout.inputs.model import Model
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.projects import ListedProject, read_projects
from buildout.outcomes.chances import (
    coverage_band,
    coverage_median,
    covered_in,
    dates_of_draws,
    has_odds,
    rough_percent,
)
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.listed import listed_capacity
from buildout.outcomes.odds import with_odds
from buildout.outcomes.rule import RULE_DATE
from buildout.outcomes.wording import covered_from, covered_percent, short_tonnes
from buildout.simulation.simulate import simulate

Row = Mapping[str, Any]
PATHWAYS = (*CANONICAL, "hybrid", "allied-network")
WORDS = {
    "status-quo": "status quo",
    "mobilization": "mobilization",
    "china-deal": "China deal",
}
HEADS = {"heavy NdFeB": "heavy NdFeB (with Dy, Tb)"}
MAGNETS = ["NdFeB magnets", "SmCo magnets"]
YEAR = 2035.0
# The day itself, and how many times a need are only said to be more.
DAY, MOST_SAID = "the day itself", 5.0
SHOWN_LOSS = 0.005  # A cut that takes less than half a percent takes nothing.
HIGH_NEED = 3000.0  # t/yr, the upper end of what is published
SURGE = "surge total"
COST_OF_DELAY: tuple[tuple[str, float | None], ...] = (
    ("US magnets made since 2025", YEAR),
    ("half served from home since: NdFeB magnets", None),
)
REQUALIFIED = "requalification share"
# At the end of chance no allied maker sells.
NO_SALE = {"luck of allied sale": 1.0}


def readme_values(model: Model, robustness: str) -> dict[str, str]:
    """What stands between the marks of README.md.

    Parameters
    ----------
    model : Model
        That is run.
    robustness : str
        The page ROBUSTNESS.md, from which the shares of draws are taken.

    Returns
    -------
    dict of str to str
    """
    ds = simulate(PATHWAYS, model=model)
    rows, end = _rows(ds), float(ds["time"].max())
    values = {
        "verdict": _verdict(rows, end),
        "need": f"{float(ds['defense_need_in_2025'][0]):,.0f}",
    }
    for path in PATHWAYS:
        run = ds.sel(pathway=path)
        values |= {f"{path} {name}": value for name, value in _outcomes(run).items()}
    values["china-deal plants of status-quo"] = _percent(
        _listed(ds.sel(pathway="china-deal")) / _listed(ds.sel(pathway="status-quo"))
    )
    return values | _variants(model, ds) | _odds(robustness) | _in_draws(rows)


def _outcomes(ds: xr.Dataset) -> dict[str, str]:
    made = float(ds["us_magnet_output_total"].sel(time=YEAR))
    wanted = float(ds["direct_demand"].sel(time=YEAR).sum("magnet_class"))
    spent = float(ds["us_capital_committed_so_far"].isel(time=-1)) / 1000
    return {
        "magnets": number(made, whole=False),
        "share of market": _percent(made / wanted),
        "announced plants": _percent(_listed(ds) / _announced()),
        "capital": number(spent, 2),
        "lost in a cut at the end": _percent(float(ds["vulnerability"].isel(time=-1))),
        "lost in a cut until": _safe_from(ds["vulnerability"]),
    }


def _undecided() -> list[ListedProject]:
    """US projects that have not got their money, as calibration/projects.csv tells."""
    return [p for p in read_projects() if p.region == "US" and not p.dated]


def _announced() -> float:
    """Magnet capacity of the undecided projects, t/yr."""
    return sum(p.capacities.get(line, 0.0) for p in _undecided() for line in MAGNETS)


def _listed(ds: xr.Dataset) -> float:
    """The part of it that has been decided in the end, t/yr."""
    return float(listed_capacity(ds, _undecided()).sel(line=MAGNETS).isel(time=-1).sum())


def _safe_from(loss: xr.DataArray) -> str:
    """Year from which on a cut takes nothing."""
    unsafe = np.flatnonzero(loss.values >= SHOWN_LOSS)
    if len(unsafe) and unsafe[-1] + 1 == loss.size:
        return "after the end"
    return f"{float(loss['time'][unsafe[-1] + 1 if len(unsafe) else 0]):.0f}"


def _rows(ds: xr.Dataset) -> list[Row]:
    """The verdict on the canonical pathways, with its odds where the run has any."""
    own = ds.sel(pathway=list(CANONICAL))
    return list(with_odds(deadline_rows(own), odds_if_any(own)))


def _verdict(rows: Sequence[Row], end: float) -> str:
    """The verdict as a table: the odds first, then the single run; without odds the run alone."""
    kinds = list(dict.fromkeys(row["magnet_class"] for row in rows))
    # On the day itself pathways that begin in mid-2026 agree; the first one speaks for all.
    first = [row for row in rows if row["pathway"] == CANONICAL[0]]
    lines = _odds_lines(rows, first, end) if has_odds(rows) else _run_lines(rows, first, end)
    return tables.markdown(["", *(HEADS.get(kind, kind) for kind in kinds)], lines)


def _odds_lines(rows: Sequence[Row], first: Sequence[Row], end: float) -> list[list[str]]:
    lines = [
        ["the whole need is met on 1 January 2027 in", *(covered_in([row]) for row in first)],
        [
            "covered, median of draws (5-95%)",
            *(f"{coverage_median([row])} ({coverage_band([row])})" for row in first),
        ],
    ]
    for path in CANONICAL:
        own = [row for row in rows if row["pathway"] == path]
        dates = [dates_of_draws(row, end, on_the_date=DAY) for row in own]
        lines.append([f"fully covered from, 5-95% of draws: {WORDS[path]}", *dates])
    lines.append(["a single run at expected dates", *_times(first, "coverage_2027")])
    never, always, alone = (
        _times(first, f"coverage_2027_{world}")
        for world in ("no_requalification", "full_requalification", "no_allied_sale")
    )
    both = [f"{low} / {high}" for low, high in zip(never, always, strict=True)]
    lines.append(["the same, new oxide never / always approved anew", *both])
    lines.append(["the same, without allied makers", *alone])
    return lines


def _run_lines(rows: Sequence[Row], first: Sequence[Row], end: float) -> list[list[str]]:
    lines = [
        ["covered on 1 January 2027", *_times(first, "coverage_2027")],
        ["short on that day", *(_short(row["shortfall_2027"]) for row in first)],
    ]
    for path in CANONICAL:
        dates = [_date(row, end) for row in rows if row["pathway"] == path]
        lines.append([f"covered from, {WORDS[path]}", *dates])
    binding = ["-" if row["binding"] == "none" else row["binding"] for row in first]
    lines.append(["what holds it up on the day", *binding])
    return lines


def _times(rows: Sequence[Row], key: str) -> list[str]:
    return ["-" if row.get(key) is None else _covered(row[key]) for row in rows]


def _covered(share: float) -> str:
    if share > MOST_SAID:
        return f"over {MOST_SAID:g} times"
    return f"{number(share, 2)} times" if reaches(share) else f"{covered_percent(share)} percent"


def _short(tonnes: float) -> str:
    said = short_tonnes(tonnes)
    return "nothing" if said == "0" else f"{said} t/yr"


def _date(row: Row, end: float) -> str:
    year, until = row["full_coverage_year"], row["covered_until"]
    return covered_from(year, until, known=row["known"], end=end, on_the_date=DAY)


def _in_draws(rows: Sequence[Row]) -> dict[str, str]:
    """Shares of draws in which each class is covered on the day, as the table above says them."""
    if not has_odds(rows):
        raise BuildoutError("The runs of README.md have no odds.", cure="Draw at least 100 worlds.")
    values = {"draws of odds": f"{max(row['draws'] for row in rows):,}"}
    for kind in dict.fromkeys(row["magnet_class"] for row in rows):
        shares = [row["share_covered_2027"] for row in rows if row["magnet_class"] == kind]
        values[f"{kind} in draws"] = f"{span(shares, rough_percent)} percent"
    return values


def _percent(share: float) -> str:
    return f"{100 * share:.0f} percent"


def _variants(model: Model, ds: xr.Dataset) -> dict[str, str]:
    """What changes with the money, the approvals, the sale of allied makers and the need."""
    base = ds.sel(pathway="mobilization")
    money = float(base["surge_total"])
    none = _run(model, "mobilization", {SURGE: 0.0}, ["US magnet output total"])
    ten = _run(model, "mobilization", {SURGE: 10 * money}, ["US magnet output total"])
    until = slice(None, YEAR)
    output = base["us_magnet_output_total"]
    return {
        "mobilization ten times the money": _largest_change(output, ten),
        "mobilization without the money": _largest_change(output.sel(time=until), none),
        **_a_year_later(),
        "heavy without requalification": _covered_with(model, {REQUALIFIED: 0.0}, "heavy NdFeB"),
        "heavy with requalification": _covered_with(model, {REQUALIFIED: 1.0}, "heavy NdFeB"),
        "heavy without allied sale": _covered_with(model, NO_SALE, "heavy NdFeB"),
        "high need": f"{HIGH_NEED:,.0f}",
        "light with high need": _covered_with(
            model, {"defense need in 2025": HIGH_NEED}, "light NdFeB"
        ),
    }


def _a_year_later() -> dict[str, str]:
    """What a year of delay costs, as `buildout delay` says it."""
    ds = delay("mobilization", years=[1.0], outcomes=COST_OF_DELAY).sel(delay=1.0)
    return {
        f"{name} of delay": _cost(ds.isel(row=row)) for row, name in enumerate(("tonnes", "months"))
    }


def _cost(here: xr.Dataset) -> str:
    """A difference without its sign, and its band from the smaller to the larger."""
    single, *ends = (abs(float(here[name])) for name in ("difference", "p05", "p95"))
    low, high = (number(end, 2, whole=False) for end in sorted(ends))
    return f"{number(single, 2, whole=False)} ({low} to {high})"


def _run(model: Model, path: str, settings: Mapping[str, float], outputs: Sequence[str]) -> Any:
    ds = simulate(path, settings=settings, outputs=outputs, beyond_range=True, model=model)
    return ds.isel(pathway=0)


def _largest_change(base: xr.DataArray, other: xr.Dataset) -> str:
    changed = other["us_magnet_output_total"].sel(time=base["time"])
    largest = 100 * float(abs(changed / base - 1).max())
    return "less than 0.1 percent" if largest < 0.05 else f"{largest:.1f} percent"


def _covered_with(model: Model, settings: Mapping[str, float], kind: str) -> str:
    ds = _run(model, "status-quo", settings, ["defense coverage"])
    return _covered(float(ds["defense_coverage"].sel(magnet_class=kind, time=RULE_DATE)))


def _odds(robustness: str) -> dict[str, str]:
    """Draws, uncertainties, output and shares covered by 2030, as ROBUSTNESS.md says them."""
    values = {
        "draws": _found(r"([\d,]+) draws of a", robustness),
        "uncertainties": _found(r"over all ([\d,]+) uncertainties", robustness),
    }
    for path in ("status-quo", "mobilization"):
        row = rf"(?m)^\| US magnet output, t/yr \| {path} \|[^|]*\| ([^|]*) \|"
        values[f"{path} magnets in draws"] = _found(row, robustness)
    for kind in ("heavy NdFeB", "SmCo"):
        row = rf"(?m)^\| status-quo \| {kind} \| A \|[^|]*\|[^|]*\| ([<\d.]+) % \|"
        values[f"{kind} by 2030 in draws"] = f"{_found(row, robustness)} percent"
    return values


AGAIN = "Make it anew with `buildout generate robustness`."


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise BuildoutError(f"ROBUSTNESS.md does not say `{pattern}`.", cure=AGAIN)
    return match[1]
