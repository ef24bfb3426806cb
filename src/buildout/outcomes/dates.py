"""Dates read off a trajectory: the one definition of when a level is reached and held."""

from typing import NamedTuple

import numpy as np

from buildout.outcomes.rule import FULL, SUSTAINED
from buildout.vensim.arrays import Floats, Truths

# Coverage is a quotient of sums of tonnes: this share below a level is rounding, not a missing
# magnet.
ROUNDING = 1e-9
# Years, half a minute: saved dates are sums of steps and carry rounding.
SAME_DATE = 1e-6


class Spell(NamedTuple):
    """When a level is first held for long enough; arrays, one number for each trajectory.

    Attributes
    ----------
    start : array, Year
        When it is reached, NaN when it never is.
    end : array, Year
        When it is lost again, NaN when it is not.
    known : array of bool
        False where there is no start and the run is too short to rule one out: it ends less than
        the asked time after `since`, or while the level is held for less than that time.
    """

    start: Floats
    end: Floats
    known: Truths


def reaches(values: Floats | float, level: float = FULL, *, above: bool = True) -> Truths:
    """Whether values are at a level or beyond it, rounding apart.

    Parameters
    ----------
    values : array, (...), any unit
        NaN is never there.
    level : float, in the same unit
    above : bool
        False: at the level or below.

    Returns
    -------
    array of bool, (...)

    Examples
    --------
    >>> reaches(np.array([0.9, 1 - 1e-12, 2.0, np.nan])).tolist()
    [False, True, True, False]
    """
    reached: Truths = _excess(np.asarray(values, float), level, above) >= -ROUNDING * abs(level)
    return reached


def first_sustained(
    times: Floats,
    values: Floats,
    since: float = -np.inf,
    level: float = FULL,
    sustained: float = SUSTAINED,
    *,
    above: bool = True,
    axis: int = -1,
) -> Spell:
    """The first date from which a level is held for some time.

    Between saved dates a value is taken to move in a straight line.

    Parameters
    ----------
    times : array, (time,), Year
        Saved dates, in order.
    values : array, (..., time) or with time along `axis`
    since : float, Year
        What happens before does not count; the level held on this date counts from this date.
    level : float, in the unit of the values
        Reaching it, rounding apart, counts.
    sustained : float, Year
        How long it must be held.
    above : bool
        False: staying at or below the level instead.
    axis : int
        Which one is time.

    Returns
    -------
    Spell
        Arrays of the shape of the values without time.

    Examples
    --------
    >>> times = np.arange(2026.0, 2032.0)
    >>> spell = first_sustained(times, np.array([2, 0.5, 1.5, 2, 2, 0]), since=2027.0)
    >>> float(spell.start), float(spell.end)
    (2027.5, 2030.5)
    """
    times = np.asarray(times, float)
    excess = _excess(np.moveaxis(np.asarray(values, float), axis, 0), level, above)
    times, excess = _from(times, excess, since)
    shape = excess.shape[1:]
    start, end = np.full(shape, np.nan), np.full(shape, np.nan)
    if not len(times):
        return Spell(start, end, np.zeros(shape, bool))
    holds = excess >= -ROUNDING * abs(level)
    # When the present spell began; NaN outside of one.
    began = np.where(holds[0], times[0], np.nan)
    for i in range(1, len(times)):
        turned = holds[i] != holds[i - 1]
        if not turned.any():
            continue
        date = _crossing(times[i - 1 : i + 1], excess[i - 1 : i + 1], holds[i])
        long = turned & ~holds[i] & np.isnan(start) & (date - began >= sustained - SAME_DATE)
        start, end = np.where(long, began, start), np.where(long, date, end)
        began = np.where(turned, np.where(holds[i], date, np.nan), began)
    open_end = np.isnan(start) & (times[-1] - began >= sustained - SAME_DATE)
    start = np.where(open_end, began, start)
    # Nothing can be ruled out by a run that is over before the level could have been held.
    short = times[-1] - times[0] < sustained - SAME_DATE
    return Spell(start, end, ~np.isnan(start) | ~(holds[-1] | short))


def _excess(values: Floats, level: float, above: bool) -> Floats:
    """How far values are on the right side of a level."""
    excess: Floats = values - level if above else level - values
    return excess


def _from(times: Floats, excess: Floats, since: float) -> tuple[Floats, Floats]:
    """What lies on or after a date, beginning on it where it is between saved ones."""
    first = int(np.searchsorted(times, since - SAME_DATE))
    between = 0 < first < len(times) and times[first] > since + SAME_DATE
    if not between:
        return times[first:], excess[first:]
    share = (since - times[first - 1]) / (times[first] - times[first - 1])
    there = excess[first - 1] + share * (excess[first] - excess[first - 1])
    return np.append(since, times[first:]), np.concatenate([there[None], excess[first:]])


def _crossing(times: Floats, excess: Floats, holds: Floats) -> Floats:
    """When the straight line between two saved dates passes the level."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = excess[0] / (excess[0] - excess[1])
    # A value that rounding keeps from the level is at it.
    date = times[0] + np.clip(share, 0, 1) * (times[1] - times[0])
    # Beside a value that is not finite there is no line: the saved date inside counts.
    return np.asarray(np.where(np.isfinite(date), date, np.where(holds, times[1], times[0])))
