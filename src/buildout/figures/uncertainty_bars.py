"""Which uncertainties move an outcome most: a bar for each, with the outcome beside it."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from buildout.analysis.uncertainties import UncertaintyRow
from buildout.figures import sheets, style

_BAR = "#2b6a8f"
#: Bars of each paper: more cannot be read there.
_MOST = {"slide": 14, "column": 10, "phone": 10}
_LABELS = 0.42  # of the paper's width
_BELOW, _ABOVE, _LINE = 4.0, 0.8, 1.2


def uncertainty_bars_data(rows: Sequence[UncertaintyRow]) -> pd.DataFrame:
    """What the figure shows: uncertainties that move something, the one that moves most first.

    Parameters
    ----------
    rows : sequence of mapping
        From `uncertainties`.

    Returns
    -------
    DataFrame
        uncertainty, share (Dmnl), moves.
    """
    table = pd.DataFrame(
        [(row["uncertainty"], row["share"], row["moves"]) for row in rows if row["share"]],
        columns=["uncertainty", "share", "moves"],
    )
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


@style.drawn
def uncertainty_bars(rows: Sequence[UncertaintyRow], *, page: str = "slide") -> Figure:
    """The largest share that each uncertainty has of the variance of a headline outcome.

    Parameters
    ----------
    rows : sequence of mapping
        From `uncertainties`.
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
    table = uncertainty_bars_data(rows)
    shown = table[: _MOST[page]]
    head = sheets.heading(sheet, _title(table, len(rows)), _sentence(len(shown), len(table)))
    size, wide = sheet.letter, _LABELS * sheet.width - style.EDGE
    labels = [
        sheets.wrapped(f"{row.uncertainty}: {row.moves}", wide - size, size)
        for row in shown.itertuples()
    ]
    each = size * (0.9 + _LINE * max(map(len, labels), default=1))
    tall = each * max(1, len(shown))
    figure = Figure(figsize=(sheet.width, head.height + tall + (_ABOVE + _BELOW) * size))
    head.write(figure)
    axes = sheets.axes_at(
        figure,
        style.EDGE + wide,
        head.height + _ABOVE * size,
        sheet.width - wide - 2 * style.EDGE - size,
        tall,
    )
    axes.barh(range(len(shown)), 100 * shown["share"], height=0.62, color=_BAR)
    axes.set_ylim(max(1, len(shown)) - 0.5, -0.5)
    axes.set_yticks(range(len(shown)), ["\n".join(words) for words in labels], linespacing=0.95)
    axes.tick_params(labelsize=sheet.letters, length=0)
    axes.yaxis.grid(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_xlabel("percent of the outcome's variance", fontsize=sheet.letters)
    figure.set_label(_title(table, len(rows)))
    return figure


def _title(table: pd.DataFrame, asked: int) -> str:
    if table.empty:
        return f"None of {asked} uncertainties moves a headline outcome by itself."
    most = table.iloc[0]
    name = most["uncertainty"][:1].upper() + most["uncertainty"][1:]
    return f"{name} moves most: {100 * most['share']:.0f}% of {most['moves']}."


def _sentence(shown: int, moving: int) -> str:
    of = f"The first {shown} of {moving}" if moving > shown else f"All {moving}"
    return (
        f"{of} uncertainties, each moved alone to both ends of its range under the canonical "
        "pathways: the largest share of a headline outcome's variance, and of which outcome."
    )
