"""Which parameters of the model names, patterns and own ranges mean."""

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from buildout._util import names
from buildout._util.arguments import given_list, given_texts, kind_in_words
from buildout._util.numbers import in_full
from buildout.errors import InputError
from buildout.inputs.model import Model
from buildout.inputs.parameters import LUCK, PARAMETER_KINDS, Parameter
from buildout.inputs.settings import Setting
from buildout.sampling.distributions import Marginal
from buildout.sampling.luck import is_luck, luck_of_each
from buildout.vensim.arrays import Floats

# Drawn, and compared at some values, when nobody says what to vary: what we do not choose.
DRAWN_KINDS, COMPARED_KINDS = ("uncertainty", LUCK), ("uncertainty",)
WITHOUT_LUCK = tuple(kind for kind in PARAMETER_KINDS if kind != LUCK)
LONGEST_PATTERN = 200
MOST_VALUES = 10**7  # In a list; arrays may hold what memory does.
Vary = str | Iterable[str] | Mapping[str, Sequence[float]] | None


def chosen_parameters(
    model: Model,
    vary: Vary,
    kinds: Sequence[str] | None = None,
    default: Sequence[str] = DRAWN_KINDS,
) -> tuple[Marginal, ...]:
    """The parameters that names, kinds, patterns or own ranges mean, each with its distribution.

    Of luck each element is a parameter of its own.

    Raises
    ------
    UnknownNameError, InputError
        As `latin_hypercube` says.
    """
    if isinstance(vary, Mapping):
        chosen = [m for name, ends in vary.items() for m in _own_range(model, name, ends)]
    else:
        kinds = _kinds(kinds) or (default if vary is None else None)
        wanted = ["*"] if vary is None else given_texts(vary, "`vary`", "Names and patterns")
        chosen = [m for name in wanted for m in _meant(model, name, kinds)]
    if not chosen:
        raise InputError(
            "There is nothing to vary.", cure="`buildout levers` lists what has a range."
        )
    return tuple({m.name: m for m in chosen}.values())


def _kinds(kinds: Sequence[str] | None) -> list[str]:
    chosen = [] if kinds is None else given_texts(kinds, "`kinds`", "Kinds of parameters.csv")
    for kind in chosen:
        if kind not in PARAMETER_KINDS:
            raise names.unknown("kind", kind, PARAMETER_KINDS)
    return chosen


def _meant(model: Model, name: str, kinds: Sequence[str] | None) -> list[Marginal]:
    known = names.key(names.split(name)[0]) in model.variables
    if name in PARAMETER_KINDS and not known:
        name, kinds = "*", [name]
    if not set("*?") & set(name):
        if not known and names.nearest(name, PARAMETER_KINDS):
            constants = (v.name for v in model.variables.values())
            raise names.unknown("parameter or kind", name, (*PARAMETER_KINDS, *constants))
        return _named(model, name)
    if len(name) > LONGEST_PATTERN:
        raise InputError(
            f"The pattern {names.quoted(name)} has {len(name)} letters.",
            f"Up to {LONGEST_PATTERN} are accepted.",
        )
    # Square brackets are sets of letters to fnmatch, and subscripts to us. It compiles each star
    # to a group that is not gone back into, so that no pattern takes for ever.
    pattern = re.sub(r"\*+", "*", _plain(name)).replace("[", "[[]")
    rows = dict.fromkeys(model.parameters.values())
    matching = [row for row in rows if fnmatch.fnmatchcase(_plain(row.name), pattern)]
    if not matching and name != "*":
        raise names.unknown("pattern", name, (row.name for row in rows))
    allowed = [row for row in matching if kinds is None or row.kind in kinds]
    return [m for row in allowed for m in _of_row(model, row) if m.varies]


def _of_row(model: Model, row: Parameter) -> tuple[Marginal, ...]:
    if row.kind != LUCK:
        return (Marginal.of(row),)
    # A pattern means what falls out by luck, not the switch that lets it act.
    return luck_of_each(model, row.name) if is_luck(model, row.name) else ()


def _named(model: Model, name: str) -> list[Marginal]:
    scalars = settable(model, name)
    if is_luck(model, name):
        return list(luck_of_each(model, name))
    rows = dict.fromkeys(model.parameters[s] for s in scalars if s in model.parameters)
    # One row may stand for all elements while the user means a few of them.
    narrower = bool(names.split(name)[1])
    marginals = [
        Marginal.of(row, name if narrower and "[" not in row.name else None) for row in rows
    ]
    if not marginals or not all(m.varies for m in marginals):
        raise InputError(
            f"`{name}` has no range to draw from.",
            cure=f'Give one, as in `vary={{"{name}": (low, high)}}`, or leave it out.',
        )
    return marginals


def _require_name(name: object) -> None:
    if not isinstance(name, str):
        raise InputError(f"A parameter is named by {kind_in_words(name)}.", "Text is accepted.")


def _own_range(model: Model, name: str, ends: Sequence[float]) -> tuple[Marginal, ...]:
    _require_name(name)
    both = values_of(model, name, ends)
    if len(both) != 2:
        raise InputError(f"`{name}` has {len(both)} ends.", "Accepted: `(low, high)`.")
    if is_luck(model, name):
        return luck_of_each(model, name, both.tolist())
    low, high = map(float, both)
    default = float(np.clip(model.constants[model.scalars(name)[0]], low, high))
    discrete = discrete_row(model, name) is not None
    # Between the ends of a switch there is nothing: only whole numbers are drawn.
    shape = "discrete" if discrete else "uniform"
    return (Marginal(name, model.variable(name).unit, default, low, high, shape),)


def settable(model: Model, name: str) -> tuple[str, ...]:
    """Scalar ids of a constant; an error for what a draw cannot set."""
    variable = model.variable(name, kind="parameter")
    if variable.kind != "constant" or names.key(variable.name) in model.system.controls:
        raise InputError(
            f"`{name}` cannot be varied: it is not a constant of the model.",
            cure="`buildout levers` lists what can.",
        )
    return tuple(model.scalars(name))


def values_of(model: Model, name: str, values: Sequence[float] | Sequence[str]) -> Floats:
    """Values given for a parameter, (values,), in its unit.

    Raises
    ------
    UnknownNameError, InputError
        For what is no constant, no list of finite numbers (or letters of the rule's regimes), and
        for numbers that are not whole where the parameter is discrete.
    """
    _require_name(name)
    settable(model, name)
    try:
        # A letter of a regime becomes its number where every setting's does.
        numbers = (
            values if _numeric(values) else [Setting(name, v).value for v in _listed(name, values)]
        )
        if any(isinstance(value, str | bool | np.bool_) for value in numbers):
            raise TypeError("neither text nor truth is a number")
        array = np.asarray(numbers, float)
    except (TypeError, ValueError, OverflowError):
        array = np.array([np.nan])
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise InputError(
            f"`{name}` is given {names.quoted(repr(values))}.",
            "A list of finite numbers is accepted.",
        )
    broken = array[array != np.rint(array)]
    if len(broken) and (row := discrete_row(model, name)):
        raise InputError(
            f"`{name}` is given {in_full(broken[0])}.",
            f"It is discrete: whole numbers from {row.low:g} to {row.high:g} are accepted.",
        )
    return array


def _numeric(values: object) -> bool:
    return isinstance(values, np.ndarray) and values.ndim > 0 and values.dtype.kind in "iuf"


def _listed(name: str, values: object) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        return [values]
    return given_list(values, names.quoted(name), "Numbers", MOST_VALUES)


def discrete_row(model: Model, name: str) -> Parameter | None:
    """The row of parameters.csv that lets a constant be whole numbers only, if there is one."""
    rows = (model.parameters.get(scalar) for scalar in model.scalars(name))
    return next((row for row in rows if row and row.distribution == "discrete"), None)


def _plain(name: str) -> str:
    return re.sub(r"\s*([\[\],])\s*", r"\1", re.sub(r"[\s_]+", " ", name.strip().casefold()))
