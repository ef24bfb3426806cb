"""The front of a space of dials: what is minimised, who is on it, who stands for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from buildout.analysis.dial_space import DialSpace, dial_steps
from buildout.analysis.paired import capped
from buildout.analysis.readings import of_trajectories
from buildout.analysis.search import knee_of, search, spread, unbeaten
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome
from buildout.inputs.resolve import Resolved
from buildout.vensim import engine
from buildout.vensim.arrays import Floats, Truths

#: What is minimised. A date of full coverage is no use here: no lever moves it in the single run.
DATE, MONEY, UNMET = 0, 1, 2
OBJECTIVES: tuple[tuple[str, float | None], ...] = (
    ("half served from home since: NdFeB magnets", None),
    ("public money spent", 2045.0),
    ("unmet civil demand since 2025", 2045.0),
)
#: What a run that breaks down counts as in every outcome.
BROKEN = 1e12
#: What more unmet demand is about the same, as a share.
ABOUT_THE_SAME = 0.05
_MONTH = 1 / 12
# The start of the run, from which a date is so many years away.
_SINCE = np.array([2025.0, 0.0, 0.0])
# Members within the money of each pathway that are run in draws, at least.
_TRIED_IN_DRAWS = 4


@dataclass(frozen=True, eq=False)
class Front:
    """Candidates that nobody beats, with what they were compared with.

    Attributes
    ----------
    space : DialSpace
    steps : array, (member, dial)
    objectives : array, (member, objective)
        Of single runs; less is better.
    rivals : array, (pathway, objective)
        Of the compared pathways.
    tried : int
        How many pathways were tried.
    alone : array, (dial, outcome)
        What each dial does by itself, all the way on.
    free_alone : array, (outcome,)
        What those do together that cost no public money in the model.
    """

    space: DialSpace
    steps: Floats
    objectives: Floats
    rivals: Floats
    tried: int
    alone: Floats
    free_alone: Floats

    def knee(self) -> int:
        """The place of the knee."""
        return knee_of(self.objectives)

    def gains(self, rival: int) -> Floats:
        """What each member has over a compared pathway, added up, within the same money.

        A share of the pathway's own unmet demand, and of its years from 2025 to its date; minus
        infinity for who costs more, is worse on one, or better on none.
        """
        own = self.rivals[rival]
        gains = (own - self.objectives) / np.maximum(own - _SINCE, 1e-9)
        fit = (gains >= -1e-9).all(axis=1) & (gains[:, [DATE, UNMET]].max(axis=1) > 1e-6)
        return np.where(fit, gains[:, DATE] + gains[:, UNMET], -np.inf)

    def within(self, rival: int) -> list[int]:
        """Members within the money of a compared pathway: who gains most, and some others."""
        gains = self.gains(rival)
        fit = np.flatnonzero(np.isfinite(gains))
        if not len(fit):
            return []
        some = spread(self.objectives[fit], _TRIED_IN_DRAWS, [int(np.argmax(gains[fit]))])
        return [int(fit[place]) for place in some]

    def as_good(self, rival: int) -> int | None:
        """The cheapest member that makes about the same as a compared pathway; None for none.

        About the same: no more than a month later, and unmet demand no more than 5 percent above.
        """
        own = self.rivals[rival]
        near = own * np.array([1.0, 1.0, 1.0 + ABOUT_THE_SAME]) + np.array([_MONTH, 0.0, 0.0])
        fit = np.flatnonzero((self.objectives <= near).all(axis=1))
        if not len(fit):
            return None
        return int(fit[np.argmin(self.objectives[fit, MONEY])])

    def members(self, size: int) -> list[int]:
        """Who stands for the front, by money."""
        best = [place for rival in range(len(self.rivals)) for place in self.within(rival)]
        cheap = [self.as_good(rival) for rival in range(len(self.rivals))]
        kept = [self.knee(), *best, *(place for place in cheap if place is not None)]
        chosen = spread(self.objectives, size, kept)
        return sorted(chosen, key=lambda place: (self.objectives[place, MONEY], place))


def find_front(
    space: DialSpace,
    asked: Resolved,
    outcomes: Sequence[AskedOutcome],
    generations: int,
    population: int,
    seed: int,
) -> Front:
    """Search a space of dials for what neither another nor a compared pathway beats.

    Parameters
    ----------
    space : DialSpace
    asked : Resolved
        The compared pathways; those that lie in the space are in the first generation.
    outcomes : sequence of AskedOutcome
        What is minimised, then what is told beside it.
    generations, population, seed : int

    Raises
    ------
    InputError
        Where nothing is left to choose from.
    """
    wanted = outcomes[: len(OBJECTIVES)]

    def evaluate(steps: Floats) -> Floats:
        return run_columns(asked, space.columns(steps), wanted, len(steps))

    lone = np.diag(space.steps)
    free = np.array([0.0 if dial.charged else 1.0 for dial in space.dials]) * space.steps
    placed = [dial_steps(space, scenario.own) for scenario in asked.scenarios]
    own = [steps for steps in placed if steps is not None]
    start = np.unique(np.stack([*own, *lone, free, 0 * free]), axis=0)
    if len(start) > population:
        start = start[:population]
    tried = search(
        evaluate,
        space.steps,
        objectives=len(wanted),
        generations=generations,
        population=population,
        seed=seed,
        start=start,
        whole=True,
    )
    # Each pathway by itself: what one sets, another does not.
    rivals = run_columns(asked, asked.columns(), wanted, len(asked.scenarios))
    sound = np.flatnonzero(tried.objectives.max(axis=1) < BROKEN)
    best = sound[_unbeaten_by(tried.objectives[sound], rivals, compare=not space.held)]
    if not len(best):
        raise InputError(
            f"Of {len(tried.candidates):,} pathways tried, none is sound and beaten by no other.",
            cure="Take settings back towards their defaults.",
        )
    alone = run_columns(asked, space.columns(np.concatenate([lone, [free, 0 * free]])), outcomes)
    return Front(
        space,
        tried.candidates[best],
        tried.objectives[best],
        rivals,
        len(tried.candidates),
        alone[:-2] - alone[-1],
        alone[-2] - alone[-1],
    )


def _unbeaten_by(objectives: Floats, rivals: Floats, *, compare: bool) -> Truths:
    """Which candidates neither another beats nor, unless levers are held, a packaged pathway."""
    everyone = np.concatenate([objectives, rivals]) if compare else objectives
    return unbeaten(everyone)[: len(objectives)]


def run_columns(
    asked: Resolved,
    columns: Mapping[str, float | Floats],
    outcomes: Sequence[AskedOutcome],
    runs: int | None = None,
) -> Floats:
    """Outcomes of runs, (run, outcome), dates that never come as the end of the run.

    Parameters
    ----------
    asked : Resolved
        Whose clock they have.
    columns : dict of str to float or array
    outcomes : sequence of AskedOutcome
    runs : int, optional
        How many there are, where all columns may be alike.
    """
    scalars = list(dict.fromkeys(s for outcome in outcomes for s in outcome.expression.scalars))
    run = engine.Batch().run(
        asked.model.system, parameters=columns, outputs=scalars, controls=asked.controls
    )
    end = asked.clock["final_time"]
    values = np.stack([capped(o, of_trajectories(run, o), end).values for o in outcomes], axis=1)
    values[np.asarray(run.status) != 0] = BROKEN
    return values if runs is None else np.broadcast_to(values, (runs, len(outcomes))).copy()
