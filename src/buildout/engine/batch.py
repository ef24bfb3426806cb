"""The batch engine: many runs at once, compiled from the plan of a model."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from buildout.engine import emit_numpy
from buildout.engine.contract import (
    DELAY_ORDER,
    FLOOR_TOLERANCE,
    NEGATIVE_STOCK,
    NON_FINITE,
    Parameters,
    Request,
    Trajectories,
    request,
)
from buildout.engine.plan import plan
from buildout.engine.system import System


@dataclass(frozen=True)
class Batch:
    """Runs a model for many sets of parameters at once.

    Attributes
    ----------
    threads : int, optional
        How many cores to use; all by default.
    backend : str
        "llvm", compiled to machine code, or "numpy", which needs no compiler.
    block : int, optional
        Runs computed together; by default what suits the processor's memory. Results do not
        depend on it.
    """

    threads: int | None = None
    backend: str = "numpy"
    block: int | None = None

    def run(
        self,
        system: System,
        parameters: Parameters | None = None,
        outputs: Iterable[str] | None = None,
        controls: Mapping[str, float] | None = None,
        times: Sequence[float] | None = None,
        initial_state: Parameters | None = None,
    ) -> Trajectories:
        """Run a model.

        Parameters
        ----------
        system : System
        parameters : dict of str to float or array (n_runs,), optional
            Constants of the model to replace, by name ("labor", all elements), by name with
            subscripts ("labor[US]") or by scalar id. Later entries win.
        outputs : iterable of str, optional
            Names or scalar ids; by default all variables.
        controls : dict of str to float, optional
            Replaces initial_time, final_time, time_step or saveper.
        times : sequence of float, optional
            Times to save instead of every `saveper`; each must be one of the time steps.
        initial_state : dict of str to float or array (n_runs,), optional
            Replaces initial values of stocks and hidden states (`System.states`).

        Returns
        -------
        Trajectories

        Raises
        ------
        UnknownNameError
            For a name the model does not have; the message gives the nearest ones.
        InputError
            For values of the wrong shape, or times off the grid.
        """
        asked = request(system, parameters, outputs, controls, times, initial_state)
        return _run_numpy(system, asked, self.block or 2048)


@functools.lru_cache(maxsize=8)
def _stepper(sha256: str, outputs: tuple[str, ...], make) -> tuple:
    return make()


def _run_numpy(system: System, asked: Request, block: int) -> Trajectories:
    chosen = plan(system, outputs=asked.outputs)
    run = emit_numpy.stepper(chosen)
    clock = asked.clock
    places = np.full(len(clock.steps), -1)
    places[clock.saved] = np.arange(len(clock.saved))
    values = np.empty((len(asked.outputs), len(clock.saved), asked.runs))
    status = np.zeros(asked.runs, dtype=np.int8)
    known = dict(zip(chosen.parameters, map(np.float64, chosen.defaults), strict=True))
    known |= {name: np.float64(value) for name, value in clock.controls.items()}
    steps = [np.float64(t) for t in clock.steps]
    with np.errstate(all="ignore"):
        for start in range(0, asked.runs, block):
            part = slice(start, start + block)
            low, states, short = run(
                known | _part(asked.parameters, part),
                _part(asked.state, part),
                steps,
                places,
                values[:, :, part],
            )
            finite = np.isfinite(values[:, :, part]).all(axis=(0, 1))
            for state in states:
                finite &= np.isfinite(state)
            status[part][low < -FLOOR_TOLERANCE] = NEGATIVE_STOCK
            status[part][~finite] = NON_FINITE
            status[part][short] = DELAY_ORDER
    return Trajectories(asked.outputs, clock.times, values, status)


def _part(values: dict[str, np.ndarray], part: slice) -> dict:
    return {
        name: np.float64(value[0]) if len(value) == 1 else value[part]
        for name, value in values.items()
    }
