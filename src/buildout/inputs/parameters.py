"""The table of constants: value, range, distribution, source and grade of each.

The `.mdl` decides what a constant is and what its default is; `calibration/parameters.csv` says
how far it may go, how it is drawn in a sweep, and where it comes from. A test keeps the two equal.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.calibrated import TableRules, read_calibrated

PARAMETER_COLUMNS = (
    "name",
    "unit",
    "default",
    "low",
    "high",
    "distribution",
    "kind",
    "source_ids",
    "grade",
    "rationale",
)
RULES = TableRules(
    "the table of parameters",
    PARAMETER_COLUMNS,
    filled=("unit", "low", "high", "rationale"),
    named=("name",),
)
DISTRIBUTIONS = ("uniform", "triangular", "lognormal", "loguniform", "discrete", "fixed")
PARAMETER_KINDS = ("lever", "uncertainty", "luck", "switch", "initial", "structural")
#: What falls one way or the other for a single project; it counts among no uncertainties.
LUCK = "luck"
LEVER = "lever"
#: How well founded a number is.
GRADE_WORDS = {
    "A": "official or company",
    "B": "trade press",
    "C": "weak",
    "D": "derived here from sources",
    "U": "judgement without a source",
}
GRADES = tuple(GRADE_WORDS)
# The default of a fixed table whose values stand in the model alone, one by one.
BY_ELEMENT = "by element"


@dataclass(frozen=True)
class Parameter:
    """One row of parameters.csv.

    Attributes
    ----------
    name : str
        As in the model, with subscripts where elements differ.
    unit : str
        Unit of default, low and high.
    default, low, high : float
        Value in the model, and the range it may take. The default is NaN where each element
        has its own, which `by_element` tells.
    distribution : str
        How a sweep draws it: uniform, triangular, lognormal, loguniform, discrete or fixed.
    kind : str
        lever, uncertainty, luck, switch, initial or structural.
    sources : tuple of str
        Ids in sources.csv.
    grade : str
        A (official) to D (derived here), or U (judgement without source).
    rationale : str
        Why this value and this range.
    """

    name: str
    unit: str
    default: float
    low: float
    high: float
    distribution: str
    kind: str
    sources: tuple[str, ...]
    grade: str
    rationale: str

    @property
    def by_element(self) -> bool:
        """Whether the row stands for a whole table, whose values are in the model alone."""
        return math.isnan(self.default)


def read_parameters(path: Path) -> tuple[Parameter, ...]:
    """All rows of a parameter table, in the file's order.

    Raises
    ------
    InputError
        When the file is missing, lacks a column or holds something other than numbers; all
        problems together.
    """
    rows, problems = [], []
    for number, line in read_calibrated(path, RULES):
        try:
            rows.append(_parameter(line))
        except BuildoutError as problem:
            problems.append(InputError(f"Line {number}, {problem}"))
    if problems:
        raise together(problems, quoted(path.name))
    return tuple(rows)


def _parameter(line: Mapping[str, str]) -> Parameter:
    name = line["name"].strip()
    labels = {column: f"`{name}`: {column}" for column in ("default", "low", "high")}

    def figure(column: str) -> float:
        written = line[column].strip()
        if column == "default" and written == BY_ELEMENT:
            return math.nan
        return read_number(written, what=labels[column])

    return Parameter(
        name=name,
        unit=line["unit"].strip(),
        default=figure("default"),
        low=figure("low"),
        high=figure("high"),
        distribution=line["distribution"].strip(),
        kind=line["kind"].strip(),
        sources=tuple(s.strip() for s in line["source_ids"].split(";") if s.strip()),
        grade=line["grade"].strip(),
        rationale=line["rationale"].strip(),
    )


def by_base(rows: tuple[Parameter, ...]) -> dict[str, list[Parameter]]:
    """Rows by the key of their variable, whole-variable rows before single elements."""
    groups: dict[str, list[Parameter]] = {}
    for row in sorted(rows, key=lambda row: "[" in row.name):
        groups.setdefault(names.key(names.split(row.name)[0]), []).append(row)
    return groups
