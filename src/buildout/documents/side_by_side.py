"""The few tables that a page or a slide shows: cells as words, with the digits they deserve."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from buildout._util.numbers import number, percent_of, signed, three_digits, value_or_never
from buildout.documents.book import SHARE, TEXT, YEAR, BookTable, Column, Row
from buildout.outcomes.chances import (
    coverage_band,
    coverage_median,
    coverage_words,
    dates_of_draws,
    has_odds,
    share_in_percent,
)
from buildout.outcomes.wording import covered_from, short_tonnes

_UNITS = {
    "Dmnl": "",
    "Month": "months",
    "t/Year": "t/yr",
    "MUSD": "million USD",
    "person": "people",
}


def verdict_shown(rows: Sequence[Row], end: float) -> BookTable:
    """The verdict by class and pathway, odds first."""
    odds = has_odds(rows)
    kinds = list(dict.fromkeys(row["magnet_class"] for row in rows))
    rows = sorted(rows, key=lambda row: kinds.index(row["magnet_class"]))
    cells = [_odds(row, end) if odds else _run(row, end) for row in rows]
    note = (
        f"Met in: share of {rows[0]['draws']:,} joint draws of all that is uncertain, and of luck, "
        "in which the whole need is covered on the date."
        if odds
        else "A single run at expected dates."
    )
    return _words("Verdict", "US defense need met on 1 January 2027, by magnet class", cells, note)


def differences_shown(answer: Mapping[str, Any]) -> list[BookTable]:
    """Headline outcomes that differ, a table for each pathway."""
    sheets = []
    for path in answer["pathways"]:
        rows = [r for r in answer["outcomes"] if r["pathway"] == path]
        rows = [r for r in rows if r["shown"]] or rows
        note = f"Single runs. {answer['base']} is the base."
        if answer["draws"]:
            note += f" 5-95%: of the differences in the same {answer['draws']:,} draws."
        title = f"{path} against {answer['base']}: outcomes that differ"
        sheets.append(_words("Differences", title, [_apart(r, answer) for r in rows], note))
    return sheets


def settings_shown(answer: Mapping[str, Any]) -> list[BookTable]:
    """What is set differently, elements of one variable together, a table for each pathway."""
    sheets = []
    for path in answer["pathways"]:
        merged: dict[tuple[str, ...], list[str]] = {}
        for row in (r for r in answer["settings"] if r["pathway"] == path):
            base, bracket, element = row["setting"].partition("[")
            date = row["unit"] == "Year"
            values = (value_or_never(row[key], date=date) for key in ("base_value", "value"))
            key = (row["instrument"], base, *values, _UNITS.get(row["unit"], row["unit"]))
            merged.setdefault(key, []).append(bracket + element)
        cells = [
            {
                "instrument": instrument,
                "setting": base + (own[0] if len(own) == 1 else f" ({len(own)} elements)"),
                answer["base"]: before,
                path: now,
                "unit": unit,
            }
            for (instrument, base, before, now, unit), own in merged.items()
        ]
        title = f"What {path} sets otherwise than {answer['base']}"
        sheets.append(_words("Settings", title, cells, "Sources and notes: in the workbook."))
    return sheets


def table_as_words(table: BookTable) -> BookTable:
    """A table with its cells as words: numbers to three digits, years with their fraction.

    Columns without any value are left out.
    """
    filled = [c for c in table.columns if any(row.get(c.key) is not None for row in table.rows)]
    columns = tuple(replace(column, form=TEXT) for column in filled)
    rows = [{c.key: _word(c, row.get(c.key)) for c in filled} for row in table.rows]
    return replace(table, columns=columns, rows=rows)


def _word(column: Column, value: object) -> str:
    if value is None:
        return "-"
    if not isinstance(value, float):
        return _UNITS.get(str(value), str(value)) if column.key.endswith("unit") else str(value)
    if column.form == YEAR:
        return number(value, 6, apart=1e9)
    return percent_of(value) if column.form == SHARE else three_digits(value)


def _odds(row: Row, end: float) -> Row:
    return {
        "magnet class": row["magnet_class"],
        "pathway": row["pathway"],
        "met in": share_in_percent(row["share_covered_2027"]),
        "median of need": coverage_median([row]),
        "5-95%": coverage_band([row]),
        "full from, 5-95% of draws": dates_of_draws(row, end),
        "single run": coverage_words([row["coverage_2027"]]),
        "short, t/yr": short_tonnes(row["shortfall_2027"]),
        "what holds it up": row["binding"],
    }


def _run(row: Row, end: float) -> Row:
    year, until = row["full_coverage_year"], row["covered_until"]
    return {
        "magnet class": row["magnet_class"],
        "pathway": row["pathway"],
        "covered": coverage_words([row["coverage_2027"]]),
        "short, t/yr": short_tonnes(row["shortfall_2027"]),
        "full from": covered_from(year, until, known=row["known"], end=end),
        "what holds it up": row["binding"],
    }


def _apart(row: Row, answer: Mapping[str, Any]) -> Row:
    year = "" if row["year"] != row["year"] else f", {row['year']:g}"
    date = row["unit"] == "Year"
    cells = {
        "outcome": f"{row['outcome']}{year}",
        answer["base"]: value_or_never(row["base_value"], date=date),
        row["pathway"]: value_or_never(row["value"], date=date),
        "difference": signed(row["difference"], date=date),
    }
    if answer["draws"]:
        low, high = row["p05"], row["p95"]
        cells["5-95%"] = (
            " to ".join(signed(v, date=date) for v in (low, high)) if low == low else "-"
        )
    return {**cells, "unit": _UNITS.get(row["difference_unit"], row["difference_unit"])}


def _words(name: str, title: str, cells: Sequence[Row], note: str) -> BookTable:
    columns = tuple(Column(key, key) for key in cells[0]) if cells else ()
    return BookTable(name, title, columns, cells, note)
