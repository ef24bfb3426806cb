"""Running a request with NumPy: no compiler needed, good for few variables and many runs."""

import functools

import numpy as np

from buildout.vensim.engine.backends.numpy_source import stepper
from buildout.vensim.engine.ir.schedule import plan
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import (
    DELAY_ORDER,
    FLOOR_TOLERANCE,
    NEGATIVE_STOCK,
    NON_FINITE,
    Request,
    Trajectories,
)

#: Numbers held at a time when not told otherwise (64 MB), and most runs at a time: larger blocks
#: spend less on Python, until values no longer fit the processor's memory.
NUMBERS, MOST_RUNS = 2**23, 8192


@functools.lru_cache(maxsize=16)
def _compiled(system: System, outputs: tuple[str, ...]) -> tuple:
    chosen = plan(system, outputs=outputs)
    return chosen, stepper(chosen)


def run(system: System, asked: Request, block: int | None) -> Trajectories:
    """Run a request block by block (see `Batch.run`)."""
    chosen, step_through = _compiled(system, asked.outputs)
    clock = asked.clock
    places = clock.places()
    values = np.empty((len(asked.outputs), len(clock.saved), asked.runs))
    status = np.zeros(asked.runs, dtype=np.int8)
    known = dict(zip(chosen.parameters, map(np.float64, chosen.defaults), strict=True))
    known |= {name: np.float64(value) for name, value in clock.controls.items()}
    steps = [np.float64(t) for t in clock.steps]
    held = len(chosen.per_run) + len(chosen.core) + len(chosen.diagnostic) + len(chosen.states)
    size = block or max(1, min(MOST_RUNS, NUMBERS // (held + 1)))
    # Arithmetic beyond the range of numbers is reported run by run, by status.
    with np.errstate(all="ignore"):
        for start in range(0, asked.runs, size):
            part = slice(start, start + size)
            given = known | _part(asked.parameters, part)
            replaced = _part(asked.state, part)
            out = values[:, :, part]
            low, states, short = step_through(given, replaced, steps, places, out)
            finite = np.isfinite(out).all(axis=(0, 1))
            for state in states:
                finite &= np.isfinite(state)
            status[part][low < -FLOOR_TOLERANCE] = NEGATIVE_STOCK
            status[part][~finite] = NON_FINITE
            status[part][short] = DELAY_ORDER
            out[:, :, short] = np.nan
    return Trajectories(asked.outputs, clock.times, values, status)


def _part(values: dict[str, np.ndarray], part: slice) -> dict:
    return {
        name: np.float64(value[0]) if len(value) == 1 else value[part]
        for name, value in values.items()
    }
