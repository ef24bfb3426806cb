"""What goes into an engine and what comes out, the same for all engines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from buildout._util import names
from buildout.errors import InputError, UnknownNameError, UnsupportedError
from buildout.vensim.arrays import Codes, Floats, Integers
from buildout.vensim.engine.ir.system import CONTROLS, System
from buildout.vensim.engine.price import TIME_TOLERANCE, priced, steps_of

#: Outcome of a run, by its number in `Trajectories.status`; the first that applies counts.
STATUS = {
    0: "ok",
    1: "non_finite",
    2: "negative_stock",
    3: "delay_order",
}
OK, NON_FINITE, NEGATIVE_STOCK, DELAY_ORDER = STATUS

#: A stock that the model declares not to be negative may be so by this much: what Vensim calls
#: zero, and well above what rounding does to stocks of up to a million units.
FLOOR_TOLERANCE = 1e-6

Parameters = Mapping[str, float | Sequence[float] | Floats]
Times = Sequence[float] | Floats


@dataclass(frozen=True, repr=False)
class Trajectories:
    """Results of a batch of runs.

    Attributes
    ----------
    outputs : tuple of str
        Scalar ids.
    times : array, (n_times,)
    values : array, (n_outputs, n_times, n_runs)
        Where arithmetic leaves the range of numbers, infinite or NaN (all NaN if PySD stopped);
        all NaN for runs of status "delay_order".
    status : array of int8, (n_runs,)
        See `STATUS`: "non_finite" when an output is infinite or NaN at a saved time, or any state
        of the model at the end, "negative_stock" when any stock whose unit in the model carries a
        lower limit of zero falls below it at any time step, "delay_order" when a material delay is
        shorter than its order times the time step. Which outputs are asked for, and at which
        times, leaves out no state: a run that breaks down is told whatever one looks at.
    """

    outputs: tuple[str, ...]
    times: Floats
    values: Floats
    status: Codes

    def __repr__(self) -> str:
        counts = "{} outputs, {} times, {} runs".format(*self.values.shape)
        return f"Trajectories({counts}, {int((self.status != 0).sum())} not sound)"

    def __getitem__(self, output: str) -> Floats:
        """Values of one output by scalar id, (n_times, n_runs)."""
        try:
            series: Floats = self.values[self.outputs.index(output)]
            return series
        except ValueError:
            raise names.unknown("output", output, self.outputs) from None


class Engine(Protocol):
    """What runs a model: `Batch`, `Reference`, or anything that takes and gives the same."""

    def run(
        self,
        system: System,
        parameters: Parameters | None = None,
        outputs: Iterable[str] | None = None,
        controls: Mapping[str, float] | None = None,
        times: Times | None = None,
    ) -> Trajectories:
        """Run a model; see `Batch.run`."""
        ...


@dataclass(frozen=True)
class Clock:
    """The times an engine steps through.

    Attributes
    ----------
    controls : dict of str to float
        initial_time, final_time, time_step, saveper.
    steps : array, (n_steps + 1,)
        Times computed by adding the time step again and again, as PySD and Vensim do.
    saved : array of int
        Places in `steps` of the times to save.
    times : array
        The saved times, rounded as PySD does.
    """

    controls: dict[str, float]
    steps: Floats
    saved: Integers
    times: Floats

    def places(self) -> Integers:
        """Row of the results for each step, -1 for those not saved."""
        places = np.full(len(self.steps), -1)
        places[self.saved] = np.arange(len(self.saved))
        return places


@dataclass(frozen=True)
class Request:
    """Everything about a batch of runs, checked, with names turned into scalar ids.

    Attributes
    ----------
    parameters : dict of str to array
        (n_runs,) where it differs between runs, else a single number, (1,).
    state : dict of str to array
        Initial values that replace the model's, likewise.
    """

    parameters: dict[str, Floats]
    outputs: tuple[str, ...]
    clock: Clock
    state: dict[str, Floats]
    runs: int


def request(
    system: System,
    parameters: Parameters | None = None,
    outputs: Iterable[str] | None = None,
    controls: Mapping[str, float] | None = None,
    times: Times | None = None,
    initial_state: Parameters | None = None,
) -> Request:
    """Check what a caller asks of an engine.

    Raises
    ------
    UnknownNameError
        For a parameter, output, state or control variable the model does not have.
    InputError
        For values that are no numbers or of the wrong shape, times that are not on the grid of
        time steps, and more steps or results than `price` accepts.
    """
    constants = constant_values(system, parameters)
    state = _spread(system, initial_state or {}, system.states, "stock")
    if state and any(kept.kind == "fixed" for kept in system.states.values()):
        raise UnsupportedError(
            "The model has a `DELAY FIXED`, whose content is not part of an initial state.",
            cure="Run it from its own initial time.",
        )
    lengths = {len(value) for value in [*constants.values(), *state.values()]} - {1}
    if len(lengths) > 1:
        raise InputError(
            f"The values given are for {' and '.join(map(str, sorted(lengths)))} runs.",
            "Each is a single number, or an array with one number for each run.",
        )
    chosen = tuple(system.owners if outputs is None else _outputs(system, outputs))
    runs = lengths.pop() if lengths else 1
    when = clock(system, controls, times)
    pipes = sum(kept.kind == "fixed" for kept in system.states.values())
    priced(len(when.steps), len(when.saved), len(chosen), runs, pipes)
    return Request(constants, chosen, when, state, runs)


def constant_values(system: System, parameters: Parameters | None = None) -> dict[str, Floats]:
    """Values given for constants of the model, by scalar id, checked as in `request`."""
    return _spread(system, parameters or {}, system.settable, "constant")


def _spread(
    system: System, given: Parameters, allowed: Iterable[str], kind: str
) -> dict[str, Floats]:
    """Values by scalar id; a name without subscripts stands for all its elements."""
    values: dict[str, Floats] = {}
    known = set(allowed)
    for name, value in given.items():
        array = _array(name, value)
        if array.ndim > 1 or array.size == 0:
            raise InputError(
                f"`{name}` is given an array of shape {array.shape}.",
                "A number, or an array with one number for each run, is accepted.",
            )
        for scalar in system.scalars(name):
            if scalar not in known:
                raise _not_given(name, kind, {system.owners.get(s, s) for s in known})
            values[scalar] = array
    return values


def _not_given(name: str, kind: str, owners: set[str]) -> UnknownNameError:
    close = ", ".join(f"`{owner}`" for owner in names.nearest(name, sorted(owners)))
    return UnknownNameError(
        f"Unknown {kind} {names.quoted(name)}: an equation computes it.",
        f"Nearest: {close}." if close else "",
    )


def _array(name: str, value: object) -> Floats:
    try:
        if value is None:
            # NumPy would take it for NaN.
            raise TypeError
        return np.atleast_1d(np.asarray(value, dtype=float))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"`{name}` is given `{str(value)[:60]}`.",
            "A number, or an array with one number for each run, is accepted.",
        ) from error


def _outputs(system: System, outputs: Iterable[str]) -> dict[str, None]:
    if isinstance(outputs, str):
        raise InputError(f"The outputs are the text `{outputs}`.", "A list of names is accepted.")
    chosen: dict[str, None] = {}
    for name in outputs:
        for scalar in system.scalars(name):
            if scalar not in system.owners and scalar not in system.states:
                raise names.unknown("output", name, system.owners)
            chosen[scalar] = None
    return chosen


def clock(
    system: System,
    controls: Mapping[str, float] | None = None,
    times: Times | None = None,
) -> Clock:
    """The steps of a run and which of them are saved.

    Parameters
    ----------
    system : System
    controls : mapping of str to float, optional
        Replaces control variables of the model, by name.
    times : sequence of float, optional
        Times to save instead of every `saveper`; each must be one of the steps.
    """
    known = control_values(system, controls)
    step = known["time_step"]
    # One addition after the other, as PySD does, up to the first time that is not before the end.
    added = np.full(steps_of(known) + 1, step)
    added[0] = known["initial_time"]
    with np.errstate(over="ignore"):
        grid = np.add.accumulate(added)
        before = grid + step * TIME_TOLERANCE < known["final_time"]
    grid = grid[: 1 + np.count_nonzero(before)]
    # PySD's own rule, with its tolerance, so that both engines save the same times.
    since = grid - grid[0]
    near = step * TIME_TOLERANCE
    due = (since % known["saveper"] < near) | (-since % known["saveper"] < near)
    saved = np.flatnonzero(due) if times is None else _places(grid, times, near)
    digits = -int(np.log10(near))
    rounded = np.asarray(np.round(grid[saved], digits), dtype=np.float64)
    return Clock(known, grid, saved, rounded)


def control_values(system: System, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """All control variables, those given in place of the model's.

    Raises
    ------
    UnknownNameError
        For a name that is no control variable.
    InputError
        For a value that is no number, a step that is not above zero, or an end before the start.
    """
    given = given or {}
    known = dict(system.controls)
    for name, value in given.items():
        key = names.key(name)
        if key not in CONTROLS:
            raise names.unknown("control variable", name, CONTROLS)
        number = _array(key, value)
        if number.shape != (1,) or not np.isfinite(number[0]):
            raise InputError(f"The control variable `{key}` is {value}.", "A number is accepted.")
        known[key] = float(number[0])
    if system.saves_every_step and "saveper" not in map(names.key, given):
        known["saveper"] = known["time_step"]
    if known["time_step"] <= 0 or known["saveper"] <= 0:
        raise InputError("`time_step` and `saveper` must be greater than zero.")
    if known["final_time"] < known["initial_time"]:
        raise InputError(
            f"`final_time` {known['final_time']:g} is before `initial_time` "
            f"{known['initial_time']:g}."
        )
    return known


def _places(grid: Floats, times: Times, near: float) -> Integers:
    wanted = _array("times", times)
    if wanted.ndim > 1 or not wanted.size:
        raise InputError(
            f"The times to save are an array of shape {wanted.shape}.", "A list is accepted."
        )
    places = np.clip(np.searchsorted(grid, wanted - near), 0, len(grid) - 1)
    off = ~(np.abs(grid[places] - wanted) <= near)
    if off.any():
        raise InputError(
            f"The time {wanted[off][0]:g} is not one of the time steps.",
            f"Times from {grid[0]:g} to {grid[-1]:g} in steps of {grid[1] - grid[0]:g} are."
            if len(grid) > 1
            else f"Only {grid[0]:g} is.",
        )
    return places
