"""Series of a run with the quantiles of its draws beside them, as rows."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from buildout.analysis.odds import odds_if_any
from buildout.analysis.series_in_draws import series_in_draws
from buildout.figures.tidy import require, tidy
from buildout.outcomes.chances import tells_odds
from buildout.outcomes.odds import BAND

#: What is plotted, from a run or from its draws.
Reading = Callable[[xr.Dataset], xr.DataArray]


@dataclass(frozen=True)
class Fans:
    """A run and its draws.

    Attributes
    ----------
    run : Dataset
    cloud : Dataset or None
        Of `series_in_draws`.
    drawn : str
        Of which draws, in words; empty without.
    """

    run: xr.Dataset
    cloud: xr.Dataset | None
    drawn: str

    @property
    def draws(self) -> int:
        """How many."""
        return 0 if self.cloud is None else int(self.cloud.sizes["draw"])

    def rows(self, reading: Reading, quantity: str, unit: str) -> pd.DataFrame:
        """A quantity as rows: `tidy`, with p05, p50 and p95 of the draws where they are drawn.

        Parameters
        ----------
        reading : callable
            The quantity from a Dataset, in the unit given.
        quantity, unit : str
            As they are written in the chart.
        """
        array = reading(self.run)
        table = tidy(array, quantity, unit)
        if self.cloud is None:
            return table
        drawn = reading(self.cloud)
        own = band_of_draws(drawn)
        bands = own.assign_coords(quantile=list(BAND)).to_dataset("quantile")
        bands = bands.reindex(time=array["time"]).transpose(*array.dims)
        for name in BAND:
            table[name] = bands[name].values.ravel()
        return table[[*(c for c in table if c != "unit"), "unit"]]


def fans_of(ds: xr.Dataset) -> Fans:
    """A run with its draws, where it has any.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Raises
    ------
    ResultsError
        For what is no run of pathways that a figure could show.
    """
    require(ds)
    odds = odds_if_any(ds)
    if not tells_odds(odds):
        return Fans(ds, None, "")
    cloud = series_in_draws(ds)
    return Fans(ds, cloud, "" if cloud is None else str(odds.attrs["drawn"]))


def band_of_draws(drawn: xr.DataArray) -> xr.DataArray:
    """The quantiles of a band, over `draw`; NaN where every draw broke down."""
    missing = drawn.isnull()
    # Where no draw broke down, as is usual, the slow search for gaps is spared.
    if not bool(missing.any()):
        return drawn.quantile(list(BAND.values()), "draw", skipna=False)
    nowhere = missing.all("draw")
    filled = drawn.where(~nowhere, 0.0)
    return filled.quantile(list(BAND.values()), "draw", skipna=True).where(~nowhere)


def middles(rows: pd.DataFrame, by: str = "pathway") -> dict[str, float]:
    """The median of the draws by pathway, of a table with a row for each; else the single run."""
    column = "p50" if "p50" in rows and rows["p50"].notna().all() else "value"
    return {str(path): float(v) for path, v in zip(rows[by], rows[column], strict=True)}
