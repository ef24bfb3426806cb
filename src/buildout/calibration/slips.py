"""How late plants start: a log-logistic law of slips by kind of maker, fitted by likelihood.

A slip is first output less the first date that the owner announced. Its law is
slip = (median + shift) (u / (1 - u))^shape - shift with u uniform from 0 to 1; the makers differ
by their medians and share one shape. Intervals are profile likelihoods, because with a dozen rows
a curvature at the top says little about the sides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import optimize, stats
from scipy.special import expit, logit

from buildout.errors import InputError

CONFIDENCE = 0.9
# Dates are told by month, quarter or half year: a slip is known to a tenth of a year at best.
HALF_WIDTH = 0.1  # Year
# The widest common factor that is thought of: a sixth of all waves late by a factor of e or more.
MOST_SPREAD = 1.0


@dataclass(frozen=True)
class SlipSample:
    """Slips of some plants.

    Attributes
    ----------
    slip : array, (n,), years
        Of a plant that is still to come: how late it is so far.
    to_come : array of bool, (n,)
        Not started when the record ends: the slip is at least the given one.
    group : array of int, (n,)
        Which median is the plant's, from 0.
    """

    slip: np.ndarray
    to_come: np.ndarray
    group: np.ndarray


@dataclass(frozen=True)
class SlipLaw:
    """A fitted law of slips.

    Attributes
    ----------
    quantile, quantile_low, quantile_high : array, (group,), years
        Slip at the share that was asked for, with its 90% profile-likelihood interval.
    shape, shape_low, shape_high : float, Dmnl
    log_likelihood : float
    """

    quantile: np.ndarray
    quantile_low: np.ndarray
    quantile_high: np.ndarray
    shape: float
    shape_low: float
    shape_high: float
    log_likelihood: float


def slip_at(
    share: float | np.ndarray, median: float, shape: float, shift: float = 0.0
) -> float | np.ndarray:
    """Slip that a share of the plants does not exceed.

    Parameters
    ----------
    share : float or array, Dmnl
        Between 0 and 1.
    median, shift : float, years
    shape : float, Dmnl

    Returns
    -------
    float or array, years

    Examples
    --------
    >>> slip_at(0.5, 0.7, 0.79), round(slip_at(0.9, 0.7, 0.79), 2)
    (0.7, 3.97)
    """
    odds = share / (1.0 - share)
    return (median + shift) * odds**shape - shift


def fit_slips(sample: SlipSample, *, shift: float = 0.0, share: float = 0.5) -> SlipLaw:
    """Maximum-likelihood law of some slips, each known to a tenth of a year.

    Parameters
    ----------
    sample : SlipSample
    shift : float, years
        How early a plant can be.
    share : float, Dmnl
        The law is described by its slip at this share: 0.5 for medians.

    Returns
    -------
    SlipLaw

    Raises
    ------
    InputError
        With fewer than two started plants in a group, or when all slips of all groups are alike,
        which bounds no law.

    Notes
    -----
    The ends of the profile are solved for directly (Venzon and Moolgavkar 1988, Applied
    Statistics 37, 87-94): the likelihood is at its limit there and the other parameters at their
    best.
    """
    likelihood = _Likelihood(sample, shift, float(logit(share)))
    best = _maximum(likelihood)
    ends = [[_end(likelihood, best, i, sign) for i in range(best.size)] for sign in (-1, 1)]
    low, high = (np.exp(np.array(end)) for end in ends)
    return SlipLaw(
        quantile=np.exp(best[:-1]) - shift,
        quantile_low=low[:-1] - shift,
        quantile_high=high[:-1] - shift,
        shape=float(np.exp(best[-1])),
        shape_low=float(low[-1]),
        shape_high=float(high[-1]),
        log_likelihood=likelihood(best)[0],
    )


@dataclass(frozen=True)
class CommonFactor:
    """A factor on all slips of a wave of projects, lognormal with the median 1.

    Attributes
    ----------
    spread : float, Dmnl
        The likeliest standard deviation of its logarithm.
    low, high : float, Dmnl
        5% and 95% points of the factor of a wave to come, whatever the spread may be.
    """

    spread: float
    low: float
    high: float


def fit_common_factor(sample: SlipSample, wave: np.ndarray) -> CommonFactor:
    """How far slips of one wave go together, beyond what is each plant's own.

    Parameters
    ----------
    sample : SlipSample
    wave : array of int, (n,)
        Which plants share a factor.

    Returns
    -------
    CommonFactor

    Raises
    ------
    InputError
        As `fit_slips`.

    Notes
    -----
    Medians and shape are integrated out by Laplace's method: at their best they would take up what
    few waves have in common (Patterson and Thompson 1971, Biometrika 58, 545-554). Few waves say
    little of a spread, so all spreads up to `MOST_SPREAD` are weighted by their likelihood (the
    flat prior of Gelman 2006, Bayesian Analysis 1, 515-534); the factor to come is their mixture.
    """
    likelihood = _Likelihood(sample, 0.0, 0.0)
    theta = _maximum(likelihood)
    # Evenly: what many plants say of their factor is narrower than nodes of Gauss lie apart.
    points = np.linspace(-5.0, 5.0, 161)
    weights = stats.norm.pdf(points)
    members = [np.flatnonzero(wave == number) for number in np.unique(wave)]

    def unlikely(theta: np.ndarray, spread: float) -> float:
        chances = np.log(likelihood.chances(theta, spread * points))
        together = [np.exp(chances[:, plants].sum(axis=1)) @ weights for plants in members]
        return float(-np.log(np.array(together) / weights.sum()).sum())

    spreads = np.linspace(0.0, MOST_SPREAD, 21)
    logs = np.empty(spreads.size)
    for i, spread in enumerate(spreads):
        best = optimize.minimize(unlikely, theta, args=(spread,), method="BFGS", tol=1e-9)
        theta, width = best.x, _second(partial(unlikely, spread=spread), best.x)
        logs[i] = -best.fun - np.linalg.slogdet(width)[1] / 2
    mixed = np.exp(logs - logs.max())
    scales = np.maximum(spreads, 1e-9)

    def beyond(log_factor: float) -> float:
        return float(
            mixed @ stats.norm.sf(log_factor / scales) / mixed.sum() - (1 - CONFIDENCE) / 2
        )

    high = float(np.exp(optimize.brentq(beyond, 1e-9, 10 * MOST_SPREAD)))
    return CommonFactor(spread=float(spreads[logs.argmax()]), low=1 / high, high=high)


@dataclass(frozen=True)
class _Likelihood:
    """Of the logarithms of the groups' shifted quantiles and, last, of the shape."""

    sample: SlipSample
    shift: float
    at: float  # The log odds of the share whose slip describes the law.

    def guess(self) -> np.ndarray:
        """Where to look for the top, if the sample can have one."""
        groups = int(self.sample.group.max()) + 1
        started = np.bincount(self.sample.group[~self.sample.to_come], minlength=groups)
        if np.any(started < 2):
            raise InputError("A law of slips needs at least two started plants of every maker.")
        spreads = [np.ptp(self.sample.slip[self.sample.group == g]) for g in range(groups)]
        if max(spreads) <= 2 * HALF_WIDTH:
            raise InputError(
                "Slips that differ by less than their dates are known to bound no law."
            )
        slips = np.maximum(self.sample.slip, HALF_WIDTH) + self.shift
        middle = [np.log(np.median(slips[self.sample.group == g])) for g in range(groups)]
        theta: np.ndarray = np.array([*(m + 0.7 * self.at for m in middle), np.log(0.7)])
        return theta

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Log-likelihood and its gradient."""
        below, above = self._ends(theta)
        chance = _between(below, above)
        dense_below, dense_above = (expit(z) * expit(-z) for z in (below, above))
        by_place = -(dense_above - dense_below) / np.exp(theta[-1]) / chance
        by_shape = -(self._arm(above) * dense_above - self._arm(below) * dense_below) / chance
        places = np.bincount(self.sample.group, by_place, minlength=theta.size - 1)
        gradient: np.ndarray = np.array([*places, by_shape.sum()])
        return float(np.log(chance).sum()), gradient

    def chances(self, theta: np.ndarray, common: np.ndarray) -> np.ndarray:
        """Chance of each slip, by the logarithm of a factor on all: common x plants."""
        below, above = (end - common[:, None] / np.exp(theta[-1]) for end in self._ends(theta))
        return _between(below, above)

    def _ends(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log odds between which each slip lies."""
        to_come, slip = self.sample.to_come, self.sample.slip + self.shift
        below = self._odds(np.where(to_come, slip, slip - HALF_WIDTH), theta)
        return below, np.where(to_come, np.inf, self._odds(slip + HALF_WIDTH, theta))

    def _odds(self, slip: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """Log odds of the law at a shifted slip; minus infinity where no slip can be."""
        with np.errstate(divide="ignore"):
            place = np.log(np.maximum(slip, 0.0))
        odds: np.ndarray = (place - theta[self.sample.group]) / np.exp(theta[-1]) + self.at
        return odds

    def _arm(self, odds: np.ndarray) -> np.ndarray:
        arm: np.ndarray = np.where(np.isfinite(odds), odds - self.at, 0.0)
        return arm


def _between(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    # Differences of the smaller tails, so that far slips keep their digits.
    tails = np.where(below > 0, expit(-below) - expit(-above), expit(above) - expit(below))
    chance: np.ndarray = np.maximum(tails, 1e-300)
    return chance


def _maximum(likelihood: _Likelihood) -> np.ndarray:
    def downhill(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = likelihood(theta)
        return -value, -slope

    rough = optimize.minimize(downhill, likelihood.guess(), jac=True, method="BFGS").x
    best = optimize.root(lambda theta: likelihood(theta)[1], rough, tol=1e-13)
    if not np.allclose(likelihood(best.x)[1], 0.0, atol=1e-7):
        raise InputError("These slips bound no law: their likelihood has no top.")
    top: np.ndarray = best.x
    return top


def _end(likelihood: _Likelihood, best: np.ndarray, i: int, sign: int) -> float:
    """Where the profile of one parameter falls to the limit of the interval."""
    drop = float(stats.chi2.ppf(CONFIDENCE, 1)) / 2
    limit = likelihood(best)[0] - drop

    def off(theta: np.ndarray) -> np.ndarray:
        value, slope = likelihood(theta)
        slope[i] = value - limit
        return slope

    spread = np.linalg.inv(-_curvature(likelihood, best))
    start = best + sign * np.sqrt(2 * drop / spread[i, i]) * spread[i]
    end = optimize.root(off, start, tol=1e-13)
    if not np.allclose(off(end.x), 0.0, atol=1e-7) or (end.x[i] - best[i]) * sign <= 0:
        raise InputError("These slips bound no interval: their likelihood does not fall off.")
    return float(end.x[i])


def _curvature(likelihood: _Likelihood, best: np.ndarray) -> np.ndarray:
    step = 1e-5 * np.eye(best.size)
    rows = [(likelihood(best + s)[1] - likelihood(best - s)[1]) / 2e-5 for s in step]
    return np.array(rows)


def _second(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Second derivatives of a smooth function of a few numbers."""
    step = 1e-3 * np.eye(at.size)
    rows = [
        [
            function(at + a + b)
            - function(at + a - b)
            - function(at - a + b)
            + function(at - a - b)
            for b in step
        ]
        for a in step
    ]
    second: np.ndarray = np.array(rows) / (4 * 1e-6)
    return second
