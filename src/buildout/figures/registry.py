"""All figures in the order of a report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout._util.names import unknown


class DrawOn(Protocol):
    """Draws a figure of a run, or of a sweep, on a paper."""

    def __call__(self, ds: xr.Dataset, *, page: str = "slide") -> Figure:
        """A slide, a column or a telephone; see `buildout.figures.sheets`."""
        ...


@dataclass(frozen=True)
class Drawing:
    """One figure of the gallery.

    Attributes
    ----------
    name : str
        Also the name of its files.
    draw : callable
        Dataset, page -> Figure.
    data : callable
        Dataset -> DataFrame of all that is plotted.
    caption : str
        What is shown and how to read it; the same for any results.
    least : int
        Pathways that it needs.
    """

    name: str
    draw: DrawOn
    data: Callable[[xr.Dataset], pd.DataFrame]
    caption: str
    least: int = 1


#: Figures that hold pathways against one another, by how many they need.
_LEAST = {"gains": 2}


def _drawing(name: str) -> Drawing:
    # Asked for by name, since in the package the module's name stands for its function.
    module = import_module(f"buildout.figures.{name}")
    return Drawing(
        name,
        getattr(module, name),
        getattr(module, f"{name}_data"),
        module.CAPTION,
        _LEAST.get(name, 1),
    )


GALLERY = tuple(
    _drawing(name)
    for name in (
        "deadline_card",
        "odds_by_date",
        "magnet_output",
        "gains",
        "chain",
        "capacity",
        "self_sufficiency",
        "constraints",
        "project_dates",
        "project_capacity",
        "money",
        "workforce",
        "prices",
        "vulnerability",
        "history",
        "expectations",
    )
)


#: Figures of a sweep; those of a run are in `GALLERY`.
SWEPT_GALLERY = tuple(_drawing(name) for name in ("sweep_bands", "sweep_odds", "sweep_tornado"))


def gallery_of(ds: xr.Dataset, names: Iterable[str] = ()) -> tuple[Drawing, ...]:
    """The figures of a run or a sweep by their names, in the order of a report.

    Parameters
    ----------
    ds : Dataset
        From `simulate` or `sweep`.
    names : iterable of str
        All that the results can show where none is named.

    Raises
    ------
    UnknownNameError
        For what is no figure of such results.
    """
    gallery = SWEPT_GALLERY if "draw" in ds.dims else GALLERY
    known, wanted = {drawing.name: drawing for drawing in gallery}, list(names)
    for name in wanted:
        if name not in known:
            raise unknown("figure of a sweep" if "draw" in ds.dims else "figure", name, known)
    if wanted:
        return tuple(drawing for drawing in gallery if drawing.name in wanted)
    # Of one pathway the whole gallery is what there is to show of one.
    return tuple(drawing for drawing in gallery if ds.sizes["pathway"] >= drawing.least)
