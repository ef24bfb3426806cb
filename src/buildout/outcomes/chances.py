"""The words of the odds: bands, shares of draws and a run's place among them, for all who print.

Two digits are said, as more would pretend to more than the draws know; no rounding makes a need
met, or a chance none.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import xarray as xr

from buildout._util.numbers import number, span
from buildout.outcomes.dates import reaches
from buildout.outcomes.wording import ON_THE_DATE, covered_from, covered_percent

#: Percentiles between which a run is like its draws.
MIDDLE = (35.0, 65.0)
#: Fewer draws have no odds that could be told.
LEAST_DRAWS = 100
#: A coverage beyond so many times the need is only said to be beyond it.
MOST_TIMES = 50.0
_LEAST_PERCENT = 0.01
# Share of draws on either side of the band.
_BEYOND = 0.05


def rough_percent(share: float) -> str:
    """A share in percent to the two digits that its uncertainty allows, without the sign.

    Never 100 for less than the whole, never 0 for some.

    Examples
    --------
    >>> rough_percent(1.6042), rough_percent(0.0069), rough_percent(0.9968), rough_percent(1e-6)
    ('160', '0.69', '99.6', '<0.01')
    """
    if not math.isfinite(share):
        return "-"
    if 0 < 100 * share < _LEAST_PERCENT:
        return f"<{_LEAST_PERCENT:g}"
    words = number(100 * share, 2, whole=False)
    return covered_percent(share) if words == "100" and not reaches(share) else words


def share_of_draws(share: float, draws: int) -> str:
    """In how many draws something is so: percent, or the count where they are few or nearly all.

    Examples
    --------
    >>> share_of_draws(0.1234, 1000), share_of_draws(0.003, 1000), share_of_draws(0.0, 1000)
    ('12%', '3', 'none')
    >>> share_of_draws(0.999, 1000), share_of_draws(1.0, 1000), share_of_draws(0.25, 32)
    ('999', 'all', '8')
    """
    count = round(share * draws)
    if count in (0, draws):
        return "all" if count else "none"
    few = min(count, draws - count) < draws / 100 or draws < LEAST_DRAWS
    return f"{count:,}" if few else f"{rough_percent(share)}%"


def share_in_percent(share: float) -> str:
    """A share of draws where there is no room to say of how many.

    Examples
    --------
    >>> share_in_percent(0.0), share_in_percent(0.001), share_in_percent(1.0)
    ('none', '0.1%', 'all')
    """
    return {0.0: "none", 1.0: "all"}.get(share, f"{rough_percent(share)}%")


def coverage_words(shares: Sequence[float], *, of_need: bool = False) -> str:
    """A coverage, or from the least to the largest of several, with its sign.

    A need of almost nothing is covered millions of times, which says nothing: beyond `MOST_TIMES`
    only that is said.

    Parameters
    ----------
    shares : sequence of float, Dmnl
    of_need : bool
        Whether it is said of what, for a sentence.

    Examples
    --------
    >>> coverage_words([0.163, 2.31]), coverage_words([0.75], of_need=True)
    ('16 to 230%', '75% of the need')
    >>> coverage_words([13_000.0]), coverage_words([0.5, 13_000.0], of_need=True)
    ('>50 times', '50% to over 50 times the need')
    """
    low, high = min(shares), max(shares)
    if not high > MOST_TIMES:
        return span([low, high], rough_percent) + ("% of the need" if of_need else "%")
    beyond = f"over {MOST_TIMES:g} times the need" if of_need else f">{MOST_TIMES:g} times"
    return beyond if low > MOST_TIMES else f"{rough_percent(low)}% to {beyond}"


def outside_the_middle(percentile: float | None) -> bool:
    """Whether a run lies outside the middle of its draws, which must be said beside it."""
    low, high = MIDDLE
    return percentile is not None and not low <= percentile <= high


def percentile_in_words(percentile: float) -> str:
    """The place of a run among its draws; never at an end where some draw lies beyond it.

    Examples
    --------
    >>> percentile_in_words(88.6), percentile_in_words(99.95), percentile_in_words(0.0)
    ('89', '99', '0')
    """
    ends = percentile in (0, 100)
    return f"{percentile if ends else min(max(percentile, 1), 99):.0f}"


def place_in_draws(places: Mapping[str, tuple[float | None, str]], shown: str = "the run") -> str:
    """That runs lie outside the middle of their draws, and where the median is; else nothing.

    Parameters
    ----------
    places : mapping of str to (float or None, str)
        Percentile, and median in words, by pathway; no median where it is said already.
    shown : str
        How the run is called.

    Examples
    --------
    >>> place_in_draws({"a": (89.2, "8.1%"), "b": (60.0, "9%")})
    'the run of a lies at percentile 89 of its draws (their median: 8.1%)'
    >>> place_in_draws({"a": (60.0, "9%")})
    ''
    """
    outside = {
        path: (percentile_in_words(percentile), median)
        for path, (percentile, median) in places.items()
        if percentile is not None and outside_the_middle(percentile)
    }
    said = []
    for place in dict.fromkeys(outside.values()):
        owners = [path for path, own in outside.items() if own == place]
        run = shown if len(owners) == len(places) else f"{shown} of {' and '.join(owners)}"
        median = f" (their median: {place[1]})" if place[1] else ""
        said.append(f"{run} lies at percentile {place[0]} of its draws{median}")
    return ", ".join(said)


def dates_of_draws(row: Mapping[str, Any], end: float, *, on_the_date: str = ON_THE_DATE) -> str:
    """From when a need is fully covered, from early draws to late ones.

    Parameters
    ----------
    row : mapping
        With `full_coverage_year_p05`, `_p95` and `share_unknown`.
    end : float, Year
        Of the run.
    on_the_date : str
        What is said where it is covered on the rule's date already.

    Examples
    --------
    >>> row = {"full_coverage_year_p05": 2027.8, "full_coverage_year_p95": None, "share_unknown": 0}
    >>> dates_of_draws(row, 2045.0)
    '2027 Q4 to not before 2045'
    """
    # Where more draws than lie beyond the band end too early, nothing can be ruled out.
    known = (row["share_unknown"] or 0) < _BEYOND
    dates = (row["full_coverage_year_p05"], row["full_coverage_year_p95"])
    early, late = (
        covered_from(date, known=known, end=end, on_the_date=on_the_date) for date in dates
    )
    return early if early == late else f"{early} to {late}"


def has_odds(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all rows of a verdict have odds that can be told."""
    return bool(rows) and all((row.get("draws") or 0) >= LEAST_DRAWS for row in rows)


def tells_odds(odds: xr.Dataset | None) -> TypeGuard[xr.Dataset]:
    """Whether there are odds, of draws enough to be told."""
    return odds is not None and int(odds["draws"].max()) >= LEAST_DRAWS


def too_few(draws: float | None) -> str:
    """What is said in place of odds of too few draws; empty for enough of them, or for none.

    Examples
    --------
    >>> too_few(24), too_few(1000), too_few(0), too_few(None)
    ('Too few draws for odds (24).', '', '', '')
    """
    return f"Too few draws for odds ({draws:.0f})." if 0 < (draws or 0) < LEAST_DRAWS else ""


def coverage_band(rows: Sequence[Mapping[str, Any]]) -> str:
    """Coverage from the 5 to the 95% point of the draws, over all rows, such as `5 to 160%`."""
    return coverage_words([row[f"coverage_2027_{end}"] for row in rows for end in ("p05", "p95")])


def coverage_median(rows: Sequence[Mapping[str, Any]], *, of_need: bool = False) -> str:
    """The median coverage of the draws, over all rows."""
    return coverage_words([row["coverage_2027_p50"] for row in rows], of_need=of_need)


def covered_in(rows: Sequence[Mapping[str, Any]]) -> str:
    """In how many of how many draws the need is covered on the date, over all rows."""
    shares = [(row["share_covered_2027"], row["draws"]) for row in rows]
    (low, _), (high, draws) = min(shares), max(shares)
    words = list(dict.fromkeys(share_of_draws(share, draws) for share in (low, high)))
    if len(words) == 2 and words[1].endswith("%"):
        words[0] = words[0].removesuffix("%")
    return f"{' to '.join(words)} of {draws:,} draw{'s' * (draws != 1)}"


def in_named_worlds(rows: Sequence[Mapping[str, Any]]) -> str:
    """The run's coverage with the judgements that decide it at their ends; empty without them.

    Examples
    --------
    >>> row = {"coverage_2027_no_requalification": 1.5, "coverage_2027_full_requalification": 1.1,
    ...        "coverage_2027_no_allied_sale": 0.64}
    >>> in_named_worlds([row])
    'new oxide never approved anew 150%, always 110%, without allied makers 64%'
    """
    words = {
        "no_requalification": "new oxide never approved anew",
        "full_requalification": "always",
        "no_allied_sale": "without allied makers",
    }
    ends = {said: [row.get(f"coverage_2027_{key}") for row in rows] for key, said in words.items()}
    known = {said: [v for v in values if v is not None] for said, values in ends.items()}
    if any(len(values) < len(rows) for values in known.values()):
        return ""
    return ", ".join(f"{said} {coverage_words(values)}" for said, values in known.items())


def class_in_draws(rows: Sequence[Mapping[str, Any]]) -> str:
    """Which runs lie outside the middle of their draws of coverage; empty for none."""
    return place_in_draws({row["pathway"]: (row["percentile_of_run"], "") for row in rows})


def output_in_draws(rows: Sequence[Mapping[str, Any]]) -> str:
    """Which runs lie outside the middle of their draws of US magnet output; empty for none.

    Empty as well where the draws are too few to tell.

    Parameters
    ----------
    rows : sequence of mapping
        Of `output_rows`, of one year.
    """
    if not has_odds(rows):
        return ""
    return place_in_draws(
        {
            row["pathway"]: (row["percentile_of_run"], f"{number(row['p50'], whole=False)} t/yr")
            for row in rows
        }
    )


def output_band(row: Mapping[str, Any]) -> str:
    """US magnet output from the 5 to the 95% point of the draws, t/yr, to two digits."""
    return span([row["p05"], row["p95"]], lambda tonnes: number(tonnes, 2, whole=False))
