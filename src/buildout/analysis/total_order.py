"""Total Sobol' indices: the share of an outcome's variance that nothing explains without a factor.

The estimators are SALib's (Jansen 1999; Saltelli 2010), which take draws in blocks: a plain sample
of the same length gives them nonsense without a word, so that here it is refused.
"""

import json

import numpy as np
import xarray as xr

from buildout._util.extras import needed
from buildout.analysis.sensitivity import require_design, swept_outcome
from buildout.errors import InputError, ResultsError
from buildout.sampling.draws import SALTELLI
from buildout.sampling.saltelli import LEAST_PAIRS
from buildout.simulation.display import Results
from buildout.sweeps.assemble import FACTORS, SECOND_ORDER
from buildout.vensim.arrays import Floats, Truths

#: What is estimated of each factor: meaning. All Dmnl.
INDICES = {
    "first": "share of the variance that the factor explains by itself",
    "first_conf": "half the width of its interval of 95% (bootstrap)",
    "total": "share of the variance that is left when all but the factor is known",
    "total_conf": "half the width of its interval of 95% (bootstrap)",
}
_SALIB = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
RESAMPLES = 200
_SEED = 1
# Apart by less is rounding.
_SAME = 1e-12


def total_order(ds: xr.Dataset, outcome: str) -> xr.Dataset:
    """First and total Sobol' indices of each factor, with their bootstrap intervals.

    Parameters
    ----------
    ds : Dataset
        From `sweep(saltelli(...))`. Blocks in which a draw broke down are left out.
    outcome : str
        A variable of it, such as "defense_coverage".

    Returns
    -------
    Dataset, (pathway, factor, ...), Dmnl
        The variables of `INDICES`. Total indices sum to more than one where factors act together.
        NaN where the outcome does not vary.

    Raises
    ------
    ResultsError
        When the sweep is of another design; its cure says which.
    UnknownNameError
        When the sweep has no such outcome.
    InputError
        For an outcome that is missing in some draws, and where SALib is not installed.

    Examples
    --------
    >>> from buildout import saltelli, sweep
    >>> ds = sweep(saltelli(64, seed=1, vary="coord*"), "status-quo", outputs="coordination")
    >>> total_order(ds, "coordination_final")["total"].dims
    ('pathway', 'factor')
    """
    values = swept_outcome(ds, outcome).transpose("pathway", "draw", ...)
    require_design(
        ds,
        SALTELLI,
        "Total indices need the draws of `saltelli(...)` (`--design saltelli`); "
        "`first_order` and `rank_correlation` take others.",
    )
    factors = json.loads(ds.attrs[FACTORS])
    second_order = bool(json.loads(ds.attrs[SECOND_ORDER]))
    rest, shape = values.dims[2:], values.shape[2:]
    indices = {name: np.full((len(values), len(factors), *shape), np.nan) for name in INDICES}
    for p in range(len(values)):
        sound = sound_blocks(ds["status"].values[p] == 0, len(factors), second_order)
        for place in np.ndindex(*shape):
            column = values.values[(p, sound, *place)].astype(float)
            if np.isnan(column).any():
                raise InputError(
                    f"`{outcome}` is missing in some draws, so it has no variance.",
                    cure="Take an outcome at a date; `why` judges dates by their side.",
                )
            for name, own in sobol_indices(column, factors, second_order).items():
                indices[name][(p, slice(None), *place)] = own
    coords = {"factor": factors, **{d: ds[d] for d in ("pathway", *rest) if d in ds.coords}}
    return Results(
        {
            name: (
                ("pathway", "factor", *rest),
                array,
                {"long_name": f"{INDICES[name]}, of {outcome}", "units": "Dmnl"},
            )
            for name, array in indices.items()
        },
        coords,
    )


def sobol_indices(
    values: Floats, factors: list[str], second_order: bool = False
) -> dict[str, Floats]:
    """The indices of `INDICES` from an outcome in whole blocks of a Saltelli design.

    Parameters
    ----------
    values : array, (draw,)
    factors : list of str
    second_order : bool
        Whether the design has the draws for pairs of factors.

    Returns
    -------
    dict of str to array, (factor,)
        NaN where the outcome does not vary between independent draws.
    """
    block = len(factors) * (2 if second_order else 1) + 2
    pairs = np.concatenate([values[::block], values[block - 1 :: block]])
    if not len(pairs) or np.ptp(pairs) <= _SAME * np.abs(pairs).max():
        return {name: np.full(len(factors), np.nan) for name in INDICES}
    problem = {"num_vars": len(factors), "names": factors, "bounds": [[0, 1]] * len(factors)}
    estimates = needed("SALib.analyze.sobol").analyze(
        problem,
        values,
        calc_second_order=second_order,
        num_resamples=RESAMPLES,
        seed=_SEED,
    )
    return {name: np.asarray(estimates[key], float) for name, key in _SALIB.items()}


def sound_blocks(sound: Truths, factors: int, second_order: bool = False) -> Truths:
    """Which draws are in a block of a Saltelli design that ended well throughout.

    Raises
    ------
    ResultsError
        When the draws are no whole blocks, or too few are sound.
    """
    block = factors * (2 if second_order else 1) + 2
    if len(sound) % block:
        raise ResultsError(
            f"There are {len(sound):,} draws, and blocks of {factors} factors have {block}.",
            cure="Sweep the whole design.",
        )
    whole = np.asarray(sound.reshape(-1, block).all(axis=1))
    if whole.sum() < LEAST_PAIRS:
        raise ResultsError(
            f"In {int(whole.sum()):,} of {len(whole):,} blocks every draw ended well.",
            f"At least {LEAST_PAIRS} are accepted.",
            "Take more pairs of points, or narrower ranges.",
        )
    kept: Truths = np.repeat(whole, block)
    return kept
