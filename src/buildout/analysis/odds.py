"""The odds of a run's verdict: the same pathways over joint draws, beside the run itself."""

import json

import xarray as xr

from buildout.analysis.named_worlds import with_named_worlds
from buildout.analysis.worlds import asked_draws, of_this_model, worlds
from buildout.errors import ResultsError
from buildout.outcomes.deadline import no_verdict
from buildout.outcomes.home_odds import home_odds
from buildout.outcomes.odds import odds_of
from buildout.sampling.draws import Design

DRAWN_WITH = "Batch"


def odds(
    ds: xr.Dataset,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
) -> xr.Dataset:
    """How likely the verdict of a run is, and where the run lies among its draws.

    All uncertainties, the initial state and luck are drawn together, from the distributions of
    parameters.csv; what the run sets, such as a regime of the rule, stays set. Every pathway meets
    the same draws, and they are those of `buildout sweep`.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of the model that comes with buildout.
    draws, seed : int, optional
        Of the Latin hypercube; 1,000 and 1 by default, or what the run was asked for.
    design : Design, optional
        In their place, such as from `load_design`.

    Returns
    -------
    Dataset
        (pathway, magnet_class): `coverage_2027_p05`, `_p50`, `_p95`; `share_covered_2027` with its
        Monte Carlo interval `_low`, `_high`; `full_coverage_year_p05`, `_p50`, `_p95` over all
        draws, NaN for "not before the end"; `share_ever_covered`; `share_unknown`;
        `slip_months_p05`, `_p50`, `_p95` after 1 January 2027; `percentile_of_run`, 0 to 100;
        `draws`; and the run's own coverage in the worlds of `NAMED`. (pathway, year):
        `us_magnet_output_p05`, `_p50`, `_p95` and `us_magnet_output_percentile_of_run`.
        (pathway, line): when the stage serves the direct market from home, `home_year_p05`,
        `_p50`, `_p95`, with `share_ever_home` and `share_home_unknown`.

    Raises
    ------
    ResultsError
        When the run has no verdict, is of another model, or does not come from the compiled engine.

    Examples
    --------
    >>> import buildout as bo
    >>> chances = odds(bo.simulate("status-quo"), draws=32)
    >>> chances["share_covered_2027"].dims, int(chances["draws"].max())
    (('pathway', 'magnet_class'), 32)
    """
    if reason := no_odds(ds):
        raise reason
    cloud = worlds(ds, draws=draws, seed=seed, design=design)
    chances = with_named_worlds(odds_of(cloud, ds), ds)
    return chances.assign(home_odds(cloud).data_vars)


def odds_if_any(ds: xr.Dataset) -> xr.Dataset | None:
    """The odds of a run; None where it has none, or where none were asked for."""
    return None if not wants_odds(ds) or no_odds(ds) else odds(ds)


def wants_odds(ds: xr.Dataset) -> bool:
    """Whether nobody asked for a run without odds."""
    return asked_draws(ds).get("draws") != 0


def no_odds(ds: xr.Dataset) -> ResultsError | None:
    """Why a run has no odds, None where it has."""
    if reason := no_verdict(ds):
        return reason
    if not of_this_model(ds):
        return ResultsError(
            "These results are of another model than the one that comes with buildout.",
            cure="Draw with that model: `sweep(..., model=...)`.",
        )
    if ds.attrs.get("engine") != DRAWN_WITH:
        return ResultsError(
            f"These results come from the engine {ds.attrs.get('engine')}.",
            "Odds are drawn with the compiled one, and stand beside its runs.",
        )
    settings = json.loads(ds.attrs.get("settings", "{}"))
    if not set(map(str, ds["pathway"].values)) <= set(settings):
        return ResultsError("These results do not say what was set in each pathway.")
    return None
