"""Which parameters of the model names, patterns and own ranges mean."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from buildout._util import names
from buildout.errors import InputError
from buildout.inputs.model import Model
from buildout.sampling.distributions import Marginal

DRAWN = ("uncertainty",)  # Drawn when nobody says what to vary: what we do not choose.
Vary = str | Iterable[str] | Mapping[str, Sequence[float]] | None


def select(model: Model, vary: Vary, kinds: Sequence[str] | None = None) -> tuple[Marginal, ...]:
    """The parameters that names, patterns or own ranges mean, each with its distribution.

    Raises
    ------
    UnknownNameError, InputError
        As `latin_hypercube` says.
    """
    if isinstance(vary, Mapping):
        chosen = [_own_range(model, name, ends) for name, ends in vary.items()]
    else:
        kinds = kinds or (DRAWN if vary is None else None)
        wanted = ["*"] if vary is None else [vary] if isinstance(vary, str) else list(vary)
        chosen = [m for name in wanted for m in _meant(model, name, kinds)]
    if not chosen:
        raise InputError(
            "There is nothing to vary.", cure="`buildout levers` lists what has a range."
        )
    return tuple({m.name: m for m in chosen}.values())


def _meant(model: Model, name: str, kinds: Sequence[str] | None) -> list[Marginal]:
    if not set("*?") & set(name):
        return _named(model, name)
    # Not fnmatch: its square brackets are sets of letters, ours are subscripts.
    letters = {"*": ".*", "?": "."}
    pattern = "".join(letters.get(c, re.escape(c)) for c in _plain(name))
    rows = dict.fromkeys(model.parameters.values())
    matching = [row for row in rows if re.fullmatch(pattern, _plain(row.name))]
    if not matching and name != "*":
        raise names.unknown("pattern", name, (row.name for row in rows))
    allowed = [Marginal.of(row) for row in matching if kinds is None or row.kind in kinds]
    return [marginal for marginal in allowed if marginal.varies]


def _named(model: Model, name: str) -> list[Marginal]:
    scalars = settable(model, name)
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


def _own_range(model: Model, name: str, ends: Sequence[float]) -> Marginal:
    scalars = settable(model, name)
    both = numbers(name, ends)
    if len(both) != 2:
        raise InputError(f"`{name}` has {len(both)} ends.", "Accepted: `(low, high)`.")
    low, high = map(float, both)
    default = float(np.clip(model.constants[scalars[0]], low, high))
    return Marginal(name, model.variable(name).unit, default, low, high, "uniform")


def settable(model: Model, name: str) -> list[str]:
    """Scalar ids of a constant; an error for what a draw cannot set."""
    variable = model.variable(name, kind="parameter")
    if variable.kind != "constant" or names.key(variable.name) in model.system.controls:
        raise InputError(
            f"`{name}` cannot be varied: it is not a constant of the model.",
            cure="`buildout levers` lists what can.",
        )
    return model.scalars(name)


def numbers(name: str, values: Sequence[float]) -> np.ndarray:
    """Values given for a parameter as an array; an error for what is no list of numbers."""
    try:
        found = np.atleast_1d(np.asarray(values, float))
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if found.ndim != 1 or not found.size or not np.isfinite(found).all():
        raise InputError(f"`{name}` is given {values!r}.", "A list of finite numbers is accepted.")
    return found


def _plain(name: str) -> str:
    return re.sub(r"\s*([\[\],])\s*", r"\1", re.sub(r"[\s_]+", " ", name.strip().casefold()))
