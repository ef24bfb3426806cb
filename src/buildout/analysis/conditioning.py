"""The two ways to an ensemble that agrees with observations, as what needs to be run for each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from buildout.analysis.validate import pathway_draws
from buildout.calibration.evidence import Evidence, evidence_of
from buildout.calibration.observed import modelled
from buildout.calibration.resampling import (
    effective_size,
    importance_weights,
    log_likelihood,
    systematic_resample,
)
from buildout.calibration.smoother import smoothed
from buildout.errors import ResultsError
from buildout.inputs.controls import pathway_spans
from buildout.inputs.mapping import Mapped
from buildout.inputs.model import Model
from buildout.inputs.observation_files import RunSpan
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.sampling.draws import GIVEN, Design, GivenDraws
from buildout.vensim.arrays import Floats, Truths

# Draws that are run together; only what they say of the observations is kept.
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Conditioned:
    """Draws that agree with observations.

    Attributes
    ----------
    source : GivenDraws
    effective : float or None
        Effective sample size of importance resampling.
    evidence : Evidence
        The observations with their errors.
    before, after : array, (draw, row of evidence)
        What all draws of the prior, and those draws, say of them.
    """

    source: GivenDraws
    effective: float | None
    evidence: Evidence
    before: Floats
    after: Floats


@dataclass(frozen=True, eq=False)
class PathwayRuns:
    """A pathway that draws are run under, settled once."""

    model: Model
    pathway: Pathway
    asked: Resolved

    @classmethod
    def of(
        cls,
        model: Model,
        pathway: str | Path | Pathway,
        settings: Settings | None = None,
        *,
        known_until: float | None = None,
        beyond_range: bool = False,
    ) -> "PathwayRuns":
        """Read and check it."""
        [chosen] = read_pathways([pathway])
        asked = resolve(model, chosen, settings, known_until=known_until, beyond_range=beyond_range)
        return cls(model, chosen, asked)

    @property
    def span(self) -> RunSpan:
        """What its runs cover."""
        clock = self.asked.clock
        first, last = clock["initial_time"], clock["final_time"]
        return RunSpan(self.pathway.name, first, last, pathway_spans(self.model))

    def modelled(
        self, observed: xr.Dataset, mapping: Mapping[str, Mapped], design: Design
    ) -> Floats:
        """What draws say of observations, (draw, row); NaN of those that broke down."""
        end = float(observed["end"].max())
        blocks = []
        for start, stop in _spans(design.size):
            part = Design(
                design.names, stop - start, GIVEN, None, GivenDraws(design.rows(start, stop))
            )
            cloud = pathway_draws(self.asked, self.pathway, mapping, part, end=end)
            said = modelled(cloud, observed, mapping).isel(pathway=0)
            sound = cloud["status"].isel(pathway=0).values == 0
            values = said.transpose("draw", "row").values
            blocks.append(np.where(sound[:, None], values, np.nan))
        return np.concatenate(blocks)


def by_importance(
    said_of: Callable[[Design], Floats],
    prior: Design,
    observed: xr.Dataset,
    model_error: float,
    size: int,
) -> Conditioned:
    """Draws of the prior, kept as often as they are likely."""
    before = said_of(prior)
    evidence = evidence_of(observed, before, model_error=model_error)
    before = before[:, evidence.rows]
    likely = log_likelihood(before, evidence.values, evidence.sd)
    if not np.isfinite(likely).any():
        raise ResultsError("No draw is sound.", cure="See `buildout sweep` of the pathway.")
    weights = importance_weights(likely)
    rng = _chance(prior, size)
    # In the order of the pool equal draws stand together; readers may take the first few.
    kept = rng.permutation(systematic_resample(weights, size, rng))
    values = np.empty((size, len(prior.names)))
    for start, stop in _spans(prior.size):
        if (own := np.flatnonzero((kept >= start) & (kept < stop))).size:
            values[own] = prior.rows(start, stop)[kept[own] - start]
    return Conditioned(GivenDraws(values), effective_size(weights), evidence, before, before[kept])


def by_smoother(
    said_of: Callable[[Design], Floats],
    prior: Design,
    observed: xr.Dataset,
    model_error: float,
    size: int,
) -> Conditioned:
    """Draws of the prior, moved until they agree."""
    assert not isinstance(prior.source, GivenDraws)  # Which has values and no shares.
    shares = prior.source.points(0, size)

    def said(own: Floats) -> Floats:
        return said_of(shares_as_design(prior, own))

    before = said(shares)
    evidence = evidence_of(observed, before, model_error=model_error)
    before = before[:, evidence.rows]
    shares, after = smoothed(
        shares,
        lambda own: said(own)[:, evidence.rows],
        evidence.values,
        evidence.sd,
        moved=can_move(prior),
        rng=_chance(prior, size),
        before=before,
    )
    source = shares_as_design(prior, shares).source
    assert isinstance(source, GivenDraws)
    return Conditioned(source, None, evidence, before, after)


def can_move(prior: Design) -> Truths:
    """Which parameters a smoother moves, (parameter,): not switches, nor what does not vary."""
    return np.array([m.varies and m.distribution != "discrete" for m in prior.marginals])


def shares_as_design(prior: Design, shares: Floats) -> Design:
    """Draws that are given as shares of the distributions of a prior, (draw, parameter)."""
    columns = [m.quantile(shares[:, j]) for j, m in enumerate(prior.marginals)]
    source = GivenDraws(np.stack(columns, axis=1))
    return Design(prior.names, len(shares), GIVEN, None, source)


def _chance(prior: Design, size: int) -> np.random.Generator:
    return np.random.default_rng([prior.seed or 0, size])


def _spans(size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, size, _BLOCK):
        yield start, min(start + _BLOCK, size)
