"""What is said of the box in which an answer is mostly yes, or mostly no: ranges, worth, doubts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from buildout.analysis.prim import LEAST_ANSWERS, BoxScore, find_box, score_box
from buildout.analysis.trees import TreeOpinion, tree_opinion
from buildout.vensim.arrays import Floats, Truths


@dataclass(frozen=True, eq=False)
class Answers:
    """Draws with their answers.

    Attributes
    ----------
    drawn : array, (draw, column)
    yes : array of bool, (draw,)
    """

    drawn: Floats
    yes: Truths

    def of(self, side: bool) -> tuple[Floats, Truths]:
        """The draws, and where the answer is on a side."""
        return self.drawn, self.yes == side


@dataclass(frozen=True, eq=False)
class JudgedBox:
    """A box that was made from some draws and judged in others.

    Attributes
    ----------
    side : bool
        Whether the yes is in it: the rarer answer is looked for.
    low, high : array, (column,)
        NaN where a side is open, and everywhere where there is no box.
    about : dict of str to value
        `box_refused` (why there is none, or empty), `box_density`, `box_density_low`,
        `box_coverage`, `box_mass`, `box_base`; `tree_density`, `tree_coverage`, `tree_agreement`,
        `tree_by_chance`, `tree_asks` (names) and `tree_first` (name and number).
    """

    side: bool
    low: Floats
    high: Floats
    about: dict[str, Any]


def judge_box(names: Sequence[str], made: Answers, held: Answers) -> JudgedBox:
    """Make a box from some draws and judge it, and a tree beside it, in others.

    Parameters
    ----------
    names : sequence of str
        Of the columns.
    made, held : Answers
        What it is made from; what was held out.
    """
    side = bool(held.yes.mean() <= 0.5)
    nothing = np.full(len(names), np.nan)
    least = min(int(count) for a in (made, held) for count in (a.yes.sum(), (~a.yes).sum()))
    if least < LEAST_ANSWERS:
        refusal = f"one of the answers is given by {least} draws of a half, too few for a box"
        return JudgedBox(side, nothing, nothing, {**_about(None), "box_refused": refusal})
    box = find_box(*made.of(side))
    score = score_box(box, made.of(side), *held.of(side))
    tree = tree_opinion(made.of(side), *held.of(side), box.inside(held.drawn))
    about = {**_about(score), **_of_tree(names, tree)}
    if score.refusal:
        return JudgedBox(side, nothing, nothing, about)
    return JudgedBox(side, _open(box.low), _open(box.high), about)


def _open(ends: Floats) -> Floats:
    return np.where(np.isfinite(ends), ends, np.nan)


def _about(score: BoxScore | None) -> dict[str, Any]:
    numbers = ("density", "density_low", "coverage", "mass", "base")
    if score is None:
        return {f"box_{name}": np.nan for name in numbers}
    about = {f"box_{name}": float(getattr(score, name)) for name in numbers}
    return {**about, "box_refused": score.refusal}


def _of_tree(names: Sequence[str], tree: TreeOpinion) -> dict[str, Any]:
    column, where = tree.first
    return {
        "tree_density": tree.density,
        "tree_coverage": tree.coverage,
        "tree_agreement": tree.agreement,
        "tree_by_chance": tree.by_chance,
        "tree_asks": [names[asked] for asked in tree.asked],
        "tree_first": names[column] if column >= 0 else "",
        "tree_first_at": where,
    }
