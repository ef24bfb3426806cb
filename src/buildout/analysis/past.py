"""Conditioning tried on the past: a rolling origin before 2025.0, and truths that were planted.

The rule follows from what lies before the origin: the default error of the model, what no draw of
the prior explains, and rows of a series that share both (`buildout.calibration.evidence`). Without
the second part two effective draws are left, for the sake of jobs that the model had at four times
what they were. Scores of such plainer errors, under given prices, had been seen when the rule was
written; none was chosen by its scores. Rows on which the model was fitted are conditioned on as
well, as they were known at the time; they are no test of it.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout.analysis.conditioning import (
    PathwayRuns,
    by_importance,
    by_smoother,
    can_move,
    shares_as_design,
)
from buildout.calibration.evidence import MODEL_ERROR, Evidence
from buildout.calibration.hindcast import (
    STARTS,
    Line,
    hindcast,
    lines,
    planned_observations,
    read_plan,
)
from buildout.calibration.observed import covered
from buildout.calibration.resampling import (
    effective_size,
    importance_weights,
    log_likelihood,
    systematic_resample,
)
from buildout.calibration.scored import with_sd
from buildout.calibration.scores import SCORED_BAND
from buildout.calibration.smoother import SMOOTHER_STEPS, smoothed_together
from buildout.inputs.mapping import Mapped, read_mapping
from buildout.inputs.model import load_model
from buildout.inputs.observations import load_observations
from buildout.outcomes.dates import SAME_DATE
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import CONDITIONED, Design
from buildout.vensim.arrays import Floats

ORIGIN, LAST, DRAWS_AFTER, PAST_SEED = 2022.0, 2025.0, 1000, 1
#: Planted: a parameter, the share of the prior below its value, and the series that are seen.
PLANTS = (
    ("ramp time to nameplate[mining]", 0.1, ("us_ree_mine_production_t",)),
    ("ramp time to nameplate[mining]", 0.9, ("us_ree_mine_production_t",)),
    ("ramp time to nameplate[NdPr separation]", 0.9, ("mp_ndpr_oxide_production_t",)),
    ("jobs per tonne[mining and chemistry]", 0.1, ("us_ree_mine_mill_employment",)),
    ("jobs per tonne[mining and chemistry]", 0.9, ("us_ree_mine_mill_employment",)),
    ("factor of initial China", 0.1, ("china_ndfeb_total_production_t",)),
    ("factor of initial China", 0.9, ("china_ndfeb_total_production_t",)),
    ("price balance elasticity", 0.9, ("price_nd_oxide",)),
)
#: Error of the observations of a planted truth, relative to it.
PLANT_ERROR = 0.05
#: Worlds with a planted value, and draws that the smoother moves to each.
PLANTED_WORLDS, PLANTED_DRAWS = 12, 500


@dataclass(frozen=True, eq=False)
class Past:
    """Draws of the past, run once, with what they say of the plan's observations.

    Attributes
    ----------
    runs : PathwayRuns
    observed : Dataset, (row,)
        Rows of `calibration/hindcast.csv`, with their group and role.
    mapping : mapping of str to Mapped
    prior : Design
    said : array, (draw, row)
    """

    runs: PathwayRuns
    observed: xr.Dataset
    mapping: Mapping[str, Mapped]
    prior: Design
    said: Floats

    def of(self, rows: np.ndarray, design: Design) -> Floats:
        """What other draws say of some of the rows, (draw, row)."""
        return self.runs.modelled(self.observed.isel(row=rows), self.mapping, design)


@dataclass(frozen=True, eq=False)
class Tried:
    """What one method made of the observations before the origin.

    Attributes
    ----------
    design : Design
    effective : float or None
        Effective sample size, of importance resampling.
    runs : int
        How many the method took.
    after : tuple of Line
        Scores of the periods that begin at the origin or later.
    """

    design: Design
    effective: float | None
    runs: int
    after: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class RollingOrigin:
    """The draws of before and of both methods, scored on what came after the origin.

    Attributes
    ----------
    evidence : Evidence
        What they were conditioned on.
    before : tuple of Line
        Scores of the prior.
    tried : dict of str to Tried
    """

    evidence: Evidence
    before: tuple[Line, ...]
    tried: dict[str, Tried]

    def nearer(self, method: str, role: str = "scored") -> tuple[int, int]:
        """On how many lines of a role a method is nearer than the prior, and of how many."""
        pairs = zip(self.before, self.tried[method].after, strict=True)
        own = [(line.crps, after.crps) for line, after in pairs if line.role == role]
        return sum(after < before for before, after in own), len(own)


@dataclass(frozen=True)
class Recovered:
    """A planted value and what draws say of it, over several worlds that have it.

    Attributes
    ----------
    parameter : str
    planted : float
    before : (float, float)
        The middle nine tenths of the prior.
    after : dict of str to (float, float)
        By method: those of the posteriors, on average.
    held : dict of str to int
        In how many of the worlds they hold the planted value.
    spread : dict of str to float
        Standard deviation over that of the prior, on average.
    worlds : int
    effective : float
        Effective sample size of importance resampling, median.
    """

    parameter: str
    planted: float
    before: tuple[float, float]
    after: dict[str, tuple[float, float]]
    held: dict[str, int]
    spread: dict[str, float]
    worlds: int
    effective: float


def run_past(draws: int, *, seed: int = PAST_SEED) -> Past:
    """Run the prior under the hindcast whose prices answer, from 2018.0."""
    mapping = read_mapping()
    planned = planned_observations(read_plan(), load_observations())
    observed = with_sd(covered(planned, 2018.0, LAST), mapping)
    runs = PathwayRuns.of(load_model(), STARTS[2018])
    prior = latin_hypercube(draws, seed=seed)
    return Past(runs, observed, mapping, prior, runs.modelled(observed, mapping, prior))


def rolling_origin(
    past: Past, origin: float = ORIGIN, *, model_error: float = MODEL_ERROR
) -> RollingOrigin:
    """Condition on what had been seen by a date, and score what came after until 2025.0.

    Parameters
    ----------
    past : Past
    origin : float, Year
    model_error : float, Dmnl

    Returns
    -------
    RollingOrigin
        With the methods "importance" and "smoother".
    """
    known = past.observed["end"].values <= origin + SAME_DATE
    rows = np.flatnonzero(known & (past.observed["role"].values != "input"))
    observed = past.observed.isel(row=rows)
    said = past.said[:, rows]
    first = by_importance(lambda _: said, past.prior, observed, model_error, DRAWS_AFTER)
    few = latin_hypercube(DRAWS_AFTER, seed=past.prior.seed)
    said_of = functools.partial(past.of, rows)
    second = by_smoother(said_of, few, observed, model_error, DRAWS_AFTER)
    by_method = {
        "importance": (first, past.prior.size),
        "smoother": (second, (SMOOTHER_STEPS + 1) * DRAWS_AFTER),
    }
    tried = {}
    for method, (conditioned, count) in by_method.items():
        design = Design(past.prior.names, DRAWS_AFTER, CONDITIONED, None, conditioned.source)
        after = _scores(origin, design)
        tried[method] = Tried(design, conditioned.effective, count, after)
    return RollingOrigin(first.evidence, _scores(origin, few), tried)


def _scores(origin: float, design: Design) -> tuple[Line, ...]:
    table = hindcast(2018, design=design)
    return lines(table.isel(row=np.flatnonzero(table["start"].values >= origin - SAME_DATE)))


def recovered(
    past: Past, plants: Sequence[tuple[str, float, Sequence[str]]] = PLANTS
) -> list[Recovered]:
    """Plant values of parameters, make up observations of those worlds, and look for them.

    A truth has the planted value; all other parameters, and luck, are drawn.
    """
    return [_recovered(past, *plant) for plant in plants]


def _recovered(past: Past, name: str, share: float, series: Sequence[str]) -> Recovered:
    column = past.prior.names.index(name)
    marginal = past.prior.marginals[column]
    rng = np.random.default_rng([PAST_SEED, column, int(100 * share)])
    prior = latin_hypercube(PLANTED_WORLDS, seed=2)
    shares = prior.source.points(0, PLANTED_WORLDS)
    shares[:, column] = share
    rows = np.flatnonzero(np.isin(past.observed["series"].values, list(series)))
    said = past.of(rows, shares_as_design(prior, shares))
    # What is nothing in some of the worlds has no error there.
    kept = (said > 0).all(axis=0)
    rows, said = rows[kept], said[:, kept]
    sd = PLANT_ERROR * said
    values = said + sd * rng.standard_normal(said.shape)
    before = marginal.quantile(np.linspace(0, 1, 10_001))
    draws, effective = _kept(past, column, rows, values, sd, rng)
    after = {"importance": draws, "smoother": _moved(past, column, rows, values, sd, rng)}
    planted = float(marginal.quantile(np.array(share)))
    bands = {method: np.quantile(own, SCORED_BAND, axis=1) for method, own in after.items()}
    return Recovered(
        name,
        planted,
        _pair(np.quantile(before, SCORED_BAND)),
        {method: _pair(band.mean(axis=1)) for method, band in bands.items()},
        {m: int(((low <= planted) & (planted <= high)).sum()) for m, (low, high) in bands.items()},
        {m: float((own.std(axis=1) / before.std()).mean()) for m, own in after.items()},
        PLANTED_WORLDS,
        float(np.median(effective)),
    )


def _kept(
    past: Past,
    column: int,
    rows: np.ndarray,
    values: Floats,
    sd: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, list[float]]:
    """Values of a parameter in the draws that are kept for each world, and effective sizes."""
    own = latin_hypercube(past.prior.size, seed=past.prior.seed, vary=past.prior.names[column])
    drawn, said = own.values[:, 0], past.said[:, rows]
    kept, effective = [], []
    for seen, error in zip(values, sd, strict=True):
        weights = importance_weights(log_likelihood(said, seen, error))
        kept.append(drawn[systematic_resample(weights, DRAWS_AFTER, rng)])
        effective.append(effective_size(weights))
    return np.array(kept), effective


def _moved(
    past: Past,
    column: int,
    rows: np.ndarray,
    values: Floats,
    sd: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Values of a parameter in ensembles that were moved to each world, (world, draw)."""
    prior = past.prior
    after, _ = smoothed_together(
        rng.random((len(values), PLANTED_DRAWS, len(prior.names))),
        lambda shares: past.of(rows, shares_as_design(prior, shares)),
        values,
        sd,
        moved=can_move(prior),
        rng=rng,
    )
    return prior.marginals[column].quantile(after[:, :, column])


def _pair(ends: Floats) -> tuple[float, float]:
    low, high = map(float, ends)
    return low, high
