"""The odds of the verdict, read off a sweep: bands, shares of draws, and where a run lies in them.

Keys of JSON and columns of CSV are those of `ODDS`, here and nowhere else; they are stable.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.errors import ResultsError
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import VerdictRow
from buildout.outcomes.headlines import COVERAGE, LONG_DATES, OUTPUT
from buildout.outcomes.rule import RULE_DATE
from buildout.vensim.arrays import Floats, Truths

#: Low, middle and high: 90% of the sound draws lie between the outer two.
BAND = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
_MONTHS = 12
#: Of the normal distribution, for an interval of 95%.
INTERVAL_Z = 1.959963984540054
_COVERAGE, _OUTPUT = names.key(COVERAGE), names.key(OUTPUT)
_DATE, _KNOWN = f"{_COVERAGE}_year_above_1", f"{_COVERAGE}_known_above_1"
_BY_RULE = ("latin hypercube", "sobol")
_OF_RUN = "us_magnet_output_percentile_of_run"

#: What the odds of a class say: unit and meaning by key. NaN, in JSON null and in CSV empty: of a
#: date, not before the end of the run; of anything else, not known.
ODDS: dict[str, tuple[str, str]] = {
    **{
        f"coverage_2027_{name}": ("Dmnl", f"{100 * q:g}% of draws are covered less on 1 Jan 2027")
        for name, q in BAND.items()
    },
    "share_covered_2027": ("Dmnl", "share of draws covered on 1 January 2027"),
    "share_covered_2027_low": ("Dmnl", "lower end of its Monte Carlo interval (Wilson, 95%)"),
    "share_covered_2027_high": ("Dmnl", "upper end of its Monte Carlo interval (Wilson, 95%)"),
    **{
        f"full_coverage_year_{name}": ("Year", f"by then {100 * q:g}% of draws are fully covered")
        for name, q in BAND.items()
    },
    "share_ever_covered": ("Dmnl", "share of draws fully covered before the end of the run"),
    "share_unknown": ("Dmnl", "share of draws that end too early to know"),
    **{
        f"slip_months_{name}": ("Month", f"{100 * q:g}% of draws are later than the rule by less")
        for name, q in BAND.items()
    },
    "percentile_of_run": ("Dmnl", "place of the run's coverage among its draws, 0 to 100"),
    "draws": ("Dmnl", "sound draws of all that is uncertain, and of luck"),
}
#: The run's coverage in worlds with a name, one judgement taken to an end; see `named_worlds`.
NAMED: dict[str, tuple[str, str]] = {
    "coverage_2027_no_requalification": ("Dmnl", "the run where no new oxide is approved anew"),
    "coverage_2027_full_requalification": ("Dmnl", "the run where all new oxide is approved anew"),
    "coverage_2027_no_allied_sale": ("Dmnl", "the run where no ally sells to US defense"),
}
#: What is said of US magnet output, by year.
_OUTPUT_ODDS = {
    **{
        f"us_magnet_output_{name}": ("t/Year", f"{100 * q:g}% of draws make less")
        for name, q in BAND.items()
    },
    _OF_RUN: ("Dmnl", "place of the run's output among its draws, 0 to 100"),
}


def odds_of(cloud: xr.Dataset, run: xr.Dataset | None = None) -> xr.Dataset:
    """The odds of the verdict in the draws of a sweep.

    Parameters
    ----------
    cloud : Dataset
        From `sweep`, with the headline outcomes.
    run : Dataset, optional
        From `simulate`, of the same pathways, to be placed among its draws.

    Returns
    -------
    Dataset
        (pathway, magnet_class): the keys of `ODDS`. (pathway, year), where the sweep has it:
        `us_magnet_output_p05`, `_p50`, `_p95` and `_percentile_of_run`. Quantiles of dates count
        "never" as later than any date, so that a p95 is NaN where more than 5% never come. The
        attribute `drawn` says how it was drawn.

    Raises
    ------
    ResultsError
        When the sweep lacks coverage on 1 January 2027 or the date of full coverage.
    """
    if not holds_odds(cloud):
        raise ResultsError(
            f"This sweep lacks `{COVERAGE}` on {RULE_DATE} or its first date of full coverage.",
            cure="Sweep without `outputs` and `--at`, which keeps the headline outcomes.",
        )
    if run is not None:
        # Each look-up in a Dataset goes through all that is in it.
        run = run[[name for name in (_COVERAGE, _OUTPUT) if name in run]]
    paths, kinds = cloud["pathway"].values, cloud["magnet_class"].values
    cells = [[_of_class(cloud, run, str(p), str(k)) for k in kinds] for p in paths]
    variables = {
        name: (
            ("pathway", "magnet_class"),
            np.array([[cell[name] for cell in row] for row in cells]),
            _attrs(*meaning),
        )
        for name, meaning in ODDS.items()
    }
    coords = {"pathway": paths, "magnet_class": kinds}
    attrs = {"drawn": drawn_in_words(cloud)}
    return xr.Dataset(variables, coords, attrs).merge(_of_output(cloud, run))


def drawn_in_words(cloud: xr.Dataset) -> str:
    """How many draws of which design a sweep has: its seed, or what tells its draws from others."""
    draws, design, seed = cloud.sizes["draw"], cloud.attrs["design"], cloud.attrs["seed"]
    words = f"{draws:,} draws, {design}"
    if design in _BY_RULE:
        return f"{words}, seed {seed}"
    # No seed gives these draws again, so their fingerprint says which they are.
    return f"{words}, sha256 {json.loads(cloud.attrs['design_identity'])['sha256'][:12]}"


def holds_odds(cloud: xr.Dataset) -> bool:
    """Whether a sweep holds what the odds are read from."""
    held = {_COVERAGE, _DATE, _KNOWN} <= set(cloud.data_vars)
    return held and "year" in cloud[_COVERAGE].dims and RULE_DATE in cloud["year"].values


def with_odds(rows: Iterable[VerdictRow], odds: xr.Dataset | None) -> list[dict[str, Any]]:
    """The rows of a verdict with the odds of each.

    Parameters
    ----------
    rows : iterable of dict
        From `deadline_rows`.
    odds : Dataset or None
        From `odds_of`; without it the keys of `ODDS` are there and None.

    Returns
    -------
    list of dict
    """
    return [{**row, **odds_row(odds, row["pathway"], row["magnet_class"])} for row in rows]


def odds_row(odds: xr.Dataset | None, pathway: str, magnet_class: str) -> dict[str, float | None]:
    """The odds of a class under a pathway by `ODDS` and `NAMED`; None for what is not known."""
    keys = [*ODDS, *NAMED]
    if odds is None:
        return dict.fromkeys(keys)
    cell = odds.sel(pathway=pathway, magnet_class=magnet_class)
    values = {name: cell[name].item() if name in cell else math.nan for name in keys}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def odds_rows(odds: xr.Dataset) -> list[dict[str, Any]]:
    """The odds as rows: pathway, magnet_class, then the keys of `ODDS` and `NAMED`."""
    return [
        {"pathway": str(path), "magnet_class": str(kind), **odds_row(odds, str(path), str(kind))}
        for path in odds["pathway"].values
        for kind in odds["magnet_class"].values
    ]


def output_rows(odds: xr.Dataset) -> list[dict[str, Any]]:
    """Odds of US magnet output: pathway, year, p05, p50, p95, percentile_of_run, draws."""
    if _OF_RUN not in odds:
        return []
    return [
        {
            "pathway": str(path),
            "year": float(year),
            **{name: float(here[f"us_magnet_output_{name}"]) for name in BAND},
            "percentile_of_run": _or_none(float(here[_OF_RUN])),
            "draws": int(here["draws"].max()),
        }
        for path in odds["pathway"].values
        for year in odds["year"].values
        for here in (odds.sel(pathway=path, year=year),)
    ]


def value_quantiles(values: Floats) -> dict[str, float]:
    """p05, p50 and p95 of values, NaN without any."""
    if not len(values):
        return dict.fromkeys(BAND, math.nan)
    return dict(zip(BAND, np.quantile(values, list(BAND.values())).tolist(), strict=True))


def date_quantiles(dates: Floats) -> dict[str, float]:
    """p05, p50 and p95 of dates; NaN is never, later than any date, and comes out as NaN.

    Examples
    --------
    >>> date_quantiles(np.array([2028.0, 2027.0, np.nan]))
    {'p05': 2027.0, 'p50': 2028.0, 'p95': nan}
    """
    if not len(dates):
        return dict.fromkeys(BAND, math.nan)
    later = np.where(np.isnan(dates), np.inf, dates)
    # An observed date, as "half-way to never" is none.
    ends = np.quantile(later, list(BAND.values()), method="inverted_cdf", overwrite_input=True)
    return dict(zip(BAND, np.where(np.isinf(ends), np.nan, ends).tolist(), strict=True))


def wilson_interval(count: int, draws: int) -> tuple[float, float]:
    """The 95% interval of a share of which `count` of `draws` were seen (Wilson 1927).

    Examples
    --------
    >>> tuple(round(end, 4) for end in wilson_interval(0, 1000))
    (0.0, 0.0038)
    """
    if not draws:
        return math.nan, math.nan
    share, spread = count / draws, INTERVAL_Z**2 / draws
    middle = share + spread / 2
    half = math.sqrt(spread * (share * (1 - share) + spread / 4))
    # At no and at all draws the ends are 0 and 1, rounding apart.
    low = 0.0 if count == 0 else (middle - half) / (1 + spread)
    high = 1.0 if count == draws else (middle + half) / (1 + spread)
    return low, high


def percentile_among(value: float, draws: Floats) -> float:
    """The mid-rank of a value among draws, from 0 to 100; what is equal counts by half.

    Examples
    --------
    >>> percentile_among(2.0, np.array([1.0, 2.0, 3.0, 4.0]))
    37.5
    """
    if not len(draws) or not math.isfinite(value):
        return math.nan
    same = np.isclose(draws, value, rtol=1e-9, atol=0)
    less = int((~same & (draws < value)).sum())
    return 50 * (2 * less + int(same.sum())) / len(draws)


def _of_class(cloud: xr.Dataset, run: xr.Dataset | None, path: str, kind: str) -> dict[str, float]:
    place = {"pathway": path, "magnet_class": kind}
    sound = sound_draws(cloud, path)
    coverage = _column(cloud[_COVERAGE].sel(place | {"year": RULE_DATE}), sound)
    dates, known = (_column(cloud[name].sel(place), sound) for name in (_DATE, _KNOWN))
    draws = len(coverage)
    count = int(reaches(coverage).sum())
    low, high = wilson_interval(count, draws)
    from_then_on = date_quantiles(dates)
    shown = _shown(run, _COVERAGE, place, RULE_DATE)
    return {
        **{f"coverage_2027_{name}": value for name, value in value_quantiles(coverage).items()},
        "share_covered_2027": count / draws if draws else math.nan,
        "share_covered_2027_low": low,
        "share_covered_2027_high": high,
        **{f"full_coverage_year_{name}": date for name, date in from_then_on.items()},
        "share_ever_covered": float(np.isfinite(dates).mean()) if draws else math.nan,
        "share_unknown": float((known == 0).mean()) if draws else math.nan,
        **{f"slip_months_{n}": _MONTHS * (date - RULE_DATE) for n, date in from_then_on.items()},
        "percentile_of_run": percentile_among(shown, coverage),
        "draws": draws,
    }


def _of_output(cloud: xr.Dataset, run: xr.Dataset | None) -> xr.Dataset:
    dated = _output_by_year(cloud)
    if not dated:
        return xr.Dataset()
    values: dict[str, list[list[float]]] = {name: [] for name in _OUTPUT_ODDS}
    for path in map(str, cloud["pathway"].values):
        sound = sound_draws(cloud, path)
        columns = {y: _column(array.sel(pathway=path), sound) for y, array in dated.items()}
        bands = [value_quantiles(column) for column in columns.values()]
        for name in BAND:
            values[f"us_magnet_output_{name}"].append([band[name] for band in bands])
        places = [
            percentile_among(_shown(run, _OUTPUT, {"pathway": path}, year), column)
            for year, column in columns.items()
        ]
        values[_OF_RUN].append(places)
    return xr.Dataset(
        {
            name: (("pathway", "year"), np.array(rows), _attrs(*_OUTPUT_ODDS[name]))
            for name, rows in values.items()
        },
        {"pathway": cloud["pathway"].values, "year": list(dated)},
    )


def _output_by_year(cloud: xr.Dataset) -> dict[float, xr.DataArray]:
    """US magnet output in the years in which it is a headline, as far as the sweep has them."""
    dated: dict[float, xr.DataArray] = {}
    if _OUTPUT in cloud and "year" in cloud[_OUTPUT].dims:
        years = cloud["year"].values.tolist()
        dated = {y: cloud[_OUTPUT].sel(year=y) for y in years if y in LONG_DATES}
    end = float(json.loads(cloud.attrs["controls"])["final_time"])
    if f"{_OUTPUT}_final" in cloud and end in LONG_DATES:
        dated.setdefault(end, cloud[f"{_OUTPUT}_final"])
    return {year: dated[year] for year in sorted(dated) if year > RULE_DATE}


def _shown(run: xr.Dataset | None, name: str, place: Mapping[str, str], year: float) -> float:
    """A value of the run on a date; NaN where the run does not have it."""
    if run is None or name not in run or not (run["time"] == year).any():
        return math.nan
    return float(run[name].sel(place).sel(time=year))


def sound_draws(cloud: xr.Dataset, path: str) -> Truths:
    """Which draws of a pathway ended well."""
    sound: Truths = cloud["status"].sel(pathway=path).values == 0
    return sound


def _column(array: xr.DataArray, sound: Truths) -> Floats:
    column: Floats = array.values[sound]
    return column


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _attrs(unit: str, meaning: str) -> dict[str, str]:
    return {"units": unit, "long_name": meaning}
