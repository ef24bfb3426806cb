"""Where the files that come with buildout are: model, tables, pathways."""

from pathlib import Path

from buildout.errors import BuildoutError

PACKAGE = Path(__file__).resolve().parents[1]


def _data_folder(name: str) -> Path:
    # A checkout keeps the folder at its top, where people edit it; a wheel packs it into `_data`.
    places = [PACKAGE.parents[1] / name, PACKAGE / "_data" / name]
    for place in places:
        if place.is_dir():
            return place
    raise BuildoutError(
        f"The folder `{name}` of buildout is missing.",
        cure="Reinstall buildout, or run it from a complete checkout.",
    )


def model_file() -> Path:
    """Path of `buildout.mdl`, in a checkout or an installed package."""
    path = _data_folder("model") / "buildout.mdl"
    if not path.is_file():
        raise BuildoutError(
            "The model file `buildout.mdl` is missing.",
            cure="Reinstall buildout, or run it from a complete checkout.",
        )
    return path


def calibration_folder() -> Path:
    """Path of the tables with sources, parameters and observations."""
    return _data_folder("calibration")


def citation_file() -> Path:
    """Path of CITATION.cff, at the top of a checkout or packed into `_data`."""
    places = [PACKAGE.parents[1] / "CITATION.cff", PACKAGE / "_data" / "CITATION.cff"]
    for place in places:
        if place.is_file():
            return place
    raise BuildoutError(
        "The file `CITATION.cff` of buildout is missing.",
        cure="Reinstall buildout, or run it from a complete checkout.",
    )


def pathways_folder() -> Path:
    """Path of the pathway files that come with buildout."""
    return PACKAGE / "inputs" / "pathways"
