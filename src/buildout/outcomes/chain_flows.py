"""Through whose hands the magnets of the direct US market pass, from ore to user, by class."""

from collections.abc import Mapping

import xarray as xr

#: The element whose origin decides a class.
DECIDING_ELEMENTS = {"light NdFeB": "NdPr", "heavy NdFeB": "DyTb", "SmCo": "Sm"}
#: Where a magnet passes; `use` is who gets it.
CHAIN_STAGES = ("ore", "oxide", "metal", "magnets", "use")
US, ALLIES, CHINA = "US", "Allies", "China"
BOUGHT, OLD, STOCK, MISSING = "bought feed", "old magnets", "stock", "missing"
DEFENSE, CIVIL = "defense", "civil use"
#: Variables of the model that the flows are made of.
CHAIN_NEEDS = (
    "magnet output", "metal made", "allied full chain metal to US", "allied melted metal to US",
    "oxide output", "recycled oxide", "allied oxide to US", "US oxide to allies",
    "concentrate used", "ore content", "third party feed", "third party light feed used",
    "full chain requirement", "switch origin tracking", "filling defense stockpile",
    "US used by defense", "US magnets sold to civil users", "allied used by defense",
    "allied magnets to civil use", "Chinese magnets to civil use", "drawing civil stockpile",
    "drawing defense stockpile", "unmet civil demand", "defense shortfall", "direct demand",
)  # fmt: skip

HALF_WAY = 0.5  # of a switch

_Path = tuple[str, str, str, str, str]
_Shares = Mapping[str, xr.DataArray]


def chain_flows(ds: xr.Dataset) -> xr.DataArray:
    """Magnets that the direct US market wants, by the hands through which they pass.

    A magnet counts by the worst origin among its metals, as in the model. Where sources meet in
    one pool, such as allied and US oxide at a metal maker, all that leaves it is mixed alike. What
    defense uses comes from what complies with the rule on the date; the rest goes to others.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, or draws, with the variables of `CHAIN_NEEDS`.

    Returns
    -------
    DataArray, (path, ..., magnet_class), t/yr
        With `ore`, `oxide`, `metal`, `magnets` and `use` of each path as coordinates; their sum is
        the direct demand. What nobody supplies is `missing` all the way.
    """
    ds = ds.drop_vars([name for name in ds.coords if name not in ds.dims])
    made: dict[_Path, xr.DataArray] = {}
    for maker in (US, ALLIES):
        upstream = _upstream(ds, maker)
        for use, tonnes in _used(ds, maker).items():
            for hands, share in upstream.items():
                origin = hands[0]
                _add(made, (*hands[1:], maker, use), share * tonnes.sel(origin=origin, drop=True))
    from_china = ds["chinese_magnets_to_civil_use"].sel(region="US", drop=True)
    _add(made, (CHINA, CHINA, CHINA, CHINA, CIVIL), from_china)
    for use, drawn, lacking in (
        (DEFENSE, "drawing_defense_stockpile", "defense_shortfall"),
        (CIVIL, "drawing_civil_stockpile", "unmet_civil_demand"),
    ):
        _add(made, (STOCK, STOCK, STOCK, STOCK, use), ds[drawn])
        _add(made, (MISSING, MISSING, MISSING, MISSING, MISSING), ds[lacking])
    flows = xr.concat(xr.broadcast(*made.values()), "path")
    passed = {stage: ("path", [path[i] for path in made]) for i, stage in enumerate(CHAIN_STAGES)}
    return flows.assign_coords(passed)


def _add(made: dict[_Path, xr.DataArray], path: _Path, tonnes: xr.DataArray) -> None:
    made[path] = made[path] + tonnes if path in made else tonnes


def _used(ds: xr.Dataset, maker: str) -> dict[str, xr.DataArray]:
    """Magnets of a maker's plants that US users get, by use and origin."""
    made = ds["magnet_output"].sel(region=maker, drop=True)
    melted_too = 1 - ds["full_chain_requirement"]
    # Of each origin the share that the rule lets pass on the date; all where nobody traces it.
    passes = xr.concat([xr.ones_like(melted_too), melted_too, xr.zeros_like(melted_too)], "origin")
    passes = passes.assign_coords(origin=ds["origin"].values)
    passes = passes.where(ds["switch_origin_tracking"] > HALF_WAY, 1.0)
    complying = _share_of(made * passes)
    if maker == US:
        defense, civil = ds["us_used_by_defense"], ds["us_magnets_sold_to_civil_users"]
        kept = defense + ds["filling_defense_stockpile"]
    else:
        defense, civil = ds["allied_used_by_defense"], ds["allied_magnets_to_civil_use"]
        kept = defense
    others = (made - kept * complying).clip(min=0.0)
    return {DEFENSE: defense * complying, CIVIL: civil * _share_of(others)}


def _share_of(parts: xr.DataArray) -> xr.DataArray:
    """Parts by origin over their sum; where there is nothing, all are the first one."""
    whole = parts.sum("origin")
    there = whole > 0
    return (parts / whole.where(there)).where(there, 1.0 * (parts["origin"] == parts["origin"][0]))


def _upstream(ds: xr.Dataset, maker: str) -> dict[tuple[str, str, str, str], xr.DataArray]:
    """Shares of ore, oxide and metal in a maker's magnets of an origin, each summing to 1."""
    full, melted, chinese = map(str, ds["origin"].values)
    shares: dict[tuple[str, str, str, str], xr.DataArray] = {}
    for metal, share in _metal(ds, maker, full).items():
        for oxide, part in _oxide(ds, metal).items():
            for ore, own in _ore(ds, oxide).items():
                shares[full, ore, oxide, metal] = share * part * own
    for metal, share in _metal(ds, maker, melted).items():
        shares[melted, CHINA, CHINA, metal] = share
    shares[chinese, CHINA, CHINA, CHINA] = xr.DataArray(1.0)
    return shares


def _metal(ds: xr.Dataset, maker: str, origin: str) -> _Shares:
    """Who made the metal of an origin in a maker's magnets."""
    made = _of_class(ds, ds["metal_made"].sel(western_origin=origin, drop=True))
    own = made.sel(region=maker, drop=True)
    if maker != US:
        return {maker: xr.ones_like(own)}
    bought = {
        "full chain": "allied_full_chain_metal_to_us",
        "melted outside China": "allied_melted_metal_to_us",
    }
    return _mixed({US: own, ALLIES: _of_class(ds, ds[bought[origin]])})


def _oxide(ds: xr.Dataset, maker: str) -> _Shares:
    """Who separated the full-chain oxide of a maker of metal."""
    made = _of_class(ds, ds["oxide_output"] + ds["recycled_oxide"])
    if maker == US:
        own, other, sold = US, ALLIES, "allied_oxide_to_us"
    else:
        own, other, sold = ALLIES, US, "us_oxide_to_allies"
    return _mixed({own: made.sel(region=own, drop=True), other: _of_class(ds, ds[sold])})


def _ore(ds: xr.Dataset, separator: str) -> _Shares:
    """Where the feed of a separator's full-chain oxide came from."""
    here = ds.sel(region=separator, drop=True)
    own = here["concentrate_used"] * here["ore_content"]
    feed = here["third_party_feed"].where(
        here["element"] != "NdPr", here["third_party_light_feed_used"]
    )
    share = _mixed({separator: _of_class(ds, own), BOUGHT: _of_class(ds, feed)})
    made, again = (_of_class(ds, here[name]) for name in ("oxide_output", "recycled_oxide"))
    return _mixed({**{name: part * made for name, part in share.items()}, OLD: again})


def _of_class(ds: xr.Dataset, array: xr.DataArray) -> xr.DataArray:
    """What is told of elements, of the classes that they decide."""
    kinds = [str(kind) for kind in ds["magnet_class"].values]
    chosen = xr.DataArray(
        [DECIDING_ELEMENTS[kind] for kind in kinds],
        dims="magnet_class",
        coords={"magnet_class": kinds},
    )
    return array.sel(element=chosen).drop_vars("element")


def _mixed(sources: _Shares) -> _Shares:
    """Shares of sources in a pool; of an empty one all is the first's."""
    whole = sum(sources.values(), start=xr.zeros_like(next(iter(sources.values()))))
    first = next(iter(sources))
    there = whole > 0
    return {
        name: (tonnes / whole.where(there)).where(there, float(name == first))
        for name, tonnes in sources.items()
    }
