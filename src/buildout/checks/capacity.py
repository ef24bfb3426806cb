"""What must not get lost on its way: capacity from paper to plant, contracts until their end."""

import xarray as xr

from buildout.checks.finding import BALANCED, Finding, every_step, findings, worst_of

# Where capacity is: before its decision, and from there until it is torn down.
PROJECTS_ON_PAPER = ("announced_capacity", "capacity_in_permitting", "ready_capacity")
PLANTS = ("effective_capacity", "mothballed_capacity")


def capacity_closes(ds: xr.Dataset) -> list[Finding]:
    """Every tonne of capacity stays where it is, moves on, or is retired; none leaks.

    Projects on paper grow by what is announced and shrink by what is decided; plants grow by
    what is decided or starts by its date and shrink by what is retired.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, saved at every time step.

    Returns
    -------
    list of Finding
        One per pathway, relative to the capacity there is.

    Raises
    ------
    ResultsError
        When not every step is saved.
    """
    every_step(ds)
    parts = ds["ramping_capacity"].sum("maker")
    parts = parts + ds["under_construction"].sum("third_of_construction")
    plants = sum((ds[name] for name in PLANTS), start=parts)
    # What starts by its date within a step, from what has started so far.
    started, time = ds["dated_capacity_started"], ds["time"]
    starting = (started.shift(time=-1) - started) / (time.shift(time=-1) - time)
    grown = ds["final_investment_decisions"] + starting - ds["retiring"]
    paper = sum((ds[name] for name in PROJECTS_ON_PAPER), start=xr.DataArray(0.0))
    announced = ds["induced_announcing"] - ds["deciding_ready_capacity"]
    check = "capacity closes"
    return worst_of(
        [
            *findings(check, _unaccounted(plants, grown), BALANCED, what="plants"),
            *findings(check, _unaccounted(paper, announced), BALANCED, what="on paper"),
        ]
    )


def _unaccounted(stock: xr.DataArray, flow: xr.DataArray) -> xr.DataArray:
    step = stock.time.diff("time", label="lower")
    change = stock.diff("time", label="lower") - flow.isel(time=slice(None, -1)) * step
    share = change / stock.isel(time=slice(None, -1)).clip(min=1.0)
    ordered: xr.DataArray = share.transpose("pathway", ..., "time")
    return ordered


def contracts_last(ds: xr.Dataset) -> list[Finding]:
    """Of capacity under a public contract none leaves it before the contract's life.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, saved at every time step.

    Returns
    -------
    list of Finding
        One per pathway: what is lacking of the contracts that began within one life, relative
        to them.

    Raises
    ------
    ResultsError
        When not every step is saved.
    """
    every_step(ds)
    life = ds["contract_life"]
    concluded = ds["contracts_of_vintage"].sum("vintage")
    standing = (ds["contracts_of_vintage"] * ds["vintage_in_force"]).sum("vintage")
    results = []
    for path in ds.pathway.values:
        begun = concluded.sel(pathway=[path])
        # Before the first date nothing had begun.
        old = begun.interp(time=ds.time - float(life.sel(pathway=path))).fillna(0.0)
        young = begun - old.assign_coords(time=ds.time)
        lacking = (young - standing.sel(pathway=[path])).clip(min=0) / young.clip(min=1.0)
        results += findings("contracts last", lacking.transpose("pathway", ..., "time"), BALANCED)
    return results
