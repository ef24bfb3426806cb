"""The verdict on one card: odds, coverage on the rule's date, when it is covered, what binds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util import numbers
from buildout._util.numbers import each, span
from buildout.figures import sheets, style
from buildout.figures.deadline_rows import CardRow, Strip, card_rows, deadline_card_data
from buildout.figures.layout import Words, blank_paper, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.sheets import Sheet
from buildout.figures.style import EDGE
from buildout.figures.tidy import groups
from buildout.inputs.glossary import read_glossary
from buildout.outcomes.chances import (
    LEAST_DRAWS,
    coverage_words,
    share_in_percent,
    too_few,
)

__all__ = ["CAPTION", "deadline_card", "deadline_card_data"]

TOPIC = "Magnets that US defense can use on 1 January 2027, over what it needs"
CAPTION = (
    "Compliant supply over US defense need by magnet class: magnets whose origin meets the rule in "
    "force, from qualified makers, less what cannot be traced, plus allied supply after the "
    "allies' own need, plus stock, on a scale of equal ratios. The large number is the share of "
    "joint draws of all that is uncertain and of luck in which the whole need is met on the date; "
    "mark and band are the median and the middle nine tenths of their coverage, alike for every "
    "pathway unless two are shown. 'Fully covered from' is the first quarter from which coverage "
    "stays at 100% for a year, from early draws to late ones (5 to 95%). A single run is the world "
    "of expected shares and median dates."
)
# Percent; what lies beyond stands at the edge.
FLOOR, CAP = 3.0, 5000.0
TICKS = (3, 10, 30, 100, 300, 1000)
_ON_WHITE: dict[str, Any] = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.6}}


@style.drawn
def deadline_card(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """The verdict as a chart.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.deadline_card(bo.simulate("status-quo")).axes)
    1
    """
    table, looks = deadline_card_data(ds), looks_of(ds)
    # Odds of too few draws are not told, of no class and no pathway.
    with_odds = bool(table["draws"].min() >= LEAST_DRAWS)
    end = float(ds["time"].max())
    sheet = sheets.sheet_of(page)
    frame = _Frame(sheet, page == "slide")
    rows = card_rows(table, looks, end, with_odds=with_odds)
    tall = [frame.height(row) for row in rows]
    few = "" if with_odds else too_few(table["draws"].max())
    words = Words(
        _finding(table, with_odds=with_odds),
        f"{TOPIC}{_circumstances(table, looks)}",
        source_of(ds, drawn=_drawn_in_words(table["draws"].max(), with_odds=with_odds)),
        more=" ".join([*(f"{row.kind}: {' '.join(row.notes)}" for row in rows), few]),
    )
    figure, top, under = blank_paper(sheet, words, sum(tall) + frame.axis)
    if page == "slide":
        # What is left of 16:9 goes between the rows.
        spare = max(0.0, (figure.get_figheight() - top - under - frame.axis) / len(rows))
        tall = [max(height, spare) for height in tall]
    axes = _scale(figure, frame, top, sum(tall))
    place = 0.0
    for row, height in zip(rows, tall, strict=True):
        _draw_row(axes, frame, row, place, top, with_odds=with_odds)
        place += height
        if row is not rows[-1]:
            line = 1 - (top + place - 0.04) / figure.get_figheight()
            ends = [EDGE / sheet.width, 1 - EDGE / sheet.width]
            figure.add_artist(Line2D(ends, [line, line], color=style.GRID, linewidth=1))
    return figure


@dataclass(frozen=True)
class _Frame:
    """Where things stand on a paper, inches: side by side on a slide, else below each other."""

    sheet: Sheet
    beside: bool

    @property
    def size(self) -> float:
        return self.sheet.letter

    @property
    def axis(self) -> float:
        """Under the rows: the scale and its label, which hangs lower on a slide."""
        return (5.4 if self.beside else 4.1) * self.size

    @property
    def left(self) -> float:
        return 2.9 if self.beside else EDGE + 4 * self.size

    @property
    def right(self) -> float:
        return 6.2 if self.beside else self.sheet.width - EDGE - 3 * self.size

    def strip(self, row: CardRow) -> float:
        """Of one band with its numbers, and its name where there are several."""
        return (3.1 if len(row.strips) == 1 else 4.4) * self.size

    @property
    def over(self) -> float:
        """Above the first band: on narrow papers class and odds stand there."""
        return (1.5 if self.beside else 5.0) * self.size

    def lines(self, row: CardRow) -> list[str]:
        """What is told of a class, folded."""
        left = self.right + 0.6 if self.beside else EDGE
        room = self.sheet.width - EDGE - left
        return [line for text in row.notes for line in sheets.wrapped(text, room, self.size)]

    def height(self, row: CardRow) -> float:
        words, bands = 1.35 * self.size * len(self.lines(row)), self.strip(row) * len(row.strips)
        if self.beside:
            return max(words, bands, 6.4 * self.size) + 1.6 * self.size
        return self.over + bands + words + 2.2 * self.size


def _finding(table: pd.DataFrame, *, with_odds: bool) -> str:
    parts = []
    for (kind,), part in groups(table, "magnet_class").items():
        if with_odds:
            shares = (part["percent_of_draws_covered"] / 100).tolist()
            parts.append(f"{kind} in {span(shares, share_in_percent)}")
        else:
            parts.append(f"{kind} {coverage_words((part['coverage_percent'] / 100).tolist())}")
    if with_odds:
        return f"On 1 January 2027 the whole need is met for {', '.join(parts)} of draws"
    return f"On 1 January 2027 covered of the need: {', '.join(parts)}"


def _circumstances(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    labels = {name: look.label for name, look in looks.items()}
    by_path = table.groupby("pathway", sort=False).first()
    regime = each(by_path["regime"].rename(labels).to_dict())
    needs = by_path["defense_need_in_2025_t_per_year"].map(numbers.number).rename(labels).to_dict()
    return f". Rule regime {regime}; defense need {each(needs)} t/yr in 2025"


def _drawn_in_words(draws: float, *, with_odds: bool) -> str:
    if with_odds:
        return f"bands: 5-95% of {draws:,.0f} joint draws"
    return too_few(draws).rstrip(".").lower() if draws > 0 else ""


def _scale(figure: Figure, frame: _Frame, top: float, tall: float) -> Axes:
    """The scale of coverage under all rows; heights are inches from the top row down."""
    axes = sheets.axes_at(figure, frame.left, top, frame.right - frame.left, tall)
    axes.set(xscale="log", xlim=(FLOOR * 0.85, CAP * 1.15), ylim=(tall, 0))
    shown = TICKS if frame.beside else (10, 100, 1000)
    axes.set_xticks(shown, [f"{tick:,}%" for tick in shown])
    axes.minorticks_off()
    axes.set_xlabel("of the need on 1 Jan 2027")
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.tick_params(labelsize=frame.sheet.letters)
    return axes


def _draw_row(
    axes: Axes, frame: _Frame, row: CardRow, place: float, top: float, *, with_odds: bool
) -> None:
    """A class: its words, and its bands `place` inches below the first row."""
    tall = frame.strip(row)
    first = place + frame.over
    last = first + tall * len(row.strips)
    pen = _Pen(axes.figure, frame, top + place)
    _write_row(pen, row, last - place, with_odds=with_odds)
    for tick in axes.get_xticks():
        axes.plot([tick, tick], [first, last], color=style.GRID, linewidth=0.7, zorder=1)
    axes.plot([100, 100], [first, last], color=style.INK, linewidth=1.1, zorder=2)
    if not place:
        axes.text(100, first, "need met", ha="center", va="bottom")
    for number, strip in enumerate(row.strips):
        above = first + number * tall
        if len(row.strips) > 1:
            words = f"{strip.label}: {share_in_percent(strip.share)}" if with_odds else strip.label
            down = above - place + 0.2 * frame.size
            pen.write(frame.left, down, words, color=strip.look.color, **_ON_WHITE)
        _draw_strip(axes, strip, above + tall - 0.85 * frame.size, frame.size)


@dataclass(frozen=True)
class _Pen:
    """Writes by inches from the left of the paper and from the top of a row."""

    figure: Any
    frame: _Frame
    top: float

    def write(self, left: float, down: float, text: str, **more: Any) -> None:
        """A text with its upper left corner there."""
        across, tall = self.figure.get_size_inches()
        more = {"va": "top", "linespacing": 1.2, **more}
        self.figure.text(left / across, 1 - (self.top + down) / tall, text, **more)


@cache
def _meanings() -> dict[str, str]:
    """What each class is, in the first words of the glossary."""
    return {entry.term: entry.meaning.partition(",")[0].rstrip(".") for entry in read_glossary()}


def _write_row(pen: _Pen, row: CardRow, below: float, *, with_odds: bool) -> None:
    """The class, its odds, and what is noted of it: to the right, or below the bands."""
    frame, size, letters = pen.frame, pen.frame.size, pen.frame.sheet.letters
    shares = [strip.share for strip in row.strips]
    odds = span(shares, share_in_percent) if with_odds else ""
    large, note = 1.25 * letters, _meanings().get(row.kind, "")
    pen.write(EDGE, 0.3 * size, row.kind, weight="bold", fontsize=large)
    if frame.beside:
        folded = "\n".join(sheets.wrapped(note, 1.5, size))
        pen.write(EDGE, 2.0 * size, folded, color=style.QUIET)
        pen.write(frame.right + 0.6, 0.4 * size, "\n".join(frame.lines(row)))
        if odds:
            much = 2.0 if len(set(shares)) == 1 else 1.3
            pen.write(1.72, 0.2 * size, odds, weight="bold", fontsize=much * letters)
            pen.write(1.72, 2.7 * size, "of draws\nmeet it")
        return
    pen.write(EDGE, 1.9 * size, note, color=style.QUIET)
    pen.write(EDGE, below + 0.5 * size, "\n".join(frame.lines(row)))
    if odds:
        right = {"ha": "right", "weight": "bold", "fontsize": large}
        pen.write(frame.sheet.width - EDGE, 0.3 * size, f"{odds} of draws", **right)


def _draw_strip(axes: Axes, strip: Strip, place: float, size: float) -> None:
    color = strip.look.color
    ends = [strip.low, strip.high]
    if np.isfinite(strip.low):
        axes.plot(
            [_inside(end) for end in ends],
            [place, place],
            color=color,
            linewidth=0.9 * 72 * size,
            alpha=0.25,
            solid_capstyle="butt",
        )
        for end, side, away in zip(ends, ("right", "left"), (-3, 3), strict=True):
            axes.annotate(
                coverage_words([end / 100]),
                (_inside(end), place),
                xytext=(away, 0),
                textcoords="offset points",
                ha=side,
                va="center",
                color=style.QUIET,
                zorder=3,
                **_ON_WHITE,
            )
    middle = _inside(strip.middle)
    axes.plot([middle], [place], marker=strip.look.marker, color=color, markersize=6.5, zorder=4)
    axes.text(
        middle,
        place - 0.65 * size,
        coverage_words([strip.middle / 100]),
        weight="bold",
        ha="center",
        va="bottom",
        color=style.INK,
        zorder=5,
    )


def _inside(percent: float) -> float:
    """A coverage in percent as far as the scale reaches."""
    return min(max(percent, FLOOR), CAP)
