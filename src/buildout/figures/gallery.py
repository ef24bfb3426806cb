"""All figures in the order of a report, and how they reach the disk."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import matplotlib
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout import files
from buildout.errors import InputError
from buildout.figures import style
from buildout.figures.data import to_csv
from buildout.progress import progress

FORMATS = ("png", "svg", "pdf")
# Dates and versions of the drawing library would make equal pictures differ.
METADATA = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@dataclass(frozen=True)
class Drawing:
    """One figure of the gallery.

    Attributes
    ----------
    name : str
        Also the name of its files.
    draw : callable
        Dataset -> Figure.
    data : callable
        Dataset -> DataFrame of all that is plotted.
    caption : str
        What is shown and how to read it; the same for any results.
    """

    name: str
    draw: Callable[[xr.Dataset], Figure]
    data: Callable[[xr.Dataset], pd.DataFrame]
    caption: str


def _drawing(name: str) -> Drawing:
    # Asked for by name, since in the package the module's name stands for its function.
    module = import_module(f"buildout.figures.{name}")
    return Drawing(name, getattr(module, name), getattr(module, f"{name}_data"), module.CAPTION)


GALLERY = tuple(
    _drawing(name)
    for name in (
        "deadline_card",
        "magnet_output",
        "capacity",
        "self_sufficiency",
        "constraints",
        "projects",
        "money",
        "workforce",
        "prices",
        "vulnerability",
    )
)


def render(figure: Figure, kind: str = "png") -> bytes:
    """A figure as the bytes of a file: the same bytes for the same figure.

    Parameters
    ----------
    figure : Figure
    kind : {"png", "svg", "pdf"}

    Raises
    ------
    InputError
        For another format.
    """
    if kind not in FORMATS:
        raise InputError(f"The format is `{kind}`.", f"Accepted: {', '.join(FORMATS)}.")
    buffer = io.BytesIO()
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **style.RC}):
        figure.savefig(buffer, format=kind, metadata=METADATA[kind])
    return buffer.getvalue()


def save_figures(
    ds: xr.Dataset, folder: str | Path, *, kind: str = "png", also: Sequence[tuple[str, str]] = ()
) -> list[Path]:
    """Save every figure with the data that it plots as CSV beside it: all, or none.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    folder : path
        Made if absent.
    kind : {"png", "svg", "pdf"}
    also : sequence of (str, str)
        Names and contents of text files to save with them.

    Returns
    -------
    list of Path

    Raises
    ------
    ResultsError
        When the Dataset lacks what a figure shows.
    OutputError
        When the folder cannot be written; earlier files are then untouched.
    """
    made = [(one, render(one.draw(ds), kind)) for one in progress(GALLERY, label="Drawing")]

    def write(temporary: Path) -> None:
        for one, picture in made:
            (temporary / f"{one.name}.{kind}").write_bytes(picture)
            (temporary / f"{one.name}.csv").write_text(to_csv(one.data(ds)), encoding="utf-8")
        for name, text in also:
            (temporary / name).write_text(text, encoding="utf-8")

    return files.write_together(folder, write)
