"""What the programmes are multiplied and checked with: factors, trade, figures of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.defense_need import (
    MAGNET_CLASSES,
    Estimate,
    read_estimate,
    row_problem,
    unaccepted,
)

FACTOR_COLUMNS = ("factor", "unit", "low", "mode", "high", "basis", "source_id", "note")
TOP_DOWN_COLUMNS = ("figure", "low", "high", "class", "year", "counts", "source_id", "note")
FACTOR_RULES = TableRules(
    "the factors of the need",
    FACTOR_COLUMNS,
    more=("grade",),
    key=("factor",),
    filled=("source_id",),
    named=("factor", "unit"),
    sources="source_id",
)
TOP_DOWN_RULES = TableRules(
    "the top-down figures",
    TOP_DOWN_COLUMNS,
    more=("grade",),
    key=("figure",),
    filled=("source_id",),
    named=("figure", "counts"),
    years=("year",),
    sources="source_id",
)

ALL_CLASSES, NDFEB = "all", "NdFeB"
COUNTED = (ALL_CLASSES, NDFEB, *MAGNET_CLASSES)


@dataclass(frozen=True)
class TopDownFigure:
    """What somebody said of the need as a whole.

    Attributes
    ----------
    name : str
    low, high : float, t/yr
        The same for a single number.
    counted : str
        The magnets meant: a class, `NdFeB` for light and heavy together, or `all`.
    year : int
    scope : str
        What it counts, in words.
    sources : str
        Ids of sources.csv, as written.
    """

    name: str
    low: float
    high: float
    counted: str
    year: int
    scope: str
    sources: str


def read_need_factors(path: Path | None = None) -> dict[str, Estimate]:
    """Factors of calibration/defense_need_factors.csv by name.

    Raises
    ------
    InputError
        When the table cannot be read, or rows are wrong: all problems together.
    """
    path = path or places.calibration_folder() / "defense_need_factors.csv"
    factors: dict[str, Estimate] = {}
    problems: list[BuildoutError] = []
    for line, cells in read_calibrated(path, FACTOR_RULES):
        name = cells["factor"].strip()
        try:
            factors[name] = estimate = read_estimate(cells)
            if estimate.low < 0:
                raise InputError(f"low is {estimate.low:g}.", "0 or more is accepted.")
        except BuildoutError as problem:
            problems.append(row_problem(line, name, problem))
    if problems:
        raise together(problems, quoted(path.name))
    return factors


def read_top_down(path: Path | None = None) -> tuple[TopDownFigure, ...]:
    """Figures of calibration/defense_need_top_down.csv, in its order.

    Raises
    ------
    InputError
        When the table cannot be read, or rows are wrong: all problems together.
    """
    path = path or places.calibration_folder() / "defense_need_top_down.csv"
    figures: list[TopDownFigure] = []
    problems: list[BuildoutError] = []
    for line, cells in read_calibrated(path, TOP_DOWN_RULES):
        try:
            figures.append(_figure(cells))
        except BuildoutError as problem:
            problems.append(row_problem(line, cells["figure"].strip(), problem))
    if problems:
        raise together(problems, quoted(path.name))
    return tuple(figures)


def _figure(cells: Mapping[str, str]) -> TopDownFigure:
    low, high, year = (read_number(cells[key], what=key) for key in ("low", "high", "year"))
    if not 0 < low <= high:
        raise InputError(
            f"low is {low:g} and high is {high:g}.", "Numbers above 0 in this order are accepted."
        )
    if (counted := cells["class"].strip()) not in COUNTED:
        raise unaccepted("class", counted, COUNTED)
    return TopDownFigure(
        name=cells["figure"].strip(),
        low=low,
        high=high,
        counted=counted,
        year=int(year),
        scope=cells["counts"].strip(),
        sources=cells["source_id"].strip(),
    )
