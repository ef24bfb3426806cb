"""Latin hypercube, Sobol' and Saltelli points of which any stretch can be had without the rest.

A million draws of a hundred parameters are 0.8 GB; a sweep works on some thousand at a time, maybe
in another process, maybe after a restart. So a point is a function of its number and the seed.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from buildout.vensim.arrays import Floats, Words

if TYPE_CHECKING:
    from scipy.stats import qmc

ROUNDS = 6  # at 3 the neighbours of a column are still correlated; 4 to 6 pass chi-square tests
# Increment and multipliers of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, Fig. 17).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Hypercube:
    """A Latin hypercube: each column has one point in each of `size` equal strata.

    A column depends on the seed and its own label only, so that varying one parameter more leaves
    the draws of the others as they were.
    """

    size: int
    seed: int
    labels: tuple[str, ...]

    def points(self, start: int, stop: int) -> Floats:
        """Points `start` to `stop` (exclusive), (stop - start, labels), each in [0, 1)."""
        made = _kept_column if stop - start <= KEPT_POINTS else _column
        columns = [made(self.size, self.seed, label, start, stop) for label in self.labels]
        return np.stack(columns, axis=1) if columns else np.empty((stop - start, 0))


def _column(size: int, seed: int, label: str, start: int, stop: int) -> Floats:
    words = np.frombuffer(hashlib.sha256(label.encode()).digest(), np.uint32)
    keys = np.random.SeedSequence([seed, *map(int, words)]).generate_state(
        2 * ROUNDS + 1, np.uint64
    )
    index = np.arange(start, stop, dtype=np.uint64)
    stratum = permuted(index, size, keys[1:].astype(np.uint64))
    column: Floats = (stratum + _uniform(index, keys[0])) / size
    return column


#: A session asks for the same thousand draws of some hundred constants at every verb; to keep them
#: takes at most some 30 MB.
KEPT_POINTS = 4096
_kept_column = lru_cache(maxsize=1024)(_column)


@dataclass(frozen=True)
class SobolPoints:
    """A scrambled Sobol' sequence (Owen scrambling as in `scipy.stats.qmc.Sobol`)."""

    size: int
    seed: int
    labels: tuple[str, ...]

    def points(self, start: int, stop: int) -> Floats:
        """Points `start` to `stop` (exclusive), (stop - start, labels), each in [0, 1)."""
        if not self.labels:
            return np.empty((stop - start, 0))
        # To import it takes half a second, which a Latin hypercube does without.
        from scipy.stats import qmc

        engine = qmc.Sobol(len(self.labels), scramble=True, rng=np.random.default_rng(self.seed))
        if start:
            _jump(engine, start)
            stretch: Floats = engine.random(stop - start)
            return stretch
        # SciPy wants a power of two from the origin; the whole sequence is one, a stretch not.
        whole: Floats = engine.random(1 << max(stop - 1, 0).bit_length())
        return whole[:stop]


@dataclass(frozen=True)
class SaltelliPoints:
    """Blocks of a Saltelli sample, in the order of SALib's `sobol` (Saltelli 2010).

    A block has two points of a scrambled Sobol' sequence, `A` and `B`, and `A` with each factor in
    turn taken from `B`: A, A with B's first factor, A with B's second one, ..., B. With the second
    order, before B stands B with each factor in turn taken from A.

    Attributes
    ----------
    base : int
        Blocks.
    seed : int
    factor_of : tuple of int
        For each column the number of its factor, -1 for one that is none.
    second_order : bool
    """

    base: int
    seed: int
    factor_of: tuple[int, ...]
    second_order: bool = False

    @property
    def block(self) -> int:
        """Points in a block."""
        factors = max(self.factor_of) + 1
        return factors * (2 if self.second_order else 1) + 2

    @property
    def size(self) -> int:
        """Points in all."""
        return self.base * self.block

    def points(self, start: int, stop: int) -> Floats:
        """Points `start` to `stop` (exclusive), (stop - start, columns), each in [0, 1)."""
        factor_of = np.array(self.factor_of)
        first, last = start // self.block, -(-stop // self.block)
        both = SobolPoints(self.base, self.seed, ("",) * 2 * len(factor_of)).points(first, last)
        a, b = both[:, : len(factor_of)], both[:, len(factor_of) :]
        block, place = np.divmod(np.arange(start, stop), self.block)
        factors = factor_of.max() + 1
        # What comes from B: of A one factor, of B all but one, and of the last point all.
        mixed = factor_of == (place - 1)[:, None]
        left = place - 1 - factors if self.second_order else np.full_like(place, factors)
        but_one = factor_of != left[:, None]
        from_b = np.where((place <= factors)[:, None], mixed, but_one)
        drawn: Floats = np.where(from_b, b[block - first], a[block - first])
        return drawn


def _jump(engine: "qmc.Sobol", start: int) -> None:
    """What `fast_forward` does, which goes step by step: at a billion draws minutes for a block.

    Points come in the order of the Gray code, so that one is the sum (exclusive or) of the
    direction numbers at the bits of its code. SciPy has no public name for these; a test holds
    that both ways give the same points.
    """
    last = start - 1
    code = last ^ (last >> 1)
    bits = [bit for bit in range(code.bit_length()) if code >> bit & 1]
    engine._quasi ^= np.bitwise_xor.reduce(engine._sv[:, bits], axis=1)
    engine.num_generated = start


def permuted(index: Words, size: int, keys: Words) -> Words:
    """Where a keyed permutation of 0 ... size-1 sends some of its members.

    Rounds of adding, multiplying by an odd number and folding, each of which can be undone within
    the next power of two; what lands beyond the size is sent on until it is inside. (The idea is
    Kensler 2013, "Correlated multi-jittered sampling", Pixar memo 13-01.)

    Parameters
    ----------
    index : array of uint64
        Members, each below `size`.
    size : int
        How many there are.
    keys : array of uint64, (2 * ROUNDS,)
        Different keys give different permutations.

    Returns
    -------
    array of uint64

    Examples
    --------
    >>> keys = np.arange(2 * ROUNDS, dtype=np.uint64)
    >>> sorted(permuted(np.arange(5, dtype=np.uint64), 5, keys).tolist())
    [0, 1, 2, 3, 4]
    """
    bits = max((size - 1).bit_length(), 1)
    mask, fold = np.uint64((1 << bits) - 1), np.uint64(max(bits // 2, 1))
    result = index.copy()
    astray = np.arange(len(index))
    while len(astray):
        value = result[astray]
        for add, multiply in keys.reshape(ROUNDS, 2):
            value = ((value + add) * (multiply | np.uint64(1))) & mask
            value ^= value >> fold
        result[astray] = value
        astray = astray[value >= size]
    return result


def _uniform(index: Words, key: np.uint64) -> Floats:
    """One number in [0, 1) for each index: SplitMix64, of which 53 bits fit a double."""
    value = (index + np.uint64(1)) * GOLDEN + key
    value = (value ^ (value >> np.uint64(30))) * MIX_1
    value = (value ^ (value >> np.uint64(27))) * MIX_2
    value ^= value >> np.uint64(31)
    share: Floats = (value >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return share
