"""Series of data as points between which straight lines are what a keyword says."""

import itertools
from collections.abc import Sequence

from buildout.errors import UnsupportedError
from buildout.vensim.engine.ir.expressions import NOT_AVAILABLE

#: Points of a series: times or other places, and values.
Series = Sequence[tuple[float, float]]

KEYWORDS = ("interpolate", "hold backward", "look forward", "raw")
#: Part of the way to the next point, by which steps of held data come early: more than rounding of
#: the time.
EARLY = 1e-6


def held(points: Series, keyword: str) -> Series:
    """Points between which straight lines are what the keyword says.

    Raises
    ------
    UnsupportedError
        For a keyword that Vensim does not have.

    Examples
    --------
    >>> held([(0, 1), (2, 5)], "hold backward")
    [(0, 1), (1.999998, 1), (2, 5)]
    """
    ensure_known(keyword)
    points = sorted((x, y) for x, y in points)
    if keyword == "raw":
        near = EARLY * closest(points)
        return [
            place
            for x, y in points
            for place in (
                (x - near, NOT_AVAILABLE),
                (x - near, y),
                (x + near, y),
                (x + near, NOT_AVAILABLE),
            )
        ]
    if keyword in ("", "interpolate") or len(points) < 2:
        return points
    made = [points[0]]
    for (x, y), (later, following) in itertools.pairwise(points):
        early = EARLY * (later - x)
        if keyword == "hold backward":
            made.append((later - early, y))
        else:
            made.append((x + early, following))
        made.append((later, following))
    return made


def ensure_known(keyword: str) -> None:
    """Refuse a keyword of data that Vensim does not have."""
    if keyword and keyword not in KEYWORDS:
        raise UnsupportedError(
            f"the keyword `:{keyword.upper()}:` is not supported.",
            cure="Use `:INTERPOLATE:`, `:HOLD BACKWARD:`, `:LOOK FORWARD:` or `:RAW:`.",
        )


def closest(points: Series) -> float:
    """The least time between two points; 1 for a single one."""
    gaps = [later - x for (x, _), (later, _) in itertools.pairwise(points) if later > x]
    return min(gaps, default=1.0)


def points_text(points: Series) -> str:
    """Points as a lookup has them.

    Examples
    --------
    >>> points_text([(0, 1), (2, 5)])
    '(0.0,1.0),(2.0,5.0)'
    """
    return ",".join(f"({float(x)!r},{float(y)!r})" for x, y in points)
