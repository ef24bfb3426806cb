"""Claims about the choice between pathways: whether there is a third way, and what it beats.

Pathways are held against each other on three things: when the whole defense need is covered, what
public money is spent to 2045, and the civil demand that nobody meets to 2045. Less is better in
each. What is apart by less than `TIES` is the same.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import xarray as xr

from buildout.experiments.claims.claim import Measure
from buildout.experiments.claims.readings import UNMET, least, on_date, or_never, ratio, summed
from buildout.inputs.pathway import CANONICAL

PURE = ("mobilization", "china-deal")
MIXES = (
    "hybrid",
    "allied-network",
    "allied-floor",
    "section-232",
    "floor and mines",
    "network and truce",
    "stock, floor, allies and truce",
)
CRITERIA = ("date", "money", "unmet")
#: A quarter of a year, and a hundredth of money and of tonnes.
TIES = (0.25, 0.01, 0.01)
_COVERED = "defense_coverage_{}_above_1"


def criteria(ds: xr.Dataset) -> xr.DataArray:
    """Date, money and unmet demand of all pathways, (criterion, pathway) and draws if any."""
    date = or_never(ds[_COVERED.format("year")], ds[_COVERED.format("known")])
    columns = [
        date.max("magnet_class", skipna=False),
        ds["public_money_spent"].sel(time=2045, drop=True),
        ds[f"{UNMET}_cumulative_2027_2045"],
    ]
    return xr.concat(columns, "criterion", coords="minimal", compat="override").assign_coords(
        criterion=list(CRITERIA)
    )


def better(mine: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    """For each criterion 1 where the one is better, -1 where it is worse, 0 where they tie."""
    with np.errstate(invalid="ignore"):
        # Two that never come tie.
        gap = (other - mine).fillna(0.0)
    shares = xr.DataArray([0.0, *TIES[1:]], {"criterion": list(CRITERIA)})
    # Nothing of a date that never comes is no number.
    room = (shares * np.maximum(abs(mine), abs(other))).where(shares > 0, TIES[0])
    return (gap > room).astype(float) - (gap < -room)


def dominates(mine: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    """Whether the one is worse in nothing and better in something."""
    signs = better(mine, other)
    return (signs >= 0).all("criterion") & (signs > 0).any("criterion")


def _dominated(ds: xr.Dataset, mix: str, by: Sequence[str] = CANONICAL) -> xr.DataArray:
    """How many of some pathways dominate a mix."""
    values = criteria(ds)
    own, others = values.sel(pathway=mix, drop=True), values.sel(pathway=list(by))
    return dominates(others, own).sum("pathway").astype(float)


def _sides(ds: xr.Dataset, others: Sequence[str]) -> tuple[xr.DataArray, xr.DataArray]:
    """The criteria of all mixes, along `mix`, and those of others along `pathway`."""
    values = criteria(ds)
    return values.sel(pathway=list(MIXES)).rename(pathway="mix"), values.sel(pathway=list(others))


def _undominated(ds: xr.Dataset) -> xr.DataArray:
    mixes, others = _sides(ds, CANONICAL)
    return (~dominates(others, mixes).any("pathway")).sum("mix").astype(float)


def _beats_a_pure_one(ds: xr.Dataset) -> xr.DataArray:
    mixes, pure = _sides(ds, PURE)
    return dominates(mixes, pure).any("pathway").sum("mix").astype(float)


def _beats_in_two(ds: xr.Dataset) -> xr.DataArray:
    """How many mixes are better than each of the canonical ones in two things of three."""
    mixes, others = _sides(ds, CANONICAL)
    two = (better(mixes, others) > 0).sum("criterion") >= 2
    return two.all("pathway").sum("mix").astype(float)


def _dearest_or_shortest(ds: xr.Dataset) -> xr.DataArray:
    """By how much the best mix is above the better pure option, in the worse of cost and shortage.

    At most nothing where a mix dominates or ties both.
    """
    mixes, pure = (side.sel(criterion=["money", "unmet"]) for side in _sides(ds, PURE))
    return (mixes / pure.min("pathway") - 1).max("criterion").min("mix")


def _shortage(ds: xr.Dataset) -> xr.DataArray:
    unmet = [summed(ds, n, UNMET, 2027, 2032) for n in ("hybrid", "mobilization", "china-deal")]
    return ratio(unmet[0], least(unmet[1], unmet[2]))


def _of_mobilization(ds: xr.Dataset) -> xr.DataArray:
    spent = [on_date(ds, name, "public_money_spent", 2045) for name in ("hybrid", "mobilization")]
    return spent[0] / spent[1]


def _deal_dominated(ds: xr.Dataset) -> xr.DataArray:
    own, deal = (criteria(ds).sel(pathway=n, drop=True) for n in ("hybrid", "china-deal"))
    return dominates(own, deal).astype(float)


MEASURES: dict[str, Measure] = {
    "C64a": _dearest_or_shortest,
    "C64b": _undominated,
    "C64c": _beats_a_pure_one,
    "C64d": _beats_in_two,
    **{
        f"C64{letter}": partial(_dominated, mix=mix)
        for letter, mix in zip("efghijk", MIXES, strict=True)
    },
    "C94": partial(_dominated, mix=MIXES[-1], by=[*CANONICAL, *MIXES[:-3]]),
    "C95a": _shortage,
    "C95b": _of_mobilization,
    "C95c": _deal_dominated,
}
