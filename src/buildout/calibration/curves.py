"""Curves through a few observed points: ramps, growth, a price that falls back after a spike.

Everything here is least squares on one to three parameters: with three to ten points a richer
method would only look better.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, stats

from buildout.errors import InputError

CONFIDENCE = 0.9  # of the intervals in fit.json


@dataclass(frozen=True)
class Fit:
    """One fitted number.

    Attributes
    ----------
    value, low, high : float
        Best value and its 90% interval. Of curves it is Student's t on the linearized problem
        (time constants are fitted as logarithms, so that their interval stays positive); the
        method says where it is another one.
    unit : str
        Of the three.
    rmse : float or None
        Root mean square residual, in the unit of the data; None where no curve was fitted.
    points : int
        Number of observations used.
    method : str
        What was minimized or assumed.
    data : tuple of str
        Rows used, as "series start-end: value unit [source]".
    """

    value: float
    low: float
    high: float
    unit: str
    rmse: float | None
    points: int
    method: str
    data: tuple[str, ...] = ()


def ramp_share(
    start: np.ndarray, end: np.ndarray, first_product: float, ramp_time: float
) -> np.ndarray:
    """Mean output over nameplate in periods of a first-order ramp.

    The ramp is 1 - exp(-(t - first product) / ramp time); this is its mean from start to end,
    because reports give tonnes of a period and not a rate at its middle.

    Parameters
    ----------
    start, end : array, (n,), decimal years
        Periods; the part before the first product counts with zero output.
    first_product : float, decimal year
        When the ramp begins.
    ramp_time : float, years
        Time constant; after three of them 95% of nameplate is reached.

    Returns
    -------
    array, (n,), Dmnl

    Examples
    --------
    >>> ramp_share(np.array([0.0, 1.0]), np.array([1.0, 2.0]), 0.0, 1.0).round(4).tolist()
    [0.3679, 0.7675]
    """
    start, end = np.asarray(start, float), np.asarray(end, float)
    a = np.maximum(start - first_product, 0.0)
    b = np.maximum(end - first_product, 0.0)
    area = (b - a) - ramp_time * (np.exp(-a / ramp_time) - np.exp(-b / ramp_time))
    share: np.ndarray = area / (end - start)
    return share


def fit_ramp(
    start: np.ndarray,
    end: np.ndarray,
    output: np.ndarray,
    *,
    first_product: float,
    nameplate: float,
) -> Fit:
    """Time constant of a plant's ramp-up, from the tonnes it made in successive periods.

    Parameters
    ----------
    start, end : array, (n,), decimal years
    output : array, (n,), t
        Made in each period.
    first_product : float, decimal year
    nameplate : float, t/Year

    Returns
    -------
    Fit
        In Year.

    Raises
    ------
    InputError
        With fewer than two periods, or output at or above nameplate throughout (no ramp).

    Examples
    --------
    >>> t = np.arange(4.0)
    >>> made = 100 * ramp_share(t, t + 1, 0.0, 2.0)
    >>> round(fit_ramp(t, t + 1, made, first_product=0.0, nameplate=100.0).value, 6)
    2.0
    """
    start, end, output = (np.asarray(v, float) for v in (start, end, output))
    if output.size < 2:
        raise InputError("A ramp needs output in at least two periods.")
    share = output / (end - start) / nameplate
    if np.all(share >= 1.0):
        raise InputError("Output is at or above nameplate throughout: there is no ramp to fit.")

    def residuals(p: np.ndarray) -> np.ndarray:
        off: np.ndarray = ramp_share(start, end, first_product, np.exp(p[0])) - share
        return off

    method = "least squares on output/nameplate by period"
    return _transformed(_least_squares(residuals, [0.7], "Year", method), np.exp)


def fit_ramp_and_output(
    start: np.ndarray, end: np.ndarray, output: np.ndarray, *, first_product: float
) -> tuple[Fit, Fit]:
    """Time constant of a ramp-up and the output it ends at, where no nameplate is known.

    Parameters
    ----------
    start, end : array, (n,), decimal years
    output : array, (n,), t
        Made in each period.
    first_product : float, decimal year

    Returns
    -------
    tuple of Fit
        Time constant in Year, output at full feed in t/Year.

    Raises
    ------
    InputError
        With fewer than three periods.

    Examples
    --------
    >>> t = np.arange(5.0)
    >>> made = 100 * ramp_share(t, t + 1, 0.0, 2.0)
    >>> time, full = fit_ramp_and_output(t, t + 1, made, first_product=0.0)
    >>> round(time.value, 6), round(full.value, 4)
    (2.0, 100.0)
    """
    start, end, output = (np.asarray(v, float) for v in (start, end, output))
    if output.size < 3:
        raise InputError("A ramp without a nameplate needs output in at least three periods.")
    rate = output / (end - start)
    guess = [0.3, float(np.log(rate.max()))]

    def residuals(log_time: float, log_full: float) -> np.ndarray:
        share = ramp_share(start, end, first_product, np.exp(log_time))
        off: np.ndarray = np.exp(log_full) * share - rate
        return off

    method = "least squares on output by period, time constant and full output together"
    time = _least_squares(lambda p: residuals(p[0], p[1]), guess, "Year", method)
    full = _least_squares(lambda p: residuals(p[1], p[0]), guess[::-1], "t/Year", method)
    return _transformed(time, np.exp), _transformed(full, np.exp)


def fit_growth(time: np.ndarray, value: np.ndarray) -> Fit:
    """Yearly growth of something that grows exponentially, from the slope of its logarithm.

    Parameters
    ----------
    time : array, (n,), decimal years
    value : array, (n,)
        Positive, any unit.

    Returns
    -------
    Fit
        Growth per year (0.1 is 10% a year, exp(slope) - 1), in 1/Year.

    Examples
    --------
    >>> round(fit_growth(np.arange(5.0), 3.0 * 1.2 ** np.arange(5.0)).value, 6)
    0.2
    """
    time, value = np.asarray(time, float), np.asarray(value, float)
    if time.size < 3 or np.any(value <= 0):
        raise InputError("Growth needs at least three positive values.")
    middle = time.mean()

    def residuals(p: np.ndarray) -> np.ndarray:
        off: np.ndarray = p[1] + p[0] * (time - middle) - np.log(value)
        return off

    guess = [0.1, float(np.log(value).mean())]
    slope = _least_squares(residuals, guess, "1/Year", "least squares on the logarithm")
    return _transformed(slope, np.expm1)


def fit_relaxation(time: np.ndarray, value: np.ndarray) -> Fit:
    """Time constant with which a price falls back after a spike.

    Least squares on the logarithm of floor + (first - floor) exp(-(t - t0) / time constant),
    with the floor fitted beside it.

    Parameters
    ----------
    time : array, (n,), decimal years
        From the first observation after the peak on.
    value : array, (n,)
        Positive, any unit.

    Returns
    -------
    Fit
        In Year.

    Examples
    --------
    >>> t = np.arange(6.0)
    >>> round(fit_relaxation(t, 10 + 90 * np.exp(-t / 1.5)).value, 4)
    1.5
    """
    time, value = np.asarray(time, float), np.asarray(value, float)
    if time.size < 4 or np.any(value <= 0):
        raise InputError("A relaxation needs at least four positive values.")

    def residuals(p: np.ndarray) -> np.ndarray:
        log_tau, floor, first = p
        fall = np.exp(-(time - time[0]) / np.exp(log_tau))
        off: np.ndarray = np.log(floor + (first - floor) * fall) - np.log(value)
        return off

    bounds = ([-3.0, 0.01 * value.min(), value.min()], [3.0, value.min(), 3.0 * value.max()])
    guess = [0.0, 0.8 * value.min(), value[0]]
    method = "least squares on the logarithm"
    return _transformed(_least_squares(residuals, guess, "Year", method, bounds), np.exp)


def _least_squares(
    residuals: Callable[[np.ndarray], np.ndarray],
    guess: Sequence[float],
    unit: str,
    method: str,
    bounds: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Fit:
    # The first parameter is the one reported; the others are only there to be right about it.
    result = optimize.least_squares(
        residuals, guess, bounds=bounds or (-np.inf, np.inf), xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    freedom = result.fun.size - len(guess)
    variance = 2 * result.cost / max(freedom, 1)
    covariance = variance * np.linalg.inv(result.jac.T @ result.jac)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, max(freedom, 1)) * np.sqrt(covariance[0, 0]))
    value = float(result.x[0])
    rmse = float(np.sqrt(np.mean(result.fun**2)))
    return Fit(value, value - half, value + half, unit, rmse, result.fun.size, method)


def _transformed(fit: Fit, back: Callable[[float], float]) -> Fit:
    value, low, high = (float(back(number)) for number in (fit.value, fit.low, fit.high))
    return replace(fit, value=value, low=low, high=high)
