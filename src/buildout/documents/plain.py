"""A book as CSV files, and the values of its runs as tidy tables by their subscripts."""

from collections.abc import Mapping

import xarray as xr

from buildout._util import names, tables
from buildout.documents.book import Book
from buildout.simulation.table import LAST_COLUMNS, tidy_table

FOLDER, VALUES = "csv", "values"


def to_csv_files(book: Book, values: xr.Dataset | None = None) -> Mapping[str, bytes]:
    """Files by name: each sheet with the keys of its columns, and the values of the runs by year.

    Parameters
    ----------
    book : Book
    values : Dataset, optional
        Runs or draws whose values go into a folder `values`.
    """
    made = {
        f"{FOLDER}/{names.key(sheet.name)}.csv": tables.to_csv(
            [{column.key: row.get(column.key) for column in sheet.columns} for row in sheet.rows]
        )
        for sheet in book.sheets
    }
    if values is not None:
        made |= {
            f"{FOLDER}/{VALUES}/{name}.csv": text for name, text in tidy_by_shape(values).items()
        }
    return {name: text.encode() for name, text in made.items()}


def tidy_by_shape(ds: xr.Dataset) -> dict[str, str]:
    """Tidy tables by name: variables of the same subscripts together, so that no cell is empty.

    Constants are left out where there are dates or draws, as they stand among the settings.

    Crossing all subscripts with one another in one table would take more memory than any machine
    has.
    """
    shapes: dict[tuple[str, ...], list[str]] = {}
    for key in ds.data_vars:
        array = ds.variables[key]
        if array.dtype.kind in "fiu":
            shapes.setdefault(tuple(str(dim) for dim in array.dims), []).append(str(key))
    made = {}
    moving = {dims for dims in shapes if {"time", "draw"} & set(dims)}
    for dims, keys in shapes.items():
        if moving and dims not in moving:
            continue
        own = [dim for dim in dims if dim not in ("pathway", "time")]
        table = tidy_table(ds, keys)
        heads = [*(dim for dim in dims if dim in table), *LAST_COLUMNS]
        # Names of the model only, which begin with no sign that a spreadsheet would run.
        text = table[heads].to_csv(index=False, lineterminator="\n")
        made["by_" + "_".join(own) if own else "whole"] = text
    return made
