"""Draws from which total Sobol' indices are estimated: pairs of points, and their mixtures."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from buildout._util import names
from buildout.errors import InputError
from buildout.inputs.model import Model, given_model
from buildout.sampling.counts import check_count, given_seed, refuse_out_of_balance
from buildout.sampling.distributions import Marginal
from buildout.sampling.draws import SALTELLI, Design
from buildout.sampling.luck import is_luck, with_switch
from buildout.sampling.points import SaltelliPoints
from buildout.sampling.selection import Vary, chosen_parameters

#: The factor that all luck is, when nobody says otherwise.
LUCK_FACTOR = "luck"
#: From fewer pairs of points indices are no numbers to speak of.
LEAST_PAIRS = 8
Groups = Mapping[str, str | Iterable[str]]


def saltelli(
    base: int,
    *,
    seed: int | np.random.Generator | None = None,
    vary: Vary = None,
    kinds: Sequence[str] | None = None,
    groups: Groups | None = None,
    second_order: bool = False,
    model: Model | None = None,
) -> Design:
    """Draws for first and total Sobol' indices (Saltelli et al. 2010, Comput. Phys. Commun. 181).

    Two points A and B of a scrambled Sobol' sequence, and A with each factor in turn taken from B:
    `base * (factors + 2)` draws, in the order of SALib, whose `sobol.analyze` takes an outcome of
    their sweep as it is; so does `total_order`.

    Parameters
    ----------
    base : int
        Pairs of points; a power of two.
    seed, vary, kinds, model
        As in `latin_hypercube`.
    groups : mapping of str to str or iterable of str, optional
        Factors of several parameters, which are drawn anew together: names, or patterns. What is
        in none is a factor of its own, but for luck, which is one factor: its index is what no
        uncertainty explains.
    second_order : bool
        Twice the draws, for indices of pairs as well.

    Returns
    -------
    Design
        `factors` names what the indices are of. Draws within a block are not independent: for
        medians, shares and odds take `latin_hypercube` or `sobol`.

    Raises
    ------
    UnknownNameError
        For a name or pattern that nothing answers to.
    InputError
        For a base that is no power of two, a parameter in two groups, and as `latin_hypercube`.

    Examples
    --------
    >>> design = saltelli(64, seed=7, vary="grant s*")
    >>> design.size, design.factors
    (256, ('grant share level', 'grant start'))
    """
    refuse_out_of_balance(base, "A Saltelli design of {size} pairs", "pairs")
    model = given_model(model)
    marginals = chosen_parameters(model, vary, kinds)
    factors = _factors(model, marginals, groups or {})
    number = {label: i for i, members in enumerate(factors.values()) for label in members}
    every = with_switch(model, marginals)
    labels = tuple(m.name for m in every)
    source = SaltelliPoints(
        int(base), given_seed(seed), tuple(number.get(label, -1) for label in labels), second_order
    )
    return Design(
        labels,
        check_count(source.size),
        SALTELLI,
        source.seed,
        source,
        every,
        {"factors": list(factors), "second_order": second_order},
    )


def _factors(
    model: Model, marginals: Sequence[Marginal], groups: Groups
) -> dict[str, tuple[str, ...]]:
    """What is drawn anew together, by the name of the factor, in the order of the columns."""
    drawn = [m.name for m in marginals]
    owner: dict[str, str] = {}
    for group, members in groups.items():
        # Kinds are not asked: what a group names and the design does not draw is left out.
        meant = [m.name for m in chosen_parameters(model, members) if m.name in drawn]
        if not meant:
            raise InputError(
                f"The group {names.quoted(group)} has nothing that the design draws.",
                cure="Name what `vary` names.",
            )
        for label in meant:
            if label in owner:
                raise InputError(
                    f"`{label}` is in the groups {names.quoted(owner[label])} and "
                    f"{names.quoted(group)}.",
                    "One is accepted.",
                )
            owner[label] = group
    factors: dict[str, tuple[str, ...]] = {}
    for label in drawn:
        own = LUCK_FACTOR if is_luck(model, label) else label
        factor = owner.get(label, own)
        factors[factor] = (*factors.get(factor, ()), label)
    return factors
