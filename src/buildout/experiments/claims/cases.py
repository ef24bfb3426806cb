"""The runs that claims compare: a pathway and what is set on top of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from buildout.errors import InputError
from buildout.experiments.reading import checked_keys, checked_settings, toml_table
from buildout.inputs.model import Model
from buildout.inputs.pathway import Pathway, pathway
from buildout.inputs.settings import Setting

PARTS = ("groups", "cases")
KEYS = ("name", "base", "with", "set")


@dataclass(frozen=True)
class Case:
    """One run.

    Attributes
    ----------
    name : str
    base : str
        Name of a pathway.
    settings : mapping of str to float
        What is set on top of it, later names prevailing.
    """

    name: str
    base: str
    settings: Mapping[str, float]

    def pathway(self) -> Pathway:
        """The case for `simulate` and `sweep`."""
        own = tuple(
            Setting(lever, value, origin="claims") for lever, value in self.settings.items()
        )
        parent = pathway(self.base)
        return replace(parent, name=self.name, title="", settings=(*parent.settings, *own))


def load_cases(model: Model) -> dict[str, Case]:
    """The cases of `tables/cases.toml`, by name.

    Raises
    ------
    InputError, UnknownNameError
        For an entry that is wrong, or speaks of what is not in the model.
    """
    content = toml_table("cases.toml")
    checked_keys(content, PARTS, PARTS, "cases.toml")
    groups = {
        name: checked_settings(model, settings, f"cases.toml, `{name}`")
        for name, settings in content["groups"].items()
    }
    cases = [_case(model, groups, row) for row in content["cases"]]
    if len({case.name for case in cases}) != len(cases):
        raise InputError("`cases.toml` has two cases of one name.", "Each name once.")
    return {case.name: case for case in cases}


def _case(model: Model, groups: Mapping[str, dict[str, float]], row: Mapping[str, Any]) -> Case:
    where = f"cases.toml, `{row.get('name')}`"
    checked_keys(row, KEYS, KEYS[:2], where)
    settings: dict[str, float] = {}
    for group in row.get("with", ()):
        if group not in groups:
            raise InputError(f"{where}: there is no group `{group}`.", f"{', '.join(groups)}.")
        settings |= groups[group]
    settings |= checked_settings(model, row.get("set", {}), where)
    return Case(row["name"], row["base"], settings)
