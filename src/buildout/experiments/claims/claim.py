"""A claim as a number: what is measured, and which values support or contradict it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout.outcomes.headlines import COVERAGE
from buildout.sweeps.defaults import COVERED
from buildout.sweeps.reductions import Crossing

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"

#: From results by case (dimension pathway), time and perhaps draw to one number, or one per draw.
Measure = Callable[[xr.Dataset], xr.DataArray]


@dataclass(frozen=True)
class Claim:
    """One claim of claims.csv that the model can decide.

    Attributes
    ----------
    id : str
        As in claims.csv; a letter is added where one claim needs two numbers.
    measured : str
        What the number is.
    unit : str
    measure : callable
        Gives the number.
    supports : tuple of float
        Lowest and highest value that support the claim; infinite where open.
    margin : float
        Values outside `supports` by no more than this are undecided, values further out
        contradict. It is the size of what the model cannot tell, not of what would be nice.
    needs : tuple of str
        Variables the measure reads.
    """

    id: str
    measured: str
    unit: str
    measure: Measure
    supports: tuple[float, float]
    margin: float
    needs: tuple[str, ...]

    @property
    def number(self) -> str:
        """The id in claims.csv."""
        return self.id[:3]

    @property
    def rule(self) -> str:
        """The values that support the claim, in words."""
        low, high = self.supports
        if np.isinf(low):
            return f"at most {high:g}"
        return f"at least {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"

    def judge(self, value: float) -> str:
        """What a number says about the claim; NaN (never reached) says nothing.

        Examples
        --------
        >>> claim = Claim("C00", "share", "Dmnl", abs, (0.8, np.inf), 0.05, ())
        >>> claim.judge(0.9), claim.judge(0.77), claim.judge(0.5)
        ('supported', 'undecided', 'contradicted')
        """
        if np.isnan(value):
            return UNDECIDED
        low, high = self.supports
        outside = max(low - value, value - high)
        if outside <= 0:
            return SUPPORTED
        return UNDECIDED if outside <= self.margin else CONTRADICTED


def at_least(value: float) -> tuple[float, float]:
    """The range from a value upwards."""
    return (value, np.inf)


def at_most(value: float) -> tuple[float, float]:
    """The range up to a value."""
    return (-np.inf, value)


#: Dates that measures ask for, which are read off all saved dates of a run.
DATED: Mapping[str, tuple[Crossing, ...]] = {
    "self sufficiency of direct market": (Crossing(0.5), Crossing(0.8), Crossing(1.0)),
    "know how": (Crossing(0.95),),
    COVERAGE: (COVERED,),
}


# --- small tools of the measures ------------------------------------------------------------------


def case(ds: xr.Dataset, name: str) -> xr.Dataset:
    """One case of the results."""
    return ds.sel(pathway=name, drop=True)


def made(ds: xr.Dataset, name: str, year: float | list[float]) -> xr.DataArray:
    """US magnet output of a case at a date, t/yr."""
    return case(ds, name)["us_magnet_output_total"].sel(time=year)


def decided(ds: xr.Dataset, name: str, year: float, **where: str | list[str]) -> xr.DataArray:
    """US nameplate decided from 2025.0 to a date in a case, t/yr."""
    return case(ds, name)["decided_since_start"].sel(region="US", time=year, **where, drop=True)


def total(series: xr.DataArray, start: float, end: float) -> xr.DataArray:
    """Sum over years from yearly values, by trapezoids."""
    return series.sel(time=slice(start, end)).integrate("time")


def first_year(
    ds: xr.Dataset, name: str, variable: str, level: float, **where: str
) -> xr.DataArray:
    """When a case first holds a level for a year, NaN if never; see `DATED`."""
    found = case(ds, name)[f"{variable}_year_above_{level:g}".replace(".", "_")]
    return found.sel(**where, drop=True)
