"""Tables of model/README.md on what money buys, as `buildout money` gives them."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout.analysis.money import HEADLINE, money_bought
from buildout.analysis.money_ways import PROGRAMME, build_orders
from buildout.inputs.settings import Settings

#: Sizes of a mobilization, in billions of USD.
SIZES = (0, 1, 3, 10, 30, 100, 500, 5000)
YEARS = (2030.0, 2035.0, 2040.0, 2045.0)
WITHOUT = {"emergency level": 0.0, "public build level": 0.0}
#: A full emergency to 2035, and as much public build as finds engineers.
ALL_OUT = {
    "emergency level[US]": 1.0,
    "emergency start": 2027.0,
    "emergency end": 2035.0,
    **build_orders(),
}
#: Yearly budget of an instrument: small enough that most of them use all of it; and its years.
BUDGET, BUDGET_YEARS = 3.0, 18.0


def dollar_tables() -> dict[str, str]:
    """What stands between the marks `saturation` and `instruments` of model/README.md."""
    return {"saturation": _saturation(), "instruments": _instruments()}


def _saturation() -> str:
    """US magnets by the size of the mobilization, without haste and public build and all out."""
    wanted = [*(("US magnet output", year) for year in YEARS), ("money spent", YEARS[-1])]
    halves = [_programme(levers, wanted) for levers in (WITHOUT, ALL_OUT)]
    lines = []
    for step, size in enumerate(SIZES):
        cells = [f"{size:,}"]
        for half in halves:
            *made, spent = half["value"].values[step]
            cells += [three_digits(value) for value in (*made, spent / 1000)]
        lines.append(cells)
    years = [*(f"{year:.0f}" for year in YEARS), "billion spent"]
    return tables.markdown(["billion USD", *years, *(f"{name}, all out" for name in years)], lines)


def _programme(levers: Settings, wanted: Sequence[tuple[str, float | None]]) -> xr.Dataset:
    ds = money_bought(billions=SIZES, outcomes=wanted, settings=levers, draws=0)
    own = ds.sel(way=PROGRAMME)
    return own.isel(step=np.flatnonzero(own["shown"] > 0))


def _instruments() -> str:
    """What the same yearly budget does in each instrument, in the status quo."""
    wanted = [HEADLINE, ("decided since start[US,NdFeB magnets]", YEARS[-1])]
    sums = [BUDGET * BUDGET_YEARS / 1000]
    ds = money_bought(instrument_billions=sums, outcomes=wanted, draws=0)
    lines = []
    for way in ds["way"].values[1:]:
        own = ds.sel(way=way)
        own = own.isel(step=np.flatnonzero(own["shown"] > 0)[-1])
        paid = [1000 * float(own[name]) for name in ("used", "spent")]
        lines.append([str(way), *map(three_digits, [*own["gain"].values, *paid])])
    heads = ["instrument", "magnets made to 2045, t", "magnet plants decided, t/yr"]
    return tables.markdown([*heads, "million USD used", "public money spent, million USD"], lines)
