"""The words of the odds: bands, shares of draws and a run's place among them, for all who print.

Two digits are said, as more would pretend to more than the draws know; no rounding makes a need
met, or a chance none.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from buildout._util.numbers import number, span
from buildout.outcomes.dates import reaches
from buildout.outcomes.wording import covered_from, covered_percent

#: Percentiles between which a run is like its draws.
MIDDLE = (25.0, 75.0)
_LEAST_PERCENT = 0.01
# Fewer draws are counted, more are told in percent.
_COUNTED = 100
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
    few = min(count, draws - count) < draws / 100 or draws < _COUNTED
    return f"{count:,}" if few else f"{rough_percent(share)}%"


def share_in_percent(share: float) -> str:
    """A share of draws where there is no room to say of how many.

    Examples
    --------
    >>> share_in_percent(0.0), share_in_percent(0.001), share_in_percent(1.0)
    ('none', '0.1%', 'all')
    """
    return {0.0: "none", 1.0: "all"}.get(share, f"{rough_percent(share)}%")


def outside_the_middle(percentile: float | None) -> bool:
    """Whether a run lies outside the middle half of its draws, which must be said beside it."""
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
    """That runs lie outside the middle half of their draws, and where the median is; else nothing.

    Parameters
    ----------
    places : mapping of str to (float or None, str)
        Percentile and median in words, by pathway.
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
        said.append(f"{run} lies at percentile {place[0]} of its draws (their median: {place[1]})")
    return ", ".join(said)


def dates_of_draws(row: Mapping[str, Any], end: float) -> str:
    """From when a need is fully covered, from early draws to late ones.

    Parameters
    ----------
    row : mapping
        With `full_coverage_year_p05`, `_p95` and `share_unknown`.
    end : float, Year
        Of the run.

    Examples
    --------
    >>> row = {"full_coverage_year_p05": 2027.8, "full_coverage_year_p95": None, "share_unknown": 0}
    >>> dates_of_draws(row, 2045.0)
    '2027 Q4 to not before 2045'
    """
    # Where more draws than lie beyond the band end too early, nothing can be ruled out.
    known = (row["share_unknown"] or 0) < _BEYOND
    dates = (row["full_coverage_year_p05"], row["full_coverage_year_p95"])
    early, late = (covered_from(date, known=known, end=end) for date in dates)
    return early if early == late else f"{early} to {late}"


def with_chances(rows: Sequence[Mapping[str, Any]], end: float) -> str:
    """A class under one pathway or several, with its odds, in a sentence that can be printed.

    Parameters
    ----------
    rows : sequence of mapping
        Of the verdict on one class, with its odds.
    end : float, Year
        Of the run.

    Examples
    --------
    >>> row = {"pathway": "a", "magnet_class": "SmCo", "coverage_2027": 0.4, "known": True,
    ...        "coverage_2027_p05": 0.05, "coverage_2027_p50": 0.3, "coverage_2027_p95": 1.6,
    ...        "share_covered_2027": 0.12, "draws": 1000, "percentile_of_run": 61.0,
    ...        "full_coverage_year": 2029.5, "covered_until": None, "share_unknown": 0.0,
    ...        "full_coverage_year_p05": 2027.8, "full_coverage_year_p95": None}
    >>> with_chances([row], 2045)  # doctest: +NORMALIZE_WHITESPACE
    'SmCo: 40% covered (5-95%: 5 to 160%); covered in 12% of 1,000 draws; full coverage 2029 Q3
     (2027 Q4 to not before 2045).'
    """
    covered = span([row["coverage_2027"] for row in rows], rough_percent)
    dates = {row["pathway"]: _date_with_band(row, end) for row in rows}
    parts = [f"{covered}% covered", f"full coverage {_by_owner(dates)}"]
    if has_odds(rows):
        parts[0] += f" (5-95%: {coverage_band(rows)})"
        parts.insert(1, f"covered in {covered_in(rows)}")
        parts += [in_named_worlds(rows), class_in_draws(rows)]
    return f"{rows[0]['magnet_class']}: " + "; ".join(part for part in parts if part) + "."


def chances(rows: Sequence[Mapping[str, Any]], end: float) -> str:
    """The odds alone, as a sentence after one that says what the run says; empty without odds.

    Parameters
    ----------
    rows : sequence of mapping
        Of the verdict on one class, with its odds.
    end : float, Year
        Of the run.
    """
    if not has_odds(rows):
        return ""
    dates = {row["pathway"]: dates_of_draws(row, end) for row in rows}
    parts = [
        f"5-95% of draws: {coverage_band(rows)} covered",
        f"the whole need in {covered_in(rows)}",
        f"full coverage {_by_owner(dates)}",
        in_named_worlds(rows),
        class_in_draws(rows),
    ]
    return "; ".join(part for part in parts if part) + "."


def has_odds(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all rows of a verdict have odds."""
    return all(row.get("draws") for row in rows)


def coverage_band(rows: Sequence[Mapping[str, Any]]) -> str:
    """Coverage from the 5 to the 95% point of the draws, over all rows, such as `5 to 160%`."""
    ends = [row[f"coverage_2027_{end}"] for row in rows for end in ("p05", "p95")]
    return span(ends, rough_percent) + "%"


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
    return ", ".join(f"{said} {span(values, rough_percent)}%" for said, values in known.items())


def class_in_draws(rows: Sequence[Mapping[str, Any]]) -> str:
    """Which runs lie outside the middle half of their draws of coverage; empty for none."""
    return place_in_draws(
        {
            row["pathway"]: (
                row["percentile_of_run"],
                f"{rough_percent(row['coverage_2027_p50'])}%",
            )
            for row in rows
        }
    )


def output_in_draws(rows: Sequence[Mapping[str, Any]]) -> str:
    """Which runs lie outside the middle half of their draws of US magnet output; empty for none.

    Parameters
    ----------
    rows : sequence of mapping
        Of `output_rows`, of one year.
    """
    return place_in_draws(
        {
            row["pathway"]: (row["percentile_of_run"], f"{number(row['p50'], whole=False)} t/yr")
            for row in rows
        }
    )


def output_band(row: Mapping[str, Any]) -> str:
    """US magnet output from the 5 to the 95% point of the draws, t/yr, to two digits."""
    return span([row["p05"], row["p95"]], lambda tonnes: number(tonnes, 2, whole=False))


def _date_with_band(row: Mapping[str, Any], end: float) -> str:
    year, until = row["full_coverage_year"], row["covered_until"]
    date = covered_from(year, until, known=row["known"], end=end)
    band = dates_of_draws(row, end) if has_odds([row]) else date
    return date if band == date else f"{date} ({band})"


def _by_owner(words: Mapping[str, str]) -> str:
    """Words by pathway; once where all share them."""
    owners: dict[str, list[str]] = {}
    for path, said in words.items():
        owners.setdefault(said, []).append(path)
    if len(owners) == 1:
        return next(iter(owners))
    return ", ".join(f"{' and '.join(paths)} {said}" for said, paths in owners.items())
