"""Checks anyone can run: balances, bounds, units and the time step, with the culprit named.

Each check is a function of a Dataset that gives `Finding`s, one per pathway; `check_all` makes
the Dataset, saved at every step, and asks them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import xarray as xr

from buildout.checks.accounting import (
    money_closes,
    parts_sum_to_gap,
    shares_sum_to_one,
    stocks_not_negative,
)
from buildout.checks.finding import Finding, findings, worst_of
from buildout.checks.mass import every_step, magnet_balance, mass_balance
from buildout.checks.time_step import step_halving
from buildout.inputs import places
from buildout.inputs.pathway import pathway_names
from buildout.simulation.simulate import simulate
from buildout.vensim import engine as engines
from buildout.vensim import units

__all__ = [
    "Finding",
    "check_all",
    "check_dataset",
    "check_units",
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
    money_closes,
    stocks_not_negative,
    shares_sum_to_one,
    parts_sum_to_gap,
)


@dataclass(frozen=True)
class _EveryStep:
    """An engine that saves every step, whatever the model's own interval."""

    engine: Any

    def run(self, system: Any, *, controls: Any = None, **asked: Any) -> Any:
        controls = dict(controls or {})
        step = controls.get("time_step", system.controls["time_step"])
        return self.engine.run(system, controls=controls | {"saveper": step}, **asked)


def simulate_every_step(pathways: Any, *, engine: Any = None, **options: Any) -> xr.Dataset:
    """`simulate`, saved at every time step."""
    return simulate(pathways, engine=_EveryStep(engine or engines.Batch()), **options)


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
    return [one for check in OF_A_DATASET for one in check(ds)]


def check_units() -> list[Finding]:
    """Whether both sides of every equation of the project's model have the same unit."""
    wrong = units.check(places.model_file())
    where = str(wrong[0]) if wrong else "every equation"
    return [Finding("units", "", not wrong, float(len(wrong)), 0.0, where)]


def check_all(
    pathways: Iterable[str] | None = None, *, halving: bool = True, **options: Any
) -> list[Finding]:
    """Every check on every pathway.

    Parameters
    ----------
    pathways : iterable of str, optional
        All that come with buildout by default.
    halving : bool
        Whether to run at a half and a quarter of the time step too.
    options
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
    chosen = list(pathways) if pathways is not None else pathway_names()
    found = check_units() + check_dataset(simulate_every_step(chosen, **options))
    return found + (step_halving(chosen, **options) if halving else [])
