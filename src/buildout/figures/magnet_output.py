"""Magnets made in the United States, what defense can use of them, and the needs, by class."""

import math
from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout._util.numbers import three_digits
from buildout.analysis.odds import odds_if_any
from buildout.figures import style
from buildout.figures.labels import name_band
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.tidy import order, pick, require, stack, tidy
from buildout.outcomes.chances import output_in_draws
from buildout.outcomes.odds import output_rows

TITLE = "US magnet output and compliant supply against need, by magnet class"
CAPTION = (
    "Top: finished magnets made in the United States, whatever the origin of their feed, and the "
    "direct US market for bare magnets (defense included; magnets inside imported goods are not). "
    "Bottom: magnets that US defense can use under the rule - compliant origin, qualified maker, "
    "traced - from US and allied plants, and the need of US defense, on a scale of powers of ten. "
    "Grey bands span the pathways, whose prices move demand."
)
MADE, MARKET = "US output, any origin", "direct US market"
USABLE, NEED = "supply that defense can use", "defense need"
HEADLINE_YEAR = 2035.0
FLOOR = 1.0  # t/yr: below a tonne a year a class is empty, and a log scale needs an end


def magnet_output_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, magnet_class, year, quantity, value, unit (t/yr).

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
    """
    require(ds, "magnet_output_total_by_class", "direct_demand", "compliant_supply", "defense_need")
    arrays = {
        MADE: ds["magnet_output_total_by_class"].sel(region="US"),
        MARKET: ds["direct_demand"],
        USABLE: ds["compliant_supply"],
        NEED: ds["defense_need"],
    }
    return stack(*(tidy(array, name, "t/yr") for name, array in arrays.items()))


@style.drawn
def magnet_output(ds: xr.Dataset) -> Figure:
    """Output and need by class over time.

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
    >>> len(bo.figures.magnet_output(bo.simulate("status-quo")).axes)
    6
    """
    table = magnet_output_data(ds)
    kinds = order(table, "magnet_class")
    looks = looks_of(ds)
    figure, panels = sheet(
        2,
        len(kinds),
        title=TITLE,
        headline=_headline(table, looks) + _places(ds, looks),
        looks=looks,
        extra=[style.band_handle("need (range over pathways)")],
        panel_height=2.0,
    )
    for column, kind in enumerate(kinds):
        here = pick(table, magnet_class=kind)
        top, bottom = panels[0][column], panels[1][column]
        top.set_title(f"{kind}: made in the US")
        _draw(top, here, MADE, MARKET, looks, named=column == 0)
        shown = here["quantity"].isin([MADE, MARKET])
        style.from_zero(top, here.loc[shown, "value"].max())
        style.thousands(top)
        _name_need(top, here, MARKET)
        bottom.set_title(f"{kind}: usable by defense")
        _draw(bottom, here, USABLE, NEED, looks, named=False)
        usable = here.loc[here["quantity"].isin([USABLE, NEED]), "value"]
        bottom.set_yscale("log")
        bottom.set_ylim(FLOOR, max(10.0, usable.max() * 2))
        style.thousands(bottom)
        _name_need(bottom, here, NEED)
    for axes, supply in ((panels[0][-1], MADE), (panels[1][-1], USABLE)):
        shown = pick(table, magnet_class=kinds[-1], quantity=supply)
        end_names(axes, shown, looks, least=FLOOR)
    return figure


def _draw(
    axes: Axes,
    table: pd.DataFrame,
    supply: str,
    need: str,
    looks: Mapping[str, Look],
    *,
    named: bool,
) -> None:
    low, high = _span(table, need)
    style.band(axes, low.index, low.values, high.values)
    least = FLOOR if supply == USABLE else -math.inf
    curves(axes, pick(table, quantity=supply), looks, named=named, least=least)
    axes.set_ylabel("t/yr")


def _span(table: pd.DataFrame, need: str) -> tuple[pd.Series, pd.Series]:
    """The lowest and the highest need over the pathways, by year."""
    wanted = pick(table, quantity=need).groupby("year")["value"]
    return wanted.min(), wanted.max()


def _name_need(axes: Axes, table: pd.DataFrame, need: str) -> None:
    low, high = _span(table, need)
    years = low.index.to_numpy()
    name_band(axes, years, low.to_numpy(), high.to_numpy(), need.replace(" US ", "\nUS "))


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    parts = []
    last = min(HEADLINE_YEAR, table["year"].max())
    for path in looks:
        here = pick(table, pathway=path)
        made = pick(here, quantity=MADE).groupby("year")["value"].sum()
        market = pick(here, quantity=MARKET).groupby("year")["value"].sum()
        parts.append(
            f"{looks[path].label} {three_digits(made[last])} of {three_digits(market[last])} t"
        )
    return f"All classes, US output of the direct US market in {last:g}: " + "; ".join(parts) + "."


def _places(ds: xr.Dataset, looks: Mapping[str, Look]) -> str:
    """Which runs lie outside the middle of their draws in the year of the headline."""
    odds = odds_if_any(ds)
    rows = [] if odds is None else output_rows(odds)
    shown = [row for row in rows if row["year"] == HEADLINE_YEAR]
    words = output_in_draws([{**r, "pathway": looks[r["pathway"]].label} for r in shown])
    return f" Of the draws: {words}." if words else ""
