"""An ensemble smoother with multiple data assimilation (Emerick & Reynolds 2013, ES-MDA).

All draws are moved together towards what was observed, in a few steps, each with errors widened so
that the steps count together as one (doi:10.1016/j.cageo.2012.03.011). It needs some thousand runs
where importance resampling needs a hundred thousand, and is exact only where the model is a line
and all is normal, so the two are compared.

Parameters are moved as normal scores: shares of their distributions, through the quantiles of the
normal one, so that they stay inside their ranges. With more parameters than draws can tell apart,
chance correlations would narrow what nothing was observed of: those below what chance makes the
largest of (the universal threshold, as in Luo & Bhakta 2020, doi:10.1016/j.petrol.2019.106559) are
taken for none.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, ndtri

from buildout.vensim.arrays import Floats, Truths

SMOOTHER_STEPS = 4
# No normal score is infinite.
_INSIDE = 1e-9


def smoothed(
    shares: Floats,
    run: Callable[[Floats], Floats],
    values: Floats,
    sd: Floats,
    *,
    moved: Truths,
    rng: np.random.Generator,
    before: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Draws that agree with what was observed.

    Parameters
    ----------
    shares : array, (draw, parameter)
        Of the prior, from 0 to 1.
    run : callable
        Shares -> what each draw says of each observation, (draw, row); NaN for a broken draw,
        which is not moved in that step.
    values, sd : array, (row,)
        Observations and their errors.
    moved : array of bool, (parameter,)
        What is moved; the others, such as switches, stay as drawn.
    rng : Generator
        Of the errors of the observations.
    before : array, (draw, row), optional
        What the prior draws say, where that is known.

    Returns
    -------
    shares : array, (draw, parameter)
    modelled : array, (draw, row)
        What they say of each observation.
    """
    after, modelled = smoothed_together(
        shares[None], run, values[None], sd[None], moved=moved, rng=rng, before=before
    )
    return after[0], modelled[0]


def smoothed_together(
    shares: Floats,
    run: Callable[[Floats], Floats],
    values: Floats,
    sd: Floats,
    *,
    moved: Truths,
    rng: np.random.Generator,
    before: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Several ensembles, each with observations of its own, run in one go.

    Parameters
    ----------
    shares : array, (ensemble, draw, parameter)
    run : callable
        All draws of all ensembles, (ensemble * draw, parameter) -> (ensemble * draw, row).
    values, sd : array, (ensemble, row)
    moved, rng, before
        As for `smoothed`.

    Returns
    -------
    shares : array, (ensemble, draw, parameter)
    modelled : array, (ensemble, draw, row)
    """
    shares = shares.copy()
    count, size, parameters = shares.shape
    flat = shares.reshape(-1, parameters)
    modelled = run(flat) if before is None else before
    for _ in range(SMOOTHER_STEPS):
        for place, said in enumerate(modelled.reshape(count, size, -1)):
            shares[place] = _moved_once(shares[place], said, values[place], sd[place], moved, rng)
        modelled = run(flat)
    return shares, modelled.reshape(count, size, -1)


def _moved_once(
    shares: Floats,
    modelled: Floats,
    values: Floats,
    sd: Floats,
    moved: Truths,
    rng: np.random.Generator,
) -> Floats:
    sound = np.isfinite(modelled).all(axis=1)
    scores = ndtri(np.clip(shares[np.ix_(sound, moved)], _INSIDE, 1 - _INSIDE))
    scores = scores + _step(scores, (modelled[sound] - values) / sd, float(SMOOTHER_STEPS), rng)
    after = shares.copy()
    after[np.ix_(sound, moved)] = np.clip(ndtr(scores), _INSIDE, 1 - _INSIDE)
    return after


def _step(scores: Floats, scaled: Floats, widened: float, rng: np.random.Generator) -> Floats:
    """Change of every score; `scaled` is modelled less observed, in errors."""
    count = len(scores)
    apart, spread = scores - scores.mean(axis=0), scaled - scaled.mean(axis=0)
    together = significant(apart.T @ spread / (count - 1), apart, spread)
    among = spread.T @ spread / (count - 1)
    gain = np.linalg.solve(among + widened * np.eye(len(among)), together.T)
    errors = np.sqrt(widened) * rng.standard_normal(scaled.shape)
    change: Floats = (errors - scaled) @ gain
    return change


def significant(together: Floats, apart: Floats, spread: Floats) -> Floats:
    """Covariances of parameters with rows; zero where chance makes as large correlations.

    Among n draws a correlation of nothing has the standard error 1 / sqrt(n), and the largest of p
    such is about sqrt(2 ln p) times that.
    """
    count, parameters = apart.shape
    scale = np.outer(apart.std(axis=0, ddof=1), spread.std(axis=0, ddof=1))
    least = np.sqrt(2 * np.log(max(parameters, 2)) / count)
    kept: Floats = np.where(np.abs(together) > least * scale, together, 0.0)
    return kept
