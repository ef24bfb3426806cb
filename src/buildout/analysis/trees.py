"""A second opinion on a box: a small tree of decisions over the same numbers (scikit-learn)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from buildout._util.extras import needed
from buildout.vensim.arrays import Floats, Truths

#: Questions that the tree asks in a row, and the least share of draws at one of its ends.
DEPTH, LEAST_LEAF = 4, 0.05


@dataclass(frozen=True)
class TreeOpinion:
    """What a tree says of draws that it was not made from.

    Attributes
    ----------
    density, coverage : float
        Share of yes where it says yes; share of all yes where it does.
    agreement : float
        Share of draws of which it says the same as the box.
    by_chance : float
        What that would be if both said yes as often, but of any draws.
    asked : tuple of int
        Columns that it asks for, the most telling first.
    first : tuple of int and float
        The column that it asks for first and where it parts it; (-1, nan) where it asks nothing.
    """

    density: float
    coverage: float
    agreement: float
    by_chance: float
    asked: tuple[int, ...]
    first: tuple[int, float]


def tree_opinion(
    made: tuple[Floats, Truths], drawn: Floats, yes: Truths, inside: Truths
) -> TreeOpinion:
    """Grow a tree on some draws and ask it about others.

    Parameters
    ----------
    made : tuple of array, (draw, column) and (draw,)
        Draws and answers that it is grown on.
    drawn, yes
        Those that it is asked about.
    inside : array of bool, (draw,)
        Which of these a box holds.
    """
    tree = needed("sklearn.tree").DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=LEAST_LEAF, random_state=0
    )
    tree.fit(*made)
    said = np.asarray(tree.predict(drawn), bool)
    hits = int((said & yes).sum())
    first = int(tree.tree_.feature[0])
    return TreeOpinion(
        density=hits / said.sum() if said.any() else np.nan,
        coverage=hits / max(1, int(yes.sum())),
        agreement=float((said == inside).mean()),
        by_chance=float(said.mean() * inside.mean() + (1 - said.mean()) * (1 - inside.mean())),
        asked=_asked(tree.feature_importances_),
        first=(first, float(tree.tree_.threshold[0])) if first >= 0 else (-1, np.nan),
    )


def _asked(importance: Sequence[float]) -> tuple[int, ...]:
    order = np.argsort(-np.asarray(importance), kind="stable")
    return tuple(int(column) for column in order if importance[column] > 0)
