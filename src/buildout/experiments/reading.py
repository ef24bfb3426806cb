"""The tables of the experiments: read in one place, compared with the model as they are read."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from buildout._util.reading import read_number, read_rows, read_text
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.model import Model
from buildout.inputs.validation import check_values

TABLES = Path(__file__).with_name("tables")


def toml_table(name: str) -> dict[str, Any]:
    """The content of a TOML file in `tables/`.

    Raises
    ------
    InputError
        When it is missing or malformed.
    """
    text = read_text(TABLES / name, what="the table of experiments")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"`{name}` is not valid TOML: {error}.") from error


def csv_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file with these columns and no others.

    Raises
    ------
    InputError
        For a column or a cell too many or too few.
    """
    rows = [cells for _, cells in read_rows(path, columns, what="the table of experiments")]
    unknown = sorted({column for cells in rows for column in cells} - set(columns))
    if unknown:
        raise InputError(f"`{path.name}` has the columns {', '.join(unknown)}.", "Remove them.")
    return rows


def checked_keys(
    row: Mapping[str, Any], accepted: Sequence[str], needed: Sequence[str], where: str
) -> None:
    """Refuse a misspelt key, which would be passed over in silence, and a missing one."""
    for key in row:
        if key not in accepted:
            raise InputError(f"{where} has the key `{key}`.", f"Accepted: {', '.join(accepted)}.")
    for key in needed:
        if key not in row:
            raise InputError(f"{where} lacks the key `{key}`.", f"Needed: {', '.join(needed)}.")


def checked_settings(model: Model, settings: Mapping[str, Any], where: str) -> dict[str, float]:
    """Settings of an experiment, whose names and numbers the model knows.

    They may leave the ranges of parameters.csv: what is taken out is taken to an extreme.

    Raises
    ------
    UnknownNameError, InputError
        All problems together.
    """
    check_values(model, settings, where=where, beyond_range=True)
    return {name: float(value) for name, value in settings.items()}


def checked_names(model: Model, names: Sequence[str], where: str) -> tuple[str, ...]:
    """Names of variables or their elements that the model has.

    Raises
    ------
    UnknownNameError
        All problems together.
    """
    problems: list[BuildoutError] = []
    for name in names:
        try:
            model.scalars(name)
        except BuildoutError as problem:
            problems.append(problem)
    if problems:
        raise together(problems, where)
    return tuple(names)


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several, with semicolons between them."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def number_or(cell: str, otherwise: float, where: str) -> float:
    """The number in a cell, or what an empty one stands for."""
    return read_number(cell, what=where) if cell.strip() else otherwise
