"""The page that a figure is drawn on: title, headline, legend and a grid, measured in inches."""

import textwrap
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout.figures.labels import room
from buildout.figures.looks import Look
from buildout.figures.style import INK, WIDTH

# Inches from the top: title, each line of the headline, each row of the legend, air.
TITLE, LINE, SAMPLE, ABOVE_PANELS = 0.45, 0.19, 0.22, 0.42
MARGIN = 0.2
NONE: Mapping[str, Look] = MappingProxyType({})
LINE_LETTERS = int((WIDTH - 2 * MARGIN) * 12.4)  # of the headline's size that fit in a line


def sheet(
    rows: int,
    cols: int,
    *,
    title: str,
    headline: str,
    looks: Mapping[str, Look] = NONE,
    extra: Sequence[Artist] = (),
    panel_height: float = 1.7,
    left: float = 0.8,
    right: float | None = None,
    gap_x: float = 0.7,
    gap_y: float = 0.68,
    bottom: float = 0.5,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
    legend: bool = True,
    columns: int = 6,
    handle: float = 3.2,
) -> tuple[Figure, list[list[Axes]]]:
    """A figure with title, headline, legend and a grid of panels, measured in inches.

    Parameters
    ----------
    rows, cols : int
        Panels.
    title, headline : str
        What is shown, and what it says in a number.
    looks : mapping of str to Look
        For the legend, and for the room that their labels need on the right.
    extra : sequence of Artist
        Further samples in the legend.
    panel_height, left, right, gap_x, gap_y, bottom : float
        Inches.
    widths, heights : sequence of float, optional
        Of columns, relative; of rows, inches.
    legend : bool
        Whether to draw one, in up to `columns` columns with samples `handle` letters wide.

    Returns
    -------
    Figure, list of list of Axes
        Rows of panels. The figure's label holds title and headline, for captions.
    """
    if right is None:
        # Room for the longest of the names that `name_ends` writes beside the last panel.
        letters = max((len(look.label) for look in looks.values()), default=0)
        right = max(0.25 + 0.063 * letters, 0.2 + room(looks))
    lines = textwrap.wrap(headline, LINE_LETTERS)
    handles = [*legend_handles(looks), *extra] if legend else []
    columns = max(1, min(len(handles), columns, _fitting(handles, handle)))
    head = TITLE + LINE * len(lines)
    band = head + SAMPLE * -(-len(handles) // columns) + ABOVE_PANELS
    panel_height = sum(heights) / rows if heights else panel_height
    height = band + rows * panel_height + (rows - 1) * gap_y + bottom
    figure = Figure(figsize=(WIDTH, height))
    _write(figure, title, lines)
    if handles:
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(MARGIN / WIDTH, 1 - (head + 0.06) / height),
            ncols=columns,
            handlelength=handle,
            columnspacing=1.8,
            borderaxespad=0,
            borderpad=0,
        )
    share = (WIDTH - left - right - (cols - 1) * gap_x) / cols
    grid = figure.add_gridspec(
        rows,
        cols,
        left=left / WIDTH,
        right=1 - right / WIDTH,
        top=1 - band / height,
        bottom=bottom / height,
        wspace=gap_x / share,
        hspace=gap_y / panel_height,
        width_ratios=widths,
        height_ratios=heights,
    )
    figure.set_label(f"{title}. {headline}")
    return figure, [[figure.add_subplot(grid[r, c]) for c in range(cols)] for r in range(rows)]


def _write(figure: Figure, title: str, lines: Sequence[str]) -> None:
    height = figure.get_figheight()
    left = MARGIN / WIDTH
    figure.suptitle(
        title, x=left, y=1 - 0.12 / height, ha="left", va="top", fontsize=13, weight="bold"
    )
    figure.text(
        left,
        1 - 0.43 / height,
        "\n".join(lines),
        va="top",
        fontsize=9.5,
        color=INK,
        linespacing=1.35,
    )


def _fitting(handles: Sequence[Artist], sample: float) -> int:
    """How many columns of a legend fit, by the lengths of their words."""
    widths = [0.12 * sample + 0.25 + 0.066 * len(str(handle.get_label())) for handle in handles]
    if sum(widths) < WIDTH:
        return len(widths)
    return int(WIDTH / max(widths))


def legend_handles(looks: Mapping[str, Look]) -> list[Line2D]:
    """Line samples of pathways, for a legend."""
    return [
        Line2D(
            [],
            [],
            color=look.color,
            linestyle=look.line,
            linewidth=look.width,
            marker=look.marker,
            markersize=4.5,
            label=look.label,
        )
        for look in looks.values()
    ]


def legend_panel(spare: Sequence[Axes], looks: Mapping[str, Look], extra: Sequence[Line2D]) -> None:
    """Use a panel left over in a grid for the legend."""
    for axes in spare:
        axes.set_axis_off()
    if spare:
        spare[0].legend(
            handles=[*legend_handles(looks), *extra],
            loc="upper left",
            bbox_to_anchor=(-0.12, 1.05),
            handlelength=3.4,
            labelspacing=0.8,
            borderaxespad=0,
        )
