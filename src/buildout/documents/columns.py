"""What the columns of our tables hold: heading, form and meaning, by their keys."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from buildout.documents.book import NUMBER, SHARE, TEXT, YEAR, Column, Row

_OF_DRAWS = {
    "p05": "5% of draws are lower",
    "p50": "the median of the draws",
    "p95": "95% of draws are lower",
}
#: By key: heading, form, meaning. What is not here is headed by its key, and its form is seen.
KNOWN: Mapping[str, tuple[str, str, str]] = {
    "pathway": ("pathway", TEXT, "the policy, by the name of its file"),
    "magnet_class": ("magnet class", TEXT, ""),
    "regime": (
        "rule regime",
        TEXT,
        "A: full chain from 2027; B: melt test; C: as A from 2032",
    ),
    "defense_need_in_2025": (
        "defense need in 2025 (t/yr)",
        NUMBER,
        "finished magnets, all classes",
    ),
    "coverage_2027": (
        "covered on 1 Jan 2027, single run (share of need)",
        NUMBER,
        "compliant magnets from qualified makers over the need, stocks included; 1 is the need",
    ),
    "shortfall_2027": ("short on 1 Jan 2027, single run (t/yr)", NUMBER, "need that is not met"),
    "full_coverage_year": (
        "full coverage from, single run (year)",
        YEAR,
        "first date from which coverage stays at 100% for a year; empty: not in the run",
    ),
    "covered_until": ("full coverage until (year)", YEAR, "where it does not last"),
    "known": ("known", TEXT, "no: the run ends too early to know"),
    "binding": ("what holds it up", TEXT, "cause of the largest part of the shortfall on that day"),
    "status": ("run", TEXT, "how the run ended"),
    "share_covered_2027": (
        "draws with the whole need met on 1 Jan 2027",
        SHARE,
        "the odds: share of joint draws of all that is uncertain, and of luck",
    ),
    "share_covered_2027_low": ("the same, Monte Carlo interval from", SHARE, ""),
    "share_covered_2027_high": ("the same, Monte Carlo interval to", SHARE, ""),
    "share_ever_covered": ("draws ever covered", SHARE, ""),
    "share_unknown": ("draws that end too early to know", SHARE, ""),
    "percentile_of_run": ("percentile of the run", NUMBER, "place of the single run in its draws"),
    "draws": ("draws", NUMBER, "how many"),
    "slip_months_p05": ("months after 1 Jan 2027, 5% of draws", NUMBER, ""),
    "slip_months_p50": ("months after 1 Jan 2027, median", NUMBER, ""),
    "slip_months_p95": ("months after 1 Jan 2027, 95% of draws", NUMBER, "empty: not in the run"),
    "outcome": ("outcome", TEXT, "src/buildout/inputs/tables/outcomes.csv says how each is read"),
    "group": ("group", TEXT, ""),
    "year": ("year", YEAR, "on which the value is read; empty: a date itself"),
    "unit": ("unit", TEXT, "Dmnl: without one; MUSD: million USD"),
    "difference_unit": ("unit of the difference", TEXT, ""),
    "base_value": ("base", NUMBER, "single run of the first pathway; empty: never"),
    "value": ("value", NUMBER, "single run; empty: never"),
    "difference": ("difference", NUMBER, "single run above that of the base"),
    "p05": ("5% of draws", NUMBER, _OF_DRAWS["p05"]),
    "p50": ("median of draws", NUMBER, _OF_DRAWS["p50"]),
    "p95": ("95% of draws", NUMBER, _OF_DRAWS["p95"]),
    "same_sign": ("draws of the same sign", SHARE, "share of draws that agree on the sign"),
    "parts": ("differs from (year)", YEAR, "first date with more than 1 percent between the two"),
    "never_base": ("base: draws in which it never comes", SHARE, ""),
    "never": ("draws in which it never comes", SHARE, ""),
    "shown": ("headline", TEXT, "whether it stands in pictures and short tables"),
    "instrument": ("instrument of policy", TEXT, ""),
    "setting": ("setting", TEXT, "a constant of the model"),
    "source": ("source", TEXT, "ids of the sheet Sources, or judgement"),
    "base_source": ("source of the base", TEXT, ""),
    "drawn_in": ("drawn under", TEXT, "the pathway that does not settle it, so that it is drawn"),
    "element": ("element", TEXT, "class, stage or line; empty for a total"),
    "of": ("of", TEXT, ""),
    "line": ("stage", TEXT, ""),
    "home_year": ("served from home since (year)", YEAR, "empty: not in the run"),
    "variable": ("variable", TEXT, "of the model, with its element"),
    "meaning": ("meaning", TEXT, ""),
    "kind": ("kind", TEXT, "stock, flow, variable or constant; of a constant how it is used"),
    "default": ("default", NUMBER, ""),
    "low": ("lowest", NUMBER, "of its range"),
    "high": ("highest", NUMBER, "of its range"),
}


def column_of(key: str, rows: Iterable[Row]) -> Column:
    """A column by its key; of one that is not known the form is seen from its values."""
    if key in KNOWN:
        return Column(key, *KNOWN[key])
    words = key.replace("_", " ")
    base, _, quantile = key.rpartition("_")
    meaning = _OF_DRAWS.get(quantile, "")
    if base in KNOWN and meaning:
        return Column(key, f"{KNOWN[base][0].replace(', single run', '')}, {meaning}", NUMBER)
    values = [row.get(key) for row in rows]
    plain = all(isinstance(v, int | float) for v in values if v is not None)
    form = TEXT if not plain else YEAR if key.endswith("_year") else NUMBER
    return Column(key, words, form)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Columns of a table by the keys of its first row."""
    return tuple(column_of(key, rows) for key in rows[0]) if rows else ()
