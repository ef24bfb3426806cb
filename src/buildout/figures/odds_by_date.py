"""In how many draws the defense need is met, date by date, under each pathway and regime."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util.numbers import span
from buildout.analysis.series_in_draws import coverage_by_regime
from buildout.figures import style
from buildout.figures.fans import Fans, fans_of
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.tidy import order, pick, require, stack, tidy
from buildout.inputs.regimes import REGIMES
from buildout.outcomes.chances import share_in_percent
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline
from buildout.outcomes.odds import wilson_interval
from buildout.outcomes.rule import RULE_DATE

TOPIC = "Share of draws in which defense has all the magnets that it needs, by date"
CAPTION = (
    "In how many joint draws of all that is uncertain and of luck compliant supply serves the "
    "whole need of US defense on a date, by magnet class. Before 1 January 2027 the rule asks for "
    "less. "
    "Thin grey lines: the first pathway under the other regimes of the rule. The Monte Carlo "
    "interval of 1,000 draws is three points wide on either side at most, and stands in the data. "
    "Without draws the curve is the single run, met or not."
)
QUANTITY, UNIT = "need met", "% of draws"
_REGIME_LINES: dict[str, Any] = {"A": "-", "B": (0, (4, 2)), "C": (0, (1, 1.2))}


def odds_by_date_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, regime, magnet_class, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        value: percent of the draws in which the need is met on the date; low, high: its Monte
        Carlo interval. Rows with a regime are of the first pathway under that regime, those
        without of each pathway as it is. Without draws: 0 or 100 of the single run.
    """
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    require(ds, "defense_coverage")
    if fans.cloud is None:
        return tidy(100.0 * _met(ds), QUANTITY, UNIT).assign(regime=None)
    own = _shares(fans.cloud)
    ruled = coverage_by_regime(ds, REGIMES)
    if ruled is None:
        return own.assign(regime=None)
    by_regime = _shares(ruled)
    by_regime["regime"] = by_regime["pathway"]
    return stack(own, by_regime.assign(pathway=str(ds["pathway"].values[0])))


def _met(ds: xr.Dataset) -> xr.DataArray:
    coverage = ds["defense_coverage"]
    return coverage.copy(data=reaches(coverage.values)).where(coverage.notnull())


def _shares(cloud: xr.Dataset) -> pd.DataFrame:
    met = _met(cloud)
    sound = met.notnull().sum("draw")
    share = met.sum("draw") / sound
    table = tidy(100 * share, QUANTITY, UNIT)
    counts = zip(met.sum("draw").values.ravel(), sound.values.ravel(), strict=True)
    ends = 100 * np.array([wilson_interval(int(count), int(draws)) for count, draws in counts])
    return table.assign(low=ends[:, 0], high=ends[:, 1])


@style.drawn
def odds_by_date(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Odds of full coverage by date.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.odds_by_date(bo.simulate("status-quo")).axes)
    3
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    kinds = order(table, "magnet_class")
    shown = _other_regimes(table, ds)
    figure, [row] = panels(
        page,
        PanelGrid(
            1, len(kinds), across={"column": 1, "phone": 1}, tall={"column": 1.0, "phone": 1.4}
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[_sample(name, looks) for name in shown],
        ends=True,
    )
    for number, (axes, kind) in enumerate(zip(row, kinds, strict=True)):
        here = pick(table, magnet_class=kind)
        for name in shown:
            _regime(axes, pick(here, regime=name), name)
        own = here[here["regime"].isna()]
        curves(axes, own, looks, named=number == 0)
        axes.set_ylim(0, 122)  # Room for the date of the rule above the curves.
        axes.set_yticks(range(0, 101, 25))
        head_panel(axes, kind, unit=UNIT)
        if page == "slide" and number == len(kinds) - 1:
            end_names(axes, own, looks)
    return figure


def _other_regimes(table: pd.DataFrame, ds: xr.Dataset) -> list[str]:
    """Regimes but the one that the first pathway has."""
    own = str(deadline(ds)["regime"].values[0])
    return [name for name in order(table, "regime") if name != own]


def _sample(name: str, looks: Mapping[str, Look]) -> Line2D:
    first = next(iter(looks.values())).label
    label = f"{first}, regime {name}"
    return Line2D(
        [], [], color=style.QUIET, linewidth=1.0, linestyle=_REGIME_LINES[name], label=label
    )


def _regime(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    axes.plot(
        rows["year"],
        rows["value"],
        color=style.QUIET,
        linewidth=1.0,
        linestyle=_REGIME_LINES[name],
        zorder=2.4,
    )


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """The odds of each class on the rule's date, and three years later."""
    own = table[table["regime"].isna()]
    later = min(RULE_DATE + 3, own["year"].max())
    parts = []
    for kind in order(own, "magnet_class"):
        here = pick(own, magnet_class=kind)
        now, then = (
            span((pick(here, year=year)["value"] / 100).tolist(), share_in_percent)
            for year in (RULE_DATE, later)
        )
        parts.append(f"{kind} {now}" if now == then else f"{kind} {now}, then {then}")
    return f"Odds that the need is met in {RULE_DATE:g}, and in {later:g}: {'; '.join(parts)}"
