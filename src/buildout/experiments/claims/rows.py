"""Verdicts as rows: what is tested with its odds, and what is not, with the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from buildout.experiments.claims.cases import load_cases
from buildout.experiments.claims.claim import CONTRADICTED, SUPPORTED, UNDECIDED, Claim
from buildout.experiments.claims.grades import NOT_DRAWN, NOT_TESTED, shares_of, verdict_of
from buildout.experiments.claims.table import load_claims, statements
from buildout.inputs.model import Model, given_model
from buildout.outcomes.odds import date_quantiles, percentile_among, wilson_interval
from buildout.vensim.arrays import Floats

#: Keys of a row, in their order; columns of the CSV file. See `claim_rows`.
ROW = (
    "id", "claim", "prediction", "measured", "unit", "class", "verdict",
    "supported", "supported_low", "supported_high",
    "contradicted", "contradicted_low", "contradicted_high", "undecided", "unknown", "draws",
    "or_else",
    "run", "run_says", "percentile_of_run", "p05", "p50", "p95",
    "supported_if", "margin", "rule_from", "cases", "not_tested",
)  # fmt: skip
#: Beyond any date or ratio, in place of "never", which has a rank among draws like any other.
_NEVER = 1e12

Row = dict[str, Any]


def claim_rows(ds: xr.Dataset, *, model: Model | None = None) -> list[Row]:
    """What the model says about each claim, and why it says nothing about the others.

    Parameters
    ----------
    ds : Dataset
        From `claims`.
    model : Model, optional

    Returns
    -------
    list of dict
        By the keys of `ROW`, in the order of claims.csv. The verdict is on the prediction, which
        may speak against its claim, and comes from the shares of draws: supported, contradicted
        (each with the 95% interval of its Monte Carlo error), undecided, and of that unknown, where
        no number is. or_else: verdicts that lie within that error too. run: the number of a single
        run at expected values; run_says: what it alone would say; percentile_of_run: its place
        among the draws; p05, p50, p95: those of the draws. None is never, where a number is a
        date, or not known. class: "assumed" for what is true by construction, and no finding.
        not_tested: why a claim, or its other half, is not tested.
    """
    model = given_model(model)
    claimed, predictions, reasons = (
        statements(column) for column in ("claim", "prediction", "not_tested")
    )
    tested: dict[str, list[Claim]] = {number: [] for number in claimed}
    for claim in load_claims(model, load_cases(model)):
        tested[claim.number].append(claim)
    table: list[Row] = []
    for number, text in claimed.items():
        words = {"claim": text, "prediction": predictions[number], "not_tested": reasons[number]}
        own = [_row(claim, ds.sel(claim=claim.id)) for claim in tested[number]]
        table += [_whole(words | row) for row in own or [{"id": number, "verdict": NOT_TESTED}]]
    return table


def _whole(row: Mapping[str, Any]) -> Row:
    return {key: row.get(key) for key in ROW}


def _row(claim: Claim, ds: xr.Dataset) -> Row:
    value = float(ds["run"])
    row: Row = {
        "id": claim.id,
        "measured": claim.measured,
        "unit": claim.unit,
        "class": claim.kind,
        "verdict": NOT_DRAWN,
        "draws": 0,
        "run": _finite(value),
        "run_says": claim.judge(value),
        "supported_if": claim.rule,
        "margin": claim.margin,
        "rule_from": claim.basis,
        "cases": "; ".join(claim.cases),
    }
    return row | _odds(claim, value, ds["number"].values) if "number" in ds else row


def _odds(claim: Claim, value: float, numbers: Floats) -> Row:
    draws = len(numbers)
    if not draws:
        return {}
    shares = shares_of(claim.judge(float(number)) for number in numbers)
    row: Row = {"draws": draws, "verdict": verdict_of(shares[SUPPORTED], shares[CONTRADICTED])}
    for side in (SUPPORTED, CONTRADICTED):
        low, high = wilson_interval(round(shares[side] * draws), draws)
        row |= {side: shares[side], f"{side}_low": low, f"{side}_high": high}
    known = numbers[~np.isnan(numbers)]
    # NaN stands for "later than any" there, and no number has no rank.
    quantiles = date_quantiles(np.where(np.isposinf(known), np.nan, known))
    row["or_else"] = _or_else(row)
    return row | {
        UNDECIDED: shares[UNDECIDED],
        "unknown": float(np.isnan(numbers).mean()),
        "percentile_of_run": _finite(percentile_among(_ranked(value), _ranked(known))),
        **{name: _finite(number) for name, number in quantiles.items()},
    }


def _or_else(row: Row) -> str:
    """Verdicts that other draws of the same number might give, by the interval of the larger side.

    What the larger side gains or loses is taken from, or left to, the undecided draws.
    """
    side = max((SUPPORTED, CONTRADICTED), key=lambda name: float(row[name]))
    ends = [{SUPPORTED: row[SUPPORTED], CONTRADICTED: row[CONTRADICTED]} for _ in range(2)]
    for end, name in zip(ends, ("low", "high"), strict=True):
        end[side] = row[f"{side}_{name}"]
    verdicts = [verdict_of(end[SUPPORTED], end[CONTRADICTED]) for end in ends]
    return "; ".join(dict.fromkeys(v for v in verdicts if v != row["verdict"]))


def _ranked(values: Any) -> Any:
    ranked = np.clip(values, -_NEVER, _NEVER)
    return float(ranked) if np.ndim(ranked) == 0 else ranked


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def verdict_counts(rows: Sequence[Row]) -> dict[str, Any]:
    """How many findings each verdict has; assumed and untested ones are verdict_counts apart."""
    findings = [row["verdict"] for row in rows if row["class"] == "tested"]
    return {
        "findings": {verdict: findings.count(verdict) for verdict in dict.fromkeys(findings)},
        "assumed": sum(row["class"] == "assumed" for row in rows),
        "not_tested": sum(row["verdict"] == NOT_TESTED for row in rows),
    }
