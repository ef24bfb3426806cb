"""What a sweep draws, as a noun: names, how many, and a rule that gives any stretch of them.

It is a rule, not a table: a sweep of a million draws neither holds nor repeats them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from buildout._util.arguments import given_list
from buildout._util.names import quoted
from buildout.errors import InputError
from buildout.sampling.distributions import Marginal
from buildout.sampling.points import Hypercube, SaltelliPoints, SobolPoints
from buildout.vensim.arrays import Floats

NOTES = {
    "sobol": "A scrambled Sobol' sequence, which fills the box of all ranges. It is no Saltelli "
    "sample: the estimators of first-order and total Sobol' indices that need one (as in SALib's "
    "`sobol.analyze`) give nonsense on it: `saltelli` makes one. `first_order` takes it.",
    "saltelli": "Blocks of draws for total Sobol' indices (`total_order`, SALib's "
    "`sobol.analyze`). Within a block draws share most of their values, so that shares of all "
    "draws are known less well than their number says.",
    "one at a time": "Draw 0 is the pathway as it is; NaN in `drawn` stands for the pathway's own "
    "value.",
}
GIVEN, CONDITIONED, SALTELLI = "given", "conditioned", "saltelli"
#: What the draws of a design can be.
DESIGN_KINDS = ("latin hypercube", "sobol", SALTELLI, "grid", "one at a time", GIVEN, CONDITIONED)


@dataclass(frozen=True)
class Grid:
    """Every combination of some values, the last parameter running fastest."""

    levels: tuple[tuple[float, ...], ...]

    def points(self, start: int, stop: int) -> Floats:
        """Combinations `start` to `stop` (exclusive), (stop - start, parameters)."""
        index = np.unravel_index(np.arange(start, stop), [len(v) for v in self.levels])
        return np.stack([np.array(v)[i] for v, i in zip(self.levels, index, strict=True)], axis=1)


@dataclass(frozen=True, eq=False)
class GivenDraws:
    """Draws that were given as numbers; NaN leaves a parameter as the pathway has it."""

    values: Floats

    def points(self, start: int, stop: int) -> Floats:
        """Rows `start` to `stop` (exclusive)."""
        return self.values[start:stop]


@dataclass(frozen=True, eq=False, repr=False)
class Design:
    """A sample of parameter settings, common to all pathways of a sweep.

    Attributes
    ----------
    names : tuple of str
        Constants of the model, with subscripts where one element is meant.
    size : int
        Number of draws.
    kind : str
        One of `DESIGN_KINDS`.
    seed : int or None
        What the draws were made from; None where nothing is random.
    source : Hypercube, SobolPoints, SaltelliPoints, Grid or GivenDraws
        Gives the draws of any stretch: shares of a distribution, or values.
    marginals : tuple of Marginal
        What turns shares into values; empty where the source gives values.
    provenance : mapping
        What else is to be known of where the draws come from, as plain data; of no effect on them.
    """

    names: tuple[str, ...]
    size: int
    kind: str
    seed: int | None
    source: Hypercube | SobolPoints | SaltelliPoints | Grid | GivenDraws
    marginals: tuple[Marginal, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self) -> str:
        few = ", ".join(f"{name[:60]!r}" for name in self.names[:4])
        more = f", ... {len(self.names)} in all" if len(self.names) > 4 else ""
        draws = "1 draw" if self.size == 1 else f"{self.size} draws"
        return f"Design({self.kind!r}, {draws} of {few}{more}; seed {self.seed})"

    @property
    def note(self) -> str:
        """What the draws are not made for, where people take them for more; mostly empty."""
        return NOTES.get(self.kind, str(self.provenance.get("note", "")))

    def rows(self, start: int, stop: int) -> Floats:
        """Values of some draws.

        Parameters
        ----------
        start, stop : int
            First draw, and the one after the last.

        Returns
        -------
        array, (stop - start, len(names)), each column in its parameter's unit
            The same whatever other stretches are asked for. NaN (in a design that moves one
            parameter at a time) leaves the parameter as the pathway has it.
        """
        for end in (start, stop):
            if not (isinstance(end, int | np.integer) and 0 <= start <= end <= self.size):
                raise InputError(
                    f"Draws {quoted(start).strip('`')} to {quoted(stop).strip('`')} are asked for.",
                    f"Whole numbers from 0 to {self.size:,}, the first before the last.",
                )
        points = self.source.points(start, stop)
        for j, marginal in enumerate(self.marginals):
            points[:, j] = marginal.quantile(points[:, j])
        return points

    @property
    def factors(self) -> tuple[str, ...]:
        """Of a Saltelli design what its indices are of, in order; else nothing.

        Examples
        --------
        >>> from buildout import saltelli
        >>> saltelli(8, vary=["grant start", "grant share level"]).factors
        ('grant start', 'grant share level')
        """
        return tuple(map(str, given_list(self.provenance.get("factors", ()), "factors", "Names")))

    @property
    def values(self) -> Floats:
        """All draws as one table, (size, len(names))."""
        return self.rows(0, self.size)

    def ends(self) -> tuple[Floats, Floats]:
        """The lowest and the highest value that each parameter can take in the draws."""
        if self.marginals:
            return self._quantiles(0.0), self._quantiles(1.0)
        if isinstance(self.source, Grid):
            levels = self.source.levels
            return np.array([min(v) for v in levels]), np.array([max(v) for v in levels])
        values = self.values
        return np.nanmin(values, axis=0), np.nanmax(values, axis=0)

    def _quantiles(self, share: float) -> Floats:
        return np.array([m.quantile(np.array(share)) for m in self.marginals], float)

    @property
    def sha256(self) -> str:
        """Fingerprint: equal for designs that give the same draws."""
        fingerprint = hashlib.sha256(repr((self.names, self.size, self.kind, self.seed)).encode())
        fingerprint.update(repr(self.marginals).encode())
        if isinstance(self.source, GivenDraws):
            fingerprint.update(np.ascontiguousarray(self.source.values).tobytes())
        else:
            fingerprint.update(repr(self.source).encode())
        return fingerprint.hexdigest()
