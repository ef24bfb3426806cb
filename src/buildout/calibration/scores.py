"""How good a forecast was: of draws against one value each, and of a run against a series.

All of it is written in a few lines of NumPy, because the libraries that have it (properscoring,
scoringrules) bring compilers for what takes milliseconds here.
"""

from dataclasses import asdict, dataclass

import numpy as np

from buildout.vensim.arrays import Floats

SCORED_BAND = (0.05, 0.95)


def with_error(draws: Floats, sd: Floats, rng: np.random.Generator) -> Floats:
    """Draws of what would be observed: those of the model with the error of an observation.

    Parameters
    ----------
    draws : array, (draw, row)
    sd : array, (row,)
        In the unit of each row.
    rng : Generator

    Returns
    -------
    array, (draw, row)
    """
    wide: Floats = draws + sd * rng.standard_normal(draws.shape)
    return wide


def crps(draws: Floats, observed: Floats) -> Floats:
    """Continuous ranked probability score, the mean distance of a forecast in the row's unit.

    For one draw it is the absolute error. Over draws it is the fair estimate of
    E|X - y| - E|X - X'| / 2 (Gneiting & Raftery 2007, doi:10.1198/016214506000001437; Ferro 2014,
    doi:10.1002/qj.2270), so that forecasts of few draws and of many can be compared.

    Parameters
    ----------
    draws : array, (draw, row)
    observed : array, (row,)

    Returns
    -------
    array, (row,)

    Examples
    --------
    >>> float(crps(np.array([[1.0], [3.0]]), np.array([2.0]))[0])
    0.0
    """
    count = len(draws)
    error: Floats = np.abs(draws - observed).mean(axis=0)
    if count == 1:
        return error
    ranked = np.sort(draws, axis=0)
    # Sum over pairs of |x_i - x_j| is 2 sum_i (2i - n + 1) x_(i) / 2, with i from 0.
    place = 2 * np.arange(count)[:, None] - count + 1
    apart = (place * ranked).sum(axis=0) * 2 / (count * (count - 1))
    score: Floats = error - apart / 2
    return score


def probability_integral(draws: Floats, observed: Floats) -> Floats:
    """Share of the draws below what was observed; half of those that meet it.

    Over many observations of a forecast that knows its own uncertainty these are even on 0 to 1.
    """
    below: Floats = (draws < observed).mean(axis=0) + (draws == observed).mean(axis=0) / 2
    return below


def in_band(draws: Floats, observed: Floats, shares: tuple[float, float] = SCORED_BAND) -> Floats:
    """Whether the observed value lies between two quantiles of the draws: 1 or 0."""
    low, high = np.quantile(draws, shares, axis=0)
    inside: Floats = ((low <= observed) & (observed <= high)).astype(float)
    return inside


def interval_score(
    low: Floats, high: Floats, observed: Floats, shares: tuple[float, float] = SCORED_BAND
) -> Floats:
    """Width of a band, and what it missed, weighted by how seldom that should be.

    Gneiting & Raftery 2007, equation 43: lowest in the mean for the true quantiles.

    Parameters
    ----------
    low, high : array, (row,)
        Quantiles of the forecast.
    observed : array, (row,)
    shares : (float, float)
        Of which shares `low` and `high` are the quantiles; the same mass is left on both sides.

    Returns
    -------
    array, (row,)
        In the unit of each row.

    Examples
    --------
    >>> round(float(interval_score(np.array([1.0]), np.array([3.0]), np.array([3.5]))[0]), 9)
    12.0
    """
    outside = 1 - (shares[1] - shares[0])
    missed = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
    score: Floats = high - low + 2 / outside * missed
    return score


@dataclass(frozen=True)
class Theil:
    """Errors of a run against a series and where they come from (Theil 1966; Sterman 1984).

    Attributes
    ----------
    count : int
        Observations.
    mean_error : float
        Model less observed, over the mean observed.
    mean_absolute_error : float
        Over the mean observed.
    root_mean_square : float
        Over the mean observed.
    bias, variation, covariation : float
        Shares of the mean square error: a wrong mean, a wrong spread, the wrong moments. NaN where
        there is no error, or one observation.
    """

    count: int
    mean_error: float
    mean_absolute_error: float
    root_mean_square: float
    bias: float
    variation: float
    covariation: float

    def row(self) -> dict[str, float]:
        """As cells of a table."""
        return asdict(self)


def theil(modelled: Floats, observed: Floats) -> Theil:
    """Theil's statistics of a run against a series.

    Parameters
    ----------
    modelled, observed : array, (observation,)

    Returns
    -------
    Theil

    Examples
    --------
    >>> theil(np.array([2.0, 4.0]), np.array([1.0, 3.0])).bias
    1.0
    """
    error = modelled - observed
    level = abs(float(observed.mean())) or float("nan")
    square = float((error**2).mean())
    shares = (float("nan"),) * 3
    if square > 0 and len(observed) > 1:
        spread, other = modelled.std(), observed.std()
        bias = float(error.mean() ** 2) / square
        variation = float((spread - other) ** 2) / square
        shares = (bias, variation, max(0.0, 1 - bias - variation))
    return Theil(
        len(observed),
        float(error.mean()) / level,
        float(np.abs(error).mean()) / level,
        square**0.5 / level,
        *shares,
    )
