"""Claims of the founding articles as numbers: supported, contradicted or undecided.

Each claim that the model can decide is one small function of a Dataset of cases, with the values
that would support it and the margin within which the model cannot tell. Given a sweep, it also
gives the share of draws that support it.
"""

import csv
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.experiments.claims import china, policy, supply
from buildout.experiments.claims.cases import cases
from buildout.experiments.claims.claim import CONTRADICTED, DATED, SUPPORTED, UNDECIDED, Claim
from buildout.inputs import places
from buildout.sampling.design import Design, latin_hypercube
from buildout.simulation.simulate import simulate
from buildout.sweeps import At, sweep

__all__ = ["CLAIMS", "Claim", "claim_rows", "ensemble", "results", "statements"]

CLAIMS = tuple(sorted((*supply.CLAIMS, *policy.CLAIMS, *china.CLAIMS), key=lambda claim: claim.id))
# Yearly values, and one inside the cut of April 2025.
DATES = (2025.0, 2025.5, *(float(year) for year in range(2026, 2046)))


def statements(column: str = "claim") -> dict[str, str]:
    """The claims as the articles make them, or the predictions drawn from them, by id.

    Parameters
    ----------
    column : {"claim", "prediction"}
        Of calibration/claims.csv. A prediction may speak against its claim.
    """
    path = places.calibration_folder() / "claims.csv"
    with open(path, newline="", encoding="utf-8") as file:
        return {row["id"]: row[column] for row in csv.DictReader(file)}


def results(**options: Any) -> xr.Dataset:
    """The cases that the claims compare, run with the model's defaults.

    Parameters
    ----------
    options
        As for `simulate`.

    Returns
    -------
    Dataset
        Dimensions pathway (the cases), subscripts, time.
    """
    ds = simulate(cases(), outputs=_needs(), beyond_range=True, **options)
    return with_dates(ds).sel(time=list(DATES))


def with_dates(ds: xr.Dataset) -> xr.Dataset:
    """Results with the dates that measures ask for, under the names that a sweep gives them.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with all its saved dates.
    """
    times = ds["time"].values
    for name, crossings in DATED.items():
        series = ds[names.key(name)].transpose(..., "time")
        for crossing in crossings:
            # A reduction looks at runs along a last axis, of which there is one here.
            found = crossing.reduce(times, series.values[..., None])
            for field, value in zip(crossing.fields(times), found, strict=True):
                ds[f"{names.key(name)}_{field.suffix}"] = series.dims[:-1], value[..., 0]
    return ds


def ensemble(draws: int | Design = 200, *, seed: int = 1, **options: Any) -> xr.Dataset:
    """The same cases over draws of what nobody knows.

    Parameters
    ----------
    draws : int or Design
        How many draws of the uncertainties, or a design of one's own.
    seed : int
    options
        As for `sweep`.

    Returns
    -------
    Dataset
        Dimensions pathway, draw, subscripts, time; draws that broke down are left out.
    """
    design = draws if isinstance(draws, Design) else latin_hypercube(draws, seed=seed)
    ds = sweep(
        design,
        cases(),
        outputs={name: (At(DATES), *DATED.get(name, ())) for name in _needs()},
        beyond_range=True,
        **options,
    ).rename(year="time")
    return ds.isel(draw=np.flatnonzero((ds["status"] == 0).all("pathway").values))


def claim_rows(ds: xr.Dataset, cloud: xr.Dataset | None = None) -> list[dict[str, Any]]:
    """What the model says about each claim.

    Parameters
    ----------
    ds : Dataset
        From `results`.
    cloud : Dataset, optional
        From `ensemble`.

    Returns
    -------
    list of dict
        With the keys id, claim, prediction (what was tested; the verdict is on it, and it may speak
        against the claim), measured, value (None where a level is never reached), unit,
        supported_if and verdict; with a cloud also supported, contradicted and undecided: shares
        of its draws.
    """
    texts, predictions = statements(), statements("prediction")
    table = []
    for claim in CLAIMS:
        value = float(claim.measure(ds))
        row = {
            "id": claim.id,
            "claim": texts[claim.number],
            "prediction": predictions[claim.number],
            "measured": claim.measured,
            "value": None if np.isnan(value) else value,
            "unit": claim.unit,
            "supported_if": claim.rule,
            "verdict": claim.judge(value),
        }
        table.append(row | (_shares(claim, cloud) if cloud is not None else {}))
    return table


def _shares(claim: Claim, cloud: xr.Dataset) -> dict[str, float]:
    values = np.atleast_1d(claim.measure(cloud).values)
    found = [claim.judge(float(value)) for value in values]
    return {
        verdict: found.count(verdict) / len(found)
        for verdict in (SUPPORTED, CONTRADICTED, UNDECIDED)
    }


def _needs() -> list[str]:
    return list(dict.fromkeys(name for claim in CLAIMS for name in claim.needs))
