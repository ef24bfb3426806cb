"""Curves that saturate: where the last useful dollar lies, and what a dollar makes before it.

All over a grid of sums that starts at zero, in single runs and in draws alike; straight between.
"""

import numpy as np
import numpy.typing as npt

from buildout.vensim.arrays import Floats

#: The last useful dollar is where this share of the best gain is reached.
USEFUL = 0.95
#: A best gain of less than this share of the value without is no gain.
NO_GAIN = 1e-3


def last_useful(sums: Floats, gains: Floats, least: Floats | float = 0.0) -> Floats:
    """The smallest sum that reaches 95 percent of the best gain.

    Parameters
    ----------
    sums : array, (n,)
        Rising, the first of them zero.
    gains : array, (n, ...)
        What each makes beyond the first.
    least : array or float
        A best gain that is no larger is none, and zero is enough for it.

    Returns
    -------
    array, (...)

    Examples
    --------
    >>> sums = np.array([0.0, 10.0, 20.0, 40.0])
    >>> last_useful(sums, np.array([0.0, 100.0, 200.0, 200.0])).item()
    19.0
    """
    best = gains.max(axis=0)
    target = USEFUL * best
    place = np.asarray(np.maximum(1, np.argmax(gains >= target, axis=0)))
    above, below = (_at(gains, where) for where in (place, place - 1))
    rise = np.where(above > below, above - below, 1.0)
    share = np.clip((target - below) / rise, 0.0, 1.0)
    reached = sums[place - 1] + share * (sums[place] - sums[place - 1])
    return np.where(best > least, reached, 0.0)


def _at(values: Floats, place: npt.NDArray[np.intp]) -> Floats:
    chosen: Floats = np.take_along_axis(values, place[None], axis=0)[0]
    return chosen


def mean_yield(dollars: Floats, gains: Floats) -> Floats:
    """What a dollar makes on average, from zero on; NaN where none is there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(dollars > 0, gains / dollars, np.nan)


def marginal_yield(dollars: Floats, gains: Floats) -> Floats:
    """What a dollar makes between each sum and the one before; NaN for the first.

    Parameters
    ----------
    dollars, gains : array, (n, ...)

    Examples
    --------
    >>> marginal_yield(np.array([0.0, 2.0, 2.0]), np.array([0.0, 8.0, 9.0])).tolist()
    [nan, 4.0, nan]
    """
    step, more = np.diff(dollars, axis=0), np.diff(gains, axis=0)
    first = np.full((1, *gains.shape[1:]), np.nan)
    return np.concatenate([first, mean_yield(step, more)])
