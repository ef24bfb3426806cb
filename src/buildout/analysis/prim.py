"""A box of ranges within which an answer is mostly yes: the patient rule induction method.

Friedman & Fisher 1999 (Stat. Comput. 9): a box is peeled, a twentieth at a time, where the share of
yes rises most. Which of the boxes on the way is taken, and where its sides are set in the end, goes
by the yes in it less the no in it, as a share of all yes: it is 1 where a box holds all yes and
nothing else, and largest where it is mostly yes up to its edges. Written here, as it is short: EMA
workbench 3, which has it, needs Python 3.12 and is heavy.
"""

from dataclasses import dataclass

import numpy as np

from buildout.outcomes.odds import wilson_interval
from buildout.vensim.arrays import Floats, Truths

#: Share of a box that is peeled at a time, and the least share of all draws that is left of it.
PEELED, LEAST_LEFT = 0.05, 0.03
#: What each side of the box must earn of the index, so that no chance of the draws stands in it.
EARNED = 0.04
#: Yes and no that there must be at least in either half, and draws that must lie in the box.
LEAST_ANSWERS, LEAST_INSIDE = 20, 10
# Of the index where the box was made: with less of it elsewhere the box fits its own draws only.
_KEPT = 0.5
# By how much the share of yes in a box must exceed that of all draws to be worth words, and what it
# must be at least.
_WORTH, _MOSTLY = 0.15, 0.5
_ROUNDS = 20


@dataclass(frozen=True, eq=False)
class AnswerBox:
    """Ranges of some columns; infinite where a side is open.

    Attributes
    ----------
    low, high : array, (column,)
    """

    low: Floats
    high: Floats

    def inside(self, drawn: Floats) -> Truths:
        """Which draws of (draw, column) lie in it."""
        return np.asarray(((drawn >= self.low) & (drawn <= self.high)).all(axis=1))

    @property
    def columns(self) -> list[int]:
        """Columns that it narrows."""
        closed = np.isfinite(self.low) | np.isfinite(self.high)
        return [int(column) for column in np.flatnonzero(closed)]


@dataclass(frozen=True)
class BoxScore:
    """What a box is worth in draws that it was not made from.

    Attributes
    ----------
    density : float
        Share of yes among the draws in it.
    density_low : float
        Lower end of its interval of 95% (Wilson).
    coverage : float
        Share of all yes that is in it.
    mass : float
        Share of all draws that is in it.
    base : float
        Share of yes among all draws.
    index, index_found : float
        The yes in it less the no in it, over all yes: here, and where it was made.
    refusal : str
        Why it is not to be believed; empty where it is.
    """

    density: float
    density_low: float
    coverage: float
    mass: float
    base: float
    index: float
    index_found: float
    refusal: str


def find_box(drawn: Floats, yes: Truths) -> AnswerBox:
    """The box that parts yes from no best.

    Parameters
    ----------
    drawn : array, (draw, column)
    yes : array of bool, (draw,)
        Of both answers.

    Examples
    --------
    >>> drawn = np.random.default_rng(1).random((2000, 3))
    >>> box = find_box(drawn, drawn[:, 1] > 0.75)
    >>> box.columns, box.low.round(2).tolist(), box.high.tolist()
    ([1], [-inf, 0.75, -inf], [inf, inf, inf])
    """
    weights = _weights(yes)
    box = _peeled(drawn, yes, weights)
    for _ in range(_ROUNDS):
        before = _index(box, drawn, weights)
        for column in range(drawn.shape[1]):
            box = _set_anew(box, column, drawn, weights)
        if _index(box, drawn, weights) <= before + 1e-12:
            break
    return _without_idle(box, drawn, weights)


def score_box(box: AnswerBox, made: tuple[Floats, Truths], drawn: Floats, yes: Truths) -> BoxScore:
    """A box in draws that it was not made from.

    Parameters
    ----------
    box : AnswerBox
    made : tuple of array, (draw, column) and (draw,)
        What it was made from.
    drawn : array, (draw, column)
    yes : array of bool, (draw,)
    """
    inside = box.inside(drawn)
    hits, count, base = int(yes[inside].sum()), int(inside.sum()), float(yes.mean())
    here, there = (_index(box, d, _weights(y)) for d, y in ((drawn, yes), made))
    low = wilson_interval(hits, count)[0]
    density = hits / count if count else np.nan
    return BoxScore(
        density=density,
        density_low=low,
        coverage=hits / max(1, int(yes.sum())),
        mass=float(inside.mean()),
        base=base,
        index=here,
        index_found=there,
        refusal=_refusal(box, count, (density, low, base), (here, there)),
    )


def _refusal(
    box: AnswerBox, count: int, shares: tuple[float, float, float], indices: tuple[float, float]
) -> str:
    density, low, base = shares
    here, there = indices
    if not box.columns:
        return "within no ranges of these numbers do most draws answer so"
    if count < LEAST_INSIDE:
        return f"only {count} of the held-out draws lie in the best box"
    if low <= base:
        return "in the held-out draws the best box holds no more than chance would put into it"
    if here < _KEPT * there:
        return (
            "the best box fits the draws that it was made from: of what it parts there, less than "
            "half is left in the held-out draws"
        )
    if density < max(_MOSTLY, base + _WORTH):
        return (
            f"even in the best box {density:.0%} of the held-out draws answer so, and of all "
            f"{base:.0%}"
        )
    return ""


def _weights(yes: Truths) -> Floats:
    """What each draw counts in the index."""
    return np.where(yes, 1.0, -1.0) / max(1, int(yes.sum()))


def _index(box: AnswerBox, drawn: Floats, weights: Floats) -> float:
    return float(weights[box.inside(drawn)].sum())


def _peeled(drawn: Floats, yes: Truths, weights: Floats) -> AnswerBox:
    """The box with the largest index on the way of peeling."""
    columns = drawn.shape[1]
    box = best = AnswerBox(np.full(columns, -np.inf), np.full(columns, np.inf))
    largest = 0.0
    inside: Truths = np.ones(len(drawn), bool)
    while inside.mean() > LEAST_LEFT:
        peels = [p for c in range(columns) for p in _peels(box, c, drawn[inside, c])]
        scored = [(_gain(b, drawn, yes, inside), i) for i, b in enumerate(peels)]
        scored = [s for s in scored if np.isfinite(s[0])]
        if not scored:
            break
        box = peels[max(scored, key=lambda s: (s[0], -s[1]))[1]]
        inside = box.inside(drawn)
        if (index := float(weights[inside].sum())) > largest:
            best, largest = box, index
    return best


def _peels(box: AnswerBox, column: int, values: Floats) -> list[AnswerBox]:
    """The box without the lowest, and without the highest, twentieth of a column."""
    ordered = np.unique(values)
    if len(ordered) < 2:
        return []
    # At the edge of what is left, so that a column of few values loses the whole of one.
    low = ordered[ordered > np.quantile(values, PEELED)]
    high = ordered[ordered < np.quantile(values, 1 - PEELED)]
    boxes = []
    if len(low):
        boxes.append(_narrowed(box, column, low=float(low[0])))
    if len(high):
        boxes.append(_narrowed(box, column, high=float(high[-1])))
    return boxes


def _gain(box: AnswerBox, drawn: Floats, yes: Truths, before: Truths) -> float:
    """How much the share of yes rises for each draw that is peeled off."""
    after = before & box.inside(drawn)
    lost = int(before.sum() - after.sum())
    if not lost or not after.any():
        return -np.inf
    return float((yes[after].mean() - yes[before].mean()) / lost)


def _narrowed(
    box: AnswerBox, column: int, *, low: float | None = None, high: float | None = None
) -> AnswerBox:
    lows, highs = box.low.copy(), box.high.copy()
    lows[column] = lows[column] if low is None else low
    highs[column] = highs[column] if high is None else high
    return AnswerBox(lows, highs)


def _set_anew(box: AnswerBox, column: int, drawn: Floats, weights: Floats) -> AnswerBox:
    """The range of a column where the index is largest, all others held."""
    free = _narrowed(box, column, low=-np.inf, high=np.inf)
    among = np.flatnonzero(free.inside(drawn))
    values, place = np.unique(drawn[among, column], return_inverse=True)
    # What each value brings, and the stretch of values that brings most.
    sums = np.concatenate([[0.0], np.cumsum(np.bincount(place, weights[among]))])
    lowest = np.minimum.accumulate(sums[:-1])
    stop = int(np.argmax(sums[1:] - lowest))
    start = int(np.argmin(sums[: stop + 1]))
    if start == 0 and stop == len(values) - 1:
        return free
    # Half-way to what is left out, as nothing is known between.
    low = -np.inf if start == 0 else (values[start - 1] + values[start]) / 2
    high = np.inf if stop == len(values) - 1 else (values[stop] + values[stop + 1]) / 2
    return _narrowed(box, column, low=float(low), high=float(high))


def _without_idle(box: AnswerBox, drawn: Floats, weights: Floats) -> AnswerBox:
    """The box without sides that do not earn their place, the idlest first."""
    while True:
        whole = _index(box, drawn, weights)
        opened = [
            _narrowed(box, column, **{side: end})
            for column in box.columns
            for side, end, own in (("low", -np.inf, box.low), ("high", np.inf, box.high))
            if np.isfinite(own[column])
        ]
        kept = [(_index(other, drawn, weights), i) for i, other in enumerate(opened)]
        if not kept or max(kept)[0] < whole - EARNED:
            return box
        box = opened[max(kept)[1]]
