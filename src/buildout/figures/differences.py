"""What two policies make differently: a dot for each outcome, with the band of paired draws."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from buildout._util.numbers import signed
from buildout.figures import sheets, style
from buildout.figures.looks import Look, looks

DIFFERENCES_CAPTION = (
    "Dots: the pathway's single run above that of the base. Lines: the middle nine tenths of the "
    "differences in the same draws. Dates that never come count as the end of the run."
)
#: Groups of outcomes that are set against the base's value, since their own sizes lie far apart.
IN_PERCENT = ("prices",)
_DRAWN = ("difference", "p05", "p50", "p95")
# Rows of a panel, and what stands around it, in letters.
_LINE, _BETWEEN, _ABOVE, _BELOW = 1.15, 0.7, 2.2, 2.9
_LABELS = 0.46  # of a panel's width


def differences_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: one row for each pathway and outcome on screen that differs.

    Parameters
    ----------
    ds : Dataset
        From `compare`.

    Returns
    -------
    DataFrame
        pathway, outcome, year, group, unit, difference, p05, p50, p95: in the unit.
    """
    shown = ds["shown"].values & (ds["differs"].values > 0).any(axis=0)
    ds = ds.isel(row=np.flatnonzero(shown))
    tables = []
    for place, path in enumerate(ds["pathway"].values):
        here = ds.isel(pathway=place)
        names = ("outcome", "year", "group", "difference_unit", "base_value", *_DRAWN)
        tables.append(pd.DataFrame({name: here[name].values for name in names}))
        tables[-1].insert(0, "pathway", str(path))
    table = pd.concat(tables, ignore_index=True)
    percent = table["group"].isin(IN_PERCENT) & (table["base_value"] != 0)
    scale = (100 / table["base_value"].abs()).where(percent, 1.0)
    table[list(_DRAWN)] = table[list(_DRAWN)].mul(scale, axis=0)
    table["unit"] = table["difference_unit"].where(~percent, "%")
    columns = ("pathway", "outcome", "year", "group", "unit", "difference", "p05", "p50", "p95")
    return table[list(columns)]


@style.drawn
def differences(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Differences to the base as dots with bands, a panel for each kind of outcome.

    Parameters
    ----------
    ds : Dataset
        From `compare`.
    page : {"slide", "column", "phone"}
        10 inches wide, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        For another page.
    InputError
        For more pathways than can be told apart.
    """
    sheet = sheets.sheet_of(page)
    table = differences_data(ds)
    titles = json.loads(ds.attrs["titles"])
    # All together, so that two of one title are told apart.
    own = looks([ds.attrs["base"], *map(str, ds["pathway"].values)], titles)
    base = own.pop(ds.attrs["base"]).label
    several = len(own) > 1
    others = "Other pathways" if several else next(iter(own.values())).label
    title = f"{others} against {base}{_largest(table, several=several)}"
    title = title[:1].upper() + title[1:]
    sentence = _sentence(ds, table)
    head = sheets.heading(sheet, title, sentence)
    figure = _sheet_of_panels(sheet, head, table, own)
    figure.set_label(f"{title}. {sentence}")
    return figure


def _largest(table: pd.DataFrame, *, several: bool) -> str:
    """Of one pathway the first outcome in tonnes, the last date of it, in numbers."""
    rows = table[table["unit"] == "t/Year"]
    if several or rows.empty:
        return ""
    row = rows[rows["outcome"] == rows["outcome"].iloc[0]].iloc[-1]
    band = f" ({signed(row['p05'])} to {signed(row['p95'])})" if row["p05"] == row["p05"] else ""
    return f": {row['outcome']} in {row['year']:g} {signed(row['difference'])} t a year{band}"


def _sentence(ds: xr.Dataset, table: pd.DataFrame) -> str:
    if table.empty:
        return "Nothing differs."
    drawn = int(ds.attrs["draws"])
    band = (
        f"; lines: the middle nine tenths of {drawn:,} paired draws" if drawn else ", without draws"
    )
    differ = int((ds["differs"].values > 0).any(axis=0).sum())
    return (
        f"{differ} of {ds.sizes['row']} outcomes differ. Dots: single runs, above the base{band}."
    )


def _sheet_of_panels(
    sheet: sheets.Sheet, head: sheets.SheetHeading, table: pd.DataFrame, own: Mapping[str, Look]
) -> Figure:
    size = sheet.letter
    groups = [rows for _, rows in table.groupby("group", sort=False)]
    wide = (sheet.width - 2 * style.EDGE) / sheet.columns
    heights = [size * (_ABOVE + _BELOW) + _tall(rows, wide, size) for rows in groups]
    columns = _columns(heights, sheet.columns)
    legend = 1.9 * size if len(own) > 1 else 0.0
    tall = max((sum(heights[i] for i in column) for column in columns), default=2 * size)
    figure = Figure(figsize=(sheet.width, head.height + legend + tall))
    head.write(figure)
    if legend:
        _legend(figure, sheet, head.height, own)
    for place, column in enumerate(columns):
        top = head.height + legend
        for i in column:
            left = style.EDGE + place * wide
            _panel(figure, sheet, groups[i], own, (left, top, wide))
            top += heights[i]
    return figure


def _lines(rows: pd.DataFrame) -> pd.DataFrame:
    """The outcomes of a panel, one line for each."""
    return rows.drop_duplicates(["outcome", "year"])


def _labels(rows: pd.DataFrame, wide: float, size: float) -> list[list[str]]:
    """What stands beside each line, folded to a panel's width."""
    room = _LABELS * wide - size
    return [
        sheets.wrapped(outcome if np.isnan(year) else f"{outcome}, {year:g}", room, size)
        for outcome, year in _lines(rows)[["outcome", "year"]].itertuples(index=False)
    ]


def _tall(rows: pd.DataFrame, wide: float, size: float) -> float:
    """The height of a panel's axes: every line as tall as the tallest label."""
    labels = _labels(rows, wide, size)
    return size * len(labels) * (_BETWEEN + _LINE * max(map(len, labels)))


def _columns(heights: Sequence[float], count: int) -> list[list[int]]:
    """Panels in their order, each to the column that is not yet half full."""
    columns: list[list[int]] = [[] for _ in range(count)]
    filled, place, share = 0.0, 0, sum(heights) / count if heights else 0.0
    for i, height in enumerate(heights):
        if place < count - 1 and columns[place] and filled + height / 2 > share:
            place, filled = place + 1, 0.0
        columns[place].append(i)
        filled += height
    return columns


def _legend(figure: Figure, sheet: sheets.Sheet, top: float, own: Mapping[str, Look]) -> None:
    handles = [_handle(look) for look in own.values()]
    sheets.legend_below(figure, sheet, top, handles, 4 if sheet.width > 8 else 2)


def _handle(look: Look) -> Line2D:
    marks: dict[str, Any] = {"color": look.color, "marker": look.marker, "markersize": 5}
    return Line2D([], [], linewidth=1.6, label=look.label, **marks)


def _panel(
    figure: Figure,
    sheet: sheets.Sheet,
    rows: pd.DataFrame,
    own: Mapping[str, Look],
    place: tuple[float, float, float],
) -> None:
    left, top, wide = place
    size, labels = sheet.letter, _LABELS * wide
    lines = _lines(rows)
    axes = sheets.axes_at(
        figure,
        left + labels,
        top + _ABOVE * size,
        wide - labels - 1.6 * size,
        _tall(rows, wide, size),
    )
    figure.text(
        left / sheet.width,
        1 - (top + 0.5 * size) / figure.get_figheight(),
        _heading_of(rows),
        va="top",
        fontsize=sheet.letters,
        weight="bold",
    )
    _dots(axes, rows, lines, own, sheet)
    axes.axvline(0, color=style.INK, linewidth=0.9, zorder=2)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    words = ["\n".join(words) for words in _labels(rows, wide, size)]
    axes.set_yticks(range(len(lines)), words, linespacing=0.95)
    axes.tick_params(labelsize=sheet.letters, length=0)
    axes.yaxis.grid(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    style.thousands(axes, "x")


def _heading_of(rows: pd.DataFrame) -> str:
    group, unit = rows["group"].iloc[0], rows["unit"].iloc[0]
    words = {"Month": "months later", "MUSD": "million USD", "person": "people", "Dmnl": "share"}
    unit = words.get(unit, {"%": "percent of the base", "t/Year": ""}.get(unit, unit))
    return f"{group[:1].upper()}{group[1:]}{', ' if unit else ''}{unit}"


def _dots(
    axes: Axes,
    rows: pd.DataFrame,
    lines: pd.DataFrame,
    own: Mapping[str, Look],
    sheet: sheets.Sheet,
) -> None:
    own_lines = zip(lines["outcome"], lines["year"].fillna(0), strict=True)
    places = {key: i for i, key in enumerate(own_lines)}
    step = 0.7 / len(own)
    for rank, (path, look) in enumerate(own.items()):
        mine = rows[rows["pathway"] == path]
        keys = zip(mine["outcome"], mine["year"].fillna(0), strict=True)
        heights = np.array([places[key] for key in keys]) + step * (rank - (len(own) - 1) / 2)
        axes.hlines(heights, mine["p05"], mine["p95"], colors=look.color, linewidth=2.2, alpha=0.45)
        axes.plot(
            mine["difference"],
            heights,
            linestyle="none",
            marker=look.marker,
            color=look.color,
            markersize=0.62 * sheet.letters,
            zorder=3,
        )
    lowest = np.nanmin([rows["p05"].min(), rows["difference"].min(), 0.0])
    highest = np.nanmax([rows["p95"].max(), rows["difference"].max(), 0.0])
    room = 0.08 * (highest - lowest) or 1.0
    axes.set_xlim(lowest - room, highest + room)
