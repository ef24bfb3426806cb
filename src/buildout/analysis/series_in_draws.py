"""Series over time in the joint draws of a run: what the bands of charts are made of."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import xarray as xr

from buildout.analysis.odds import no_odds, wants_odds
from buildout.analysis.worlds import WorldsAsked, worlds_asked
from buildout.inputs.model import load_model
from buildout.outcomes.chances import LEAST_DRAWS
from buildout.sweeps.reductions import At
from buildout.sweeps.run import sweep

#: What charts show as bands: variables of the model, of which every draw is kept.
DRAWN_SERIES = (
    "defense coverage",
    "compliant supply",
    "defense need",
    "magnet output total by class",
    "US magnet output total",
    "direct demand",
    "effective capacity",
    "line need",
    "self sufficiency of direct market",
    "self sufficiency of total",
    "dependence on china",
    "vulnerability",
    "supply in a cut",
    "chinese price",
    "ex china price",
    "jobs",
    "labor factor",
    "expert shortage",
    "money appropriated",
    "public money spent",
    "US capital committed so far",
    "allied capital committed so far",
    "started share of project",
    "decided share of project",
    "embedded demand",
    "world demand index",
    "world demand growth",
    "world oxide output in 2025",
    "oxide per metal",
    "mine output",
    "oxide output",
    "Chinese magnets to civil use",
    "Chinese magnets to US",
)
#: Every quarter around the date of the rule, every year after it.
QUARTERLY_UNTIL = 2028.0
REGIME = "rule regime"


def series_in_draws(ds: xr.Dataset) -> xr.Dataset | None:
    """Series of a run's pathways in its joint draws, the same draws as those of its odds.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    Dataset or None
        The variables of `DRAWN_SERIES` under the names that they have in a run, with a dimension
        `draw` (NaN where one broke down) and `time` every quarter to 2028, every year after. None
        where the run has no odds, none were asked for, or there are too few to be told.
    """
    question = _told(ds)
    return None if question is None else _series(question, DRAWN_SERIES, load_model().sha256)


def coverage_by_regime(ds: xr.Dataset, regimes: Mapping[str, float]) -> xr.Dataset | None:
    """Defense coverage of the first pathway in the draws of a run, under each regime of the rule.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    regimes : mapping of str to float
        The values of the model's `rule regime`, by what each is to be called.

    Returns
    -------
    Dataset or None
        As from `series_in_draws`, with the regimes as `pathway`.
    """
    question = _told(ds)
    if question is None:
        return None
    first = question.pathways[0]
    ruled = tuple(first.with_settings({REGIME: regimes[name]}, name=name) for name in regimes)
    return _series(replace(question, pathways=ruled), DRAWN_SERIES[:1], load_model().sha256)


def dates_in_draws(
    ds: xr.Dataset, names: Sequence[str], dates: Sequence[float]
) -> xr.Dataset | None:
    """Variables of the first pathway of a run on some dates, in the draws of its odds.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    names : sequence of str
        Of the model.
    dates : sequence of float, Year
        Saved ones.

    Returns
    -------
    Dataset or None
        As from `series_in_draws`.
    """
    question = _told(ds)
    if question is None:
        return None
    first = replace(question, pathways=question.pathways[:1])
    return _series(first, tuple(names), load_model().sha256, tuple(dates))


def _told(ds: xr.Dataset) -> WorldsAsked | None:
    """What is to be drawn for a run; None where nothing is told of its draws."""
    if not wants_odds(ds) or no_odds(ds):
        return None
    question = worlds_asked(ds)
    return question if question.draws.draws >= LEAST_DRAWS else None


# Pictures of one page, and of both of its sizes, share what was drawn.
@lru_cache(maxsize=8)
def _series(
    question: WorldsAsked, names: Sequence[str], _model: Hashable, dates: Sequence[float] = ()
) -> xr.Dataset | None:
    cloud = sweep(
        question.draws.made(),
        question.pathways,
        outputs=names,
        reductions=At(dates or _dates(question.first, question.last)),
        time_step=question.time_step,
        final_time=question.last,
        beyond_range=True,
    )
    # Of a draw that broke down under a pathway nothing is told under that one.
    sound = cloud["status"] == 0
    if not bool(sound.any()):
        return None
    kept = cloud.drop_vars(["status", "drawn"]).rename(year="time")
    return kept if bool(sound.all()) else kept.where(sound)


def _dates(first: float, last: float) -> list[float]:
    quarters = np.arange(first, min(QUARTERLY_UNTIL, last) + 0.01, 0.25)
    years = np.arange(QUARTERLY_UNTIL + 1, last + 0.01, 1.0)
    return [float(date) for date in (*quarters, *years)]
