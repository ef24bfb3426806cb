"""What decides the verdict: the numbers that move coverage on the date most, in its draws."""

from typing import TypedDict

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.analysis.odds import no_odds
from buildout.analysis.quarters import quarter_shares
from buildout.analysis.sensitivity import rank_coefficients
from buildout.analysis.worlds import worlds
from buildout.outcomes.dates import reaches
from buildout.outcomes.headlines import COVERAGE
from buildout.outcomes.odds import sound_draws
from buildout.outcomes.rule import RULE_DATE
from buildout.sampling.draws import Design

#: How many numbers are told of each class.
TOLD = 5


class DeciderRow(TypedDict):
    """One number and what it does to the coverage of a class; see `deciders`."""

    pathway: str
    magnet_class: str
    number: str
    rank_correlation: float
    covered_low: float
    covered_high: float


def deciders(
    ds: xr.Dataset,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
) -> list[DeciderRow]:
    """The numbers that decide the coverage of each class on 1 January 2027, measured in the draws.

    What the draws of a verdict show at no further run. `why` asks of any outcome, with the share of
    the variance that each uncertainty makes.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of the model that comes with buildout.
    draws, seed : int, optional
        As for `odds`, whose draws these are.
    design : Design, optional
        In their place, such as from `load_design`.

    Returns
    -------
    list of dict
        Five numbers for each pathway and class, the strongest first, luck among them:
        `rank_correlation` (Spearman) of the number with coverage, and the share of draws covered
        in the quarter in which the number is lowest (`covered_low`) and highest
        (`covered_high`). Of choices and events of two values the quarters are the values.

    Raises
    ------
    ResultsError
        When the run has no odds.

    Examples
    --------
    >>> import buildout as bo
    >>> rows = bo.deciders(bo.simulate("status-quo"), draws=64)
    >>> sorted({row["magnet_class"] for row in rows})
    ['SmCo', 'heavy NdFeB', 'light NdFeB']
    """
    if reason := no_odds(ds):
        raise reason
    cloud = worlds(ds, draws=draws, seed=seed, design=design)
    drawn = cloud["drawn"].transpose("draw", "parameter")
    spelled = drawn["parameter"].values
    coverage = cloud[names.key(COVERAGE)].sel(year=RULE_DATE)
    rows: list[DeciderRow] = []
    for path in map(str, cloud["pathway"].values):
        sound = sound_draws(cloud, path)
        numbers = drawn.values[sound]
        for kind in map(str, cloud["magnet_class"].values):
            share = coverage.sel(pathway=path, magnet_class=kind).values[sound]
            by_rank = np.zeros(len(spelled))
            if np.ptp(share) > 0:
                by_rank = np.nan_to_num(rank_coefficients(numbers, share, partial=False))
            for column in np.argsort(-np.abs(by_rank), kind="stable")[:TOLD]:
                low, high = quarter_shares(numbers[:, column], reaches(share))
                rows.append(
                    {
                        "pathway": path,
                        "magnet_class": kind,
                        "number": str(spelled[column]),
                        "rank_correlation": float(by_rank[column]),
                        "covered_low": low,
                        "covered_high": high,
                    }
                )
    return rows
