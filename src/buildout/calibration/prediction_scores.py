"""Registered predictions as a table, and scored against what was observed since.

The file of predictions alone decides: no model is run, and later models change nothing.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from buildout._util.names import quoted
from buildout.calibration.scores import interval_score
from buildout.errors import InputError
from buildout.inputs.observation_files import RunSpan, read_observation_file
from buildout.inputs.predictions import (
    CHANCE_UNIT,
    DATE_UNIT,
    Prediction,
    RegisteredSeries,
    read_predicted,
    read_predictions,
)

_SHARES = ("p05", "p50", "p95")
# Years: a period told as a decimal year may be off by a day.
_NEAR = 1.6 / 365
_ALWAYS = RunSpan("", -np.inf, np.inf)


def predictions(table: str | Path | None = None) -> pd.DataFrame:
    """All registered predictions, their chain of hashes checked.

    Parameters
    ----------
    table : path, optional
        A table such as `calibration/predictions.csv`, which is the default.

    Returns
    -------
    DataFrame
        A row for each: number, registered_on, version, model_sha256, pathway, quantity, name (for
        people), period (such as 2027 Q3), from, to, unit, p05, p50, p95 (infinity: not before the
        end of the run; of a chance only p50), sha256. The last sha256 is the head.

    Raises
    ------
    InputError
        Naming the first row that was changed or does not follow the one above.

    Examples
    --------
    >>> table = predictions()
    >>> bool((table["p05"] <= table["p95"]).sum() == table["p05"].count())
    True
    """
    known = {row.quantity: row.name for row in read_predicted()}
    rows = [_shown(row, known) for row in read_predictions(table)]
    return pd.DataFrame(rows, columns=_COLUMNS)


def predicted_span(table: pd.DataFrame) -> str:
    """From which quarter or year to which year predictions reach, such as 2026 Q4 to 2028.

    Parameters
    ----------
    table : DataFrame
        From `predictions`.
    """
    periods = table[table["period"].str.fullmatch(r"\d{4}( Q\d)?")]
    if periods.empty:
        return "no period"
    first = periods.sort_values("from", kind="stable")["period"].iloc[0]
    return f"{first} to {periods['to'].max()[:4]}"


def score_predictions(observations: str | Path, table: str | Path | None = None) -> pd.DataFrame:
    """Score what was observed against what was registered before.

    Parameters
    ----------
    observations : path
        As for `validate`. A decision is written as `decision of PLANT` in `share`, 1 or 0 by the
        day in `to`, or as `date of decision of PLANT`, a year with decimals.
    table : path, optional
        As for `predictions`.

    Returns
    -------
    DataFrame
        A row for each observation and each prediction of the same quantity and period: number,
        registered_on, quantity, name, period, unit, observed, p05, p50, p95, `inside` (whether the
        band holds it; None for a chance), `ratio` (p50 over observed), `interval_score` (in the
        unit; missing where the band has no end), `brier_score` (of a chance).

    Raises
    ------
    InputError
        All problems of the file together; when nothing in it was predicted.
    """
    rows = read_predictions(table)
    if not rows:
        raise InputError("No prediction is registered.", cure="`buildout predictions --register`.")
    given = read_observation_file(observations, RegisteredSeries(rows), _ALWAYS)
    _check_decisions(given.observed, Path(observations).name)
    known = {row.quantity: row.name for row in read_predicted()}
    columns = ("series", "start", "end", "value")
    seen = zip(*(given.observed[name].values.tolist() for name in columns), strict=True)
    scored = [
        _scored(row, value, known)
        for series, start, end, value in seen
        for row in rows
        if row.quantity == series and _meets(row, start, end)
    ]
    if not scored:
        raise InputError(
            f"Nothing in `{Path(observations).name}` was predicted.",
            f"Periods that are: {_periods(rows)}.",
        )
    return pd.DataFrame(scored)


def prediction_sums(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores of each quantity: count, share inside, ratio of the sums, mean scores.

    Parameters
    ----------
    scores : DataFrame
        From `score_predictions`.
    """
    rows = []
    for quantity, own in scores.groupby("quantity", sort=False):
        # Of a chance there is no ratio.
        whole = own["observed"].sum() if own["ratio"].notna().any() else 0
        rows.append(
            {
                "quantity": quantity,
                "unit": own["unit"].iloc[0],
                "count": len(own),
                "share_inside": own["inside"].astype(float).mean(),
                "ratio": own["p50"].sum() / whole if whole else np.nan,
                "interval_score": own["interval_score"].mean(),
                "brier_score": own["brier_score"].mean(),
            }
        )
    return pd.DataFrame(rows)


_COLUMNS = (
    *("number", "registered_on", "version", "model_sha256", "pathway", "quantity", "name"),
    *("period", "from", "to", "unit", *_SHARES, "sha256"),
)


def _shown(row: Prediction, known: dict[str, str]) -> dict[str, object]:
    return {
        "number": int(row.number),
        "registered_on": row.registered_on,
        "version": row.version,
        "model_sha256": row.model_sha256,
        "pathway": row.pathway,
        "quantity": row.quantity,
        "name": known.get(row.quantity, row.quantity),
        "period": _period(row),
        "from": row.start,
        "to": row.end,
        "unit": row.unit,
        **{share: row.quantile(share) for share in _SHARES},
        "sha256": row.sha256,
    }


def _scored(row: Prediction, value: float, known: dict[str, str]) -> dict[str, object]:
    low, middle, high = (row.quantile(share) for share in _SHARES)
    chance = row.unit == CHANCE_UNIT
    score = interval_score(np.array([low]), np.array([high]), np.array([value]))[0]
    return {
        "number": int(row.number),
        "registered_on": row.registered_on,
        "quantity": row.quantity,
        "name": known.get(row.quantity, row.quantity),
        "period": _period(row),
        "unit": row.unit,
        "observed": value,
        "p05": low,
        "p50": middle,
        "p95": high,
        "inside": None if chance else low <= value <= high,
        "ratio": middle / value if value and not chance else np.nan,
        "interval_score": float(score) if np.isfinite(score) else np.nan,
        "brier_score": (middle - value) ** 2 if chance else np.nan,
    }


def _check_decisions(observed: xr.Dataset, name: str) -> None:
    """Whether something was decided is 1 or 0: a share of it has no Brier score."""
    odd = (observed["unit"] == CHANCE_UNIT) & ~observed["value"].isin([0.0, 1.0])
    if odd.any():
        [first, *_] = observed.isel(row=np.flatnonzero(odd.values))["line"].values.tolist()
        raise InputError(
            f"{quoted(name)}, line {first}: whether something was decided is neither 0 nor 1.",
            "1 (it was) and 0 are accepted.",
        )


def _meets(row: Prediction, start: float, end: float) -> bool:
    """Whether a period is the one of a prediction: of a decision its end, of its date any."""
    first, last = row.period
    if row.unit == DATE_UNIT:
        return True
    return abs(last - end) < _NEAR and (row.unit == CHANCE_UNIT or abs(first - start) < _NEAR)


def _period(row: Prediction) -> str:
    """A quarter, a year, or the day by which something is to be."""
    if row.unit == DATE_UNIT:
        return "any"
    first, after = date.fromisoformat(row.start), date.fromisoformat(row.end) + timedelta(days=1)
    months = 12 * (after.year - first.year) + after.month - first.month
    if row.unit != CHANCE_UNIT and first.day == after.day == 1:
        if months == 12 and first.month == 1:
            return str(first.year)
        if months == 3 and first.month % 3 == 1:
            return f"{first.year} Q{(first.month + 2) // 3}"
    return f"by {row.end}" if row.unit == CHANCE_UNIT else f"{row.start} to {row.end}"


def _periods(rows: tuple[Prediction, ...]) -> str:
    own = list(dict.fromkeys(_period(row) for row in rows if row.unit != DATE_UNIT))
    return ", ".join(own[:12]) + (", ..." if len(own) > 12 else "")
