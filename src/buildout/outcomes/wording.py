"""The words of the verdict: one way to say a coverage, a shortfall and a date, for all who print.

No rounding here turns a need that is not met into one that is.
"""

import math

from buildout._util.numbers import number, quarter, span
from buildout.outcomes.dates import SAME_DATE, reaches
from buildout.outcomes.rule import RULE_DATE

#: The rule's date in a sentence.
ON_THE_DATE = "1 January 2027"
#: What stands in place of a date that a run is too short to show or to rule out.
TOO_SHORT = "run too short to know"
# Tonnes a year, grams: less is rounding.
NO_TONNES = 1e-6


def covered_percent(share: float) -> str:
    """A coverage in percent, without the sign; never 100 for less than the whole need.

    Examples
    --------
    >>> covered_percent(0.2429), covered_percent(15.57), covered_percent(0.9962)
    ('24', '1,557', '99.6')
    >>> covered_percent(0.99999), covered_percent(1.0), covered_percent(float("nan"))
    ('99.9', '100', '-')
    """
    if not math.isfinite(share):
        return "-"
    short = not reaches(share) and round(100 * share) >= 100
    return f"{math.floor(1000 * share) / 10:.1f}" if short else f"{100 * share:,.0f}"


def short_tonnes(tonnes: float) -> str:
    """A shortfall in whole tonnes; never 0 where some are short.

    Examples
    --------
    >>> short_tonnes(1190.8), short_tonnes(0.2), short_tonnes(0.0), short_tonnes(float("nan"))
    ('1,191', '<1', '0', '-')
    """
    if not math.isfinite(tonnes):
        return "-"
    return "<1" if tonnes > NO_TONNES and round(tonnes) == 0 else f"{tonnes:,.0f}"


def covered_from(
    year: float | None,
    until: float | None = None,
    *,
    known: bool,
    end: float,
    on_the_date: str = ON_THE_DATE,
) -> str:
    """Since when a need is covered, and until when where that is over before the run.

    Parameters
    ----------
    year, until : float, Year; None or NaN for none
        `full_coverage_year` and `covered_until` of the verdict.
    known : bool
        Whether a run without a date rules one out.
    end : float, Year
        Of the run.
    on_the_date : str
        What is said where it is covered on the rule's date already.

    Examples
    --------
    >>> covered_from(2027.91, known=True, end=2045), covered_from(None, known=True, end=2045)
    ('2027 Q4', 'not before 2045')
    >>> covered_from(2027.0, 2031.88, known=True, end=2045)
    '1 January 2027 to 2031 Q4'
    """
    if year is None or math.isnan(year):
        return f"not before {end:g}" if known else TOO_SHORT
    since = on_the_date if year <= RULE_DATE else quarter(year)
    return since if until is None or math.isnan(until) else f"{since} to {quarter(until)}"


def home_words(
    year: float | None, until: float | None, *, known: bool, start: float, end: float
) -> str:
    """Since when a stage serves the market from home, and until when where that is over again.

    Parameters
    ----------
    year, until : float, Year; None for none
        `home_year` and `home_until` of `stages`.
    known : bool
        Whether a run without a date rules one out.
    start, end : float, Year
        Of the run.

    Examples
    --------
    >>> home_words(2034.24, None, known=True, start=2025, end=2045)
    '2034 Q1'
    >>> home_words(2025.0, 2035.01, known=True, start=2025, end=2045)
    'from the start to 2035 Q1'
    """
    if year is None:
        return f"not before {end:g}" if known else TOO_SHORT
    since = "from the start" if year <= start + SAME_DATE else quarter(year)
    return since if until is None else f"{since} to {quarter(until)}"


def behind_words(low: float, high: float, china_year: float, *, at_least: bool) -> str:
    """How many years an output comes after China's same output; never more than is known.

    Parameters
    ----------
    low, high : float, Year
        The years behind by the range of China's record.
    china_year : float, Year
        When China first made as much; NaN where it has not.
    at_least : bool
        Whether China's record begins above the output.

    Examples
    --------
    >>> behind_words(16.8, 17.1, 2018.2, at_least=False)
    'about 17, as China in 2018'
    >>> behind_words(30.2, 32.4, 2003.5, at_least=False)
    '30 to 32, as China in 2003'
    >>> behind_words(29.5, 29.5, 2000.5, at_least=True)
    'more than 29: China made more in 2000'
    """
    if math.isnan(china_year):
        return "China has not made as much"
    if at_least:
        least = math.floor(min(low, high))
        return f"more than {least}: China made more in {math.floor(china_year)}"
    # The lowest China of its range may not have made as much at all.
    ends = [years for years in (low, high) if not math.isnan(years)]
    said = span(ends, lambda years: number(years, 2))
    return f"{said if ' to ' in said else f'about {said}'}, as China in {math.floor(china_year)}"
