"""All figures in the order of a report, and how they reach the disk."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from buildout._util import files, manifest, tables
from buildout._util.pictures import FORMATS
from buildout._util.progress import progress
from buildout.errors import InputError
from buildout.figures import style
from buildout.figures.tidy import data_csv
from buildout.inputs import places

FIGURES_KIND = "figures"
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


@dataclass(frozen=True)
class Painted:
    """A figure as it is saved.

    Attributes
    ----------
    data : bytes
        Of the picture's file.
    alt : str
        Title and headline, for those who do not see it.
    csv : str
        All that is plotted.
    """

    data: bytes
    alt: str
    csv: str


def paint(ds: xr.Dataset, *, kind: str = "png") -> dict[str, Painted]:
    """Draw every figure, by name.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    kind : {"png", "svg", "pdf"}

    Raises
    ------
    ResultsError
        When the Dataset lacks what a figure shows.
    """
    made = {}
    for drawing in progress(GALLERY, label="Drawing"):
        figure = drawing.draw(ds)
        made[drawing.name] = Painted(
            render(figure, kind), str(figure.get_label()), data_csv(drawing.data(ds))
        )
    return made


def write_gallery(
    ds: xr.Dataset, folder: Path, painted: dict[str, Painted], *, kind: str, command: str = ""
) -> None:
    """Write figures, the data they plot, a page to look at them and a manifest.

    Parameters
    ----------
    ds : Dataset
        From which they were drawn.
    folder : Path
        An empty one; what becomes of it is the caller's business.
    painted : dict of str to Painted
    kind : {"png", "svg", "pdf"}
    command : str
        What made them, for the page and the manifest.
    """
    _write_pictures(folder, painted, kind, command)
    manifest.write_manifest(folder, FIGURES_KIND, _facts(ds, command))


def save_figures(
    ds: xr.Dataset,
    folder: str | Path,
    *,
    kind: str = "png",
    command: str = "",
    again: Mapping[str, object] | None = None,
) -> list[Path]:
    """Save every figure with the data that it plots as CSV beside it, and a manifest.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    folder : path
        Made if absent.
    kind : {"png", "svg", "pdf"}
    command : str
        What made them, for the manifest.
    again : mapping, optional
        For the manifest too: what `buildout reproduce` needs, which the command knows.

    Returns
    -------
    list of Path

    Raises
    ------
    ResultsError
        When the Dataset lacks what a figure shows.
    OutputError
        When the folder cannot be written, or holds something else; it is then as it was.
    """
    painted = paint(ds, kind=kind)
    return manifest.write_result(
        folder,
        FIGURES_KIND,
        lambda place: _write_pictures(place, painted, kind, command),
        _facts(ds, command) | ({} if again is None else {manifest.AGAIN: again}),
    )


def _write_pictures(folder: Path, painted: dict[str, Painted], kind: str, command: str) -> None:
    for name, picture in painted.items():
        (folder / f"{name}.{kind}").write_bytes(picture.data)
        (folder / f"{name}.csv").write_text(picture.csv, encoding="utf-8")
    (folder / "README.md").write_text(_page(painted, kind, command), encoding="utf-8")


def _page(painted: dict[str, Painted], kind: str, command: str) -> str:
    made_by = tables.code(command or "buildout figures")
    parts = ["# Figures", f"Made by {made_by}; inputs in `manifest.json`."]
    for drawing in GALLERY:
        parts += [
            f"## {drawing.name.replace('_', ' ').capitalize()}",
            f"![{tables.escaped(painted[drawing.name].alt)}]({drawing.name}.{kind})",
            f"{drawing.caption} Data: [{drawing.name}.csv]({drawing.name}.csv)",
        ]
    return "\n\n".join(parts) + "\n"


def _facts(ds: xr.Dataset, command: str) -> dict[str, Any]:
    listed = places.calibration_folder() / "projects.csv"
    return {
        "command": command,
        "inputs": {
            "buildout.mdl": ds.attrs["model_sha256"],
            **json.loads(ds.attrs["inputs"]),
            "projects.csv": files.sha256(listed),
        },
        "versions": json.loads(ds.attrs["versions"]) | {"matplotlib": matplotlib.__version__},
    }
