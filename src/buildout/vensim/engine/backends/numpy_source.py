"""A plan as Python source over NumPy arrays, one number or one array of runs per value."""

import math
from collections.abc import Callable

import numpy as np

from buildout.vensim.engine.ir.expressions import (
    ARITHMETIC,
    COMPARISONS,
    LOGIC,
    SMALL,
    Expression,
    children,
    interpolate,
    slope,
)
from buildout.vensim.engine.ir.schedule import Plan, update_of

_INFIX = frozenset({"+", "-", "*", "/", *COMPARISONS})


class Source:
    """Python source under construction, and the names it uses.

    Scalar ids may hold any sign, so each gets a short Python name of its own, and no text of the
    model stands in the source.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, str] = {}
        self.tables: dict[tuple, str] = {}

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

    def compile(self, function: str) -> Callable:
        scope = {"np": np, "lookup": interpolate, "slope": slope, "ids": [*self.names]}
        scope |= {name: table for table, name in self.tables.items()}
        exec(compile("\n".join(self.lines), "<plan>", "exec"), scope)
        return scope[function]


def stepper(plan: Plan) -> Callable:
    """Compile a plan to a function that runs it.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    callable
        Takes parameters (dict of name to number or array of runs), replaced states (likewise),
        steps, places in the result by step (or -1), the result array to fill, and gives the
        lowest value of the states that must not be negative, the final states, and whether any
        delay is too short.
    """
    source = Source()
    source.add("def run(parameters, replaced, steps, places, out):", 0)
    source.add("zeros = np.zeros(out.shape[-1])")
    source.add("t, dt = steps[0], parameters['time_step']")
    _starting(source, plan)
    source.add("last = len(steps) - 1")
    source.add("for k in range(last + 1):")
    source.add("t = steps[k]", 2)
    source.assign(plan.per_time, 2)
    source.assign(plan.core, 2)
    source.add("if places[k] >= 0:", 2)
    source.add("row = places[k]", 3)
    source.assign(plan.diagnostic, 3)
    for place, formula in enumerate(plan.outputs.values()):
        source.add(f"out[{place}, row] = {source.text(formula)}", 3)
    _updating(source, plan)
    states = ", ".join(source.name(state) for state in plan.states)
    source.add(f"return low, [{states}], short")
    return source.compile("run")


def _starting(source: Source, plan: Plan) -> None:
    for scalar in plan.parameters:
        source.add(f"{source.name(scalar)} = parameters[{source.key(scalar)}]")
    source.assign(plan.per_run)
    for scalar, formula in plan.initial:
        source.add(f"{source.name(scalar)} = {source.text(formula)}")
        if scalar in plan.states:
            name = source.name(scalar)
            source.add(f"{name} = replaced.get({source.key(scalar)}, {name}) + zeros")
    source.add("short = zeros > 0")
    for order, delay in plan.checks:
        source.add(f"short = short | ({order} * dt > {source.text(delay)})")
    for scalar, delay in plan.delays.items():
        name = source.name(scalar)
        # As PySD: at least one step, rounded half up.
        source.add(f"length = np.maximum({source.text(delay)} / dt, 1) + zeros")
        source.add(f"length = np.where(length < 1e9, length + {0.5 + SMALL!r}, 1e9)")
        source.add(f"pipe_{name} = length.astype(int)")
        source.add(f"first_{name}, past_{name} = {name}, np.zeros((len(steps), len(zeros)))")
    lows = [source.name(state) for state in plan.floors]
    source.add("low = zeros" + "".join(f"; low = np.minimum(low, {name})" for name in lows))


def _updating(source: Source, plan: Plan) -> None:
    source.add("if k == last:", 2)
    source.add("break", 3)
    kinds = dict(zip(plan.states, plan.kinds, strict=True))
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
    for scalar in plan.floors:
        source.add(f"low = np.minimum(low, {source.name(scalar)})", 2)
