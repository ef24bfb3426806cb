"""Instruments of policy: which levers belong together, as people speak of them.

`tables/instruments.csv` says it, a lever a line. A constant that it does not name is among the
`other settings`, as are levers that it puts there.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.model import Model

INSTRUMENTS_TABLE = Path(__file__).with_name("tables") / "instruments.csv"
OTHER_SETTINGS = "other settings"


@lru_cache(maxsize=4)
def instruments(model: Model) -> dict[str, tuple[str, ...]]:
    """Levers by instrument, in the order of the table, `other settings` last.

    Parameters
    ----------
    model : Model

    Returns
    -------
    dict of str to tuple of str
        Keys of variables.

    Raises
    ------
    InputError
        For a lever that the model lacks or that stands twice; all problems together.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> instruments(load_model())["people and know-how"][0]
    'training_seats_level'
    """
    groups: dict[str, list[str]] = {}
    home: dict[str, str] = {}
    problems: list[BuildoutError] = []
    rows = read_rows(INSTRUMENTS_TABLE, ("instrument", "lever"), what="the table of instruments")
    for line, cells in rows:
        try:
            lever = model.variable(cells["lever"], kind="lever").key
            if lever in home:
                raise InputError(f"{quoted(cells['lever'])} is in `{home[lever]}` already.")
        except BuildoutError as problem:
            problems.append(InputError(f"Line {line}: {problem}"))
            continue
        home[lever] = cells["instrument"]
        groups.setdefault(cells["instrument"], []).append(lever)
    if problems:
        raise together(problems, quoted(INSTRUMENTS_TABLE.name))
    last = groups.pop(OTHER_SETTINGS, [])
    return {**{name: tuple(levers) for name, levers in groups.items()}, OTHER_SETTINGS: tuple(last)}


def instrument_of(model: Model, scalar: str) -> str:
    """The instrument that a constant belongs to, by its scalar id."""
    return _homes(model).get(names.split(scalar)[0], OTHER_SETTINGS)


def by_instrument(model: Model, scalars: Iterable[str]) -> dict[str, list[str]]:
    """Constants by the instrument they belong to, in the order of the table; none is empty."""
    sorted_in: dict[str, list[str]] = {name: [] for name in instruments(model)}
    for scalar in scalars:
        sorted_in[instrument_of(model, scalar)].append(scalar)
    return {name: own for name, own in sorted_in.items() if own}


@lru_cache(maxsize=4)
def _homes(model: Model) -> dict[str, str]:
    return {lever: name for name, levers in instruments(model).items() for lever in levers}
