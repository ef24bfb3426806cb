"""Running a request with NumPy: no compiler needed, good for few variables and many runs.

A schedule becomes Python source over arrays, one number or one array of runs per value, which is
compiled once and run block by block.
"""

import functools
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from buildout.vensim.arrays import AnyArray, Floats
from buildout.vensim.engine.ir.expressions import (
    ARITHMETIC,
    COMPARISONS,
    LOGIC,
    SMALL,
    Expression,
    Points,
    Real,
    children,
    interpolate,
    slope,
)
from buildout.vensim.engine.ir.schedule import Schedule, schedule, update_of
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import (
    DELAY_ORDER,
    FLOOR_TOLERANCE,
    NEGATIVE_STOCK,
    NON_FINITE,
    Request,
    Trajectories,
)

#: What a schedule is compiled to: see `_stepper`.
Stepper: TypeAlias = Callable[..., tuple[Floats, list[Real], AnyArray]]

#: Numbers held at a time when not told otherwise (128 MB), and most runs at a time: larger blocks
#: spend less on Python, until values no longer fit the processor's memory.
_NUMBERS, _MOST_RUNS = 2**24, 8192


@functools.lru_cache(maxsize=16)
def _compiled(system: System, outputs: tuple[str, ...]) -> tuple[Schedule, Stepper]:
    chosen = schedule(system, outputs=outputs)
    return chosen, _stepper(chosen)


def run_numpy(system: System, asked: Request, block: int | None) -> Trajectories:
    """Run a request block by block (see `Batch.run`)."""
    chosen, step_through = _compiled(system, asked.outputs)
    clock = asked.clock
    places = clock.places()
    values = np.empty((len(asked.outputs), len(clock.saved), asked.runs))
    status = np.zeros(asked.runs, dtype=np.int8)
    known: dict[str, Real] = dict(
        zip(chosen.parameters, map(np.float64, chosen.defaults), strict=True)
    )
    known |= {name: np.float64(value) for name, value in clock.controls.items()}
    steps = [np.float64(t) for t in clock.steps]
    held = len(chosen.per_run) + len(chosen.core) + len(chosen.diagnostic) + len(chosen.states)
    size = block or max(1, min(_MOST_RUNS, _NUMBERS // (held + 1)))
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


def _part(values: dict[str, Floats], part: slice) -> dict[str, Real]:
    return {
        name: np.float64(value[0]) if len(value) == 1 else value[part]
        for name, value in values.items()
    }


# -- source ------------------------------------------------------------------------------------

_INFIX = frozenset({"+", "-", "*", "/", *COMPARISONS})


class _Source:
    """Python source under construction, and the names it uses.

    Scalar ids may hold any sign, so each gets a short Python name of its own, and no text of the
    model stands in the source.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, str] = {}
        self.tables: dict[Points, str] = {}

    def name(self, scalar: str) -> str:
        return self.names.setdefault(scalar, f"v{len(self.names)}")

    def key(self, scalar: str) -> str:
        """Where `compile` finds the id itself."""
        return f"ids[{int(self.name(scalar)[1:])}]"

    def text(self, node: Expression) -> str:
        """One expression as Python."""
        head = node[0]
        if head == "c":
            return repr(node[1]) if math.isfinite(node[1]) else f"np.float64('{node[1]}')"
        if head == "t":
            return "t"
        if head == "v":
            return self.name(node[1])
        arguments = [self.text(child) for child in children(node)]
        if head in ("lookup", "slope"):
            table = self.tables.setdefault(node[1], f"table{len(self.tables)}")
            return f"{head}({arguments[0]}, {table})"
        if head in _INFIX:
            return f"({arguments[0]} {head} {arguments[1]})"
        function = "where" if head == "if" else (ARITHMETIC | LOGIC)[head].__name__
        return f"np.{function}({', '.join(arguments)})"

    def add(self, line: str, depth: int = 1) -> None:
        self.lines.append("    " * depth + line)

    def assign(self, code: list[tuple[str, Expression]], depth: int = 1) -> None:
        for scalar, formula in code:
            self.add(f"{self.name(scalar)} = {self.text(formula)}", depth)

    def compile(self, function: str) -> Stepper:
        scope: dict[str, Any] = {
            "np": np,
            "lookup": interpolate,
            "slope": slope,
            "ids": [*self.names],
        }
        scope |= {name: table for table, name in self.tables.items()}
        exec(compile("\n".join(self.lines), "<schedule>", "exec"), scope)
        compiled: Stepper = scope[function]
        return compiled


def _stepper(chosen: Schedule) -> Stepper:
    """Compile a schedule to a function that runs it.

    Parameters
    ----------
    chosen : Schedule

    Returns
    -------
    callable
        Takes parameters (dict of name to number or array of runs), replaced states (likewise),
        steps, places in the result by step (or -1), the result array to fill, and gives the
        lowest value of the states that must not be negative, the final states, and whether any
        delay is too short.
    """
    source = _Source()
    source.add("def run(parameters, replaced, steps, places, out):", 0)
    source.add("zeros = np.zeros(out.shape[-1])")
    source.add("t, dt = steps[0], parameters['time_step']")
    _starting(source, chosen)
    source.add("last = len(steps) - 1")
    source.add("for k in range(last + 1):")
    source.add("t = steps[k]", 2)
    source.assign(chosen.per_time, 2)
    source.assign(chosen.core, 2)
    source.add("if places[k] >= 0:", 2)
    source.add("row = places[k]", 3)
    source.assign(chosen.diagnostic, 3)
    for place, formula in enumerate(chosen.outputs.values()):
        source.add(f"out[{place}, row] = {source.text(formula)}", 3)
    _updating(source, chosen)
    states = ", ".join(source.name(state) for state in chosen.states)
    source.add(f"return low, [{states}], short")
    return source.compile("run")


def _starting(source: _Source, chosen: Schedule) -> None:
    for scalar in chosen.parameters:
        source.add(f"{source.name(scalar)} = parameters[{source.key(scalar)}]")
    source.assign(chosen.per_run)
    for scalar, formula in chosen.initial:
        source.add(f"{source.name(scalar)} = {source.text(formula)}")
        if scalar in chosen.states:
            name = source.name(scalar)
            source.add(f"{name} = replaced.get({source.key(scalar)}, {name}) + zeros")
    source.add("short = zeros > 0")
    for order, delay in chosen.checks:
        source.add(f"short = short | ({order} * dt > {source.text(delay)})")
    for scalar, delay in chosen.delays.items():
        name = source.name(scalar)
        # As PySD: at least one step, rounded half up.
        source.add(f"length = np.maximum({source.text(delay)} / dt, 1) + zeros")
        source.add(f"length = np.where(length < 1e9, length + {0.5 + SMALL!r}, 1e9)")
        source.add(f"pipe_{name} = length.astype(int)")
        source.add(f"first_{name}, past_{name} = {name}, np.zeros((len(steps), len(zeros)))")
    lows = [source.name(state) for state in chosen.floors]
    source.add("low = zeros" + "".join(f"; low = np.minimum(low, {name})" for name in lows))


def _updating(source: _Source, chosen: Schedule) -> None:
    source.add("if k == last:", 2)
    source.add("break", 3)
    kinds = dict(zip(chosen.states, chosen.kinds, strict=True))
    for scalar, kind in kinds.items():
        name, following = source.name(scalar), source.name(update_of(scalar))
        if kind == "flow":
            source.add(f"{name} = {name} + {following} * dt", 2)
        elif kind == "sample":
            source.add(f"{name} = {following} + zeros", 2)
        elif kind == "fixed":
            source.add(f"past_{name}[k] = {following}", 2)
            source.add(f"from_{name} = k + 1 - pipe_{name}", 2)
            source.add(
                f"{name} = np.where(from_{name} >= 0, "
                f"past_{name}[np.maximum(from_{name}, 0), np.arange(len(zeros))], first_{name})",
                2,
            )
    for scalar in chosen.floors:
        source.add(f"low = np.minimum(low, {source.name(scalar)})", 2)
