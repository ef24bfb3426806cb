"""The answer: in a sentence for each magnet class, and as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from buildout._util.numbers import each, number, span
from buildout.outcomes.chances import (
    coverage_band,
    coverage_median,
    coverage_words,
    covered_in,
    dates_of_draws,
    has_odds,
    output_band,
    output_in_draws,
    too_few,
)
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.odds import output_rows, with_odds
from buildout.outcomes.verdict_words import with_chances
from buildout.outcomes.wording import ON_THE_DATE, covered_from, short_tonnes
from buildout.report.blocks import Bullets, Heading, Paragraph, ReportBlock, table_of

Row = Mapping[str, Any]
OF_ODDS = (
    " Met in: the share of draws in which the whole need is covered on the date; 5-95%: between "
    "what the lowest and the highest twentieth of the draws reach. Drawn is all that is uncertain, "
    "and luck, together and alike for every pathway ({drawn}). A single run has expected shares "
    "at median dates, and is not the middle of the draws."
)


def verdict_section(ds: xr.Dataset, odds: xr.Dataset | None = None) -> list[ReportBlock]:
    """Coverage on the date with its odds, shortfall, date of full coverage and what binds.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    odds : Dataset, optional
        Of the same run.
    """
    rows = with_odds(deadline_rows(ds), odds)
    end = float(ds["time"].max())
    kinds = list(dict.fromkeys(row["magnet_class"] for row in rows))
    regime = each({row["pathway"]: row["regime"] for row in rows})
    need = each({row["pathway"]: number(row["defense_need_in_2025"]) for row in rows})
    few = too_few(max(row["draws"] or 0 for row in rows))
    enough = odds if has_odds(rows) else None
    return [
        Heading("The answer in numbers"),
        Paragraph(
            f"Under rule regime {regime} and a US defense need of {need} t of magnets a year "
            f"(2025), on {ON_THE_DATE}. Covered is the share of the need that compliant magnets "
            "from qualified makers reach, stocks included; full from is the first date from which "
            "it stays at 100% for a year."
        ),
        *([Paragraph(few)] if few else []),
        table_of(
            _together(
                [_cells(r, end) for kind in kinds for r in rows if r["magnet_class"] == kind]
            ),
            f"Coverage of the need on {ON_THE_DATE}, by magnet class and policy.",
            numbers=(
                *(f"met in, of {row['draws'] or 0:,} draws" for row in rows[:1]),
                *("median", "5-95%", "covered", "single run covers", "short, t/yr"),
            ),
        ),
        Paragraph(
            f"What holds it up: the cause of the largest part of the shortfall on {ON_THE_DATE}"
            + (" in the single run." if enough is not None else ".")
            + (OF_ODDS.format(drawn=enough.attrs["drawn"]) if enough is not None else ""),
            quiet=True,
        ),
        Bullets(
            tuple(
                _sentence(kind, [r for r in rows if r["magnet_class"] == kind], end)
                for kind in kinds
            ),
            folded="The same in sentences, with the single run and its place among the draws",
        ),
        *([] if enough is None else _output(ds, enough)),
    ]


def _together(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Rows of one class that differ in the pathway alone as one."""
    merged: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for row in rows:
        merged.setdefault(tuple(v for k, v in row.items() if k != "pathway"), []).append(row)
    return [
        {**own[0], "pathway": ", ".join(row["pathway"] for row in own)} for own in merged.values()
    ]


def _output(ds: xr.Dataset, odds: xr.Dataset) -> list[ReportBlock]:
    """US magnet output with its odds, and where the runs lie among their draws."""
    if "us_magnet_output_total" not in ds:
        return []
    made = ds["us_magnet_output_total"]
    rows = [row for row in output_rows(odds) if (made["time"] == row["year"]).any()]
    years = dict.fromkeys(row["year"] for row in rows)
    said = {year: output_in_draws([r for r in rows if r["year"] == year]) for year in years}
    outside = [f"US magnet output in {year:g}: {words}." for year, words in said.items() if words]
    cells: dict[str, dict[str, str]] = {}
    for row in rows:
        shown = number(float(made.sel(pathway=row["pathway"], time=row["year"])), whole=False)
        middle = number(row["p50"], 2, whole=False)
        own = cells.setdefault(row["pathway"], {"pathway": row["pathway"]})
        own[f"{row['year']:g}"] = f"{middle} ({output_band(row)}); {shown}"
    table = table_of(
        list(cells.values()),
        "What US plants make of all magnets, t/yr: the median of the draws, 5-95% of them, and the "
        "single run.",
        numbers=[f"{year:g}" for year in years],
    )
    place = "Where the single runs of US magnet output lie among their draws"
    return [table, *([Bullets(tuple(outside), folded=place)] if outside else [])]


def _sentence(kind: str, rows: Sequence[Row], end: float) -> str:
    """A class with its odds; without any what the run says."""
    return with_chances(rows, end) if has_odds(rows) else _of_the_run(kind, rows, end)


def _of_the_run(kind: str, rows: Sequence[Row], end: float) -> str:
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
    full = f"Full coverage: {_dates(dated, end)}." if dated else ""
    return " ".join(part for part in (f"{kind}: {said}", full) if part)


def _dates(rows: Sequence[Row], end: float) -> str:
    """Each pathway with its date, those without one together."""
    dates = [f"{r['pathway']} {_date(r, end)}" for r in rows if r["full_coverage_year"] is not None]
    dateless = [row for row in rows if row["full_coverage_year"] is None]
    for words in dict.fromkeys(_date(row, end) for row in dateless):
        names = [row["pathway"] for row in dateless if _date(row, end) == words]
        dates.append(f"{' and '.join(names)} {words}")
    return ", ".join(dates)


def _covered(rows: Sequence[Row]) -> str:
    return coverage_words([row["coverage_2027"] for row in rows])


def _short(rows: Sequence[Row]) -> str:
    return span([row["shortfall_2027"] for row in rows], short_tonnes)


def _date(row: Row, end: float) -> str:
    year, until = row["full_coverage_year"], row["covered_until"]
    return covered_from(year, until, known=row["known"], end=end)


def _cells(row: Row, end: float) -> dict[str, str]:
    names = {"magnet class": row["magnet_class"], "pathway": row["pathway"]}
    covered = coverage_words([row["coverage_2027"]])
    short = short_tonnes(row["shortfall_2027"])
    if not has_odds([row]):
        return names | {
            "covered": covered,
            "short, t/yr": short,
            "full from": _date(row, end),
            "what holds it up": row["binding"],
        }
    return names | {
        f"met in, of {row['draws']:,} draws": covered_in([row]).partition(" of ")[0],
        "median": coverage_median([row]),
        "5-95%": coverage_band([row]),
        "full from, 5-95% of draws": dates_of_draws(row, end),
        "single run covers": covered,
        "short, t/yr": short,
        "what holds it up": row["binding"],
    }
