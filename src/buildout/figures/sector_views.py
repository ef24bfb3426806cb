"""Pictures of the model's views, drawn from the sketch in the `.mdl` itself.

Not Vensim's rendering, but the same places and lines: stocks as boxes, flows as valves on pipes,
other uses as thin arrows, variables of other sectors in grey, constants in blue and small.
"""

import io
from itertools import pairwise

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Polygon, Rectangle

from buildout._util import names
from buildout.errors import visible
from buildout.vensim.sketch import Arrow, Shape, View, arc, read_views
from buildout.vensim.sketch.writer import folded

DPI = 100  # the sketch's pixels are the picture's points at this resolution
AIR = 26  # pixels around a view
LONGEST_FILE = 60  # letters of a picture's name
BLACK = "#1a1a1a"
ARROW = "#6f8fb0"
PIPE = "#8a8a8a"
STOCK_FILL = "#eef3f8"
FONTS = {
    "stock": (7.1, BLACK, "bold"),
    "flow": (7.2, BLACK, "normal"),
    "variable": (7.2, BLACK, "normal"),
    "constant": (6.6, "#2f6690", "normal"),
    "shadow": (6.6, "#8c8c8c", "normal"),
}


def view_picture(view: View) -> Figure:
    """A picture of one view.

    Parameters
    ----------
    view : View
        As read from a model file's sketch.

    Returns
    -------
    Figure
        As large as the view.
    """
    shapes = view.shapes.values()
    left = min(s.x - s.width for s in shapes) - AIR
    right = max(s.x + s.width for s in shapes) + AIR
    top = min(s.y - s.height for s in shapes) - AIR
    bottom = max(s.y + s.height for s in shapes) + AIR
    figure = Figure(figsize=((right - left) / DPI, (bottom - top) / DPI), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()
    for arrow in view.arrows:
        if arrow.pipe:
            _draw_pipe(axes, view, arrow)
    for arrow in view.arrows:
        if not arrow.pipe:
            _draw_arrow(axes, view, arrow)
    for shape in shapes:
        _draw_shape(axes, shape)
    return figure


def view_pictures(text: str) -> dict[str, bytes]:
    """A picture of every view, as SVG by the name of its file.

    Parameters
    ----------
    text : str
        The content of an `.mdl`.

    Returns
    -------
    dict of str to bytes
        The same bytes for the same views. A view on which nothing stands has no picture; views of
        one name are numbered.
    """
    pictures: dict[str, bytes] = {}
    seen: dict[str, int] = {}
    for view in read_views(text):
        if view.shapes:
            name = file_name(view)
            seen[name] = seen.get(name, 0) + 1
            number = f"-{seen[name]}" if seen[name] > 1 else ""
            pictures[f"{name}{number}.svg"] = _svg(view_picture(view))
    return pictures


def file_name(view: View) -> str:
    """The name of a view's picture, without its suffix."""
    return names.key(view.name).replace("_", "-")[:LONGEST_FILE] or "view"


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without a date and with fixed ids the same view gives the same file.
    with rc_context({"svg.hashsalt": "buildout", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _draw_shape(axes: Axes, shape: Shape) -> None:
    if shape.kind == "stock":
        _add_box(axes, shape)
    if shape.kind == "valve":
        _add_valve(axes, shape)
    elif shape.kind == "cloud":
        for dx, dy in ((-6, 1), (0, -4), (6, 1), (0, 3)):
            axes.add_patch(Ellipse((shape.x + dx, shape.y + dy), 13, 10, fc="white", ec=PIPE, lw=1))
        axes.add_patch(Ellipse((shape.x, shape.y), 15, 9, fc="white", ec="none"))
    elif shape.kind == "comment":
        axes.text(
            shape.x,
            shape.y,
            _legible(shape.name),
            fontsize=_comment_size(shape),
            weight="bold",
            ha="center",
            va="center",
            parse_math=False,
        )
    elif shape.name:
        _add_name(axes, shape)


def _legible(text: str) -> str:
    """A text as a picture can show it: SVG may hold no control characters."""
    return visible(text.replace("\t", " "), lines=True)


def _comment_size(shape: Shape) -> float:
    """Letters as large as a comment's box takes, never more than those of a title."""
    longest = max(map(len, shape.name.splitlines()), default=1)
    across = 2 * shape.width / max(longest, 1)  # pixels a letter
    return float(min(13, max(6.5, across * 72 / DPI / 0.65)))


def _add_box(axes: Axes, shape: Shape) -> None:
    corner = (shape.x - shape.width, shape.y - shape.height)
    size = (2 * shape.width, 2 * shape.height)
    axes.add_patch(Rectangle(corner, *size, fc=STOCK_FILL, ec=BLACK, lw=1.2, zorder=3))


def _add_valve(axes: Axes, shape: Shape) -> None:
    w, h = 7, 8
    if shape.height < shape.width:  # on a pipe that runs up and down
        points = [(-h, -w), (-h, w), (h, -w), (h, w)]
    else:
        points = [(-w, -h), (w, -h), (-w, h), (w, h)]
    corners = [(shape.x + dx, shape.y + dy) for dx, dy in points]
    axes.add_patch(Polygon(corners, closed=True, fc="white", ec=BLACK, lw=1, zorder=4))


def _add_name(axes: Axes, shape: Shape) -> None:
    size, colour, weight = FONTS[shape.kind]
    text = _legible(shape.name.strip('"'))
    text = "\n".join(folded(text, shape.kind == "shadow", shape.attached))
    # Arrows pass behind a name, so that it stays legible where they run over it.
    back = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
    axes.text(
        shape.x,
        shape.y,
        text,
        fontsize=size,
        color=colour,
        weight=weight,
        ha="center",
        va="center",
        linespacing=1.0,
        zorder=5,
        parse_math=False,
        bbox=None if shape.kind == "stock" else back,
    )


def _draw_pipe(axes: Axes, view: View, arrow: Arrow) -> None:
    valve, end = view.shapes[arrow.tail], view.shapes[arrow.head]
    stops = np.array([(valve.x, valve.y), arrow.at, _entry(arrow.at, end)], dtype=float)
    points = np.vstack([np.linspace(a, b, 60) for a, b in pairwise(stops)])
    points = points[~_inside(points, end, 1)]
    if arrow.pipe == "in" and len(points) > 1:
        tip = points[-1]
        back = _unit(tip - points[-4])
        _add_head(axes, tip, back, 9, BLACK)
        points = points[np.hypot(*(points - tip).T) > 7]
    line = np.vstack([points[:1], [arrow.at], points[-1:]])
    axes.plot(*line.T, color=PIPE, lw=4.2, solid_capstyle="butt", zorder=1)
    axes.plot(*line.T, color="white", lw=2.2, solid_capstyle="butt", zorder=1.5)


def _entry(corner: tuple[int, int], end: Shape) -> tuple[int, int]:
    """Where a pipe meets the middle lines of a box, straight on from its corner."""
    if abs(corner[0] - end.x) < end.width:
        return corner[0], end.y
    return end.x, corner[1]


def _draw_arrow(axes: Axes, view: View, arrow: Arrow) -> None:
    tail, head = view.shapes[arrow.tail], view.shapes[arrow.head]
    ends = [np.array((s.x, s.y), dtype=float) for s in (tail, head)]
    points = arc(ends[0], np.array(arrow.at, dtype=float), ends[1], 240)
    points = points[~_inside(points, tail, 2) & ~_inside(points, head, 3)]
    if len(points) < 12:
        return
    # A point in ten is smooth enough for the eye and keeps the files small.
    line = np.vstack([points[:-4:10], points[-4:-3]])
    axes.plot(*line.T, color=ARROW, lw=0.8, zorder=2)
    _add_head(axes, points[-1], _unit(points[-1] - points[-8]), 7, ARROW)


def _inside(points: np.ndarray, shape: Shape, margin: float) -> np.ndarray:
    near = np.abs(points - (shape.x, shape.y))
    return np.asarray(np.all(near < (shape.width + margin, shape.height + margin), axis=1))


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(np.hypot(*vector), 1e-9))


def _add_head(axes: Axes, tip: np.ndarray, along: np.ndarray, size: float, colour: str) -> None:
    across = np.array([-along[1], along[0]])
    corners = [
        tip,
        tip - size * along + 0.6 * size * across,
        tip - size * along - 0.6 * size * across,
    ]
    axes.add_patch(Polygon(corners, closed=True, fc=colour, ec="none", zorder=3))
