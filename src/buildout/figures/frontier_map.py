"""The front of pathways that no other beats: date and unmet demand against public money."""

import json
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util.numbers import number, three_digits
from buildout.analysis.front import DATE, MONEY, UNMET
from buildout.analysis.frontier_rows import frontier_rows
from buildout.figures import sheets, style
from buildout.figures.looks import Look, looks

FRONTIER_CAPTION = (
    "Pathways that no other beats (dots), single runs: how soon half of the direct market is "
    "served from home, and civil demand unmet to 2045, against public money spent. Lower left is "
    "better. Marks: packaged pathways; ring: the knee; lines: to the best within the same money."
)
_BILLION, _THOUSAND = 1000.0, 1000.0
# In letters: axes, and what stands around them.
_TALL, _ABOVE, _BELOW, _LEFT, _BAR = 22.0, 2.4, 4.2, 6.5, 1.2


def frontier_map_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: the rows of `frontier`, members and packaged pathways.

    Parameters
    ----------
    ds : Dataset
        From `frontier`.
    """
    return pd.DataFrame(frontier_rows(ds))


@style.drawn
def frontier_map(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Date and unmet demand against public money, of the front and of packaged pathways.

    Parameters
    ----------
    ds : Dataset
        From `frontier`.
    page : {"slide", "column", "phone"}
        10 inches wide, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        For another page.
    """
    sheet = sheets.sheet_of(page)
    size = sheet.letter
    own = looks([str(n) for n in ds["compared"].values], json.loads(ds.attrs["titles"]))
    title, sentence = _finding(ds)
    head = sheets.heading(sheet, title, sentence)
    handles = _handles(own)
    across = 5 if sheet.columns > 1 else 2
    legend = 1.9 * size * -(-len(handles) // across)
    panel = (_ABOVE + _TALL + _BELOW) * size
    rows = 2 // sheet.columns
    figure = Figure(figsize=(sheet.width, head.height + legend + rows * panel))
    head.write(figure)
    sheets.legend_below(figure, sheet, head.height, handles, across)
    wide = (sheet.width - 2 * style.EDGE) / sheet.columns
    for place, (shown, colour) in enumerate(((DATE, UNMET), (UNMET, DATE))):
        axes = sheets.axes_at(
            figure,
            style.EDGE + (place % sheet.columns) * wide + _LEFT * size,
            head.height + legend + (place // sheet.columns) * panel + _ABOVE * size,
            wide - (_LEFT + 7.5) * size,
            _TALL * size,
        )
        _panel(figure, axes, ds, own, sheet, shown, colour)
    figure.set_label(f"{title}. {sentence}")
    return figure


def _values(ds: xr.Dataset) -> np.ndarray:
    """Years, billions of USD and thousands of tonnes; a date that never comes is the end."""
    values = ds["value"].values[:, :3] / np.array([1.0, _BILLION, _THOUSAND])
    return np.where(np.isnan(values), float(ds.attrs["end"]), values)


def _panel(
    figure: Figure,
    axes: Axes,
    ds: xr.Dataset,
    own: dict[str, Look],
    sheet: sheets.Sheet,
    shown: int,
    colour: int,
) -> None:
    values, members = _values(ds), ds["found"].values
    names = [str(n) for n in ds["candidate"].values]
    dots = axes.scatter(
        values[members, MONEY],
        values[members, shown],
        c=values[members, colour],
        cmap=mpl.colormaps["viridis_r"],
        s=26,
        zorder=3,
        edgecolors="white",
        linewidths=0.4,
    )
    knee = values[ds["knee"].values][0]
    axes.plot(knee[MONEY], knee[shown], **_RING)
    for compared, look in own.items():
        mine = values[names.index(compared)]
        axes.plot(mine[MONEY], mine[shown], marker=look.marker, color=look.color, **_MARK)
        best = str(ds["same_money"].sel(compared=compared).item())
        if best:
            to = values[names.index(best)]
            line: dict[str, Any] = {"color": look.color, "linewidth": 0.9, "zorder": 2}
            axes.plot([mine[MONEY], to[MONEY]], [mine[shown], to[shown]], **line)
    axes.set_xscale("log")
    ticks = [t for t in (5, 7, 10, 15, 20, 30, 50) if t < 1.1 * values[:, MONEY].max()]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.minorticks_off()
    axes.tick_params(labelsize=sheet.letters)
    titles = {DATE: "Half of the market from home since", UNMET: "Civil demand unmet, 1,000 t"}
    axes.set_title(titles[shown], fontsize=sheet.letters, loc="left")
    axes.set_xlabel("public money spent to 2045, billion USD", fontsize=sheet.letters)
    bar = figure.colorbar(dots, cax=_beside(figure, axes, sheet))
    for axis, place in ((axes.yaxis, shown), (bar.ax.yaxis, colour)):
        axis.set_major_formatter("{x:.1f}" if place == DATE else "{x:g}")
    bar.ax.tick_params(labelsize=sheet.letters)
    words = {DATE: "date of the half", UNMET: "unmet, 1,000 t"}
    bar.set_label(words[colour], fontsize=sheet.letters)


def _beside(figure: Figure, axes: Axes, sheet: sheets.Sheet) -> Axes:
    box = axes.get_position()
    width = _BAR * sheet.letter / figure.get_figwidth()
    return figure.add_axes((box.x1 + 0.8 * width, box.y0, width, box.height))


_MARK: dict[str, Any] = {
    "markersize": 7,
    "linestyle": "none",
    "zorder": 4,
    "markeredgecolor": "white",
    "markeredgewidth": 0.6,
}
_RING: dict[str, Any] = {
    "marker": "o",
    "markersize": 11,
    "markerfacecolor": "none",
    "markeredgecolor": style.INK,
    "markeredgewidth": 1.3,
    "linestyle": "none",
    "zorder": 5,
}


def _handles(own: dict[str, Look]) -> list[Line2D]:
    handles = [
        Line2D([], [], marker=look.marker, color=look.color, label=look.label, **_MARK)
        for look in own.values()
    ]
    dot: dict[str, Any] = {"marker": "o", "color": "#3b8a8c", **_MARK, "markersize": 5}
    return [*handles, Line2D([], [], label="found", **dot), Line2D([], [], label="knee", **_RING)]


def _finding(ds: xr.Dataset) -> tuple[str, str]:
    values = dict(zip(map(str, ds["candidate"].values), _values(ds), strict=True))
    wanted = ds.attrs["like"] or "mobilization"
    best = str(ds["same_money"].sel(compared=wanted).item())
    label = looks([wanted], json.loads(ds.attrs["titles"]))[wanted].label
    sentence = "Dots: pathways that no other beats; lower left is better"
    if not best:
        return f"No better pathway found within the money of {label}", f"{sentence}; single runs"
    own, other = values[wanted], values[best]
    title = (
        f"For {number(other[MONEY], 3)} instead of {number(own[MONEY], 3)} billion USD of public "
        f"money: half from home {12 * (own[DATE] - other[DATE]):.1f} months sooner, "
        f"{three_digits(_THOUSAND * (own[UNMET] - other[UNMET]))} t less unmet than {label}"
    )
    if not ds.attrs["draws"]:
        return title, f"{sentence}; single runs"
    odds = 100 * float(ds["odds_of_all"].sel(compared=wanted))
    return title, f"{sentence}; single runs. No worse in all three: {odds:.0f} percent of draws"
