"""Levers by word, and what a pathway makes of them: the values in force under it."""

from pathlib import Path
from typing import TypedDict

from buildout._util import names
from buildout.inputs.model import LEVER_KINDS, Model, given_model
from buildout.inputs.parameters import Parameter
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import last_settings, resolve
from buildout.inputs.settings import Setting


class LeverRow(TypedDict):
    """What a pathway can set; see `levers`."""

    lever: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str


class LeverInForce(LeverRow):
    """What it is under a pathway; see `values_in_force`."""

    value: float
    kind: str
    source: str
    note: str
    origin: str


def levers(pattern: str = "", *, model: Model | None = None) -> list[LeverRow]:
    """Levers and switches whose name or meaning holds a word.

    Parameters
    ----------
    pattern : str
        Part of a name or a meaning; all without.
    model : Model, optional

    Returns
    -------
    list of dict
        `lever`, `unit`, `low`, `high`, `default`, `meaning`, in the order of parameters.csv.

    Examples
    --------
    >>> [row["lever"] for row in levers("joint venture")][0]
    'joint venture level'
    """
    return [
        LeverRow(
            lever=lever.name,
            unit=lever.unit,
            low=lever.low,
            high=lever.high,
            default=lever.default,
            meaning=lever.meaning,
        )
        for lever in given_model(model).levers
        if names.matches(pattern, lever.name, lever.meaning)
    ]


def values_in_force(
    pathway: str | Path | Pathway, pattern: str = "", *, model: Model | None = None
) -> list[LeverInForce]:
    """What levers are under a pathway, and what else it sets, with the reasons.

    Parameters
    ----------
    pathway : name, path or Pathway
    pattern : str
        Part of a name or a meaning; all without.
    model : Model, optional

    Returns
    -------
    list of dict
        As `levers`, with `value`, `kind` (of parameters.csv; an uncertainty that the pathway
        settles is listed too), and `source`, `note` and `origin` (the file) of what is set. These
        three are empty where the model's own value is in force. Elements stand apart where one
        of them is set by itself.

    Raises
    ------
    UnknownNameError, PathwayFileError, InputError
        For a pathway that cannot be read or does not fit the model.

    Examples
    --------
    >>> [row["value"] for row in values_in_force("china-deal", "deal civil access")]
    [0.95]
    """
    model = given_model(model)
    [scenario] = resolve(model, pathway).scenarios
    last = last_settings(model, read_pathways([pathway])[0].settings)
    rows: list[LeverInForce] = []
    for row in dict.fromkeys(model.parameters.values()):
        scalars = model.scalars(row.name)
        chosen = row.kind in LEVER_KINDS or any(scalar in last for scalar in scalars)
        if not chosen or not names.matches(pattern, row.name, model.variable(row.name).meaning):
            continue
        together = len({last.get(scalar) for scalar in scalars}) == 1
        for scalar in scalars[:1] if together else scalars:
            name = row.name if together else model.spelled(scalar)
            value = scenario.own.get(scalar, model.constants[scalar])
            rows.append(_in_force(model, row, name, value, last.get(scalar)))
    return rows


def _in_force(
    model: Model, row: Parameter, name: str, value: float, setting: Setting | None
) -> LeverInForce:
    setting = setting or Setting(name, value)
    return LeverInForce(
        lever=name,
        unit=row.unit,
        low=row.low,
        high=row.high,
        default=row.default,
        meaning=model.variable(name).meaning,
        value=value,
        kind=row.kind,
        source=setting.source,
        note=setting.note,
        origin=setting.origin,
    )
