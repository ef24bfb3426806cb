"""Flows through stages as ribbons between bars, all widths on one scale."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

#: Of a bar, in stages; of the air between two bars, in flow.
BAR, AIR = 0.32, 2.0
_PALE = 0.42
_DARK = 110.0  # Grey of 255 below which letters on a bar are white.

_Ends = dict[str, tuple[float, float]]


def ribbons(
    axes: Axes,
    flows: pd.DataFrame,
    stages: Sequence[str],
    order: Sequence[str],
    colors: Mapping[str, str],
    *,
    hatched: Mapping[str, str],
    written: float,
) -> None:
    """Bars of each stage from the top in a given order, and ribbons from each stage to the next.

    What goes into a bar comes out of it, since each row passes through all stages.

    Parameters
    ----------
    axes : Axes
    flows : DataFrame
        A column for each stage, which says where a flow passes, and `value`. Where the stage is
        empty the flow does not show there.
    stages, order : sequence of str
        From left to right; from the top down.
    colors, hatched : mapping of str to str
        Of bars and of the ribbons that leave them; of bars.
    written : float
        The least flow of a bar that has room for its number.
    """
    tops = {stage: _bars(flows, stage, order) for stage in stages}
    for place, stage in enumerate(stages):
        for name, (top, size) in tops[stage].items():
            _bar(axes, place, top, size, colors[name], hatched.get(name), written)
    for place, (left, right) in enumerate(pairwise(stages)):
        shown = flows[(flows[left] != "") & (flows[right] != "")]
        pairs = shown.groupby([left, right])["value"].sum()
        leaving = {name: top for name, (top, _) in tops[left].items()}
        coming = {name: top for name, (top, _) in tops[right].items()}
        for source in order:
            for target in order:
                wide = float(pairs.get((source, target), 0.0))
                if wide > 0:
                    ends = (leaving[source], coming[target])
                    _ribbon(axes, place, ends, wide, colors[source])
                    leaving[source] += wide
                    coming[target] += wide


def _bars(flows: pd.DataFrame, stage: str, order: Sequence[str]) -> _Ends:
    """Top and height of the bars of a stage."""
    sizes = flows.groupby(stage)["value"].sum()
    ends: _Ends = {}
    top = 0.0
    for name in order:
        size = float(sizes.get(name, 0.0))
        if size > 0:
            ends[name] = (top, size)
            top += size + AIR
    return ends


def _bar(
    axes: Axes, place: int, top: float, size: float, color: str, hatch: str | None, written: float
) -> None:
    axes.add_patch(
        Rectangle(
            (place - BAR / 2, top),
            BAR,
            size,
            facecolor=color,
            edgecolor="#4a4f55" if hatch else color,
            linewidth=0.4,
            hatch=hatch,
            zorder=3,
        )
    )
    if size >= written:
        axes.text(
            place,
            top + size / 2,
            f"{size:.0f}",
            ha="center",
            va="center",
            color="white" if _grey(color) < _DARK else "black",
            fontsize=rcParams["font.size"],
            zorder=5,
            bbox={"facecolor": color, "edgecolor": "none", "pad": 0.6} if hatch else None,
        )


def _grey(color: str) -> float:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _ribbon(axes: Axes, place: int, ends: tuple[float, float], wide: float, color: str) -> None:
    left, right = place + BAR / 2, place + 1 - BAR / 2
    middle, (start, end) = (left + right) / 2, ends
    corners = [
        (left, start),
        *((middle, start), (middle, end), (right, end)),
        (right, end + wide),
        *((middle, end + wide), (middle, start + wide), (left, start + wide)),
        (left, start),
    ]
    bends = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *bends, Path.LINETO, *bends, Path.CLOSEPOLY]
    axes.add_patch(
        PathPatch(Path(corners, codes), facecolor=color, alpha=_PALE, linewidth=0, zorder=2)
    )
