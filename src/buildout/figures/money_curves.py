"""What money buys: gains against a programme's size, and against what each instrument spends."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildout._util.numbers import number, three_digits, unit_in_words
from buildout.analysis.money_rows import money_rows, useful_rows
from buildout.analysis.money_ways import PROGRAMME
from buildout.figures import sheets, style
from buildout.figures.looks import SPARE, labels

MONEY_CURVES_CAPTION = (
    "Left: the gain of a pathway with more or less money for its programme over the same pathway "
    "without, with the middle nine tenths of the same draws. Right: what each instrument makes by "
    "itself, against what is spent for it; a line ends where nobody takes more."
)
_OWN = "#2b6a8f"
_RUN: dict[str, Any] = {"color": style.INK, "linewidth": 1.1, "linestyle": (0, (4, 2))}
# What stands around a panel, in letters.
_ABOVE, _BELOW, _LEFT = 2.4, 4.4, 6.5
_TALL = {"slide": 3.3, "column": 2.0, "phone": 2.3}


def money_curves_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows, which are the rows of `money` for its first outcome.

    Parameters
    ----------
    ds : Dataset
        From `money`.

    Returns
    -------
    DataFrame
        way, billions, spent, gain, gain_p05, gain_p50, gain_p95, gain_unit, last_useful.
    """
    first = ds.isel(row=[0])
    last = {row["way"]: row["last_useful"] for row in useful_rows(first)}
    columns = ("way", "billions", "spent", "gain", "gain_p05", "gain_p50", "gain_p95", "gain_unit")
    rows = [{name: row[name] for name in columns} for row in money_rows(first)]
    return pd.DataFrame([{**row, "last_useful": last[row["way"]]} for row in rows])


@style.drawn
def money_curves(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Gain against money: of the programme with its band, and of each instrument.

    Parameters
    ----------
    ds : Dataset
        From `money`.
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
    table = money_curves_data(ds)
    title, sentence = _finding(ds, table)
    head = sheets.heading(sheet, title, sentence)
    size, tall = sheet.letter, _TALL[page]
    wide = (sheet.width - 2 * style.EDGE) / sheet.columns
    panel = size * (_ABOVE + _BELOW) + tall
    legend = 1.5 * size * -(-(table["way"].nunique() - 1) // 2)
    rows = 2 // sheet.columns
    figure = Figure(figsize=(sheet.width, head.height + rows * panel + legend))
    head.write(figure)
    for place, draw in enumerate((_programme, _instruments)):
        axes = sheets.axes_at(
            figure,
            style.EDGE + (place % sheet.columns) * wide + _LEFT * size,
            head.height + (place // sheet.columns) * panel + _ABOVE * size,
            wide - (_LEFT + 1.5) * size,
            tall,
        )
        draw(axes, table, ds, sheet)
        axes.tick_params(labelsize=sheet.letters)
        axes.xaxis.label.set_fontsize(sheet.letters)
        style.thousands(axes)
    figure.set_label(f"{title}. {sentence}")
    return figure


def _finding(ds: xr.Dataset, table: pd.DataFrame) -> tuple[str, str]:
    own = table[table["way"] == PROGRAMME].iloc[-1]
    unit = unit_in_words(own["gain_unit"], dimensionless="")
    drawn = bool(ds.attrs["draws"])
    middle = own["gain_p50"] if drawn else own["gain"]
    title = (
        f"Of {number(own['billions'], 4)} billion USD asked for {_label(ds, 0)}, "
        f"{number(own['spent'], 2)} are spent and gain {three_digits(middle)} {unit}"
    )
    year = "" if np.isnan(ds["year"].values[0]) else f", {ds['year'].values[0]:g}"
    sentence = f"{ds['outcome'].values[0]}{year}: gain over none of the money, {unit}"
    return title, f"{sentence}; title: median of {ds.attrs['draws']:,} draws" if drawn else sentence


def _label(ds: xr.Dataset, place: int) -> str:
    name = ds.attrs[("pathway", "base")[place]]
    return labels([name], {name: ds.attrs["titles"][place]})[name]


def _programme(axes: Axes, table: pd.DataFrame, ds: xr.Dataset, sheet: sheets.Sheet) -> None:
    own = table[table["way"] == PROGRAMME]
    sums = own["billions"].to_numpy()
    if ds.attrs["draws"]:
        axes.fill_between(sums, own["gain_p05"], own["gain_p95"], color=_OWN, alpha=0.2, lw=0)
        axes.plot(sums, own["gain_p50"], color=_OWN, linewidth=2.0, marker="o", markersize=4)
    axes.plot(sums, own["gain"], **_RUN)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    last = own["last_useful"].iloc[0]
    if last:
        axes.axvline(last, color=style.QUIET, linewidth=1.0, linestyle=(0, (1, 1.5)))
    axes.set_xscale("symlog", linthresh=sums[1], linscale=0.5)
    axes.set_xlim(0, sums[-1])
    axes.set_xticks(*_ticks(sums))
    axes.minorticks_off()
    axes.set_title(f"By size of the programme, {_label(ds, 0)}", fontsize=sheet.letters)
    axes.set_xlabel("asked for, billion USD")
    handles: list[Artist] = [Line2D([], [], label="single run", **_RUN)]
    if ds.attrs["draws"]:
        middle = Line2D([], [], color=_OWN, linewidth=2.0, marker="o", markersize=4, label="median")
        handles += [middle, Patch(color=_OWN, alpha=0.2, label="5-95%")]
    if last:
        mark: dict[str, Any] = {"color": style.QUIET, "linewidth": 1.0, "linestyle": (0, (1, 1.5))}
        handles.append(Line2D([], [], label="last useful dollar", **mark))
    axes.legend(
        handles=handles,
        loc="upper left",
        fontsize=sheet.letters,
        handlelength=1.8,
        frameon=True,
        facecolor="white",
        edgecolor="none",
        framealpha=0.85,
    )


def _ticks(sums: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Sums on the axis, those left out that stand too near to the one before."""
    kept = [0.0]
    for value in sums[1:]:
        if value >= 4.5 * kept[-1]:
            kept.append(float(value))
    return np.array(kept), [number(value, 2) for value in kept]


def _instruments(axes: Axes, table: pd.DataFrame, ds: xr.Dataset, sheet: sheets.Sheet) -> None:
    handles = []
    ways = [way for way in dict.fromkeys(table["way"]) if way != PROGRAMME]
    for look, way in zip(SPARE, ways, strict=False):
        own = table[(table["way"] == way) & (table["spent"] > 0)]
        marks = {"color": look.color, "marker": look.marker, "markersize": 4}
        axes.plot(own["spent"], own["gain"], linewidth=look.width, linestyle=look.line, **marks)
        handles.append(Line2D([], [], linestyle=look.line, linewidth=1.4, label=way, **marks))
    axes.set_xscale("log")
    gains = table.loc[(table["way"] != PROGRAMME) & (table["spent"] > 0), "gain"]
    if gains.min() > 0:
        axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: number(value, 2))
    axes.minorticks_off()
    axes.set_title(f"By instrument, {_label(ds, 1)} (single runs)", fontsize=sheet.letters)
    axes.set_xlabel("spent, billion USD")
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(-0.02, -3.4 * sheet.letter / _height(axes)),
        ncols=2,
        fontsize=sheet.letters,
        handlelength=2.2,
    )


def _height(axes: Axes) -> float:
    return float(axes.get_position().height * axes.figure.bbox.height / axes.figure.dpi)
