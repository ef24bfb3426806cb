"""What each pathway makes differently from the first one, over time, in the same draws."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout._util.numbers import signed
from buildout.errors import ResultsError
from buildout.figures import style
from buildout.figures.fans import Fans, fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import (
    MOST_BANDS,
    band_sample,
    curves,
    deal_marks,
    end_names,
    has_bands,
)
from buildout.figures.tidy import order, pick, require, stack

TOPIC = "Differences to {}, in the same draws"
CAPTION = (
    "Each pathway less the first one, over time. Curves are medians of the differences draw by "
    "draw, in their middle nine tenths: both pathways meet the same world and the same luck, so "
    "that the band is that of what policy changes, not of the world. Without draws they are "
    "differences of single runs."
)
HEADLINE_YEAR = 2035.0
#: What is compared: name, unit, and how it is read.
READINGS: Mapping[str, tuple[str, Callable[[xr.Dataset], xr.DataArray]]] = {
    "US magnet output": ("t/yr", lambda d: d["us_magnet_output_total"]),
    "usable by defense": ("t/yr", lambda d: d["compliant_supply"].sum("magnet_class")),
    "NdPr separated at home": (
        "points of need",
        lambda d: 100 * d["self_sufficiency_of_direct_market"].sel(line="NdPr separation"),
    ),
    "demand lost in a 12-month cut": ("points", lambda d: 100 * d["vulnerability"]),
}
NEEDED = (
    "us_magnet_output_total",
    "compliant_supply",
    "self_sufficiency_of_direct_market",
    "vulnerability",
)


def gains_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, year, quantity, value, unit, less the first pathway.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of two pathways or more.

    Returns
    -------
    DataFrame
        `value` is the difference of the runs; p05, p50 and p95 are those of the differences in
        the same draws, where it has any.
    """
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    require(ds, *NEEDED)
    if ds.sizes["pathway"] < 2:
        raise ResultsError(
            "The figure `gains` holds pathways against the first one, and these results have one.",
            cure="Simulate two pathways or more, such as `status-quo mobilization`.",
        )
    return stack(
        *(fans.rows(_less_first(reading), name, unit) for name, (unit, reading) in READINGS.items())
    )


def _less_first(
    reading: Callable[[xr.Dataset], xr.DataArray],
) -> Callable[[xr.Dataset], xr.DataArray]:
    def difference(ds: xr.Dataset) -> xr.DataArray:
        values = reading(ds)
        values = values.drop_vars([name for name in values.coords if name not in values.dims])
        return values.isel(pathway=slice(1, None)) - values.isel(pathway=0, drop=True)

    return difference


@style.drawn
def gains(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Differences to the first pathway over time.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of two pathways or more.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Raises
    ------
    ResultsError
        For one pathway alone.

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.gains(bo.simulate(["status-quo", "hybrid"])).axes)
    4
    """
    fans = fans_of(ds)
    table, every = _rows(ds, fans), looks_of(ds)
    base, *others = every
    looks = {path: every[path] for path in others}
    names = order(table, "quantity")
    figure, rows = panels(
        page,
        PanelGrid(2, 2, across={"column": 1, "phone": 1}, tall={"column": 0.85, "phone": 1.2}),
        Words(
            _finding(table, looks, every[base].label),
            TOPIC.format(every[base].label),
            source_of(ds, drawn=fans.drawn),
        ),
        looks=looks,
        extra=band_sample(table, looks, fans.draws),
        ends=True,
    )
    flat = [axes for row in rows for axes in row]
    for number, (axes, name) in enumerate(zip(flat, names, strict=True)):
        here = pick(table, quantity=name)
        curves(axes, here, looks, named=number == 0)
        axes.axhline(0, color=style.INK, linewidth=0.9, zorder=2)
        axes.set_ylim(*_limits(here, looks))
        axes.locator_params(axis="y", nbins=5)
        if number == 1:
            deal_marks(axes, ds, looks)
        style.thousands(axes)
        head_panel(axes, name, unit=here["unit"].iloc[0])
        if page == "slide" and number % 2:
            end_names(axes, here, looks)
    return figure


def _limits(table: pd.DataFrame, looks: Mapping[str, Look]) -> tuple[float, float]:
    columns = ["value"]
    if has_bands(table):
        columns = ["p05", "p50", "p95"] if len(looks) <= MOST_BANDS else ["p50"]
    low, high = np.nanmin(table[columns]), np.nanmax(table[columns])
    room = 0.08 * (max(high, 0) - min(low, 0)) or 1.0
    # More above, where the rule's date is written.
    return min(low, 0.0) - room, max(high, 0.0) + 1.8 * room


def _finding(table: pd.DataFrame, looks: Mapping[str, Look], base: str) -> str:
    last = min(HEADLINE_YEAR, table["year"].max())
    here = pick(table, quantity=next(iter(READINGS)), year=last)
    said = under_pathways(middles(here), looks, lambda tonnes: f"{signed(tonnes)} t")
    return f"US magnets in {last:g} against {base}: {said}"
