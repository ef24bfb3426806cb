"""What each lever does between its low and its high, in the canonical pathways."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from buildout._util import names
from buildout.experiments.measure import units
from buildout.experiments.outcomes import HEADLINES, MONEY, TONNES, Change, changes
from buildout.experiments.runs import base_values, in_order, scalar_values, side_by_side
from buildout.inputs.model import Lever, Model
from buildout.inputs.pathway import CANONICAL

#: Below this share of a headline outcome a lever does nothing that a reader would notice.
NOTICED = 1e-4

#: A lever that does nothing while another one is at its default, and the setting that wakes it up.
AWAKE: dict[str, Mapping[str, float]] = {
    "added allied access start": {"added allied access": 0.3},
    "added contract start": {"added contract cover": 0.3},
    "added coordination start": {"added coordination": 0.3},
    "added grant start": {"added grant share": 0.3},
    "added joint venture start": {"added joint venture rate": 0.05},
    "change of licensed access start": {"change of licensed access": -0.3},
    "deal breach date": {"deal start": 2026.875},
    "deal length": {"deal start": 2026.875},
    "entity action under a deal": {"deal start": 2026.875},
    "feed habit start": {"feed habit level": 0.1},
    "further permit reform start": {"further permit time multiplier": 0.5},
    "permit reform start": {"permit time multiplier level": 0.5},
    "permit reform end": {"permit time multiplier level": 0.5},
    "public lead start": {"public lead level": 0.5},
    "public lead end": {"public lead level": 0.5},
    "secondment share": {"secondment level": 300, "ramp slowing by shortage of experts": 3},
    "secondment start": {"secondment level": 300},
    "standing appropriation": {
        "package appropriation": 0,
        "surge total": 0,
        "initial unobligated money": 0,
    },
    "surge end": {"surge total": 50000},
    "surge share": {
        "standing appropriation": 0,
        "package appropriation": 0,
        "initial unobligated money": 0,
        "surge total": 5000,
    },
    "surge start": {"surge total": 50000},
    "tariff on allies end": {"tariff on allies level": 0.25},
    "tariff on allies start": {"tariff on allies level": 0.25},
    "tariff on Chinese magnets end": {"tariff on Chinese magnets level": 0.5},
    "tariff on Chinese magnets start": {"tariff on Chinese magnets level": 0.5},
    "training end": {"training seats level": 1000},
    "training start": {"training seats level": 1000},
}


@dataclass(frozen=True)
class LeverEffect:
    """The largest changes that a lever makes.

    Attributes
    ----------
    lever : Lever
    tonnes, money : tuple of (str, float, Change)
        Pathway, value of the lever, change: of tonnes, coverage and vulnerability; of money,
        prices and jobs.
    awake : mapping
        What was set besides, where the lever does nothing alone.
    """

    lever: Lever
    tonnes: tuple[str, float, Change]
    money: tuple[str, float, Change]
    awake: Mapping[str, float]

    @property
    def inert(self) -> bool:
        """Whether nothing that a reader would notice changes."""
        return max(abs(self.tonnes[2].share), abs(self.money[2].share)) < NOTICED


def lever_effects(model: Model) -> list[LeverEffect]:
    """Every lever taken to its low and its high, alone, then with what wakes it up."""
    levers = [lever for lever in model.levers if lever.kind == "lever"]
    alone = _measured(model, levers, {})
    sleeping = [one.lever for one in alone if one.inert and _awake(one.lever)]
    woken = {one.lever.name: one for one in _measured(model, sleeping, AWAKE)}
    return [woken.get(one.lever.name, one) for one in alone]


def _awake(lever: Lever) -> Mapping[str, float]:
    return AWAKE.get(names.split(lever.name)[0], {})


def _measured(
    model: Model, levers: list[Lever], awake: Mapping[str, Mapping[str, float]]
) -> list[LeverEffect]:
    scalars = [outcome.scalar for outcome in HEADLINES]
    unit = units(model, scalars)
    found: dict[str, dict[str, list[tuple[str, float, Change]]]] = {
        lever.name: {TONNES: [], MONEY: []} for lever in levers
    }
    for path in CANONICAL if levers else ():
        base = base_values(model, path)
        cases, places = [], []
        for lever in levers:
            besides = awake.get(names.split(lever.name)[0], {})
            under = {**base, **scalar_values(model, besides)}
            ends = [e for e in (lever.low, lever.high) if np.isfinite(e)]
            moved = [in_order(model, under, scalar_values(model, {lever.name: e})) for e in ends]
            places += [(lever, e, len(cases), len(cases) + n) for n, e in enumerate(ends, 1)]
            cases += [under, *({**under, **one} for one in moved)]
        run = side_by_side(model, cases, scalars)
        for lever, end, at, number in places:
            for kind, kept in found[lever.name].items():
                kept.append((path, end, changes(run, number, unit, kind, at)[0]))
    return [
        LeverEffect(lever, *(_most(found[lever.name][kind]) for kind in (TONNES, MONEY)),
                    _awake(lever) if awake else {})
        for lever in levers
    ]  # fmt: skip


def _most(found: list[tuple[str, float, Change]]) -> tuple[str, float, Change]:
    return max(found, key=lambda one: abs(one[2].share))
