"""Outcomes as numbers: read off a single run, or off every draw of a sweep, by one definition."""

import json
from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.inputs.asked import AT, COVERED_FROM, HALF_FROM, HOME_FROM, AskedOutcome
from buildout.inputs.mapping import Expression
from buildout.inputs.model import Model
from buildout.sweeps.defaults import COVERED, FROM_HOME, HALF_FROM_HOME
from buildout.sweeps.reductions import At, Crossing, Cumulative, Reduction
from buildout.vensim.arrays import Floats
from buildout.vensim.engine import Trajectories

_DATES: dict[str, Crossing] = {
    COVERED_FROM: COVERED,
    HOME_FROM: FROM_HOME,
    HALF_FROM: HALF_FROM_HOME,
}


def reduction_of(outcome: AskedOutcome) -> Reduction:
    """What a sweep keeps of a trajectory for an outcome."""
    if outcome.is_date:
        return _DATES[outcome.read]
    assert outcome.year is not None  # Only dates are without.
    return At([outcome.year]) if outcome.read == AT else Cumulative(None, outcome.year)


def kept_for(model: Model, outcomes: Iterable[AskedOutcome]) -> dict[str, tuple[Reduction, ...]]:
    """What a sweep has to keep, by element, so that `of_draws` can read these outcomes."""
    outcomes = list(outcomes)
    years = sorted({o.year for o in outcomes if o.read == AT and o.year is not None})
    wanted: dict[str, list[Reduction]] = {}
    elements: dict[str, dict[str, None]] = {}
    for outcome in outcomes:
        # One list of dates for all, as each other list would be a dimension of its own.
        kept = At(years) if outcome.read == AT else reduction_of(outcome)
        for scalar in outcome.expression.scalars:
            own = wanted.setdefault(names.split(scalar)[0], [])
            own += [] if kept in own else [kept]
            elements.setdefault(names.split(scalar)[0], {})[scalar] = None
    return {
        model.spelled(scalar): tuple(wanted[key])
        for key, scalars in elements.items()
        for scalar in scalars
    }


def of_run(ds: xr.Dataset, outcome: AskedOutcome) -> Floats:
    """An outcome in each pathway of a run, (pathway,); NaN is a date that never comes.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with the variables of the outcome.
    outcome : AskedOutcome
    """
    series = trajectory(ds, outcome.expression)
    return np.asarray(reduction_of(outcome).reduce(ds["time"].values, series.T)[0], float).reshape(
        ds.sizes["pathway"]
    )


def of_trajectories(run: Trajectories, outcome: AskedOutcome) -> Floats:
    """An outcome in each run of an engine, (run,); NaN is a date that never comes.

    Parameters
    ----------
    run : Trajectories
        With the scalars of the outcome at all saved dates, or at those it is read at.
    outcome : AskedOutcome
    """
    total: Floats = np.zeros(run.values.shape[1:])
    for term in outcome.expression.terms:
        total = total + term.factor * (run[term.scalar] if term.scalar else 1.0)
    return np.asarray(reduction_of(outcome).reduce(run.times, total)[0], float).reshape(-1)


def trajectory(ds: xr.Dataset, expression: Expression) -> Floats:
    """An expression over time in each pathway of a run, (pathway, time)."""
    total: Floats = np.zeros((ds.sizes["pathway"], ds.sizes["time"]))
    for term in expression.terms:
        total = total + term.factor * (_element(ds, term.scalar) if term.scalar else 1.0)
    return total


def _element(ds: xr.Dataset, scalar: str) -> Floats:
    key, elements = names.split(scalar)
    array = ds[key]
    where = [dim for dim in array.dims if dim not in ("pathway", "time")]
    array = array.sel(dict(zip(where, elements, strict=True)))
    # A constant has no time.
    values = array.transpose("pathway", ...).values
    return np.asarray(values if values.ndim == 2 else values[:, None], float)


def of_draws(cloud: xr.Dataset, outcome: AskedOutcome) -> Floats | None:
    """An outcome in each draw of each pathway, (pathway, draw); None where it was not kept.

    Parameters
    ----------
    cloud : Dataset
        From `sweep`.
    outcome : AskedOutcome
    """
    total: Floats = np.zeros((cloud.sizes["pathway"], cloud.sizes["draw"]))
    for term in outcome.expression.terms:
        values = _kept(cloud, term.scalar, outcome) if term.scalar else np.ones(())
        if values is None:
            return None
        total = total + term.factor * values
    return total


def _kept(cloud: xr.Dataset, scalar: str, outcome: AskedOutcome) -> Floats | None:
    key, elements = names.split(scalar)
    name = _field(cloud, key, outcome)
    if name not in cloud:
        return None
    array = cloud[name]
    ranges = [dim for dim in map(str, array.dims) if _is_range(dim)]
    where: Mapping[str, object] = dict(zip(ranges, elements, strict=True))
    dated = [str(dim) for dim in array.dims if str(dim).startswith("year")]
    if any(label not in array[dim].values for dim, label in where.items()):
        return None
    if outcome.read == AT:
        if not dated or outcome.year not in array[dated[0]].values:
            return None
        where = {**where, dated[0]: outcome.year}
    values: Floats = array.sel(where).transpose("pathway", "draw").values
    return values


def _field(cloud: xr.Dataset, key: str, outcome: AskedOutcome) -> str:
    """What a sweep calls the variable that holds an outcome."""
    clock = json.loads(cloud.attrs["controls"])
    steps = round((clock["final_time"] - clock["initial_time"]) / clock["saveper"])
    saved = clock["initial_time"] + clock["saveper"] * np.arange(steps + 1)
    if outcome.year is not None and outcome.year > saved[-1]:
        return ""
    return f"{key}_{reduction_of(outcome).fields(saved)[0].suffix}".rstrip("_")


def _is_range(dim: str) -> bool:
    return dim not in ("pathway", "draw", "time") and not dim.startswith("year")
