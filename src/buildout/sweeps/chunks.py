"""Some draws at a time: run, reduce, forget the trajectories."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from buildout.sampling.design import Design
from buildout.sweeps.reductions import Field
from buildout.sweeps.request import Output, Plan

# First draw, the one after the last, and arrays by name.
Block = tuple[int, int, dict[str, np.ndarray]]

STATUS = "status"
DRAWN = "drawn"


def spans(design: Design, block: int) -> list[tuple[int, int]]:
    """First draw of each block, and the one after its last."""
    return [(start, min(start + block, design.size)) for start in range(0, design.size, block)]


def run_block(plan: Plan, engine: Any, start: int, stop: int) -> dict[str, np.ndarray]:
    """All that is kept of some draws.

    Parameters
    ----------
    plan : Plan
    engine : Batch or Reference
    start, stop : int
        First draw, and the one after the last.

    Returns
    -------
    dict of str to array
        For each field of the plan (pathway, draw, subscripts..., dates); the status (pathway,
        draw), 0 for a sound run; the values drawn (draw, parameter). A draw that breaks down keeps
        what it gave until then.
    """
    draws = plan.design.rows(start, stop)
    kept = {
        name: _empty(plan, stop - start, output, field)
        for name, (output, field) in plan.fields.items()
    }
    kept[STATUS] = np.empty((len(plan.pathways), stop - start), np.int8)
    if plan.keeps_draws:
        kept[DRAWN] = draws
    for p in range(len(plan.pathways)):
        run = engine.run(
            plan.model.system,
            parameters=_parameters(plan, p, draws),
            outputs=list(plan.scalars),
            controls=plan.controls,
            times=plan.times,
        )
        # A pathway that settles all that is drawn has one run for all draws, repeated here.
        kept[STATUS][p] = run.status
        rows = {scalar: i for i, scalar in enumerate(run.outputs)}
        for name, values in _reduced(plan, run.values, rows):
            kept[name][p] = values
    return kept


def _parameters(plan: Plan, p: int, draws: np.ndarray) -> dict[str, float | np.ndarray]:
    drawn = {scalar: draws[:, j] for scalar, j in plan.drawn[p].items()}
    # What is alike in all draws goes in as one number, which an engine computes with once.
    return plan.settings[p] | drawn


def _reduced(
    plan: Plan, values: np.ndarray, rows: dict[str, int]
) -> Iterator[tuple[str, np.ndarray]]:
    """Each field's name and its values, (draw, subscripts..., dates)."""
    fields = iter(plan.fields)
    for output in plan.outputs:
        mine = values[[rows[scalar] for scalar in output.scalars]]
        for reduction in output.reductions:
            for result in reduction.reduce(plan.times, mine):
                yield next(fields), np.moveaxis(placed(output, result), -1, 0)


def placed(output: Output, result: np.ndarray) -> np.ndarray:
    """Results of scalars (scalar, ...) where their elements say, (subscripts..., ...)."""
    missing = False if result.dtype == bool else np.nan
    full = np.full((math.prod(output.shape), *result.shape[1:]), missing, result.dtype)
    full[list(output.places)] = result
    return full.reshape(*output.shape, *result.shape[1:])


def _empty(plan: Plan, draws: int, output: Output, field: Field) -> np.ndarray:
    dates = (len(field.axis),) if field.axis else ()
    return np.empty((len(plan.pathways), draws, *output.shape, *dates), field.dtype)
