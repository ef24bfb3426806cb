"""The verdict on screen: as a table, and with its odds as sentences below it."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from buildout._util import tables
from buildout._util.numbers import each, number
from buildout.cli import common
from buildout.errors import visible

Row = Mapping[str, Any]
# Columns are folded so, one step after the other, until the table is as narrow as a terminal.
FOLDED: Sequence[Mapping[str, int]] = (
    {"binding": 40},
    {"full_from": 15},
    {"full_from": 15, "binding": 24},
    {"full_from": 15, "binding": 16, "pathway": 14, "5-95%": 9, "status": 15},
)
DAY = "1 Jan 2027"


def print_verdict(rows: Sequence[Row], *, end: float, as_json: bool) -> None:
    """Print the verdict of runs that end at some date, with its odds where the rows have them.

    As a table it says dates as the page does, and how runs ended only where one is not sound.
    Below it a sentence for each class says all of its odds.
    """
    if as_json:
        common.print_json(list(rows))
    elif rows:
        from buildout.outcomes.chances import has_odds, too_few

        _print_odds_first(rows, end) if has_odds(rows) else _print_runs(rows, end)
        if few := too_few(max(row.get("draws") or 0 for row in rows)):
            print(f"\n{few}")


def narrow(rows: Sequence[Row]) -> str:
    """Rows as a table, folded where it would be wider than a terminal."""
    for widths in FOLDED:
        text = tables.text(rows, widths=widths)
        if max(map(len, text.splitlines()), default=0) <= common.LINE:
            break
    return text


def _print_runs(rows: Sequence[Row], end: float) -> None:
    shown = [
        {
            **{key: row[key] for key in ("pathway", "magnet_class", "regime")},
            "need": row["defense_need_in_2025"],
            "covered": _covered(row),
            "short": row["shortfall_2027"],
            "full_from": _date(row, end),
            "binding": row["binding"],
        }
        for row in rows
    ]
    print(narrow(_with_status(shown, rows)))


def _print_odds_first(rows: Sequence[Row], end: float) -> None:
    from buildout.outcomes.chances import (
        coverage_band,
        coverage_median,
        dates_of_draws,
        share_in_percent,
    )
    from buildout.outcomes.verdict_words import with_chances

    regime = each({row["pathway"]: row["regime"] for row in rows})
    need = each({row["pathway"]: number(row["defense_need_in_2025"]) for row in rows})
    head = (
        f"The whole need on 1 January 2027, rule regime {regime}, {need} t/yr in 2025: "
        f"{rows[0]['draws']:,} draws, then a single run at expected dates"
    )
    shown = [
        {
            **{key: row[key] for key in ("pathway", "magnet_class")},
            "met_in": share_in_percent(row["share_covered_2027"]),
            "median": coverage_median([row]),
            "5-95%": coverage_band([row]),
            "full_from": dates_of_draws(row, end, on_the_date=DAY),
            "single_run": _covered(row),
            "short": row["shortfall_2027"],
            "binding": row["binding"],
        }
        for row in rows
    ]
    print(f"{in_lines(head)}\n\n{narrow(_with_status(shown, rows))}\n")
    for kind in dict.fromkeys(row["magnet_class"] for row in rows):
        print(in_lines(with_chances([row for row in rows if row["magnet_class"] == kind], end)))


def _with_status(shown: Sequence[dict[str, Any]], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """How runs ended besides, where one is not sound."""
    if all(row["status"] == "ok" for row in rows):
        return list(shown)
    return [cells | {"status": row["status"]} for cells, row in zip(shown, rows, strict=True)]


def _covered(row: Row) -> str:
    from buildout.outcomes.chances import coverage_words

    return coverage_words([row["coverage_2027"]])


def _date(row: Row, end: float) -> str:
    from buildout.outcomes.wording import covered_from

    return covered_from(
        row["full_coverage_year"], row["covered_until"], known=row["known"], end=end
    )


def in_lines(sentence: str) -> str:
    """A sentence over lines as wide as a terminal."""
    return textwrap.fill(
        visible(sentence), common.LINE, subsequent_indent="  ", break_on_hyphens=False
    )
