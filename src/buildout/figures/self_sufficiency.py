"""How much of its need the United States makes itself, and how much passes through China."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout.figures import style
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.tidy import at, order, pick, require, stack, tidy
from buildout.outcomes.headlines import HEADLINE_DATES
from buildout.outcomes.rule import RULE_DATE

TITLE = "US self-sufficiency and dependence on China, by stage of the chain"
CAPTION = (
    "Self-sufficiency is US output of a stage over what the direct US market needs of it (point), "
    "and over what direct and embedded use together need (small bar at the end of the thin line). "
    "Dependence is the share of magnets supplied to the direct US market that passed through "
    "China at a stage. Values beyond 150% stand at the edge with the number beside them."
)
DIRECT, TOTAL = "self-sufficiency of direct market", "self-sufficiency of direct and embedded use"
DEPENDENCE = "dependence on China"
DATES = (2025.0, *HEADLINE_DATES)
CAP = 150.0


def self_sufficiency_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, stage, year, quantity, value, unit (%).

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
    """
    keys = (
        "self_sufficiency_of_direct_market",
        "self_sufficiency_of_total",
        "dependence_on_china",
    )
    require(ds, *keys)
    last = float(ds["time"].max())
    at_dates = ds[list(keys)].sel(time=[date for date in DATES if date <= last], method="nearest")
    return stack(
        tidy(100 * at_dates[keys[0]].rename(line="stage"), DIRECT, "%"),
        tidy(100 * at_dates[keys[1]].rename(line="stage"), TOTAL, "%"),
        tidy(100 * at_dates[keys[2]].rename(dependence_stage="stage"), DEPENDENCE, "%"),
    )


@style.drawn
def self_sufficiency(ds: xr.Dataset) -> Figure:
    """Self-sufficiency and dependence by stage at four dates.

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
    >>> bo.figures.self_sufficiency(bo.simulate("status-quo")).axes[-1].get_xlabel()
    'share of supply (%)'
    """
    table = self_sufficiency_data(ds)
    looks, years = looks_of(ds), order(table, "year")
    own = order(pick(table, quantity=DIRECT), "stage")
    foreign = order(pick(table, quantity=DEPENDENCE), "stage")
    row = 0.13 * len(looks) + 0.16
    figure, panels = sheet(
        2,
        len(years),
        title=TITLE,
        headline=_headline(table, looks),
        looks=looks,
        extra=[
            Line2D(
                [],
                [],
                color=style.QUIET,
                marker="|",
                markersize=7,
                linewidth=1,
                label="of direct and embedded use",
            )
        ],
        heights=[row * len(own), row * len(foreign)],
        left=1.45,
        right=0.3,
        gap_x=0.28,
        gap_y=0.8,
    )
    for column, year in enumerate(years):
        here = pick(table, year=year)
        for axes, stages, quantity in (
            (panels[0][column], own, DIRECT),
            (panels[1][column], foreign, DEPENDENCE),
        ):
            _strip(axes, here, stages, quantity, looks)
            _frame(axes, stages, first=column == 0, year=year)
        panels[0][column].set(xlim=(-6, CAP * 1.05), xlabel="share of need (%)")
        panels[0][column].axvline(100, color=style.INK, linewidth=0.9, zorder=2)
        panels[1][column].set(xlim=(-4, 104), xlabel="share of supply (%)")
    panels[0][0].set_ylabel("made in the US", labelpad=8)
    panels[1][0].set_ylabel("through China", labelpad=8)
    return figure


def _strip(
    axes: Axes, table: pd.DataFrame, stages: list[str], quantity: str, looks: Mapping[str, Look]
) -> None:
    for row, stage in enumerate(stages):
        for rank, (path, look) in enumerate(looks.items()):
            place = row + (rank - (len(looks) - 1) / 2) * 0.72 / len(looks)
            value = pick(table, stage=stage, pathway=path, quantity=quantity)["value"].item()
            if quantity == DIRECT:
                total = pick(table, stage=stage, pathway=path, quantity=TOTAL)["value"].item()
                ends = [min(total, CAP), min(value, CAP)]
                axes.plot(ends, [place] * 2, color=look.color, linewidth=1, zorder=2.5)
                axes.plot(ends[:1], [place], "|", color=look.color, markersize=6, zorder=3)
            limit = CAP if quantity == DIRECT else 100.0
            axes.plot(
                [min(value, limit)],
                [place],
                marker=look.marker,
                color=look.color,
                markersize=5,
                zorder=4,
            )
            if value > limit * 1.005:
                axes.annotate(
                    f"{value:,.0f}%",
                    (limit, place),
                    xytext=(-5, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=7,
                    color=look.color,
                    zorder=5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                )


def _frame(axes: Axes, stages: list[str], *, first: bool, year: float) -> None:
    axes.set_ylim(len(stages) - 0.5, -0.5)
    axes.set_yticks(range(len(stages)), stages if first else [])
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.grid(axis="y", visible=False)
    for border in range(1, len(stages)):
        axes.axhline(border - 0.5, color=style.GRID, linewidth=0.8, zorder=1)
    marked = year == RULE_DATE
    axes.set_title(f"1 Jan {year:.0f}" + (" (the rule)" if marked else ""))
    if marked:
        axes.set_facecolor("#f4f1e8")


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    last = table["year"].max()
    parts = [
        f"{looks[path].label} "
        f"{at(table, last, pathway=path, stage='NdFeB magnets', quantity=DIRECT):.0f}% and "
        f"{at(table, last, pathway=path, stage='at oxide and ore', quantity=DEPENDENCE):.0f}%"
        for path in looks
    ]
    return (
        f"NdFeB magnets made at home, and supply that passed through China at any stage, in "
        f"{last:g}: {'; '.join(parts)}."
    )
