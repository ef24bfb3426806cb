"""Strength reduction: what costs much and is alike all through a run is computed once for it.

A division by such a value becomes a product with its reciprocal, carried in two numbers so that it
is rounded as the division is; a power of such a value finds its logarithm in memory. The numbers
that come out are the same to the last bit.
"""

import math
from collections.abc import Collection
from fractions import Fraction

from buildout.vensim.engine.ir.expressions import (
    ONE,
    ZERO,
    Expression,
    constant,
    rebuild,
    variable,
)
from buildout.vensim.engine.ir.schedule import Code

#: Operators that code has after a reduction, besides "over": x, and a reciprocal in two numbers.
REDUCED = frozenset({"reciprocal", "rest_of_reciprocal", "pow_known", "log_high", "log_rest"})

#: Divisors with a reciprocal that loses nothing; zero, infinity and NaN are as good.
LEAST, GREATEST = 2.0**-900, 2.0**900

#: What the rest of a reciprocal without rest is of it: too little to be seen in a product, but no
#: zero, as infinity times zero is not a number.
NO_REST = 2.0**-120

#: The value that tells whether a run has a divisor beyond those.
EXTREME = "@extreme"


class Reduction:
    """Rewrites code, and gives the code that computes once per run what the new one reads.

    Parameters
    ----------
    once : collection of str
        Names that keep their value all through a run.
    divides : bool
        Whether to leave divisions as they are.
    """

    def __init__(self, once: Collection[str], *, divides: bool = False):
        self._once, self._divides = once, divides
        self._divisors: dict[str, None] = {}
        self._bases: dict[str, None] = {}

    def reduced(self, code: Code) -> Code:
        """The same code with cheaper operators."""
        return [(name, self._reduce(formula)) for name, formula in code]

    def _reduce(self, node: Expression) -> Expression:
        node = rebuild(node, self._reduce)
        if node[0] == "/" and not self._divides:
            return self._over(node)
        if node[0] == "pow" and self._is_once(node[1]):
            base = node[1][1]
            self._bases[base] = None
            return ("pow_known", *node[1:], variable(_log(base)), variable(_log_rest(base)))
        return node

    def _is_once(self, node: Expression) -> bool:
        return node[0] == "v" and node[1] in self._once

    def _over(self, node: Expression) -> Expression:
        _, above, below = node
        if below[0] == "c" and LEAST <= abs(below[1]) <= GREATEST:
            return ("over", above, *map(constant, reciprocal(below[1])))
        if self._is_once(below):
            self._divisors[below[1]] = None
            return ("over", above, variable(_high(below[1])), variable(_low(below[1])))
        return node

    def beginning(self) -> Code:
        """What the code reads, in terms of the names that keep their value."""
        code: Code = [(EXTREME, ZERO)]
        for name in self._divisors:
            size = ("abs", variable(name))
            small = ("and", (">", size, ZERO), ("<", size, constant(LEAST)))
            large = ("and", (">", size, constant(GREATEST)), ("<", size, constant(math.inf)))
            code += [
                (_high(name), ("reciprocal", variable(name))),
                (_low(name), ("rest_of_reciprocal", variable(name), variable(_high(name)))),
                (EXTREME, ("if", ("or", small, large), ONE, variable(EXTREME))),
            ]
        for name in self._bases:
            code += [
                (_log(name), ("log_high", variable(name))),
                (_log_rest(name), ("log_rest", variable(name))),
            ]
        return code


def reciprocal(value: float) -> tuple[float, float]:
    """The reciprocal of an ordinary number as a sum of two, the first the nearest towards zero.

    Both have the sign of the number, so that the products of an infinite number with them agree.

    Examples
    --------
    >>> reciprocal(4.0)[0]
    0.25
    """
    high = 1.0 / value
    if abs(Fraction(high) * Fraction(value)) > 1:
        high = math.nextafter(high, 0.0)
    return high, float(1 / Fraction(value) - Fraction(high)) or high * NO_REST


def _high(name: str) -> str:
    return f"1/{name}"


def _low(name: str) -> str:
    return f"1/{name} rest"


def _log(name: str) -> str:
    return f"log {name}"


def _log_rest(name: str) -> str:
    return f"log {name} rest"
