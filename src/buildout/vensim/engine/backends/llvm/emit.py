"""A schedule as LLVM text: straight vector code for one time step of `LANES` runs.

Values live in one array of slots per group of runs, `LANES` numbers each. A step is cut into
functions of some hundred instructions: a compiler's effort grows faster than the length of a
function, and what is computed in one function is found in its slot by the next. The loops around
(`driver`) are the same for every model.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from buildout.vensim.engine.backends.llvm.driver import DRIVER, SHORT_SLOT, TIME_SLOT
from buildout.vensim.engine.backends.llvm.vector_math import (
    ALL_TRUE,
    INTRINSICS,
    TRUTH,
    VECTOR,
    VECTOR_FUNCTIONS,
    Body,
    function,
    literal,
)
from buildout.vensim.engine.ir.expressions import (
    ONE,
    SMALL,
    ZERO,
    Expression,
    Points,
    children,
    constant,
    variable,
)
from buildout.vensim.engine.ir.schedule import Code, Schedule, update_of

#: Instructions after which a new function is begun.
LENGTH = 300

#: Names of the slots that the driver knows; "@" keeps them apart from scalar ids.
COMMON = ("@time", "@short", "@finite", "@lowest")

#: Steps in a pipe that nothing ever leaves; also for lengths that are not a number.
LONGEST = 1e9

_COMPARE = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}
_PLAIN = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_INTRINSIC = {"sqrt": "sqrt", "abs": "fabs", "trunc": "trunc"}


@dataclass
class SlotTable:
    """Where each value lives: the slot of each name.

    Those in common come first (see `driver`), then "flow" states and their rates, each in one row
    so that an integrator can take them at once, then all others.
    """

    slots: dict[str, int] = field(default_factory=dict)

    def slot(self, name: str) -> int:
        return self.slots.setdefault(name, len(self.slots))

    def row(self, names: Iterable[str]) -> int:
        first = len(self.slots)
        for name in names:
            self.slots[name] = len(self.slots)
        return first


@dataclass(frozen=True)
class Kernel:
    """What a caller must know to run the code of a schedule.

    Attributes
    ----------
    parameters : tuple of str
    defaults : tuple of float
        As in the schedule.
    outputs : dict of str to int
        Slot of each output.
    states, floors : tuple of int
        Slots of all states, and of those that must not be negative.
    slots : dict of str to int
        Slot of each parameter.
    stocks : tuple of str
        Names of the "flow" states.
    flows : tuple of (int, int, int)
        First slot of the stocks, first slot of their rates, and how many there are.
    samples, pipes : list of tuple
        Slots of (state, next value), and of (state, what enters, length).
    size : int
        Number of slots.
    """

    parameters: tuple[str, ...]
    defaults: tuple[float, ...]
    outputs: dict[str, int]
    states: tuple[int, ...]
    floors: tuple[int, ...]
    slots: dict[str, int]
    stocks: tuple[str, ...]
    flows: tuple[int, int, int]
    samples: list[tuple[int, int]]
    pipes: list[tuple[int, int, int]]
    size: int


class _Chunks:
    """Cuts code into functions, `<phase>_1`, `<phase>_2` and so on, and one that calls them all."""

    def __init__(self, phase: str, layout: SlotTable, module: "_Module"):
        self.phase, self.layout, self.module = phase, layout, module
        self.done: list[str] = []
        self._begin()

    def _begin(self) -> None:
        self.body = Body()
        self.values: dict[str, str] = {}

    def assign(self, name: str, formula: Expression) -> None:
        value = self.number(formula)
        self.values[name] = value
        address = self._address(self.layout.slot(name))
        self.body.do(f"store {VECTOR} {value}, ptr {address}, align 64")
        if len(self.body.lines) > LENGTH:
            self._end()

    def _address(self, slot: int) -> str:
        return self.body.put(f"getelementptr {VECTOR}, ptr %v, i64 {slot}")

    def load(self, name: str) -> str:
        if name not in self.values:
            address = self._address(self.layout.slot(name))
            self.values[name] = self.body.put(f"load {VECTOR}, ptr {address}, align 64")
        return self.values[name]

    def _end(self) -> None:
        if self.body.lines:
            name = f"{self.phase}_{len(self.done) + 1}"
            lines = "\n".join(self.body.lines)
            self.done.append(
                f"define internal void @{name}(ptr noalias %v) noinline nounwind {{\n"
                f"{lines}\n  ret void\n}}\n"
            )
        self._begin()

    def text(self) -> str:
        self._end()
        head = f"define void @{self.phase}(ptr noalias %v) noinline nounwind {{\n"
        calls = "".join(
            f"  call void @{self.phase}_{place + 1}(ptr %v)\n" for place in range(len(self.done))
        )
        return "".join([*self.done, head, calls, "  ret void\n}\n"])

    # -- expressions ---------------------------------------------------------------------------

    def number(self, node: Expression) -> str:
        head, body = node[0], self.body
        if head == "c":
            return literal(node[1])
        if head == "t":
            return self.load(COMMON[TIME_SLOT])
        if head == "v":
            return self.load(node[1])
        if head == "if":
            condition = self.truth(node[1])
            return body.pick(condition, self.number(node[2]), self.number(node[3]))
        arguments = [self.number(child) for child in children(node)]
        if head in _PLAIN:
            return body.two(_PLAIN[head], *arguments)
        if head in ("min", "max"):
            return body.low(*arguments) if head == "min" else body.high(*arguments)
        if head == "neg":
            return body.put(f"fneg {VECTOR} {arguments[0]}")
        if head in _INTRINSIC:
            return body.intrinsic(_INTRINSIC[head], *arguments)
        if head in ("lookup", "slope"):
            return body.call(self.module.table(head, node[1]), *arguments)
        return body.call(self.module.function(head), *arguments)

    def truth(self, node: Expression) -> str:
        head, body = node[0], self.body
        if head in _COMPARE:
            left, right = self.number(node[1]), self.number(node[2])
            return body.compare(_COMPARE[head], left, right)
        if head == "not":
            return body.put(f"xor {TRUTH} {self.truth(node[1])}, {ALL_TRUE}")
        return body.put(f"{head} {TRUTH} {self.truth(node[1])}, {self.truth(node[2])}")


class _Module:
    """Functions shared by all chunks: operators and lookups, each written once."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self._tables: dict[tuple[str, Points], str] = {}

    def function(self, operator: str) -> str:
        name = f"v_{operator}"
        if name not in self.parts:
            self.parts[name] = "".join(VECTOR_FUNCTIONS[operator])
        return name

    def table(self, kind: str, points: Points) -> str:
        if (kind, points) not in self._tables:
            name = f"{kind}_{len(self._tables) + 1}"
            self._tables[kind, points] = name
            self.parts[name] = _lookup(name, points) if kind == "lookup" else _slope(name, points)
        return self._tables[kind, points]


def _lookup(name: str, points: Points) -> str:
    """Straight lines between points, flat outside, in the arithmetic of `numpy.interp`."""
    body = Body()
    if len(points) == 1:
        return function(name, 1, body, literal(points[0][1]))
    xs, ys = (np.array(column) for column in zip(*points, strict=True))
    steep = np.diff(ys) / np.diff(xs)
    a, b, c = literal(steep[0]), literal(xs[0]), literal(ys[0])
    for place in range(1, len(steep)):
        beyond = body.compare("oge", "%x", literal(xs[place]))
        a = body.pick(beyond, literal(steep[place]), a)
        b = body.pick(beyond, literal(xs[place]), b)
        c = body.pick(beyond, literal(ys[place]), c)
    value = body.add(body.mul(a, body.sub("%x", b)), c)
    value = body.pick(body.compare("oge", "%x", literal(xs[-1])), literal(ys[-1]), value)
    value = body.pick(body.compare("ole", "%x", literal(xs[0])), literal(ys[0]), value)
    return function(name, 1, body, value)


def _slope(name: str, points: Points) -> str:
    body, value = Body(), literal(0.0)
    xs, ys = (np.array(column) for column in zip(*points, strict=True))
    for x, steep in zip(xs, [*(np.diff(ys) / np.diff(xs)), 0.0], strict=True):
        value = body.pick(body.compare("oge", "%x", literal(x)), literal(steep), value)
    return function(name, 1, body, value)


def kernel(plan: Schedule) -> tuple[Kernel, str]:
    """A schedule as an LLVM module with the function `drive`, and what to know to call that."""
    layout, module = SlotTable(), _Module()
    layout.row(COMMON)
    kinds = dict(zip(plan.states, plan.kinds, strict=True))
    moving = [state for state in plan.states if kinds[state] == "flow"]
    stocks = layout.row(moving)
    rates = layout.row([update_of(state) for state in moving])
    # Slots are given out in the order of use at each step, so that memory is read in one sweep.
    phases = {
        "core": [*plan.per_time, *plan.core],
        "diagnose": plan.diagnostic,
        "begin": [
            *_numbers(plan),
            *plan.per_run,
            *plan.initial,
            *_beginnings(plan),
        ],
    }
    text = "".join(_phase(phase, code, layout, module) for phase, code in phases.items())
    text += _advance(moving, layout, module)
    slots = layout.slots
    for name in [*plan.parameters, *plan.states]:
        layout.slot(name)
    known = Kernel(
        parameters=plan.parameters,
        defaults=plan.defaults,
        outputs={name: _output(name, plan, slots) for name in [*plan.outputs, *plan.states]},
        states=tuple(slots[state] for state in plan.states),
        floors=tuple(slots[state] for state in plan.floors),
        slots={name: slots[name] for name in plan.parameters},
        stocks=tuple(moving),
        flows=(stocks, rates, len(moving)),
        samples=[(slots[s], slots[update_of(s)]) for s, kind in kinds.items() if kind == "sample"],
        pipes=[
            (slots[s], slots[update_of(s)], slots[f"{s} length"])
            for s, kind in kinds.items()
            if kind == "fixed"
        ],
        size=len(slots),
    )
    return known, INTRINSICS + "".join(module.parts.values()) + text + DRIVER


def _numbers(plan: Schedule) -> Code:
    """Outputs that are a number for every run."""
    return [(f"{name} number", e) for name, e in plan.outputs.items() if e[0] == "c"]


def _output(name: str, plan: Schedule, slots: dict[str, int]) -> int:
    formula = plan.outputs.get(name, variable(name))
    if formula[0] == "c":
        return slots[f"{name} number"]
    return TIME_SLOT if formula[0] == "t" else slots[formula[1]]


def _beginnings(plan: Schedule) -> Code:
    """Flags of delays that are too short, and lengths of pipes in time steps."""
    step = variable("time_step")
    short = COMMON[SHORT_SLOT]
    code: Code = [(short, ZERO)]
    for order, delay in plan.checks:
        missing = (">", ("*", constant(order), step), delay)
        code.append((short, ("if", missing, ONE, variable(short))))
    for state, delay in plan.delays.items():
        # As PySD: at least one step, rounded half up; the driver cuts what is after the point.
        length = ("+", ("max", ("/", delay, step), ONE), constant(0.5 + SMALL))
        bounded = ("if", ("<", length, constant(LONGEST)), length, constant(LONGEST))
        code.append((f"{state} length", bounded))
    return code


def _advance(moving: list[str], layout: SlotTable, module: _Module) -> str:
    """Euler's step of all stocks, as `advance`; in the arithmetic of PySD, rounded twice."""
    step = variable("time_step")
    code = [(s, ("+", variable(s), ("*", variable(update_of(s)), step))) for s in moving]
    return _phase("advance", code, layout, module)


def _phase(phase: str, code: Code, layout: SlotTable, module: _Module) -> str:
    chunks = _Chunks(phase, layout, module)
    for name, formula in code:
        chunks.assign(name, formula)
    return chunks.text()
