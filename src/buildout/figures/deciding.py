"""What decides an outcome: total indices as bars with bands, and the box as ranges beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildout.analysis.why_rows import (
    end_words,
    in_box,
    question_words,
    told_factors,
    why_answer,
)
from buildout.figures import sheets, style
from buildout.figures.looks import labels

DECIDING_CAPTION = (
    "Bars: share of the variance that is left when all else is known (total Sobol' index), with "
    "its interval of 95%. Ranges: the whole range of an uncertainty, and the part of it in the box."
)
SINGLE, GROUP, BOX = "#2b6a8f", "#9aa5b1", "#d9480f"
# Lines of the picture and what stands around them, in letters.
_LINE, _ABOVE, _BELOW, _LEGEND = 2.4, 0.8, 4.0, 1.8
_LABELS = 2.5  # inches at most, and a share of the paper
_LABEL_SHARE = 0.42
# Of what is left beside the labels, the share of the bars where a box stands beside them.
_BARS = 0.56


def deciding_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows, in the order of its lines.

    Parameters
    ----------
    ds : Dataset
        From `why`.

    Returns
    -------
    DataFrame
        factor, numbers, index (the total index that `ordered_by` names), conf (half of its
        interval), low, high, box_low, box_high: as `why` has them.
    """
    rows = told_factors(why_answer(ds)["factors"])
    key = ds.attrs["ordered_by"]
    table = pd.DataFrame([dict(row) for row in rows])
    table = table.rename(columns={key: "index", f"{key}_conf": "conf"})
    columns = ["factor", "numbers", "index", "conf", "low", "high", "box_low", "box_high"]
    numbers = columns[2:]
    table[numbers] = table[numbers].astype(float)
    return table[columns]


@style.drawn
def deciding(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Which uncertainties decide an outcome, and where the answer turns.

    Parameters
    ----------
    ds : Dataset
        From `why`.
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
    answer = why_answer(ds)
    rows = told_factors(answer["factors"])
    table = deciding_data(ds)
    box = any(in_box(row) for row in rows)
    head = sheets.heading(sheet, answer["finding"].replace("`", ""), _sentence(answer))
    size = sheet.letter
    left, wide = _widths(sheet)
    words = [sheets.wrapped(_label(row), left - style.EDGE - size, size) for row in rows]
    line = max(_LINE, 1.3 * max(map(len, words)) + 0.6)
    handles = _handles(answer, box=box)
    across = len(handles) if sheet.width > 8 else 2
    legend = size * _LEGEND * -(-len(handles) // across)
    tall = size * line * len(rows)
    figure = Figure(figsize=(sheet.width, head.height + legend + size * (_ABOVE + _BELOW) + tall))
    head.write(figure)
    sheets.legend_below(figure, sheet, head.height, handles, across)
    top = head.height + legend + _ABOVE * size
    bars = sheets.axes_at(figure, left, top, wide * (_BARS if box else 1), tall)
    _bars(bars, table, sheet)
    bars.set_yticks(range(len(rows)), ["\n".join(label) for label in words], linespacing=1.05)
    bars.set_xlabel(_axis(answer, sheet), fontsize=sheet.letters)
    if box:
        start = left + wide * _BARS + 2 * size
        ranges = sheets.axes_at(figure, start, top, wide * (1 - _BARS) - 2 * size, tall)
        _ranges(ranges, rows, sheet)
    figure.set_label(f"{answer['finding']}. {answer['question']}.".replace("`", ""))
    return figure


def _widths(sheet: sheets.Sheet) -> tuple[float, float]:
    """Room of the labels, and of all that stands beside them, in inches."""
    left = min(_LABELS, _LABEL_SHARE * sheet.width)
    return left, sheet.width - left - 1.6 * sheet.letter


def _sentence(answer: Mapping[str, Any]) -> str:
    name = answer["pathway"]
    question = question_words(answer, labels([name], {name: answer["title"]})[name])
    box = answer["said"][-1] if answer["box_refused"] else ""
    return f"{question}. {box}".replace("`", "").strip()


def _label(row: Mapping[str, Any]) -> str:
    return f"{row['factor']} ({row['numbers']})" if row["numbers"] > 1 else str(row["factor"])


def _axis(answer: Mapping[str, Any], sheet: sheets.Sheet) -> str:
    of = "number" if answer["ordered_by"] == "moves" else "answer"
    whole = f"share of the variance of the {of} (total index)"
    return whole if sheet.width > 8 else "total index"


def _handles(answer: Mapping[str, Any], *, box: bool) -> list[Artist]:
    handles: list[Artist] = [
        Patch(color=SINGLE, label="one uncertainty"),
        Patch(color=GROUP, label="many together"),
        Line2D([], [], color=style.INK, linewidth=1.2, label="95% interval"),
    ]
    if box:
        side = "yes" if answer["box_side"] else "no"
        handles.append(Line2D([], [], color=BOX, linewidth=4, label=f"mostly {side} within"))
    return handles


def _bars(axes: Axes, table: pd.DataFrame, sheet: sheets.Sheet) -> None:
    places = np.arange(len(table))
    index = table["index"].clip(lower=0).fillna(0)
    colors = np.where(table["numbers"] > 1, GROUP, SINGLE).tolist()
    axes.barh(places, index, height=0.62, color=colors, zorder=2.2)
    low, high = (table["index"] - table["conf"]).clip(lower=0), table["index"] + table["conf"]
    axes.hlines(places, low, high, colors=style.INK, linewidth=1.2, zorder=3)
    axes.set_xlim(0, 1.08 * max(0.05, float(np.nanmax([*high, 0.0]))))
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.yaxis.grid(False)
    axes.locator_params(axis="x", nbins=5 if sheet.width > 8 else 3)
    axes.tick_params(labelsize=sheet.letters, length=0)


def _ranges(axes: Axes, rows: Sequence[Mapping[str, Any]], sheet: sheets.Sheet) -> None:
    """Each range from its low to its high end, and the part of it in the box."""
    for place, row in enumerate(rows):
        if row["low"] is None:
            continue
        axes.hlines(place, 0, 1, colors=style.GRID, linewidth=4, zorder=2)
        if not in_box(row):
            continue
        low, high = (_share(row, end) for end in ("box_low", "box_high"))
        axes.hlines(place, low, high, colors=BOX, linewidth=4, zorder=3)
        axes.text(
            (low + high) / 2,
            place - 0.16,
            _bound(row),
            ha="center",
            va="bottom",
            fontsize=sheet.letters,
            color=style.INK,
        )
    axes.spines["left"].set_visible(False)
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([0, 1], ["low", "high"])
    axes.tick_params(labelsize=sheet.letters, length=0)
    axes.grid(False)
    axes.set_xlabel("range of each" if sheet.width < 8 else "range of each uncertainty")
    axes.xaxis.label.set_fontsize(sheet.letters)


def _share(row: Mapping[str, Any], end: str) -> float:
    """Where a side of the box lies in the range, from 0 to 1."""
    value = row[end]
    if value is None:
        return 0.0 if end == "box_low" else 1.0
    return float((value - row["low"]) / (row["high"] - row["low"]))


def _bound(row: Mapping[str, Any]) -> str:
    low, high = row["box_low"], row["box_high"]
    if high is None:
        return f"> {end_words(low, row)}"
    if low is None:
        return f"< {end_words(high, row)}"
    return f"{end_words(low, row)}-{end_words(high, row)}"
