"""The answer: in a sentence for each magnet class, and as a table."""

from collections.abc import Sequence

import xarray as xr

from buildout._util.numbers import each, number, span
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import VerdictRow, deadline_rows
from buildout.outcomes.wording import ON_THE_DATE, covered_from, covered_percent, short_tonnes
from buildout.report.blocks import Bullets, Heading, Paragraph, ReportBlock, table_of
from buildout.simulation.soundness import told_status


def verdict_section(ds: xr.Dataset) -> list[ReportBlock]:
    """Coverage on the date, shortfall, date of full coverage and what binds.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    """
    rows = deadline_rows(ds)
    end = float(ds["time"].max())
    kinds = list(dict.fromkeys(row["magnet_class"] for row in rows))
    regime = each({row["pathway"]: row["regime"] for row in rows})
    need = each({row["pathway"]: number(row["defense_demand"]) for row in rows})
    notes = " ".join(told_status(ds))
    return [
        Heading("The verdict"),
        *([Paragraph(notes, lead=True)] if notes else []),
        Paragraph(
            f"Under rule regime {regime} and a US defense need of {need} t of magnets a year "
            f"(2025), on {ON_THE_DATE}:",
            lead=True,
        ),
        Bullets(
            tuple(
                _sentence(kind, [r for r in rows if r["magnet_class"] == kind], end)
                for kind in kinds
            )
        ),
        table_of(
            [_cells(r, end) for kind in kinds for r in rows if r["magnet_class"] == kind],
            numbers=("covered", "short, t/yr"),
        ),
        Paragraph(
            "Covered: compliant magnets from qualified makers over the need, stocks included. Full "
            "from: first date from which coverage stays at 100% for a year. What holds it up: the "
            "cause of the largest part of the shortfall on 1 January 2027."
        ),
    ]


def _sentence(kind: str, rows: Sequence[VerdictRow], end: float) -> str:
    met = [row for row in rows if reaches(row["coverage_2027"])]
    missed = [row for row in rows if row not in met]
    # Covered on the date, and not for a year from then on or not to the end of the run.
    passing = [row for row in met if _date(row, end) != ON_THE_DATE]
    if not missed:
        said = f"covered in every pathway shown ({_covered(rows)})."
    else:
        names = ", ".join(row["pathway"] for row in met)
        where = f"covered under {names}; otherwise" if met else "covered in no pathway shown;"
        said = f"{where} {_covered(missed)} covered, {_short(missed)} t/yr short."
    dated = [*missed, *passing]
    return f"{kind}: {said}" + (f" Full coverage: {_dates(dated, end)}." if dated else "")


def _dates(rows: Sequence[VerdictRow], end: float) -> str:
    """Each pathway with its date, those without one together."""
    dates = [f"{r['pathway']} {_date(r, end)}" for r in rows if r["full_coverage_year"] is not None]
    dateless = [row for row in rows if row["full_coverage_year"] is None]
    for words in dict.fromkeys(_date(row, end) for row in dateless):
        names = [row["pathway"] for row in dateless if _date(row, end) == words]
        dates.append(f"{' and '.join(names)} {words}")
    return ", ".join(dates)


def _covered(rows: Sequence[VerdictRow]) -> str:
    return span([row["coverage_2027"] for row in rows], covered_percent) + "%"


def _short(rows: Sequence[VerdictRow]) -> str:
    return span([row["shortfall_2027"] for row in rows], short_tonnes)


def _date(row: VerdictRow, end: float) -> str:
    year, until = row["full_coverage_year"], row["covered_until"]
    return covered_from(year, until, known=row["known"], end=end)


def _cells(row: VerdictRow, end: float) -> dict[str, str]:
    return {
        "magnet class": row["magnet_class"],
        "pathway": row["pathway"],
        "covered": covered_percent(row["coverage_2027"]) + "%",
        "short, t/yr": short_tonnes(row["shortfall_2027"]),
        "full from": _date(row, end),
        "what holds it up": row["binding"],
    }
