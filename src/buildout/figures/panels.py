"""Curves of the pathways over time, with their names beside the ends."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from buildout.figures import style
from buildout.figures.labels import name_ends
from buildout.figures.looks import Look
from buildout.figures.tidy import pick


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
        pathway, year, value: one quantity of one panel.
    looks : mapping of str to Look
        Of all pathways of the figure, those without rows in this panel included.
    named : bool
        Whether the rule's date is written beside its line.
    least : float
        Lower values are drawn there; for scales that have an end.
    """
    for rank, (name, look) in enumerate(looks.items()):
        series = pick(table, pathway=name)
        if series.empty:
            continue
        years, values = series["year"].values, series["value"].clip(lower=least).values
        # Markers are out of step with those of the other pathways, so that equal curves show both.
        step = max(1, len(years) // 4)
        start = (2 + rank * max(1, step // max(1, len(looks)))) % step
        axes.plot(
            years,
            values,
            color=look.color,
            linestyle=look.line,
            linewidth=look.width,
            marker=look.marker,
            markersize=4,
            markevery=(start, step),
            zorder=3 + 0.1 * rank,
        )
    style.time_axis(axes, table["year"], named=named)


def end_names(
    axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], *, least: float = -np.inf
) -> None:
    """Each pathway's label beside the right end of its curve; limits and scale must be set."""
    last = pick(table, year=table["year"].max())
    ends = dict(zip(last["pathway"], last["value"].clip(lower=least), strict=True))
    name_ends(axes, ends, looks)
