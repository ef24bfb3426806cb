"""What observations weigh: each with its own error and that of the model, one standard deviation.

The errors of observation are told with the observations. That of the model is what no draw of its
parameters explains. It is taken relative to what was observed, and has three parts:

- `model_error`, the same for all: a model of quarters and regions is not right to a tenth;
- what lies beyond the prior draws: where a series is further off than nine tenths of them reach,
  parameters cannot be to blame, so the distance to that band (root mean square of the series) is
  added, and a series that the model has wrong says little;
- both are shared: a model that is off in one quarter is off in the next, so the rows of a series
  count together as one observation of it (their variance is multiplied by their number).
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout.errors import InputError
from buildout.vensim.arrays import Floats

#: Relative error of the model; judgement, 0.05 to 0.2: what is left in the fitted series.
MODEL_ERROR = 0.1
_BAND = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Observations with the errors that a likelihood gives them.

    Attributes
    ----------
    observed : Dataset, (row,)
        `value`, with coordinates series, unit, start, end, sd.
    rows : array of int, (row,)
        Their places among all rows that were offered.
    sd : array, (row,), in the unit of each row
        Of observation and model together, independent between rows, normal.
    beyond : dict of str to float
        For each series what lies beyond the prior draws, relative to what was observed.
    remarks : tuple of str
        What was left out.
    """

    observed: xr.Dataset
    rows: np.ndarray
    sd: Floats
    beyond: dict[str, float]
    remarks: tuple[str, ...] = ()

    @property
    def values(self) -> Floats:
        """What was observed, (row,)."""
        values: Floats = self.observed["value"].values.astype(float)
        return values


def check_model_error(share: float) -> None:
    """Refuse what is no share from zero.

    Raises
    ------
    InputError
    """
    if not (np.isfinite(share) and share >= 0):
        raise InputError(
            f"The error of the model is {share:g}.", "A share from 0 is accepted, as 0.1."
        )


def evidence_of(
    observed: xr.Dataset, prior: Floats, *, model_error: float = MODEL_ERROR
) -> Evidence:
    """Observations with their errors, those of the model as the note of this file says.

    Parameters
    ----------
    observed : Dataset, (row,)
        `value`, with coordinates series, unit, start, end and sd.
    prior : array, (draw, row)
        What draws say of them before any is taken into account.
    model_error : float, Dmnl

    Returns
    -------
    Evidence
        Without rows that have no error at all, such as a zero without `sd`.

    Raises
    ------
    InputError
        When nothing is left, or the error is negative.
    """
    check_model_error(model_error)
    series = np.array(observed["series"].values.tolist(), dtype=object)
    values = observed["value"].values.astype(float)
    level = np.abs(values)
    for name in dict.fromkeys(series):
        own = series == name
        # A zero among tonnes has the error of the tonnes.
        level[own] = np.maximum(level[own], level[own].mean())
    low, high = np.nanquantile(prior, _BAND, axis=0)
    away = np.maximum(np.maximum(low - values, values - high), 0.0)
    sd = np.zeros(len(values))
    beyond: dict[str, float] = {}
    for name in dict.fromkeys(series):
        own = np.flatnonzero((series == name) & (level > 0))
        beyond[name] = float(np.sqrt(((away[own] / level[own]) ** 2).mean())) if len(own) else 0.0
        own = np.flatnonzero(series == name)
        shared = len(own) * (model_error**2 + beyond[name] ** 2)
        sd[own] = np.sqrt(observed["sd"].values[own] ** 2 + shared * level[own] ** 2)
    rows = np.flatnonzero(sd > 0)
    if not len(rows):
        raise InputError(
            "No observation has an error.",
            "`sd` in the file or an error of the model above zero is accepted.",
        )
    left = len(values) - len(rows)
    remarks = (f"Left out, as they are zero and have no `sd`: {left} rows.",) if left else ()
    return Evidence(observed.isel(row=rows), rows, sd[rows], beyond, remarks)
