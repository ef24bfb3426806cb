"""Simulation-based calibration of conditioning (Talts et al. 2018, arXiv:1804.06788).

A draw is taken for the truth, observations of it are made up with the errors that a likelihood
assumes, and the other draws are conditioned on them. Over many truths the rank of the true value
among draws of the posterior is even, for every quantity, if and only if the posterior is right. An
approximate method shows by how much it is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import chdtrc

from buildout._util import names
from buildout.analysis.conditioning import can_move, shares_as_design
from buildout.calibration.observed import element_of, modelled, outputs_of
from buildout.calibration.resampling import (
    effective_size,
    importance_weights,
    log_likelihood,
    systematic_resample,
)
from buildout.calibration.smoother import smoothed_together
from buildout.inputs.mapping import Mapped, read_expression
from buildout.inputs.model import load_model
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import GIVEN, Design, GivenDraws
from buildout.sweeps.reductions import Trajectory
from buildout.sweeps.run import sweep
from buildout.vensim.arrays import Floats

#: What is seen of a truth under the status quo: the mean of a year, and its error relative to the
#: median of the pool (judgement, so wide that a pool of 10^5 holds a hundred draws that agree).
SEEN = (
    ("mine output[US]", 2026.0, 0.3),
    ("mine output[US]", 2027.0, 0.3),
    ("oxide output[US,NdPr]", 2026.0, 0.3),
    ("oxide output[US,NdPr]", 2027.0, 0.3),
    ("US magnet output total", 2026.0, 0.2),
    ("US magnet output total", 2027.0, 0.15),
    ("Chinese price[NdPr]", 2026.0, 0.1),
    ("jobs[mining and chemistry]", 2026.0, 0.12),
    ("Chinese magnets to US", 2026.0, 0.3),
)
#: What is foretold, with its date, and parameters.
FORETOLD = (
    ("US magnet output total", 2028.0),
    ("US magnet output total", 2030.0),
    ("jobs[mining and chemistry]", 2030.0),
    ("defense coverage[heavy NdFeB]", 2027.0),
    ("defense coverage[SmCo]", 2027.0),
    ("Chinese magnets to US", 2028.0),
    ("Chinese price[NdPr]", 2030.0),
    ("unmet civil demand total", 2030.0),
)
PARAMETERS = (
    "jobs per tonne[mining and chemistry]",
    "ramp time to nameplate[NdFeB magnets]",
    "Chinese capacity growth",
    "price balance elasticity",
)
QUANTITIES = (*(f"{name}, {year:g}" for name, year in FORETOLD), *PARAMETERS)
END = 2030.0
#: Ranks among so many draws of a posterior, counted in so many bins.
AMONG, BINS = 19, 10
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Worlds:
    """Draws as far as they are looked at.

    Attributes
    ----------
    quantities : array, (draw, quantity)
        In the order of `QUANTITIES`.
    said : array, (draw, row)
        In the order of `SEEN`.
    """

    quantities: Floats
    said: Floats


@dataclass(frozen=True, eq=False)
class Ranks:
    """Where truths lie in their posteriors.

    Attributes
    ----------
    ranks : array of int, (truth, quantity), 0 to `AMONG`
    effective : array, (truth,)
        Effective sample sizes; NaN of the smoother.
    spread : array, (quantity,)
        Mean standard deviation of the posteriors over that of the prior.
    """

    ranks: np.ndarray
    effective: Floats
    spread: Floats

    def chances(self) -> Floats:
        """For each quantity the chance of ranks at least as uneven, were they even (chi-square).

        Returns
        -------
        array, (quantity,)
        """
        wide = (AMONG + 1) // BINS
        counts = np.stack([np.bincount(r // wide, minlength=BINS) for r in self.ranks.T])
        expected = len(self.ranks) / BINS
        chances: Floats = chdtrc(BINS - 1, ((counts - expected) ** 2 / expected).sum(axis=1))
        return chances


def worlds_of(design: Design) -> Worlds:
    """Run a design under the status quo and keep what is looked at.

    Draws that break down are NaN.
    """
    observed, mapping = _observed()
    wanted = [*outputs_of(mapping.values()), *dict.fromkeys(name for name, _ in FORETOLD)]
    drawn_names = list(map(names.alike, design.names))
    columns = [drawn_names.index(names.alike(name)) for name in PARAMETERS]
    quantities, said = [], []
    for start, stop in _spans(design.size):
        drawn = design.rows(start, stop)
        part = Design(design.names, stop - start, GIVEN, None, GivenDraws(drawn))
        cloud = sweep(
            part, ["status-quo"], outputs=wanted, reductions=Trajectory(), final_time=END
        ).isel(pathway=0)
        values = modelled(cloud, observed, mapping).transpose("draw", "row").values
        sound = (cloud["status"].values == 0)[:, None]
        outcomes = [_at(cloud, name, year) for name, year in FORETOLD]
        rows = np.concatenate([np.stack(outcomes, axis=1), drawn[:, columns]], axis=1)
        said.append(np.where(sound, values, np.nan))
        quantities.append(np.where(sound, rows, np.nan))
    return Worlds(np.concatenate(quantities), np.concatenate(said))


def importance_ranks(pool: Worlds, truths: int, *, seed: int) -> Ranks:
    """Ranks of the first draws of a pool, each left out, in posteriors from all others."""
    rng = np.random.default_rng(seed)
    sd, size = seen_errors(pool), pool.quantities.std(axis=0)
    ranks, effective, spread = [], [], []
    for truth in range(truths):
        values = pool.said[truth] + sd * rng.standard_normal(len(sd))
        likely = log_likelihood(pool.said, values, sd)
        likely[truth] = -np.inf
        weights = importance_weights(likely)
        effective.append(effective_size(weights))
        # More than are ranked, for the spread; a few of them in any order are draws as well.
        kept = rng.permutation(systematic_resample(weights, 50 * AMONG, rng))
        after = pool.quantities[kept]
        ranks.append(_rank(after[:AMONG], pool.quantities[truth], rng))
        spread.append(after.std(axis=0) / size)
    return Ranks(np.array(ranks), np.array(effective), np.mean(spread, axis=0))


def smoother_ranks(pool: Worlds, truths: int, *, draws: int, seed: int) -> Ranks:
    """Ranks of the same truths among ensembles that were moved, each from a prior of its own."""
    rng = np.random.default_rng(seed)
    sd, size = seen_errors(pool), pool.quantities.std(axis=0)
    together = max(_BLOCK // draws, 1)
    ranks, spread = [], []
    for first in range(0, truths, together):
        own = np.arange(first, min(first + together, truths))
        values = pool.said[own] + sd * rng.standard_normal((len(own), len(sd)))
        for truth, after in zip(own, _ensembles(values, sd, draws, rng), strict=True):
            chosen = rng.choice(draws, AMONG, replace=False)
            ranks.append(_rank(after[chosen], pool.quantities[truth], rng))
            spread.append(after.std(axis=0) / size)
    effective = np.full(truths, np.nan)
    return Ranks(np.array(ranks), effective, np.mean(spread, axis=0))


def seen_errors(pool: Worlds) -> Floats:
    """One standard deviation of each observation, (row,), in its unit."""
    shares = np.array([error for *_, error in SEEN])
    sd: Floats = shares * np.median(pool.said, axis=0)
    return sd


def _ensembles(values: Floats, sd: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Quantities of ensembles that were moved to their observations, (truth, draw, quantity)."""
    prior = latin_hypercube(1, seed=0)
    ran: list[Worlds] = []

    def run(shares: Floats) -> Floats:
        ran[:] = [worlds_of(shares_as_design(prior, shares))]
        return ran[0].said

    shares = rng.random((len(values), draws, len(prior.names)))
    errors = np.broadcast_to(sd, values.shape)
    smoothed_together(shares, run, values, errors, moved=can_move(prior), rng=rng)
    return ran[0].quantities.reshape(len(values), draws, -1)


def _rank(among: Floats, truth: Floats, rng: np.random.Generator) -> np.ndarray:
    """How many are below the truth; of those that equal it, any number by chance."""
    below, same = (among < truth).sum(axis=0), (among == truth).sum(axis=0)
    rank: np.ndarray = below + rng.integers(0, same + 1)
    return rank


def _observed() -> tuple[xr.Dataset, dict[str, Mapped]]:
    written = [name for name, *_ in SEEN]
    mapping = {
        name: Mapped(name, (own := read_expression(name)), "mean", own.unit)
        for name in dict.fromkeys(written)
    }
    starts = np.array([year for _, year, _ in SEEN])
    coords = {
        "series": ("row", written),
        "start": ("row", starts),
        "end": ("row", starts + 1.0),
    }
    return xr.Dataset({"value": ("row", np.zeros(len(SEEN)))}, coords), mapping


def _at(cloud: xr.Dataset, name: str, year: float) -> Floats:
    [scalar] = load_model().scalars(name)
    at: Floats = element_of(cloud, scalar).sel(time=year).values
    return at


def _spans(size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, size, _BLOCK):
        yield start, min(start + _BLOCK, size)
