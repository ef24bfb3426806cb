"""Which controls move nothing that is shown under a pathway: a slider that is still must say so."""

from collections.abc import Mapping, Sequence

import numpy as np

from buildout.inputs.model import Model
from buildout.inputs.resolve import side_by_side_values
from buildout.page.controls import Control, choices_of
from buildout.page.views import VIEWS
from buildout.vensim.arrays import Floats
from buildout.vensim.engine import Batch

#: A line that moves by less than this share of its height is still to the eye: less than half a
#: pixel of a chart.
STILL = 1e-3
_SAID = "Under this pathway no line moves by a thousandth of its height, from end to end."

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


def control_effects(
    model: Model, pathways: Sequence[Values], controls: Sequence[Control]
) -> Floats:
    """How far the lines of the page move when each control alone goes to its ends.

    Parameters
    ----------
    model : Model
    pathways : sequence of mapping
        What each sets, by scalar id.
    controls : sequence of Control

    Returns
    -------
    array, (pathway, control), Dmnl
        The largest move of any line at any saved date, as a share of the line's height.
    """
    ends = {c.name: _tried(model, c) for c in controls}
    cases = [
        case
        for values in pathways
        for case in (
            values,
            *(moved_values(c, value, values) for c in controls for value in ends[c.name]),
        )
    ]
    scalars = [model.scalars(series.name) for view in VIEWS for series in view.series]
    run = Batch().run(
        model.system,
        side_by_side_values(model, cases),
        outputs=list(dict.fromkeys(scalar for line in scalars for scalar in line)),
    )
    lines = np.array([sum(run[scalar] for scalar in line) for line in scalars])
    effects = np.zeros((len(pathways), len(controls)))
    place = 0
    for p in range(len(pathways)):
        before = lines[:, :, place]
        height = np.maximum(np.abs(before).max(axis=1, keepdims=True), 1e-12)
        place += 1
        for c, control in enumerate(controls):
            count = len(ends[control.name])
            moved = lines[:, :, place : place + count]
            place += count
            effects[p, c] = np.nanmax(np.abs(moved - before[:, :, None]) / height[:, :, None])
    return effects


def idle_controls(
    model: Model, pathways: Sequence[Values], controls: Sequence[Control]
) -> list[dict[str, str]]:
    """For each pathway a sentence on each control that moves no line of the page."""
    effects = control_effects(model, pathways, controls)
    return [
        {c.name: _SAID for c, effect in zip(controls, row, strict=True) if effect < STILL}
        for row in effects
    ]


def _tried(model: Model, control: Control) -> list[float]:
    choices = choices_of(model, control)
    if choices is None:
        return [control.low, control.high]
    return [float(choice["value"]) for choice in choices]
