"""Search for what no other beats: NSGA-II of pymoo, the front of all that was tried, its knee."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from buildout._util.extras import needed
from buildout._util.reading import read_whole
from buildout.vensim.arrays import Floats, Truths

#: What a search is given to minimise: of (candidate, variable) the objectives, (candidate, any).
Evaluate = Callable[[Floats], Floats]
MOST_GENERATIONS, MOST_CANDIDATES = 10_000, 2_000
# Objectives are compared by this share of their range: rounding is no gain.
_ROUNDING = 1e-9
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class TriedCandidates:
    """All candidates of a search, each once, in the order in which they were first tried.

    Attributes
    ----------
    candidates : array, (candidate, variable)
    objectives : array, (candidate, objective)
    """

    candidates: Floats
    objectives: Floats


def search(
    evaluate: Evaluate,
    upper: Floats,
    *,
    objectives: int,
    generations: int,
    population: int,
    seed: int,
    start: Floats | None = None,
    whole: bool = False,
) -> TriedCandidates:
    """Minimise several objectives at once over a box from zero to `upper`.

    Parameters
    ----------
    evaluate : callable
        Takes (candidate, variable) and gives (candidate, objective).
    upper : array, (variable,)
    objectives : int
    generations, population : int
        Of NSGA-II; the first generation is drawn at random.
    seed : int
    start : array, (candidate, variable), optional
        Candidates that the first generation begins with.
    whole : bool
        Whether variables are whole numbers.

    Raises
    ------
    InputError
        For no generation, or a population under four.
    """
    read_whole(str(generations), what="The number of generations", least=1, most=MOST_GENERATIONS)
    read_whole(str(population), what="The population", least=4, most=MOST_CANDIDATES)
    algorithm = _algorithm(
        _first(upper, population, seed, start, whole=whole), population, whole=whole
    )
    problem = needed("pymoo.core.problem").Problem(
        n_var=len(upper), n_obj=objectives, xl=np.zeros(len(upper)), xu=np.asarray(upper, float)
    )
    algorithm.setup(problem, termination=("n_gen", generations), seed=seed, verbose=False)
    evaluator = needed("pymoo.core.evaluator").Evaluator()
    known = needed("pymoo.problems.static").StaticProblem
    tried: list[Floats] = []
    gained: list[Floats] = []
    while algorithm.has_next():
        asked = algorithm.ask()
        candidates = np.asarray(asked.get("X"), float)
        values = evaluate(candidates)
        evaluator.eval(known(problem, F=values), asked)
        algorithm.tell(infills=asked)
        tried.append(candidates)
        gained.append(values)
    candidates, values = np.concatenate(tried), np.concatenate(gained)
    _, places = np.unique(candidates, axis=0, return_index=True)
    places = np.sort(places)
    return TriedCandidates(candidates[places], values[places])


def _first(
    upper: Floats, population: int, seed: int, start: Floats | None, *, whole: bool
) -> Floats:
    """The first generation: what it begins with, then draws."""
    given = np.empty((0, len(upper))) if start is None else np.asarray(start, float)
    draws = np.random.default_rng(seed).random((max(0, population - len(given)), len(upper)))
    drawn = np.floor(draws * (upper + 1)) if whole else draws * upper
    return np.concatenate([given, drawn])


def _algorithm(first: Floats, population: int, *, whole: bool) -> Any:
    more = {"repair": needed("pymoo.operators.repair.rounding").RoundingRepair()} if whole else {}
    return needed("pymoo.algorithms.moo.nsga2").NSGA2(
        pop_size=population, sampling=first, eliminate_duplicates=True, **more
    )


def unbeaten(objectives: Floats) -> Truths:
    """Which candidates no other beats: none is as good in all objectives and better in one.

    Parameters
    ----------
    objectives : array, (candidate, objective)
        Less is better.

    Examples
    --------
    >>> unbeaten(np.array([[0.0, 2.0], [1.0, 1.0], [1.0, 2.0]])).tolist()
    [True, True, False]
    """
    values = _rounded(objectives)
    alive = np.ones(len(values), bool)
    for start in range(0, len(values), _BLOCK):
        here = values[start : start + _BLOCK]
        rivals = values[alive]
        no_worse = np.all(rivals[None] <= here[:, None], axis=-1)
        better = np.any(rivals[None] < here[:, None], axis=-1)
        alive[start : start + _BLOCK] = ~np.any(no_worse & better, axis=1)
    return alive


def _rounded(objectives: Floats) -> Floats:
    size = np.maximum(np.ptp(objectives, axis=0), np.finfo(float).tiny) * _ROUNDING
    return np.asarray(np.round((objectives - objectives.min(axis=0)) / size), float)


def normalised(objectives: Floats) -> Floats:
    """Objectives from 0, the best of the front, to 1, its worst; 0 where all are alike."""
    low, span = objectives.min(axis=0), np.ptp(objectives, axis=0)
    return np.asarray((objectives - low) / np.where(span > 0, span, 1.0), float)


def knee_of(objectives: Floats) -> int:
    """Where a front bends most: the place of its knee.

    With each objective from 0 to 1 over the front, the knee lies furthest below the plane on which
    they add up to one, which with two objectives is the line between both ends.

    Parameters
    ----------
    objectives : array, (member, objective)
        Of members that no other beats.

    Examples
    --------
    >>> knee_of(np.array([[0.0, 1.0], [0.2, 0.3], [1.0, 0.0]]))
    1
    """
    return int(np.argmin(normalised(objectives).sum(axis=1)))


def spread(objectives: Floats, size: int, keep: list[int]) -> list[int]:
    """Members of a front that stand for all: those kept, then always the furthest from any chosen.

    Parameters
    ----------
    objectives : array, (member, objective)
    size : int
    keep : list of int
        Places that are always among them.

    Returns
    -------
    list of int
        Places in order.
    """
    values = normalised(objectives)
    chosen = list(dict.fromkeys([*keep, *values.argmin(axis=0).tolist()]))
    nearest = np.min([np.square(values - values[c]).sum(axis=1) for c in chosen], axis=0)
    while len(chosen) < min(size, len(values)) and nearest.max() > 0:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.square(values - values[chosen[-1]]).sum(axis=1))
    return sorted(chosen)
