"""US capacity in effect by line, from ore to magnet, against what the direct market needs."""

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout.figures import style
from buildout.figures.labels import name_ends
from buildout.figures.layout import legend_panel, sheet
from buildout.figures.tidy import at, order, pick, require, stack, tidy
from buildout.outcomes.rule import RULE_DATE

TITLE = "US capacity in effect, by line"
CAPTION = (
    "Nameplate that has been built and has ramped up, per year, in each line's own product. The "
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
        tidy(ds["effective_capacity"].sel(region="US").sum("cohort"), IN_EFFECT, ""),
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
    lines, paths = order(table, "line"), order(table, "pathway")
    figure, panels = sheet(
        -(-len(lines) // COLUMNS),
        COLUMNS,
        title=TITLE,
        headline=_headline(table),
        pathways=paths,
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
        for path in paths:
            series = pick(here, quantity=IN_EFFECT, pathway=path)
            style.curve(axes, series["year"].values, series["value"].values, path, paths)
        style.time_axis(axes, low.index, named=number == 0)
        style.from_zero(axes, here["value"].max())
        style.thousands(axes)
        axes.set_title(line[0].upper() + line[1:])
        axes.set_ylabel(here["unit"].iloc[0])
        if number % COLUMNS == COLUMNS - 1:
            last = pick(here, quantity=IN_EFFECT, year=here["year"].max())
            name_ends(axes, dict(zip(last["pathway"], last["value"], strict=True)))
    legend_panel(flat[len(lines) :], paths, [style.band_handle("need of the\ndirect US market")])
    return figure


def _headline(table: pd.DataFrame) -> str:
    last = min(2035.0, table["year"].max())
    magnets = [
        f"{style.spoken(path)} "
        f"{at(table, last, pathway=path, line='NdFeB magnets', quantity=IN_EFFECT):,.0f}"
        for path in order(table, "pathway")
    ]
    now = at(table, RULE_DATE, line="NdFeB magnets", quantity=IN_EFFECT)
    return (
        f"NdFeB magnets in {last:.0f}, t/yr: {', '.join(magnets)} "
        f"(on 1 January 2027: {now:,.0f} under {style.spoken(table['pathway'].iloc[0])})."
    )
