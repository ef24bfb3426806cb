"""Draws of the tonnes that US defense needs, in several readings of one table of ranges.

All readings share their draws, so that they differ by what they assume and not by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from buildout.inputs.defense_need import (
    DEFENSE_GROUPS,
    FIRST_YEAR,
    LAST_YEAR,
    MAGNET_CLASSES,
    USED_UP,
    DefenseProgramme,
    Estimate,
)

Floats: TypeAlias = NDArray[np.float64]
NEED_YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
_LIGHT, _HEAVY, _SMCO = range(len(MAGNET_CLASSES))
KG_PER_T = 1000.0


@dataclass(frozen=True)
class NeedSetting:
    """One way to read the ranges.

    Attributes
    ----------
    log : bool
        Whether a range is a triangle in the logarithm. 3, 12, 50 is even there; as a plain
        triangle its mean is nearly twice its mode.
    bias : bool
        Whether the kg of all programmes err together, by one common factor.
    trade : bool
        Whether the sums are those of the trade check; the table then gives only their split
        by group, light or heavy, and their growth.
    pool : tuple of str
        Settings from which draws are taken in turn, instead of all this.
    """

    log: bool = False
    bias: bool = False
    trade: bool = False
    pool: tuple[str, ...] = ()


NEED_SETTINGS: Mapping[str, NeedSetting] = {
    "log triangles": NeedSetting(log=True),
    "triangles": NeedSetting(),
    "log triangles with bias": NeedSetting(log=True, bias=True),
    "triangles with bias": NeedSetting(bias=True),
    "trade check": NeedSetting(log=True, trade=True),
    # Each way that has its full width, once. Those whose kg err independently are too sure.
    "combined": NeedSetting(pool=("log triangles with bias", "triangles with bias", "trade check")),
}


@dataclass(frozen=True)
class NeedDraws:
    """What is drawn once for all settings.

    Attributes
    ----------
    factors : mapping of str to array, (draw,)
    tonnes : mapping of bool to array, (group, class, year, draw), t/yr
        The table read in the logarithm (True) and plainly (False), without a common bias.
    of_ours : bool
        Whether the table is the one that the trade check is about; that of somebody else it does
        not follow, so it is then left out of what pools it.
    """

    factors: Mapping[str, Floats]
    tonnes: Mapping[bool, Floats]
    of_ours: bool = True

    def in_setting(self, name: str) -> Floats:
        """The need in one setting: (group, class, year, draw), t/yr."""
        setting = NEED_SETTINGS[name]
        if setting.pool:
            members = [
                self.in_setting(member)
                for member in setting.pool
                if self.of_ours or not NEED_SETTINGS[member].trade
            ]
            pooled = members[0].copy()
            for place, member in enumerate(members):
                turn = slice(place, None, len(members))
                pooled[..., turn] = member[..., turn]
            return pooled
        tonnes = self.tonnes[setting.log]
        if setting.trade:
            table = tonnes[:, :, 0].sum(axis=0)
            spread = _ratio(tonnes, table[:, np.newaxis], 1 / len(DEFENSE_GROUPS))
            return spread * trade_check(self.factors, table)[:, np.newaxis]
        return tonnes * self.factors["common bias of kg"] if setting.bias else tonnes

    def exempt(self) -> Floats:
        """Share that is exempt as commercial goods: (group, class, 1, draw)."""
        shares = np.empty((len(DEFENSE_GROUPS), len(MAGNET_CLASSES), 1, self._count))
        shares[:] = self.factors["COTS share of other NdFeB"]
        shares[DEFENSE_GROUPS.index("drone")] = self.factors["COTS share of drones and robots"]
        shares[:, _SMCO] = self.factors["COTS share of SmCo"]
        return shares

    def blocks(self, tonnes: Floats) -> Floats:
        """Block or alloy bought for magnets: (year, draw) from (group, class, year, draw)."""
        by_class = tonnes.sum(axis=0)
        ndfeb = by_class[[_LIGHT, _HEAVY]].sum(axis=0) / self.factors["yield of NdFeB from block"]
        blocks: Floats = ndfeb + by_class[_SMCO] / self.factors["yield of SmCo from block"]
        return blocks

    @property
    def _count(self) -> int:
        return len(self.factors["common bias of kg"])


def draw_need(
    programmes: Sequence[DefenseProgramme],
    factors: Mapping[str, Estimate],
    draws: int,
    seed: int,
    *,
    of_ours: bool = True,
) -> NeedDraws:
    """Draw factors, kg and units, each spread evenly over its range (a Latin hypercube)."""
    generator = np.random.default_rng(seed)
    drawn = {name: triangle(_spread(generator, draws), row) for name, row in factors.items()}
    shape = (len(DEFENSE_GROUPS), len(MAGNET_CLASSES), len(NEED_YEARS), draws)
    tonnes = {log: np.zeros(shape) for log in (True, False)}
    for row in programmes:
        shares = _spread(generator, draws), _spread(generator, draws)
        split = _split(row.magnet_class, drawn)
        for log, sums in tonnes.items():
            bought = _bought(row, *shares, log, drawn)
            for place, share in split.items():
                sums[DEFENSE_GROUPS.index(row.group), place] += share * bought
    return NeedDraws(drawn, tonnes, of_ours)


def triangle(share: Floats, estimate: Estimate, *, log: bool = False) -> Floats:
    """The value below which a share of a triangular distribution lies.

    Parameters
    ----------
    share : array
        From 0 to 1.
    estimate : Estimate
        Ends and mode.
    log : bool
        Whether the triangle stands over the logarithm.

    Examples
    --------
    >>> triangle(np.array([0.0, 0.25, 1.0]), Estimate(1, 2, 5))
    array([1., 2., 5.])
    """
    low, mode, high = estimate.low, estimate.mode, estimate.high
    if log:
        low, mode, high = np.log([low, mode, high])
    rising = low + np.sqrt(share * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    values = np.where(share * (high - low) < mode - low, rising, falling)
    return np.exp(values) if log else values


def trade_check(factors: Mapping[str, Floats], table: Floats) -> Floats:
    """Need of 2025 by class from imports and US make, t/yr: (class, draw).

    Magnets melted in China are barred from defense since 2019, so what defense has comes from
    imports out of other countries, from US makers, or inside foreign parts.

    Parameters
    ----------
    factors : mapping of str to array, (draw,)
    table : array, (class, draw), t/yr
        Of the programmes, for light and heavy, which trade does not tell apart.
    """
    metals = {}
    for metal in ("NdFeB", "SmCo"):
        value, price, share, made, made_share, inside = (
            factors[f"trade: {metal} {item}"]
            for item in (
                "imports not from China",
                "import price",
                "imports for defense",
                "made in the US",
                "US make for defense",
                "inside foreign parts",
            )
        )
        imported = 1e6 * value / price / KG_PER_T
        metals[metal] = (imported * share + made * made_share) * inside
    light = _ratio(table[_LIGHT], table[_LIGHT] + table[_HEAVY], 0.5)
    return np.array([metals["NdFeB"] * light, metals["NdFeB"] * (1 - light), metals["SmCo"]])


def _ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """A part of a whole; some number where a user's table has nothing of it."""
    there = np.broadcast_to(whole > 0, part.shape)
    ratio: Floats = np.divide(part, whole, out=np.full(part.shape, otherwise), where=there)
    return ratio


def _spread(generator: np.random.Generator, draws: int) -> Floats:
    """Numbers from 0 to 1, one in each of as many equal steps, in random order."""
    spread: Floats = (generator.permutation(draws) + generator.random(draws)) / draws
    return spread


def _bought(
    row: DefenseProgramme, of_kg: Floats, of_units: Floats, log: bool, factors: Mapping[str, Floats]
) -> Floats:
    """Magnets bought for a programme, spares and the unlisted included: (year, draw), t/yr."""
    early = triangle(of_units, row.units, log=log)
    late = triangle(of_units, row.units_later, log=log)
    years = np.array(NEED_YEARS)[:, np.newaxis] + factors["lead of purchase"]
    ramp = np.minimum(1.0, (years - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR))
    spares = factors[f"spares of {'munitions and drones' if row.group in USED_UP else 'platforms'}"]
    kg = triangle(of_kg, row.kg, log=log) * (1 + spares) * (1 + factors["unlisted programmes"])
    bought: Floats = kg * early * (late / early) ** ramp / KG_PER_T
    return bought


def _split(magnet_class: str, factors: Mapping[str, Floats]) -> dict[int, Floats]:
    """How the magnets of a row fall into the classes, by place of the class."""
    if magnet_class == "light NdFeB":
        return {_LIGHT: np.ones(1)}
    if magnet_class == "SmCo":
        other = factors["SmCo rows that are NdFeB"]
        return {_HEAVY: other, _SMCO: 1 - other}
    if magnet_class == "heavy NdFeB":
        light, other = factors["heavy rows without Dy and Tb"], factors["heavy rows that are SmCo"]
        return {_LIGHT: light * (1 - other), _HEAVY: (1 - light) * (1 - other), _SMCO: other}
    heavy = factors["heavy share of unknown NdFeB"]
    return {_LIGHT: 1 - heavy, _HEAVY: heavy}
