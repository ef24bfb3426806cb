"""Oxide prices in China and outside China."""

from collections.abc import Mapping
from operator import itemgetter

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout.figures import style
from buildout.figures.fans import Fans, fans_of
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import band_sample, curves, end_names, has_bands, top_of
from buildout.figures.tidy import order, pick, require, stack

TOPIC = "Prices of oxides inside and outside China, in constant 2025 dollars"
CAPTION = (
    "Prices per kilogram of oxide in constant 2025 dollars, inside China (top) and outside "
    "(bottom), on one scale for each element. The two part when licences or cuts keep Chinese "
    "material from Western users who have nothing else, and meet again when access returns or "
    "full-chain oxide takes its place. Dumping lowers both. Curves are medians of the draws and "
    "stand in their middle nine tenths, so that no single price path is as smooth; without draws "
    "they are single runs."
)
INSIDE, OUTSIDE = "inside China", "outside China"
UNIT = "USD/kg oxide"
HEADING = {"slide": 1, "column": 2, "phone": 2}
APART = 1.05  # below that the two prices count as one


def prices_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, element, year, quantity, value, unit (USD/kg oxide).

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
    require(ds, "chinese_price", "ex_china_price")
    return stack(
        fans.rows(itemgetter("chinese_price"), INSIDE, UNIT),
        fans.rows(itemgetter("ex_china_price"), OUTSIDE, UNIT),
    )


@style.drawn
def prices(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Prices by element over time.

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
    >>> len(bo.figures.prices(bo.simulate("status-quo")).axes)
    6
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    elements = order(table, "element")
    figure, rows = panels(
        page,
        PanelGrid(
            2, len(elements), across={"column": 2, "phone": 2}, by_columns=True, heading=HEADING
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=band_sample(table, looks, fans.draws),
        ends=True,
    )
    for column, element in enumerate(elements):
        top = top_of(pick(table, element=element), looks)
        for row, place in enumerate((INSIDE, OUTSIDE)):
            axes, here = rows[row][column], pick(table, element=element, quantity=place)
            curves(axes, here, looks, named=row == column == 0)
            style.from_zero(axes, top)
            style.thousands(axes)
            head_panel(axes, f"{element} {place}", unit=UNIT)
            if page == "slide" and column == len(elements) - 1:
                end_names(axes, here, looks)
    return figure


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """Where and when oxide outside China costs the most more than inside."""
    column = "p50" if has_bands(table) else "value"
    wide = table.pivot_table(
        index=["pathway", "element", "year"], columns="quantity", values=column, sort=False
    )
    ratio = (wide[OUTSIDE] / wide[INSIDE]).groupby(["element", "year"], sort=False).max()
    parts = []
    for element in order(table, "element"):
        here = ratio.xs(element, level="element")
        if here.max() < APART:
            parts.append(f"{element} the same")
        else:
            parts.append(f"{element} {here.max():.1f} times as much in {int(here.idxmax())}")
    return "Outside China oxides cost at most: " + ", ".join(parts)
