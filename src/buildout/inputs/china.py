"""What is known of China for comparison: how much it made in the past."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.observations import FIT_BEFORE
from buildout.vensim.arrays import Floats

OUTPUT_COLUMNS = ("year", "line", "tonnes", "low", "high", "source_id", "note")
RULES = TableRules(
    "the table of Chinese output",
    OUTPUT_COLUMNS,
    key=("line", "year"),
    filled=OUTPUT_COLUMNS[:6],
    words={"line": ("mining", "NdPr separation", "NdFeB magnets", "SmCo magnets")},
    years=("year",),
    sources="source_id",
)


class PastOutput(NamedTuple):
    """What China made of one line's product, year by year.

    Attributes
    ----------
    times : array, Year
        Middles of the years, in order.
    tonnes, low, high : array, t/Year
        As told, and the range in the model's own measure of the product.
    """

    times: Floats
    tonnes: Floats
    low: Floats
    high: Floats


def read_china_output(path: Path | None = None) -> dict[str, PastOutput]:
    """Past Chinese output by line of the model, from china_output.csv.

    Parameters
    ----------
    path : path, optional
        The table of the project by default.

    Returns
    -------
    dict of str to PastOutput

    Raises
    ------
    InputError
        When the table cannot be read; the line is named.

    Examples
    --------
    >>> magnets = read_china_output()["NdFeB magnets"]
    >>> float(magnets.times[1]), float(magnets.tonnes[1])
    (2001.5, 8000.0)
    """
    path = path or places.calibration_folder() / "china_output.csv"
    lines: dict[str, list[tuple[float, ...]]] = {}
    problems: list[BuildoutError] = []
    for place, cells in read_calibrated(path, RULES):
        try:
            rows = lines.setdefault(cells["line"], [])
            rows.append(_year_of(cells, rows))
        except BuildoutError as problem:
            problems.append(InputError(f"{quoted(path.name)}, line {place}: {problem}"))
    if problems:
        raise together(problems, "The table of Chinese output")
    return {line: PastOutput(*np.array(rows).T) for line, rows in lines.items()}


def _year_of(cells: Mapping[str, str], before: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """Middle of the year, tonnes and range."""
    year = read_number(cells["year"], what="year")
    if not (year.is_integer() and year < FIT_BEFORE):
        raise InputError(
            f"year is {quoted(cells['year'])}.", f"A year before {FIT_BEFORE:g} is accepted."
        )
    middle = year + 0.5
    if before and middle <= before[-1][0]:
        raise InputError(f"{year:g} does not come after the year above it.")
    return (middle, *_ranged(cells, "tonnes"))


def _ranged(cells: Mapping[str, str], column: str) -> tuple[float, float, float]:
    value, low, high = (read_number(cells[name], what=name) for name in (column, "low", "high"))
    if not 0 < low <= value <= high:
        raise InputError(
            f"{column} is {value:g}, low {low:g}, high {high:g}.",
            "0 < low <= the number <= high is accepted.",
        )
    return value, low, high
