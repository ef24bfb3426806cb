"""What the model says about each claim: run the cases once and in joint draws, measure, judge."""

from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.reading import read_whole
from buildout.experiments.claims.cases import Case, load_cases
from buildout.experiments.claims.claim import DATES_AND_SUMS, Claim
from buildout.experiments.claims.table import load_claims
from buildout.inputs.model import Model, given_model
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import GIVEN, Design, GivenDraws
from buildout.simulation.display import Results
from buildout.simulation.simulate import simulate
from buildout.sweeps import At, sweep
from buildout.vensim.arrays import Floats

#: Yearly values, and claim inside the cut of April 2025.
DATES = (2025.0, 2025.5, *map(float, range(2026, 2046)))
#: How many draws are taken when nobody says: enough for a share to be known within five percent.
CLAIM_DRAWS = 400
# Draws that are held at once: a claim needs a few numbers of each, of many runs.
_BLOCK = 64


def claims(
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    model: Model | None = None,
) -> xr.Dataset:
    """Claims of the founding articles as numbers, in claim run and in joint draws.

    Parameters
    ----------
    draws, seed : int, optional
        Of the Latin hypercube over all uncertainties, the start and luck, hazards included: those
        of `odds` and `sweep`, 400 and 1 by default. All cases meet the same draws. 0: none.
    design : Design, optional
        In their place.
    model : Model, optional

    Returns
    -------
    Dataset
        `run` (claim) and `number` (claim, draw) of each row of calibration/claim_tests.csv,
        infinite for a date that never comes, NaN where nothing can be said.
        `buildout.experiments.claims.claim_rows` makes verdicts of it. Draws in which a case broke
        down are left out; the attribute `left_out` counts them, `cases` the runs in each draw.

    Raises
    ------
    UnknownNameError, InputError
        For a row of the tables that is wrong.

    Examples
    --------
    >>> ds = claims(draws=0)
    >>> round(float(ds["run"].sel(claim="C20")), 1)
    0.2
    """
    model = given_model(model)
    cases = load_cases(model)
    tested = load_claims(model, cases)
    if design is None:
        count = CLAIM_DRAWS if draws is None else draws
        read_whole(
            str(count), what="The number of draws", least=0, most=defaults.MOST_VARIANT_DRAWS
        )
        if count:
            own = defaults.SEED if seed is None else seed
            design = latin_hypercube(count, seed=own, model=model)
    run = results(model=model)
    ds = Results(
        {"run": ("claim", [float(claim.of(run)) for claim in tested])},
        {"claim": [claim.id for claim in tested]},
        {"cases": len(cases), "draws": 0, "left_out": 0, "drawn": "no draws"},
    )
    return ds if design is None else _with_draws(ds, design, tested, cases, model)


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
    return _with_dates_and_sums(ds).sel(time=list(DATES))


def _with_draws(
    ds: xr.Dataset, design: Design, tested: tuple[Claim, ...], cases: dict[str, Case], model: Model
) -> xr.Dataset:
    blocks, sound = [], []
    for start in range(0, design.size, _BLOCK):
        cloud = _cloud(_stretch(design, start), tested, cases, model)
        sound.append((cloud["status"] == 0).all("pathway").values)
        blocks.append(np.stack([_column(claim, cloud) for claim in tested]))
    ended = np.concatenate(sound)
    numbers = np.concatenate(blocks, axis=1)[:, ended]
    words = f"{int(ended.sum()):,} draws, {design.kind}"
    attrs = {
        "draws": int(ended.sum()),
        "left_out": int((~ended).sum()),
        "drawn": words if design.seed is None else f"{words}, seed {design.seed}",
        "design_sha256": design.sha256,
    }
    return ds.assign(number=(("claim", "draw"), numbers)).assign_attrs(attrs)


def _column(claim: Claim, cloud: xr.Dataset) -> Floats:
    # A number that nothing drawn moves is the same in every draw.
    values: Floats = np.broadcast_to(np.asarray(claim.of(cloud), float), cloud.sizes["draw"])
    return values


def _stretch(design: Design, start: int) -> Design:
    """Some draws of a design, as numbers: all of it would hold a variable of every run at once."""
    stop = min(start + _BLOCK, design.size)
    return Design(design.names, stop - start, GIVEN, None, GivenDraws(design.rows(start, stop)))


def _cloud(
    design: Design, tested: tuple[Claim, ...], cases: dict[str, Case], model: Model
) -> xr.Dataset:
    """The cases in some draws."""
    return sweep(
        design,
        [case.pathway() for case in cases.values()],
        outputs={name: (At(DATES), *DATES_AND_SUMS.get(name, ())) for name in _needs(tested)},
        beyond_range=True,
        model=model,
    ).rename(year="time")


def _needs(tested: tuple[Claim, ...]) -> list[str]:
    return list(dict.fromkeys(name for claim in tested for name in claim.needs))


def _with_dates_and_sums(ds: xr.Dataset) -> xr.Dataset:
    """Results with `DATES_AND_SUMS`, under the names that a sweep gives them."""
    times = ds["time"].values
    for name, reductions in DATES_AND_SUMS.items():
        series = ds[names.key(name)].transpose(..., "time")
        for reduction in reductions:
            # A reduction looks at runs along a last axis, of which there is claim here.
            reduced = reduction.reduce(times, series.values[..., None])
            for field, value in zip(reduction.fields(times), reduced, strict=True):
                ds[f"{names.key(name)}_{field.suffix}"] = series.dims[:-1], value[..., 0]
    return ds
