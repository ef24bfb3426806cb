"""What the model does not know: each number with its range, its grade, and what it moves."""

from typing import TypedDict

from buildout._util import names
from buildout.analysis.short_list import HEADLINES, shares_of_each, weight_of
from buildout.inputs.model import Model, given_model


class UncertaintyRow(TypedDict):
    """One uncertainty, or one element of it; see `uncertainties`."""

    uncertainty: str
    unit: str
    low: float
    high: float
    default: float
    kind: str
    distribution: str
    grade: str
    meaning: str
    used_by: str
    source_ids: str
    rationale: str
    share: float | None
    weight: str | None
    moves: str | None


class LuckRow(TypedDict):
    """What falls out by luck, one constant; see `luck_rows`."""

    luck: str
    draws: int
    default: float
    meaning: str


def uncertainties(
    pattern: str = "", *, moved: bool = True, model: Model | None = None
) -> list[UncertaintyRow]:
    """Uncertainties and initial states whose name or meaning holds a word.

    Parameters
    ----------
    pattern : str
        Part of a name or a meaning; all without.
    moved : bool
        Whether to move each alone to both ends of its range, which takes a few seconds.
    model : Model, optional

    Returns
    -------
    list of dict
        In the order of parameters.csv. `share`: the largest share of the variance of a headline
        outcome that the number has among all, each moved alone; `moves`: of which outcome;
        `weight`: decides, matters or fixed, as in `short_list`, which adds up elements. These
        three are None where nothing was moved. What acts in drawn worlds only moves nothing here.

    Examples
    --------
    >>> [row["grade"] for row in uncertainties("restart time", moved=False)]
    ['D']
    """
    model = given_model(model)
    users: dict[str, list[str]] = {}
    for variable in model.variables.values():
        for key in model.system.inputs_of(variable.key):
            users.setdefault(key, []).append(variable.name)
    shares = _shares(model) if moved else {}
    rows = []
    for row in model.uncertainties:
        variable = model.variable(row.name)
        if not names.matches(pattern, row.name, variable.meaning):
            continue
        share, outcome = shares.get(row.name, (None, None))
        rows.append(
            UncertaintyRow(
                uncertainty=row.name,
                unit=row.unit,
                low=row.low,
                high=row.high,
                default=row.default,
                kind=row.kind,
                distribution=row.distribution,
                grade=row.grade,
                meaning=variable.meaning,
                used_by=", ".join(users.get(variable.key, [])),
                source_ids=";".join(row.sources),
                rationale=row.rationale,
                share=share,
                weight=None if share is None else weight_of(share),
                moves=outcome,
            )
        )
    return rows


def luck_rows(model: Model, pattern: str) -> list[LuckRow]:
    """Luck whose name or meaning holds a word, a row for each constant of the model."""
    rows = dict.fromkeys(model.luck.values())
    meanings = {row.name: model.variable(row.name).meaning for row in rows}
    return [
        LuckRow(
            luck=row.name,
            draws=list(model.luck.values()).count(row),
            default=row.default,
            meaning=meanings[row.name],
        )
        for row in rows
        if names.matches(pattern, row.name, meanings[row.name])
    ]


def _shares(model: Model) -> dict[str, tuple[float, str]]:
    """The largest share of each, and of which outcome; nothing of a model without headlines."""
    if not {names.key(name) for name in HEADLINES} <= set(model.variables):
        return {}
    labels, shares, outcomes = shares_of_each(model)
    largest = shares.argmax(axis=1)
    return {
        label: (float(row[place]), outcomes[place])
        for label, row, place in zip(labels, shares, largest, strict=True)
    }
