"""Checks anyone can run: balances, bounds, units and the time step, with the culprit named.

Each check is a function of a Dataset that gives `Finding`s, one per pathway; `check_all` makes
the Dataset, saved at every step, and asks them all.
"""

import xarray as xr

from buildout.checks.accounting import (
    money_closes,
    parts_sum_to_gap,
    shares_sum_to_one,
    stocks_not_negative,
)
from buildout.checks.capacity import capacity_closes, contracts_last
from buildout.checks.finding import Finding, every_step, findings, worst_of
from buildout.checks.mass import magnet_balance, mass_balance
from buildout.checks.time_step import step_halving
from buildout.inputs import places
from buildout.inputs.model import Model, given_model
from buildout.inputs.pathway import packaged_pathways
from buildout.inputs.resolve import PathwayNames, Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.simulation.simulate import simulate_resolved
from buildout.vensim import units
from buildout.vensim.engine import Engine

__all__ = [
    "Finding",
    "capacity_closes",
    "check_all",
    "check_dataset",
    "check_resolved",
    "check_units",
    "contracts_last",
    "every_step",
    "findings",
    "magnet_balance",
    "mass_balance",
    "money_closes",
    "parts_sum_to_gap",
    "shares_sum_to_one",
    "simulate_every_step",
    "step_halving",
    "stocks_not_negative",
    "worst_of",
]

OF_A_DATASET = (
    mass_balance,
    magnet_balance,
    capacity_closes,
    contracts_last,
    money_closes,
    stocks_not_negative,
    shares_sum_to_one,
    parts_sum_to_gap,
)


def simulate_every_step(
    pathways: PathwayNames,
    *,
    settings: Settings | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> xr.Dataset:
    """`simulate`, saved at every time step, as the balances need it."""
    asked = resolve(given_model(model), pathways, settings, beyond_range=beyond_range)
    return simulate_resolved(asked.with_controls(save_every=asked.time_step))


def check_dataset(ds: xr.Dataset) -> list[Finding]:
    """All checks that can be read from results.

    Parameters
    ----------
    ds : Dataset
        From `simulate_every_step`, with all outputs.

    Returns
    -------
    list of Finding

    Raises
    ------
    ResultsError
        When not every step is saved.
    """
    return [finding for check in OF_A_DATASET for finding in check(ds)]


def check_units() -> list[Finding]:
    """Whether both sides of every equation of the project's model have the same unit."""
    wrong = units.check(places.model_file())
    where = str(wrong[0]) if wrong else "every equation"
    return [Finding("units", "", not wrong, float(len(wrong)), 0.0, where)]


def check_all(
    pathways: PathwayNames | None = None,
    *,
    halving: bool = True,
    settings: Settings | None = None,
    known_until: float | None = None,
    engine: Engine | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> list[Finding]:
    """Every check on every pathway.

    Parameters
    ----------
    pathways : name, path, Pathway, or several of them, optional
        All that come with buildout by default.
    halving : bool
        Whether to run at a half and a quarter of the time step too.
    settings, known_until, engine, beyond_range, model
        As for `simulate`.

    Returns
    -------
    list of Finding
        All with `passed` when all is well.

    Examples
    --------
    >>> all(one.passed for one in check_all(["status-quo"], halving=False))
    True
    """
    asked = resolve(
        given_model(model),
        packaged_pathways() if pathways is None else pathways,
        settings,
        known_until=known_until,
        beyond_range=beyond_range,
    )
    return check_resolved(asked, halving=halving, engine=engine)


def check_resolved(
    asked: Resolved, *, halving: bool = True, engine: Engine | None = None
) -> list[Finding]:
    """As `check_all`, of what is resolved already."""
    every_step_of = asked.with_controls(save_every=asked.time_step)
    results = check_units() + check_dataset(simulate_resolved(every_step_of, engine=engine))
    return results + (step_halving(asked, engine=engine) if halving else [])
