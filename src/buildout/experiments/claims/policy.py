"""Claims about money and the levers of policy: what each brings, alone and together."""

import xarray as xr

from buildout.experiments.claims.claim import Measure
from buildout.experiments.claims.readings import (
    LEAST,
    NDFEB,
    TELLING,
    UNMET,
    case,
    decided,
    half,
    least,
    made,
    most,
    need_covered,
    on_date,
    ratio,
    relative_change,
    series,
    summed,
    telling,
    total,
    year_reached,
    years_between,
)

LINES = ["NdPr separation", "metal and alloy", NDFEB]
# Costs that are apart by no more than this share count as equal.
NEAR = 0.25
GRANTS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8)


def _of_carried(ds: xr.Dataset, name: str) -> xr.DataArray:
    """Tonnes decided by 2035 in each line, as a share of the run with support, averaged."""
    alone, carried = (decided(ds, n, 2035, LINES) for n in (name, "status-quo"))
    return ratio(alone, carried).mean("decision_line")


def _dependence(ds: xr.Dataset) -> xr.DataArray:
    passed = series(ds, "nothing federal", "dependence_on_china")
    return passed.sel(dependence_stage="at oxide and ore", time=slice(2025, 2030)).min("time")


def _per_dollar(ds: xr.Dataset) -> xr.DataArray:
    """The midstream's part of what both kinds of money bring in output of 2032 for a dollar."""
    base = made(ds, "status-quo", 2032)
    spent = on_date(ds, "status-quo", "public_money_spent", 2032)
    gains = []
    for name in ("money for the midstream", "money for mines"):
        more = on_date(ds, name, "public_money_spent", 2032) - spent
        gain = (made(ds, name, 2032) - base).clip(min=0)
        gains.append((gain / more.clip(min=LEAST)).where(gain >= LEAST, 0.0))
    both = gains[0] + gains[1]
    return (gains[0] / both).where(both > 0)


def _decided_magnets(ds: xr.Dataset, name: str) -> xr.DataArray:
    return series(ds, name, "decided_by_the_model").sel(region="US", decision_line=NDFEB, drop=True)


def _sooner_than_grants(ds: xr.Dataset) -> xr.DataArray:
    """Years by which contracts bring decisions sooner than the grants that cost nearest to them.

    A decision is that on half of the magnet plants that contracts have brought by 2040.
    """
    own = _decided_magnets(ds, "contracts alone")
    cost = on_date(ds, "contracts alone", "public_money_spent", 2040)
    level = (own.sel(time=2040, drop=True) / 2).where(lambda tonnes: tonnes >= LEAST)
    names = [f"grants of {share:g} alone" for share in GRANTS]
    dates = xr.concat([year_reached(_decided_magnets(ds, n), level) for n in names], "grant")
    costs = xr.concat([on_date(ds, n, "public_money_spent", 2040) for n in names], "grant")
    nearest = abs(costs - cost).argmin("grant")
    sooner = years_between(dates.isel(grant=nearest), year_reached(own, level))
    alike = abs(costs.isel(grant=nearest) / cost - 1) <= NEAR
    return sooner.where(alike & (level >= LEAST))


def _vulnerable(ds: xr.Dataset) -> xr.DataArray:
    lost = series(ds, "status-quo", "vulnerability")
    early, late = (lost.sel(time=year, drop=True) for year in (2030, 2035))
    return least(early - 0.6, late - 0.4)


def _private_per_dollar(ds: xr.Dataset, instrument: str) -> xr.DataArray:
    """Private capital that comes with a dollar of an instrument, in dollars, by 2040."""
    private = "private_capital_committed_so_far"
    name = f"a budget of {instrument}s" if instrument != "equity" else "a budget of equity"
    more = on_date(ds, name, private, 2040) - on_date(ds, "status-quo", private, 2040)
    paid = on_date(ds, name, "paid_by_instruments", 2040, instrument=instrument)
    return (more / paid).where(paid >= LEAST)


def _bundle(ds: xr.Dataset) -> xr.DataArray:
    """What a bundle adds to the sum of its parts, as a share of what it brings in 2035."""
    base = made(ds, "status-quo", 2035)
    whole = made(ds, "bundle", 2035) - base
    parts = [made(ds, f"more {n}", 2035) - base for n in ("capital", "contracts", "people")]
    return telling(whole - parts[0] - parts[1] - parts[2], whole, base)


def _coordination_or_money(ds: xr.Dataset) -> xr.DataArray:
    base = made(ds, "uncoordinated", 2035)
    of_both = [
        relative_change(made(ds, name, 2035), base)
        for name in ("coordinated", "uncoordinated, half as much money again")
    ]
    return (of_both[0] - of_both[1]).where(abs(most(*of_both)) >= TELLING)


def _first_tenth(ds: xr.Dataset) -> xr.DataArray:
    none, tenth, all_of_it = (
        made(ds, name, 2040) for name in ("no surge", "a tenth of the surge", "the surge alone")
    )
    return telling(tenth - none, all_of_it - none, all_of_it)


def _idle(ds: xr.Dataset) -> xr.DataArray:
    now = case(ds, "mobilization").sel(time=2039)
    return now["public_money_idle"] / now["money_appropriated"].sum("fund")


def _short_programme(ds: xr.Dataset) -> xr.DataArray:
    none, five, whole = (
        made(ds, name, 2042) for name in ("no years", "five years", "mobilization")
    )
    return telling(five - none, whole - none, whole)


def _later_delay(ds: xr.Dataset) -> xr.DataArray:
    return years_between(half(ds, "three years later"), half(ds, "two years later"))


def _lost_to(ds: xr.Dataset, name: str, base: str, variable: str, year: float) -> xr.DataArray:
    return on_date(ds, base, variable, year) - on_date(ds, name, variable, year)


def _sold_more(ds: xr.Dataset) -> xr.DataArray:
    sold = [
        total(series(ds, name, "concentrate_sold").sel(region="US", drop=True), 2026, 2035)
        for name in ("upstream-orders", "status-quo-2025")
    ]
    return relative_change(sold[0], sold[1])


def _allied_dependence(ds: xr.Dataset) -> xr.DataArray:
    allied, usual = (
        on_date(ds, name, "dependence_on_china", 2035, dependence_stage="at oxide and ore")
        for name in ("allied-network", "status-quo")
    )
    return allied - usual


def _wartime(ds: xr.Dataset) -> xr.DataArray:
    """Years by which the crash programme is sooner than the soonest of the other pathways."""
    others = [half(ds, str(name)) for name in ds["pathway"].values if name != "wartime"]
    return years_between(least(*others), half(ds, "wartime"))


MEASURES: dict[str, Measure] = {
    "C09": lambda ds: _of_carried(ds, "private alone"),
    "C13": _dependence,
    "C16": _per_dollar,
    "C17": _sooner_than_grants,
    "C18": lambda ds: years_between(half(ds, "uncoordinated"), half(ds, "coordinated")),
    "C19": _vulnerable,
    "C22a": lambda ds: _private_per_dollar(ds, "loan"),
    "C22b": lambda ds: _private_per_dollar(ds, "equity"),
    "C22c": lambda ds: _private_per_dollar(ds, "loan") - _private_per_dollar(ds, "grant"),
    "C23": _sold_more,
    "C24": _allied_dependence,
    "C25": lambda ds: relative_change(
        summed(ds, "upstream-orders", UNMET, 2026, 2030),
        summed(ds, "status-quo-2025", UNMET, 2026, 2030),
    ),
    "C29": _bundle,
    "C36": _coordination_or_money,
    "C37": _first_tenth,
    "C48": lambda ds: years_between(half(ds, "a year later"), half(ds, "mobilization")),
    "C52": lambda ds: _lost_to(
        ds, "half a year later", "mobilization", "western_share_of_magnets", 2035
    ),
    "C56": lambda ds: (
        1
        - on_date(ds, "tariff on allies", "allied_access", 2035)
        / on_date(ds, "status-quo", "allied_access", 2035)
    ),
    "C57": lambda ds: years_between(
        need_covered(ds, "status-quo", "SmCo"), need_covered(ds, "allied access pooled", "SmCo")
    ),
    "C60": lambda ds: (
        -_lost_to(ds, "upstream-orders", "status-quo-2025", "western_share_of_magnets", 2028)
    ),
    "C65": _idle,
    "C67": lambda ds: ratio(made(ds, "reversal", 2040), made(ds, "mobilization", 2040)),
    "C68": lambda ds: years_between(half(ds, "without permit reform"), half(ds, "mobilization")),
    "C85": lambda ds: _of_carried(ds, "private alone, no environmental cost"),
    "C93": _short_programme,
    "C97": _later_delay,
    "C98": _wartime,
}
