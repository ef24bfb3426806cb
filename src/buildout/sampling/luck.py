"""Luck: one number for each project, drawn beside what is uncertain and counted apart from it.

In a single run the world is the expected one: shares of plants, at median dates. A draw is a world
in which each plant is built or not, so a design that draws luck sets its switch besides.
"""

from collections.abc import Iterable, Sequence

from buildout.errors import InputError
from buildout.inputs.model import Model
from buildout.sampling.distributions import Marginal, never_sure


def is_luck(model: Model, name: str) -> bool:
    """Whether a constant is luck that is drawn; its switch is not."""
    return any(scalar in model.luck for scalar in model.scalars(name))


def luck_of_each(
    model: Model, name: str, ends: Sequence[float] | None = None
) -> tuple[Marginal, ...]:
    """One distribution for each element, as the luck of one project says nothing of another's.

    Each has its element's name, so that in a Latin hypercube one project more leaves the luck of
    the others as it was.

    Parameters
    ----------
    model : Model
    name : str
        Of luck; without subscripts all its elements.
    ends : sequence of float, optional
        Another range than that of parameters.csv.
    """
    rows = {model.spelled(s): model.luck[s] for s in model.scalars(name) if s in model.luck}
    if ends is None:
        return tuple(Marginal.of(row, element) for element, row in rows.items())
    low, high = map(never_sure, ends)
    middle = (low + high) / 2
    return tuple(Marginal(e, row.unit, middle, low, high, "uniform") for e, row in rows.items())


def switch_to_set(model: Model, drawn: Iterable[str]) -> Marginal | None:
    """The switch of luck, always 1, for a design that draws luck and not the switch itself."""
    chosen = list(drawn)
    if model.luck_switch is None or not any(is_luck(model, name) for name in chosen):
        return None
    own = model.scalars(model.luck_switch)
    if any(model.scalars(name) == own for name in chosen):
        return None
    unit = model.variable(model.luck_switch).unit
    return Marginal(model.luck_switch, unit, 1.0, 1.0, 1.0, "fixed")


def with_switch(model: Model, marginals: tuple[Marginal, ...]) -> tuple[Marginal, ...]:
    """What is drawn, with the switch of luck where luck is among it."""
    switch = switch_to_set(model, (m.name for m in marginals))
    return (*marginals, switch) if switch else marginals


def refuse_luck(model: Model, chosen: Iterable[str]) -> None:
    """Refuse luck where parameters are moved one at a time, each world but for one as it is.

    Raises
    ------
    InputError
    """
    if luck := [name for name in chosen if is_luck(model, name)]:
        raise InputError(
            f"`{luck[0]}` is luck, which is not moved one at a time.",
            "Uncertainties, levers and the like are accepted.",
            'Draw it, as in `latin_hypercube(1000, vary="luck")`, or compare values with `grid`.',
        )
