"""US capacity in effect by line, from ore to magnet, against what the direct market needs."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout._util.numbers import three_digits
from buildout.figures import style
from buildout.figures.layout import legend_panel, sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves, end_names
from buildout.figures.tidy import at, order, pick, require, stack, tidy
from buildout.outcomes.rule import RULE_DATE

TITLE = "US capacity in effect, by line"
CAPTION = (
    "Output at full feed of plants that have ramped up, per year, in each line's own product. The "
    "dotted line is the output that would serve the direct US market from home (grey band: range "
    "over the pathways). Capacity that is announced, permitted, under construction, ramping or "
    "mothballed is not counted."
)
IN_EFFECT, NEED = "US capacity in effect", "need of the direct US market"
PRODUCTS = {
    "mining": "t REO/yr",
    "NdPr separation": "t oxide/yr",
    "DyTb separation": "t oxide/yr",
    "Sm separation": "t oxide/yr",
    "metal and alloy": "t alloy/yr",
    "NdFeB magnets": "t magnets/yr",
    "SmCo magnets": "t magnets/yr",
}
COLUMNS = 4


def capacity_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, line, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
    """
    require(ds, "effective_capacity", "line_need")
    table = stack(
        tidy(ds["effective_capacity"].sel(region="US"), IN_EFFECT, ""),
        tidy(ds["line_need"], NEED, ""),
    )
    return table.assign(unit=table["line"].map(PRODUCTS).fillna("t/yr"))


@style.drawn
def capacity(ds: xr.Dataset) -> Figure:
    """Capacity in effect by line over time.

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
    >>> bo.figures.capacity(bo.simulate("status-quo")).axes[0].get_ylabel()
    't REO/yr'
    """
    table = capacity_data(ds)
    lines = order(table, "line")
    looks = looks_of(ds)
    figure, panels = sheet(
        -(-len(lines) // COLUMNS),
        COLUMNS,
        title=TITLE,
        headline=_headline(table, looks),
        looks=looks,
        legend=False,
        panel_height=1.85,
        gap_x=0.75,
    )
    flat = [axes for row in panels for axes in row]
    for number, (axes, line) in enumerate(zip(flat, lines, strict=False)):
        here = pick(table, line=line)
        wanted = pick(here, quantity=NEED).groupby("year")["value"]
        low, high = wanted.min(), wanted.max()
        style.band(axes, low.index, low.values, high.values)
        shown = pick(here, quantity=IN_EFFECT)
        curves(axes, shown, looks, named=number == 0)
        style.from_zero(axes, here["value"].max())
        style.thousands(axes)
        axes.set_title(line[0].upper() + line[1:])
        axes.set_ylabel(here["unit"].iloc[0])
        if number % COLUMNS == COLUMNS - 1:
            end_names(axes, shown, looks)
    legend_panel(flat[len(lines) :], looks, [style.band_handle("need of the\ndirect US market")])
    return figure


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    last = min(2035.0, table["year"].max())
    magnets = [
        f"{looks[path].label} "
        f"{three_digits(at(table, last, pathway=path, line='NdFeB magnets', quantity=IN_EFFECT))}"
        for path in looks
    ]
    now = at(table, RULE_DATE, line="NdFeB magnets", quantity=IN_EFFECT)
    return (
        f"NdFeB magnets in {last:g}, t/yr: {', '.join(magnets)} "
        f"(on 1 January 2027: {three_digits(now)} under {next(iter(looks.values())).label})."
    )
