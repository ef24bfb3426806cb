"""The loops, switches and sectors of the model, and how to take each of them out.

Each names the outcome it is known for and the direction that outcome must take (model.md, sections
4 and 8); where it matters most is found by running.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from buildout.errors import InputError
from buildout.experiments.reading import checked_keys, checked_names, checked_settings, toml_table
from buildout.inputs.model import Model
from buildout.inputs.pathway import pathway_names

UP, DOWN = 1, -1

DIRECTIONS = {"up": UP, "down": DOWN}
NEEDED = ("name", "outcome", "year", "direction")
KINDS = ("loop", "switch", "sector")


@dataclass(frozen=True)
class Knockout:
    """Something taken out of the model, and what that is known to do.

    Attributes
    ----------
    name : str
        What is taken out.
    settings : mapping
        Constants that take it out; empty where `defaults` is set.
    outcome : str
        Scalar id of the outcome it is known for.
    year : float
    direction : int
        `UP` or `DOWN`: where the outcome goes without it.
    under : mapping
        Settings with and without it alike, that give it something to do.
    pathways : tuple of str
        Where it has something to do; all when empty.
    defaults : bool
        Whether every setting of the pathway is taken back to the model's default.
    how : str
        In words, where the settings do not speak for themselves.
    takes_plants : bool
        Whether it takes plants away for want of a switch, so that it says nothing of what these
        plants make.
    """

    name: str
    settings: Mapping[str, float]
    outcome: str
    year: float
    direction: int
    under: Mapping[str, float] = field(default_factory=dict)
    pathways: tuple[str, ...] = ()
    defaults: bool = False
    how: str = ""
    takes_plants: bool = False


@dataclass(frozen=True)
class Knockouts:
    """All knock-outs.

    Attributes
    ----------
    loops, switches, sectors : tuple of Knockout
    """

    loops: tuple[Knockout, ...]
    switches: tuple[Knockout, ...]
    sectors: tuple[Knockout, ...]

    @property
    def every(self) -> tuple[Knockout, ...]:
        """Loops, switches and sectors in one list."""
        return (*self.loops, *self.switches, *self.sectors)


def load_knockouts(model: Model) -> Knockouts:
    """The knock-outs of `tables/knockouts.toml`.

    Raises
    ------
    InputError, UnknownNameError
        For an entry that is wrong, or speaks of what is not in the model.
    """
    content = toml_table("knockouts.toml")
    checked_keys(content, KINDS, KINDS, "knockouts.toml")
    paths = frozenset(pathway_names())
    return Knockouts(
        *(tuple(_knockout(model, row, paths) for row in content[kind]) for kind in KINDS)
    )


def _knockout(model: Model, row: Mapping[str, Any], paths: frozenset[str]) -> Knockout:
    where = f"knockouts.toml, `{row.get('name')}`"
    checked_keys(row, [field.name for field in fields(Knockout)], NEEDED, where)
    if row["direction"] not in DIRECTIONS:
        raise InputError(f"{where}: the direction is `{row['direction']}`.", "`up` or `down`.")
    checked_names(model, [row["outcome"]], where)
    if unknown := set(row.get("pathways", ())) - paths:
        raise InputError(f"{where}: there is no pathway {', '.join(sorted(unknown))}.")
    return Knockout(
        **dict(row)
        | {
            "settings": checked_settings(model, row.get("settings", {}), where),
            "under": checked_settings(model, row.get("under", {}), where),
            "direction": DIRECTIONS[row["direction"]],
            "pathways": tuple(row.get("pathways", ())),
        }
    )
