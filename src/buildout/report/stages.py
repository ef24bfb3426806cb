"""When each stage serves the market from home, how far behind China, and what a cut costs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import xarray as xr

from buildout._util.numbers import each, number
from buildout.inputs.china import read_china_output
from buildout.outcomes.chances import tells_odds
from buildout.outcomes.cut_losses import BUYERS, HAZARD, LENGTH, cut_losses, parameter_row
from buildout.outcomes.headlines import LONG_DATES
from buildout.outcomes.home_odds import home_band, with_home_odds
from buildout.outcomes.stages import LAG_DATES, stage_rows
from buildout.outcomes.wording import behind_words, home_words, short_tonnes
from buildout.report.blocks import (
    Bullets,
    Heading,
    Paragraph,
    ReportBlock,
    ReportTable,
    Text,
    table_of,
)

# The line and the date by which the sentence of the articles is checked.
CHECKED, CHECKED_YEAR = "NdFeB magnets", 2035.0
NO_RECORD = "no record"
StageRow = Mapping[str, Any]


def stages_section(ds: xr.Dataset, odds: xr.Dataset | None = None) -> list[ReportBlock]:
    """Dates from which each stage serves the market from home, and years behind China.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    odds : Dataset, optional
        Of the same run.
    """
    # Of fewer draws nothing is said.
    enough = odds if tells_odds(odds) else None
    rows = with_home_odds(stage_rows(ds), enough)
    start, end = float(ds["time"].min()), float(ds["time"].max())
    dates = [year for year in LAG_DATES if f"at_least_{year:g}" in rows[0]]
    paths = list(dict.fromkeys(row["pathway"] for row in rows))
    return [
        Heading("When each stage serves the market from home, and how far behind China"),
        Bullets(tuple(_sentence([r for r in rows if r["pathway"] == p], end) for p in paths)),
        *_decade(rows, dates),
        _table(rows, dates, start, end),
        Paragraph(
            "From home: first date from which US output stays at or above what buyers of bare "
            "magnets in the United States need of the stage for a year, wherever it is sold; in "
            "brackets, where draws are shown, the share of them that ever come there. "
            "Behind China: years from the date on which China first made as much (a line through "
            "the years of `calibration/china_output.csv`) to the year in the heading. A span comes "
            "from the range of that record; more than so many years are said where it begins "
            "above US output. Same tonnes are not same skill, and China's grew fastest in 2003-10."
        ),
    ]


def cuts_section(ds: xr.Dataset) -> list[ReportBlock]:
    """What a 12-month cut costs, and the tonnes a year to be expected from cuts.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    """
    dates = [year for year in LONG_DATES if (ds["time"] == year).any()]
    losses = cut_losses(ds).sel(time=dates).sum("magnet_class")
    hazard, length = parameter_row(HAZARD), parameter_row(LENGTH)
    yearly = {
        str(path): number(float(n), 2) for path, n in ds["hazard_of_a_cut"].to_series().items()
    }
    return [
        Heading("What a cut of Chinese exports costs"),
        Paragraph(
            f"A stop of Chinese exports is taken to come {each(yearly)} times a year (range "
            f"{_span(hazard.low, hazard.high)}) and to last {number(12 * length.default, 2)} "
            f"months ({_span(12 * length.low, 12 * length.high)}). Expected are "
            "the tonnes a year that follow; were every cut to last twelve months, "
            f"{number(1 / length.default, 2)} times as many."
        ),
        table_of(
            [
                _losses(losses.sel(pathway=path, time=year), str(path), year)
                for path in ds["pathway"].values
                for year in dates
            ],
            "Tonnes that a 12-month cut would cost, and that are to be expected of cuts a year.",
            numbers=(
                "year",
                *(f"12-month cut, {buyer}, t" for buyer in BUYERS),
                *(f"expected, {buyer}, t/yr" for buyer in BUYERS),
            ),
        ),
        Paragraph(
            "Lost is what the direct market has without the cut and not in it. Defense buys "
            "magnets that do not pass through China once the rule asks for the full chain, so it "
            "loses only untraced Chinese material; before that, and under regimes B and C, what "
            "it may lose at most. Need under waiver is not counted: a waiver makes no magnet."
        ),
    ]


def _sentence(rows: Sequence[StageRow], end: float) -> str:
    """Which stages of one pathway serve the market from home."""
    path = rows[0]["pathway"]
    served = [row["line"] for row in rows if row["home_year"] is not None]
    kept = [row["line"] for row in rows if row["line"] in served and row["home_until"] is None]
    if not served:
        return f"{path}: no stage serves the direct market from home for a year before {end:g}."
    lasting = "all" if kept == served else _listed(kept) or "none of them"
    return (
        f"{path}: {len(served)} of {len(rows)} stages serve the direct market from home for a year "
        f"or more before {end:g} ({', '.join(served)}); {lasting} to the end."
    )


def _listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them; empty for none."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _decade(rows: Sequence[StageRow], dates: Sequence[float]) -> list[ReportBlock]:
    """By how much the sentence of the articles is right, for the line that they speak of."""
    if CHECKED_YEAR not in dates:
        return []
    checked = [row for row in rows if row["line"] == CHECKED]
    said = [f"{row['pathway']} {_behind(row, CHECKED_YEAR, {CHECKED})}" for row in checked]
    return [
        Paragraph(
            "The founding articles call the United States years to a decade behind China. By the "
            f"tonnes of {CHECKED} made in {CHECKED_YEAR:g} the years behind are: {'; '.join(said)}."
        )
    ]


def _behind(row: StageRow, year: float, recorded: Collection[str]) -> str:
    if row["line"] not in recorded:
        return NO_RECORD
    low, high, china = (
        float("nan") if row[f"{name}_{year:g}"] is None else row[f"{name}_{year:g}"]
        for name in ("years_behind_low", "years_behind_high", "china_year")
    )
    return behind_words(low, high, china, at_least=row[f"at_least_{year:g}"])


def _table(
    rows: Sequence[StageRow], dates: Sequence[float], start: float, end: float
) -> ReportTable:
    """A row for each stage and pathway."""
    recorded = read_china_output()
    cells: list[dict[str, Text]] = []
    drawn = all(row["share_ever_home"] is not None for row in rows)
    lines = list(dict.fromkeys(row["line"] for row in rows))
    for row in sorted(rows, key=lambda row: lines.index(row["line"])):
        year, until = row["home_year"], row["home_until"]
        home = home_words(year, until, known=row["home_known"], start=start, end=end)
        behind = {f"years behind China, {at:g}": _behind(row, at, recorded) for at in dates}
        own = {"stage": row["line"], "pathway": row["pathway"], "from home": home}
        if drawn:
            own["from home, 5-95% of draws"] = home_band(row, start=start, end=end)
        cells.append({**own, **behind})
    return table_of(
        cells, "Since when each stage serves the market from home, stage by stage", folded=True
    )


def _losses(losses: xr.Dataset, path: str, year: float) -> dict[str, str]:
    both = losses.sum("buyer")
    low, high = (_tonnes(float(both[f"expected_loss_{end}"])) for end in ("low", "high"))
    lost = {
        f"12-month cut, {buyer}, t": _tonnes(float(losses["lost_in_a_cut"].sel(buyer=buyer)))
        for buyer in BUYERS
    }
    expected = {
        f"expected, {buyer}, t/yr": _tonnes(float(losses["expected_loss"].sel(buyer=buyer)))
        for buyer in BUYERS
    }
    return {
        "pathway": path,
        "year": f"{year:g}",
        **lost,
        **expected,
        "range of both, t/yr": low if low == high else f"{low} to {high}",
    }


def _tonnes(tonnes: float) -> str:
    """Two digits, which is more than is known; never 0 where some are lost."""
    return short_tonnes(tonnes) if tonnes < 1 else number(tonnes, 2, whole=False)


def _span(low: float, high: float) -> str:
    return f"{number(low, 2)} to {number(high, 2)}"
