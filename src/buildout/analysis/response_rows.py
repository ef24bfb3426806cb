"""What `response` says, as rows of a table and as a sentence."""

import itertools
import json
from typing import Any

import numpy as np
import xarray as xr

from buildout._util.numbers import three_digits
from buildout.analysis.response import RESPONSE
from buildout.vensim.arrays import Floats

# An outcome that moves by less than this share of itself, or a date by less than this many years,
# does not move: no figure would show it.
_STILL, _STILL_YEARS = 0.005, 0.02


def response_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each pathway and value of the lever, or pair of values.

    Parameters
    ----------
    ds : Dataset
        From `response`.

    Returns
    -------
    list of dict
        pathway, each lever by its name, outcome, year, unit, and the numbers of `RESPONSE`.
    """
    names = [lever["name"] for lever in json.loads(ds.attrs["levers"])]
    dims = [str(dim) for dim in ds["value"].dims]
    about = {key: ds.attrs[key] for key in ("outcome", "year", "unit")}
    rows = []
    for place in itertools.product(*(range(ds.sizes[dim]) for dim in dims)):
        here = ds.isel(dict(zip(dims, place, strict=True)))
        levers = {name: float(here[dim]) for name, dim in zip(names, dims[1:], strict=True)}
        numbers = {name: float(here[name]) for name in RESPONSE}
        rows.append({"pathway": str(here["pathway"].item()), **levers, **about, **numbers})
    return rows


def response_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout sweep --vary X=a:b:n --json` prints.

    Returns
    -------
    dict
        `outcome`, `year`, `unit`, `draws`, `seed`, `end`, `model_sha256`; `levers`: name, unit and
        `own` (by pathway; None where its elements differ); `sentence`; `rows` of `response_rows`.
    """
    about = ("outcome", "year", "unit", "draws", "seed", "end", "model_sha256")
    levers = json.loads(ds.attrs["levers"])
    for lever, dim in zip(levers, ("x", "y"), strict=False):
        own = ds[f"own_{dim}"].values
        lever["own"] = dict(zip(map(str, ds["pathway"].values), map(float, own), strict=True))
    return {
        **{key: ds.attrs[key] for key in about},
        "levers": levers,
        "sentence": response_sentence(ds),
        "rows": response_rows(ds),
    }


def response_sentence(ds: xr.Dataset) -> str:
    """The finding: from where to where the outcome goes, under the pathway in which it moves most.

    Parameters
    ----------
    ds : Dataset
        From `response`.
    """
    levers = [lever["name"] for lever in json.loads(ds.attrs["levers"])]
    places = [str(dim) for dim in ds["value"].dims if dim != "pathway"]
    values = ds["value"].transpose("pathway", ...).values.reshape(ds.sizes["pathway"], -1)
    counted = np.where(np.isnan(values), float(ds.attrs["end"]), values) if of_dates(ds) else values
    moved = np.ptp(counted, axis=1)
    most = int(np.argmax(moved))
    outcome = f"{ds.attrs['outcome'].replace(': ', ', ')}{year_words(ds)}"
    outcome = outcome[:1].upper() + outcome[1:]
    if moved[most] <= _still(ds, counted[most]):
        under = "in any pathway" if len(values) > 1 else f"under `{ds['pathway'].values[0]}`"
        return f"{outcome} does not move with {' or '.join(levers)} {under}."
    alike = len(values) > 1 and np.allclose(counted, counted[most], rtol=_STILL)
    where = "in all pathways" if alike else f"under `{ds['pathway'].values[most]}`"
    if len(places) == 1:
        return f"{outcome}: {_course(ds, values[most], counted[most], levers[0])}, {where}."
    low, high = int(np.argmin(counted[most])), int(np.argmax(counted[most]))
    ends = [_value(ds, values[most][i]) for i in (low, high)]
    least, highest = (_at(ds, places, i) for i in (low, high))
    return (
        f"{outcome}: from {ends[0]} (at {least}) to {ends[1]}{unit_after(ds)} (at {highest}), "
        f"{where}."
    )


def _course(ds: xr.Dataset, values: Floats, counted: Floats, lever: str) -> str:
    """From the first value to the last, and by the top or the bottom where that lies between."""
    xs = ds["x"].values
    first, last = (_value(ds, values[i]) for i in (0, -1))
    course = f"from {first} at {lever} {xs[0]:g} to {last}{unit_after(ds)} at {xs[-1]:g}"
    between = [int(np.argmin(counted)), int(np.argmax(counted))]
    beyond = max(abs(counted[0] - counted[-1]), 0.0)
    for i, word in zip(between, ("least", "most"), strict=True):
        apart = min(abs(counted[i] - counted[0]), abs(counted[i] - counted[-1]))
        if apart > max(0.1 * beyond, _still(ds, counted)):
            course += f"; {word}, {_value(ds, values[i])}, at {xs[i]:g}"
    return course


def _still(ds: xr.Dataset, counted: Floats) -> float:
    return _STILL_YEARS if of_dates(ds) else _STILL * float(np.abs(counted).max())


def _at(ds: xr.Dataset, dims: list[str], flat: int) -> str:
    place = np.unravel_index(flat, [ds.sizes[dim] for dim in dims])
    return " and ".join(f"{ds[dim].values[i]:g}" for dim, i in zip(dims, place, strict=True))


def of_dates(ds: xr.Dataset) -> bool:
    """Whether the outcome is a date."""
    return bool(ds.attrs["unit"] == "Year" and np.isnan(ds.attrs["year"]))


def year_words(ds: xr.Dataset) -> str:
    """When the outcome is read, as it follows its name; empty for a date."""
    return "" if np.isnan(ds.attrs["year"]) else f" in {ds.attrs['year']:g}"


def unit_after(ds: xr.Dataset) -> str:
    """The unit, as it follows a number; empty for shares and dates."""
    unit = str(ds.attrs["unit"])
    known = {"Dmnl": "", "Year": "", "t/Year": " t a year", "MUSD": " million USD"}
    return known.get(unit, f" {unit}")


def _value(ds: xr.Dataset, value: float) -> str:
    if of_dates(ds):
        return "never" if np.isnan(value) else f"{value:.1f}"
    return three_digits(float(value))
