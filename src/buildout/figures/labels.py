"""Names beside the ends of curves, moved apart where they would meet."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildout.figures.letters import width
from buildout.figures.looks import Look
from buildout.figures.style import NEED, QUIET
from buildout.vensim.arrays import Floats

#: A name this far from all curves is free of them, points.
ROOM = 8.0


def name_ends(axes: Axes, ends: Mapping[str, float], looks: Mapping[str, Look]) -> None:
    """Write each pathway's label beside the right end of its curve, moved apart where they meet.

    Parameters
    ----------
    axes : Axes
        With its limits and scale set; nothing may change them afterwards.
    ends : mapping of str to float
        Last value of each pathway's curve.
    looks : mapping of str to Look
    """
    last, size = axes.get_xlim()[1], rcParams["font.size"]
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


def name_band(axes: Axes, years: Floats, low: Floats, high: Floats, text: str) -> None:
    """Write the name of a need above or below its band, where no curve is near.

    Of several such places the last.

    Parameters
    ----------
    axes : Axes
        With its curves, limits and scale set; nothing may change them afterwards.
    years, low, high : array
        The band.
    text : str
        Of one line or more.
    """
    point, lines = axes.figure.dpi / 72, text.split("\n")
    letter = rcParams["font.size"] * point
    wide, tall = letter * max(map(width, lines)), 1.2 * letter * len(lines)
    frame = axes.bbox
    others = [line for line in axes.lines if line.get_color() != NEED]
    curves = np.concatenate([_drawn_points(line) for line in others])
    ends = [axes.transData.transform(np.column_stack([years, side])) for side in (low, high)]
    best = (-1.0, frame.x1 - wide, frame.y1 - tall)
    for left in np.linspace(frame.x0, frame.x1 - wide, 41)[1:-1]:
        over = (ends[0][:, 0] >= left) & (ends[0][:, 0] <= left + wide)
        if not over.any():
            continue
        below, above = ends[0][over, 1].min() - tall, ends[1][over, 1].max()
        for bottom in (below - 3 * point, above + 3 * point):
            if frame.y0 < bottom < frame.y1 - tall:
                near = _distance(curves, left, bottom, wide, tall)
                best = max(best, (min(near, ROOM * point), left, bottom))
    x, y = axes.transAxes.inverted().transform(best[1:])
    name = axes.annotate(text, (x, y), xycoords="axes fraction", va="bottom", zorder=6)
    name.set_color(QUIET)


def _drawn_points(line: Line2D) -> Floats:
    """Points along a line as it is drawn, close to each other; pixels."""
    path = line.get_transform().transform_path(line.get_path()).interpolated(8)
    points: Floats = np.asarray(path.vertices)
    drawn: Floats = points[np.isfinite(points).all(axis=1)]
    return drawn


def _distance(points: Floats, left: float, bottom: float, wide: float, tall: float) -> float:
    """How far the nearest point lies from a box; 0 inside."""
    across = np.maximum(np.maximum(left - points[:, 0], points[:, 0] - left - wide), 0)
    along = np.maximum(np.maximum(bottom - points[:, 1], points[:, 1] - bottom - tall), 0)
    return float(np.hypot(across, along).min(initial=np.inf))


def room(looks: Mapping[str, Look], size: float) -> float:
    """What the labels of `name_ends` take to the right of an axis, inches; letters too."""
    return max((width(look.label) for look in looks.values()), default=0.0) * size


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
