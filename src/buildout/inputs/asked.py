"""Outcomes that the verbs of an analyst speak of: one table for `compare` and the like.

An outcome is a variable of the model or a sum of them, read at a date, summed to one, or taken as
the date from which a need is met.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_number, read_rows
from buildout.errors import BuildoutError, InputError, UnknownNameError, together
from buildout.inputs.mapping import Expression, read_expression
from buildout.inputs.model import Model

ASKED_TABLE = Path(__file__).with_name("tables") / "outcomes.csv"
ASKED_COLUMNS = ("outcome", "group", "expression", "read", "years", "least", "shown")
#: How an outcome is read off a trajectory. The last three are dates: from when the need is covered,
#: as `deadline` asks it; from when the market is served from home, as `stages` does, or half of it.
AT, TOTAL, COVERED_FROM, HOME_FROM, HALF_FROM = "at", "total", "covered", "home", "half"
DATE_READINGS = (COVERED_FROM, HOME_FROM, HALF_FROM)
READINGS = (AT, TOTAL, *DATE_READINGS)
# A run that ends before this date shows none of the others.
_FIRST_DATE = 2028.0
_EACH = "[*]"
_YEARLY = "/Year"
# Tonnes, money and people add up over elements.
_ADDED = ("t", "MUSD", "person")
_LESS_IS_BETTER = ("unmet", "defense shortfall", "dependence", "vulnerability")


@dataclass(frozen=True)
class AskedOutcome:
    """A number that an analyst asks of a run.

    Attributes
    ----------
    name : str
        As people say it, with the element where there are several: "coverage: SmCo".
    group : str
        What it belongs to: coverage, date, magnets, money and the like.
    expression : Expression
        What it is in the model.
    read : str
        One of `READINGS`.
    year : float or None
        When it is read, or until when it is summed; None for a date.
    least : float, in the unit of the expression
        Shares of less than this are shares of it: from almost nothing to little is no multiple.
    shown : bool
        Whether it stands in the table on screen and in the picture.
    """

    name: str
    group: str
    expression: Expression
    read: str
    year: float | None
    least: float = 1e-9
    shown: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it is a date, whose differences are in months."""
        return self.read in DATE_READINGS

    @property
    def unit(self) -> str:
        """Its own unit."""
        if self.is_date:
            return "Year"
        own = self.expression.unit
        if self.read == TOTAL:
            return own.removesuffix(_YEARLY) if own.endswith(_YEARLY) else f"{own}*Year"
        return own

    @property
    def difference_unit(self) -> str:
        """The unit of a difference: months between dates."""
        return "Month" if self.is_date else self.unit

    @property
    def less_is_better(self) -> bool:
        """Whether a smaller value is the gain: dates, what is missing, dependence."""
        return self.is_date or self.name.startswith(_LESS_IS_BETTER)

    @property
    def label(self) -> str:
        """Name and date in one."""
        return self.name if self.year is None else f"{self.name}, {self.year:g}"


def asked_outcomes(model: Model, *, end: float = float("inf")) -> tuple[AskedOutcome, ...]:
    """The outcomes of `tables/outcomes.csv` until the end of a run, one for each date.

    Parameters
    ----------
    model : Model
    end : float, Year

    Raises
    ------
    InputError
        For rows that are wrong or speak of what is not in the model; all problems together.
    """
    return tuple(o for o in _table(model) if (_FIRST_DATE if o.is_date else o.year or 0) <= end)


def asked_outcome(
    model: Model, name: str, year: float | None, *, start: float, end: float
) -> AskedOutcome:
    """One outcome, by its name in the table or by what the model calls it, on a date.

    Parameters
    ----------
    model : Model
    name : str
        Of the table (`US magnet output`, `date of full coverage: SmCo`), or a variable, an element
        or a sum of them.
    year : float or None
        None for outcomes that are dates.
    start, end : float, Year
        Of the run.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    InputError
        For a year beside a date, no year beside anything else, or one outside the run.
    """
    listed = {names.key(outcome.name): outcome for outcome in _table(model)}
    outcome = listed.get(names.key(name)) or _of_the_model(model, name, listed.values())
    if outcome.is_date:
        if year is not None:
            raise InputError(
                f"{quoted(outcome.name)} is a date itself.", cure="Leave out the year."
            )
        return outcome
    if year is None:
        raise InputError(
            f"{quoted(outcome.name)} has a value for each year, and none is given.",
            f"A year from {start:g} to {end:g} is accepted.",
        )
    if not start <= year <= end:
        raise InputError(
            f"The year is {year:g}.", f"The runs go from {start:g} to {end:g}, and a date within."
        )
    return replace(outcome, year=year)


def _of_the_model(model: Model, name: str, listed: Iterable[AskedOutcome]) -> AskedOutcome:
    try:
        expression = read_expression(name, model)
    except UnknownNameError:
        known = [o.name for o in listed] + [v.name for v in model.variables.values()]
        raise names.unknown("outcome", name, dict.fromkeys(known)) from None
    _refuse_sum(model, name, expression)
    return AskedOutcome(expression.written, "", expression, AT, None)


def _refuse_sum(model: Model, name: str, expression: Expression) -> None:
    """Refuse a variable as the sum of its elements where they do not add up, as shares and prices.

    Raises
    ------
    InputError
    """
    several = len(expression.scalars) > 1 and names.key(name) in model.variables
    if several and not expression.unit.startswith(_ADDED):
        raise InputError(
            f"{quoted(name)} has {len(expression.scalars)} elements, which do not add up "
            f"({expression.unit}).",
            f"One of them is accepted, such as {quoted(model.spelled(expression.scalars[0]))}.",
        )


# A session asks for it at every verb.
@lru_cache(maxsize=4)
def _table(model: Model) -> tuple[AskedOutcome, ...]:
    outcomes: list[AskedOutcome] = []
    problems: list[BuildoutError] = []
    for line, cells in read_rows(ASKED_TABLE, ASKED_COLUMNS, what="the table of outcomes"):
        try:
            outcomes += _row_of_table(cells, model)
        except BuildoutError as problem:
            problems.append(InputError(f"Line {line}, {quoted(cells['outcome'])}: {problem}"))
    if problems:
        raise together(problems, quoted(ASKED_TABLE.name))
    return tuple(outcomes)


def _row_of_table(cells: dict[str, str], model: Model) -> list[AskedOutcome]:
    if cells["read"] not in READINGS:
        raise InputError(f"read is {quoted(cells['read'])}.", f"Accepted: {', '.join(READINGS)}.")
    years: list[float | None] = [*_years(cells["years"])] or [None]
    if (cells["read"] in DATE_READINGS) != (years == [None]):
        raise InputError("Years are for what is no date.")
    shown = cells["shown"].strip()
    on_screen = set(years) if shown == "yes" else set(_years(shown))
    least = read_number(cells["least"], what="least")
    return [
        AskedOutcome(
            name, cells["group"], expression, cells["read"], year, least, year in on_screen
        )
        for name, expression in _elements(cells["outcome"], cells["expression"], model)
        for year in years
    ]


def _elements(name: str, written: str, model: Model) -> list[tuple[str, Expression]]:
    """What a row stands for: each element of a variable where it says so."""
    if not written.endswith(_EACH):
        return [(name, read_expression(written, model))]
    variable = model.variable(written.removesuffix(_EACH))
    return [
        (f"{name}: {' '.join(where)}", read_expression(model.spelled(scalar), model))
        for where, scalar in variable.members.items()
    ]


def _years(cell: str) -> list[float]:
    return [read_number(part, what="A year") for part in cell.split(";") if part.strip()]
