"""The small language between the parser and the backends: numbers, time, variables, operators.

An expression is a nested tuple, cheap to hash, compare and store:

- ``("c", 3.5)`` a number
- ``("t",)`` the time
- ``("v", "labor[US]")`` the scalar of that id
- ``("lookup", table, x)`` and ``("slope", table, x)``, with `table` a tuple of (x, y) points
- ``(operator, argument, ...)`` with an operator of `OPERATORS`

Comparisons and ``and``, ``or``, ``not`` give truth values and stand only where one is wanted: as
first argument of ``if`` or inside each other. Every backend has one template per operator.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from buildout.vensim.arrays import Floats

# A recursive type would say more, and ask for a cast at every part that is taken.
Expression: TypeAlias = tuple[Any, ...]

Points: TypeAlias = tuple[tuple[float, float], ...]
#: One value, or one for each run.
Real: TypeAlias = float | Floats

#: Arguments closer to zero than this are zero to Vensim (ZIDZ, QUANTUM, PULSE and others).
SMALL = 1e-6

#: What Vensim has for `:NA:`, a number like any other, by which models ask whether there is data.
NOT_AVAILABLE = -(2.0**109)

#: Width of a vertical step of a lookup at zero.
_LEAST = 1e-200

TIME: Expression = ("t",)

COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
LOGIC = {"and": np.logical_and, "or": np.logical_or, "not": np.logical_not}
ARITHMETIC = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    "min": np.minimum,
    "max": np.maximum,
    # `np.power` takes a root where the exponent is one half, which of -inf is NaN and not infinity.
    "pow": np.float_power,
    "mod": np.mod,
    "abs": np.abs,
    "trunc": np.trunc,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
}
#: Every operator with its meaning on numbers and arrays; "if" picks, so it has no ufunc.
OPERATORS: dict[str, Callable[..., Any]] = {**COMPARISONS, **LOGIC, **ARITHMETIC, "if": np.where}
LEAVES = frozenset({"c", "v", "t"})
#: Operators that no standard rounds, so that the last bit is each backend's own.
INEXACT = frozenset({"pow", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan"})
INEXACT |= {"sinh", "cosh", "tanh"}


def constant(value: float) -> Expression:
    """A literal number."""
    return ("c", float(value))


def variable(name: str) -> Expression:
    """The value of the scalar with this id."""
    return ("v", name)


ZERO, ONE = constant(0), constant(1)


def is_truth(expression: Expression) -> bool:
    """Whether an expression is a truth value rather than a number."""
    return expression[0] in COMPARISONS or expression[0] in LOGIC


def children(expression: Expression) -> tuple[Expression, ...]:
    """The arguments that are expressions themselves."""
    head = expression[0]
    if head in LEAVES:
        return ()
    return expression[2:] if head in ("lookup", "slope") else expression[1:]


def rebuild(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same operator on changed arguments."""
    head = expression[0]
    if head in LEAVES:
        return expression
    kept = 2 if head in ("lookup", "slope") else 1
    return (*expression[:kept], *map(change, expression[kept:]))


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all expressions inside it."""
    yield expression
    for child in children(expression):
        yield from walk(child)


def references(expression: Expression) -> list[str]:
    """The ids of the scalars an expression reads, each once, in order of appearance."""
    return list(dict.fromkeys(node[1] for node in walk(expression) if node[0] == "v"))


def with_parts(expression: Expression, known: Mapping[str, Expression]) -> Expression:
    """An expression with others in place of some scalars.

    Examples
    --------
    >>> fold(with_parts(("max", ("c", 1.0), ("v", "n")), {"n": ("c", 0.0)}))
    ('c', 1.0)
    """
    if expression[0] == "v":
        return known.get(expression[1], expression)
    return rebuild(expression, lambda part: with_parts(part, known))


def evaluate(expression: Expression, values: Mapping[str, Real], time: Real = math.nan) -> Real:
    """The value of an expression, one node at a time: slow, plain, and the measure of the rest.

    Parameters
    ----------
    expression : Expression
    values : dict of str to float or array
        Values of the scalars it reads.
    time : float
        The time.

    Returns
    -------
    float or array
        As IEEE arithmetic gives it: division by zero is infinite, invalid operations are NaN.

    Examples
    --------
    >>> float(evaluate(("max", ("v", "gap"), ("c", 0.0)), {"gap": -3.0}))
    0.0
    """
    head = expression[0]
    if head == "c":
        return float(expression[1])
    if head == "v":
        return values[expression[1]]
    if head == "t":
        return time
    arguments = [evaluate(child, values, time) for child in children(expression)]
    with np.errstate(all="ignore"):
        if head == "lookup":
            return interpolate(arguments[0], expression[1])
        if head == "slope":
            return slope(arguments[0], expression[1])
        value: Real = OPERATORS[head](*map(np.float64, arguments))[()]
        return value


def interpolate(x: Real, table: Points) -> Real:
    """Value of a lookup: straight lines between its points, flat outside, as in Vensim."""
    xs, ys = zip(*table, strict=True)
    y: Real = np.interp(x, xs, ys)
    return y


def with_steps(points: Iterable[tuple[float, float]]) -> Points:
    """Points of a lookup, in order of x, where an x that stands twice is a vertical step.

    At x itself the first of its values holds, as in simlin and SDEverywhere, and the last right
    behind it (Vensim's manual is silent). So its last point is moved right by the least that a
    number can, or by what keeps the slope in between a number.

    Examples
    --------
    >>> table = with_steps([(0, 0), (1, 1), (1, 5)])
    >>> float(interpolate(1.0, table)), float(interpolate(1.001, table))
    (1.0, 5.0)
    """
    apart: list[tuple[float, float]] = []
    for x, y in points:
        x, y = float(x), float(y)
        if apart and apart[-1][0] >= x:
            behind = x + max(math.ulp(x), _LEAST)
            if len(apart) > 1 and apart[-2][0] == x:
                apart.pop()
            x = behind
        apart.append((x, y))
    return tuple(apart)


def slope(x: Real, table: Points) -> Real:
    """Slope of a lookup; at a point the one to its right, outside zero."""
    xs, ys = (np.asarray(column) for column in zip(*table, strict=True))
    if len(xs) == 1:
        return np.zeros_like(x, dtype=float)
    each = np.diff(ys) / np.diff(xs)
    inside = (x >= xs[0]) & (x < xs[-1])
    place = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(each) - 1)
    return np.where(inside, each[place], 0.0)


def fold(expression: Expression) -> Expression:
    """Compute what is made of numbers alone, and drop operations that change nothing.

    Only rewritings that hold for every input, NaN and infinity included, are made.

    Examples
    --------
    >>> fold(("*", ("v", "x"), ("+", ("c", 0.5), ("c", 0.5))))
    ('v', 'x')
    """
    if expression[0] in LEAVES:
        return expression
    return fold_node(rebuild(expression, fold))


def fold_node(node: Expression) -> Expression:
    """The same for an operator whose arguments are folded."""
    head = node[0]
    arguments = children(node)
    if head == "if" and arguments[0] in _TRUTHS:
        return arguments[1] if _TRUTHS[arguments[0]] else arguments[2]
    if all(argument[0] == "c" for argument in arguments) and not is_truth(node) and head != "if":
        return constant(float(evaluate(node, {})))
    if is_truth(node) and all(argument[0] == "c" or argument in _TRUTHS for argument in arguments):
        values = [_TRUTHS.get(argument, argument[1]) for argument in arguments]
        return TRUE if OPERATORS[head](*values) else FALSE
    if head == "*" and ONE in arguments:
        return arguments[1] if arguments[0] == ONE else arguments[0]
    if head == "/" and arguments[1] == ONE:
        return arguments[0]
    if head == "pow" and arguments[1] == constant(2):
        # The product is the square rounded once; a general power may be off in the last bit.
        return ("*", arguments[0], arguments[0])
    return node


#: What a truth value that is known folds to.
TRUE, FALSE = ("<", ZERO, ONE), ("<", ONE, ZERO)
_TRUTHS = {TRUE: True, FALSE: False}
