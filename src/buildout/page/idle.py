"""Which controls move nothing that is shown under a pathway: a slider that is still must say so."""

from collections.abc import Mapping, Sequence

import numpy as np

from buildout.inputs.model import Model
from buildout.inputs.resolve import side_by_side_values
from buildout.page.controls import Control
from buildout.page.views import VIEWS
from buildout.vensim.arrays import Floats
from buildout.vensim.engine import Batch

#: A line that moves by less than this share of its height is still to the eye: less than half a
#: pixel of a chart.
STILL = 1e-3
_SAID = (
    "With the other levers as this pathway has them no line moves by a thousandth of its height, "
    "from end to end."
)

Values = Mapping[str, float]


def moved_values(
    control: Control, value: float, values: Values, own: Values | None = None
) -> dict[str, float]:
    """What a run takes when a control is moved: its companions too, unless the pathway sets them.

    Parameters
    ----------
    control : Control
    value : float
    values : mapping of str to float
        In force before, by scalar id.
    own : mapping, optional
        What the pathway sets; `values` without.
    """
    settled = values if own is None else own
    also = {scalar: given for scalar, given in control.also.items() if scalar not in settled}
    return {**values, **also, **dict.fromkeys(control.scalars, value)}


def lines_when_moved(
    model: Model, pathways: Sequence[Values], controls: Sequence[Control]
) -> Floats:
    """Every line of the page under each pathway as it is, and with each control at either end.

    Parameters
    ----------
    model : Model
    pathways : sequence of mapping
        What each sets, by scalar id.
    controls : sequence of Control

    Returns
    -------
    array, (pathway, control, 3, line, time), each line in its chart's unit
        As it is, the control at its low end, at its high end.
    """
    cases = [
        case
        for values in pathways
        for case in (
            values,
            *(moved_values(c, end, values) for c in controls for end in (c.low, c.high)),
        )
    ]
    scalars = [model.scalars(series.name) for view in VIEWS for series in view.series]
    run = Batch().run(
        model.system,
        side_by_side_values(model, cases),
        outputs=list(dict.fromkeys(scalar for line in scalars for scalar in line)),
    )
    lines = np.array([np.sum([run[scalar] for scalar in line], axis=0) for line in scalars])
    by_pathway = np.moveaxis(lines, -1, 0).reshape(len(pathways), -1, *lines.shape[:2])
    moved = by_pathway[:, 1:].reshape(len(pathways), len(controls), 2, *lines.shape[:2])
    own = np.broadcast_to(by_pathway[:, None, :1], (*moved.shape[:2], 1, *lines.shape[:2]))
    return np.concatenate([own, moved], axis=2)


def largest_moves(lines: Floats) -> Floats:
    """How far the line that moves most moves, as a share of its height.

    Parameters
    ----------
    lines : array
        From `lines_when_moved`.

    Returns
    -------
    array, (pathway, control), Dmnl
        Over all dates and both ends.
    """
    own, moved = lines[:, :, :1], lines[:, :, 1:]
    # A line at zero has no height, and any move of it shows.
    height = np.maximum(np.abs(own).max(axis=-1, keepdims=True), np.finfo(float).tiny)
    with np.errstate(invalid="ignore", over="ignore"):
        shares = np.abs(moved - own) / height
    # A run that breaks down is told by its status, and is not one in which nothing moves.
    moves: Floats = np.nan_to_num(shares, nan=np.inf).max(axis=(2, 3, 4))
    return moves


def idle_controls(
    model: Model, pathways: Sequence[Values], controls: Sequence[Control]
) -> list[dict[str, str]]:
    """For each pathway a sentence on each control that moves no line of the page."""
    effects = largest_moves(lines_when_moved(model, pathways, controls))
    return [
        {c.name: _SAID for c, effect in zip(controls, row, strict=True) if effect < STILL}
        for row in effects
    ]
