"""The outcomes of a sweep at its dates, with the band of its draws."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout._util.numbers import three_digits
from buildout.figures import style
from buildout.figures.findings import under_pathways
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look
from buildout.figures.panels import band_sample
from buildout.figures.swept import band_rows, lanes_at_dates, looks_of_sweep, require_sweep
from buildout.figures.tidy import order, pick
from buildout.outcomes.odds import drawn_in_words

TOPIC = "Outcomes of the sweep at its dates"
CAPTION = (
    "Median of the sound draws of the sweep (mark) and their middle nine tenths (bar), for each "
    "outcome, date and pathway. A scale of equal ratios where a band spans more than fifty times."
)
MOST_PANELS, COLUMNS = 15, 5
WIDE = 50.0  # times from one end to the other: more is shown on a scale of equal ratios
_WANTED, _LAST = "US magnet output total", 2035.0


def sweep_bands_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: outcome, unit, pathway, year, value (the median), p05, p50, p95.

    Parameters
    ----------
    ds : Dataset
        From `sweep`.

    Returns
    -------
    DataFrame
    """
    require_sweep(ds)
    return band_rows(ds)


@style.drawn
def sweep_bands(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Bands of a sweep.

    Parameters
    ----------
    ds : Dataset
        From `sweep`, with outcomes at dates.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure
        Of the first 15 outcomes and elements, where there are more.

    Raises
    ------
    ResultsError
        When the sweep keeps nothing at dates.
    """
    table, looks = sweep_bands_data(ds), looks_of_sweep(ds)
    names = order(table, "outcome")
    shown = names[:MOST_PANELS]
    many = f", the first {MOST_PANELS} of {len(names)}" if len(names) > len(shown) else ""
    count = min(COLUMNS, len(shown))
    figure, rows = panels(
        page,
        PanelGrid(
            -(-len(shown) // count),
            count,
            across={"column": 2, "phone": 2},
            heading={"slide": 3, "column": 3, "phone": 3},
            tall={"column": 0.7, "phone": 0.9},
        ),
        Words(_finding(table, looks), f"{TOPIC}{many}", source_of(ds, drawn=drawn_in_words(ds))),
        looks=looks,
        extra=band_sample(table, looks, ds.sizes["draw"]),
    )
    flat = [axes for row in rows for axes in row]
    for axes, name in zip(flat, shown, strict=False):
        here = pick(table, outcome=name)
        _bars(axes, here, looks)
        head_panel(axes, name, unit=_unit(here["unit"].iloc[0]))
    for axes in flat[len(shown) :]:
        axes.set_axis_off()
    return figure


def _unit(unit: str) -> str:
    return {"Dmnl": "share", "t/Year": "t/yr"}.get(unit, unit)


def _bars(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    lanes = lanes_at_dates(axes, order(table, "year"), len(looks))
    for places, (path, look) in zip(lanes, looks.items(), strict=True):
        own = pick(table, pathway=path)
        axes.vlines(places, own["p05"], own["p95"], colors=look.color, linewidth=3, alpha=0.35)
        axes.plot(
            places, own["p50"], color=look.color, marker=look.marker, linestyle="none", markersize=4
        )
    _scale(axes, table)


def _scale(axes: Axes, table: pd.DataFrame) -> None:
    low, high = float(table["p05"].min()), float(table["p95"].max())
    if low > 0 and high > WIDE * low:
        axes.set_yscale("log")
        axes.minorticks_off()
        style.thousands(axes)
    elif low >= 0:
        style.from_zero(axes, high, least=np.finfo(float).tiny if high else 1.0)
        axes.locator_params(axis="y", nbins=4)
        if high > 1000:
            style.thousands(axes)


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    names = order(table, "outcome")
    name = _WANTED if _WANTED in names else names[0]
    here = pick(table, outcome=name)
    dates = [date for date in order(here, "year") if date <= _LAST] or order(here, "year")
    now = pick(here, year=dates[-1]).set_index("pathway")
    unit = _unit(here["unit"].iloc[0])
    said = under_pathways(
        now["p50"].to_dict(), looks, lambda value: f"{three_digits(value)} {unit}".strip()
    )
    return f"{name[:1].upper()}{name[1:]} in {dates[-1]:g}, median: {said}"
