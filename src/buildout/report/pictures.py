"""The charts of a report: as files, and as they stand in the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from buildout.figures import Painted, gallery_of, paint, write_gallery
from buildout.report.blocks import Picture
from buildout.report.html import Chart

#: Charts that stand in the page, for a desk and for a telephone; the others lie beside it.
INSIDE = ("deadline_card", "odds_by_date", "magnet_output", "money", "vulnerability")
_WIDE, _NARROW = ("slide", "svg"), ("phone", "svg")


@dataclass(frozen=True)
class Pictured:
    """Charts in all the forms that a report needs.

    Attributes
    ----------
    pictures : tuple of Picture
        As blocks, in order.
    charts : dict of str to Chart
        Those that stand in the page.
    painted : mapping of str to Painted
        As files, with their data.
    """

    pictures: tuple[Picture, ...]
    charts: dict[str, Chart]
    painted: Mapping[str, Painted]

    def write(self, ds: xr.Dataset, folder: Path, command: str) -> None:
        """Put all files into an empty folder, with a manifest."""
        write_gallery(ds, folder, self.painted, command=command)


def pictured(ds: xr.Dataset) -> Pictured:
    """Draw every chart, each once for a paper.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    """
    gallery = gallery_of(ds)
    inside = [drawing.name for drawing in gallery if drawing.name in INSIDE]
    painted = paint(ds, kinds=["svg", "png"])
    narrow = paint(ds, figures=inside, pages=["phone"], kinds=["svg"])
    charts = {
        name: Chart(painted[name].files[_WIDE], narrow[name].files[_NARROW]) for name in inside
    }
    pictures = tuple(
        Picture(
            drawing.name,
            painted[drawing.name].alt.partition(". ")[0].rstrip("."),
            painted[drawing.name].alt,
            drawing.caption,
            inside=drawing.name in inside,
        )
        for drawing in gallery
    )
    return Pictured(pictures, charts, painted)
