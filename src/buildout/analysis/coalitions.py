"""Every mixture of two pathways by instrument: all coalitions run side by side, in few batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from buildout._util.progress import progress
from buildout.analysis.readings import of_trajectories, reduction_of
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome
from buildout.inputs.model import Model
from buildout.inputs.resolve import Resolved, Scenario
from buildout.sampling.draws import Design
from buildout.sweeps.reductions import At
from buildout.sweeps.request import sweep_draws
from buildout.vensim import engine
from buildout.vensim.arrays import Floats, Truths

#: Runs in one batch: enough for the vectors of the compiled code, little for the memory.
RUNS_AT_ONCE = 4096
Values = dict[str, float]


@dataclass(frozen=True)
class Coalitions:
    """An outcome in every mixture of two pathways.

    Attributes
    ----------
    players : tuple of str
        Instruments in which they differ; bit i of a coalition says that the settings of
        `players[i]` are those of the second.
    values : array, (2**players, draw)
        The outcome; NaN is a date that never comes.
    sound : array of bool, (2**players, draw)
        Which runs ended well.
    """

    players: tuple[str, ...]
    values: Floats
    sound: Truths


def run_coalitions(
    asked: Resolved,
    players: Mapping[str, Sequence[str]],
    outcome: AskedOutcome,
    design: Design | None = None,
) -> Coalitions:
    """An outcome in each coalition of instruments, in single runs or over draws.

    Parameters
    ----------
    asked : Resolved
        Two pathways; the first is where no instrument is changed.
    players : mapping of str to sequence of str
        Ids of constants by instrument.
    outcome : AskedOutcome
    design : Design, optional
        Draws that all coalitions meet; single runs without.
    """
    cases = mixtures(asked, players)
    draws = 1 if design is None else design.size
    step = max(1, RUNS_AT_ONCE // draws)
    starts = range(0, len(cases), step)
    values, sound = np.empty((len(cases), draws)), np.empty((len(cases), draws), bool)
    columns = _columns(asked.model, cases, design)
    blocks: Iterator[int] = progress(iter(starts), total=len(starts), label="Attributing")
    for start in blocks:
        here = slice(start, min(start + step, len(cases)))
        count = here.stop - here.start
        run = _run(asked, {s: _block(c, here, draws) for s, c in columns.items()}, outcome)
        kept = of_trajectories(run, outcome)
        # Where nothing varies in a block, one run stands for all.
        values[here] = np.broadcast_to(kept, count * draws).reshape(count, draws)
        ended = np.broadcast_to(np.asarray(run.status) == 0, count * draws)
        sound[here] = ended.reshape(count, draws)
    return Coalitions(tuple(players), values, sound)


def mixtures(asked: Resolved, players: Mapping[str, Sequence[str]]) -> list[Values]:
    """What each coalition sets, by scalar id: of its players as the second pathway, else the first.

    Parameters
    ----------
    asked : Resolved
    players : mapping of str to sequence of str
    """
    first, second = asked.scenarios
    bit = {scalar: i for i, own in enumerate(players.values()) for scalar in own}
    touched = dict.fromkeys([*first.values, *second.values])

    def owner(scalar: str, coalition: int) -> Scenario:
        return second if scalar in bit and coalition >> bit[scalar] & 1 else first

    return [
        {
            scalar: values[scalar]
            for scalar in touched
            for values in (owner(scalar, coalition).values,)
            if scalar in values
        }
        for coalition in range(1 << len(players))
    ]


# A constant of all runs: one number; one of each coalition, (n,); or of each in each draw, (n, d).
_Column = float | Floats


def _columns(model: Model, cases: Sequence[Values], design: Design | None) -> dict[str, _Column]:
    """What every coalition and draw sets, as small as it can be said."""
    if design is None:
        every = dict.fromkeys(scalar for case in cases for scalar in case)
        own = model.constants
        return {s: _shortest(np.array([case.get(s, own[s]) for case in cases])) for s in every}
    fixed, drawn = sweep_draws(model, design, cases)
    rows = design.values
    columns: dict[str, _Column] = {}
    for scalar in fixed[0]:
        settled = np.array([values[scalar] for values in fixed])
        places = [own.get(scalar) for own in drawn]
        if all(place is None for place in places):
            columns[scalar] = _shortest(settled)
        else:
            columns[scalar] = _drawn_column(settled, places, rows)
    return columns


def _drawn_column(settled: Floats, places: Sequence[int | None], rows: Floats) -> Floats:
    """A constant that some coalitions draw: their draws, and the value settled in the others."""
    column = np.repeat(settled[:, None], len(rows), axis=1)
    for case, place in enumerate(places):
        if place is not None:
            column[case] = np.where(np.isnan(rows[:, place]), settled[case], rows[:, place])
    return column


def _shortest(values: Floats) -> _Column:
    # What is alike in all runs goes in as one number, which an engine computes with once.
    return float(values[0]) if (values == values[0]).all() else values


def _block(column: _Column, here: slice, draws: int) -> float | Floats:
    if isinstance(column, float):
        return column
    mine = column[here]
    return np.repeat(mine, draws) if mine.ndim == 1 else mine.ravel()


def _run(
    asked: Resolved, parameters: Mapping[str, float | Floats], outcome: AskedOutcome
) -> engine.Trajectories:
    reduction = reduction_of(outcome)
    times = list(reduction.years) if isinstance(reduction, At) else None
    return engine.Batch().run(
        asked.model.system,
        parameters=dict(parameters),
        outputs=list(outcome.expression.scalars),
        controls=asked.controls,
        times=times,
    )


def refuse_broken(coalitions: Coalitions, names: Sequence[str]) -> None:
    """Refuse single runs that broke down: their parts would be no numbers.

    Raises
    ------
    InputError
    """
    broken = np.flatnonzero(~coalitions.sound[:, 0])
    if len(broken):
        inside = [p for i, p in enumerate(coalitions.players) if broken[0] >> i & 1]
        raise InputError(
            f"The run of `{names[0]}` with {', '.join(inside) or 'nothing'} of `{names[1]}` breaks "
            "down.",
            cure="Take settings back towards their defaults, one at a time.",
        )
