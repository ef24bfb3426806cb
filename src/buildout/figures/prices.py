"""Oxide prices in China and outside China."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout.figures import style
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.tidy import order, pick, require, stack, tidy

TITLE = "Oxide prices inside and outside China"
CAPTION = (
    "Prices per kilogram of oxide in constant 2025 dollars, inside China (top) and outside "
    "(bottom), on one scale for each element. The two part when licences or cuts keep Chinese "
    "material from Western users who have nothing else, and meet again when access returns or "
    "full-chain oxide takes its place. Dumping lowers both."
)
INSIDE, OUTSIDE = "inside China", "outside China"
UNIT = "USD/kg oxide"
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
    require(ds, "chinese_price", "ex_china_price")
    return stack(tidy(ds["chinese_price"], INSIDE, UNIT), tidy(ds["ex_china_price"], OUTSIDE, UNIT))


@style.drawn
def prices(ds: xr.Dataset) -> Figure:
    """Prices by element over time.

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
    >>> bo.figures.prices(bo.simulate("status-quo")).axes[0].get_ylabel()
    'USD/kg oxide'
    """
    table = prices_data(ds)
    elements = order(table, "element")
    looks = looks_of(ds)
    figure, panels = sheet(
        2,
        len(elements),
        title=TITLE,
        headline=_headline(table, looks),
        looks=looks,
        panel_height=1.75,
    )
    for column, element in enumerate(elements):
        top = pick(table, element=element)["value"].max()
        for row, place in enumerate((INSIDE, OUTSIDE)):
            axes, here = panels[row][column], pick(table, element=element, quantity=place)
            curves(axes, here, looks, named=row == column == 0)
            style.from_zero(axes, top)
            style.thousands(axes)
            axes.set_title(f"{element}: {place}")
            axes.set_ylabel(UNIT)
            if column == len(elements) - 1:
                end_names(axes, here, looks)
    return figure


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    wide = table.pivot_table(
        index=["pathway", "element", "year"], columns="quantity", values="value", sort=False
    )
    ratio = wide[OUTSIDE] / wide[INSIDE]
    parts = []
    for element in order(table, "element"):
        here = ratio.xs(element, level="element")
        if here.max() < APART:
            parts.append(f"{element} never apart")
            continue
        path, year = here.idxmax()
        parts.append(f"{element} {here.max():.1f} times in {int(year)} ({looks[path].label})")
    return "Price outside over price inside China at its widest: " + "; ".join(parts) + "."
