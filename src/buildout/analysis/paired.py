"""Differences between runs in the same draws: what two policies make in one world, side by side.

A date that is never reached before the end of the run counts as that end, so that a difference with
it is the least that it can be; how often that was so is told beside it.
"""

from dataclasses import dataclass

import numpy as np

from buildout.inputs.asked import AskedOutcome
from buildout.outcomes.odds import value_quantiles
from buildout.vensim.arrays import Floats, Truths

MONTHS = 12.0
# Two sums of the same tonnes in another order are the same.
ROUNDING_APART = 1e-9
#: A trajectory has parted from another when it is away by more than this share of it.
PARTED = 0.01


@dataclass(frozen=True)
class Capped:
    """Values without "never".

    Attributes
    ----------
    values : array
        Dates that never come are the end of the run.
    never : array of bool
        Where that is so.
    """

    values: Floats
    never: Truths


def capped(outcome: AskedOutcome, values: Floats, end: float) -> Capped:
    """Values of an outcome with the end of the run in place of dates that never come."""
    never: Truths = np.isnan(values) if outcome.is_date else np.zeros(np.shape(values), bool)
    return Capped(np.where(never, end, values), never)


def difference(outcome: AskedOutcome, base: Floats, values: Floats) -> Floats:
    """What values are above those of the base, months between dates; rounding apart is nothing."""
    apart = np.asarray(values - base, float)
    size = np.maximum(np.abs(values), np.abs(base))
    apart = np.where(np.abs(apart) <= ROUNDING_APART * size, 0.0, apart)
    return apart * MONTHS if outcome.is_date else apart


def paired_band(differences: Floats, of_run: float) -> dict[str, float]:
    """The middle nine tenths of differences, and the share that has the sign of the single run's.

    Parameters
    ----------
    differences : array, (draw,)
        Of sound draws.
    of_run : float
        The difference between the single runs; where it is nothing, the share is that of draws in
        which there is none either.

    Returns
    -------
    dict of str to float
        p05, p50, p95, same_sign; NaN without any draws.

    Examples
    --------
    >>> paired_band(np.array([1.0, 2.0, 3.0, -1.0]), 5.0)["same_sign"]
    0.75
    """
    band = value_quantiles(differences)
    same = np.sign(differences) == np.sign(of_run)
    share = float(same.mean()) if len(differences) else np.nan
    return {**band, "same_sign": share}


def parting_date(times: Floats, base: Floats, values: Floats, least: float) -> float:
    """The first saved date on which a trajectory is away from the base's by more than 1 percent.

    Parameters
    ----------
    times, base, values : array, (time,)
    least : float
        Where the base's value is smaller than this, a percent of this counts.

    Returns
    -------
    float, Year
        NaN where they never part.

    Examples
    --------
    >>> times = np.array([2025.0, 2026.0, 2027.0])
    >>> parting_date(times, np.full(3, 100.0), np.array([100.0, 100.9, 110.0]), 1.0)
    2027.0
    """
    away = np.abs(values - base) > PARTED * np.maximum(np.abs(base), least)
    return float(times[np.argmax(away)]) if away.any() else np.nan
