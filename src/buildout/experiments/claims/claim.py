"""A claim as a number: what is measured, and which values support or contradict it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.outcomes.headlines import COVERAGE
from buildout.sweeps.defaults import COVERED
from buildout.sweeps.reductions import Crossing, Cumulative

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
#: A claim can be tested by the model, or follow from how the model is built.
TESTED, ASSUMED = "tested", "assumed"
#: Where the values that support a claim come from.
RULES_FROM = ("prediction", "judgement")

#: From results by case (dimension pathway), time and perhaps draw to one number, or one per draw.
Measure = Callable[[xr.Dataset], xr.DataArray]


@dataclass(frozen=True)
class Claim:
    """One number that tests a claim of claims.csv, a row of claim_tests.csv.

    Attributes
    ----------
    id : str
        As in claims.csv; a letter is added where one claim needs several numbers.
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
    basis : str
        Where `supports` comes from: one of `RULES_FROM`.
    needs : tuple of str
        Variables the measure reads.
    cases : tuple of str
        The runs that it reads, the base first.
    differ : tuple of str
        The only constants in which these may differ; "*" where whole pathways are compared.
    kind : str
        `TESTED`, or `ASSUMED` for what is true by construction.
    """

    id: str
    measured: str
    unit: str
    measure: Measure
    supports: tuple[float, float]
    margin: float
    basis: str = RULES_FROM[0]
    needs: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    kind: str = TESTED

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

    def of(self, ds: xr.Dataset) -> xr.DataArray:
        """The number in results, from the cases and variables that it names and from no others."""
        keys = [names.key(name) for name in self.needs]
        own = [v for v in ds.data_vars if any(v == k or str(v).startswith(f"{k}_") for k in keys)]
        return self.measure(ds[own].sel(pathway=list(self.cases)))

    def judge(self, value: float) -> str:
        """What a number says about the claim.

        A date that is never reached is infinite and lies on its side of the rule; NaN (neither of
        two dates is reached, nothing is there to compare, or the run is too short to know) says
        nothing.

        Examples
        --------
        >>> claim = Claim("C00", "share", "Dmnl", abs, (0.8, np.inf), 0.05)
        >>> claim.judge(0.9), claim.judge(0.77), claim.judge(0.5), claim.judge(np.inf)
        ('supported', 'undecided', 'contradicted', 'supported')
        """
        low, high = self.supports
        if np.isnan(value):
            return UNDECIDED
        if low <= value <= high:
            return SUPPORTED
        outside = low - value if value < low else value - high
        return UNDECIDED if outside <= self.margin else CONTRADICTED


#: What measures ask for besides values on dates, read off all saved dates of a run.
DATES_AND_SUMS: Mapping[str, tuple[Crossing | Cumulative, ...]] = {
    "self sufficiency of direct market": (Crossing(0.5), Crossing(1.0)),
    "self sufficiency of total": (Crossing(0.8),),
    "know how": (Crossing(0.95),),
    COVERAGE: (COVERED,),
    "unmet civil demand total": tuple(
        Cumulative(start, end)
        for start, end in ((2026, 2030), (2027, 2032), (2027, 2035), (2027, 2036), (2027, 2045))
    ),
    "defense shortfall total": (Cumulative(2027, 2030), Cumulative(2027, 2035)),
    "stockpile purchase cost": (Cumulative(2025, 2030),),
}
