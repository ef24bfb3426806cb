"""What the model says about each claim: run the cases, measure, judge."""

from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.experiments.claims.cases import load_cases
from buildout.experiments.claims.claim import CONTRADICTED, DATED, SUPPORTED, UNDECIDED, Claim
from buildout.experiments.claims.table import load_claims, statements
from buildout.inputs.model import Model, given_model
from buildout.sampling.design import Design, latin_hypercube
from buildout.simulation.simulate import simulate
from buildout.sweeps import At, sweep

#: Yearly values, and one inside the cut of April 2025.
DATES = (2025.0, 2025.5, *(float(year) for year in range(2026, 2046)))
SHARES = (SUPPORTED, CONTRADICTED, UNDECIDED)


def results(*, model: Model | None = None, **options: Any) -> xr.Dataset:
    """The cases that the claims compare, run with the model's defaults.

    Parameters
    ----------
    model : Model, optional
    options
        As for `simulate`.

    Returns
    -------
    Dataset
        Dimensions pathway (the cases), subscripts, time.
    """
    model = given_model(model)
    cases = load_cases(model)
    ds = simulate(
        [case.pathway() for case in cases.values()],
        outputs=_needs(load_claims(model, cases)),
        beyond_range=True,
        model=model,
        **options,
    )
    return _with_dates(ds).sel(time=list(DATES))


def ensemble(
    draws: int | Design = 200, *, seed: int = 1, model: Model | None = None, **options: Any
) -> xr.Dataset:
    """The same cases over draws of what nobody knows.

    Parameters
    ----------
    draws : int or Design
        How many draws of the uncertainties, or a design of one's own.
    seed : int
    model : Model, optional
    options
        As for `sweep`.

    Returns
    -------
    Dataset
        Dimensions pathway, draw, subscripts, time; draws that broke down are left out.
    """
    model = given_model(model)
    cases = load_cases(model)
    design = draws if isinstance(draws, Design) else latin_hypercube(draws, seed=seed, model=model)
    ds = sweep(
        design,
        [case.pathway() for case in cases.values()],
        outputs={
            name: (At(DATES), *DATED.get(name, ())) for name in _needs(load_claims(model, cases))
        },
        beyond_range=True,
        model=model,
        **options,
    ).rename(year="time")
    return ds.isel(draw=np.flatnonzero((ds["status"] == 0).all("pathway").values))


def claim_rows(
    ds: xr.Dataset, cloud: xr.Dataset | None = None, *, model: Model | None = None
) -> list[dict[str, str | float | None]]:
    """What the model says about each claim.

    Parameters
    ----------
    ds : Dataset
        From `results`.
    cloud : Dataset, optional
        From `ensemble`.
    model : Model, optional

    Returns
    -------
    list of dict
        With the keys id, claim, prediction (what was tested; the verdict is on it, and it may speak
        against the claim), measured, value (None where a level is never reached, and where the
        verdict is withheld), unit, supported_if, verdict, class ("assumed" where it is true by
        construction) and reason (why a verdict is withheld); with a cloud also supported,
        contradicted and undecided: shares of its draws, None where the verdict is withheld.
    """
    model = given_model(model)
    texts, predictions = statements(), statements("prediction")
    table: list[dict[str, str | float | None]] = []
    for claim in load_claims(model, load_cases(model)):
        value = np.nan if claim.withheld else float(claim.measure(ds))
        row: dict[str, str | float | None] = {
            "id": claim.id,
            "claim": texts[claim.number],
            "prediction": predictions[claim.number],
            "measured": claim.measured,
            "value": value if np.isfinite(value) else None,
            "unit": claim.unit,
            "supported_if": claim.rule,
            "verdict": claim.judge(value),
            "class": claim.kind,
            "reason": claim.withheld,
        }
        if cloud is not None:
            row |= _shares(claim, cloud)
        table.append(row)
    return table


def _shares(claim: Claim, cloud: xr.Dataset) -> dict[str, float | None]:
    if claim.withheld:
        return dict.fromkeys(SHARES)
    values = np.atleast_1d(claim.measure(cloud).values)
    verdicts = [claim.judge(float(value)) for value in values]
    return {verdict: verdicts.count(verdict) / len(verdicts) for verdict in SHARES}


def _needs(claims: tuple[Claim, ...]) -> list[str]:
    return list(dict.fromkeys(name for claim in claims for name in claim.needs))


def _with_dates(ds: xr.Dataset) -> xr.Dataset:
    """Results with the dates that measures ask for, under the names that a sweep gives them."""
    times = ds["time"].values
    for name, crossings in DATED.items():
        series = ds[names.key(name)].transpose(..., "time")
        for crossing in crossings:
            # A reduction looks at runs along a last axis, of which there is one here.
            reduced = crossing.reduce(times, series.values[..., None])
            for field, value in zip(crossing.fields(times), reduced, strict=True):
                ds[f"{names.key(name)}_{field.suffix}"] = series.dims[:-1], value[..., 0]
    return ds
