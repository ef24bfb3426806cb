"""A schedule as LLVM text: straight vector code for one time step of `LANES` runs.

Values live in slots, `LANES` numbers each: homes keep them for a whole run, places for a while. A
step is cut into functions of some hundred instructions (`streams`), as a compiler's effort grows
faster than the length of a function. Each goes over all groups of runs at hand before the next
begins, so that its instructions stay with the processor. The loops around (`driver`) are the same
for every model.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from buildout.vensim.engine.backends.llvm.driver import TIME_SLOT, driver
from buildout.vensim.engine.backends.llvm.pieces import (
    ARGUMENTS,
    Homes,
    PieceFunction,
    SharedFunctions,
)
from buildout.vensim.engine.backends.llvm.streams import cut, moving, ordered
from buildout.vensim.engine.backends.llvm.strength import Reduction
from buildout.vensim.engine.backends.llvm.vectors import LANES, Target
from buildout.vensim.engine.ir.expressions import ONE, SMALL, ZERO, constant, variable
from buildout.vensim.engine.ir.schedule import Code, Schedule, update_of

#: Steps in a pipe that nothing ever leaves; also for lengths that are not a number.
LONGEST = 1e9

#: Any processor of today, without what only some have.
PLAIN = Target(LANES)


@dataclass(frozen=True)
class Kernel:
    """What a caller must know to run the code of a schedule.

    Attributes
    ----------
    parameters : tuple of str
    defaults : tuple of float
        As in the schedule.
    outputs : dict of str to int
        Slot of each output after a step that is recorded.
    states, floors : tuple of int
        Slots of all states, and of those in pipes that must not be negative.
    slots : dict of str to int
        Slot of each parameter.
    stocks : tuple of (str, int)
        The "flow" states and their slots.
    rates : tuple of int
        Slots of their rates of change; none in a kernel that moves them itself.
    pipes : list of (int, int, int)
        Slots of each "fixed" state, what enters it, and its length.
    homes, size : int
        Number of slots that keep their value, and of all.
    """

    parameters: tuple[str, ...]
    defaults: tuple[float, ...]
    outputs: dict[str, int]
    states: tuple[int, ...]
    floors: tuple[int, ...]
    slots: dict[str, int]
    stocks: tuple[tuple[str, int], ...]
    rates: tuple[int, ...]
    pipes: list[tuple[int, int, int]]
    homes: int
    size: int


def kernel(plan: Schedule, target: Target = PLAIN) -> tuple[Kernel, str]:
    """A schedule as an LLVM module with the function `drive`, and what to know to call that.

    Parameters
    ----------
    plan : Schedule
    target : Target

    Returns
    -------
    Kernel
    str
        The module's text.
    """
    return _Writing(plan, target).with_drive()


def rates_kernel(plan: Schedule, target: Target = PLAIN) -> tuple[Kernel, str]:
    """The same with `begin`, `step` and `record` in place of `drive`; they give rates of change."""
    return _Writing(plan, replace(target, divides=True)).with_rates()


class _Writing:
    """The functions of a kernel, and where their values live."""

    def __init__(self, plan: Schedule, target: Target):
        self.plan, self.target = plan, target
        self.homes, self.shared = Homes(), SharedFunctions(target)
        once = {*plan.parameters, *(name for name, _ in plan.per_run)}
        self.reduction = Reduction(once, divides=target.divides)
        kinds = dict(zip(plan.states, plan.kinds, strict=True))
        self.stocks = [state for state, kind in kinds.items() if kind == "flow"]
        self.pipes = [state for state, kind in kinds.items() if kind == "fixed"]
        self.places = 0

    def with_drive(self) -> tuple[Kernel, str]:
        plan = self.plan
        kept = {*plan.states, *map(update_of, self.pipes)}
        floors = {name for name in plan.floors if name not in self.pipes}
        code = self._ordered([*plan.per_time, *plan.core])
        step = "" if self.target.small else self._phase("step", moving(plan, code), kept, floors)
        asked = self._asked()
        # What a state is at a saved time is put aside, as the step moves it.
        now = [(_now(name), variable(name)) for name in plan.states if name in asked]
        code = [*now, *self._ordered([*plan.per_time, *plan.core, *plan.diagnostic])]
        recorded = kept | {name for name, _ in now} | (asked & {name for name, _ in code})
        record = self._phase("record", moving(plan, code), recorded, floors)
        if self.target.small:
            # What is computed between saved times is overwritten by what is saved.
            step = _function("step", ["record"])
        return self._made([step, record, self._begin(), driver(self.target)], [])

    def with_rates(self) -> tuple[Kernel, str]:
        plan = self.plan
        rates = [update_of(state) for state in self.stocks]
        step = self._phase("step", self._ordered([*plan.per_time, *plan.core]), set(rates), ())
        code = self._ordered([*plan.per_time, *plan.core, *plan.diagnostic])
        kept = {*rates, *(self._asked() & {name for name, _ in code})}
        record = self._phase("record", code, kept, ())
        return self._made([step, record, self._begin()], rates)

    def _ordered(self, code: Code) -> Code:
        return ordered(self.reduction.reduced(code))

    def _asked(self) -> set[str]:
        return {e[1] for e in self.plan.outputs.values() if e[0] == "v"}

    def _begin(self) -> str:
        plan = self.plan
        code = [*_numbers(plan), *plan.per_run, *plan.initial, *_beginnings(plan)]
        code += self.reduction.beginning()
        # Initial values of what has another value during the run are needed here alone.
        passing = {name for name, _ in plan.initial} - set(plan.states)
        return self._phase("begin", code, {name for name, _ in code} - passing, plan.floors)

    def _phase(self, phase: str, code: Code, kept: set[str], floors: Collection[str]) -> str:
        pieces, places = cut(code, kept)
        self.places = max(self.places, places)
        texts = [
            PieceFunction(piece, self.homes, self.shared).text(f"{phase}_{number}", kept, floors)
            for number, piece in enumerate(pieces, 1)
        ]
        parts = [f"{phase}_{number}" for number in range(1, len(pieces) + 1)]
        return "".join([*texts, _function(phase, parts)])

    def _made(self, texts: list[str], rates: list[str]) -> tuple[Kernel, str]:
        plan, slots = self.plan, self.homes.slots
        for name in [*plan.parameters, *plan.states]:
            self.homes.slot(name)
        known = Kernel(
            parameters=plan.parameters,
            defaults=plan.defaults,
            outputs={name: self._output(name) for name in plan.outputs},
            states=tuple(slots[state] for state in plan.states),
            floors=tuple(slots[state] for state in plan.floors if state in self.pipes),
            slots={name: slots[name] for name in plan.parameters},
            stocks=tuple((name, slots[name]) for name in self.stocks),
            rates=tuple(slots[name] for name in rates),
            pipes=[(slots[s], slots[update_of(s)], slots[_length(s)]) for s in self.pipes],
            homes=len(slots),
            size=len(slots) + self.places,
        )
        return known, "".join([self.shared.text(), *texts])

    def _output(self, name: str) -> int:
        formula, slots = self.plan.outputs[name], self.homes.slots
        if formula[0] == "c":
            return slots[_number(name)]
        if formula[0] == "t":
            return TIME_SLOT
        return slots.get(_now(formula[1]), slots[formula[1]])


def _function(name: str, parts: list[str]) -> str:
    """A function that calls others one after the other."""
    calls = [f"  call void @{part}({ARGUMENTS})\n" for part in parts]
    head = f"define void @{name}({ARGUMENTS}) noinline nounwind {{\n"
    return "".join([head, *calls, "  ret void\n}\n"])


def _now(state: str) -> str:
    return f"{state} now"


def _number(output: str) -> str:
    return f"{output} number"


def _length(pipe: str) -> str:
    return f"{pipe} length"


def _numbers(plan: Schedule) -> Code:
    """Outputs that are a number for every run."""
    return [(_number(name), e) for name, e in plan.outputs.items() if e[0] == "c"]


def _beginnings(plan: Schedule) -> Code:
    """Flags of delays that are too short, and lengths of pipes in time steps."""
    step = variable("time_step")
    code: Code = [("@short", ZERO)]
    for order, delay in plan.checks:
        missing = (">", ("*", constant(order), step), delay)
        code.append(("@short", ("if", missing, ONE, variable("@short"))))
    for state, delay in plan.delays.items():
        # As PySD: at least one step, rounded half up; the driver cuts what is after the point.
        length = ("+", ("max", ("/", delay, step), ONE), constant(0.5 + SMALL))
        bounded = ("if", ("<", length, constant(LONGEST)), length, constant(LONGEST))
        code.append((_length(state), bounded))
    return code
