"""An outcome against one lever as curves with bands, against two as a map of colours."""

import json
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from buildout.analysis.response_rows import (
    of_dates,
    response_rows,
    response_sentence,
    unit_after,
    year_words,
)
from buildout.figures import sheets, style
from buildout.figures.looks import Look, looks
from buildout.outcomes.rule import FULL, RULE_DATE

#: The line that outcomes of a group are held against, in words and as a number.
HELD_AGAINST = {"coverage": ("the whole need", FULL), "date": ("the rule", RULE_DATE)}
# In letters: axes of the curves and of each map, and what stands around them.
_TALL, _MAP, _ABOVE, _BELOW, _LEFT, _BAR = 24.0, 17.0, 2.4, 4.2, 7.0, 8.0


def response_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: a row for each pathway and value, as `response_rows` has it.

    Parameters
    ----------
    ds : Dataset
        From `response`.
    """
    return pd.DataFrame(response_rows(ds))


@style.drawn
def response_curves(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """The outcome over the values of a lever, with the need or the date that it is held against.

    Parameters
    ----------
    ds : Dataset
        From `response`.
    page : {"slide", "column", "phone"}
        10 inches wide, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure
        Of two levers: a map for each pathway, its colours the single runs.

    Raises
    ------
    UnknownNameError
        For another page.
    InputError
        For more pathways than can be told apart.
    """
    sheet = sheets.sheet_of(page)
    own = looks(map(str, ds["pathway"].values), json.loads(ds.attrs["titles"]))
    sentence = response_sentence(ds)
    for name, look in own.items():
        sentence = sentence.replace(f"`{name}`", look.label)
    head = sheets.heading(sheet, sentence, _subtitle(ds))
    draw = _maps if "y" in ds.dims else _curves
    figure = draw(ds, sheet, head, own)
    head.write(figure)
    figure.set_label(sentence)
    return figure


def _subtitle(ds: xr.Dataset) -> str:
    two = "y" in ds.dims
    words = f"{ds.attrs['outcome']}{year_words(ds)}: {'colours' if two else 'lines'}, single runs"
    words = words[:1].upper() + words[1:]
    if not ds.attrs["draws"]:
        return f"{words}."
    drawn = f"{ds.attrs['draws']:,} draws that every value meets"
    if "y" in ds.dims:
        return (
            f"{words}; lines: the need is met in half of {drawn}." if _shares(ds) else f"{words}."
        )
    return f"{words}; bands, the middle nine tenths of {drawn}."


def _shares(ds: xr.Dataset) -> bool:
    return bool(np.isfinite(ds["met"].values).any())


def _label(lever: Mapping[str, str]) -> str:
    unit = "" if lever["unit"] == "Dmnl" else f", {lever['unit']}"
    return f"{lever['name']}{unit}"


# --- one lever ------------------------------------------------------------------------------------


def _curves(
    ds: xr.Dataset, sheet: sheets.Sheet, head: sheets.SheetHeading, own: Mapping[str, Look]
) -> Figure:
    size = sheet.letter
    handles = [*map(_handle, own.values()), *_mark_handles(ds)]
    across = 4 if sheet.width > 8 else 2
    legend = 1.9 * size * -(-len(handles) // across)
    above = head.height + legend + _ABOVE * size
    figure = Figure(figsize=(sheet.width, above + (_TALL + _BELOW) * size))
    sheets.legend_below(figure, sheet, head.height, handles, across)
    wide = sheet.width - _LEFT * size - 2 * style.EDGE
    axes = sheets.axes_at(figure, style.EDGE + _LEFT * size, above, wide, _TALL * size)
    for path, look in own.items():
        _curve(axes, ds.sel(pathway=path), look, sheet)
    _held_against(axes, ds)
    axes.set_xlim(ds["x"].values[0], ds["x"].values[-1])
    _dressed(axes, sheet)
    axes.set_xlabel(_label(json.loads(ds.attrs["levers"])[0]), fontsize=sheet.letters)
    axes.set_ylabel(_unit_label(ds), fontsize=sheet.letters)
    if not of_dates(ds):
        style.thousands(axes, "y")
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    return figure


def _curve(axes: Axes, ds: xr.Dataset, look: Look, sheet: sheets.Sheet) -> None:
    xs, end = ds["x"].values, float(ds.attrs["end"])
    ys = {name: ds[name].values for name in ("value", "p05", "p95")}
    if of_dates(ds):
        drawn = bool(ds.attrs["draws"])
        ys = {k: np.where(np.isnan(v) & (drawn or k == "value"), end, v) for k, v in ys.items()}
    if np.isfinite(ys["p05"]).any():
        axes.fill_between(xs, ys["p05"], ys["p95"], color=look.color, alpha=0.14, linewidth=0)
    axes.plot(xs, ys["value"], color=look.color, linestyle=look.line, linewidth=look.width)
    mine = float(ds["own_x"])
    if xs[0] <= mine <= xs[-1]:
        height = np.interp(mine, xs, ys["value"])
        axes.plot(
            mine, height, marker=look.marker, color=look.color, markersize=0.7 * sheet.letters
        )


def _handle(look: Look) -> Line2D:
    return Line2D([], [], color=look.color, linestyle=look.line, linewidth=1.8, label=look.label)


def _mark_handles(ds: xr.Dataset) -> list[Line2D]:
    """Legends of what stands beside the curves."""
    handles = []
    xs, mine = ds["x"].values, ds["own_x"].values
    if ((mine >= xs[0]) & (mine <= xs[-1])).any():
        mark: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 4}
        handles.append(Line2D([], [], color=style.INK, label="as the pathway has it", **mark))
    if ds.attrs["group"] in HELD_AGAINST:
        words, _ = HELD_AGAINST[ds.attrs["group"]]
        handles.append(Line2D([], [], color=style.INK, linewidth=1, linestyle=":", label=words))
    return handles


def _held_against(axes: Axes, ds: xr.Dataset) -> None:
    """The need that coverage is held against, or the date of the rule."""
    if ds.attrs["group"] in HELD_AGAINST:
        _, level = HELD_AGAINST[ds.attrs["group"]]
        axes.axhline(level, color=style.INK, linewidth=1, linestyle=":", zorder=1)


def _unit_label(ds: xr.Dataset) -> str:
    if of_dates(ds):
        return f"date; {ds.attrs['end']:g}: not before"
    return unit_after(ds).strip() or "share"


def _dressed(axes: Axes, sheet: sheets.Sheet) -> None:
    axes.tick_params(labelsize=sheet.letters)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5))


# --- two levers -----------------------------------------------------------------------------------


def _maps(
    ds: xr.Dataset, sheet: sheets.Sheet, head: sheets.SheetHeading, own: Mapping[str, Look]
) -> Figure:
    size = sheet.letter
    columns = min(sheet.columns, len(own))
    rows = -(-len(own) // columns)
    each = (_ABOVE + _MAP + _BELOW) * size
    figure = Figure(figsize=(sheet.width, head.height + rows * each))
    end = float(ds.attrs["end"])
    values = ds["value"].fillna(end) if of_dates(ds) else ds["value"]
    scale = Normalize(float(values.min()), float(values.max()))
    bar = _BAR * size
    wide = (sheet.width - 2 * style.EDGE - bar) / columns
    for place, (path, look) in enumerate(own.items()):
        row, column = divmod(place, columns)
        left = style.EDGE + column * wide + _LEFT * size
        top = head.height + row * each + _ABOVE * size
        axes = sheets.axes_at(figure, left, top, wide - (_LEFT + 1.5) * size, _MAP * size)
        _map(axes, ds.sel(pathway=path), values.sel(pathway=path), scale)
        axes.set_title(look.label, fontsize=sheet.letters, loc="left")
        _dressed(axes, sheet)
        first, second = json.loads(ds.attrs["levers"])
        axes.set_xlabel(_label(first), fontsize=sheet.letters)
        axes.set_ylabel(_label(second), fontsize=sheet.letters)
    _bar(figure, ds, sheet, head, scale)
    return figure


def _map(axes: Axes, ds: xr.Dataset, values: xr.DataArray, scale: Normalize) -> None:
    xs, ys = ds["x"].values, ds["y"].values
    colours = values.transpose("y", "x").values
    axes.pcolormesh(xs, ys, colours, norm=scale, cmap=_colours(), shading="nearest")
    axes.grid(visible=False)
    met = ds["met"].transpose("y", "x").values
    if met.min() < 0.5 < met.max():
        axes.contour(xs, ys, met, levels=[0.5], colors=[style.INK], linewidths=1)
    mine = float(ds["own_x"]), float(ds["own_y"])
    if xs[0] <= mine[0] <= xs[-1] and ys[0] <= mine[1] <= ys[-1]:
        axes.plot(*mine, "o", color="white", markeredgecolor=style.INK, clip_on=False)


def _colours() -> mpl.colors.Colormap:
    # Dark is much in print and in grey, and the order is seen by every sight.
    return mpl.colormaps["viridis_r"]


def _bar(
    figure: Figure,
    ds: xr.Dataset,
    sheet: sheets.Sheet,
    head: sheets.SheetHeading,
    scale: Normalize,
) -> None:
    size = sheet.letter
    left = sheet.width - style.EDGE - (_BAR - 1.5) * size
    axes = sheets.axes_at(figure, left, head.height + _ABOVE * size, 1.2 * size, _MAP * size)
    bar = figure.colorbar(ScalarMappable(scale, _colours()), cax=axes)
    bar.ax.tick_params(labelsize=sheet.letters)
    bar.ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    bar.set_label(_unit_label(ds), fontsize=sheet.letters)
    if not of_dates(ds):
        style.thousands(bar.ax, "y")
