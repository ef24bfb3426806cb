"""Which constants change nothing that is reported, when nothing else, or something, is set besides.

A constant drops out of the search at the first place where it moves anything: in one of the
pathways, then beside a setting that gives it something to do, then among draws of all that is
uncertain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from buildout.experiments.explained import load_explained, reason
from buildout.experiments.reading import checked_settings, toml_table
from buildout.experiments.runs import Values, base_values, in_order, scalar_values, side_by_side
from buildout.inputs.model import Model
from buildout.inputs.parameters import LUCK
from buildout.inputs.pathway import CANONICAL, pathway_names
from buildout.outcomes.headlines import NEEDS
from buildout.outcomes.indicators import INDICATORS
from buildout.sampling.design import latin_hypercube
from buildout.vensim import engine

#: A change below this share of the largest value of a reported variable is no change.
NOTICED = 1e-4
NOTHING = 1e-6  # tonnes, millions, persons: below this, what is reported as zero is zero
WIGGLE = 0.1  # A constant without a range is moved by this share of itself.
DRAWS, SEED = 24, 2027


def load_besides(model: Model) -> dict[str, dict[str, float]]:
    """Settings that give sleeping constants something to do, by what they are called in the page.

    Raises
    ------
    InputError, UnknownNameError
        For an entry of `tables/besides.toml` that is wrong.
    """
    return {
        label: checked_settings(model, settings, f"besides.toml, `{label}`")
        for label, settings in toml_table("besides.toml").items()
    }


@dataclass(frozen=True)
class FirstMove:
    """Where a constant first moves something reported.

    Attributes
    ----------
    scalar : str
    kind : str
        Of parameters.csv.
    where : str
        Pathway, setting or draws; empty when nowhere.
    outcome : str
        Scalar id of what moves most there.
    share : float
        By how much of the variable's largest value.
    why : str
        Why it moves nothing, read off the equations, where that is known.
    """

    scalar: str
    kind: str
    where: str
    outcome: str = ""
    share: float = 0.0
    why: str = ""


@dataclass(frozen=True)
class Influence:
    """The result of the search.

    Attributes
    ----------
    alone, besides, drawn, never : tuple of FirstMove
        Constants that act by themselves, beside a setting, in draws only, and not at all.
    zeros : int
        Structural zeros of tables, which are not moved.
    broken : tuple of str
        Runs within the ranges that ended in a number that is not finite.
    """

    alone: tuple[FirstMove, ...]
    besides: tuple[FirstMove, ...]
    drawn: tuple[FirstMove, ...]
    never: tuple[FirstMove, ...]
    zeros: int
    broken: tuple[str, ...]


def reported(model: Model) -> list[str]:
    """Scalar ids of all that kpis.csv and the verdict are read from, and of a few more outcomes."""
    wanted = [name for indicator in INDICATORS for name in indicator.needs]
    wanted += [*NEEDS, "legal gap", "need under waiver", "Chinese share of capacity"]
    variables = dict.fromkeys(model.variable(name).key for name in wanted)
    computed = [key for key in variables if model.variables[key].kind != "constant"]
    return [scalar for key in computed for scalar in model.variables[key].members.values()]


def influence(model: Model) -> Influence:
    """Move every constant until it moves something.

    Luck, which is drawn, and the facts of single projects, which projects.csv holds, stay alone.
    """
    moved = [s for s, row in model.parameters.items() if row.kind != LUCK and not row.by_element]
    ends = {scalar: _ends(model, scalar) for scalar in moved}
    left = {scalar: values for scalar, values in ends.items() if values}
    outputs = reported(model)
    broken = _broken(model, left)
    stages: list[list[FirstMove]] = [[], [], []]
    for path in pathway_names():
        base = base_values(model, path)
        stages[0] += _stage(model, left, [base], outputs, path)
    for label, settings in load_besides(model).items():
        for path in CANONICAL:
            base = {**base_values(model, path), **scalar_values(model, settings)}
            where = f"{label}, {path}"
            stages[1] += _stage(model, left, [base], outputs, where)
    for path in CANONICAL:
        stages[2] += _stage(model, left, _draws(model, path), outputs, f"draws, {path}")
    explained = load_explained(model)
    never = [
        FirstMove(s, model.parameters[s].kind, "", why=reason(explained, model.spelled(s)))
        for s in left
    ]
    zeros = sum(not values for values in ends.values())
    alone, besides, drawn = map(tuple, stages)
    return Influence(alone, besides, drawn, tuple(never), zeros, tuple(broken))


def _ends(model: Model, scalar: str) -> list[float]:
    row, now = model.parameters[scalar], model.constants[scalar]
    if row.distribution == "discrete":
        return [float(v) for v in np.arange(row.low, row.high + 1) if v != now]
    if row.low < row.high:
        return [v for v in (row.low, row.high) if v != now]
    return [] if now == 0 else [now * (1 - WIGGLE), now * (1 + WIGGLE)]


def _broken(model: Model, ends: Mapping[str, list[float]]) -> list[str]:
    """Runs at an end of a range, in any pathway, that the engine does not call ok."""
    moved = [(scalar, value) for scalar, values in ends.items() for value in values]
    breakdowns = []
    for path in pathway_names():
        base = base_values(model, path)
        cases = [{**base, **in_order(model, base, {s: v})} for s, v in moved]
        run = side_by_side(model, cases, reported(model)[:1], saved=1.0)
        for number in np.flatnonzero(run.status):
            (scalar, value), outcome = moved[number], engine.STATUS[int(run.status[number])]
            breakdowns.append(f"`{model.spelled(scalar)}` = {value:g} in {path}: {outcome}")
    return breakdowns


def _draws(model: Model, path: str) -> list[Values]:
    design = latin_hypercube(
        DRAWS, seed=SEED, vary="*", kinds=("uncertainty", "initial", LUCK), model=model
    )
    columns = [model.scalars(name) for name in design.names]
    settled = base_values(model, path)
    return [
        {s: v for scalars, v in zip(columns, row, strict=True) for s in scalars} | settled
        for row in design.values
    ]


def _stage(
    model: Model,
    left: dict[str, list[float]],
    bases: Sequence[Values],
    outputs: Sequence[str],
    where: str,
) -> list[FirstMove]:
    """Constants that move something here; they are taken off the list."""
    if not left:
        return []
    moved = [(scalar, value) for scalar, values in left.items() for value in values]
    best: dict[str, FirstMove] = {}
    for base in bases:
        cases = [base] + [{**base, **in_order(model, base, {s: v})} for s, v in moved]
        run = side_by_side(model, cases, outputs, saved=0.5)
        sizes, places = _moves(model, run)
        for number, (scalar, _) in enumerate(moved, start=1):
            if sizes[number] > max(NOTICED, best[scalar].share if scalar in best else 0.0):
                kind, outcome = model.parameters[scalar].kind, run.outputs[places[number]]
                best[scalar] = FirstMove(scalar, kind, where, outcome, float(sizes[number]))
    for scalar in best:
        del left[scalar]
    return list(best.values())


def _moves(model: Model, run: engine.Trajectories) -> tuple[np.ndarray, np.ndarray]:
    """For each run the largest change against the first, in shares of the variable's size."""
    size = dict.fromkeys((model.variable(s).key for s in run.outputs), NOTHING)
    keys = [model.variable(s).key for s in run.outputs]
    for key, values in zip(keys, run.values, strict=True):
        size[key] = max(size[key], float(np.abs(values[:, 0]).max()))
    scale = np.array([size[key] for key in keys])
    moved = np.abs(run.values - run.values[:, :, :1]).max(axis=1)
    shares = np.where(moved < NOTHING, 0.0, moved) / scale[:, None]
    places = shares.argmax(axis=0)
    return shares[places, np.arange(shares.shape[1])], places


def bases_of(moves: Iterable[FirstMove], model: Model) -> dict[str, list[FirstMove]]:
    """By variable, in the order of the model."""
    groups: dict[str, list[FirstMove]] = {}
    for move in moves:
        groups.setdefault(model.variable(move.scalar).name, []).append(move)
    return groups
