"""The headline outcomes that effects are measured on, and how large a change of one is."""

from dataclasses import dataclass

import numpy as np

from buildout.vensim.engine import Trajectories

TONNES, MONEY = "tonnes", "money"


@dataclass(frozen=True)
class Outcome:
    """A number that a reader of the verdict would ask for.

    Attributes
    ----------
    name : str
        As people say it.
    scalar : str
        Scalar id in the model.
    years : tuple of float
        Dates at which it is read.
    floor : float
        A change is set against the value without it, or against this where the value is smaller:
        from almost nothing to little is not a thousand percent.
    kind : str
        `TONNES` (tonnes, coverage, vulnerability) or `MONEY` (money, prices, jobs).
    cap : float
        Above this, more makes no difference to a reader.
    """

    name: str
    scalar: str
    years: tuple[float, ...]
    floor: float
    kind: str = TONNES
    cap: float = np.inf


def _covered(magnet_class: str) -> Outcome:
    # A need that is covered five times over is covered: what counts is the share of it, up to one.
    return Outcome(
        f"{magnet_class} need covered",
        f"defense_coverage[{magnet_class}]",
        (2027.0, 2030.0, 2035.0),
        0.1,
        cap=1.0,
    )


def _price(element: str, floor: float) -> Outcome:
    name = f"{element} price outside China"
    return Outcome(name, f"ex_china_price[{element}]", (2027.0, 2030.0, 2035.0), floor, MONEY)


HEADLINES = (
    Outcome("US magnet output", "us_magnet_output_total", (2030.0, 2035.0, 2045.0), 1000.0),
    _covered("light NdFeB"),
    _covered("heavy NdFeB"),
    _covered("SmCo"),
    Outcome("vulnerability", "vulnerability", (2030.0, 2035.0), 0.1),
    Outcome("unmet civil demand", "unmet_civil_demand_total", (2030.0, 2035.0), 1000.0),
    Outcome("public money spent", "public_money_spent", (2035.0,), 1000.0, MONEY),
    _price("NdPr", 10.0),
    _price("DyTb", 100.0),
    _price("Sm", 5.0),
    Outcome("jobs", "jobs_in_total", (2030.0, 2035.0), 500.0, MONEY),
)


@dataclass(frozen=True)
class Change:
    """One outcome at one date, with and without something.

    Attributes
    ----------
    name : str
        Of the outcome.
    unit : str
    year : float
    before, after : float
        Values as they are, not capped.
    share : float
        (after - before) over the value before or the outcome's floor; infinite for a run that
        broke down.
    little : bool
        Whether the value before is below the floor, so that a percentage would say nothing.
    """

    name: str
    unit: str
    year: float
    before: float
    after: float
    share: float
    little: bool


def change(
    run: Trajectories, outcome: Outcome, year: float, number: int, unit: str = "", base: int = 0
) -> Change:
    """How an outcome differs between two runs of a batch."""
    place = int(np.abs(run.times - year).argmin())
    before, after = run[outcome.scalar][place, [base, number]]
    known = min(before, outcome.cap)
    moved = min(after, outcome.cap) - known
    share = moved / max(abs(known), outcome.floor) if np.isfinite(moved) else np.inf
    little = bool(abs(known) < outcome.floor)
    return Change(outcome.name, unit, year, float(before), float(after), float(share), little)


def changes(
    run: Trajectories,
    number: int,
    units: dict[str, str],
    kind: str | None = None,
    base: int = 0,
    but: str = "",
) -> list[Change]:
    """Headline outcomes of a kind at all their dates, the largest change first; one left out."""
    found = [
        change(run, outcome, year, number, units[outcome.scalar], base)
        for outcome in HEADLINES
        if kind in (None, outcome.kind) and outcome.scalar != but
        for year in outcome.years
    ]
    return sorted(found, key=lambda one: -abs(one.share))
