"""How many joint draws support each claim and how many contradict it, sorted."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from buildout.experiments.claims import claim_rows
from buildout.experiments.claims.grades import LIKELY, ROBUST, VERDICTS
from buildout.figures import sheets, style

CLAIM_ODDS_CAPTION = (
    "Bars: shares of joint draws that support the prediction, leave it open, contradict it. What "
    "is true by construction is left out. Dotted: from where a verdict is likely, and robust."
)
_SIDES = {"supported": "#2b6a8f", "undecided": "#d5d9de", "contradicted": "#d9480f"}
_WORDS = {"supported": "for", "undecided": "open", "contradicted": "against"}
# Inches of a bar with the space after it; letters of 7 points are as high as 0.1.
_BAR, _LABELS, _LETTERS = 0.106, 0.42, 7
# Names of verdicts above bars that stand, where there are enough of them to bear a name.
_NAMES, _FEWEST = 0.4, 5
_TALL, _WIDE = 3.4, 0.55
Places: TypeAlias = "npt.NDArray[np.intp]"


def claim_odds_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: id, verdict, supported, undecided, contradicted, measured.

    Parameters
    ----------
    ds : Dataset
        From `claims`, with draws.

    Returns
    -------
    DataFrame
        Findings from support to contradiction; shares of draws.
    """
    rows = [row for row in claim_rows(ds) if row["class"] == "tested" and row["draws"]]
    columns = ["id", "verdict", *_SIDES, "measured"]
    table = pd.DataFrame(rows, columns=columns)
    table["place"] = [VERDICTS.index(verdict) for verdict in table["verdict"]]
    order = ["place", "supported", "contradicted", "id"]
    table = table.sort_values(order, ascending=[True, False, True, True], kind="stable")
    return table.drop(columns="place").reset_index(drop=True)


@style.drawn
def claim_odds(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """A bar for each finding, standing on a slide and lying on narrow paper.

    Parameters
    ----------
    ds : Dataset
        From `claims`, with draws.
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
    table = claim_odds_data(ds)
    title, sentence = _title(table), _sentence(ds, table)
    head = sheets.heading(sheet, title, sentence)
    figure = _standing(sheet, head, table) if page == "slide" else _lying(sheet, head, table)
    head.write(figure)
    figure.set_label(f"{title}. {sentence}")
    return figure


def _title(table: pd.DataFrame) -> str:
    counts = table["verdict"].value_counts()
    robust = [int(counts.get(VERDICTS[i], 0)) for i in (0, -1)]
    return (
        f"Of {len(table)} findings on the claims {robust[0]} are robustly supported, "
        f"{robust[1]} robustly contradicted"
    )


def _sentence(ds: xr.Dataset, table: pd.DataFrame) -> str:
    counts = table["verdict"].value_counts()
    between = [f"{int(counts.get(v, 0))} {v}" for v in VERDICTS[1:-1]]
    return (
        f"The others: {', '.join(between)}. Shares of {ds.attrs['drawn']}; what each number is "
        "stands in CLAIMS.md."
    )


def _standing(sheet: sheets.Sheet, head: sheets.SheetHeading, table: pd.DataFrame) -> Figure:
    wide = sheet.width - _WIDE - style.EDGE
    above = 2.2 * sheet.letter + _NAMES
    figure = Figure(figsize=(sheet.width, head.height + above + _TALL + _LABELS + style.EDGE))
    axes = sheets.axes_at(figure, _WIDE, head.height + above, wide, _TALL)
    bottom = np.zeros(len(table))
    for side, color in _SIDES.items():
        axes.bar(range(len(table)), 100 * table[side], 0.84, bottom, color=color, zorder=2)
        bottom += 100 * table[side].to_numpy()
    axes.set_xlim(-0.7, len(table) - 0.3)
    axes.set_ylim(0, 100)
    axes.set_xticks(range(len(table)), table["id"], rotation=90, fontsize=_LETTERS)
    axes.set_yticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
    axes.set_ylabel("of draws")
    for verdict, places in _groups(table):
        if places[0]:
            axes.axvline(places[0] - 0.5, color=style.INK, linewidth=1.1, zorder=4)
        if len(places) >= _FEWEST:
            words = "\n".join([*verdict.split(), str(len(places))])
            axes.annotate(
                words,
                (float(np.mean(places)), 100),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=_LETTERS,
                annotation_clip=False,
            )
    _levels(axes.axhline)
    _finish(figure, axes, sheet, head)
    return figure


def _lying(sheet: sheets.Sheet, head: sheets.SheetHeading, table: pd.DataFrame) -> Figure:
    legend = 2.2 * sheet.letter
    groups = _groups(table)
    # A line above each verdict for its name.
    rows = np.concatenate([places + rank + 1 for rank, (_, places) in enumerate(groups)])
    lines = len(table) + len(groups)
    tall, below = _BAR * (lines + 1), 3 * sheet.letter
    figure = Figure(figsize=(sheet.width, head.height + legend + tall + below))
    wide = sheet.width - _LABELS - 2 * style.EDGE - 1.2 * sheet.letter
    axes = sheets.axes_at(figure, style.EDGE + _LABELS, head.height + legend, wide, tall)
    left = np.zeros(len(table))
    for side, color in _SIDES.items():
        axes.barh(rows, 100 * table[side], 0.84, left, color=color, zorder=2)
        left += 100 * table[side].to_numpy()
    axes.set_ylim(lines - 0.3, -0.7)
    axes.set_xlim(0, 100)
    axes.set_yticks(rows, table["id"], fontsize=_LETTERS)
    axes.set_xticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
    axes.tick_params(axis="x", labelsize=sheet.letters)
    for rank, (verdict, places) in enumerate(groups):
        words = f"{verdict[:1].upper()}{verdict[1:]} ({len(places)})"
        axes.text(
            0, places[0] + rank, words, va="center", fontsize=_LETTERS, weight="bold", zorder=5
        )
    _levels(axes.axvline)
    _finish(figure, axes, sheet, head)
    return figure


def _groups(table: pd.DataFrame) -> list[tuple[str, Places]]:
    """Verdicts in their order, each with the places of its claims."""
    return [
        (verdict, np.flatnonzero(table["verdict"] == verdict))
        for verdict in dict.fromkeys(table["verdict"])
    ]


def _levels(along: Callable[..., object]) -> None:
    """Where a verdict is likely, and robust, from both ends."""
    for share in (LIKELY, ROBUST, 1 - LIKELY, 1 - ROBUST):
        along(100 * share, color=style.INK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=3)


def _finish(figure: Figure, axes: Axes, sheet: sheets.Sheet, head: sheets.SheetHeading) -> None:
    axes.grid(visible=False)
    axes.tick_params(length=0, pad=2)
    handles = [Patch(color=color, label=_WORDS[side]) for side, color in _SIDES.items()]
    sheets.legend_below(figure, sheet, head.height, handles, 3)
