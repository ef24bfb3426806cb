"""The answer: in a sentence for each magnet class, and as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from buildout._util.numbers import each, number, quarter
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.rule import RULE_DATE, TOO_SHORT
from buildout.report.blocks import Bullets, Heading, Paragraph, ReportBlock, table_of
from buildout.simulation.soundness import told_status


def verdict_section(ds: xr.Dataset) -> list[ReportBlock]:
    """Coverage on the date, shortfall, date of full coverage and what binds.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    """
    found = deadline_rows(ds)
    end = float(ds["time"].max())
    kinds = list(dict.fromkeys(row["magnet_class"] for row in found))
    regime = each({row["pathway"]: row["regime"] for row in found})
    need = each({row["pathway"]: number(row["defense_demand"]) for row in found})
    told = " ".join(told_status(ds))
    return [
        Heading("The verdict"),
        *([Paragraph(told, lead=True)] if told else []),
        Paragraph(
            f"Under rule regime {regime} and a US defense need of {need} t of magnets a year "
            "(2025), on 1 January 2027:",
            lead=True,
        ),
        Bullets(
            tuple(
                _sentence(kind, [r for r in found if r["magnet_class"] == kind], end)
                for kind in kinds
            )
        ),
        table_of(
            [_cells(r, end) for kind in kinds for r in found if r["magnet_class"] == kind],
            numbers=("covered", "short, t/yr"),
        ),
        Paragraph(
            "Covered: compliant magnets from qualified makers over the need, stocks included. Full "
            "from: first date from which coverage stays at 100% for a year. What holds it up: the "
            "cause of the largest part of the shortfall on 1 January 2027."
        ),
    ]


def _sentence(kind: str, found: Sequence[Mapping[str, Any]], end: float) -> str:
    met = [row["pathway"] for row in found if reaches(row["coverage_2027"])]
    if len(met) == len(found):
        return f"{kind}: covered in every pathway shown ({_span(found, 'coverage_2027', 100)}%)."
    missed = [row for row in found if row["pathway"] not in met]
    where = f"covered under {', '.join(met)}; otherwise" if met else "covered in no pathway shown;"
    reached = [row for row in missed if row["full_coverage_year"] is not None]
    dates = [f"{row['pathway']} {_date(row, end)}" for row in missed if row in reached]
    for words in dict.fromkeys(_date(row, end) for row in missed if row not in reached):
        without = [row["pathway"] for row in missed if _date(row, end) == words]
        dates.append(f"{' and '.join(without)} {words}")
    return (
        f"{kind}: {where} {_span(missed, 'coverage_2027', 100)}% covered, "
        f"{_span(missed, 'shortfall_2027', 1)} t/yr short. Full coverage: {', '.join(dates)}."
    )


def _span(found: Sequence[Mapping[str, Any]], key: str, scale: float) -> str:
    low, high = (f"{scale * f(row[key] for row in found):,.0f}" for f in (min, max))
    return low if low == high else f"{low} to {high}"


def _date(row: Mapping[str, Any], end: float) -> str:
    year = row["full_coverage_year"]
    if year is None:
        return f"not before {end:g}" if row["known"] else TOO_SHORT
    return "1 January 2027" if year <= RULE_DATE else quarter(year)


def _cells(row: Mapping[str, Any], end: float) -> dict[str, str]:
    return {
        "magnet class": row["magnet_class"],
        "pathway": row["pathway"],
        "covered": f"{100 * row['coverage_2027']:,.0f}%",
        "short, t/yr": f"{row['shortfall_2027']:,.0f}",
        "full from": _date(row, end),
        "what holds it up": row["binding"],
    }
