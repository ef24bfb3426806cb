"""Designs of experiments: which values the parameters of each draw take.

A design is a rule, not a table: any stretch of its draws can be had without the others, in any
order and process, so that a sweep of a million draws neither holds nor repeats them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from buildout._util import names
from buildout._util.arguments import kind_in_words
from buildout.errors import InputError
from buildout.inputs.model import Model, given_model
from buildout.sampling.counts import (
    check_count,
    given_seed,
    refuse_out_of_balance,
    short,
    whole_number,
)
from buildout.sampling.distributions import Marginal, discrete_values
from buildout.sampling.draws import GIVEN, Design, GivenDraws, Grid
from buildout.sampling.luck import refuse_luck, switch_to_set, with_switch
from buildout.sampling.points import Hypercube, SobolPoints
from buildout.sampling.selection import (
    COMPARED_KINDS,
    WITHOUT_LUCK,
    Vary,
    chosen_parameters,
    discrete_row,
    values_of,
)
from buildout.vensim.arrays import Floats

__all__ = ["Design", "given", "grid", "latin_hypercube", "one_at_a_time", "sobol"]

GRID_POINTS, MOST_POINTS = 3, 10**6


def latin_hypercube(
    size: int,
    *,
    seed: int | np.random.Generator | None = None,
    vary: Vary = None,
    kinds: Sequence[str] | None = None,
    model: Model | None = None,
) -> Design:
    """Draws that cover each parameter's range evenly (McKay, Beckman & Conover 1979).

    Parameters
    ----------
    size : int
        Number of draws.
    seed : int or Generator, optional
        The same integer gives the same draws everywhere; a Generator is asked for one. Without it
        a fresh one is taken and kept in the design.
    vary : str, list of str, or mapping, optional
        Names or patterns (`*`, `?`) of constants, or a kind of parameters.csv for all of that kind;
        a mapping gives own ranges, drawn evenly: `{"price floor": (60, 150)}`. Default: all
        uncertainties and the luck of each project.
    kinds : sequence of str, optional
        Which kinds of parameters.csv patterns may choose from (uncertainty, luck, lever, switch,
        initial, structural). Default: uncertainties and luck without `vary`, else all.
    model : Model, optional
        Default: the one that comes with buildout.

    Returns
    -------
    Design
        A column depends on the seed and its own name only: varying one parameter more leaves the
        draws of the others as they were. Luck is a number for each element, and a design with luck
        sets its switch to 1: `vary="luck"` is the same world with other luck, and
        `vary="uncertainty"` draws worlds of expected luck.

    Raises
    ------
    UnknownNameError
        For a name or pattern that nothing answers to.
    InputError
        For a constant without range, or a size below one.

    Examples
    --------
    >>> design = latin_hypercube(1000, seed=7, vary="grant s*")
    >>> design.names
    ('grant share level', 'grant start')
    >>> design.rows(0, 10).shape
    (10, 2)
    """
    model = given_model(model)
    marginals = chosen_parameters(model, vary, kinds)
    return _random(Hypercube, "latin hypercube", size, seed, with_switch(model, marginals))


def sobol(
    size: int,
    *,
    seed: int | np.random.Generator | None = None,
    vary: Vary = None,
    kinds: Sequence[str] | None = None,
    model: Model | None = None,
) -> Design:
    """Draws from a scrambled Sobol' sequence, which fills the box of all ranges evenly.

    Parameters and errors are those of `latin_hypercube`; besides, the size must be a power of two,
    without which the sequence loses its balance (Owen 2020, arXiv:2008.08051).

    It is not a Saltelli sample. Programs that estimate Sobol' indices from one (Saltelli 2010, as
    SALib's `sobol.analyze`) take any table of the right length and give nonsense on these draws:
    for those, and for `total_order`, there is `saltelli`. `first_order` takes these.

    Returns
    -------
    Design

    Examples
    --------
    >>> sobol(1000, vary="grant start")
    Traceback (most recent call last):
    buildout.errors.InputError: A Sobol' design of 1000 draws is out of balance. ...
    """
    refuse_out_of_balance(size, "A Sobol' design of {size} draws", "draws, or a Latin hypercube")
    model = given_model(model)
    marginals = chosen_parameters(model, vary, kinds)
    return _random(SobolPoints, "sobol", size, seed, with_switch(model, marginals))


def grid(
    vary: Vary = None,
    *,
    points: int | None = None,
    kinds: Sequence[str] | None = None,
    model: Model | None = None,
) -> Design:
    """Every combination of chosen values.

    Parameters
    ----------
    vary : mapping, or as in `latin_hypercube`
        A list holds the values, a tuple of two the ends of a range:
        `{"training seats": [0, 500, 1000], "floor price[NdPr]": (60, 150)}`. For names without
        values, evenly spaced quantiles of their distribution, both ends included.
    points : int, optional
        Values for each range and each parameter named without values; 3 by default. A discrete
        parameter takes every whole number of its range instead.
    kinds, model
        As in `latin_hypercube`; without `vary`, all uncertainties.

    Returns
    -------
    Design
        The last parameter runs fastest. With luck in it, the switch of luck is 1.

    Raises
    ------
    UnknownNameError
        For a name or pattern that nothing answers to.
    InputError
        For values that a parameter cannot take, and for `points` where only values are given.

    Examples
    --------
    >>> grid({"grant share level": [0, 0.4], "grant start": [2026, 2028]}).values.tolist()
    [[0.0, 2026.0], [0.0, 2028.0], [0.4, 2026.0], [0.4, 2028.0]]
    >>> grid({"floor price[NdPr]": (60, 150)}, points=4).values[:, 0].tolist()
    [60.0, 90.0, 120.0, 150.0]
    """
    model = given_model(model)
    count = GRID_POINTS if points is None else whole_number(points, "The number of points")
    if count < 2:
        raise InputError("A grid of 1 point has nothing to compare.", "Accepted: 2 or more.")
    if count > MOST_POINTS:
        raise InputError(
            f"The number of points is {short(count)}.", f"Up to {MOST_POINTS:,} are accepted."
        )
    if isinstance(vary, Mapping):
        if points is not None:
            _refuse_idle_points(vary, points)
        levels = {name: _levels(model, name, given, count) for name, given in vary.items()}
    else:
        chosen = chosen_parameters(model, vary, kinds, COMPARED_KINDS)
        levels = {m.name: _spread(m, count) for m in chosen}
    if levels and (switch := switch_to_set(model, levels)):
        levels[switch.name] = np.array([switch.default])
    size = math.prod(len(values) for values in levels.values())
    if not levels:
        raise InputError("There is nothing to vary.", "At least one parameter is accepted.")
    check_count(size)
    source = Grid(tuple(tuple(map(float, values)) for values in levels.values()))
    return Design(tuple(levels), size, "grid", None, source)


def one_at_a_time(
    vary: Vary = None, *, kinds: Sequence[str] | None = None, model: Model | None = None
) -> Design:
    """Each pathway as it is, then each parameter alone at its low and its high end.

    Parameters and errors are those of `latin_hypercube`, without size and seed. Luck is not moved:
    without `vary` it is left out, and patterns do not mean it.

    Returns
    -------
    Design
        Draw 0 sets nothing; draws 2j + 1 and 2j + 2 set parameter j to its low and high end. All
        others are NaN: as the pathway has them, so that the centre of every pathway is its own.

    Examples
    --------
    >>> one_at_a_time("grant share level").values[:, 0].tolist()
    [nan, 0.0, 0.8]
    """
    model = given_model(model)
    if kinds is None and vary is not None:
        kinds = WITHOUT_LUCK
    marginals = chosen_parameters(model, vary, kinds, COMPARED_KINDS)
    refuse_luck(model, (m.name for m in marginals))
    values = np.full((2 * len(marginals) + 1, len(marginals)), np.nan)
    for j, m in enumerate(marginals):
        values[2 * j + 1, j], values[2 * j + 2, j] = m.low, m.high
    labels = tuple(m.name for m in marginals)
    return Design(labels, len(values), "one at a time", None, GivenDraws(values))


def given(
    values: Mapping[str, Sequence[float] | Sequence[str]], *, model: Model | None = None
) -> Design:
    """A design from own numbers.

    Parameters
    ----------
    values : mapping of str to sequence
        For each constant its value in every draw; all of one length.

    Returns
    -------
    Design
        With luck in it, the switch of luck is 1 unless it is given too.

    Raises
    ------
    UnknownNameError, InputError
        For names and values that a setting could not have either.

    Examples
    --------
    >>> given({"grant start": [2026, 2028, 2030]}).size
    3
    """
    model = given_model(model)
    if not isinstance(values, Mapping):
        raise InputError(
            f"The design is given as {kind_in_words(values)}.",
            "A mapping of names to the values of all draws is accepted.",
        )
    columns = [values_of(model, name, column) for name, column in values.items()]
    if len({len(column) for column in columns}) != 1:
        raise InputError("The columns of the design differ in length, or there are none.")
    labels = list(map(str, values))
    if switch := switch_to_set(model, labels):
        labels.append(switch.name)
        columns.append(np.full(len(columns[0]), switch.default))
    source = GivenDraws(np.stack(columns, axis=1))
    return Design(tuple(labels), len(columns[0]), GIVEN, None, source)


def _is_range(given: object) -> bool:
    return isinstance(given, tuple) and len(given) == 2


def _refuse_idle_points(vary: Mapping[str, Any], points: int) -> None:
    """With values for every parameter there is nothing that `points` could mean."""
    if any(map(_is_range, vary.values())) or not vary:
        return
    name, values = next(iter(vary.items()))
    raise InputError(
        f"`points` is {points}, and `{name}` is given the values {names.quoted(list(values))}.",
        "A list holds the values themselves; a tuple `(low, high)` is a range of `points` levels.",
        "Write the ends as a tuple, or leave `points` out.",
    )


def _levels(model: Model, name: str, given: Any, count: int) -> Floats:
    """The levels of one parameter: the values of a list, or `count` between the two of a tuple."""
    values = values_of(model, name, given)
    if not _is_range(given):
        return values
    low, high = values
    if not low < high:
        raise InputError(f"`{name}` ranges from {low:g} to {high:g}.", "Low before high.")
    if discrete_row(model, name):
        return np.arange(low, high + 1)
    return np.linspace(low, high, count)


def _spread(m: Marginal, count: int) -> Floats:
    if m.distribution == "discrete":
        return discrete_values(m)
    return m.quantile(np.linspace(0, 1, count))


def _random(
    points: type[Hypercube] | type[SobolPoints],
    kind: str,
    size: int,
    seed: Any,
    marginals: tuple[Marginal, ...],
) -> Design:
    labels = tuple(m.name for m in marginals)
    source = points(check_count(whole_number(size)), given_seed(seed), labels)
    return Design(labels, source.size, kind, source.seed, source, marginals)
