"""Rows of a panel with their names above them, and lanes in each row for marks and bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildout.figures import style
from buildout.figures.looks import Look
from buildout.figures.sheets import sheet_of
from buildout.outcomes.rule import RULE_DATE

# In letters: a row's name with the air above it.
_NAME = 1.75
_PALE = 0.3


@dataclass(frozen=True)
class Lanes:
    """Rows of equal height, counted from the top in letters; names above need no room beside them.

    Attributes
    ----------
    count : int
        Lanes of a row.
    wide : float
        Of a lane, letters.
    """

    count: int
    wide: float

    @property
    def pitch(self) -> float:
        """Of a row, letters."""
        return _NAME + self.count * self.wide

    def tall(self, rows: int, page: str) -> float:
        """What rows need on a paper, inches."""
        return rows * self.pitch * sheet_of(page).letter

    def at(self, row: int, lane: float) -> float:
        """The middle of a lane on the axis of `frame`."""
        return row * self.pitch + _NAME + (lane + 0.5) * self.wide

    def floor(self, row: int) -> float:
        """The lower end of a row on the axis of `frame`."""
        return (row + 1) * self.pitch

    def frame(
        self, axes: Axes, names: Sequence[str], colors: Mapping[str, str] | None = None
    ) -> None:
        """An axis of rows with their names, from the top down.

        Parameters
        ----------
        axes : Axes
        names : sequence of str
        colors : mapping of str to str, optional
            Of names; the others are dark.
        """
        axes.set_ylim(len(names) * self.pitch + 0.3 * self.wide, 0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        for row, name in enumerate(names):
            axes.annotate(
                name,
                (0, row * self.pitch + 0.62 * _NAME),
                xycoords=("axes fraction", "data"),
                va="center",
                color=(colors or {}).get(name, style.INK),
                zorder=5,
                annotation_clip=False,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
            )


def band_and_mark(axes: Axes, place: float, row: Mapping[str, Any], look: Look, top: float) -> None:
    """A median in its pale band of draws, or a single run, across an axis.

    What lies beyond the top stands there, with its number.

    Parameters
    ----------
    axes : Axes
    place : float
        On the axis of rows.
    row : mapping
        With `value`, and p05, p50, p95 where there are draws.
    look : Look
    top : float
        Where the scale ends.
    """
    shown, banded = float(row["value"]), row.get("p50") == row.get("p50") is not None
    if banded:
        shown = float(row["p50"])
        ends = [min(float(row[end]), top) for end in ("p05", "p95")]
        (bar,) = axes.plot(ends, [place] * 2, color=look.color, linewidth=4.5, alpha=_PALE)
        bar.set_solid_capstyle("butt")
    axes.plot(
        [min(shown, top)],
        [place],
        marker=look.marker,
        color=look.color,
        markersize=5,
        zorder=4,
        clip_on=False,
    )
    if shown > top * 1.005:
        axes.annotate(
            f"{shown:,.0f}",
            (top, place),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=look.color,
            zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
        )


def mark_band(draws: int) -> Line2D:
    """The sample of such a band, for a legend."""
    return Line2D(
        [], [], color=style.QUIET, linewidth=4.5, alpha=_PALE, label=f"5-95% of {draws:,} draws"
    )


def day(date: float) -> str:
    """A date in a heading: the rule's to the day, else a year."""
    # Its parts stay together where a heading is folded.
    return style.RULE_LABEL.replace(" ", "\u00a0") if date == RULE_DATE else f"{date:g}"
