"""The claims that the model can test: rows of calibration/claim_tests.csv, compared with it."""

from collections.abc import Iterable

import numpy as np

from buildout._util.reading import read_number
from buildout.errors import InputError
from buildout.experiments.claims import chain, china, choice, defense, policy
from buildout.experiments.claims.claim import ASSUMED, RULES_FROM, TESTED, Claim, Measure
from buildout.experiments.reading import checked_names, csv_table, listed, number_or
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.model import Model

COLUMNS = (
    "id", "measured", "unit", "low", "high", "margin", "basis", "needs", "cases", "differ", "class",
)  # fmt: skip
CLAIM_RULES = TableRules(
    "the claims of the articles",
    (
        *("id", "article", "claim", "kind", "representation", "prediction", "evidence"),
        *("source_ids", "not_tested"),
    ),
    key=("id",),
    named=("id", "claim", "prediction"),
    sources="source_ids",
)
MEASURES: dict[str, Measure] = {
    **chain.MEASURES,
    **defense.MEASURES,
    **china.MEASURES,
    **policy.MEASURES,
    **choice.MEASURES,
}


def load_claims(model: Model, cases: Iterable[str]) -> tuple[Claim, ...]:
    """The claims of calibration/claim_tests.csv, in their order.

    Parameters
    ----------
    model : Model
    cases : iterable of str
        Names of the runs there are.

    Raises
    ------
    InputError, UnknownNameError
        For a row that is wrong: a measure, case or class that does not exist, a threshold that is
        no number, a name that is not in the model, a claim that claims.csv lacks; for a claim that
        is neither tested nor says why.
    """
    rows = csv_table(places.calibration_folder() / "claim_tests.csv", COLUMNS)
    ids, known, stated = [row["id"] for row in rows], set(cases), statements()
    if len(set(ids)) != len(ids):
        raise InputError("`claim_tests.csv` has two rows of one id.", "Each id once.")
    tested = tuple(_claim(model, row, known, stated) for row in rows)
    numbers = {claim.number for claim in tested}
    if silent := [n for n, why in statements("not_tested").items() if not why and n not in numbers]:
        raise InputError(
            f"{', '.join(silent)} of `claims.csv` is not tested and does not say why.",
            cure="Fill in `not_tested`, or add a row to `claim_tests.csv`.",
        )
    return tested


def statements(column: str = "claim") -> dict[str, str]:
    """The claims as the articles make them, the predictions, or why they are not tested; by id.

    Parameters
    ----------
    column : {"claim", "prediction", "not_tested"}
        Of calibration/claims.csv. A prediction may speak against its claim.
    """
    path = places.calibration_folder() / "claims.csv"
    return {row["id"]: row[column] for _, row in read_calibrated(path, CLAIM_RULES)}


def _claim(model: Model, row: dict[str, str], cases: set[str], stated: dict[str, str]) -> Claim:
    where = f"claim_tests.csv, {row['id']}"
    low = number_or(row["low"], -np.inf, where)
    high = number_or(row["high"], np.inf, where)
    compared, differ = listed(row["cases"]), listed(row["differ"])
    problems = {
        "claims.csv has no such claim": row["id"][:3] not in stated,
        "there is no measure of this id": row["id"] not in MEASURES,
        f"the class is `{row['class']}`": row["class"] not in (TESTED, ASSUMED),
        f"the rule comes from `{row['basis']}`": row["basis"] not in RULES_FROM,
        "it names no case": not compared,
        f"there is no case {sorted(set(compared) - cases)}": not set(compared) <= cases,
        f"it is supported from {low:g} to {high:g}": not low <= high or np.isinf([low, high]).all(),
    }
    for problem, applies in problems.items():
        if applies:
            raise InputError(f"{where}: {problem}.", cure="Mend the row.")
    checked_names(model, [name for name in differ if name != "*"], where)
    return Claim(
        id=row["id"],
        measured=row["measured"],
        unit=row["unit"],
        measure=MEASURES[row["id"]],
        supports=(low, high),
        margin=read_number(row["margin"], what=where),
        basis=row["basis"],
        needs=checked_names(model, listed(row["needs"]), where),
        cases=compared,
        differ=differ,
        kind=row["class"],
    )
