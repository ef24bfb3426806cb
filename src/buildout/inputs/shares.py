"""Shares of a whole: which variables sum to one over a subscript, and settings that break that.

`tables/shares.csv` says it, a variable a line, of constants and of what is computed alike; `whole`
where one element has all of it, which makes it a choice. A share is set element by element, so each
value lies in its range while the whole is lost or made twice.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.numbers import in_full
from buildout._util.reading import read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.model import Model
from buildout.vensim.arrays import Floats

SHARES_TABLE = Path(__file__).with_name("tables") / "shares.csv"
_ROUNDING = 1e-9  # As `buildout.checks` accepts of a balance.


@lru_cache(maxsize=1)
def shares_of_a_whole() -> dict[str, str]:
    """The subscript over which a variable is a share, by key of the variable.

    Examples
    --------
    >>> shares_of_a_whole()["project_maker"]
    'maker'
    """
    return {names.key(cells["variable"]): names.key(cells["over"]) for cells in _table()}


@lru_cache(maxsize=1)
def _table() -> list[dict[str, str]]:
    rows = read_rows(SHARES_TABLE, ("variable", "over", "whole"), what="the table of shares")
    return [cells for _, cells in rows]


@lru_cache(maxsize=1)
def _choices() -> frozenset[str]:
    return frozenset(names.key(cells["variable"]) for cells in _table() if cells["whole"])


def check_shares(model: Model, values: Mapping[str, float | Floats], *, where: str) -> None:
    """Refuse shares of a whole that some values touch and that do not sum to one.

    Parameters
    ----------
    model : Model
    values : mapping of str to float or array
        By scalar id; arrays, all of one length, where there are several runs.
    where : str
        How the message names the place.

    Raises
    ------
    InputError
        All problems together.
    """
    problems: list[BuildoutError] = []
    for name, wholes in _wholes(model).items():
        if names.key(name) in _choices():
            problems += _between(model, values, wholes.values())
        sums = [_sum(model, values, shares) for shares in wholes.values()]
        wrong = [
            (whole, total) for whole, total in zip(wholes, sums, strict=True) if total is not None
        ]
        if wrong:
            (whole, total), *more = wrong
            also = f", and {len(more)} more of {quoted(name)} do not sum to 1" if more else ""
            listed = ", ".join(f"`{model.spelled(scalar)}`" for scalar in wholes[whole])
            problems.append(
                InputError(
                    f"{quoted(whole)} sums to {total:.6g}{also}.",
                    "Shares that sum to 1 are accepted.",
                    f"Set them together: {listed}.",
                )
            )
    if problems:
        raise together(problems, where)


def _between(
    model: Model, values: Mapping[str, float | Floats], wholes: Iterable[tuple[str, ...]]
) -> list[BuildoutError]:
    """The first element of a choice that is neither taken nor left."""
    for scalar in (scalar for shares in wholes for scalar in shares if scalar in values):
        given = np.atleast_1d(values[scalar])
        if len(between := given[given != np.rint(given)]):
            message = f"`{model.spelled(scalar)}` is set to {in_full(between[0])}."
            return [InputError(message, "It is a choice: 0 or 1 is accepted.")]
    return []


def _sum(
    model: Model, values: Mapping[str, float | Floats], shares: tuple[str, ...]
) -> float | None:
    """What touched shares sum to where it is farthest from one; None where it is one."""
    if not any(scalar in values for scalar in shares):
        return None
    total = np.atleast_1d(sum(values.get(s, model.constants[s]) for s in shares))
    off = np.abs(total - 1)
    if not any(model.constants[scalar] for scalar in shares):
        off[total == 0] = 0  # An element that takes no part.
    worst = int(off.argmax())
    return float(total[worst]) if off[worst] > _ROUNDING else None


@lru_cache(maxsize=8)
def _wholes(model: Model) -> dict[str, dict[str, tuple[str, ...]]]:
    """The constants that sum to one together: by variable, by name of the whole."""
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, over in shares_of_a_whole().items():
        variable = model.variables.get(key)
        if variable is None or variable.kind != "constant":
            continue
        place = [names.key(dim) for dim in variable.dims].index(over)
        wholes = groups.setdefault(variable.name, {})
        for elements, scalar in variable.members.items():
            others = (*elements[:place], names.WILDCARD, *elements[place + 1 :])
            whole = names.join(variable.name, others)
            wholes[whole] = (*wholes.get(whole, ()), scalar)
    return groups
