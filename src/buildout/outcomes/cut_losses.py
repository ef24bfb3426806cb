"""What a cut of Chinese exports costs, and the tonnes a year to be expected from it."""

import xarray as xr

from buildout._util import names
from buildout.inputs.model import load_model
from buildout.inputs.parameters import Parameter
from buildout.outcomes.headlines import CUT_NEEDS
from buildout.outcomes.statuses import refuse_lacking

BUYERS = ("civil", "defense")
#: Constants of the model.
HAZARD, LENGTH = "hazard of a cut", "length of a cut by chance"


def cut_losses(ds: xr.Dataset) -> xr.Dataset:
    """Magnets lost in a 12-month cut of Chinese exports, and the loss a year to be expected.

    Lost is what the direct US market is not supplied with in a cut and has without one: direct
    demand less `supply in a cut`, as in `vulnerability`, less what nobody meets anyway. Defense
    has the first call and buys compliant magnets. Under a full-chain rule these do not pass
    through China, so it loses only the untraced Chinese material that fills part of its shortfall
    (`leakage`); while a part of the need is outside the full-chain test, that share of what it
    uses may lose its feed, and counts in full, so that the number is a most. Need under waiver is
    not in it, since the model makes no magnet of a waiver. All else is lost by civil users.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with the variables of `CUT_NEEDS`.

    Returns
    -------
    Dataset
        (pathway, buyer, magnet_class, time), buyer being civil or defense: `lost_in_a_cut` (t) in
        twelve months; `expected_loss` (t/Year), the run's `hazard of a cut` times its
        `length of a cut by chance` times what is lost by length; `expected_loss_low` and
        `expected_loss_high`, both numbers at the ends of their ranges; `expected_loss_if_long`
        (t/Year), every cut
        lasting twelve months. A cut of some months is taken to cost its share of twelve, though
        stocks would soften its start.

    Raises
    ------
    ResultsError
        When the Dataset lacks what is needed.

    Examples
    --------
    >>> from buildout import simulate
    >>> ds = simulate("status-quo", outputs=CUT_NEEDS)
    >>> cut_losses(ds)["lost_in_a_cut"].dims
    ('pathway', 'buyer', 'magnet_class', 'time')
    """
    refuse_lacking(ds, CUT_NEEDS, "CUT_NEEDS")
    rate, year = lost_rate(ds), ds["year_of_a_cut"]
    hazard, length = parameter_row(HAZARD), parameter_row(LENGTH)
    losses = {
        "lost_in_a_cut": (rate * year, "t", "magnets lost in a 12-month cut"),
        "expected_loss": (rate * time_cut(ds), "t/Year", "expected loss to cuts"),
        "expected_loss_low": (rate * hazard.low * length.low, "t/Year", "its low end"),
        "expected_loss_high": (rate * hazard.high * length.high, "t/Year", "its high end"),
        "expected_loss_if_long": (
            rate * year * ds["hazard_of_a_cut"],
            "t/Year",
            "expected loss to cuts that last twelve months each",
        ),
    }
    arrays = {
        name: array.transpose("pathway", "buyer", "magnet_class", "time").assign_attrs(
            units=unit, long_name=meaning
        )
        for name, (array, unit, meaning) in losses.items()
    }
    # Made from the results, so that it shows itself in a notebook as shortly as they do.
    shown: xr.Dataset = ds[[]].assign(arrays)
    return shown


def lost_rate(ds: xr.Dataset) -> xr.DataArray:
    """What a cut takes from civil users and from defense while it lasts, t/Year."""
    missing = ds["direct_demand"] - ds["supply_in_a_cut"]
    leaked = ds["leakage"] * ds["defense_shortfall"]
    before = ds["unmet_civil_demand"] + ds["defense_shortfall"] - leaked
    lost = (missing - before).clip(min=0)
    used = ds["us_used_by_defense"] + ds["allied_used_by_defense"]
    outside = (1 - ds["full_chain_requirement"]) * used
    by_defense = (leaked + outside).where(leaked + outside < lost, lost)
    both: xr.DataArray = xr.concat([lost - by_defense, by_defense], dim="buyer")
    return both.assign_coords(buyer=list(BUYERS))


def time_cut(ds: xr.Dataset) -> xr.DataArray:
    """Share of the time in which exports are cut: hazard of a cut x its length."""
    share: xr.DataArray = ds["hazard_of_a_cut"] * ds["length_of_a_cut_by_chance"]
    return share


def parameter_row(name: str) -> Parameter:
    """The row of parameters.csv of a constant, with its range."""
    return load_model().parameters[names.key(name)]
