"""Packages that only some commands need, and what to say where one is not installed."""

import importlib
from typing import Any

from buildout.errors import InputError

#: By the name it is imported by: what a package is called, and the extra of pyproject.toml with it.
EXTRAS = {
    "distributed": ("Dask", "dask"),
    "SALib": ("SALib", "analysis"),
    "sklearn": ("scikit-learn", "analysis"),
    "pymoo": ("pymoo", "analysis"),
    "openpyxl": ("openpyxl", "export"),
    "pptx": ("python-pptx", "export"),
    "docx": ("python-docx", "export"),
}


def needed(module: str) -> Any:
    """A module of an optional package, imported.

    Parameters
    ----------
    module : str
        With dots, of a package in `EXTRAS`.

    Raises
    ------
    InputError
        Where the package is not installed: what to install.

    Examples
    --------
    >>> needed("SALib.sample.morris").sample.__name__
    'sample'
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        name, extra = EXTRAS[package]
        # No index has buildout; a stranger's package of that name would be installed from one.
        raise InputError(
            f"{name} is not installed.",
            cure=f'In the checkout: `pip install ".[{extra}]"` (or `pipx install --force`, '
            "`uv tool install --force`, where that was the way).",
        ) from error
