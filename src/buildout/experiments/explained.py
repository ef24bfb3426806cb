"""Why some constants and levers change nothing by themselves, read off the equations."""

from collections.abc import Mapping

from buildout.experiments.reading import TABLES, checked_names, csv_table
from buildout.inputs.model import Model


def load_explained(model: Model) -> dict[str, str]:
    """Reason by name, with or without subscripts; a name without them stands for all elements.

    Raises
    ------
    InputError, UnknownNameError
        For a row of `tables/explained.csv` that is wrong.
    """
    rows = csv_table(TABLES / "explained.csv", ("name", "why"))
    checked_names(model, [row["name"] for row in rows], "explained.csv")
    return {row["name"]: row["why"] for row in rows}


def reason(explained: Mapping[str, str], spelled: str) -> str:
    """The reason for a constant as the model spells it, empty when none is given."""
    return explained.get(spelled, explained.get(spelled.split("[")[0], ""))
