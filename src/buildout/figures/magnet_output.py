"""Magnets made in the United States, what defense can use of them, and the needs, by class."""

import math
from collections.abc import Mapping
from operator import itemgetter

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout.figures import style
from buildout.figures.fans import Fans, fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.labels import name_band
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import band_sample, curves, end_names, span_of_need, top_of
from buildout.figures.tidy import order, pick, require, stack
from buildout.outcomes.chances import rough_percent

TOPIC = "Magnets made in the United States, and what US defense can use of all, by magnet class"
CAPTION = (
    "Top: finished magnets made in the United States, whatever the origin of their feed, and the "
    "direct US market for bare magnets (defense included; magnets inside imported goods are not). "
    "Bottom: magnets that US defense can use under the rule - compliant origin, qualified maker, "
    "traced - from US and allied plants, and the need of US defense, on a scale of powers of ten. "
    "Curves are medians of the draws and stand in their middle nine tenths; without draws they are "
    "single runs. Grey bands span the pathways, whose prices move demand."
)
MADE, MARKET = "US output, any origin", "direct US market"
USABLE, NEED = "supply that defense can use", "defense need"
UNIT = "t/yr"
HEADING = {"slide": 1, "column": 2, "phone": 2}
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
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    require(ds, "magnet_output_total_by_class", "direct_demand", "compliant_supply", "defense_need")
    made = fans.rows(lambda d: d["magnet_output_total_by_class"].sel(region="US"), MADE, UNIT)
    rest = {MARKET: "direct_demand", USABLE: "compliant_supply", NEED: "defense_need"}
    return stack(made, *(fans.rows(itemgetter(name), words, UNIT) for words, name in rest.items()))


@style.drawn
def magnet_output(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Output and need by class over time.

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
    >>> len(bo.figures.magnet_output(bo.simulate("status-quo")).axes)
    6
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    kinds = order(table, "magnet_class")
    figure, rows = panels(
        page,
        PanelGrid(
            2, len(kinds), across={"column": 2, "phone": 2}, by_columns=True, heading=HEADING
        ),
        Words(_finding(fans, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[
            *band_sample(table, looks, fans.draws),
            style.band_handle("need"),
        ],
        ends=True,
    )
    for column, kind in enumerate(kinds):
        here = pick(table, magnet_class=kind)
        top, bottom = rows[0][column], rows[1][column]
        head_panel(top, f"{kind}: made in the US", unit=UNIT)
        _draw(top, here, MADE, MARKET, looks, named=column == 0)
        style.from_zero(top, _top(here, MADE, MARKET, looks))
        style.thousands(top)
        head_panel(bottom, f"{kind}: usable by defense", unit=UNIT)
        _draw(bottom, here, USABLE, NEED, looks, named=False)
        bottom.set_yscale("log")
        bottom.set_ylim(FLOOR, max(10.0, _top(here, USABLE, NEED, looks) * 2))
        style.thousands(bottom)
    if page == "slide":
        for axes, supply in ((rows[0][-1], MADE), (rows[1][-1], USABLE)):
            shown = pick(table, magnet_class=kinds[-1], quantity=supply)
            end_names(axes, shown, looks, least=FLOOR)
        # Narrow panels have no room for it, and its sample stands in the legend.
        for column, kind in enumerate(kinds):
            for row, need in zip(rows, (MARKET, NEED), strict=True):
                _name_need(row[column], pick(table, magnet_class=kind), need)
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
    low, high = span_of_need(pick(table, quantity=need))
    style.band(axes, low.index, low.values, high.values)
    least = FLOOR if supply == USABLE else -math.inf
    curves(axes, pick(table, quantity=supply), looks, named=named, least=least)


def _top(table: pd.DataFrame, supply: str, need: str, looks: Mapping[str, Look]) -> float:
    return max(
        top_of(pick(table, quantity=supply), looks),
        float(span_of_need(pick(table, quantity=need))[1].max()),
    )


def _name_need(axes: Axes, table: pd.DataFrame, need: str) -> None:
    low, high = span_of_need(pick(table, quantity=need))
    years = low.index.to_numpy()
    name_band(axes, years, low.to_numpy(), high.to_numpy(), need.replace(" US ", "\nUS "))


def _finding(fans: Fans, looks: Mapping[str, Look]) -> str:
    """The share of the market that US plants make in the year of the headline."""
    shares = fans.rows(
        lambda d: d["us_magnet_output_total"] / d["direct_demand"].sum("magnet_class"), "", ""
    )
    last = min(HEADLINE_YEAR, shares["year"].max())
    now = middles(pick(shares, year=last))
    said = under_pathways(now, looks, lambda share: f"{rough_percent(share)}%")
    return f"By {last:g} US plants make {said} of what the US market wants"
