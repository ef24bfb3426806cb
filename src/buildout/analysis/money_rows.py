"""What `money` says, as rows of tables: for its CSV files, its JSON and its screen."""

from typing import Any

import numpy as np
import xarray as xr

from buildout._util.numbers import number, three_digits, unit_in_words
from buildout.analysis.money import DOLLARS
from buildout.analysis.saturation import marginal_yield, mean_yield
from buildout.outcomes.odds import BAND

#: Columns of the dollars that a gain is set against, for each billion of them.
_AGAINST = ("billions", "appropriated", "spent")


def money_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each way, sum and outcome.

    Parameters
    ----------
    ds : Dataset
        From `money_bought`.

    Returns
    -------
    list of dict
        way, billions (asked for), shown (1 where a caller asked about it), appropriated, committed,
        spent, used (billions beyond none of it), outcome, year (NaN for dates), unit, value,
        gain_unit, gain, gain_p05, gain_p50, gain_p95 (over none of it), per_spent and its band
        (gain for each billion spent, on average), and for single runs mean_asked,
        mean_appropriated, marginal_asked, marginal_appropriated, marginal_spent (since the sum
        before).
    """
    rows = []
    for place, way in enumerate(ds["way"].values):
        here = ds.isel(way=place)
        count = int(np.isfinite(here["billions"].values).sum())
        for row in range(ds.sizes["row"]):
            columns = _columns(here.isel(row=row, step=slice(0, count)))
            about = _about(ds, row)
            rows += [
                {"way": str(way), **about, **{name: float(c[step]) for name, c in columns.items()}}
                for step in range(count)
            ]
    return rows


def _about(ds: xr.Dataset, row: int) -> dict[str, Any]:
    here = ds.isel(row=row)
    return {
        "outcome": str(here["outcome"].item()),
        "year": float(here["year"]),
        "unit": str(here["unit"].item()),
        "gain_unit": str(here["difference_unit"].item()),
    }


def _columns(here: xr.Dataset) -> dict[str, np.ndarray]:
    gain = here["gain"].values
    bands = [f"{name}_{q}" for name in ("gain", "per_spent") for q in BAND]
    names = ("billions", "shown", *DOLLARS, "value", "gain", "per_spent", *bands)
    columns = {name: here[name].values for name in names}
    for dollars in _AGAINST:
        label = "asked" if dollars == "billions" else dollars
        if label != "spent":
            columns[f"mean_{label}"] = mean_yield(here[dollars].values, gain)
        columns[f"marginal_{label}"] = marginal_yield(here[dollars].values, gain)
    return columns


def useful_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """Where the last useful dollar of each way lies, for each outcome.

    Returns
    -------
    list of dict
        way, outcome, year, unit, gain_unit; last_useful (billions asked for, single run) and its
        band, spent_there (of single runs), useless (share of draws without a gain); best_gain of
        the single run and, over draws, its band at the largest sum.
    """
    rows = []
    for place, way in enumerate(ds["way"].values):
        here = ds.isel(way=place)
        sums = here["billions"].values
        count = int(np.isfinite(sums).sum())
        for row in range(ds.sizes["row"]):
            own = here.isel(row=row)
            last = float(own["last_useful"])
            spent = np.interp(last, sums[:count], here["spent"].values[:count])
            bands = {f"last_useful_{q}": float(own[f"last_useful_{q}"]) for q in BAND}
            most = {f"gain_{q}": float(own[f"gain_{q}"][count - 1]) for q in BAND}
            rows.append(
                {
                    "way": str(way),
                    **_about(ds, row),
                    "last_useful": last,
                    **bands,
                    "spent_there": float(spent),
                    "useless": float(own["useless"]),
                    "before": float(own["value"][0]),
                    "best_gain": float(own["gain"][:count].max()),
                    **most,
                    "most_asked": float(sums[count - 1]),
                    "most_spent": float(here["spent"][count - 1]),
                    "per_spent_first": float(own["per_spent"][1]),
                }
            )
    return rows


def money_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout money --json` prints.

    Returns
    -------
    dict
        `pathway`, `base`, `draws`, `drawn`, `end`, `model_sha256`; `sentences`; `curves`: rows of
        `money_rows`; `last_useful`: of `useful_rows`.
    """
    about = {key: value for key, value in ds.attrs.items() if key != "titles"}
    useful = useful_rows(ds)
    return {
        **about,
        "sentences": money_sentences(ds, useful),
        "last_useful": useful,
        "curves": money_rows(ds),
    }


def money_sentences(ds: xr.Dataset, useful: list[dict[str, Any]]) -> list[str]:
    """The finding in words: of the programme, and of the instruments."""
    headline = useful[:: ds.sizes["row"]]
    return [_of_programme(ds, headline[0]), _of_instruments(ds, headline[1:])]


def _unit(row: dict[str, Any]) -> str:
    return unit_in_words(str(row["gain_unit"]), dimensionless="")


def _named(row: dict[str, Any]) -> str:
    year = "" if np.isnan(row["year"]) else f", {row['year']:g}"
    return f"{row['outcome']}{year}"


def _of_programme(ds: xr.Dataset, row: dict[str, Any]) -> str:
    asked, spent = (number(row[key], 4, apart=1e3) for key in ("most_asked", "most_spent"))
    share = f" ({100 * row['best_gain'] / row['before']:.2g} percent)" if row["before"] else ""
    words = (
        f"`{ds.attrs['pathway']}` with a programme of {asked} billion USD spends {spent} more than "
        f"with none and gains {three_digits(row['best_gain'])} {_unit(row)}"
        f"{'' if row['gain_unit'] == 'Month' else share} in {_named(row)}"
    )
    drawn = bool(ds.attrs["draws"])
    if drawn:
        low, mid, high = (three_digits(row[f"gain_{q}"]) for q in BAND)
        useless = f"{100 * row['useless']:.0f} percent"
        words += f"; in draws {mid} ({low} to {high}), in {useless} of them next to nothing"
    if not row["last_useful"]:
        return f"{words}. No dollar of it is useful."
    ends = [number(row[f"last_useful_{q}"], 2) for q in ("p05", "p95")]
    band = f" ({ends[0]} to {ends[1]})" if drawn else ""
    return (
        f"{words}. The last useful dollar lies at {number(row['last_useful'], 2)} billion asked "
        f"for{band}, {number(row['spent_there'], 2)} spent."
    )


def _of_instruments(ds: xr.Dataset, rows: list[dict[str, Any]]) -> str:
    most = max(rows, key=lambda row: row["best_gain"])
    priced = [row for row in rows if np.isfinite(row["per_spent_first"])]
    best = max(priced, key=lambda row: row["per_spent_first"])
    unit = _unit(most)
    return (
        f"By itself, on top of `{ds.attrs['base']}`, {most['way']} makes the most: "
        f"{three_digits(most['best_gain'])} {unit} for {number(most['most_spent'], 2)} billion "
        f"spent; {best['way']} the most for a dollar: {three_digits(best['per_spent_first'])} "
        f"{unit} a billion spent, but {three_digits(best['best_gain'])} {unit} at most."
    )
