"""Verdicts in words: numbers with their units, odds in percent, rows by verdict."""

from collections.abc import Sequence
from typing import Any

from buildout._util.numbers import number, three_digits
from buildout.experiments.claims.claim import ASSUMED, CONTRADICTED, SUPPORTED, TESTED, UNDECIDED
from buildout.experiments.claims.grades import NOT_DRAWN, NOT_TESTED, VERDICTS
from buildout.experiments.claims.rows import Row
from buildout.outcomes.chances import rough_percent

# Numbers beyond this are dates.
_DATES = 1900


def groups_of(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Findings by verdict, from support to contradiction, most support first; what is assumed."""
    groups: dict[str, list[Row]] = {}
    for verdict in (*VERDICTS, NOT_DRAWN):
        own = [row for row in rows if (row["class"], row["verdict"]) == (TESTED, verdict)]
        if own:
            groups[verdict] = sorted(own, key=_order)
    if assumed := [row for row in rows if row["class"] == ASSUMED]:
        groups[ASSUMED] = assumed
    return groups


def _order(row: Row) -> tuple[float, float]:
    return -(row[SUPPORTED] or 0.0), row[CONTRADICTED] or 0.0


def reasons_of(rows: Sequence[Row]) -> list[Row]:
    """Claims that are not tested, and those of which a half is not, each once."""
    first = {row["id"][:3]: row for row in reversed(rows) if row["not_tested"]}
    return [first[number] for number in sorted(first)]


def claim_number(row: Row, value: float | None) -> str:
    """A number of a claim; without one, never for a date and a dash for anything else.

    Examples
    --------
    >>> claim_number({"unit": "Year"}, 2035.79), claim_number({"unit": "Year"}, None)
    ('2035.8', 'never')
    >>> claim_number({"unit": "Dmnl"}, 0.39887), claim_number({"unit": "Dmnl"}, -1.8e-11)
    ('0.399', '0')
    """
    if value is None:
        return "never" if row["unit"] == "Year" else "-"
    if value > _DATES:
        return number(round(value, 1), 5, apart=1e9)
    return three_digits(0.0 if abs(value) < 5e-4 else value)


def rule_words(row: Row) -> str:
    """Which values support a claim, with the unit where it is no share."""
    low = float(str(row["supported_if"]).split()[-1])
    years = row["unit"] == "Year" and low < _DATES
    return f"{row['supported_if']}{' years' if years else ''}"


def odds_words(row: Row) -> dict[str, str]:
    """Shares of draws for, against and open, in percent; a dash without draws."""
    sides = {"for": SUPPORTED, "against": CONTRADICTED, "open": UNDECIDED}
    return {
        word: "-" if row[side] is None else f"{rough_percent(row[side])}%"
        for word, side in sides.items()
    }


def interval_words(row: Row) -> str:
    """The 95% interval of the larger side's Monte Carlo error, and what verdicts lie in it too."""
    side = max((SUPPORTED, CONTRADICTED), key=lambda side: row[side] or 0.0)
    if row[side] is None:
        return "-"
    other = f" (or {row['or_else']})" if row["or_else"] else ""
    return f"{100 * row[f'{side}_low']:.0f}-{100 * row[f'{side}_high']:.0f}%{other}"


def summary_words(counts: dict[str, Any]) -> str:
    """How many findings have which verdict, in a sentence.

    Examples
    --------
    >>> summary_words({"findings": {"fragile": 2, "robustly supported": 3}, "assumed": 1,
    ...                "not_tested": 4})
    '5 findings: 3 robustly supported, 2 fragile. Apart from them 1 assumed, 4 claims not tested.'
    """
    findings = counts["findings"]
    parts = [f"{findings[name]} {name}" for name in (*VERDICTS, NOT_DRAWN) if name in findings]
    return (
        f"{sum(findings.values())} findings: {', '.join(parts)}. Apart from them "
        f"{counts['assumed']} assumed, {counts['not_tested']} claims {NOT_TESTED}."
    )
