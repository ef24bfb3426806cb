"""The first screen of the page: for each magnet class an answer, its odds, a picture of them."""

from collections.abc import Callable
from html import escape

from buildout.errors import visible
from buildout.report.blocks import ClassAnswer, ClassAnswers

# A hundred dots, in rows of so many.
DOTS, ACROSS, STEP, RADIUS = 100, 25, 10, 3.6


def answers_html(block: ClassAnswers, text: Callable[[str], str]) -> str:
    """A row for each class.

    Parameters
    ----------
    block : ClassAnswers
    text : callable
        Plain text -> HTML, with the terms of the field explained.
    """
    rows = "".join(_row(row, text) for row in block.rows)
    listed = f'<ul class="answers" aria-label="The answer by magnet class">{rows}</ul>'
    return f'{listed}<p class="quiet">{_escape(block.legend)}</p>' if block.legend else listed


def _row(row: ClassAnswer, text: Callable[[str], str]) -> str:
    return (
        "<li>"
        f'<p class="class"><strong>{_escape(row.name)}</strong> {text(row.meaning)}</p>'
        f'<p class="says"><strong>{_escape(row.answer)}.</strong> {text(row.says)}</p>'
        f'<p class="odds">{_escape(row.odds)}</p>{_dots(row)}</li>'
    )


def _dots(row: ClassAnswer) -> str:
    """A hundred dots: filled in every pathway, in some of them, in none."""
    least, most = (round(DOTS * min(max(share, 0.0), 1.0)) for share in row.filled)
    marks = [
        f'<circle class="{_kind(place, least, most)}" cx="{STEP * (place % ACROSS) + STEP // 2}" '
        f'cy="{STEP * (place // ACROSS) + STEP // 2}" r="{RADIUS}"/>'
        for place in range(DOTS)
    ]
    return (
        f'<svg viewBox="0 0 {STEP * ACROSS} {STEP * DOTS // ACROSS}" role="img" '
        f'aria-label="{_escape(row.pictured)}">{"".join(marks)}</svg>'
    )


def _kind(place: int, least: int, most: int) -> str:
    if place < least:
        return "yes"
    return "some" if place < most else "no"


def _escape(words: str) -> str:
    return escape(visible(words, lines=True))
