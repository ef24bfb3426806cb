"""Which numbers of a run are decided by rounding, measured by the model itself.

Engines add up in another order, so their numbers differ in the last digit; where amounts cancel or
a model turns small differences up, what differs may be as large as the number. The model is run
with each constant moved by one to three units of its last place: a number that this moves is not
determined by the model's text, and no engine can be held to it.
"""

import numpy as np

from buildout.vensim import engine
from buildout.vensim.engine.ir.system import System

_RUNS = 16
_LAST_PLACE = float(np.finfo(float).eps)


def moved(system: System, controls: dict[str, float] | None = None) -> np.ndarray:
    """By how much rounding has moved each number of a run, at most, so far: outputs x times."""
    rng = np.random.default_rng(0)
    # Whole numbers are switches and dates: beside them lies another model, not another rounding.
    parts = {
        name: value * (1 + _LAST_PLACE * rng.choice([-3, -2, -1, 1, 2, 3], _RUNS))
        for name, value in system.constants.items()
        if name in system.settable and not float(value).is_integer()
    }
    plain = engine.Batch(threads=1).run(system, controls=controls or {}).values
    if not parts:
        return np.zeros(plain.shape[:2])
    runs = engine.Batch(threads=1).run(system, parts, controls=controls or {}).values
    with np.errstate(invalid="ignore"):
        moves = np.nan_to_num(np.abs(runs - plain), nan=0.0).max(axis=2)
    # What is left of amounts that cancel is zero at times, in all runs but the next engine's.
    return np.maximum.accumulate(moves, axis=1)
