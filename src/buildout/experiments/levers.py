"""What each lever does between its low and its high, in all pathways."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from buildout._util import names
from buildout.experiments.explained import load_explained, reason
from buildout.experiments.measure import units
from buildout.experiments.measured import MONEY, TONNES, OutcomeChange, changes, load_outcomes
from buildout.experiments.reading import checked_names, checked_settings, toml_table
from buildout.experiments.runs import base_values, in_order, scalar_values, side_by_side
from buildout.inputs.model import Lever, Model
from buildout.inputs.pathway import pathway_names

#: Below this share of every headline outcome a lever does nothing that a reader would notice.
NOTICED = 0.01

#: What a lever is moved beside, by its name.
Awake = Mapping[str, Mapping[str, float]]


def load_awake(model: Model) -> dict[str, dict[str, float]]:
    """What wakes up levers that do nothing while another one is at its default, by lever.

    Raises
    ------
    InputError, UnknownNameError
        For an entry of `tables/awake.toml` that is wrong.
    """
    content = toml_table("awake.toml")
    checked_names(model, list(content), "awake.toml")
    return {
        lever: checked_settings(model, settings, f"awake.toml, `{lever}`")
        for lever, settings in content.items()
    }


@dataclass(frozen=True)
class LeverEffect:
    """The largest changes that a lever makes.

    Attributes
    ----------
    lever : Lever
    tonnes, money : tuple of (str, float, OutcomeChange)
        Pathway, value of the lever, change: of tonnes, coverage and vulnerability; of money,
        prices and jobs.
    awake : mapping
        What was set besides, where the lever does nothing alone.
    why : str
        Why it may do nothing, read off the equations; mostly empty.
    """

    lever: Lever
    tonnes: tuple[str, float, OutcomeChange]
    money: tuple[str, float, OutcomeChange]
    awake: Mapping[str, float]
    why: str = ""

    @property
    def non_influential(self) -> bool:
        """Whether nothing that a reader would notice changes."""
        return max(abs(self.tonnes[2].share), abs(self.money[2].share)) < NOTICED


def lever_effects(model: Model) -> list[LeverEffect]:
    """Every lever taken to its low and its high, alone, then with what wakes it up."""
    levers = [lever for lever in model.levers if lever.kind == "lever"]
    awake = load_awake(model)
    alone = _measured(model, levers, {})
    sleeping = [
        effect.lever for effect in alone if effect.non_influential and _besides(effect.lever, awake)
    ]
    woken = {effect.lever.name: effect for effect in _measured(model, sleeping, awake)}
    return [woken.get(effect.lever.name, effect) for effect in alone]


def _besides(lever: Lever, awake: Awake) -> Mapping[str, float]:
    return awake.get(names.split(lever.name)[0], {})


def _measured(model: Model, levers: list[Lever], awake: Awake) -> list[LeverEffect]:
    headlines, explained = load_outcomes(model), load_explained(model)
    scalars = [outcome.scalar for outcome in headlines]
    unit = units(model, scalars)
    by_lever: dict[str, dict[str, list[tuple[str, float, OutcomeChange]]]] = {
        lever.name: {TONNES: [], MONEY: []} for lever in levers
    }
    for path in pathway_names() if levers else ():
        base = base_values(model, path)
        cases: list[Mapping[str, float]] = []
        places: list[tuple[Lever, float, int, int]] = []
        for lever in levers:
            under = {**base, **scalar_values(model, _besides(lever, awake))}
            ends = [e for e in (lever.low, lever.high) if np.isfinite(e)]
            moved = [in_order(model, under, scalar_values(model, {lever.name: e})) for e in ends]
            places += [(lever, e, len(cases), len(cases) + n) for n, e in enumerate(ends, 1)]
            cases += [under, *({**under, **values} for values in moved)]
        run = side_by_side(model, cases, scalars)
        for lever, end, at, number in places:
            for kind, kept in by_lever[lever.name].items():
                kept.append((path, end, changes(run, headlines, number, unit, kind, at)[0]))
    return [
        LeverEffect(
            lever,
            tonnes=_most(by_lever[lever.name][TONNES]),
            money=_most(by_lever[lever.name][MONEY]),
            awake=_besides(lever, awake),
            why=reason(explained, lever.name),
        )
        for lever in levers
    ]


def _most(measured: list[tuple[str, float, OutcomeChange]]) -> tuple[str, float, OutcomeChange]:
    return max(measured, key=lambda effect: abs(effect[2].share))
