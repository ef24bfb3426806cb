"""A model as a differential equation, for integrators other than Euler's."""

from collections.abc import Iterable, Mapping

import numpy as np

from buildout.errors import InputError, UnsupportedError
from buildout.vensim.arrays import Floats
from buildout.vensim.engine.backends.llvm import machine
from buildout.vensim.engine.backends.llvm.vectors import LANES
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import Parameters, constant_values, control_values


class RightHandSide:
    """Rates of change of all stocks of a model, `f(t, y)`, as SciPy's integrators take it.

    Attributes
    ----------
    names : tuple of str
        Scalar ids of the stocks, hidden ones of delays and smooths included, in the order of `y`.
    y0 : array, (n_stocks,)
        Initial values.
    t0, t1 : float
        Initial and final time.

    Notes
    -----
    Not for use from several threads at once. The equations jump where conditions change
    (STEP, IF THEN ELSE), so an integrator should be restarted there.
    """

    def __init__(
        self, code: machine.Machine, controls: dict[str, float], parameters: dict[str, float]
    ):
        self._code, self.t0, self.t1 = code, controls["initial_time"], controls["final_time"]
        kernel = code.kernel
        self.names = tuple(name for name, _ in kernel.stocks)
        self._stocks = np.array([slot for _, slot in kernel.stocks], dtype=int)
        self._rates = np.array(kernel.rates, dtype=int)
        self._values = machine.aligned((kernel.size, LANES))
        self._values[:] = 0.0
        given = dict(zip(kernel.parameters, kernel.defaults, strict=True))
        given |= controls | parameters
        for name, value in given.items():
            self._values[kernel.slots[name]] = value
        self._values[0] = self.t0
        code.step("begin", self._values)
        self.y0 = self._values[self._stocks, 0]

    def __call__(self, t: float, y: Floats) -> Floats:
        """Rates of change at time `t` and stocks `y`, (n_stocks,)."""
        self._put(t, y)
        self._code.step("step", self._values)
        rates: Floats = self._values[self._rates, 0]
        return rates

    def outputs(self, t: float, y: Floats, names: Iterable[str]) -> Floats:
        """Values of variables, by scalar id, at time `t` and stocks `y`."""
        self._put(t, y)
        self._code.step("record", self._values)
        slots = np.array([self._code.kernel.outputs[name] for name in names], dtype=int)
        values: Floats = self._values[slots, 0]
        return values

    def _put(self, t: float, y: Floats) -> None:
        self._values[0] = t
        self._values[self._stocks] = np.asarray(y, dtype=float)[:, None]


def right_hand_side(
    system: System,
    parameters: Parameters | None = None,
    controls: Mapping[str, float] | None = None,
) -> RightHandSide:
    """A model as `f(t, y)`, with the names and initial values of `y`.

    Parameters
    ----------
    system : System
    parameters : dict of str to float, optional
        As in `Batch.run`, for one run.
    controls : dict of str to float, optional

    Returns
    -------
    RightHandSide

    Raises
    ------
    UnsupportedError
        When the model has a memory that is no differential equation: DELAY FIXED, SAMPLE IF TRUE.

    Examples
    --------
    >>> from buildout.vensim.engine import load
    >>> system = load('''tank = INTEG(-tank, 8) ~ ~ |
    ... INITIAL TIME = 0 ~ ~ |
    ... FINAL TIME = 1 ~ ~ |
    ... TIME STEP = 1 ~ ~ |
    ... SAVEPER = 1 ~ ~ |''')
    >>> f = right_hand_side(system)
    >>> f.names, f(0.0, f.y0)
    (('tank',), array([-8.]))
    """
    for name, state in system.states.items():
        if state.kind in ("fixed", "sample"):
            function = "DELAY FIXED" if state.kind == "fixed" else "SAMPLE IF TRUE"
            raise UnsupportedError(
                f"`{name.split('#')[0]}` uses `{function}`, which is not a differential equation.",
                cure="Use `DELAY3`, or run the model with `Batch`.",
            )
    values = constant_values(system, parameters)
    if runs := max(map(len, values.values()), default=1) - 1:
        raise InputError(
            f"Parameters for {runs + 1} runs are given.", "One number for each is accepted."
        )
    return RightHandSide(
        machine.rates_machine(system),
        control_values(system, controls),
        {name: float(value[0]) for name, value in values.items()},
    )
