"""Tables of model/README.md on what money buys: by size of a mobilization, and by instrument."""

from collections.abc import Mapping, Sequence

import numpy as np

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout.experiments.runs import base_values, scalar_values, side_by_side
from buildout.inputs.model import Model
from buildout.vensim.engine import Trajectories

#: Sizes of a mobilization, in billions of USD.
SIZES = (0, 1, 3, 10, 30, 100, 500, 5000)
YEARS = (2030.0, 2035.0, 2040.0, 2045.0)
WITHOUT = {"emergency level": 0.0, "public build level": 0.0}
#: A full emergency to 2035, and from 2027 to 2031 as much public build as finds engineers.
ALL_OUT = {
    "emergency level[US]": 1.0,
    "emergency start": 2027.0,
    "emergency end": 2035.0,
    "public build start": 2027.0,
    "public build end": 2031.0,
    "public build level[NdPr separation]": 3000.0,
    "public build level[DyTb separation]": 100.0,
    "public build level[metal and alloy]": 14000.0,
    "public build level[NdFeB magnets]": 10000.0,
    "public build level[SmCo magnets]": 100.0,
}
#: Yearly budget of an instrument: small enough that most of them use all of it.
BUDGET = 3.0
MAGNETS, BUILT = "us_magnet_output_total", "decided_since_start[US,NdFeB magnets]"
GROUND, MOBILIZED = "status-quo", "mobilization"


def dollar_tables(model: Model) -> dict[str, str]:
    """What stands between the marks `saturation` and `instruments` of model/README.md.

    Parameters
    ----------
    model : Model
        That is run.

    Returns
    -------
    dict of str to str
    """
    return {"saturation": _saturation(model), "instruments": _instruments(model)}


def _saturation(model: Model) -> str:
    """US magnets by the size of the mobilization, without haste and public build and all out."""
    base = base_values(model, MOBILIZED)
    cases = [
        base | scalar_values(model, {"surge total": 1000.0 * size} | levers)
        for size in SIZES
        for levers in (WITHOUT, ALL_OUT)
    ]
    funds = model.scalars("money spent")
    runs = side_by_side(model, cases, [MAGNETS, *funds])
    spent = np.sum([runs[fund][-1] for fund in funds], axis=0) / 1000
    at = [int(np.abs(runs.times - year).argmin()) for year in YEARS]
    lines = []
    for row, size in enumerate(SIZES):
        pair = (2 * row, 2 * row + 1)
        made = [three_digits(runs[MAGNETS][when, case]) for case in pair for when in at]
        paid = [three_digits(spent[case]) for case in pair]
        lines.append([f"{size:,}", *made[:4], paid[0], *made[4:], paid[1]])
    years = [f"{year:.0f}" for year in YEARS]
    heads = ["billion USD", *years, "billion spent", *(f"{year}, all out" for year in years)]
    return tables.markdown([*heads, "billion spent, all out"], lines)


def _instruments(model: Model) -> str:
    """What the same yearly budget does in each instrument, in the status quo."""
    names = model.system.dims["instrument"]
    cases: Sequence[Mapping[str, float]] = [
        base_values(model, GROUND) | scalar_values(model, {f"instrument budget[{name}]": budget})
        for name, budget in [(names[0], 0.0), *((name, BUDGET) for name in names)]
    ]
    paid = [f"paid_by_instruments[{name}]" for name in names]
    runs = side_by_side(model, cases, [MAGNETS, BUILT, *paid])
    lines = [
        [
            name,
            *(three_digits(more) for more in _more(runs, case)),
            three_digits(runs[money][-1, case]),
        ]
        for case, (name, money) in enumerate(zip(names, paid, strict=True), start=1)
    ]
    heads = ["instrument", "magnets made to 2045, t", "magnet plants decided, t/yr"]
    return tables.markdown([*heads, "million USD used"], lines)


def _more(runs: Trajectories, case: int) -> tuple[float, float]:
    """Tonnes made and capacity decided beyond the first case."""
    step = float(runs.times[1] - runs.times[0])
    made = (runs[MAGNETS][:, case] - runs[MAGNETS][:, 0]).sum() * step
    return float(made), float(runs[BUILT][-1, case] - runs[BUILT][-1, 0])
