"""What was observed over what an ensemble said of it: a small panel for each series."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from buildout._util.numbers import number
from buildout.calibration.scored import SCORED_SHARES, series_scores
from buildout.figures import sheets, style
from buildout.figures.sheets import Sheet

CAPTION = (
    "Dots: observations, with one standard deviation of their error; crosses: those outside the "
    "middle nine tenths of the draws. Boxes: the middle nine tenths and the middle half of the "
    "pathway's draws over the same period, error of observation included; line: their median."
)
BAND, HALF, MEDIAN, SEEN, MISSED = "#cfe3ef", "#8fbcd6", "#2b6a8f", "#1b2f45", "#d9480f"
MOST_PANELS = 24
_NARROW = 0.012  # of the axis: the least width of a box
_SHORTEST = 2.1  # years of an axis


#: Panels side by side and the height of each, in inches, by paper.
PANELS = {"slide": (3, 1.55), "column": (2, 1.0), "phone": (1, 1.5)}


def validation_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: one row for each observation.

    Parameters
    ----------
    ds : Dataset
        From `validate`.

    Returns
    -------
    DataFrame
        series, unit, over (mean, total, at), start, end, observed, sd, p05 to p95, inside.
    """
    names = ("series", "unit", "over", "start", "end", "value", "sd", *SCORED_SHARES, "inside")
    table = pd.DataFrame({name: ds[name].values for name in names})
    return table.rename(columns={"value": "observed"})


@style.drawn
def validation(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Observations over the bands of a pathway's draws, a panel for each series.

    Parameters
    ----------
    ds : Dataset
        From `validate`.
    page : {"slide", "column", "phone"}
        10 inches wide, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure
        The first 24 series of the file, where there are more.

    Raises
    ------
    UnknownNameError
        For another page.
    """
    sheet, grid = sheets.sheet_of(page), PANELS[page]
    table = _on_one_scale(validation_data(ds))
    series = list(dict.fromkeys(table["series"]))
    title, headline = _finding(ds, len(series))
    figure, panels = _panels(sheet, grid, title, headline, series[:MOST_PANELS], table)
    for axes, name in zip(panels, series, strict=False):
        _draw(axes, table[table["series"] == name], sheet)
    figure.set_label(f"{title}. {headline}")
    return figure


def _on_one_scale(table: pd.DataFrame) -> pd.DataFrame:
    """Totals of a series over quarters and over years, as rates of a year."""
    lengths = table["end"] - table["start"]
    own = lengths.groupby(table["series"])
    mixed = (table["over"] == "total") & (own.transform("max") > 1.2 * own.transform("min"))
    columns = ["observed", "sd", *SCORED_SHARES]
    rates = table[columns].div(lengths, axis=0)
    return table.assign(
        **{name: rates[name].where(mixed, table[name]) for name in columns},
        unit=table["unit"].where(~mixed, table["unit"] + " a year"),
    )


def _finding(ds: xr.Dataset, series: int) -> tuple[str, str]:
    """How many observations lie in the band; and what is shown."""
    kind = "observations"
    if "role" in ds.coords:  # Of a hindcast: what it was fitted on or given is no evidence.
        ds, kind = ds.isel(row=np.flatnonzero(ds["role"].values == "scored")), "scored observations"
    whole = series_scores(ds.expand_dims("pathway").assign_coords(pathway=[""]))[-1]
    inside = int(ds["inside"].sum())
    title = (
        f"{inside:,} of {ds.sizes['row']:,} {kind} lie within 5-95% of {int(ds['draws']):,} draws"
    )
    words = (
        f"Observed, and what {ds.attrs['pathway']} says; mean CRPS "
        f"{number(100 * whole['crps_over_mean'], 2)}% of what was observed."
    )
    more = f" {MOST_PANELS} of {series} series are shown." if series > MOST_PANELS else ""
    return title, words + more


def _panels(
    sheet: Sheet,
    grid: tuple[int, float],
    title: str,
    headline: str,
    series: Sequence[str],
    table: pd.DataFrame,
) -> tuple[Figure, list[Axes]]:
    """Paper with title, headline, legend and a grid of panels under their names."""
    size, edge = sheet.letter, style.EDGE
    line = 1.35 * size
    columns, panel = min(grid[0], len(series)), grid[1]
    left, right = 5.2 * size, 0.6 * size
    wide = (sheet.width - 2 * edge - columns * (left + right)) / columns
    heads = [_head(_name(name, table), wide + 0.6 * left, size) for name in series]
    rows = -(-len(series) // columns)
    top_of_page = sheets.heading(sheet, title, headline)
    handles = _legend()
    across = 5 if sheet.width > 8 else 2
    head = (
        edge
        + 1.4 * sheet.title * sheets.POINT * len(top_of_page.titles)
        + line * (len(top_of_page.lines) + 0.4)
        + 1.6 * size * -(-len(handles) // across)
        + 0.6 * size
    )
    tall = [
        max(len(words) for words in heads[r * columns : (r + 1) * columns]) for r in range(rows)
    ]
    above = [line * count + 0.5 * size for count in tall]
    below = 3.0 * size
    height = head + sum(above) + rows * (panel + below)
    figure = Figure(figsize=(sheet.width, height))
    top_of_page.write(figure)
    under = head - 1.6 * size * -(-len(handles) // across) - 0.6 * size
    sheets.legend_below(figure, sheet, under, handles, across)
    panels = []
    for place, words in enumerate(heads):
        row, column = divmod(place, columns)
        top = head + sum(above[: row + 1]) + row * (panel + below)
        x = edge + column * (left + wide + right) + left
        box = (x, height - top - panel, wide, panel)
        axes = figure.add_axes(
            (box[0] / sheet.width, box[1] / height, wide / sheet.width, panel / height)
        )
        figure.text(
            (x - 0.6 * left) / sheet.width,
            1 - (top - 0.35 * size) / height,
            "\n".join(words),
            va="bottom",
            fontsize=sheet.letters,
            weight="bold",
            linespacing=1.2,
        )
        panels.append(axes)
    return figure, panels


def _legend() -> list[Artist]:
    return [
        _sample("observed", SEEN, "o", 4),
        _sample("outside 5-95%", MISSED, "X", 5),
        Patch(color=BAND, label="5-95% of draws"),
        Patch(color=HALF, label="25-75%"),
        Line2D([], [], color=MEDIAN, linewidth=1.6, label="median"),
    ]


def _sample(label: str, color: str, marker: Any, size: float) -> Line2D:
    return Line2D(
        [], [], color=color, marker=marker, linestyle="none", markersize=size, label=label
    )


def _draw(axes: Axes, rows: pd.DataFrame, sheet: Sheet) -> None:
    first, last = rows["start"].min(), rows["end"].max()
    room = max(0.04 * (last - first), (_SHORTEST - last + first) / 2)
    axes.set_xlim(first - room, last + room)
    least = _NARROW * (last - first + 2 * room)
    middles = ((rows["start"] + rows["end"]) / 2).to_numpy()
    halves = np.maximum((rows["end"] - rows["start"]).to_numpy(), least) / 2
    for low, high, color in (("p05", "p95", BAND), ("p25", "p75", HALF)):
        axes.bar(
            middles - halves,
            rows[high] - rows[low],
            2 * halves,
            bottom=rows[low],
            align="edge",
            color=color,
            linewidth=0,
            zorder=2 if low == "p05" else 2.2,
        )
    axes.hlines(
        rows["p50"], middles - halves, middles + halves, colors=MEDIAN, linewidth=1.5, zorder=2.5
    )
    for inside, marker, color, size in ((1, "o", SEEN, 0.42), (0, "X", MISSED, 0.6)):
        own = (rows["inside"] == inside).to_numpy()
        axes.errorbar(
            middles[own],
            rows["observed"].to_numpy()[own],
            yerr=rows["sd"].to_numpy()[own],
            fmt=marker,
            color=color,
            markersize=size * sheet.letters,
            elinewidth=0.9,
            markeredgewidth=0,
            zorder=3,
        )
    lowest, highest = _ends(rows)
    if lowest >= 0:
        style.from_zero(axes, highest, least=np.finfo(float).tiny)
    else:
        room = 0.06 * (highest - lowest)
        axes.set_ylim(lowest - room, highest + room)
    style.thousands(axes)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.tick_params(labelsize=sheet.letters)


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    low = min(rows["p05"].min(), (rows["observed"] - rows["sd"]).min())
    return low, max(rows["p95"].max(), (rows["observed"] + rows["sd"]).max())


def _name(series: str, table: pd.DataFrame) -> tuple[str, str]:
    """A series as words, and its unit in brackets."""
    unit = table.loc[table["series"] == series, "unit"].iloc[0]
    words = series if "[" in series else series.replace("_", " ").removesuffix(" t")
    return words, f"({unit})"


def _head(name: tuple[str, str], room: float, size: float) -> list[str]:
    """Name and unit on one line where they fit, else the unit on its own."""
    lines = sheets.wrapped(" ".join(name), room, size)
    return lines if len(lines) == 1 else [*sheets.wrapped(name[0], room, size), name[1]]
