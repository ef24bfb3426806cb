"""What must add up: money by fund, shares, the parts of a gap."""

import numpy as np
import xarray as xr

from buildout.checks.finding import BALANCED, Finding, findings, worst_of
from buildout.inputs.shares import shares_of_a_whole

WHERE_MONEY_IS = (
    "money_in_administration",
    "money_unobligated",
    "money_obligated",
    "money_spent",
    "money_lapsed",
)
# Shares that sum over nothing: each lies between 0 and 1 by itself.
BETWEEN_0_AND_1 = (
    "allied_access",
    "built_share_of_project",
    "chronic_access",
    "civil_access",
    "collection_rate",
    "contract_cover",
    "cover_of_plants",
    "coordination",
    "decided_share_of_project",
    "demand_gate",
    "dependence_on_china",
    "dumping_intensity",
    "feed_access",
    "full_chain_requirement",
    "fund_adequacy",
    "know_how",
    "labor_factor",
    "licensed_access",
    "project_permitted",
    "propensity_to_invest",
    "reshored_share",
    "retaliation",
    "scarcity",
    "settled_urgency",
    "shutdown_in_force",
    "started_share_of_project",
    "substitute_share",
    "unmet_civil_share",
    "vulnerability",
    "yard_room",
)


def money_closes(ds: xr.Dataset) -> list[Finding]:
    """Every dollar appropriated is in administration, unobligated, obligated, spent or lapsed.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    list of Finding
        One per pathway, relative to the money appropriated by fund.
    """
    accounted = sum(ds[name] for name in WHERE_MONEY_IS)
    given = ds["money_appropriated"]
    return findings("money closes", (accounted - given) / given.clip(min=1.0), BALANCED)


def shares_sum_to_one(ds: xr.Dataset) -> list[Finding]:
    """Shares of a whole sum to one, single shares lie between 0 and 1.

    Parameters
    ----------
    ds : Dataset
        From `simulate`; shares it lacks are left out.

    Returns
    -------
    list of Finding
        One per pathway: the largest departure.
    """
    check, results = "shares sum to one", []
    for name, over in shares_of_a_whole().items():
        if name in ds:
            total = ds[name].sum(over)
            # An element whose shares are all zero takes no part (a civil use has no share of
            # defense, a mine no mix of magnet classes).
            departure = (total - 1).where(total != 0, 0.0)
            results += findings(check, departure, BALANCED, what=ds[name].attrs["vensim_name"])
    for name in BETWEEN_0_AND_1:
        if name in ds:
            outside = (ds[name] - 1).clip(min=0) + (-ds[name]).clip(min=0)
            results += findings(check, outside, BALANCED, what=ds[name].attrs["vensim_name"])
    return worst_of(results)


def parts_sum_to_gap(ds: xr.Dataset) -> list[Finding]:
    """Missing tonnes by constraint and by cause sum to the gap, and none is negative.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    list of Finding
        One per pathway, relative to the need.
    """
    check = "parts sum to the gap"
    parts = ds["missing_by_constraint"]
    gap = (ds["line_need"] - ds["line_output"].sel(region="US")).clip(min=0)
    causes, shortfall = ds["defense_gap_by_cause"], ds["defense_shortfall"]
    need, defense = ds["line_need"].clip(min=1.0), ds["defense_need"].clip(min=1.0)
    return worst_of(
        [
            *findings(check, (parts.sum("constraint") - gap) / need, BALANCED, what="line"),
            *findings(check, (parts / need).clip(max=0), BALANCED, what="below zero"),
            *findings(
                check,
                (causes.sum("defense_cause") - shortfall) / defense,
                BALANCED,
                what="class",
            ),
            *findings(check, (causes / defense).clip(max=0), BALANCED, what="below zero"),
        ]
    )


def stocks_not_negative(ds: xr.Dataset) -> list[Finding]:
    """No stock of tonnes, capacity, money or people falls below zero.

    Stocks without a physical unit (expectations, indices) may; they are left out.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    list of Finding
        One per pathway, relative to the largest value of the stock anywhere in the Dataset.
    """
    results = []
    stocks = [name for name, held in ds.variables.items() if held.attrs.get("kind") == "stock"]
    for array in ds[stocks].data_vars.values():
        if array.attrs["units"] not in ("Dmnl", "1/Year"):
            scale = max(float(np.abs(array).max()), 1.0)
            results += findings(
                "no stock below zero",
                array.clip(max=0) / scale,
                BALANCED,
                what=array.attrs["vensim_name"],
            )
    return worst_of(results)
