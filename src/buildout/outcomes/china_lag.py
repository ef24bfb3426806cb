"""How far US output lies behind China's: when China first made as much."""

from typing import NamedTuple

import numpy as np

from buildout.inputs.china import PastOutput
from buildout.vensim.arrays import Floats, Truths


class Reached(NamedTuple):
    """When a past output first came to a level.

    Attributes
    ----------
    year : array, Year
        The date; the first of the record where that made more already; NaN where it never did.
    at_least : array of bool
        True where the level lies below the record: it was reached before `year`.
    """

    year: Floats
    at_least: Truths


class Lag(NamedTuple):
    """How far an output is behind China's; NaN where China never made as much.

    Attributes
    ----------
    china_year : array, Year
        When China first made as much.
    at_least : array of bool
        Whether that was before its record begins.
    years_behind, years_behind_low, years_behind_high : array, Year
        From then to the date, as told and by the record's range.
    """

    china_year: Floats
    at_least: Truths
    years_behind: Floats
    years_behind_low: Floats
    years_behind_high: Floats


def first_made(levels: Floats, times: Floats, tonnes: Floats) -> Reached:
    """When a record, a broken line through its years, first reached some levels.

    Parameters
    ----------
    levels : array, (...), t/Year
    times : array, (year,), Year
        In order.
    tonnes : array, (year,), t/Year

    Returns
    -------
    Reached
        Arrays of the shape of the levels.

    Examples
    --------
    >>> first_made(np.array([5.0, 15, 40]), np.array([2000.5, 2002.5]), np.array([10.0, 20])).year
    array([2000.5, 2001.5,    nan])
    """
    levels = np.asarray(levels, float)
    highest = np.maximum.accumulate(tonnes)
    # The first year that made as much. All before it made less, so the line passes the level once
    # between it and the year before.
    after = np.searchsorted(highest, levels, side="left")
    never = (after == len(times)) | np.isnan(levels)
    after = np.minimum(after, len(times) - 1)
    before = np.maximum(after - 1, 0)
    inside = (after > before) & ~never
    rise = np.where(inside, tonnes[after] - tonnes[before], 1.0)
    share = np.where(inside, (levels - tonnes[before]) / rise, 1.0)
    year = times[before] + share * (times[after] - times[before])
    return Reached(np.where(never, np.nan, year), ~never & (levels < tonnes[0]))


def lag(output: Floats, dates: Floats, record: PastOutput) -> Lag:
    """How far an output is behind China's same output.

    Parameters
    ----------
    output : array, (..., time), t/Year
        US output of the line.
    dates : array, (time,), Year
    record : PastOutput
        Of China.

    Returns
    -------
    Lag
        Arrays of the shape of the output.
    """
    made = first_made(output, record.times, record.tonnes)
    # China with fewer tonnes came later to a level, so there are fewer years between.
    low, high = (first_made(output, record.times, end).year for end in (record.low, record.high))
    return Lag(made.year, made.at_least, dates - made.year, dates - low, dates - high)
