"""Dials of policy: levers that `frontier` moves together, from the status quo to a pathway's own.

`tables/dials.csv` says it, a lever a line: the pathway whose values stand at the dial's end, the
region where only one is meant, whether the dial is a switch, and whether the model charges public
money for it.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.model import Model

DIALS_TABLE = Path(__file__).with_name("tables") / "dials.csv"
DIALS_COLUMNS = ("dial", "pathway", "lever", "region", "kind", "costs")
KINDS, COSTS = ("dial", "switch"), ("charged", "free")


@dataclass(frozen=True)
class Dial:
    """Levers that move together.

    Attributes
    ----------
    name : str
    pathway : str
        Whose values they have at the dial's end.
    scalars : tuple of str
        Ids of the constants.
    switch : bool
        Whether there is nothing between off and on.
    charged : bool
        Whether the model charges public money for it; a plant that it brings may cost some anyway.
    """

    name: str
    pathway: str
    scalars: tuple[str, ...]
    switch: bool
    charged: bool


@lru_cache(maxsize=4)
def policy_dials(model: Model) -> tuple[Dial, ...]:
    """The dials of `tables/dials.csv`, in its order.

    Parameters
    ----------
    model : Model

    Raises
    ------
    InputError
        For rows that are wrong, all together.
    """
    dials: dict[str, Dial] = {}
    problems: list[BuildoutError] = []
    for line, cells in read_rows(DIALS_TABLE, DIALS_COLUMNS, what="the table of dials"):
        try:
            own = _row_of_dials(model, cells)
            before = dials.setdefault(own.name, own)
            if before is not own:
                dials[own.name] = _joined(before, own)
        except BuildoutError as problem:
            problems.append(InputError(f"Line {line}: {problem}"))
    if problems:
        raise together(problems, quoted(DIALS_TABLE.name))
    return tuple(dials.values())


def _row_of_dials(model: Model, cells: dict[str, str]) -> Dial:
    for column, accepted in (("kind", KINDS), ("costs", COSTS)):
        if cells[column] not in accepted:
            listed = ", ".join(accepted)
            raise InputError(f"{column} is {quoted(cells[column])}.", f"Accepted: {listed}.")
    members = model.variable(cells["lever"], kind="lever").members
    region = cells["region"]
    scalars = tuple(s for where, s in members.items() if not region or where[0] == region)
    if not scalars:
        raise InputError(f"{quoted(cells['lever'])} has no element {quoted(region)}.")
    switch, charged = cells["kind"] == "switch", cells["costs"] == "charged"
    return Dial(cells["dial"], cells["pathway"], scalars, switch, charged)


def _joined(before: Dial, more: Dial) -> Dial:
    alike = ("pathway", "switch", "charged")
    if any(getattr(before, name) != getattr(more, name) for name in alike):
        raise InputError(f"{quoted(before.name)} has another pathway, kind or cost above.")
    scalars = tuple(dict.fromkeys((*before.scalars, *more.scalars)))
    return Dial(before.name, before.pathway, scalars, before.switch, before.charged)


def dial_named(model: Model, name: str) -> Dial:
    """A dial by its name.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    dials = {names.key(dial.name): dial for dial in policy_dials(model)}
    if names.key(name) not in dials:
        raise names.unknown("dial", name, [dial.name for dial in dials.values()])
    return dials[names.key(name)]
