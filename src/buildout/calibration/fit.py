"""Fits of the few quantities for which observations before 2025.0 exist.

Everything here is least squares on one or two parameters: with three to ten points a richer
method would only look better. The result is `calibration/fit.json`, rebuilt by
`buildout generate fit` and tested fresh.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import xarray as xr
from scipy import optimize, stats

from buildout._util import tables
from buildout.errors import InputError
from buildout.inputs import observations

CONFIDENCE = 0.9  # of the intervals in fit.json


@dataclass(frozen=True)
class Fit:
    """One fitted number.

    Attributes
    ----------
    value, low, high : float
        Best value and its 90% interval (Student's t on the linearized problem; time constants
        are fitted as logarithms, so that their interval stays positive).
    unit : str
        Of the three.
    rmse : float
        Root mean square residual, in the unit of the data.
    points : int
        Number of observations used.
    method : str
        What was minimized.
    data : tuple of str
        Rows used, as "series start-end: value unit [source]".
    """

    value: float
    low: float
    high: float
    unit: str
    rmse: float
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


# First product: Lynas 27 February 2013 (Asia Miner, March 2013, S47). MP reports first NdPr in
# the third quarter of 2023; the middle of it is as near as the quarterly report allows.
LYNAS = {"first_product": 2013.156, "nameplate": 22_000.0}
MOUNTAIN_PASS = {"first_product": 2023.6, "nameplate": 6_075.0}


def fit_all(ds: xr.Dataset | None = None) -> dict[str, Fit]:
    """Every fit of the project, from rows that may be fitted on.

    Parameters
    ----------
    ds : Dataset, optional
        From `observations.load_observations`; loaded when absent.

    Returns
    -------
    dict of str to Fit
        By what is fitted.
    """
    ds = observations.load_observations() if ds is None else ds

    def rows(series: str, first: float, last: float, longest: float = np.inf) -> xr.Dataset:
        observed = observations.select_observations(ds, series=series, use="fit", longest=longest)
        return observed.isel(row=np.flatnonzero((observed.start >= first) & (observed.end <= last)))

    lynas = rows("lynas_reo_production_t", 2013.4, 2016.6)
    quarters = rows("mp_ndpr_oxide_production_t", 2023.4, 2024.0, longest=0.3)
    year = rows("mp_ndpr_oxide_production_t", 2024.0, 2025.0)
    year = year.isel(row=np.flatnonzero((year.end - year.start) > 0.9))
    mp = xr.concat([quarters, year], dim="row")
    sintered = rows("china_ndfeb_sintered_production_t", 2001.0, 2011.0)
    sintered = sintered.isel(row=np.flatnonzero(sintered.source_id == "ccr_2011"))
    fits = {
        "separation ramp time (Lynas FY14-FY16)": (_ramp(lynas, LYNAS), lynas),
        "separation ramp time (Mountain Pass 2023-2024)": (_ramp(mp, MOUNTAIN_PASS), mp),
        "fastest sustained growth (Chinese sintered NdFeB 2001-2010)": (
            fit_growth(sintered.time.values, sintered.value.values),
            sintered,
        ),
    }
    for element in ("nd", "dy", "tb"):
        bust = rows(f"price_{element}_oxide", 2011.9, 2016.01, longest=0.01)
        fits[f"price relaxation time ({element.capitalize()} oxide 2011-2015)"] = (
            fit_relaxation(bust.time.values, bust.value.values),
            bust,
        )
    return {name: replace(fit, data=_told(used)) for name, (fit, used) in fits.items()}


def _ramp(ds: xr.Dataset, plant: dict[str, float]) -> Fit:
    return fit_ramp(ds.start.values, ds.end.values, ds.value.values, **plant)


def _told(ds: xr.Dataset) -> tuple[str, ...]:
    return tuple(
        f"{row.series.item()} {row.start.item():.2f}-{row.end.item():.2f}: "
        f"{row.value.item():g} {row.unit.item()} [{row.source_id.item()}]"
        for row in (ds.isel(row=i) for i in range(ds.sizes["row"]))
    )


def fit_text(fits: Mapping[str, Fit] | None = None) -> str:
    """The text of calibration/fit.json, in six digits so that no machine changes it.

    Parameters
    ----------
    fits : mapping of str to Fit, optional
        From `fit_all`, which is asked when absent.
    """
    plain = {name: asdict(fit) for name, fit in (fits or fit_all()).items()}
    for entry in plain.values():
        for key in ("value", "low", "high", "rmse"):
            entry[key] = float(f"{entry[key]:.6g}")
    return tables.to_json(plain)
