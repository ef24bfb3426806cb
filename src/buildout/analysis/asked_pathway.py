"""One pathway and one outcome of it, over any draws of what the pathway leaves open."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from buildout._util import names
from buildout.analysis.readings import kept_for, of_draws
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome, asked_outcome, asked_outcomes
from buildout.inputs.model import Model, load_model
from buildout.inputs.parameters import LUCK
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.sampling.distributions import Marginal
from buildout.sampling.draws import Design
from buildout.sampling.selection import COMPARED_KINDS, chosen_parameters
from buildout.sweeps.run import sweep
from buildout.vensim.arrays import Floats, Truths


@dataclass(frozen=True)
class AskedPathway:
    """A pathway, an outcome of it, and what of it can be drawn.

    Attributes
    ----------
    resolved : Resolved
    pathway : Pathway
        With all that is set on top of it.
    outcome : AskedOutcome
    uncertain, luck : tuple of Marginal
        Uncertainties that the pathway does not settle; luck.
    """

    resolved: Resolved
    pathway: Pathway
    outcome: AskedOutcome
    uncertain: tuple[Marginal, ...]
    luck: tuple[Marginal, ...]

    @property
    def model(self) -> Model:
        """The model that is run."""
        return self.resolved.model

    @property
    def end(self) -> float:
        """The end of the run, Year."""
        return self.resolved.clock["final_time"]

    def drawn(self, design: Design) -> tuple[Floats, Truths]:
        """The outcome in each draw, and in which of them it is known: the run ended well.

        Parameters
        ----------
        design : Design
        """
        cloud = sweep(
            design,
            self.pathway,
            outputs=kept_for(self.model, [self.outcome]),
            time_step=self.resolved.clock["time_step"],
            final_time=self.end,
            beyond_range=True,
        )
        values = of_draws(cloud, self.outcome)
        assert values is not None  # It was asked for.
        known = np.isfinite(values[0]) | self.outcome.is_date
        return values[0], (cloud["status"].values[0] == 0) & known


def asked_pathway(
    outcome: str,
    by: float | None,
    pathway: str | Path | Pathway,
    settings: Settings | None,
    known_until: float | None,
    beyond_range: bool,
) -> AskedPathway:
    """An outcome of a pathway with what is set on top of it; arguments and errors as in `why`."""
    model = load_model()
    path = read_pathways([pathway])[0]
    resolved = resolve(model, [path], settings, known_until=known_until, beyond_range=beyond_range)
    start, end = (resolved.clock[name] for name in ("initial_time", "final_time"))
    wanted = _outcome(model, outcome, by, start=start, end=end)
    settled = resolved.scenarios[0].values
    uncertain = [
        m
        for m in chosen_parameters(model, None, COMPARED_KINDS)
        if not all(scalar in settled for scalar in model.scalars(m.name))
    ]
    if not uncertain:
        raise InputError("The pathway settles every uncertainty.", cure="Leave some open.")
    luck = chosen_parameters(model, LUCK) if model.luck else ()
    return AskedPathway(
        resolved, path.with_settings(resolved.extra), wanted, tuple(uncertain), tuple(luck)
    )


def _outcome(
    model: Model, outcome: str, by: float | None, *, start: float, end: float
) -> AskedOutcome:
    """The outcome; of a date the year is the date in question."""
    listed = {names.key(o.name): o for o in asked_outcomes(model)}
    own = listed.get(names.key(outcome))
    if own is None or not own.is_date:
        return asked_outcome(model, outcome, by, start=start, end=end)
    if by is not None and not start <= by <= end:
        raise InputError(
            f"The year is {by:g}.", f"The runs go from {start:g} to {end:g}, and a date within."
        )
    return own
