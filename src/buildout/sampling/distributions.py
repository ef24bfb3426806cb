"""How one parameter is distributed over its range, as the table of parameters says.

The quantiles are written out, a line each, and tested against SciPy's. Taken from SciPy they would
move the last digits of the draws, and with them every sweep of a known seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from buildout.errors import InputError
from buildout.inputs.parameters import LUCK, Parameter
from buildout.vensim.arrays import Floats

# "low" and "high" of a lognormal are its 5% and 95% points (calibration/README.md).
TAIL = 0.05
# Luck of exactly 0 or 1 would be a project that is early, or late, without end.
CHANCE = 1e-6


@dataclass(frozen=True)
class Marginal:
    """What is known of one parameter before any run: a range and a shape within it.

    Attributes
    ----------
    name : str
        As in the model, with subscripts where they differ by element.
    unit : str
        As in the model.
    default, low, high : float
        In that unit; `low <= default <= high`.
    distribution : str
        One of the keys of `SHAPES`.

    Raises
    ------
    InputError
        For an unknown distribution, a range out of order or not finite, or a range that touches
        zero where the shape needs a logarithm.

    Examples
    --------
    >>> Marginal("permit time", "Year", 2, 1, 5, "triangular").quantile(np.array([0, 0.25, 1]))
    array([1., 2., 5.])
    """

    name: str
    unit: str
    default: float
    low: float
    high: float
    distribution: str

    def __post_init__(self) -> None:
        if self.distribution not in SHAPES:
            known = ", ".join(f"`{name}`" for name in SHAPES)
            raise InputError(
                f"`{self.name}` has the distribution `{self.distribution}`.",
                f"Accepted: {known}.",
            )
        if self.distribution == "fixed":
            return  # Its ends may be open.
        ordered = self.low <= self.default <= self.high
        if not (ordered and np.isfinite([self.low, self.high]).all()):
            raise InputError(
                f"`{self.name}` ranges from {self.low} over {self.default} to {self.high}.",
                "Low, default and high must be finite and in this order.",
            )
        if self.distribution in ("lognormal", "loguniform") and self.low <= 0:
            raise InputError(
                f"`{self.name}` is {self.distribution} from {self.low}.",
                "Logarithms need a range above zero.",
                "Give it another distribution or a positive `low`.",
            )

    @classmethod
    def of(cls, row: Parameter, name: str | None = None) -> "Marginal":
        """The distribution that a row of the table of parameters describes."""
        low, high = row.low, row.high
        if row.kind == LUCK and row.distribution == "uniform":
            low, high = never_sure(low), never_sure(high)
        return cls(name or row.name, row.unit, row.default, low, high, row.distribution)

    @property
    def varies(self) -> bool:
        """Whether different draws can give different values."""
        return self.distribution != "fixed" and self.low < self.high

    def quantile(self, share: Floats) -> Floats:
        """The value below which a share of the draws lies.

        Parameters
        ----------
        share : array, Dmnl
            From 0 to 1.

        Returns
        -------
        array
            In the unit of the parameter, never outside `low` to `high`.
        """
        if not self.varies:
            return np.full(np.shape(share), float(self.default))
        values = SHAPES[self.distribution](self, np.asarray(share, float))
        # Rounding can step over an end by one bit, and the model's own range check would refuse.
        inside: Floats = np.clip(values, self.low, self.high)
        return inside


def never_sure(share: float) -> float:
    """An end of the range of luck, a millionth away from 0 and from 1."""
    return {0.0: CHANCE, 1.0: 1 - CHANCE}.get(share, share)


def _uniform(m: Marginal, share: Floats) -> Floats:
    value: Floats = m.low + share * (m.high - m.low)
    return value


def _triangular(m: Marginal, share: Floats) -> Floats:
    width, left, right = m.high - m.low, m.default - m.low, m.high - m.default
    rising = m.low + np.sqrt(share * width * left)
    falling = m.high - np.sqrt((1 - share) * width * right)
    return np.where(share * width < left, rising, falling)


def _loguniform(m: Marginal, share: Floats) -> Floats:
    value: Floats = np.exp(np.log(m.low) + share * np.log(m.high / m.low))
    return value


def _lognormal(m: Marginal, share: Floats) -> Floats:
    middle, half = np.log(m.low * m.high) / 2, np.log(m.high / m.low) / 2
    # Cut at its own 5% and 95% points: a range from a source is not to be overstepped.
    normal = ndtri(TAIL + share * (1 - 2 * TAIL))
    value: Floats = np.exp(middle + half * normal / ndtri(1 - TAIL))
    return value


def discrete_values(m: Marginal) -> Floats:
    """What a discrete parameter can be: whole numbers of its range, else low, default, high."""
    if float(m.low).is_integer() and float(m.high).is_integer():
        return np.arange(m.low, m.high + 1)
    return np.unique([m.low, m.default, m.high])


def _discrete(m: Marginal, share: Floats) -> Floats:
    values = discrete_values(m)
    value: Floats = values[np.minimum((share * len(values)).astype(int), len(values) - 1)]
    return value


def _fixed(m: Marginal, share: Floats) -> Floats:
    return np.full(np.shape(share), float(m.default))


SHAPES: Mapping[str, Callable[[Marginal, Floats], Floats]] = {
    "uniform": _uniform,
    "triangular": _triangular,
    "lognormal": _lognormal,
    "loguniform": _loguniform,
    "discrete": _discrete,
    "fixed": _fixed,
}
