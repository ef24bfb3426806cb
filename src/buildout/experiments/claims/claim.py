"""A claim as a number: what is measured, and which values support or contradict it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout.outcomes.headlines import COVERAGE
from buildout.sweeps.defaults import COVERED
from buildout.sweeps.reductions import Crossing

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
#: No verdict: the number does not test the prediction, and the reason stands beside it.
WITHHELD = "withheld"
#: A claim can be tested by the model, or follow from how the model is built.
TESTED, ASSUMED = "tested", "assumed"

#: From results by case (dimension pathway), time and perhaps draw to one number, or one per draw.
Measure = Callable[[xr.Dataset], xr.DataArray]


@dataclass(frozen=True)
class Claim:
    """One claim of claims.csv that the model can decide, a row of claim_tests.csv.

    Attributes
    ----------
    id : str
        As in claims.csv; a letter is added where one claim needs two numbers.
    measured : str
        What the number is.
    unit : str
    measure : callable
        Gives the number; infinite for a date that is never reached.
    supports : tuple of float
        Lowest and highest value that support the claim; infinite where open.
    margin : float
        Values outside `supports` by no more than this are undecided, values further out
        contradict. It is the size of what the model cannot tell, not of what would be nice.
    needs : tuple of str
        Variables the measure reads.
    cases : tuple of str
        Runs that it compares; all when empty.
    differ : tuple of str
        The only levers in which these may differ; "*" where the claim is of whole pathways.
    kind : str
        `TESTED`, or `ASSUMED` for what is true by construction.
    withheld : str
        Why there is no verdict, in a line; empty when there is one.
    """

    id: str
    measured: str
    unit: str
    measure: Measure
    supports: tuple[float, float]
    margin: float
    needs: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    kind: str = TESTED
    withheld: str = ""

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
        """What a number says about the claim.

        A date that is never reached is infinite and lies on its side of the rule; NaN (neither of
        two dates is reached, or the run is too short to know) says nothing.

        Examples
        --------
        >>> claim = Claim("C00", "share", "Dmnl", abs, (0.8, np.inf), 0.05)
        >>> claim.judge(0.9), claim.judge(0.77), claim.judge(0.5), claim.judge(np.inf)
        ('supported', 'undecided', 'contradicted', 'supported')
        """
        if self.withheld:
            return WITHHELD
        low, high = self.supports
        if np.isnan(value):
            return UNDECIDED
        if low <= value <= high:
            return SUPPORTED
        outside = low - value if value < low else value - high
        return UNDECIDED if outside <= self.margin else CONTRADICTED


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


def made(ds: xr.Dataset, name: str, year: float | Sequence[float]) -> xr.DataArray:
    """US magnet output of a case at a date, t/yr."""
    return case(ds, name)["us_magnet_output_total"].sel(time=year)


def decided(ds: xr.Dataset, name: str, year: float, line: str | list[str]) -> xr.DataArray:
    """US capacity decided from 2025.0 to a date in a case, t/yr.

    Projects with a date do not count: no case changes whether they are decided.
    """
    chosen = {"region": "US", "time": year, "decision_line": line}
    return case(ds, name)["decided_by_the_model"].sel(chosen, drop=True)


def total(series: xr.DataArray, start: float, end: float) -> xr.DataArray:
    """Sum over years from yearly values, by trapezoids."""
    return series.sel(time=slice(start, end)).integrate("time")


def first_year(
    ds: xr.Dataset, name: str, variable: str, level: float, **where: str
) -> xr.DataArray:
    """When a case first holds a level for a year; see `DATED`.

    Infinite if never, so that a difference of dates has a side; NaN if the run is too short.
    """
    own = case(ds, name).sel(where)
    suffix = f"above_{level:g}".replace(".", "_")
    date, known = (own[f"{variable}_{field}_{suffix}"] for field in ("year", "known"))
    return date.where(date.notnull() | ~known, np.inf).reset_coords(drop=True)


def years_between(later: xr.DataArray, earlier: xr.DataArray) -> xr.DataArray:
    """Years from one date to another; NaN where neither is ever reached."""
    with np.errstate(invalid="ignore"):
        return later - earlier
