"""Lowering one equation for one element: PySD's tree in, expression and hidden states out.

Nodes of the tree are told apart by the names of their classes, so that only `lower` needs PySD.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from buildout._util.names import key
from buildout.errors import UnsupportedError
from buildout.vensim.arrays import AnyArray
from buildout.vensim.engine.frontend.asked import EquationScope
from buildout.vensim.engine.frontend.functions import AGGREGATES, FUNCTIONS, REFUSED
from buildout.vensim.engine.frontend.sums import joined, marked_in
from buildout.vensim.engine.frontend.vectors import VECTORS
from buildout.vensim.engine.ir.expressions import (
    NOT_AVAILABLE,
    Expression,
    Points,
    constant,
    fold,
    is_truth,
    references,
    variable,
    with_parts,
    with_steps,
)
from buildout.vensim.engine.ir.subscripts import Ranges
from buildout.vensim.engine.ir.system import State
from buildout.vensim.engine.price import Work

#: Its classes come without types.
PysdTree: TypeAlias = Any

# The structures of PySD that are functions of Vensim: name here, arguments in our order.
_STRUCTURES = {
    "IntegStructure": ("integ", ("flow", "initial")),
    "SmoothStructure": ("smooth_n", ("input", "smooth_time", "initial", "order")),
    "SmoothNStructure": ("smooth_n", ("input", "smooth_time", "initial", "order")),
    "DelayStructure": ("delay1_or_delay3", ("input", "delay_time", "initial", "order")),
    "DelayFixedStructure": ("delay_fixed", ("input", "delay_time", "initial")),
    "TrendStructure": ("trend", ("input", "average_time", "initial_trend")),
    "ForecastStructure": ("forecast", ("input", "average_time", "horizon", "initial_trend")),
    "SampleIfTrueStructure": ("sample_if_true", ("condition", "input", "initial")),
    "InitialStructure": ("initial", ("initial",)),
    "GameStructure": ("game", ("expression",)),
    "DelayNStructure": ("delay_n", ("input", "delay_time", "initial", "order")),
}
_REFUSED_STRUCTURES = {
    "AllocateAvailableStructure": "allocate_available",
    "AllocateByPriorityStructure": "allocate_by_priority",
    "GetDataStructure": "get_direct_data",
    "GetLookupsStructure": "get_direct_lookups",
    "GetConstantsStructure": "get_direct_constants",
    "DataStructure": "get_data_between_times",
}
#: Constants of constants that are followed to a number.
_LONGEST = 8
_COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_JOIN = {":AND:": "and", ":OR:": "or"}


@dataclass(frozen=True)
class Tables:
    """All names an equation may use: scalars and points of lookups, by key and elements.

    Attributes
    ----------
    numbers : dict of str to float
        Values of the scalars that are numbers in the file.
    formula : callable
        Of a variable without subscripts its expression, as far as it has one without states.
    structural : set of str
        Those of them that decided how many stages something has, so that no run may change them.
    """

    members: dict[str, dict[tuple[str, ...], str]]
    lookups: dict[str, dict[tuple[str, ...], Points]]
    ranges: Ranges
    work: Work
    numbers: dict[str, float] = field(default_factory=dict)
    formula: Callable[[str], Expression | None] = lambda name: None
    structural: set[str] = field(default_factory=set)


def _is(tree: PysdTree, structure: str) -> bool:
    return type(tree).__name__ == structure


def read_table(structure: PysdTree, owner: str) -> Points:
    """The points of a lookup, refusing what Vensim would not interpolate in a straight line."""
    if structure.type != "interpolate":
        raise UnsupportedError(f"`{owner}` is a lookup of type `{structure.type}`.")
    return with_steps(zip(structure.x, structure.y, strict=True))


class Equation(EquationScope):
    """One equation being lowered, for one element; it is the `Scope` of its functions."""

    def __init__(self, scalar: str, meaning: dict[str, str], tables: Tables):
        super().__init__(scalar)
        self.meaning, self.tables = meaning, tables
        # How often the sums around go through what is inside them.
        self._around = 1

    def top(self, component: PysdTree, chosen: tuple[str, ...]) -> Expression | State:
        """Lower the whole right side; an INTEG there makes the variable itself a state."""
        tree = component.ast
        if isinstance(tree, np.ndarray):
            tree = self._element_of(tree, component.subscripts[0], chosen)
        if _is(tree, "IntegStructure"):
            rate, start = self.number(tree.flow), self.number(tree.initial)
            return State("flow", fold(start), fold(rate))
        if _is(tree, "SampleIfTrueStructure"):
            return self._sampled(tree)
        return self.number(tree)

    def _sampled(self, tree: PysdTree) -> Expression:
        """A variable that is a sample is a state to Vensim: itself in it is that of a step ago."""
        shown = self.number(tree)
        held = {self.scalar: shown[-1]}
        for name, state in self.states.items():
            if state.kind == "sample":
                self.states[name] = replace(state, update=with_parts(state.update, held))
        return with_parts(shown, held)

    def _element_of(self, array: AnyArray, inner: list[str], chosen: tuple[str, ...]) -> float:
        elements = self.tables.ranges.elements
        axes = [
            (elements[key(subscript)], element)
            for subscript, element in zip(inner, chosen, strict=True)
            if key(subscript) in elements
        ]
        shape = [len(es) for es, _ in axes]
        if array.size != math.prod(shape):
            raise self.refusal(
                f"has {array.size} numbers for {math.prod(shape)} elements", "Give one for each."
            )
        return float(array.reshape(shape)[tuple(es.index(e) for es, e in axes)])

    # -- expressions ---------------------------------------------------------------------------

    def number(self, tree: PysdTree) -> Expression:
        """Lower a tree that stands where a number is wanted."""
        lowered = self._any(tree)
        if is_truth(lowered):
            raise self.refusal(
                "uses a condition as a number",
                "Write `IF THEN ELSE( condition , 1 , 0 )`.",
            )
        return lowered

    def condition(self, tree: PysdTree) -> Expression:
        """Lower a tree that stands where a condition is wanted; a number is true unless zero."""
        lowered = self._any(tree)
        return lowered if is_truth(lowered) else ("!=", lowered, constant(0))

    def _any(self, tree: PysdTree) -> Expression:
        if isinstance(tree, (int, float, np.number)):
            return constant(NOT_AVAILABLE if math.isnan(tree) else float(tree))
        if _is(tree, "ArithmeticStructure"):
            return self._arithmetic(tree)
        if _is(tree, "LogicStructure"):
            return self._logic(tree)
        if _is(tree, "ReferenceStructure"):
            return self._reference(tree)
        if _is(tree, "InlineLookupsStructure"):
            return ("lookup", read_table(tree.lookups, self.scalar), self.number(tree.argument))
        if _is(tree, "CallStructure"):
            return self._call(tree)
        kind = type(tree).__name__
        if kind in _STRUCTURES:
            name, fields = _STRUCTURES[kind]
            return self._apply(name, [getattr(tree, field) for field in fields])
        raise self._unsupported(_REFUSED_STRUCTURES.get(kind, kind))

    def _arithmetic(self, tree: PysdTree) -> Expression:
        values = [self.number(argument) for argument in tree.arguments]
        if tree.operators == ["negative"]:
            return ("neg", values[0])
        if "^" in tree.operators:
            return self._power(values)
        result = values[0]
        for operator, value in zip(tree.operators, values[1:], strict=True):
            result = (operator, result, value)
        return result

    def _power(self, values: list[Expression]) -> Expression:
        # The parser cannot tell (-2)^2 from -2^2, so neither is accepted.
        for base in values[:-1]:
            if base[0] == "c" and base[1] < 0:
                raise self.refusal(
                    "raises a negative number to a power (`^`), which PySD misreads",
                    "Write `POWER( number , exponent )`, or move the sign.",
                )
        result = values[-1]
        for base in reversed(values[:-1]):
            result = ("pow", base, result)
        return result

    def _logic(self, tree: PysdTree) -> Expression:
        operators = [operator.upper() for operator in tree.operators]
        if operators == [":NOT:"]:
            return ("not", self.condition(tree.arguments[0]))
        if operators[0] in _COMPARE:
            left, right = map(self.number, tree.arguments)
            return (_COMPARE[operators[0]], left, right)
        result = self.condition(tree.arguments[0])
        # Vensim and PySD may differ on how :AND: and :OR: bind; PySD goes from the right.
        if len(set(operators)) > 1:
            raise self.refusal("mixes `:AND:` and `:OR:` without parentheses", "Add parentheses.")
        for operator, argument in zip(operators, tree.arguments[1:], strict=True):
            result = (_JOIN[operator], result, self.condition(argument))
        return result

    def _reference(self, tree: PysdTree) -> Expression:
        name = key(tree.reference)
        inner = tree.subscripts.subscripts if tree.subscripts else ()
        if name == "time":
            return ("t",)
        if name in self.tables.lookups:
            raise self.refusal(
                f"uses the lookup `{tree.reference}` without an argument", "Call it: `name( x )`."
            )
        if name in self.tables.members:
            return variable(self._member(tree.reference, inner))
        # A subscript standing for a number is its place in its range.
        element = self.meaning.get(name, name)
        place = self.tables.ranges.position(element)
        if place is None or inner:
            raise self.refusal(f"uses `{tree.reference}`, which the model does not define", "")
        return constant(place)

    def _member(self, name: str, inner: Iterable[str]) -> str:
        members = self.tables.members[key(name)]
        chosen = tuple(self.subscript(s, name) for s in inner)
        if chosen not in members:
            shown = f"{name}[{', '.join(inner)}]" if inner else name
            raise self.refusal(
                f"uses `{shown}`, which does not fit the subscripts of `{name}`",
                "Give a reference as many subscripts as the variable has.",
            )
        return members[chosen]

    def subscript(self, subscript: str, name: str) -> str:
        element = self.tables.ranges.resolve(subscript, self.meaning)
        if element is None:
            raise self.refusal(
                f"uses `{name}[{subscript}]`, but `{subscript}` is on its left side neither "
                "directly nor through a mapping",
                "Use a range of the left side, or sum over it: `SUM( x[range!] )`.",
            )
        return element

    # -- functions -----------------------------------------------------------------------------

    def _call(self, tree: PysdTree) -> Expression:
        reference, arguments = tree.function, list(tree.arguments)
        name = key(reference.reference)
        if name in self.tables.lookups:
            inner = reference.subscripts.subscripts if reference.subscripts else ()
            chosen = tuple(self.subscript(s, reference.reference) for s in inner)
            if chosen not in self.tables.lookups[name] or len(arguments) != 1:
                raise self.refusal(f"calls the lookup `{name}` with the wrong arguments", "")
            return ("lookup", self.tables.lookups[name][chosen], self.number(arguments[0]))
        if name in self.tables.members:
            raise self.refusal(
                f"calls `{name}`, which is not a lookup",
                "Give its points there, or read them with `GET DIRECT LOOKUPS`.",
            )
        if name in AGGREGATES:
            return self._aggregate(name, arguments)
        if name in VECTORS:
            shown, count, build = VECTORS[name]
            if len(arguments) != count:
                raise self.refusal(f"gives `{shown}` {len(arguments)} arguments", "")
            return self._built(shown, lambda: build(self, *arguments))
        if reference.reference == "pulse_train":
            # PySD hands over start, interval, width, end; Vensim's order is ours.
            arguments = [arguments[place] for place in (0, 2, 1, 3)]
        if name == "elmcount":
            elements = self.tables.ranges.elements.get(key(arguments[0].reference))
            if elements is None:
                raise self.refusal("counts (`ELMCOUNT`) what is not a subscript range", "")
            return constant(len(elements))
        return self._apply(name, arguments)

    def _apply(self, name: str, arguments: list[PysdTree]) -> Expression:
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._unsupported(name)
        if len(arguments) != len(function.arguments):
            raise self.refusal(
                f"gives `{function.name}` {len(arguments)} arguments",
                f"`{function.name}` takes {len(function.arguments)}.",
            )
        lowered = [
            self.condition(argument) if kind == "c" else self.number(argument)
            for kind, argument in zip(function.arguments, arguments, strict=True)
        ]
        lowered = [
            self.written(function.name, argument) if kind == "l" else argument
            for kind, argument in zip(function.arguments, lowered, strict=True)
        ]
        return self._built(function.name, lambda: function.build(self, *lowered))

    def _built(self, function: str, build: Callable[[], Expression]) -> Expression:
        try:
            return build()
        except ValueError as error:
            raise self.refusal(f"gives `{function}` {error}", "") from error

    def written(self, function: str, argument: Expression) -> Expression:
        """A number that decides how the model is built: written there, or a constant's."""
        known, used = self._settled(argument, _LONGEST)
        if known[0] == "c":
            self.tables.structural.update(used)
        if known[0] != "c":
            raise self.refusal(
                f"gives `{function}` an order, or a bound, that is not a number",
                "Write a number, or an expression of constants.",
            )
        return known

    def _settled(self, expression: Expression, left: int) -> tuple[Expression, set[str]]:
        """An expression with the values of constants in it, and the names of these."""
        parts, used = dict[str, Expression](), set[str]()
        for name in references(expression) if left else ():
            if name in self.tables.numbers:
                parts[name] = constant(self.tables.numbers[name])
                used.add(name)
            elif (formula := self.tables.formula(name)) is not None:
                parts[name], inner = self._settled(formula, left - 1)
                used |= inner
        return fold(with_parts(expression, parts)), used

    def _aggregate(self, name: str, arguments: list[PysdTree]) -> Expression:
        values = [value for (value,) in self.each(name, arguments, 1)]
        return joined(AGGREGATES[name], values)

    def each(self, name: str, trees: Sequence[PysdTree], count: int) -> list[list[Expression]]:
        """Trees lowered for each choice of elements of the ranges that they mark."""
        elements = self.tables.ranges.elements
        over = [key(marked[:-1]) for marked in marked_in(trees)]
        if len(trees) != count or not over or not set(over) <= set(elements):
            shown = name.replace("_", " ").upper()
            raise self.refusal(
                f"uses `{shown}` without a range marked with `!`",
                f"Mark the ranges to go over: `{shown}( x[range!] )`.",
            )
        count = math.prod(len(elements[k]) for k in over)
        self.tables.work.add(count, f"a sum in `{self.scalar}`", self._around)
        outer, values = self.meaning, []
        self._around *= count
        for chosen in itertools.product(*(elements[k] for k in over)):
            # `line!` goes through the range while `line` keeps its meaning from the left side.
            marked = {f"{k}!": element for k, element in zip(over, chosen, strict=True)}
            self.meaning = {**outer, **marked}
            values.append([self.number(tree) for tree in trees])
        self.meaning, self._around = outer, self._around // count
        return values

    # -- refusals ------------------------------------------------------------------------------

    def refusal(self, what: str, cure: str) -> UnsupportedError:
        return UnsupportedError(f"`{self.scalar}` {what}.", cure=cure)

    def _unsupported(self, name: str) -> UnsupportedError:
        shown = name.replace("_", " ").upper()
        return UnsupportedError(
            f"`{self.scalar}` uses the function `{shown}`, which is not supported.",
            cure=REFUSED.get(name, "Write it out with functions that are: see CONTRIBUTING.md."),
        )
