"""Figures as the bytes of files, and how they reach the disk."""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import xarray as xr
from matplotlib.figure import Figure

from buildout._util import files, manifest, tables
from buildout._util.pictures import FORMATS, PAPERS, picture_file
from buildout._util.progress import progress
from buildout.errors import InputError
from buildout.figures import style
from buildout.figures.registry import GALLERY, SWEPT_GALLERY, gallery_of
from buildout.figures.sheets import sheet_of
from buildout.figures.tidy import data_csv
from buildout.inputs import places

FIGURES_KIND = "figures"
# Where the reader has no DejaVu, letters as wide take their place: words then fit as they did.
_FONT, _FONTS = b"'DejaVu Sans'", b"'DejaVu Sans', Verdana"
# Dates and versions of the drawing library would make equal pictures differ.
METADATA = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


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
    with matplotlib.rc_context(style.settings_of()):
        figure.savefig(buffer, format=kind, metadata=METADATA[kind])
    data = buffer.getvalue()
    return data.replace(_FONT, _FONTS) if kind == "svg" else data


@dataclass(frozen=True)
class Painted:
    """A figure as it is saved.

    Attributes
    ----------
    files : dict of (str, str) to bytes
        By paper and format.
    alt : str
        What it says and shows, for those who do not see it.
    csv : str
        All that is plotted.
    """

    files: Mapping[tuple[str, str], bytes]
    alt: str
    csv: str


def paint(
    ds: xr.Dataset,
    *,
    figures: Iterable[str] = (),
    pages: Iterable[str] = PAPERS[:1],
    kinds: Iterable[str] = FORMATS[:1],
) -> dict[str, Painted]:
    """Draw figures, by name.

    Parameters
    ----------
    ds : Dataset
        From `simulate` or `sweep`.
    figures : iterable of str
        Names in the gallery; all of it by default.
    pages : iterable of {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, a telephone.
    kinds : iterable of {"png", "svg", "pdf"}

    Raises
    ------
    ResultsError
        When the Dataset lacks what a figure shows.
    InputError
        For what is no figure, paper or format.
    """
    made, wanted, formats = {}, tuple(pages), tuple(kinds)
    for page in wanted:
        sheet_of(page)
    for drawing in progress(gallery_of(ds, figures), label="Drawing"):
        drawn = {page: drawing.draw(ds, page=page) for page in wanted}
        made[drawing.name] = Painted(
            {(page, kind): render(drawn[page], kind) for page in wanted for kind in formats},
            str(drawn[wanted[0]].get_label()),
            data_csv(drawing.data(ds)),
        )
    return made


def write_gallery(
    ds: xr.Dataset, folder: Path, painted: Mapping[str, Painted], *, command: str = ""
) -> None:
    """Write figures, the data they plot, a page to look at them and a manifest.

    Parameters
    ----------
    ds : Dataset
        From which they were drawn.
    folder : Path
        An empty one; what becomes of it is the caller's business.
    painted : mapping of str to Painted
    command : str
        What made them, for the page and the manifest.
    """
    _write_pictures(folder, painted, command)
    manifest.write_manifest(folder, FIGURES_KIND, _facts(ds, command))


def save_figures(
    ds: xr.Dataset,
    folder: str | Path,
    *,
    figures: Iterable[str] = (),
    pages: Iterable[str] = PAPERS[:1],
    kinds: Iterable[str] = FORMATS[:1],
    command: str = "",
    again: Mapping[str, object] | None = None,
) -> list[Path]:
    """Save figures with the data that they plot as CSV beside them, and a manifest.

    Parameters
    ----------
    ds : Dataset
        From `simulate` or `sweep`.
    folder : path
        Made if absent.
    figures, pages, kinds : iterable of str
        As for `paint`: all figures, as slides, in PNG by default.
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
    InputError
        For what is no figure, paper or format.
    OutputError
        When the folder cannot be written, or holds something else; it is then as it was.
    """
    painted = paint(ds, figures=figures, pages=pages, kinds=kinds)
    return manifest.write_result(
        folder,
        FIGURES_KIND,
        lambda place: _write_pictures(place, painted, command),
        _facts(ds, command) | ({} if again is None else {manifest.AGAIN: again}),
    )


def _write_pictures(folder: Path, painted: Mapping[str, Painted], command: str) -> None:
    for name, picture in painted.items():
        for (page, kind), data in picture.files.items():
            (folder / picture_file(name, page, kind)).write_bytes(data)
        (folder / f"{name}.csv").write_text(picture.csv, encoding="utf-8")
    (folder / "README.md").write_text(_page(painted, command), encoding="utf-8")


def _page(painted: Mapping[str, Painted], command: str) -> str:
    made_by = tables.code(command or "buildout figures")
    parts = ["# Figures", f"Made by {made_by}; inputs in `manifest.json`."]
    for drawing in (*GALLERY, *SWEPT_GALLERY):
        if drawing.name not in painted:
            continue
        picture = painted[drawing.name]
        first, *others = (picture_file(drawing.name, *which) for which in picture.files)
        links = [f"[{name}]({name})" for name in (f"{drawing.name}.csv", *others)]
        parts += [
            f"## {drawing.name.replace('_', ' ').capitalize()}",
            f"![{tables.escaped(picture.alt)}]({first})",
            f"{drawing.caption} Data: {links[0]}"
            + (f"; also {', '.join(links[1:])}" if others else ""),
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
