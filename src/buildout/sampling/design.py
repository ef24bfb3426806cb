"""Designs of experiments: which values the parameters of each draw take.

A design is a rule, not a table: any stretch of its draws can be had without the others, in any
order and process, so that a sweep of a million draws neither holds nor repeats them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from buildout.errors import InputError
from buildout.inputs.model import Model, load_model
from buildout.sampling.distributions import Marginal, discrete_values
from buildout.sampling.points import Hypercube, SobolPoints
from buildout.sampling.selection import Vary, numbers, select, settable


@dataclass(frozen=True)
class Grid:
    """Every combination of some values, the last parameter running fastest."""

    levels: tuple[tuple[float, ...], ...]

    def points(self, start: int, stop: int) -> np.ndarray:
        """Combinations `start` to `stop` (exclusive), (stop - start, parameters)."""
        index = np.unravel_index(np.arange(start, stop), [len(v) for v in self.levels])
        return np.stack([np.array(v)[i] for v, i in zip(self.levels, index, strict=True)], axis=1)


@dataclass(frozen=True, eq=False)
class Table:
    """Draws that were given as numbers."""

    values: np.ndarray

    def points(self, start: int, stop: int) -> np.ndarray:
        """Rows `start` to `stop` (exclusive)."""
        return self.values[start:stop]


@dataclass(frozen=True, eq=False)
class Design:
    """A sample of parameter settings, common to all pathways of a sweep.

    Attributes
    ----------
    names : tuple of str
        Constants of the model, with subscripts where one element is meant.
    size : int
        Number of draws.
    kind : str
        "latin hypercube", "sobol", "grid", "one at a time" or "given".
    seed : int or None
        What the draws were made from; None where nothing is random.
    source : Hypercube, SobolPoints, Grid or Table
        Gives the draws of any stretch: shares of a distribution, or values.
    marginals : tuple of Marginal
        What turns shares into values; empty where the source gives values.
    """

    names: tuple[str, ...]
    size: int
    kind: str
    seed: int | None
    source: Hypercube | SobolPoints | Grid | Table
    marginals: tuple[Marginal, ...] = ()

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Values of some draws.

        Parameters
        ----------
        start, stop : int
            First draw, and the one after the last.

        Returns
        -------
        array, (stop - start, len(names)), each column in its parameter's unit
            The same whatever other stretches are asked for.
        """
        points = self.source.points(start, stop)
        for j, marginal in enumerate(self.marginals):
            points[:, j] = marginal.quantile(points[:, j])
        return points

    @property
    def values(self) -> np.ndarray:
        """All draws as one table, (size, len(names))."""
        return self.rows(0, self.size)

    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the highest value that each parameter can take in the draws."""
        if self.marginals:
            return tuple(np.array([m.quantile(end) for m in self.marginals]) for end in (0.0, 1.0))
        if isinstance(self.source, Grid):
            return tuple(np.array([end(v) for v in self.source.levels]) for end in (min, max))
        return self.source.values.min(axis=0), self.source.values.max(axis=0)

    @property
    def sha256(self) -> str:
        """Fingerprint: equal for designs that give the same draws."""
        told = hashlib.sha256(repr((self.names, self.size, self.kind, self.seed)).encode())
        told.update(repr(self.marginals).encode())
        if isinstance(self.source, Table):
            told.update(np.ascontiguousarray(self.source.values).tobytes())
        else:
            told.update(repr(self.source).encode())
        return told.hexdigest()


def latin_hypercube(
    size: int,
    *,
    seed: int | np.random.Generator | None = None,
    vary: Vary = None,
    kinds: Sequence[str] | None = None,
    model: Model | None = None,
) -> Design:
    """Draws that cover each parameter's range evenly (McKay, Beckman & Conover 1979).

    Parameters
    ----------
    size : int
        Number of draws.
    seed : int or Generator, optional
        The same integer gives the same draws everywhere; a Generator is asked for one. Without it
        a fresh one is taken and kept in the design.
    vary : str, list of str, or mapping, optional
        Names or patterns (`*`, `?`) of constants; a mapping gives own ranges, drawn evenly:
        `{"price floor": (60, 150)}`. Default: all uncertainties of parameters.csv.
    kinds : sequence of str, optional
        Which kinds of parameters.csv patterns may choose from (uncertainty, lever, switch,
        initial, structural). Default: uncertainties alone without `vary`, else all.
    model : Model, optional
        Default: the one that comes with buildout.

    Returns
    -------
    Design
        A column depends on the seed and its own name only: varying one parameter more leaves the
        draws of the others as they were.

    Raises
    ------
    UnknownNameError
        For a name or pattern that nothing answers to.
    InputError
        For a constant without range, or a size below one.

    Examples
    --------
    >>> design = latin_hypercube(1000, seed=7, vary="grant s*")
    >>> design.names
    ('grant share level', 'grant start')
    >>> design.rows(0, 10).shape
    (10, 2)
    """
    marginals = select(model or load_model(), vary, kinds)
    return _random(Hypercube, "latin hypercube", size, seed, marginals)


def sobol(
    size: int,
    *,
    seed: int | np.random.Generator | None = None,
    vary: Vary = None,
    kinds: Sequence[str] | None = None,
    model: Model | None = None,
) -> Design:
    """Draws from a scrambled Sobol' sequence, which fills the box of all ranges evenly.

    Parameters and errors are those of `latin_hypercube`; besides, the size must be a power of two,
    without which the sequence loses its balance (Owen 2020, arXiv:2008.08051).

    Returns
    -------
    Design

    Examples
    --------
    >>> sobol(1000, vary="grant start")
    Traceback (most recent call last):
    buildout.errors.InputError: A Sobol' design of 1000 draws is out of balance. ...
    """
    if _whole(size) & (size - 1):
        below = 1 << (size.bit_length() - 1)
        raise InputError(
            f"A Sobol' design of {size} draws is out of balance.",
            "Powers of two are accepted.",
            f"Take {below} or {2 * below} draws, or a Latin hypercube.",
        )
    marginals = select(model or load_model(), vary, kinds)
    return _random(SobolPoints, "sobol", size, seed, marginals)


def grid(
    vary: Vary = None,
    *,
    points: int = 3,
    kinds: Sequence[str] | None = None,
    model: Model | None = None,
) -> Design:
    """Every combination of chosen values.

    Parameters
    ----------
    vary : mapping, or as in `latin_hypercube`
        `{"training seats": [0, 500, 1000], "training start": [2026, 2028]}`; for names without
        values, `points` evenly spaced quantiles of their distribution, both ends included.
    points : int
        Values for each parameter named without values; a discrete one takes all it can be.
    kinds, model
        As in `latin_hypercube`.

    Returns
    -------
    Design
        The last parameter runs fastest.

    Examples
    --------
    >>> grid({"grant share level": [0, 0.4], "grant start": [2026, 2028]}).values.tolist()
    [[0.0, 2026.0], [0.0, 2028.0], [0.4, 2026.0], [0.4, 2028.0]]
    """
    model = model or load_model()
    if isinstance(vary, Mapping):
        levels = {name: numbers(name, values) for name, values in vary.items()}
        for name in levels:
            settable(model, name)
    else:
        if _whole(points) < 2:
            raise InputError("A grid of 1 point has nothing to compare.", "Accepted: 2 or more.")
        shares = np.linspace(0, 1, points)
        levels = {
            m.name: discrete_values(m) if m.distribution == "discrete" else m.quantile(shares)
            for m in select(model, vary, kinds)
        }
    size = 1
    for values in levels.values():
        size *= len(values)
    source = Grid(tuple(tuple(map(float, values)) for values in levels.values()))
    return Design(tuple(levels), size, "grid", None, source)


def one_at_a_time(
    vary: Vary = None, *, kinds: Sequence[str] | None = None, model: Model | None = None
) -> Design:
    """The defaults, then each parameter alone at its low and its high end.

    Parameters are those of `latin_hypercube`.

    Returns
    -------
    Design
        Draw 0 has all defaults; draws 2j + 1 and 2j + 2 the low and high end of parameter j.

    Examples
    --------
    >>> one_at_a_time("grant share level").size
    3
    """
    marginals = select(model or load_model(), vary, kinds)
    values = np.tile([m.default for m in marginals], (2 * len(marginals) + 1, 1))
    for j, m in enumerate(marginals):
        values[2 * j + 1, j], values[2 * j + 2, j] = m.low, m.high
    return Design(
        tuple(m.name for m in marginals), len(values), "one at a time", None, Table(values)
    )


def given(values: Mapping[str, Sequence[float]], *, model: Model | None = None) -> Design:
    """A design from own numbers.

    Parameters
    ----------
    values : mapping of str to sequence
        For each constant its value in every draw; all of one length.

    Returns
    -------
    Design

    Examples
    --------
    >>> given({"grant start": [2026, 2028, 2030]}).size
    3
    """
    model = model or load_model()
    columns = [numbers(name, column) for name, column in values.items()]
    for name in values:
        settable(model, name)
    if len({len(column) for column in columns}) != 1:
        raise InputError("The columns of the design differ in length, or there are none.")
    return Design(tuple(values), len(columns[0]), "given", None, Table(np.stack(columns, axis=1)))


def _random(
    points: type[Hypercube] | type[SobolPoints],
    kind: str,
    size: int,
    seed: Any,
    marginals: tuple[Marginal, ...],
) -> Design:
    if isinstance(seed, np.random.Generator):
        seed = seed.integers(2**63)
    elif seed is None:
        seed = np.random.SeedSequence().entropy % 2**63
    labels = tuple(m.name for m in marginals)
    source = points(_whole(size), _whole(seed, "The seed", least=0), labels)
    return Design(labels, source.size, kind, source.seed, source, marginals)


def _whole(number: Any, what: str = "The number of draws", least: int = 1) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__") or number < least:
        raise InputError(f"{what} is {number}.", f"A whole number from {least} is accepted.")
    return int(number)
