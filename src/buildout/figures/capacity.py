"""US capacity in effect by line, from ore to magnet, against what the direct market needs."""

from collections.abc import Mapping
from operator import itemgetter

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util.numbers import three_digits
from buildout.figures import style
from buildout.figures.fans import Fans, fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import band_sample, curves, span_of_need, top_of
from buildout.figures.project_plans import planned_steps
from buildout.figures.tidy import PRODUCTS, order, pick, require, stack

TOPIC = "US capacity in effect by stage of the chain, and what the direct US market needs of it"
CAPTION = (
    "Output at full feed of plants that have ramped up, per year, in each line's own product. Grey "
    "steps add to the capacity of the start what owners plan to start, on their own dates: what is "
    "announced and does not come in time is the gap between them and the curves. The dotted line "
    "is the output that would serve the direct US market from home (grey band: range over the "
    "pathways). Curves are medians of the draws and stand in their middle nine tenths; without "
    "draws they are single runs."
)
IN_EFFECT, NEED = "US capacity in effect", "need of the direct US market"
PLANNED_TOO = "with all that owners plan"
HEADLINE_YEAR = 2035.0
COLUMNS = 4
HEADING = {"slide": 2, "column": 2, "phone": 2}
GHOST = "#b4bac1"


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
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    require(ds, "effective_capacity", "line_need")
    built = fans.rows(lambda d: d["effective_capacity"].sel(region="US"), IN_EFFECT, "")
    needed = fans.rows(itemgetter("line_need"), NEED, "")
    now = built[built["year"] == built["year"].min()].groupby("line")["value"].max()
    plans = planned_steps(ds)
    plans = plans.assign(quantity=PLANNED_TOO, value=plans["value"] + plans["line"].map(now))
    table = stack(built, needed, plans)
    return table.assign(unit=table["line"].map(PRODUCTS).fillna("t/yr"))


@style.drawn
def capacity(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Capacity in effect by line over time.

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
    >>> len(bo.figures.capacity(bo.simulate("status-quo")).axes)
    8
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    lines = order(table, "line")
    figure, rows = panels(
        page,
        PanelGrid(
            -(-len(lines) // COLUMNS), COLUMNS, across={"column": 2, "phone": 2}, heading=HEADING
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[
            *band_sample(table, looks, fans.draws),
            style.band_handle("need"),
            Line2D([], [], color=GHOST, linewidth=1.4, label=PLANNED_TOO),
        ],
    )
    flat = [axes for row in rows for axes in row]
    for number, (axes, line) in enumerate(zip(flat, lines, strict=False)):
        here = pick(table, line=line)
        low, high = span_of_need(pick(here, quantity=NEED))
        style.band(axes, low.index, low.values, high.values)
        plans = pick(here, quantity=PLANNED_TOO)
        axes.step(plans["year"], plans["value"], where="post", color=GHOST, lw=1.4, zorder=2.2)
        shown = pick(here, quantity=IN_EFFECT)
        curves(axes, shown, looks, named=number == 0)
        tops = (top_of(shown, looks), float(high.max()), float(plans["value"].max()))
        style.from_zero(axes, max(top for top in tops if top == top))
        style.thousands(axes)
        head_panel(axes, line[0].upper() + line[1:], unit=here["unit"].iloc[0])
    for axes in flat[len(lines) :]:
        axes.set_axis_off()
    return figure


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    here = pick(table, line="NdFeB magnets")
    last = min(HEADLINE_YEAR, pick(here, quantity=IN_EFFECT)["year"].max())
    built = under_pathways(
        middles(pick(here, quantity=IN_EFFECT, year=last)), looks, lambda t: f"{three_digits(t)} t"
    )
    plans = pick(here, quantity=PLANNED_TOO)
    planned = plans.loc[plans["year"] <= last, "value"].max()
    words = f"; owners plan {three_digits(planned)} t" if planned == planned else ""
    return f"US capacity for NdFeB magnets in {last:g}: {built}{words}"
