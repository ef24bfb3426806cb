"""A Dataset that shows itself in a notebook in less than 100 kB, whatever it holds.

xarray writes the whole of each variable into a notebook: 2.1 MB for three pathways with all
outputs, most of it never unfolded. Its options cannot be set for one Dataset alone, and changing
them for all would change other people's notebooks. So results are a subclass that differs from
`xarray.Dataset` in this one method; every operation on it works as on any Dataset.
"""

from collections.abc import Mapping
from html import escape
from typing import cast

import xarray as xr

from buildout._util import names

LONGEST_DISPLAY = 100_000
#: More variables than this are not tried: xarray takes 2 kB and a millisecond for each.
VARIABLES_IN_FULL = 30
COORDINATES_IN_FULL = 12
LONGEST_ATTRIBUTE = 300
LONGEST_LIST = 50_000


# xarray gives its classes no types here.
class Results(xr.Dataset):  # type: ignore[no-untyped-call]
    """An `xarray.Dataset` whose display stays short; see the note at the top of the module."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Small ones as xarray shows them; of large ones the coordinates and a list of names."""
        if len(self.variables) <= VARIABLES_IN_FULL:
            full = _short(self)._repr_html_()
            if len(full) < LONGEST_DISPLAY:
                return full
        listed = list(self.coords)[COORDINATES_IN_FULL:]
        shown = _short(self.drop_vars([*self.data_vars, *listed]))
        lines = [_line(str(name), array) for name, array in self.data_vars.items()]
        more = [_line(str(name), self.coords[name]) for name in listed]
        heading = f"{len(lines)} variables; `buildout.find(word)` looks for one"
        return (
            f"{shown._repr_html_()}{_folded(f'{len(more)} more coordinates', more) * bool(more)}"
            f"{_folded(heading, lines)}"
        )


def as_results(ds: xr.Dataset) -> Results:
    """Any Dataset as one that shows itself shortly."""
    # Made anew from its variables it would be aligned once more: 0.3 s for all outputs.
    results = ds.copy(deep=False)
    results.__class__ = Results
    results.set_close(ds.close)
    return cast(Results, results)


def _folded(heading: str, lines: list[str]) -> str:
    return (
        f"<details><summary>{escape(heading)}</summary><pre>{escape(_cut_list(lines))}</pre>"
        "</details>"
    )


def _short(ds: xr.Dataset) -> xr.Dataset:
    """A plain Dataset with long attributes cut."""
    plain = xr.Dataset(ds.data_vars, ds.coords, ds.attrs)
    plain.attrs = _attributes(plain.attrs)
    for variable in plain.variables.values():
        variable.attrs = _attributes(variable.attrs)
    return plain


def _attributes(attrs: Mapping[str, object]) -> dict[str, object]:
    return {name: _cut_text(value) for name, value in attrs.items()}


def _cut_text(value: object) -> object:
    written = str(value)
    if len(written) <= LONGEST_ATTRIBUTE:
        return value
    return f"{written[:LONGEST_ATTRIBUTE]}... ({len(written):,} characters)"


def _line(name: str, array: xr.DataArray) -> str:
    dims = [str(dim) for dim in array.dims if dim != "pathway"]
    return f"{names.join(name, dims)}  {array.attrs.get('units', '')}"[:200]


def _cut_list(lines: list[str]) -> str:
    kept, size = 0, 0
    while kept < len(lines) and size + len(lines[kept]) < LONGEST_LIST:
        size += len(lines[kept]) + 1
        kept += 1
    left = len(lines) - kept
    return "\n".join([*lines[:kept], *[f"... and {left} more"] * bool(left)])
