"""Settings in which pathways differ from a base, by instrument of policy."""

from collections.abc import Sequence
from typing import TypedDict

from buildout.inputs.instruments import by_instrument
from buildout.inputs.model import Model
from buildout.inputs.resolve import Resolved, Scenario

#: Kinds of parameters.csv that are drawn where a pathway does not settle them.
DRAWN_KINDS = ("uncertainty", "luck")


class DifferingSetting(TypedDict):
    """A constant that two pathways set differently.

    Sources and notes are empty where the value is the model's own. `drawn_in` names the pathway in
    whose draws it is drawn, while the other settles it; empty for levers, which nobody draws.
    """

    pathway: str
    instrument: str
    setting: str
    unit: str
    base_value: float
    value: float
    base_source: str
    source: str
    base_note: str
    note: str
    drawn_in: str


def differing_settings(asked: Resolved) -> list[DifferingSetting]:
    """What each pathway sets otherwise than the first, in the order of the instruments.

    Parameters
    ----------
    asked : Resolved

    Returns
    -------
    list of dict
        Of each pathway but the first; what is settled in one and drawn in the other is among it
        even at the same value.
    """
    base, *others = asked.scenarios
    return [row for other in others for row in _between(asked.model, base, other)]


def differing_scalars(model: Model, base: Scenario, other: Scenario) -> list[str]:
    """Ids of constants whose values differ between two pathways."""
    touched = dict.fromkeys([*base.values, *other.values])
    own = model.constants
    return [s for s in touched if base.values.get(s, own[s]) != other.values.get(s, own[s])]


def _between(model: Model, base: Scenario, other: Scenario) -> list[DifferingSetting]:
    chosen = [*differing_scalars(model, base, other), *settled_apart(model, base, other)]
    groups = by_instrument(model, dict.fromkeys(chosen))
    return [
        _row(model, instrument, scalar, base, other)
        for instrument, scalars in groups.items()
        for scalar in scalars
    ]


def settled_apart(model: Model, base: Scenario, other: Scenario) -> Sequence[str]:
    """What one of them settles and the other leaves to the draws."""
    apart = [s for s in (*base.values, *other.values) if (s in base.values) != (s in other.values)]
    return [s for s in apart if model.kind_of(s) in DRAWN_KINDS]


def _row(
    model: Model, instrument: str, scalar: str, base: Scenario, other: Scenario
) -> DifferingSetting:
    name = model.spelled(scalar)
    said = [scenario.changes.get(name, {}) for scenario in (base, other)]
    own = model.constants[scalar]
    drawn = ""
    if model.kind_of(scalar) in DRAWN_KINDS:
        drawn = next((s.name for s in (base, other) if scalar not in s.values), "")
    return {
        "pathway": other.name,
        "instrument": instrument,
        "setting": name,
        "unit": model.variable(scalar).unit,
        "base_value": base.values.get(scalar, own),
        "value": other.values.get(scalar, own),
        "base_source": str(said[0].get("source", "")),
        "source": str(said[1].get("source", "")),
        "base_note": str(said[0].get("note", "")),
        "note": str(said[1].get("note", "")),
        "drawn_in": drawn,
    }
