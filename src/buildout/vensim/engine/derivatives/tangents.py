"""Derivatives of expressions and of whole systems, by the chain rule.

`extend` adds to a system the derivative of every value that the chosen parameters can move, as
ordinary equations and states, so that any engine computes them along with the model. Each run
follows one direction in the space of parameters, given by the seeds.

At a kink (MIN, MAX, IF THEN ELSE, a point of a lookup) the derivative is that of one side. The
moment at which a condition changes is held, so a parameter that only moves a date (the start of a
STEP) has a derivative of zero.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace

from buildout.errors import UnsupportedError
from buildout.vensim.engine.ir.expressions import (
    COMPARISONS,
    LOGIC,
    ONE,
    ZERO,
    Expression,
    constant,
    fold,
    references,
    variable,
)
from buildout.vensim.engine.ir.system import State, System

Rule = Callable[..., Expression]


def tangent_of(scalar: str) -> str:
    """Name of the derivative of a scalar; a scalar id never begins with a blank."""
    return f" {scalar}"


def _plus(a: Expression, b: Expression) -> Expression:
    return b if a == ZERO else a if b == ZERO else ("+", a, b)


def _minus(a: Expression, b: Expression) -> Expression:
    return a if b == ZERO else ("neg", b) if a == ZERO else ("-", a, b)


def _times(a: Expression, b: Expression) -> Expression:
    if ZERO in (a, b):
        return ZERO
    return b if a == ONE else a if b == ONE else ("*", a, b)


def _over(a: Expression, b: Expression) -> Expression:
    return ZERO if a == ZERO else ("/", a, b)


def _choose(condition: Expression, a: Expression, b: Expression) -> Expression:
    return a if a == b else ("if", condition, a, b)


def _square(x: Expression) -> Expression:
    return ("*", x, x)


def _power(
    value: Expression, x: Expression, y: Expression, dx: Expression, dy: Expression
) -> Expression:
    # x^(y-1) rather than x^y / x, so that a base of zero is no trouble.
    by_base = _times(_times(y, ("pow", x, ("-", y, ONE))), dx)
    by_exponent = _times(_times(value, ("log", x)), dy)
    # At a base of zero the power stays zero (or one) whatever the exponent.
    guarded = ZERO if dy == ZERO else ("if", ("==", x, ZERO), ZERO, by_exponent)
    return _plus(by_base, guarded)


#: Derivative of each operator: takes its value, its arguments and their derivatives.
RULES: dict[str, Rule] = {
    "+": lambda v, a, b, da, db: _plus(da, db),
    "-": lambda v, a, b, da, db: _minus(da, db),
    "*": lambda v, a, b, da, db: _plus(_times(da, b), _times(a, db)),
    "/": lambda v, a, b, da, db: _over(_minus(da, _times(v, db)), b),
    "neg": lambda v, a, da: _minus(ZERO, da),
    "min": lambda v, a, b, da, db: _choose(("<", a, b), da, db),
    "max": lambda v, a, b, da, db: _choose((">", a, b), da, db),
    "if": lambda v, c, a, b, dc, da, db: _choose(c, da, db),
    "pow": _power,
    "abs": lambda v, a, da: _choose(("<", a, ZERO), _minus(ZERO, da), da),
    "mod": lambda v, a, b, da, db: _minus(da, _times(_floor_of_ratio(a, b, v), db)),
    "trunc": lambda v, a, da: ZERO,
    "sqrt": lambda v, a, da: _over(da, ("*", constant(2), v)),
    "exp": lambda v, a, da: _times(v, da),
    "log": lambda v, a, da: _over(da, a),
    "sin": lambda v, a, da: _times(("cos", a), da),
    "cos": lambda v, a, da: _times(("neg", ("sin", a)), da),
    "tan": lambda v, a, da: _times(("+", ONE, _square(v)), da),
    "asin": lambda v, a, da: _over(da, ("sqrt", ("-", ONE, _square(a)))),
    "acos": lambda v, a, da: _minus(ZERO, _over(da, ("sqrt", ("-", ONE, _square(a))))),
    "atan": lambda v, a, da: _over(da, ("+", ONE, _square(a))),
    "sinh": lambda v, a, da: _times(("cosh", a), da),
    "cosh": lambda v, a, da: _times(("sinh", a), da),
    "tanh": lambda v, a, da: _times(("-", ONE, _square(v)), da),
}


def _floor_of_ratio(a: Expression, b: Expression, rest: Expression) -> Expression:
    return ("/", ("-", a, rest), b)


def derivative(
    expression: Expression,
    of: Callable[[str], Expression],
    value: Expression | None = None,
) -> Expression:
    """Derivative of an expression along one direction.

    Parameters
    ----------
    expression : Expression
    of : callable
        Gives the derivative of a scalar by its id; `ZERO` where it does not move.
    value : Expression, optional
        Something shorter with the same value, such as the variable the expression defines.

    Examples
    --------
    >>> derivative(("*", ("v", "x"), ("v", "x")), lambda name: ONE)
    ('+', ('v', 'x'), ('v', 'x'))
    """
    head = expression[0]
    if head in ("c", "t") or head in COMPARISONS or head in LOGIC:
        return ZERO
    if head == "v":
        return of(expression[1])
    if head in ("lookup", "slope"):
        inner = derivative(expression[2], of)
        # Between its points a lookup is straight, so its slope does not move.
        steep = ("slope", *expression[1:]) if head == "lookup" else ZERO
        return _times(steep, inner)
    arguments = expression[1:]
    changes = [derivative(argument, of) for argument in arguments]
    if all(change == ZERO for change in changes):
        return ZERO
    return RULES[head](value or expression, *arguments, *changes)


@functools.lru_cache(maxsize=16)
def extend(system: System, parameters: tuple[str, ...]) -> System:
    """A system that computes the derivative of its values along a direction as well.

    Parameters
    ----------
    system : System
    parameters : tuple of str
        Scalar ids of constants; `tangent_of` each is a new constant, the seed, which is zero.

    Returns
    -------
    System
        With more equations and states, named by `tangent_of`; its variables are those of before.

    Raises
    ------
    UnsupportedError
        When a parameter moves the length of a DELAY FIXED, whose derivative does not exist.
    """
    moved = _moved(system, parameters)

    def of(name: str) -> Expression:
        return variable(tangent_of(name)) if name in moved else ZERO

    def change(formula: Expression, name: str | None = None) -> Expression:
        return fold(derivative(formula, of, None if name is None else variable(name)))

    equations = {
        tangent_of(name): change(formula, name)
        for name, formula in system.equations.items()
        if name in moved
    }
    starts = {
        tangent_of(name): change(formula)
        for name, formula in system.at_start.items()
        if name in moved
    }
    states = {
        tangent_of(name): _tangent_state(name, state, change)
        for name, state in system.states.items()
        if name in moved
    }
    mark = "\0".join(["tangent", *parameters])
    return replace(
        system,
        constants=system.constants | dict.fromkeys(map(tangent_of, parameters), 0.0),
        equations=system.equations | equations,
        states=system.states | states,
        at_start=system.at_start | starts,
        sha256=f"{system.sha256} {mark}",
    )


def _tangent_state(name: str, state: State, change: Callable[[Expression], Expression]) -> State:
    if state.delay is not None and change(state.delay) != ZERO:
        raise UnsupportedError(
            f"`{name.split('#')[0]}` is a `DELAY FIXED` whose length depends on a parameter; its "
            "derivative does not exist.",
            cure="Leave that parameter out, or use `DELAY3`.",
        )
    return State(state.kind, change(state.initial), change(state.update), state.delay)


def _moved(system: System, parameters: Iterable[str]) -> set[str]:
    """All scalars that a change of the parameters can reach."""
    readers: dict[str, list[str]] = {}
    formulas = [*system.equations.items(), *system.at_start.items()]
    for name, state in system.states.items():
        formulas += [(name, state.initial), (name, state.update)]
        if state.delay is not None:
            formulas.append((name, state.delay))
    for name, formula in formulas:
        for read in references(formula):
            readers.setdefault(read, []).append(name)
    moved, pending = set(parameters), [*parameters]
    while pending:
        for name in readers.get(pending.pop(), []):
            if name not in moved:
                moved.add(name)
                pending.append(name)
    return moved
