"""The charts of a report: as files, and as they stand in the page."""

from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from buildout._util.progress import progress
from buildout.figures import GALLERY, Painted, render, write_gallery
from buildout.figures.tidy import data_csv
from buildout.report.blocks import Picture
from buildout.report.html import Chart

#: Charts that stand in the page; the others lie beside it.
INSIDE = ("deadline_card", "magnet_output", "money", "vulnerability")


@dataclass(frozen=True)
class Pictured:
    """Charts in all the forms that a report needs.

    Attributes
    ----------
    pictures : tuple of Picture
        As blocks, in order.
    charts : dict of str to Chart
        Those that stand in the page.
    painted : dict of str to Painted
        As SVG, with their data.
    pixels : dict of str to bytes
        As PNG.
    """

    pictures: tuple[Picture, ...]
    charts: dict[str, Chart]
    painted: dict[str, Painted]
    pixels: dict[str, bytes]

    def write(self, ds: xr.Dataset, folder: Path, command: str) -> None:
        """Put all files into an empty folder, with a manifest."""
        for name, data in self.pixels.items():
            (folder / f"{name}.png").write_bytes(data)
        write_gallery(ds, folder, self.painted, kind="svg", command=command)


def pictured(ds: xr.Dataset) -> Pictured:
    """Draw every chart, each once.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    """
    pictures, charts, painted, pixels = [], dict[str, Chart](), dict[str, Painted](), {}
    for drawing in progress(GALLERY, label="Drawing"):
        figure, name = drawing.draw(ds), drawing.name
        svg, alt = render(figure, "svg"), str(figure.get_label())
        painted[name] = Painted(svg, alt, data_csv(drawing.data(ds)))
        pixels[name] = render(figure, "png")
        inside = name in INSIDE
        title = alt.partition(". ")[0].rstrip(".")
        pictures.append(Picture(name, title, alt, drawing.caption, inside=inside))
        if inside:
            charts[name] = Chart(svg)
    return Pictured(tuple(pictures), charts, painted, pixels)
