"""The verdict with its odds: a sentence for each class, which leads with the share of draws."""

from collections.abc import Mapping, Sequence
from typing import Any

from buildout.outcomes.chances import (
    class_in_draws,
    coverage_band,
    coverage_median,
    coverage_words,
    covered_in,
    dates_of_draws,
    in_named_worlds,
)
from buildout.outcomes.wording import ON_THE_DATE


def with_chances(rows: Sequence[Mapping[str, Any]], end: float) -> str:
    """A class under one pathway or several with its odds: these first, then the single run.

    Parameters
    ----------
    rows : sequence of mapping
        Of the verdict on one class, with its odds.
    end : float, Year
        Of the run.

    Examples
    --------
    >>> row = {"pathway": "a", "magnet_class": "SmCo", "coverage_2027": 1.3, "draws": 1000,
    ...        "coverage_2027_p05": 0.16, "coverage_2027_p50": 0.75, "coverage_2027_p95": 2.3,
    ...        "share_covered_2027": 0.35, "percentile_of_run": 79.0, "share_unknown": 0.0,
    ...        "full_coverage_year_p05": 2027.0, "full_coverage_year_p95": None}
    >>> with_chances([row], 2045)  # doctest: +NORMALIZE_WHITESPACE
    'SmCo: the whole need is covered on 1 January 2027 in 35% of 1,000 draws (median 75% of the
     need, 5-95%: 16 to 230%); fully covered from 1 January 2027 to not before 2045 (5-95% of
     draws). A single run at expected dates: 130%; the run lies at percentile 79 of its draws.'
    """
    dates = {row["pathway"]: dates_of_draws(row, end) for row in rows}
    odds = (
        f"the whole need is covered on {ON_THE_DATE} in {covered_in(rows)} "
        f"(median {coverage_median(rows, of_need=True)}, 5-95%: {coverage_band(rows)}); "
        f"fully covered from {_by_owner(dates)} (5-95% of draws)"
    )
    run = coverage_words([row["coverage_2027"] for row in rows])
    single = filter(None, (run, in_named_worlds(rows), class_in_draws(rows)))
    kind = rows[0]["magnet_class"]
    return f"{kind}: {odds}. A single run at expected dates: {'; '.join(single)}."


def _by_owner(words: Mapping[str, str]) -> str:
    """Words by pathway; once where all share them."""
    owners: dict[str, list[str]] = {}
    for path, said in words.items():
        owners.setdefault(said, []).append(path)
    if len(owners) == 1:
        return next(iter(owners))
    return ", ".join(f"{said} under {' and '.join(paths)}" for said, paths in owners.items())
