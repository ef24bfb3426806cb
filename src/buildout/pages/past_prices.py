"""Prices of the past on model/VALIDATION.md: boom and bust of 2021-23, and 2010-15 in shape."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout.calibration.hindcast import planned_observations, read_plan
from buildout.calibration.observed import modelled
from buildout.inputs.mapping import read_mapping
from buildout.inputs.model import load_model
from buildout.inputs.observations import load_observations, select_observations
from buildout.inputs.resolve import pathway_values
from buildout.pages.marked import refolded
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.simulation.simulate import simulate
from buildout.sweeps import Trajectory, sweep

GIVEN_DEMAND, BY_OUTPUT, BY_QUOTAS = (
    "hindcast-2018-market",
    "hindcast-2018-output",
    "hindcast-2018-quotas",
)
#: Runs of the price of 2018-24, from what is given least to most.
PRICES = {
    GIVEN_DEMAND: "from 2018, world demand given",
    BY_OUTPUT: "from 2018, demand by Chinese output of magnets",
    BY_QUOTAS: "from 2018, demand and quotas given",
    "hindcast-2021-market": "from 2021, world demand given",
}
OBSERVED_PRICE, PRICE_GROUP = "observed", "price of NdPr"
TROUGH, PEAK = 2020, 2022
YEARS = range(2019, 2025)
SHOCK, PATH = "hindcast-2010-shape", "world supply path"
BUST = (2012.0, 2013.0, 2014.0, 2015.0, 2016.0)
#: Series of year ends after 2011, and the mapped series of the same element.
SHAPES = {
    "Nd": ("price_nd_oxide", "price_nd_oxide"),
    "Dy": ("price_dy_oxide", "price_dytb_oxide"),
}
#: Peak of 2011 over early 2010 (source M049).
OBSERVED_PEAK = {"Nd": 9.4, "Dy": 14.7}

BOOM = """## Boom and bust of 2021-23

Neodymium oxide, USD/kg in the money of the day. World demand is that of the trade press, whose fall
of 9 % in 2020 was a forecast of August 2020; quotas are those of Chinese mining. Neither makes the
boom: of the rise from {trough} to {peak}, {rise} USD/kg, given demand makes {given}. Quotas, taken
as all there was, make a glut, in which prices fall by {fall} USD/kg: China had been mining more
than it allowed, and the quotas of 2021-23 made lawful what was there before. Demand by the output
of Chinese magnet makers, which did not fall in 2020, makes {output} of the rise. Other constants do
not make the rest: of {draws:,} draws of all that is uncertain, without luck, the highest of {peak}
is {highest} USD/kg with the one demand and {other} with the other; {seen} were observed. A stock of
oxide that users fill while prices rise was tried beside the model, with three free constants (a
trial that is not kept here): it took a quarter off the error of the run as it was then, and missed
the peak. So the law of prices stays, and chance carries the booms: a reader has the band of a
price, and no date of a boom.
"""
SHAPE = """## 2010-15 in shape

{withheld} of world supply withheld from mid-2010 to 2012 (`hindcast-2010-shape`), beside
neodymium and dysprosium oxide of that time. The bust comes a little later than it did and turns in
2015, where the observed one went on. The peak is {run[Nd]:.1f} times early 2010 for Nd and
{run[Dy]:.1f} times for Dy, where it was {seen[Nd]:g} and {seen[Dy]:g} (M049 in sources.csv), for
the same want of hoarders as in 2021. Year ends over the end of 2011.
"""


@dataclass(frozen=True)
class Boom:
    """Yearly prices of runs and as observed, and the highest that draws reach in the peak year.

    Attributes
    ----------
    prices : mapping of str to mapping of int to float, USD/kg
        By run, and `observed`; by year.
    highest : mapping of str to float, USD/kg
        By run.
    """

    prices: Mapping[str, Mapping[int, float]]
    highest: Mapping[str, float]

    def rise(self, name: str) -> float:
        """From the trough to the peak, USD/kg."""
        return self.prices[name][PEAK] - self.prices[name][TROUGH]

    def share(self, name: str) -> float:
        """Of the observed rise."""
        return self.rise(name) / self.rise(OBSERVED_PRICE)


@dataclass(frozen=True)
class AfterShock:
    """Prices after a shock as in 2010, in the run and as observed, by element.

    Attributes
    ----------
    withheld : float
        Share of world supply.
    peak : mapping of str to float
        Highest of the run over its start.
    seen, run : mapping of str to tuple of float
        Year ends over the first of them.
    """

    withheld: float
    peak: Mapping[str, float]
    seen: Mapping[str, tuple[float, ...]]
    run: Mapping[str, tuple[float, ...]]


def boom() -> Boom:
    """Yearly prices of 2019-24 in all runs of them."""
    rows, mapping = _price_rows(), read_mapping()
    prices = {OBSERVED_PRICE: dict(zip(YEARS, rows["value"].values.tolist(), strict=True))}
    for name in PRICES:
        run = simulate([name], outputs=["Chinese price"])
        kept = rows.isel(row=np.flatnonzero(rows["start"].values >= float(run["time"][0])))
        own = modelled(run, kept, mapping).isel(pathway=0).values.tolist()
        years = kept["start"].values.astype(int).tolist()
        prices[name] = dict(zip(years, own, strict=True))
    return Boom(prices, {name: _highest(name, rows) for name in (GIVEN_DEMAND, BY_OUTPUT)})


def boom_text(rises: Boom) -> str:
    """The section on it, with its table."""
    text = BOOM.format(
        trough=TROUGH,
        peak=PEAK,
        rise=three_digits(rises.rise(OBSERVED_PRICE)),
        given=_share(rises.share(GIVEN_DEMAND)),
        fall=three_digits(-rises.rise(BY_QUOTAS)),
        output=_share(rises.share(BY_OUTPUT)),
        draws=defaults.DRAWS,
        highest=three_digits(rises.highest[GIVEN_DEMAND]),
        other=three_digits(rises.highest[BY_OUTPUT]),
        seen=three_digits(rises.prices[OBSERVED_PRICE][PEAK]),
    )
    words = {OBSERVED_PRICE: OBSERVED_PRICE, **PRICES}
    body = [
        [words[name], *(three_digits(own[year]) if year in own else "-" for year in YEARS)]
        for name, own in rises.prices.items()
    ]
    return f"{refolded(text)}\n{tables.markdown(['run', *map(str, YEARS)], body)}"


def after_shock() -> AfterShock:
    """How prices rose and fell after the shock of 2010."""
    run = simulate([SHOCK], outputs=["Chinese price"])
    price = run["chinese_price"].isel(pathway=0)
    peak, seen, said = {}, {}, {}
    for element, own in zip(SHAPES, ("NdPr", "DyTb"), strict=True):
        path = price.sel(element=own)
        peak[element] = float(path.max() / path.isel(time=0))
        seen[element], said[element] = _year_ends(run, *SHAPES[element])
    model = load_model()
    values = pathway_values(model, SHOCK)
    withheld = 1 - min(values[point] for point in model.scalars(PATH) if "NdPr" in point)
    return AfterShock(withheld, peak, seen, said)


def shape_text(shock: AfterShock) -> str:
    """The section on it, with its table."""
    text = SHAPE.format(withheld=_share(shock.withheld), run=shock.peak, seen=OBSERVED_PEAK)
    body = [
        [f"{element} oxide, {label}", *(f"{value:.2f}" for value in ends[element][1:])]
        for element in SHAPES
        for label, ends in (("observed", shock.seen), ("run", shock.run))
    ]
    heads = ["price", *(f"end of {year - 1:.0f}" for year in BUST[1:])]
    return f"{refolded(text)}\n{tables.markdown(heads, body)}"


def _year_ends(
    run: xr.Dataset, series: str, like: str
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Observed year ends over the first, and those of a run, read as another series is."""
    rows = select_observations(load_observations(), series=series, longest=0.01)
    rows = rows.isel(row=np.flatnonzero(np.isin(np.round(rows["end"].values, 2), BUST)))
    seen = rows["value"].values
    own = modelled(run, rows.assign_coords(series=("row", [like] * len(seen))), read_mapping())
    said = own.isel(pathway=0).values
    return tuple((seen / seen[0]).tolist()), tuple((said / said[0]).tolist())


def _highest(pathway: str, rows: xr.Dataset) -> float:
    """The highest yearly price of the peak in draws of all that is uncertain, without luck."""
    cloud = sweep(
        latin_hypercube(defaults.DRAWS, seed=defaults.SEED, vary="uncertainty"),
        [pathway],
        outputs=["Chinese price[NdPr]"],
        reductions=Trajectory(),
        beyond_range=True,
    )
    peak = rows.isel(row=np.flatnonzero(rows["start"].values == PEAK))
    return float(modelled(cloud, peak, read_mapping()).max())


def _price_rows() -> xr.Dataset:
    rows = planned_observations(read_plan(), load_observations())
    return rows.isel(row=np.flatnonzero(rows["group"].values == PRICE_GROUP))


def _share(share: float) -> str:
    return f"{100 * share:.0f} %"
