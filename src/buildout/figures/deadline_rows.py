"""What the card of the verdict shows and says: one row for each magnet class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from buildout._util.numbers import span
from buildout.analysis.odds import odds_if_any
from buildout.figures import style
from buildout.figures.looks import Look
from buildout.figures.tidy import groups, require
from buildout.outcomes.chances import (
    coverage_words,
    dates_of_draws,
    percentile_in_words,
    rough_percent,
)
from buildout.outcomes.deadline import deadline
from buildout.outcomes.wording import covered_from, short_tonnes

#: Pathways that are named one by one where they are alike.
MOST_NAMES = 3
# What the data say of the draws: a column, its odds, and a factor.
OF_DRAWS = {
    "coverage_percent_p05": ("coverage_2027_p05", 100.0),
    "coverage_percent_p50": ("coverage_2027_p50", 100.0),
    "coverage_percent_p95": ("coverage_2027_p95", 100.0),
    "percent_of_draws_covered": ("share_covered_2027", 100.0),
    "full_coverage_year_p05": ("full_coverage_year_p05", 1.0),
    "full_coverage_year_p50": ("full_coverage_year_p50", 1.0),
    "full_coverage_year_p95": ("full_coverage_year_p95", 1.0),
    "percentile_of_run": ("percentile_of_run", 1.0),
    "draws": ("draws", 1.0),
}


def deadline_card_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the card shows: one row per magnet class and pathway.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        magnet_class, pathway, coverage_percent, shortfall_t_per_year, full_coverage_year and
        covered_until (NaN for never), known (whether a run without a date rules one out), binding,
        regime, defense_need_in_2025_t_per_year; of its odds coverage_percent_p05, _p50 and _p95,
        percent_of_draws_covered, full_coverage_year_p05, _p50 and _p95, percentile_of_run and
        draws, NaN where the run has none.
    """
    require(ds)
    # Title and description of a pathway travel with it, but are no data of the chart.
    verdict = deadline(ds).reset_coords(drop=True)
    table = xr.Dataset(
        {
            "coverage_percent": 100 * verdict["coverage_2027"],
            "shortfall_t_per_year": verdict["shortfall_2027"],
            "full_coverage_year": verdict["full_coverage_year"],
            "covered_until": verdict["covered_until"],
            "known": verdict["known"],
            "binding": verdict["binding"],
            "regime": verdict["regime"],
            "defense_need_in_2025_t_per_year": verdict["defense_need_in_2025"],
            **_of_draws(ds, verdict["coverage_2027"]),
        }
    ).to_dataframe(dim_order=["magnet_class", "pathway"])
    kinds = [str(kind) for kind in verdict["magnet_class"].values]
    paths = [str(path) for path in verdict["pathway"].values]
    return table.loc[[(kind, path) for kind in kinds for path in paths]].reset_index()


def _of_draws(ds: xr.Dataset, coverage: xr.DataArray) -> dict[str, xr.DataArray]:
    odds = odds_if_any(ds)
    unknown = xr.full_like(coverage, np.nan, dtype=float)
    return {
        column: unknown if odds is None else factor * odds[name]
        for column, (name, factor) in OF_DRAWS.items()
    }


@dataclass(frozen=True)
class Strip:
    """What pathways with the same coverage share: a band and a mark."""

    label: str
    look: Look
    middle: float
    low: float
    high: float
    share: float


@dataclass(frozen=True)
class CardRow:
    """A magnet class."""

    kind: str
    strips: Sequence[Strip]
    notes: Sequence[str]


def card_rows(
    table: pd.DataFrame, looks: Mapping[str, Look], end: float, *, with_odds: bool
) -> list[CardRow]:
    """The rows of the card.

    Parameters
    ----------
    table : DataFrame
        From `deadline_card_data`.
    looks : mapping of str to Look
    end : float, Year
        Of the run.
    with_odds : bool
        Whether the odds are notes.
    """
    return [
        CardRow(str(kind), _strips(part, looks), _told(part, looks, end, with_odds=with_odds))
        for (kind,), part in groups(table, "magnet_class").items()
    ]


def _strips(part: pd.DataFrame, looks: Mapping[str, Look]) -> list[Strip]:
    """Pathways by what they make on the date, to the digits that are shown."""
    banded = bool(part["coverage_percent_p50"].notna().all())
    alike: dict[tuple[str, ...], list[Any]] = {}
    for row in part.itertuples():
        values = (
            (row.coverage_percent_p50, row.coverage_percent_p05, row.coverage_percent_p95)
            if banded
            else (row.coverage_percent, np.nan, np.nan)
        )
        shown = (
            *(rough_percent(value / 100) for value in values),
            f"{row.percent_of_draws_covered:.0f}",
        )
        alike.setdefault(shown, []).append((row, values))
    strips = []
    for members in alike.values():
        row, values = members[0]
        names = [looks[member.pathway].label for member, _ in members]
        label = _together(names, len(part))
        look = Look(style.INK, "-", "o", 2.0) if len(names) > 1 else looks[row.pathway]
        share = row.percent_of_draws_covered / 100
        strips.append(Strip(label, look, values[0], values[1], values[2], share))
    return strips


def _together(names: Sequence[str], every: int) -> str:
    """Pathways that are alike, in a few words."""
    if len(names) == every > 1:
        return "all pathways"
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} pathways"


def _told(
    part: pd.DataFrame, looks: Mapping[str, Look], end: float, *, with_odds: bool
) -> list[str]:
    """What is said beside the band: since when it is covered, what the single run is."""
    whens: dict[str, list[str]] = {}
    for row in part.itertuples():
        whens.setdefault(_when(row, end, with_odds=with_odds), []).append(looks[row.pathway].label)
    dates = [
        when if len(whens) == 1 else f"{when} ({', '.join(names)})" for when, names in whens.items()
    ]
    notes = [f"Fully covered from {'; '.join(dates)}."]
    shares = (part["coverage_percent"] / 100).tolist()
    single = f"Single run: {coverage_words(shares)}"
    if with_odds:
        places = map(percentile_in_words, part["percentile_of_run"].dropna())
        if distinct := " and ".join(dict.fromkeys(places)):
            single += f", at percentile {distinct} of its draws"
    short, why = part["shortfall_t_per_year"], part["binding"]
    if (short > 0).any():
        causes = list(dict.fromkeys(why[short > 0]))
        single += f"; short {span(short.tolist(), short_tonnes)} t/yr, {', '.join(causes)}"
    return [*notes, f"{single}."]


def _when(row: Any, end: float, *, with_odds: bool) -> str:
    if with_odds:
        dates = {"share_unknown": 0.0, "full_coverage_year_p05": row.full_coverage_year_p05}
        return dates_of_draws(
            dates | {"full_coverage_year_p95": row.full_coverage_year_p95},
            end,
            on_the_date=style.RULE_LABEL,
        )
    return covered_from(
        row.full_coverage_year,
        row.covered_until,
        known=row.known,
        end=end,
        on_the_date=style.RULE_LABEL,
    )
