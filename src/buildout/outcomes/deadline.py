"""The verdict: is the 2027 magnet rule met, when if not, by how many tonnes, and what binds."""

import json
from typing import TypedDict

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.errors import ResultsError
from buildout.inputs.regimes import DRAWN, DRAWN_LEVER, REGIMES
from buildout.outcomes.dates import first_sustained, reaches
from buildout.outcomes.headlines import NEEDS
from buildout.outcomes.rule import RULE_DATE
from buildout.outcomes.statuses import lacking, statuses

# Lines that a class passes through, from ore to magnet. A magnet made from Chinese feed is made:
# what limits it lies before the magnet line.
CLASS_LINES = {
    "light NdFeB": ("mining", "NdPr separation", "metal and alloy", "NdFeB magnets"),
    "heavy NdFeB": (
        "mining",
        "NdPr separation",
        "DyTb separation",
        "metal and alloy",
        "NdFeB magnets",
    ),
    "SmCo": ("Sm separation", "metal and alloy", "SmCo magnets"),
}
MAGNET_LINES = ("NdFeB magnets", "SmCo magnets")
# Causes that name no step of the chain; the line that limits is added to them.
CAUSES_WITH_A_LINE = ("not made", "Chinese feed")
CONSTRAINTS = {
    "no labor": "short of people",
    "no feed or buyer": "short of feed or buyers",
    "mothballed plant": "mothballed",
    "ramping plant": "ramping up",
    "construction": "under construction",
    "undecided": "not decided",
    "permits": "awaiting permits",
    "not started": "not started",
}


class VerdictRow(TypedDict):
    """The verdict on one magnet class under one pathway; see `deadline_rows`."""

    pathway: str
    magnet_class: str
    regime: str
    defense_need_in_2025: float
    coverage_2027: float
    shortfall_2027: float
    full_coverage_year: float | None
    covered_until: float | None
    known: bool
    binding: str
    status: str


def deadline(ds: xr.Dataset, *, magnet_class: str | None = None) -> xr.Dataset:
    """How far US defense is covered with compliant magnets, by pathway and magnet class.

    The rule regime and the defense need are settings of the run (`rule regime`, `defense need in
    2025`), so another regime is another `simulate`.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with the variables of `NEEDS`. Dates are read off its saved dates and
        straight lines between them, so a longer `save_every` than the model's own moves them.
    magnet_class : str, optional
        One class only, which stays a dimension.

    Returns
    -------
    Dataset
        (pathway, magnet_class): `coverage_2027` (Dmnl) and `shortfall_2027` (t/Year) on 1 January
        2027; `full_coverage_year`, the first date from then on at which coverage stays at 1 or
        above for a year (`dates.first_sustained`), NaN when there is none before the end of the
        run; `reached`, whether there is one; `known`, False where the run is too short to show
        one or to rule it out; `covered_until`, when coverage is lost again after it, NaN when it
        is not; `binding`, in words, what holds coverage up on 1 January 2027. (pathway,):
        `regime` (A, B, C) and `defense_need_in_2025` (t/Year at 2025.0).

    Raises
    ------
    ResultsError
        When the Dataset lacks what is needed, or starts at another time than the model.
    UnknownNameError
        For a magnet class that does not exist, with the nearest.

    Examples
    --------
    >>> from buildout import simulate
    >>> verdict = deadline(simulate("status-quo", outputs=NEEDS))
    >>> verdict["coverage_2027"].dims
    ('pathway', 'magnet_class')
    """
    ds = _chosen(ds, magnet_class)
    now = ds.sel(time=RULE_DATE)
    spell = xr.apply_ufunc(
        lambda cover: tuple(first_sustained(ds.time.values, cover, since=RULE_DATE)),
        ds["defense_coverage"],
        input_core_dims=[["time"]],
        output_core_dims=[[], [], []],
    )
    first, until, known = spell
    verdict = {
        "coverage_2027": now["defense_coverage"].assign_attrs(
            units="Dmnl", long_name="compliant supply over defense need on 1 January 2027"
        ),
        "shortfall_2027": now["defense_shortfall"].assign_attrs(
            units="t/Year", long_name="defense need not met on 1 January 2027"
        ),
        "full_coverage_year": first.assign_attrs(
            units="Year", long_name="first date of coverage sustained for a year, NaN if never"
        ),
        "covered_until": until.assign_attrs(
            units="Year", long_name="date on which full coverage is lost again, NaN if never"
        ),
        "reached": np.isfinite(first).assign_attrs(
            long_name="whether full coverage is reached before the end of the run"
        ),
        "known": known.assign_attrs(
            long_name="whether the run is long enough to show full coverage or to rule it out"
        ),
        "binding": _binding(now).assign_attrs(long_name="what holds coverage up on 1 January 2027"),
        "regime": _regime(ds),
        "defense_need_in_2025": ds["defense_need_in_2025"],
    }
    # Made from the results, so that it shows itself in a notebook as shortly as they do.
    shown: xr.Dataset = ds[[]].assign(verdict).drop_vars("time", errors="ignore")
    return shown


def deadline_rows(ds: xr.Dataset, *, magnet_class: str | None = None) -> list[VerdictRow]:
    """The verdict as a table, one row per pathway and magnet class.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    magnet_class : str, optional
        One class only.

    Returns
    -------
    list of dict
        With the keys pathway, magnet_class, regime, defense_need_in_2025, coverage_2027,
        shortfall_2027, full_coverage_year (None without one), covered_until (None where coverage
        is not lost again), known (False where the run is too short to show a date or to rule it
        out), binding and status ("ok" for a sound run).

    Raises
    ------
    ResultsError, UnknownNameError
        As `deadline` does.
    """
    verdict, ended = deadline(ds, magnet_class=magnet_class), statuses(ds)
    table: list[VerdictRow] = []
    for path in verdict.pathway.values:
        for kind in verdict.magnet_class.values:
            answer = verdict.sel(pathway=path, magnet_class=kind)
            table.append(
                {
                    "pathway": str(path),
                    "magnet_class": str(kind),
                    "regime": answer["regime"].item(),
                    "defense_need_in_2025": float(answer["defense_need_in_2025"]),
                    "coverage_2027": float(answer["coverage_2027"]),
                    "shortfall_2027": float(answer["shortfall_2027"]),
                    "full_coverage_year": _year(answer["full_coverage_year"]),
                    "covered_until": _year(answer["covered_until"]),
                    "known": bool(answer["known"]),
                    "binding": answer["binding"].item(),
                    "status": ended[str(path)],
                }
            )
    return table


def _year(date: xr.DataArray) -> float | None:
    return float(date) if np.isfinite(date) else None


def answers(ds: xr.Dataset) -> bool:
    """Whether a Dataset holds what the verdict is read from."""
    return no_verdict(ds) is None


def no_verdict(ds: xr.Dataset) -> ResultsError | None:
    """Why there is no verdict on results, None where there is one.

    The verdict is about the rule's date in runs from the model's own start: in others what the
    model calls the need "in 2025" is that of another year.
    """
    missing = lacking(ds, NEEDS)
    if missing:
        lacks = ", ".join(f"`{name}`" for name in missing)
    elif "initial_time" in ds.attrs:
        return ResultsError(
            f"These results start in {ds.attrs['initial_time']:g}, a time of their own.",
            "A verdict on the rule is read from runs that start when the model does.",
        )
    elif not (ds.time == RULE_DATE).any():
        lacks = f"the date {RULE_DATE}"
    else:
        return None
    passed = not missing and bool((ds.time > RULE_DATE).any())
    return ResultsError(
        f"These results lack {lacks}.",
        cure=f"Save more dates (`save_every`), with {RULE_DATE} among them."
        if passed
        else f"Simulate past {RULE_DATE} and keep all outputs.",
    )


def _chosen(ds: xr.Dataset, magnet_class: str | None) -> xr.Dataset:
    if reason := no_verdict(ds):
        raise reason
    ds = ds[[names.key(name) for name in NEEDS]]
    if magnet_class is None:
        return ds
    known = {names.key(kind): kind for kind in ds.magnet_class.values}
    if names.key(magnet_class) not in known:
        raise names.unknown("magnet class", magnet_class, known.values())
    return ds.sel(magnet_class=[known[names.key(magnet_class)]])


def _regime(ds: xr.Dataset) -> xr.DataArray:
    letters = {value: letter for letter, value in REGIMES.items()}
    number, settings = ds["rule_regime"], json.loads(ds.attrs.get("settings", "{}"))
    # A number between two regimes is none of them, and is told as it is.
    spelled = [letters.get(value, f"{value:g}") for value in number.values]
    for place, path in enumerate(map(str, ds["pathway"].values)):
        if settings.get(path, {}).get(DRAWN_LEVER, {}).get("value"):
            spelled[place] += f" ({DRAWN})"
    return xr.DataArray(
        np.array(spelled), dims=number.dims, attrs={"long_name": "regime of the magnet rule"}
    )


def _binding(now: xr.Dataset) -> xr.DataArray:
    words = [
        [_words(now.sel(pathway=path, magnet_class=kind)) for kind in now.magnet_class.values]
        for path in now.pathway.values
    ]
    dims = ("pathway", "magnet_class")
    return xr.DataArray(np.array(words), dims=dims, coords={dim: now[dim] for dim in dims})


def _words(now: xr.Dataset) -> str:
    """What holds one class up, such as `not made: DyTb separation under construction`."""
    causes = now["defense_gap_by_cause"]
    if reaches(now["defense_coverage"].values):
        return "none"
    cause = str(causes.defense_cause.values[np.argmax(causes.values)])
    if cause not in CAUSES_WITH_A_LINE:
        return cause
    lines = [
        line
        for line in CLASS_LINES[str(now.magnet_class.item())]
        if cause == "not made" or line not in MAGNET_LINES
    ]
    own = now["self_sufficiency_of_direct_market"].sel(line=lines)
    line = lines[np.argmin(own.values)]
    missing = now["missing_by_constraint"].sel(line=line)
    if float(missing.sum()) <= 0:
        return f"{cause}: {line}"
    constraint = str(missing.constraint.values[np.argmax(missing.values)])
    return f"{cause}: {line} {CONSTRAINTS.get(constraint, constraint)}"
