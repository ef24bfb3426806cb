"""The headline outcomes that effects are measured on, and how large a change of one is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from buildout._util.reading import read_number
from buildout.errors import InputError
from buildout.experiments.reading import TABLES, checked_names, csv_table, listed, number_or
from buildout.inputs.model import Model
from buildout.vensim.engine import Trajectories

COLUMNS = ("name", "outcome", "years", "floor", "kind", "cap")
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
        Above this, more makes no difference to a reader: a need that is covered five times over is
        covered.
    """

    name: str
    scalar: str
    years: tuple[float, ...]
    floor: float
    kind: str = TONNES
    cap: float = np.inf


def load_outcomes(model: Model) -> tuple[Outcome, ...]:
    """The headline outcomes of `tables/outcomes.csv`.

    Raises
    ------
    InputError, UnknownNameError
        For a row that is wrong, or speaks of what is not in the model.
    """
    outcomes = []
    for row in csv_table(TABLES / "outcomes.csv", COLUMNS):
        where = f"outcomes.csv, `{row['name']}`"
        checked_names(model, [row["outcome"]], where)
        if row["kind"] not in (TONNES, MONEY):
            raise InputError(f"{where}: the kind is `{row['kind']}`.", f"{TONNES}, {MONEY}.")
        outcomes.append(
            Outcome(
                row["name"],
                row["outcome"],
                tuple(read_number(year, what=where) for year in listed(row["years"])),
                read_number(row["floor"], what=where),
                row["kind"],
                number_or(row["cap"], np.inf, where),
            )
        )
    return tuple(outcomes)


@dataclass(frozen=True)
class OutcomeChange:
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
) -> OutcomeChange:
    """How an outcome differs between two runs of a batch."""
    place = int(np.abs(run.times - year).argmin())
    before, after = run[outcome.scalar][place, [base, number]]
    known = min(before, outcome.cap)
    moved = min(after, outcome.cap) - known
    share = moved / max(abs(known), outcome.floor) if np.isfinite(moved) else np.inf
    little = bool(abs(known) < outcome.floor)
    return OutcomeChange(
        outcome.name, unit, year, float(before), float(after), float(share), little
    )


def changes(
    run: Trajectories,
    outcomes: Sequence[Outcome],
    number: int,
    units: dict[str, str],
    kind: str | None = None,
    base: int = 0,
    but: str = "",
) -> list[OutcomeChange]:
    """Outcomes of a kind at all their dates, the largest change first; one left out."""
    measured = [
        change(run, outcome, year, number, units[outcome.scalar], base)
        for outcome in outcomes
        if kind in (None, outcome.kind) and outcome.scalar != but
        for year in outcome.years
    ]
    return sorted(measured, key=lambda moved: -abs(moved.share))
