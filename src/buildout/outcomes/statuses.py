"""How runs ended, by pathway, in the words of the engine, and what their results hold."""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.errors import ResultsError
from buildout.vensim.engine import STATUS

NOT_RECORDED = "not recorded"


def statuses(ds: xr.Dataset) -> dict[str, str]:
    """How the run of each pathway ended, by its name.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, also of a single pathway.

    Returns
    -------
    dict of str to str
        "ok" for a sound run, "negative_stock" and so on; "not recorded" where the Dataset has lost
        its `status`.
    """
    pathways = [str(name) for name in np.atleast_1d(ds["pathway"].values)]
    if "status" not in ds:
        return dict.fromkeys(pathways, NOT_RECORDED)
    codes = np.atleast_1d(ds["status"].values)
    return {name: STATUS[int(code)] for name, code in zip(pathways, codes, strict=True)}


def unsound(ds: xr.Dataset) -> dict[str, str]:
    """Pathways whose run is not sound, and its status."""
    fine = (STATUS[0], NOT_RECORDED)
    return {name: status for name, status in statuses(ds).items() if status not in fine}


def lacking(ds: xr.Dataset, needs: Iterable[str]) -> list[str]:
    """Variables that are needed and that results do not hold."""
    return [name for name in needs if names.key(name) not in ds]


def refuse_lacking(ds: xr.Dataset, needs: Iterable[str], called: str) -> None:
    """Refuse results without what is needed, which has a name in `headlines`.

    Raises
    ------
    ResultsError
    """
    if missing := lacking(ds, needs):
        raise ResultsError(
            f"These results lack {', '.join(f'`{name}`' for name in missing)}.",
            cure=f"Simulate with all outputs, or with those of `{called}`.",
        )
