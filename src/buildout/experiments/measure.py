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
    found: dict[str, list[Effect]] = {one.name: [] for one in knockouts}
    for path in pathways or pathway_names():
        tried = [one for one in knockouts if not one.pathways or path in one.pathways]
        for one, effect in zip(tried, _in_pathway(model, headlines, path, tried), strict=True):
            found[one.name].append(effect)
    # Below this a headline outcome is small, by scalar id.
    floors = {outcome.scalar: outcome.floor for outcome in headlines}
    return [_strongest(found[one.name], floors) for one in knockouts]


def units(model: Model, scalars: Iterable[str]) -> dict[str, str]:
    """Unit of each scalar."""
    return {scalar: model.variable(scalar).unit for scalar in scalars}


def _in_pathway(
    model: Model, headlines: Sequence[Outcome], path: str, tried: Sequence[Knockout]
) -> list[Effect]:
    own = base_values(model, path)
    cases = []
    for one in tried:
        under = {**own, **scalar_values(model, one.under)}
        taken = {} if one.defaults else {**under, **scalar_values(model, one.settings)}
        cases += [under, taken]
    scalars = [o.scalar for o in headlines] + [one.outcome for one in tried]
    outputs = list(dict.fromkeys(scalars))
    run = side_by_side(model, cases, outputs)
    named = units(model, outputs)
    found = []
    for number, one in enumerate(tried):
        base, without = 2 * number, 2 * number + 1
        # Tiny, so that the share is of the value itself; what is capped elsewhere is not here.
        outcome = Outcome(_words(model, headlines, one.outcome), one.outcome, (one.year,), 1e-6)
        moved = change(run, outcome, one.year, without, named[one.outcome], base)
        others = changes(run, headlines, without, named, base=base, but=one.outcome)
        found.append(Effect(one, path, moved, others[0]))
    return found


def _strongest(found: Sequence[Effect], floors: Mapping[str, float]) -> Effect:
    """Where the named outcome goes furthest the way it should."""

    def along(effect: Effect) -> float:
        # Ratios from almost nothing, or to it, would always win.
        before, after = effect.named.before, effect.named.after
        larger = max(abs(before), abs(after), floors.get(effect.knockout.outcome, 1e-9))
        moved = (after - before) * effect.knockout.direction / larger
        return moved if np.isfinite(moved) else -np.inf

    return max(found, key=along)


def _words(model: Model, headlines: Sequence[Outcome], scalar: str) -> str:
    for outcome in headlines:
        if outcome.scalar == scalar:
            return outcome.name.replace("need covered", "coverage")
    return model.spelled(scalar)
