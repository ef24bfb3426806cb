"""How large the amounts are of which a variable is what remains.

A stock of 2,000,000 t that is emptied holds 1e-10 t by rounding, and engines that add up in another
order leave another rest. So what is left is measured by what cancelled, followed through sums, the
nearer of two, choices, stocks, and products with what does not cancel itself.
"""

from collections.abc import Mapping

import numpy as np

from buildout.vensim.engine.ir.expressions import Expression, children
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
        """The largest amount that enters a scalar, its own size if nothing does."""
        if scalar not in self.known:
            # A circle adds nothing to what is found elsewhere on it.
            self.known[scalar] = size = self.largest.get(scalar, 0.0)
            inside = 0.0
            if left and (state := self.system.states.get(scalar)) is not None:
                # What a stock holds was held back by one step after the other.
                inside = max(self._in(part, left - 1) for part in (state.initial, state.update))
            elif left and (formula := self.system.equations.get(scalar)) is not None:
                inside = self._in(formula, left - 1)
            self.known[scalar] = max(size, inside)
        return self.known[scalar]

    def _in(self, formula: Expression, left: int) -> float:
        head = formula[0]
        if head == "v":
            return self.of(formula[1], left)
        if head == "c":
            return abs(formula[1])
        if head in ("+", "-", "min", "max", "neg"):
            return max(self._in(part, left) for part in children(formula))
        if head == "if":
            return max(self._in(part, left) for part in formula[2:])
        if head == "*":
            a, b = formula[1:]
            return max(self._in(a, left) * self._size(b), self._size(a) * self._in(b, left))
        if head == "/" and formula[2][0] == "c" and formula[2][1]:
            return self._in(formula[1], left) / abs(formula[2][1])
        return 0.0

    def _size(self, formula: Expression) -> float:
        """How large an expression is, where that is known without computing it."""
        if formula[0] == "v":
            return self.largest.get(formula[1], 0.0)
        return abs(formula[1]) if formula[0] == "c" else 0.0


def largest_of(outputs: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    """The largest finite size of each output over a run."""
    finite = np.where(np.isfinite(values), np.abs(values), 0.0)
    return dict(zip(outputs, finite.max(axis=(1, 2)), strict=True))
