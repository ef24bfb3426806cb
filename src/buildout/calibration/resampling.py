"""Importance resampling: draws of the prior, kept as often as they are likely."""

import numpy as np

from buildout.vensim.arrays import Floats


def log_likelihood(modelled: Floats, values: Floats, sd: Floats) -> Floats:
    """Of each draw, up to a constant: independent normal errors.

    Parameters
    ----------
    modelled : array, (draw, row)
        NaN, of a draw that broke down, is as unlikely as can be.
    values, sd : array, (row,)

    Returns
    -------
    array, (draw,)
    """
    squares = (((modelled - values) / sd) ** 2).sum(axis=1)
    return np.where(np.isfinite(squares), -squares / 2, -np.inf)


def importance_weights(log_likelihoods: Floats) -> Floats:
    """Weights of draws of the prior for the posterior, (draw,); their sum is 1.

    Examples
    --------
    >>> importance_weights(np.log(np.array([1.0, 3.0]))).round(2).tolist()
    [0.25, 0.75]
    """
    weights = np.exp(log_likelihoods - log_likelihoods.max())
    scaled: Floats = weights / weights.sum()
    return scaled


def effective_size(weights: Floats) -> float:
    """Effective sample size (Kong, Liu & Wong 1994): that many equal draws would say as much.

    Examples
    --------
    >>> effective_size(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    return float(1 / (weights**2).sum())


def systematic_resample(weights: Floats, size: int, rng: np.random.Generator) -> np.ndarray:
    """Places of the draws that are kept, each about as often as its weight says, in order.

    One random number shifts a comb of equal steps over the sum of the weights (Kitagawa 1996): a
    draw of weight w is kept w times `size`, rounded down or up.

    Parameters
    ----------
    weights : array, (draw,)
    size : int
        How many are kept.
    rng : Generator

    Returns
    -------
    array of int, (size,)
    """
    sums = np.cumsum(weights)
    comb = (np.arange(size) + rng.random()) / size * sums[-1]
    kept: np.ndarray = np.minimum(np.searchsorted(sums, comb, side="right"), len(sums) - 1)
    return kept
