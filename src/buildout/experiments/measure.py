"""Run every knock-out in every pathway and find where it matters most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from buildout.experiments.knockouts import Knockout
from buildout.experiments.measured import Outcome, OutcomeChange, change, changes, load_outcomes
from buildout.experiments.runs import base_values, scalar_values, side_by_side
from buildout.inputs.model import Model
from buildout.inputs.pathway import pathway_names


@dataclass(frozen=True)
class Effect:
    """What taking something out does where that matters most.

    Attributes
    ----------
    knockout : Knockout
    pathway : str
    named : OutcomeChange
        Of the outcome that the knock-out is known for.
    largest : OutcomeChange
        Of all other headline outcomes in that pathway, the one that changes most.
    """

    knockout: Knockout
    pathway: str
    named: OutcomeChange
    largest: OutcomeChange


def effects(
    model: Model, knockouts: Sequence[Knockout], pathways: Iterable[str] | None = None
) -> list[Effect]:
    """The effect of each knock-out, in its own pathways or in all that come with buildout."""
    headlines = load_outcomes(model)
    by_knockout: dict[str, list[Effect]] = {knockout.name: [] for knockout in knockouts}
    for path in pathways or pathway_names():
        tried = [
            knockout for knockout in knockouts if not knockout.pathways or path in knockout.pathways
        ]
        for knockout, effect in zip(tried, _in_pathway(model, headlines, path, tried), strict=True):
            by_knockout[knockout.name].append(effect)
    # Below this a headline outcome is small, by scalar id.
    floors = {outcome.scalar: outcome.floor for outcome in headlines}
    return [_strongest(by_knockout[knockout.name], floors) for knockout in knockouts]


def units(model: Model, scalars: Iterable[str]) -> dict[str, str]:
    """Unit of each scalar."""
    return {scalar: model.variable(scalar).unit for scalar in scalars}


def _in_pathway(
    model: Model, headlines: Sequence[Outcome], path: str, tried: Sequence[Knockout]
) -> list[Effect]:
    own = base_values(model, path)
    cases = []
    for knockout in tried:
        under = {**own, **scalar_values(model, knockout.under)}
        taken = {} if knockout.defaults else {**under, **scalar_values(model, knockout.settings)}
        cases += [under, taken]
    scalars = [o.scalar for o in headlines] + [knockout.outcome for knockout in tried]
    outputs = list(dict.fromkeys(scalars))
    run = side_by_side(model, cases, outputs)
    named = units(model, outputs)
    measured = []
    for number, knockout in enumerate(tried):
        base, without = 2 * number, 2 * number + 1
        # Tiny, so that the share is of the value itself; what is capped elsewhere is not here.
        outcome = Outcome(
            _words(model, headlines, knockout.outcome), knockout.outcome, (knockout.year,), 1e-6
        )
        moved = change(run, outcome, knockout.year, without, named[knockout.outcome], base)
        others = changes(run, headlines, without, named, base=base, but=knockout.outcome)
        measured.append(Effect(knockout, path, moved, others[0]))
    return measured


def _strongest(measured: Sequence[Effect], floors: Mapping[str, float]) -> Effect:
    """Where the named outcome goes furthest the way it should."""

    def along(effect: Effect) -> float:
        # Ratios from almost nothing, or to it, would always win.
        before, after = effect.named.before, effect.named.after
        larger = max(abs(before), abs(after), floors.get(effect.knockout.outcome, 1e-9))
        moved = (after - before) * effect.knockout.direction / larger
        return moved if np.isfinite(moved) else -np.inf

    return max(measured, key=along)


def _words(model: Model, headlines: Sequence[Outcome], scalar: str) -> str:
    for outcome in headlines:
        if outcome.scalar == scalar:
            return outcome.name.replace("need covered", "coverage")
    return model.spelled(scalar)
