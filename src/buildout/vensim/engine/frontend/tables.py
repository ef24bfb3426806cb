"""Data variables given as a table."""

import os

from buildout._util import names
from buildout._util.reading import read_number, read_rows
from buildout.errors import InputError

#: What stands where there is no value.
_GAPS = ("", ":na:", "na", "nan")


def read_data(path: str | os.PathLike[str]) -> dict[str, list[tuple[float, float]]]:
    """The columns of a CSV file of data, by `names.alike` of their heads.

    Parameters
    ----------
    path : path
        The time stands in the first column; empty cells and `:NA:` are gaps.

    Returns
    -------
    dict of str to list of (float, float)
        Times and values.

    Raises
    ------
    InputError
        For cells that are no numbers, and columns without any.
    """
    rows = read_rows(path, (), what="the data")
    if not rows or len(rows[0][1]) < 2:
        raise InputError(
            f"{names.quoted(path)} has no data.", "A column of times and one of values is accepted."
        )
    time, *heads = rows[0][1]
    columns = {}
    for head in heads:
        points = [
            (
                read_number(cells[time], what=f"line {line}, column `{time}`"),
                read_number(cells[head], what=f"line {line}, column `{head}`"),
            )
            for line, cells in rows
            if cells[head].strip().casefold() not in _GAPS
        ]
        if not points:
            raise InputError(f"The column {names.quoted(head)} of the data has no number.")
        columns[names.alike(head)] = points
    return columns
