"""Curves of the pathways over time with the bands of their draws, and their names at the ends."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildout.figures import style
from buildout.figures.labels import name_ends
from buildout.figures.looks import Look
from buildout.figures.tidy import pick

#: Bands of more pathways than these hide one another; the data beside the picture have them.
MOST_BANDS = 4
_PALE = 0.16


def curves(
    axes: Axes,
    table: pd.DataFrame,
    looks: Mapping[str, Look],
    *,
    named: bool = False,
    least: float = -np.inf,
) -> None:
    """One curve for each pathway, on an axis of years with the rule's date.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        pathway, year, value: one quantity of one panel. With p05, p50, p95 (`in_draws`) the curve
        is the median of the draws and stands in their band, else it is the single run.
    looks : mapping of str to Look
        Of all pathways of the figure, those without rows in this panel included.
    named : bool
        Whether the rule's date is written beside its line.
    least : float
        Lower values are drawn there; for scales that have an end.
    """
    banded = has_bands(table)
    for rank, (name, look) in enumerate(looks.items()):
        series = pick(table, pathway=name)
        if banded:
            series = series[series["p50"].notna()]
        if series.empty:
            continue
        years = series["year"].to_numpy()
        values = series["p50" if banded else "value"].clip(lower=least).to_numpy()
        if banded and len(looks) <= MOST_BANDS:
            low, high = (series[end].clip(lower=least).to_numpy() for end in ("p05", "p95"))
            axes.fill_between(
                years, low, high, color=look.color, alpha=_PALE, linewidth=0, zorder=1.6
            )
        # Markers are out of step with those of the other pathways, so that equal curves show both.
        marks = np.linspace(years[0], years[-1], 5)[:-1] + (1 + rank) * (years[-1] - years[0]) / (
            4 * (len(looks) + 1)
        )
        axes.plot(
            years,
            values,
            color=look.color,
            linestyle=look.line,
            linewidth=look.width,
            marker=look.marker,
            markersize=4,
            markevery=sorted({int(np.abs(years - mark).argmin()) for mark in marks}),
            zorder=3 + 0.1 * rank,
        )
    style.time_axis(axes, table["year"], named=named)


def has_bands(table: pd.DataFrame) -> bool:
    """Whether rows hold quantiles of draws."""
    return "p50" in table and bool(table["p50"].notna().any())


def top_of(table: pd.DataFrame, looks: Mapping[str, Look]) -> float:
    """The highest value that `curves` draws."""
    if not has_bands(table):
        return float(table["value"].max())
    shown = ["p95"] if len(looks) <= MOST_BANDS else ["p50"]
    return float(table[shown].max().max())


def span_of_need(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The lowest and the highest of a need over the pathways, by year: medians of draws, or runs.

    Parameters
    ----------
    table : DataFrame
        Of one need, as for `curves`.
    """
    column = "p50" if has_bands(table) else "value"
    values = table.dropna(subset=column).groupby("year")[column]
    return values.min(), values.max()


def band_sample(table: pd.DataFrame, looks: Mapping[str, Look], draws: int) -> list[Artist]:
    """The sample of a band in a legend; none where there is no band."""
    if not has_bands(table) or len(looks) > MOST_BANDS:
        return []
    label = f"5-95% of {draws:,} draws"
    return [Patch(color=style.QUIET, alpha=2 * _PALE, linewidth=0, label=label)]


def end_names(
    axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], *, least: float = -np.inf
) -> None:
    """Each pathway's label beside the right end of its curve; limits and scale must be set."""
    last = pick(table, year=table["year"].max())
    column = "p50" if has_bands(last) else "value"
    ends = dict(zip(last["pathway"], last[column].clip(lower=least), strict=True))
    name_ends(axes, ends, looks)


def deal_marks(axes: Axes, ds: xr.Dataset, looks: Mapping[str, Look]) -> None:
    """When deals with China hold in the runs, and where they break, along the top of a panel.

    Parameters
    ----------
    axes : Axes
        With its limits set, and room at the top.
    ds : Dataset
        From `simulate`.
    looks : mapping of str to Look
        Of the pathways that are shown.
    """
    if not {"deal_start", "deal_end"} <= set(ds.data_vars):
        return
    first, last = axes.get_xlim()
    size = rcParams["font.size"] / 72 * axes.figure.dpi / axes.get_window_extent().height
    shown = [str(name) for name in ds["pathway"].values if str(name) in looks]
    deals = [name for name in shown if float(ds["deal_start"].sel(pathway=name)) < last]
    for rank, name in enumerate(deals):
        own, height = ds.sel(pathway=name), 0.97 - 1.3 * size * rank
        start, stop = float(own["deal_start"]), float(own["deal_end"].isel(time=-1))
        broken = "deal_breach_date" in own and float(own["deal_breach_date"]) <= min(stop, last)
        frame = axes.get_xaxis_transform()
        ends = [max(start, first), min(stop, last)]
        axes.plot(ends, [height] * 2, color=looks[name].color, lw=2, transform=frame, zorder=4)
        if broken:
            axes.plot([stop], [height], marker="x", color=looks[name].color, transform=frame)
        words = f"deal to {math.floor(stop)}"
        axes.annotate(
            words,
            (min(stop, last), height),
            xycoords=frame,
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            zorder=6,
        )
