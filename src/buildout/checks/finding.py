"""What a check found: how far from right, where, and whether that is within its tolerance."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr

from buildout.errors import ResultsError

#: Departures of a balance that rounding explains, relative to what flows through it.
BALANCED = 1e-9


@dataclass(frozen=True)
class Finding:
    """The outcome of one check on one pathway.

    Attributes
    ----------
    check : str
        What was checked.
    pathway : str
        "" for what does not depend on a pathway.
    passed : bool
    worst : float
        The largest departure found, scaled as `tolerance` is.
    tolerance : float
        The largest departure accepted.
    where : str
        The culprit: element, region, fund, variable and date of the largest departure.
    """

    check: str
    pathway: str
    passed: bool
    worst: float
    tolerance: float
    where: str

    def row(self) -> dict[str, Any]:
        """For tables."""
        return asdict(self)


def findings(
    check: str, departure: xr.DataArray, tolerance: float, *, what: str = ""
) -> list[Finding]:
    """One finding per pathway from an array of departures that should all be near zero.

    Parameters
    ----------
    check : str
        What was checked.
    departure : DataArray, (pathway, ...)
        Zero where all is right; NaN counts as a failure.
    tolerance : float
        Largest departure accepted.
    what : str
        Opens the description of the culprit.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> off = xr.DataArray([[0.0, 2.0]], dims=("pathway", "fund"),
    ...                    coords={"pathway": ["hybrid"], "fund": ["programs", "grants"]})
    >>> findings("money closes", off, 1e-9)[0].where
    'fund grants'
    """
    results = []
    for path in departure.pathway.values:
        series = departure.sel(pathway=path)
        size = np.where(np.isfinite(series.values), np.abs(series.values), np.inf)
        place = np.unravel_index(np.argmax(size), size.shape)
        worst = float(size[place])
        where = ", ".join([what] * bool(what) + _place(series, [int(i) for i in place]))
        results.append(Finding(check, str(path), worst <= tolerance, worst, tolerance, where))
    return results


def every_step(ds: xr.Dataset) -> None:
    """Refuse a Dataset that leaves out steps.

    Raises
    ------
    ResultsError
        When it does.
    """
    steps = np.diff(ds.time.values)
    if not np.allclose(steps, float(ds.attrs["time_step"]), rtol=1e-6):
        raise ResultsError(
            "A balance at every step needs every step, and these results are saved more rarely.",
            cure="Let `check_all` simulate the pathways itself.",
        )


def worst_of(results: Iterable[Finding]) -> list[Finding]:
    """Of several findings of the same check on the same pathway, the one farthest off."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in results:
        name = (finding.check, finding.pathway)
        if (
            name not in kept
            or finding.worst / finding.tolerance > kept[name].worst / kept[name].tolerance
        ):
            kept[name] = finding
    return list(kept.values())


def _place(series: xr.DataArray, place: Sequence[int]) -> list[str]:
    return [
        f"{str(dim).replace('_', ' ')} {_label(series[dim].values[index])}"
        for dim, index in zip(series.dims, place, strict=True)
    ]


def _label(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
