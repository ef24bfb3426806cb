"""The verdict on one card: coverage on the rule's date, shortfall, date of coverage, what binds."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from buildout._util import numbers
from buildout._util.numbers import each, span
from buildout.analysis.odds import odds_if_any
from buildout.figures import style
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.tidy import groups, require
from buildout.outcomes.chances import (
    LEAST_DRAWS,
    coverage_words,
    dates_of_draws,
    place_in_draws,
    share_in_percent,
    too_few,
)
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline
from buildout.outcomes.wording import ON_THE_DATE, covered_from, short_tonnes

TITLE = "US defense need covered by compliant magnets on 1 January 2027"
CAPTION = (
    "Compliant supply over US defense need by magnet class: magnets whose origin meets the rule in "
    "force, from qualified makers, less what cannot be traced, plus allied supply after the "
    "allies' own need, plus stock, on a scale of equal ratios. 'Full from' is the first quarter "
    "from which coverage stays at 100% for a year, from early draws to late ones (5 to 95%) "
    "where there "
    "are draws. Pale bands run from 5 to 95% of joint draws of all that is uncertain and of luck, "
    "alike for every pathway; 'met in' is the share of them in which the need is covered on the "
    "date; 'single run' is the world of expected shares and median dates."
)
# Percent; what lies beyond stands at the edge.
FLOOR, CAP = 3.0, 5000.0
TICKS = (3, 10, 30, 100, 300, 1000, 3000)
# Inches from the left edge; columns of numbers end there, columns of words begin there.
COLUMNS = {
    "met in": 4.95,
    "single run": 5.7,
    "short (t/yr)": 6.5,
    "full from": 6.75,
    "what holds it up": 8.15,
}
RIGHT = ("met in", "single run", "short")
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


@style.drawn
def deadline_card(ds: xr.Dataset) -> Figure:
    """The verdict as a chart.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> bo.figures.deadline_card(bo.simulate("status-quo")).get_suptitle()
    'US defense need covered by compliant magnets on 1 January 2027'
    """
    table, looks = deadline_card_data(ds), looks_of(ds)
    end = float(ds["time"].max())
    # Odds of too few draws are not told, of no class and no pathway.
    with_odds = bool(table["draws"].min() >= LEAST_DRAWS)
    rows = len(table) + 1.1 * table["magnet_class"].nunique()
    figure, [[axes]] = sheet(
        1,
        1,
        title=TITLE,
        headline=_headline(table, looks, with_odds=with_odds),
        panel_height=0.38 * rows,
        left=1.75,
        right=style.WIDTH - 4.45,
        legend=False,
        bottom=0.55,
    )
    axes.set(xscale="log", xlim=(FLOOR * 0.85, CAP * 1.15), ylim=(rows - 0.5, -0.5))
    axes.set_xticks(TICKS, [f"{tick:,}" for tick in TICKS])
    axes.minorticks_off()
    axes.set_xlabel("compliant supply on 1 Jan 2027 over defense need (%)")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=style.INK, labelsize=8.5)
    axes.grid(axis="y", visible=False)
    axes.axvline(100, color=style.INK, linewidth=1.1, zorder=2)
    axes.annotate(
        "need met",
        (100, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=7.5,
    )
    for heading, inches in COLUMNS.items():
        if heading == "met in" and not with_odds:
            continue
        _write(axes, inches, -0.62, heading, right=heading.startswith(RIGHT), quiet=True)
    place, ticks = 0.0, {}
    for (kind,), part in groups(table, "magnet_class").items():
        _write(axes, 0.2, place + 0.15, kind, bold=True)
        for row in part.itertuples():
            place += 1
            ticks[place] = looks[row.pathway].label
            _row(axes, place, row, looks[row.pathway], end, with_odds=with_odds)
        place += 1.1
        if place < rows - 1:
            axes.axhline(place - 0.5, color=style.GRID, linewidth=1, zorder=1)
    axes.set_yticks(list(ticks), list(ticks.values()))
    return figure


def _headline(table: pd.DataFrame, looks: Mapping[str, Look], *, with_odds: bool) -> str:
    parts, places = [], []
    labels = {name: look.label for name, look in looks.items()}
    for (kind,), part in groups(table, "magnet_class").items():
        shares = part["coverage_percent"].to_numpy() / 100
        met, many = int(reaches(shares).sum()), "pathway" if len(part) == 1 else "pathways"
        covered = coverage_words(shares.tolist())
        if with_odds:
            draws = (part["percent_of_draws_covered"] / 100).tolist()
            median = coverage_words((part["coverage_percent_p50"] / 100).tolist())
            parts.append(
                f"{kind} in {span(draws, share_in_percent)} of its draws (median {median}, "
                f"single run {covered})"
            )
        else:
            parts.append(f"{kind} {covered} (met in {met} of {len(part)} {many})")
        if with_odds and (place := _place(part, labels)):
            places.append(f" {kind}: {place}.")
    by_path = table.groupby("pathway", sort=False).first()
    regime = each(by_path["regime"].rename(labels).to_dict())
    needs = by_path["defense_need_in_2025_t_per_year"].map(numbers.number).rename(labels).to_dict()
    said = "The whole need is met on the date:" if with_odds else "Covered on the date:"
    return (
        f"{said} {'; '.join(parts)}. Rule regime {regime}, defense need "
        f"{each(needs)} t/yr in 2025."
        + _drawn_in_words(table["draws"].max(), with_odds=with_odds)
        + "".join(places)
    )


def _drawn_in_words(draws: float, *, with_odds: bool) -> str:
    if not with_odds:
        return f" {too_few(draws)}" if draws > 0 else ""
    return f" Bands: 5-95% of {draws:,.0f} draws."


def _place(part: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Which runs of a class lie outside the middle of their draws; the median is said already."""
    return place_in_draws(
        {
            labels[row.pathway]: (row.percentile_of_run if row.percentile_of_run >= 0 else None, "")
            for row in part.itertuples()
        }
    )


def _row(axes: Axes, place: float, row: Any, look: Look, end: float, *, with_odds: bool) -> None:
    shown = _inside(row.coverage_percent)
    if with_odds:
        band = [_inside(row.coverage_percent_p05), _inside(row.coverage_percent_p95)]
        (drawn,) = axes.plot(band, [place, place], color=look.color, linewidth=7, alpha=0.3)
        drawn.set_solid_capstyle("butt")
        share = share_in_percent(row.percent_of_draws_covered / 100)
        _write(axes, COLUMNS["met in"], place, share, right=True, bold=True)
    axes.plot([shown], [place], marker=look.marker, color=look.color, markersize=6.5, clip_on=False)
    covered = coverage_words([row.coverage_percent / 100])
    _write(axes, COLUMNS["single run"], place, covered, right=True, bold=not with_odds)
    short = short_tonnes(row.shortfall_t_per_year)
    _write(axes, COLUMNS["short (t/yr)"], place, short, right=True)
    _write(axes, COLUMNS["full from"], place, _when(row, end, with_odds=with_odds))
    binding = "\n".join(textwrap.wrap(row.binding, 26))
    _write(axes, COLUMNS["what holds it up"], place, binding)


def _inside(percent: float) -> float:
    """A coverage in percent as far as the scale reaches."""
    return min(max(percent, FLOOR), CAP)


def _when(row: Any, end: float, *, with_odds: bool) -> str:
    if with_odds:
        dates = {"share_unknown": 0.0, "full_coverage_year_p05": row.full_coverage_year_p05}
        words = dates_of_draws(dates | {"full_coverage_year_p95": row.full_coverage_year_p95}, end)
        words = words.replace(ON_THE_DATE, style.RULE_LABEL)
    else:
        words = covered_from(
            row.full_coverage_year,
            row.covered_until,
            known=row.known,
            end=end,
            on_the_date=style.RULE_LABEL,
        )
    # In a narrow column: the second half on a line of its own.
    return words.replace(" to ", "\nto ")


def _write(
    axes: Axes,
    inches: float,
    row: float,
    text: str,
    *,
    right: bool = False,
    bold: bool = False,
    quiet: bool = False,
) -> None:
    where = blended_transform_factory(axes.figure.dpi_scale_trans, axes.transData)
    axes.text(
        inches,
        row,
        text,
        transform=where,
        ha="right" if right else "left",
        va="center",
        weight="bold" if bold else "normal",
        color=style.QUIET if quiet else style.INK,
        fontsize=8 if quiet else 8.5,
        linespacing=1.1,
    )
