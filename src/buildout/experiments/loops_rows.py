"""What `loops` says, as rows of tables: for its CSV files, its JSON and its screen."""

from typing import Any

import numpy as np
import xarray as xr

from buildout._util.numbers import three_digits, unit_in_words
from buildout.experiments.loops import LOOPED

#: A loop whose effect stays below this share of the outcome's largest value does nothing here.
STILL = 1e-6


def loop_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each loop and year.

    Parameters
    ----------
    ds : Dataset
        From `loops`.

    Returns
    -------
    list of dict
        loop, kind, world (what is set with and without it alike), counted (in the sum), year, and
        the numbers of `LOOPED`, in `unit`.
    """
    return [
        {
            **_about(here),
            "year": float(year),
            **{name: float(here[name].sel(time=year)) for name in LOOPED},
            "unit": ds.attrs["unit"],
        }
        for here in (ds.isel(loop=place) for place in range(ds.sizes["loop"]))
        for year in ds["time"].values
    ]


def peak_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each loop, the largest effect first: when it matters most, and how much then.

    Returns
    -------
    list of dict
        As `loop_rows`, of the loop's peak; how (what cuts it); moves (whether it does anything).
    """
    least = STILL * float(np.abs(ds["value"]).max())
    rows = []
    for place in range(ds.sizes["loop"]):
        here = ds.isel(loop=place)
        peak = float(here["peak"])
        numbers = {name: float(here[name].sel(time=peak)) for name in LOOPED}
        moves = bool(np.abs(here["effect"]).max() > least)
        about = {**_about(here), "how": str(here["how"].item()), "year": peak, "moves": moves}
        rows.append({**about, **numbers, "unit": ds.attrs["unit"]})
    return rows


def _about(here: xr.Dataset) -> dict[str, Any]:
    words = {name: str(here[name].item()) for name in ("loop", "kind", "world")}
    return {**words, "counted": bool(here["counted"])}


def sum_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """By year: the outcome, what all loops make together, the sum of single cuts, and the rest.

    Returns
    -------
    list of dict
        year, value, total, sum, remainder, in `unit`.
    """
    return [
        {
            "year": float(year),
            "value": float(here["value"]),
            "total": float(here["total"]),
            "sum": float(here["total"] - here["remainder"]),
            "remainder": float(here["remainder"]),
            "unit": ds.attrs["unit"],
        }
        for year in ds["time"].values
        for here in (ds.sel(time=year),)
    ]


def loops_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout loops --json` prints.

    Returns
    -------
    dict
        `pathway`, `outcome`, `unit`, `left_out` (loops that no switch cuts), `draws`, `drawn`,
        `end`, `model_sha256`; `sentences`; `peaks`: rows of `peak_rows`; `sums`: of `sum_rows`;
        `effects`: of `loop_rows`.
    """
    about = {key: value for key, value in ds.attrs.items() if key != "title"}
    peaks, sums = peak_rows(ds), sum_rows(ds)
    return {
        **about,
        "sentences": [_of_peaks(ds, peaks), _of_sums(ds, sums)],
        "peaks": peaks,
        "sums": sums,
        "effects": loop_rows(ds),
    }


def _unit(ds: xr.Dataset) -> str:
    return unit_in_words(str(ds.attrs["unit"]), dimensionless="")


def _of_peaks(ds: xr.Dataset, peaks: list[dict[str, Any]]) -> str:
    first = next((row for row in peaks if row["counted"] and row["moves"]), None)
    if first is None:
        return f"No loop moves {ds.attrs['outcome']} of `{ds.attrs['pathway']}`."
    verb = "adds" if first["effect"] > 0 else "takes"
    amount = f"{three_digits(abs(first['effect']))} {_unit(ds)}".strip()
    words = (
        f"Of the loops of `{ds.attrs['pathway']}`, {first['loop']} moves {ds.attrs['outcome']} "
        f"most: in {first['year']:.0f} it {verb} {amount}"
    )
    if ds.attrs["draws"]:
        words += f" (effect in draws {three_digits(first['p05'])} to {three_digits(first['p95'])})"
    return f"{words}."


def _of_sums(ds: xr.Dataset, sums: list[dict[str, Any]]) -> str:
    last = sums[-1]
    count = int(ds["counted"].sum())
    unit = f" {_unit(ds)}".rstrip()
    amounts = {name: f"{three_digits(last[name])}{unit}" for name in ("sum", "total", "remainder")}
    return (
        f"The sum of single cuts is not the total: one at a time the {count} loops make "
        f"{amounts['sum']} in {last['year']:.0f}, all cut at once {amounts['total']}; the "
        f"remainder, {amounts['remainder']}, is what they make through one another."
    )
