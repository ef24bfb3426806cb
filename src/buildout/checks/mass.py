"""Mass balances: what enters an element's chain leaves it, is lost by name, or lies in a stock.

The balance of a region is drawn around all its stocks at once, with every step between them
inside. It closes only if each tonne that leaves one stock arrives at the next, is booked as a
loss, or crosses the border, so it tests the flows between equations and not the integration.
All masses are brought to oxide.
"""

import xarray as xr

from buildout.checks.finding import BALANCED, Finding, every_step, findings, worst_of

# Where a tonne a year or less flows, departures are measured against one tonne a year.
LEAST_FLOW = 1.0

FULL_CHAIN, FROM_CHINA = "full chain", "from China"


def mass_balance(ds: xr.Dataset) -> list[Finding]:
    """Sources less sinks less change of stocks, by region, element and origin, at every step.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, saved at every time step.

    Returns
    -------
    list of Finding
        Two per pathway: by region, and of both regions together. Departures are relative to the
        tonnes a year that flow through.

    Raises
    ------
    ResultsError
        When not every step is saved.
    """
    every_step(ds)
    sources, sinks, stocks = _sources(ds), _sinks(ds), _stocks(ds)
    by_region = _departure(sources, sinks, stocks)
    # Trade between the regions is inside the border here and must cancel.
    inner = _arriving(ds)
    whole = _departure(
        sources.sum("region") - inner.sum("region"),
        sinks.sum("region") - inner.sum("region"),
        stocks.sum("region"),
    )
    total = _departure(sources.sum("origin"), sinks_in_magnets(ds), stocks.sum("origin"))
    return [
        *findings("mass by region and origin", by_region, BALANCED),
        *findings("mass of the whole system", whole, BALANCED),
        *findings("mass of finished magnets", total, BALANCED),
    ]


def magnet_balance(ds: xr.Dataset) -> list[Finding]:
    """Magnets made are used, stocked or sold; magnets wanted are supplied, drawn or unmet.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    list of Finding
        One per pathway: the largest departure of the three balances, relative to the tonnes.
    """
    made = ds["magnet_output_total_by_class"].sel(region="US")
    used = (
        ds["us_magnets_to_civil_use"] + ds["us_used_by_defense"] + ds["filling_defense_stockpile"]
    )
    wanted = ds["civil_demand"] + ds["us_exports_of_magnets"]
    supplied = (
        ds["us_magnets_to_civil_use"]
        + ds["allied_magnets_to_civil_use"]
        + ds["chinese_magnets_to_civil_use"].sel(region="US")
        + ds["drawing_civil_stockpile"]
        + ds["unmet_civil_demand"]
    )
    by_origin = ds["magnet_output"].sum("origin")
    either = ds["magnet_output_total_by_class"]
    check = "magnets made and supplied"
    return worst_of(
        [
            *findings(check, _scaled(made - used, made), BALANCED, what="US magnets used"),
            *findings(check, _scaled(wanted - supplied, wanted), BALANCED, what="civil supply"),
            *findings(check, _scaled(by_origin - either, either), BALANCED, what="by origin"),
        ]
    )


def _scaled(departure: xr.DataArray, flow: xr.DataArray) -> xr.DataArray:
    return (departure / flow.clip(min=LEAST_FLOW)).transpose("pathway", ..., "time")


def _departure(sources: xr.DataArray, sinks: xr.DataArray, stocks: xr.DataArray) -> xr.DataArray:
    step = sources.time.diff("time", label="lower")
    change = stocks.diff("time", label="lower") / step
    since = slice(None, -1)
    gap = change - sources.isel(time=since) + sinks.isel(time=since)
    return _scaled(gap, sources.isel(time=since))


def _origins(full_chain: xr.DataArray, from_china: xr.DataArray) -> xr.DataArray:
    both = xr.concat([full_chain, from_china], dim="origin", coords="minimal", compat="override")
    return both.assign_coords(origin=[FULL_CHAIN, FROM_CHINA])


def _heavy(ds: xr.Dataset, name: str) -> xr.DataArray:
    """A variable of the heavy elements, with zero for NdPr."""
    heavy = ds[name].rename(heavy_element="element")
    return heavy.reindex(element=ds.element.values, fill_value=0.0)


def _third_parties(ds: xr.Dataset) -> xr.DataArray:
    """Feed bought from other mines: heavy feed as it comes, light feed as it is used."""
    light = ds["third_party_light_feed_used"]
    return ds["third_party_feed"].where(ds.element != "NdPr", light)


def _by_region(us: xr.DataArray, allies: xr.DataArray) -> xr.DataArray:
    both = xr.concat([us, allies], dim="region", coords="minimal", compat="override")
    return both.assign_coords(region=["US", "Allies"])


def _arriving(ds: xr.Dataset) -> xr.DataArray:
    """What each region gets from the other, by origin."""
    metal = ds["oxide_per_metal"]
    return _origins(
        _by_region(
            ds["allied_oxide_to_us"] + ds["allied_full_chain_metal_to_us"] * metal,
            ds["us_oxide_to_allies"],
        ),
        _by_region(
            ds["allied_melted_metal_to_us"] * metal, xr.zeros_like(ds["us_oxide_to_allies"])
        ),
    )


def _sources(ds: xr.Dataset) -> xr.DataArray:
    own = ds["mine_output"] * ds["ore_content"] + _third_parties(ds) + ds["recycled_oxide"]
    chinese = (
        ds["chinese_oxide_imports"]
        + ds["chinese_metal_imports"] * ds["oxide_per_metal"]
        + ds["recycled_all"]
        - ds["recycled_oxide"]
    )
    return _origins(own, chinese) + _arriving(ds)


def _losses_and_sales(ds: xr.Dataset) -> xr.DataArray:
    """All sinks but finished magnets, by region, element and origin."""
    unmade = 1 - ds["metal_recovery"]
    scrap = ds["scrap_handled"] * (1 - ds["scrap_recovery"])
    residue = ds["samarium_in_treated_concentrate"] - ds["separation_feed"].sel(element="Sm")
    leaving = _arriving(ds).assign_coords(region=["Allies", "US"])
    own = (
        ds["concentrate_sold"] * ds["ore_content"]
        + ds["separation_feed"] * (1 - ds["separation_recovery"])
        + residue.drop_vars("element") * (ds.element == "Sm")
        + ds["oxide_sold_to_world_market"]
        + _by_region(xr.zeros_like(ds["oxide_to_china"]), ds["oxide_to_china"])
        + ds["full_chain_oxide_used"] * unmade
        + scrap.sel(oxide_origin="full chain oxide", drop=True)
    )
    chinese = (
        ds["chinese_oxide_used"] * unmade
        + ds["chinese_oxide_sold_back"]
        + scrap.sel(oxide_origin="Chinese oxide", drop=True)
    )
    return _origins(own, chinese) + leaving


def _sinks(ds: xr.Dataset) -> xr.DataArray:
    used = ds["metal_use"] * ds["magnet_yield"] * ds["oxide_per_metal"]
    chinese = used.sel(origin=["melted outside China", "Chinese"]).sum("origin")
    magnets = _origins(used.sel(origin="full chain", drop=True), chinese)
    return _losses_and_sales(ds) + magnets


def sinks_in_magnets(ds: xr.Dataset) -> xr.DataArray:
    """Sinks over all origins, with what is in finished magnets counted from the magnets."""
    made = ds["magnet_output_total_by_class"] * ds["content_now"]
    return _losses_and_sales(ds).sum("origin") + made.sum("magnet_class") * ds["oxide_per_metal"]


def _stocks(ds: xr.Dataset) -> xr.DataArray:
    ore = ds["concentrate_stock"] * ds["ore_content"] + _heavy(ds, "heavy_concentrate_stock")
    oxide, scrap = ds["oxide_stock"], ds["scrap_stock"]
    metal = ds["metal_stock"] * ds["oxide_per_metal"]
    own = (
        ore
        + oxide.sel(oxide_origin="full chain oxide", drop=True)
        + scrap.sel(oxide_origin="full chain oxide", drop=True)
        + metal.sel(origin="full chain", drop=True)
    )
    chinese = (
        oxide.sel(oxide_origin="Chinese oxide", drop=True)
        + scrap.sel(oxide_origin="Chinese oxide", drop=True)
        + metal.sel(origin=["melted outside China", "Chinese"]).sum("origin")
    )
    return _origins(own, chinese)
