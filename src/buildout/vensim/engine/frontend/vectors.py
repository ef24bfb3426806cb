"""Functions over the elements of a vector: `VECTOR SELECT`, `LOOKUP`, `ELM MAP`, `SORT ORDER`.

Each is written out, element by element. Where Vensim would stop with an error the result is no
number, so that the run is not sound.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from buildout._util.names import key
from buildout.vensim.engine.frontend.sums import joined
from buildout.vensim.engine.ir.expressions import (
    ONE,
    ZERO,
    Expression,
    constant,
    fold,
    variable,
    walk,
)
from buildout.vensim.engine.ir.subscripts import Ranges
from buildout.vensim.engine.price import Work

#: Its classes come without types.
PysdTree: TypeAlias = Any

#: By its number, what VECTOR SELECT does: what it makes of selection and value, and how it joins.
_SELECTIONS = {
    0: ("*", "+"),
    1: ("*", "*"),
    2: ("*", "min"),
    3: ("*", "max"),
    4: ("*", "mean"),
    5: ("pow", "*"),
    6: ("", "+"),
    7: ("", "*"),
    8: ("", "min"),
    9: ("", "max"),
    10: ("", "mean"),
}
#: What changes nothing when it is joined.
_NEUTRAL = {"+": 0.0, "*": 1.0, "min": math.inf, "max": -math.inf}
_FAULT = constant(math.nan)


class _Tables(Protocol):
    @property
    def members(self) -> dict[str, dict[tuple[str, ...], str]]: ...
    @property
    def ranges(self) -> Ranges: ...
    @property
    def work(self) -> Work: ...


class Lowering(Protocol):
    """What is asked of the equation that the function stands in."""

    @property
    def tables(self) -> _Tables: ...

    def number(self, tree: PysdTree) -> Expression:
        """A tree as an expression."""

    def written(self, function: str, argument: Expression) -> Expression:
        """An expression of constants as a number."""

    def each(self, name: str, trees: Sequence[PysdTree], count: int) -> list[list[Expression]]:
        """Trees for each choice of elements of the ranges that they mark."""

    def subscript(self, subscript: str, name: str) -> str:
        """The element that a subscript means."""


def _select(
    at: Lowering,
    selection: PysdTree,
    value: PysdTree,
    missing: PysdTree,
    action: PysdTree,
    error: PysdTree,
) -> Expression:
    code = at.written("VECTOR SELECT", at.number(error))[1]
    pairs, otherwise = at.each("vector_select", [selection, value], 2), at.number(missing)
    asked = at.number(action)
    if fold(asked)[0] == "c" or "t" not in {part[0] for part in walk(asked)}:
        return selected(pairs, otherwise, at.written("VECTOR SELECT", asked)[1], code)
    # An action that changes with the time chooses among all of them.
    result: Expression = _FAULT
    for number in _SELECTIONS:
        chosen = selected(pairs, otherwise, number, code)
        result = ("if", ("==", asked, constant(number)), chosen, result)
    return result


def _lookup(
    at: Lowering, vector: PysdTree, x: PysdTree, low: PysdTree, high: PysdTree, mode: PysdTree
) -> Expression:
    values, first = _along(at, vector)
    if first:
        raise ValueError("a vector otherwise than by its first element")
    x, low, high, mode = map(at.number, (x, low, high, mode))
    kind = at.written("VECTOR LOOKUP", mode)[1]
    return looked_up(values, ("/", ("-", x, low), ("-", high, low)), kind)


def _element_map(at: Lowering, vector: PysdTree, offset: PysdTree) -> Expression:
    """So many elements on from the one given; behind the last of a row comes the next row."""
    name, _, given = _given(at, vector)
    members, axes = _spread(at, name)
    if given not in members:
        raise ValueError("an element that the variable does not have")
    cells = list(itertools.product(*axes))
    first, away = cells.index(given), at.number(offset)
    values = [variable(members[cell]) if cell in members else _FAULT for cell in cells]
    known = fold(away)
    if known[0] == "c":
        return values[int(known[1]) + first] if known[1] + first in range(len(values)) else _FAULT
    at.tables.work.add(len(values), f"`VECTOR ELM MAP` of `{name}`")
    chosen = [("==", away, constant(place - first)) for place in range(len(values))]
    there = [("if", taken, value, ZERO) for taken, value in zip(chosen, values, strict=True)]
    return ("if", joined("or", chosen), joined("+", there), _FAULT)


def _sort_order(at: Lowering, vector: PysdTree, direction: PysdTree) -> Expression:
    """Which element, counted from zero, has the place of the one that the left side means."""
    values, place = _along(at, vector, ranged=True)
    ascending = (">", at.number(direction), ZERO)
    first = [_before(values, own, "<") for own in range(len(values))]
    last = [_before(values, own, ">") for own in range(len(values))]
    ranks = [("if", ascending, up, down) for up, down in zip(first, last, strict=True)]
    there = [
        ("if", ("==", rank, constant(place)), constant(element), ZERO)
        for element, rank in enumerate(ranks)
    ]
    return joined("+", there)


def _before(values: list[Expression], own: int, how: str) -> Expression:
    """How many elements come first; of equal ones the earlier."""
    counted = [
        ("if", (how if other > own else f"{how}=", value, values[own]), ONE, ZERO)
        for other, value in enumerate(values)
        if other != own
    ]
    return joined("+", counted) if counted else ZERO


def _along(at: Lowering, vector: PysdTree, ranged: bool = False) -> tuple[list[Expression], int]:
    """The elements of a vector along its last subscript, and the place of the one given.

    All that the variable has or, where asked, those of the range that stands there.
    """
    name, inner, chosen = _given(at, vector)
    members, axes = _spread(at, name)
    elements = tuple(e for e in axes[-1] if (*chosen[:-1], e) in members)
    if ranged:
        elements = at.tables.ranges.elements.get(key(inner[-1]), elements)
    there = [members.get((*chosen[:-1], element)) for element in elements]
    if chosen not in members or None in there:
        raise ValueError("an element that the variable does not have")
    return [variable(scalar) for scalar in there if scalar], elements.index(chosen[-1])


def _given(at: Lowering, vector: PysdTree) -> tuple[str, Sequence[str], tuple[str, ...]]:
    """Of an element of a variable the name, the subscripts as written and what they mean."""
    if type(vector).__name__ != "ReferenceStructure" or not vector.subscripts:
        raise ValueError("something that is not an element of a variable")
    name, inner = vector.reference, vector.subscripts.subscripts
    return key(name), inner, tuple(at.subscript(subscript, name) for subscript in inner)


def _spread(at: Lowering, name: str) -> tuple[dict[tuple[str, ...], str], list[tuple[str, ...]]]:
    """The scalars of a variable, and the elements of each subscript in the order of their range."""
    members, ranges, axes = at.tables.members.get(name, {}), at.tables.ranges, []
    for held in zip(*members, strict=True):
        # Equations may come in any order.
        among = ranges.range_of(held, ())
        axes.append(ranges.elements[among] if among else tuple(dict.fromkeys(held)))
    return members, axes


def selected(
    pairs: list[list[Expression]], missing: Expression, action: float, error: float
) -> Expression:
    """VECTOR SELECT of selections and values: what is selected joined, as the manual numbers it.

    Where Vensim would stop with an error the result is no number, so that the run is not sound.

    Raises
    ------
    ValueError
        For an action that the manual does not have.
    """
    if action not in _SELECTIONS or error not in (0, 1, 2, 3):
        raise ValueError(f"the actions {action:g} and {error:g}, which are not supported")
    make, join = _SELECTIONS[int(action)]
    chosen = [("!=", selection, ZERO) for selection, _ in pairs]
    count = joined("+", [("if", taken, ONE, ZERO) for taken in chosen])
    operator = "+" if join == "mean" else join
    neutral = constant(_NEUTRAL[operator])
    # The manual has the power the other way round; Vensim's own results are the value's power.
    values = [_made(make, *pair) for pair in pairs]
    result = joined(
        operator,
        [("if", taken, value, neutral) for taken, value in zip(chosen, values, strict=True)],
    )
    if join == "mean":
        result = ("/", result, count)
    if error in (2, 3):
        result = ("if", (">", count, ONE), _FAULT, result)
    return ("if", ("==", count, ZERO), _FAULT if error in (1, 3) else missing, result)


def _made(make: str, selection: Expression, value: Expression) -> Expression:
    if make == "pow":
        return ("pow", value, selection)
    return (make, selection, value) if make else value


def looked_up(values: list[Expression], share: Expression, mode: float) -> Expression:
    """VECTOR LOOKUP: values at equal distances, and how far along their whole length x is.

    Raises
    ------
    ValueError
        For a mode other than 0 (straight lines), 2 (the value behind), 3 (straight lines, beyond
        the ends too) and 4 (the value ahead).
    """
    if mode not in (0, 2, 3, 4):
        raise ValueError(f"the mode {mode:g}, but 0, 2, 3 and 4 are supported")
    last = len(values) - 1
    if not last:
        return values[0]
    place = ("*", share, constant(last))
    if mode != 3:
        place = ("min", ("max", place, ZERO), constant(last))

    def between(first: int) -> Expression:
        before, after = values[first], values[first + 1]
        if mode == 2:
            return ("if", ("<", place, constant(first + 1)), before, after)
        if mode == 4:
            return ("if", (">", place, constant(first)), after, before)
        return ("+", before, ("*", ("-", after, before), ("-", place, constant(first))))

    result = between(last - 1)
    for first in range(last - 2, -1, -1):
        result = ("if", ("<", place, constant(first + 1)), between(first), result)
    return result


#: By key: the name, the number of arguments, and what writes a call out.
VECTORS: dict[str, tuple[str, int, Callable[..., Expression]]] = {
    "vector_select": ("VECTOR SELECT", 5, _select),
    "vector_lookup": ("VECTOR LOOKUP", 5, _lookup),
    "vector_elm_map": ("VECTOR ELM MAP", 2, _element_map),
    "vector_sort_order": ("VECTOR SORT ORDER", 2, _sort_order),
}
