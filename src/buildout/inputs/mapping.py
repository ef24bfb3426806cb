"""What a series that somebody observes is called in the model: `observations/mapping.csv`.

An expression is a sum of elements of variables, each with a factor if need be, and of numbers:
`oxide output[Allies,NdPr] - 450`. It is taken over the period that was observed: the `mean` of it,
its `total` (a rate times the years), or its value `at` the end of the period.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.model import Model, given_model
from buildout.inputs.observations import MAPPING

MAPPING_COLUMNS = ("series", "expression", "over", "unit", "money", "sd", "note")
RULES = TableRules(
    "the table of series", MAPPING_COLUMNS, key=("series",), named=("series", "expression", "unit")
)
PERIODS = ("mean", "total", "at")
#: In what money a series is told: none, dollars of 2025, or those of the day, or yuan with tax.
MONEYS = ("", "usd", "cny")
MOST_TERMS = 50
MOST_SD = 10.0  # Relative to what was observed.
_SIGN = re.compile(r"\s+([+-])\s+")
_FACTOR = re.compile(r"(?P<factor>[0-9.][0-9.eE]*)\s*\*\s*(?P<name>.+)")


@dataclass(frozen=True)
class Term:
    """One addend: a factor times an element of the model, or the factor alone.

    Attributes
    ----------
    factor : float
        In units of the series over that of the element.
    scalar : str
        Id of the element; empty where the term is a number.
    """

    factor: float
    scalar: str = ""


@dataclass(frozen=True)
class Expression:
    """What the model says of a series.

    Attributes
    ----------
    written : str
        As it stands in the table.
    terms : tuple of Term
        Its addends.
    unit : str
        Of the elements, all of one.
    """

    written: str
    terms: tuple[Term, ...]
    unit: str

    @cached_property
    def scalars(self) -> tuple[str, ...]:
        """Ids of the elements in it, each once."""
        return tuple(dict.fromkeys(term.scalar for term in self.terms if term.scalar))


@dataclass(frozen=True)
class Mapped:
    """A series with what the model calls it.

    Attributes
    ----------
    series : str
        As in the tables of observations.
    expression : Expression
    over : str
        `mean`, `total` or `at`: how the expression is taken over a period.
    unit : str
        Of the series as it is observed.
    money : str
        Empty: as in the model; `usd`: dollars of the day; `cny`: yuan of the day, tax included.
    sd : float
        Error of one observation, one standard deviation, relative to it.
    note : str
    """

    series: str
    expression: Expression
    over: str
    unit: str
    money: str = ""
    sd: float = 0.0
    note: str = field(default="", compare=False)


def read_mapping(path: Path | None = None, *, model: Model | None = None) -> dict[str, Mapped]:
    """The table that says what each observed series is in the model.

    Parameters
    ----------
    path : path, optional
        By default that of the project.
    model : Model, optional
        Default: the one that comes with buildout.

    Returns
    -------
    dict of str to Mapped
        By series.

    Raises
    ------
    InputError
        With the lines of all rows that cannot be read.

    Examples
    --------
    >>> read_mapping()["price_nd_oxide"].expression.written
    'Chinese price[NdPr]'
    """
    path = path or places.calibration_folder() / "observations" / MAPPING
    model = given_model(model)
    mapped: dict[str, Mapped] = {}
    problems: list[BuildoutError] = []
    for line, cells in read_calibrated(path, RULES):
        try:
            row = _row(cells, model)
            mapped[row.series] = row
        except BuildoutError as problem:
            problems.append(InputError(f"{quoted(path.name)}, line {line}: {problem}"))
    if problems:
        raise together(problems, "The table of series")
    return mapped


def _row(cells: Mapping[str, str], model: Model) -> Mapped:
    for column, accepted in (("over", PERIODS), ("money", MONEYS)):
        if cells[column] not in accepted:
            raise InputError(
                f"{column} is {quoted(cells[column])}.",
                f"Accepted: {', '.join(word or 'nothing' for word in accepted)}.",
            )
    sd = read_number(cells["sd"], what="sd")
    if not 0 <= sd <= MOST_SD:
        raise InputError(f"sd is {sd:g}.", f"A relative error from 0 to {MOST_SD:g} is accepted.")
    return Mapped(
        series=cells["series"],
        expression=read_expression(cells["expression"], model),
        over=cells["over"],
        unit=cells["unit"],
        money=cells["money"],
        sd=sd,
        note=cells["note"],
    )


def read_expression(written: str, model: Model | None = None) -> Expression:
    """A sum of elements of the model, with factors, and of numbers.

    Raises
    ------
    UnknownNameError
        For a name that the model does not have; the nearest ones are given.
    InputError
        For what is no sum, or adds different units.

    Examples
    --------
    >>> read_expression("oxide output[Allies,NdPr] - 450").terms[1]
    Term(factor=-450.0, scalar='')
    """
    model = given_model(model)
    parts = _SIGN.split(written.strip())
    if len(parts) > 2 * MOST_TERMS:
        raise InputError(
            f"The expression has {len(parts) // 2 + 1} terms.", f"Up to {MOST_TERMS} are accepted."
        )
    terms: list[Term] = []
    units: dict[str, str] = {}
    for place in range(0, len(parts), 2):
        sign = -1.0 if place and parts[place - 1] == "-" else 1.0
        added, unit = _addend(parts[place], sign, model)
        terms += added
        if unit is not None:
            units.setdefault(unit, parts[place])
    if not units:
        raise InputError(
            f"The expression {quoted(written)} names nothing of the model.",
            "A sum such as `mine output[US] + 100` is accepted.",
        )
    if len(units) > 1:
        (first, some), (second, others) = list(units.items())[:2]
        raise InputError(f"{quoted(some)} is in {first} and {quoted(others)} in {second}.")
    return Expression(written.strip(), tuple(terms), next(iter(units)))


def _addend(written: str, sign: float, model: Model) -> tuple[list[Term], str | None]:
    """One addend, which may be several elements, and their unit; None for that of a number."""
    text = written.strip()
    if re.match(r"[0-9.]", text) and not _FACTOR.fullmatch(text):
        return [Term(sign * read_number(text, what="A term"))], None
    match = _FACTOR.fullmatch(text)
    name = match["name"] if match else text
    factor = sign * (read_number(match["factor"], what="A factor") if match else 1.0)
    scalars = model.scalars(name)
    return [Term(factor, scalar) for scalar in scalars], model.variable(names.split(name)[0]).unit
