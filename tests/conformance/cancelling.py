"""How large the amounts are of which a variable is what remains.

A stock of 2,000,000 t that is emptied holds 1e-10 t by rounding, and engines that add up in another
order leave another rest. So what is left is measured by what cancelled, followed through sums, the
nearer of two, choices, stocks, and products with what does not cancel itself.
"""

from collections.abc import Mapping

import numpy as np

from buildout.vensim.engine.ir.expressions import NOT_AVAILABLE, Expression, children
from buildout.vensim.engine.ir.system import System

_DEEPEST = 40


class Amounts:
    """The largest amounts that enter the scalars of a system, by what they were in a run.

    Parameters
    ----------
    system : System
    largest : mapping of str to float
        The largest size of each scalar in the run.
    """

    def __init__(self, system: System, largest: Mapping[str, float]):
        self.system, self.largest = system, largest
        self.known: dict[str, float] = {}

    def of(self, scalar: str, left: int = _DEEPEST) -> float:
        """The largest amount added or taken away on the way to a scalar; zero without any."""
        if scalar not in self.known:
            # A circle adds nothing to what is found elsewhere on it.
            self.known[scalar] = 0.0
            formulas: tuple[Expression, ...] = ()
            if (state := self.system.states.get(scalar)) is not None:
                formulas = (state.initial, state.update)
            elif (formula := self.system.equations.get(scalar)) is not None:
                formulas = (formula,)
            if left and formulas:
                self.known[scalar] = max(self._in(part, left - 1) for part in formulas)
        return self.known[scalar]

    def _in(self, formula: Expression, left: int) -> float:
        """Only what stands in a sum counts: a cap such as `MIN(x, 1e30)` is no amount."""
        head, parts = formula[0], children(formula)
        if head == "v":
            return self.of(formula[1], left)
        if head in ("+", "-"):
            return max(max(self._size(part), self._in(part, left)) for part in parts)
        if head in ("min", "max", "neg"):
            return max(self._in(part, left) for part in parts)
        if head == "if":
            return max(self._in(part, left) for part in parts[1:])
        if head == "*":
            a, b = parts
            return max(self._in(a, left) * self._size(b), self._size(a) * self._in(b, left))
        if head == "/" and parts[1][0] == "c" and parts[1][1]:
            return self._in(parts[0], left) / abs(parts[1][1])
        return 0.0

    def _size(self, formula: Expression) -> float:
        """How large an expression is, where that is known without computing it."""
        if formula[0] == "v":
            return self.largest.get(formula[1], 0.0)
        return abs(formula[1]) if formula[0] == "c" and _is_amount(formula[1]) else 0.0


def _is_amount(value: float | np.ndarray) -> np.ndarray:
    """Whether numbers are amounts: finite, and not what stands for a gap (`:NA:`)."""
    return np.abs(value) < abs(NOT_AVAILABLE)


def largest_of(outputs: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    """The largest finite size of each output over a run."""
    finite = np.where(_is_amount(values), np.abs(values), 0.0)
    return dict(zip(outputs, finite.max(axis=(1, 2)), strict=True))
