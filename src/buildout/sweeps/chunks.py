"""Some draws at a time: run, reduce, forget the trajectories."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from buildout.sweeps.reductions import Field
from buildout.sweeps.request import Output, SweepRequest
from buildout.vensim.engine import Engine

# First draw, the one after the last, and arrays by name.
Chunk = tuple[int, int, dict[str, np.ndarray]]
Span = tuple[int, int]

STATUS_NAME = "status"
DRAWN = "drawn"


@dataclass(frozen=True)
class Spans:
    """First draw of each chunk and the one after its last: a rule, since a sweep may have many.

    Attributes
    ----------
    draws : int
    step : int
        Draws in a chunk; the last may have fewer.
    """

    draws: int
    step: int

    def __len__(self) -> int:
        return -(-self.draws // self.step)

    def __getitem__(self, number: int) -> Span:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return number * self.step, min((number + 1) * self.step, self.draws)

    def __iter__(self) -> Iterator[Span]:
        return (self[number] for number in range(len(self)))


def run_chunk(
    request: SweepRequest, engine: Engine, start: int, stop: int
) -> dict[str, np.ndarray]:
    """All that is kept of some draws.

    Parameters
    ----------
    request : SweepRequest
    engine : Batch or Reference
    start, stop : int
        First draw, and the one after the last.

    Returns
    -------
    dict of str to array
        For each field of the request (pathway, draw, subscripts..., dates); the status (pathway,
        draw), 0 for a sound run; the values drawn (draw, parameter). A draw that breaks down keeps
        what it gave until then.
    """
    draws = request.design.rows(start, stop)
    kept: dict[str, np.ndarray] = {
        name: np.empty(shape, kind)
        for name, (shape, kind) in chunk_shapes(request, stop - start).items()
    }
    if request.keeps_draws:
        kept[DRAWN] = draws
    for p in range(len(request.pathways)):
        run = engine.run(
            request.model.system,
            parameters=_parameters(request, p, draws),
            outputs=list(request.scalars),
            controls=request.controls,
            # An array serves as well.
            times=cast(Sequence[float], request.times),
        )
        # A pathway that settles all that is drawn has one run for all draws, repeated here.
        kept[STATUS_NAME][p] = run.status
        rows = {scalar: i for i, scalar in enumerate(run.outputs)}
        for name, values in _reduced(request, run.values, rows):
            kept[name][p] = values
    return kept


def chunk_shapes(request: SweepRequest, draws: int) -> dict[str, tuple[tuple[int, ...], type]]:
    """Shape and kind of number of every array of a chunk of so many draws."""
    pathways = len(request.pathways)
    shapes: dict[str, tuple[tuple[int, ...], type]] = {
        name: ((pathways, draws, *output.shape, *_dates(field)), field.dtype)
        for name, (output, field) in request.fields.items()
    }
    shapes[STATUS_NAME] = (pathways, draws), np.int8
    if request.keeps_draws:
        shapes[DRAWN] = (draws, len(request.design.names)), float
    return shapes


def _dates(field: Field) -> tuple[int, ...]:
    return (len(field.axis),) if field.axis else ()


def _parameters(request: SweepRequest, p: int, draws: np.ndarray) -> dict[str, float | np.ndarray]:
    own = request.settings[p]
    # NaN leaves a constant as the pathway has it.
    drawn = {
        scalar: np.where(np.isnan(draws[:, j]), own[scalar], draws[:, j])
        for scalar, j in request.drawn[p].items()
    }
    # What is alike in all draws goes in as one number, which an engine computes with once.
    return own | drawn


def _reduced(
    request: SweepRequest, values: np.ndarray, rows: dict[str, int]
) -> Iterator[tuple[str, np.ndarray]]:
    """Each field's name and its values, (draw, subscripts..., dates)."""
    fields = iter(request.fields)
    for output in request.outputs:
        mine = values[[rows[scalar] for scalar in output.scalars]]
        for reduction in output.reductions:
            for result in reduction.reduce(request.times, mine):
                yield next(fields), np.moveaxis(placed(output, result), -1, 0)


def placed(output: Output, result: np.ndarray) -> np.ndarray:
    """Results of scalars (scalar, ...) where their elements say, (subscripts..., ...)."""
    missing = False if result.dtype == bool else np.nan
    full = np.full((math.prod(output.shape), *result.shape[1:]), missing, result.dtype)
    full[list(output.places)] = result
    return full.reshape(*output.shape, *result.shape[1:])
