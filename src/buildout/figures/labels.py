"""Names beside the ends of curves, moved apart where they would meet."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from buildout.figures.letters import width
from buildout.figures.looks import Look


def name_ends(
    axes: Axes, ends: Mapping[str, float], looks: Mapping[str, Look], *, size: float = 8
) -> None:
    """Write each pathway's label beside the right end of its curve, moved apart where they meet.

    Parameters
    ----------
    axes : Axes
        With its limits and scale set; nothing may change them afterwards.
    ends : mapping of str to float
        Last value of each pathway's curve.
    looks : mapping of str to Look
    """
    last = axes.get_xlim()[1]
    bottom = axes.transAxes.transform((0, 0))[1]
    height = axes.transAxes.transform((0, 1))[1] - bottom
    true = {
        name: float(np.clip((axes.transData.transform((last, value))[1] - bottom) / height, 0, 1))
        for name, value in ends.items()
    }
    line = (size + 1.5) / 72 * axes.figure.dpi / height
    for name, place in zip(true, apart(list(true.values()), line), strict=True):
        look = looks[name]
        axes.annotate(
            look.label,
            (1, true[name]),
            xycoords="axes fraction",
            xytext=(1 + 9 / 72 * axes.figure.dpi / axes.bbox.width, place),
            textcoords="axes fraction",
            va="center",
            fontsize=size,
            color=look.color,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": look.color,
                "linewidth": 0.6,
                "relpos": (0, 0.5),
                "shrinkA": 0,
                "shrinkB": 1,
            },
        )


def room(looks: Mapping[str, Look], *, size: float = 8) -> float:
    """What the labels of `name_ends` take to the right of an axis, inches."""
    return max((width(look.label) for look in looks.values()), default=0.0) * size / 72


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Places from 0 to 1, moved so that none is nearer than a gap to the next or to an end.

    Examples
    --------
    >>> [round(place, 2) for place in apart([0.5, 0.5, 1.0], 0.2)]
    [0.4, 0.6, 0.9]
    """
    ranks = sorted(range(len(places)), key=lambda i: places[i])
    # Neighbours that collide are joined into blocks, each centred on its members' mean.
    blocks: list[list[int]] = []
    for rank in ranks:
        blocks.append([rank])
        while len(blocks) > 1 and _low(blocks[-1], places, gap) < _high(blocks[-2], places, gap):
            upper = blocks.pop()
            blocks[-1] += upper
    moved = list(places)
    for block in blocks:
        for step, member in enumerate(block):
            moved[member] = _low(block, places, gap) + (step + 0.5) * gap
    return moved


def _low(block: list[int], places: Sequence[float], gap: float) -> float:
    wanted = sum(places[i] for i in block) / len(block) - gap * len(block) / 2
    return max(0.0, min(wanted, 1.0 - gap * len(block)))


def _high(block: list[int], places: Sequence[float], gap: float) -> float:
    return _low(block, places, gap) + gap * len(block)
