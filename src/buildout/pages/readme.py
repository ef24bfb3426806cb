"""Every number of README.md that comes from a run, by the name that its mark has there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import number
from buildout.analysis.odds import odds_if_any
from buildout.errors import BuildoutError
from buildout.inputs.model import Model
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.projects import ListedProject, read_projects
from buildout.outcomes.chances import (
    coverage_band,
    covered_in,
    has_odds,
    percentile_in_words,
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
SHOWN_LOSS = 0.005  # A cut that takes less than half a percent takes nothing.
HIGH_NEED = 3000.0  # t/yr, the upper end of what is published
SURGE = "surge total"
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
    values = {"verdict": _verdict(ds), "need": f"{float(ds['defense_need_in_2025'][0]):,.0f}"}
    for path in PATHWAYS:
        run = ds.sel(pathway=path)
        values |= {f"{path} {name}": value for name, value in _outcomes(run).items()}
    values["china-deal plants of status-quo"] = _percent(
        _listed(ds.sel(pathway="china-deal")) / _listed(ds.sel(pathway="status-quo"))
    )
    return values | _variants(model, ds) | _odds(robustness)


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


def _verdict(ds: xr.Dataset) -> str:
    rows = [row for row in deadline_rows(ds) if row["pathway"] in CANONICAL]
    kinds = list(dict.fromkeys(row["magnet_class"] for row in rows))
    # On the day itself pathways that begin in mid-2026 agree; the first one speaks for all.
    own = ds.sel(pathway=[CANONICAL[0]])
    first = with_odds(deadline_rows(own), odds_if_any(own))
    lines = [
        ["covered on 1 January 2027", *(_covered(row["coverage_2027"]) for row in first)],
        ["short on that day", *(_short(row["shortfall_2027"]) for row in first)],
    ]
    if has_odds(first):
        lines += [
            ["median (5-95%) of draws", *(_band(row) for row in first)],
            ["the whole need in", *(covered_in([row]) for row in first)],
            ["percentile of the run", *(_percentile(row) for row in first)],
        ]
    end = float(ds["time"].max())
    for path in CANONICAL:
        dates = [_date(row, end) for row in rows if row["pathway"] == path]
        lines.append([f"covered from, {WORDS[path]}", *dates])
    binding = ["-" if row["binding"] == "none" else row["binding"] for row in first]
    lines.append(["what holds it up on the day", *binding])
    return tables.markdown(["", *(HEADS.get(kind, kind) for kind in kinds)], lines)


def _band(row: Row) -> str:
    return f"{rough_percent(row['coverage_2027_p50'])}% ({coverage_band([row])})"


def _percentile(row: Row) -> str:
    return percentile_in_words(row["percentile_of_run"])


def _covered(share: float) -> str:
    return f"{number(share, 2)} times" if reaches(share) else f"{covered_percent(share)} percent"


def _short(tonnes: float) -> str:
    said = short_tonnes(tonnes)
    return "nothing" if said == "0" else f"{said} t/yr"


def _date(row: Row, end: float) -> str:
    year, until = row["full_coverage_year"], row["covered_until"]
    return covered_from(year, until, known=row["known"], end=end, on_the_date="the day itself")


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
        "heavy without requalification": _covered_with(model, {REQUALIFIED: 0.0}, "heavy NdFeB"),
        "heavy with requalification": _covered_with(model, {REQUALIFIED: 1.0}, "heavy NdFeB"),
        "heavy without allied sale": _covered_with(model, NO_SALE, "heavy NdFeB"),
        "high need": f"{HIGH_NEED:,.0f}",
        "light with high need": _covered_with(
            model, {"defense need in 2025": HIGH_NEED}, "light NdFeB"
        ),
    }


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
    """Draws, uncertainties and shares covered on the day, as ROBUSTNESS.md says them."""
    values = {
        "draws": _found(r"([\d,]+) draws of a", robustness),
        "uncertainties": _found(r"over all ([\d,]+) uncertainties", robustness),
    }
    for kind in ("light NdFeB", "heavy NdFeB", "SmCo"):
        cells = re.findall(rf"^\|[^|]+\| {kind} \| A \| ([\d.]+) % \|", robustness, re.MULTILINE)
        if not cells:
            raise BuildoutError(f"ROBUSTNESS.md has no row for {kind}.", cure=AGAIN)
        ends = sorted({float(cell) for cell in cells})
        span = " to ".join(f"{share:g}" for share in dict.fromkeys((ends[0], ends[-1])))
        values[f"{kind} in draws"] = f"{span} percent"
    for path in ("status-quo", "mobilization"):
        row = rf"(?m)^\| US magnet output, t/yr \| {path} \|[^|]*\| ([^|]*) \|"
        values[f"{path} magnets in draws"] = _found(row, robustness)
    for kind in ("heavy NdFeB", "SmCo"):
        row = rf"(?m)^\| status-quo \| {kind} \| A \|[^|]*\|[^|]*\| ([\d.]+) % \|"
        values[f"{kind} by 2030 in draws"] = f"{_found(row, robustness)} percent"
    return values


AGAIN = "Make it anew with `buildout generate robustness`."


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise BuildoutError(f"ROBUSTNESS.md does not say `{pattern}`.", cure=AGAIN)
    return match[1]
