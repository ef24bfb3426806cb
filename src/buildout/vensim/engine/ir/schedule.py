"""From a `System` to a `Schedule`: what is computed when, in order, and nothing that is not needed.

Every value has a level, which says how often it changes:

- constant: never; it is a number in the schedule
- `PER_RUN`: once per run, as it is made of parameters alone
- `PER_TIME`: with the time alone, so alike for all runs
- `DYNAMIC`: at every step of every run
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from buildout.vensim.engine.ir.expressions import (
    INEXACT,
    LEAVES,
    ZERO,
    Expression,
    children,
    constant,
    fold,
    fold_node,
    is_truth,
    rebuild,
    references,
    variable,
    with_parts,
)
from buildout.vensim.engine.ir.order import dependency_order, needed_for
from buildout.vensim.engine.ir.system import CONTROLS, System

# Bits, so that the level of an expression is what its parts have joined.
PER_RUN, PER_TIME, DYNAMIC = 1, 2, 4

Code = list[tuple[str, Expression]]


@dataclass(frozen=True)
class Schedule:
    """What a backend turns into code. Names are scalar ids, or made here ("#1" and so on).

    Attributes
    ----------
    parameters : tuple of str
        Scalars given per run: constants of the model and control variables.
    defaults : tuple of float
        Their values in the file.
    states : tuple of str
    kinds : tuple of str
        Of each state: "flow", "sample", "fixed" or "held" (see `system.State`).
    per_run : list of (str, Expression)
        Computed once per run, in order.
    initial : list of (str, Expression)
        Computed once per run after `per_run`, at the initial time; gives all states their value.
        Other names here may come again below, with their value during the run.
    delays : dict of str to Expression
        Length of each pipe ("fixed" states), in terms of the above.
    checks : list of (int, Expression)
        Order and length of each material delay, in terms of the above.
    per_time : list of (str, Expression)
        Computed once per step for all runs.
    core : list of (str, Expression)
        Computed at every step: the updates of all states that are not "held", named `update_of`
        each (rate of change, next value, or what enters the pipe), and what they need.
    diagnostic : list of (str, Expression)
        Computed after `core`, only when outputs are saved.
    outputs : dict of str to Expression
        Each output as a name computed above, the time or a number.
    floors : tuple of str
        States that the model declares not to be negative.
    """

    parameters: tuple[str, ...]
    defaults: tuple[float, ...]
    states: tuple[str, ...]
    kinds: tuple[str, ...]
    per_run: Code = field(repr=False)
    initial: Code = field(repr=False)
    delays: dict[str, Expression] = field(repr=False)
    checks: list[tuple[int, Expression]] = field(repr=False)
    per_time: Code = field(repr=False)
    core: Code = field(repr=False)
    diagnostic: Code = field(repr=False)
    outputs: dict[str, Expression] = field(repr=False)
    floors: tuple[str, ...] = field(repr=False)


def update_of(state: str) -> str:
    """The name under which a schedule tells to compute what moves a state to the next step."""
    return f"{state}'"


def schedule(
    system: System,
    parameters: Iterable[str] | None = None,
    outputs: Iterable[str] | None = None,
) -> Schedule:
    """Schedule a system for given parameters and outputs.

    Parameters
    ----------
    system : System
    parameters : iterable of str, optional
        Scalar ids that are given per run; other constants become numbers. By default all, so
        that one schedule serves every set of values. Control variables are always given.
    outputs : iterable of str, optional
        Scalar ids to compute; what is needed neither for one nor for a state is left out. All
        states are kept, since the status of a run judges the whole model. By default all variables.

    Returns
    -------
    Schedule

    Raises
    ------
    UnsupportedError
        When equations depend on each other in a circle.
    """
    settled = _Settled(system, parameters)
    wanted = list(system.owners) if outputs is None else list(outputs)
    formulas = {name: settled.simplify(variable(name)) for name in wanted}
    start_code = _start_code(settled, [r for e in formulas.values() for r in references(e)])
    return _assemble(settled, formulas, start_code)


class _Settled:
    """A system with known values put in, and the level of every name."""

    def __init__(self, system: System, parameters: Iterable[str] | None):
        self.system = system
        self.values = {**{name: system.controls[name] for name in CONTROLS}, **system.constants}
        chosen = set(self.values if parameters is None else parameters) | set(CONTROLS)
        self.parameters = tuple(name for name in self.values if name in chosen)
        #: Names that are a number, the time or another name.
        self.known = {n: constant(v) for n, v in self.values.items() if n not in chosen}
        #: Those that are so whatever the constants of the model are.
        self.always: dict[str, Expression] = {}
        self.levels = dict.fromkeys(self.parameters, PER_RUN)
        self.levels |= dict.fromkeys(system.states, DYNAMIC)
        self.formulas: dict[str, Expression] = {}
        inputs = {
            name: [read for read in references(formula) if read in system.equations]
            for name, formula in system.equations.items()
        }
        for name in dependency_order(inputs):
            self._settle(name, self._general(system.equations[name]))
        self.updates = {
            name: self.simplify(state.update)
            for name, state in system.states.items()
            if state.kind != "held"
        }

    def _settle(self, name: str, general: Expression) -> None:
        formula = self._put_in(general)
        if name in self.system.at_start:
            # Another value holds at the start, so it can be neither replaced nor computed early.
            self.formulas[name], self.levels[name] = formula, DYNAMIC
            return
        if general[0] in LEAVES:
            self.always[name] = general
        if formula[0] in LEAVES:
            self.known[name] = formula
        else:
            self.formulas[name], self.levels[name] = formula, self.level(formula)

    def simplify(self, formula: Expression) -> Expression:
        return self._put_in(self._general(formula))

    def _general(self, formula: Expression) -> Expression:
        """As it is for any constants of the model."""
        return fold(with_parts(formula, self.always))

    def _put_in(self, formula: Expression) -> Expression:
        """With the constants that are known; no bit of its value may depend on which these are."""
        if formula[0] == "v":
            return self.known.get(formula[1], formula)
        node = rebuild(formula, self._put_in)
        if node[0] in INEXACT or node[0] in LEAVES:
            return node
        if node[0] in _NEARER and node[2] == ZERO and formula[2][0] != "c":
            # Of 0 and -0 the second, as if it were no number; of NaN and a number NaN.
            second = fold_node((_NEARER[node[0]], node[2], node[1]))
            node = ("if", second, node[2], node[1])
        return fold_node(node)

    def level(self, formula: Expression) -> int:
        head = formula[0]
        if head == "v":
            return self.levels[formula[1]]
        level = PER_TIME if head == "t" else PER_RUN if head in INEXACT else 0
        for child in children(formula):
            level |= self.level(child)
        return DYNAMIC if level > PER_TIME else level

    def reads(self, name: str) -> list[str]:
        """What a name needs during the run."""
        formula = self.updates.get(name) or self.formulas.get(name)
        return references(formula) if formula else []

    def start(self, name: str) -> Expression | None:
        """What gives a name its value at the start; None if it has it once per run anyway."""
        if name in self.system.states:
            return self.simplify(self.system.states[name].initial)
        if name in self.system.at_start:
            return self.simplify(self.system.at_start[name])
        return None if self.levels[name] == PER_RUN else self.formulas[name]


#: What must hold for the second argument to be the result.
_NEARER = {"min": "<=", "max": ">="}


@dataclass(frozen=True)
class _StartCode:
    initial: Code
    delays: dict[str, Expression]
    checks: list[tuple[int, Expression]]
    live: Collection[str]


def _start_code(settled: _Settled, targets: list[str]) -> _StartCode:
    """Code for the initial values, and all names that matter for the targets."""
    system = settled.system
    live = needed_for([*targets, *system.states], settled.reads)
    delays = {
        name: settled.simplify(state.delay)
        for name, state in system.states.items()
        if state.delay is not None
    }
    checks = [(check.order, settled.simplify(check.delay)) for check in system.checks]
    wanted = [*system.states]
    for formula in [*delays.values(), *(delay for _, delay in checks)]:
        wanted += references(formula)
    starts: dict[str, Expression | None] = {}

    def inputs(name: str) -> list[str]:
        starts[name] = start = settled.start(name)
        return [] if start is None else references(start)

    needed = needed_for(wanted, inputs)
    order = dependency_order({name: inputs(name) for name in needed}, "initial values")
    initial = [(name, start) for name in order if (start := starts[name]) is not None]
    once = [name for name in order if starts[name] is None]
    return _StartCode(initial, delays, checks, live | needed_for(once, settled.reads))


def _repeated(formulas: Iterable[Expression]) -> set[Expression]:
    """Parts that appear more than once, apart from those inside a part that does."""
    seen: set[Expression] = set()
    repeated: set[Expression] = set()
    pending = [*formulas]
    while pending:
        part = pending.pop()
        if not children(part):
            continue
        if part in seen:
            repeated.add(part)
        else:
            seen.add(part)
            pending.extend(children(part))
    return repeated


class _Lifting:
    """Gives names to parts of formulas: those that change less often, and those that repeat."""

    def __init__(self, settled: _Settled, repeated: set[Expression]):
        self.level, self.repeated = settled.level, repeated
        self.code: dict[int, Code] = {PER_RUN: [], PER_TIME: [], DYNAMIC: []}
        self._names: dict[Expression, Expression] = {}

    def add(self, name: str, formula: Expression, level: int) -> None:
        self.code[level].append((name, self._parts(formula, level)))

    def _parts(self, formula: Expression, level: int) -> Expression:
        return rebuild(formula, lambda part: self._lift(part, level))

    def _lift(self, part: Expression, level: int) -> Expression:
        own = self.level(part)
        kept = own in (0, level) and part not in self.repeated
        # Truth values are no numbers to be kept; comparing again costs next to nothing.
        if kept or not children(part) or is_truth(part):
            return self._parts(part, level)
        if part not in self._names:
            name = f"#{len(self._names) + 1}"
            self._names[part] = variable(name)
            self.add(name, part, own)
        return self._names[part]


def _assemble(settled: _Settled, outputs: dict[str, Expression], start: _StartCode) -> Schedule:
    system = settled.system
    states = tuple(system.states)
    updates = {update_of(n): settled.updates[n] for n in states if n in settled.updates}
    formulas = updates | {n: e for n, e in settled.formulas.items() if n in start.live}
    lifting = _Lifting(settled, _repeated(formulas.values()))
    inputs = {n: [r for r in references(e) if r in formulas] for n, e in formulas.items()}
    # From the updates down, so that values are made shortly before they are used.
    for name in dependency_order(inputs):
        lifting.add(name, formulas[name], settled.levels.get(name, DYNAMIC))
    dynamic = dict(lifting.code[DYNAMIC])
    moving = needed_for(updates, lambda n: references(dynamic[n]) if n in dynamic else [])
    return Schedule(
        parameters=settled.parameters,
        defaults=tuple(settled.values[name] for name in settled.parameters),
        states=states,
        kinds=tuple(system.states[name].kind for name in states),
        per_run=lifting.code[PER_RUN],
        initial=start.initial,
        delays=start.delays,
        checks=start.checks,
        per_time=lifting.code[PER_TIME],
        core=[(name, formula) for name, formula in dynamic.items() if name in moving],
        diagnostic=[(name, formula) for name, formula in dynamic.items() if name not in moving],
        outputs=outputs,
        floors=_floors(system, states),
    )


def _floors(system: System, states: tuple[str, ...]) -> tuple[str, ...]:
    declared = {
        scalar
        for declaring in system.variables.values()
        if declaring.has_floor
        for scalar in declaring.members.values()
    }
    return tuple(name for name in states if name in declared)
