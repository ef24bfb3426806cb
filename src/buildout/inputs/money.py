"""What a dollar of 2025 was, or will be, worth in the money of its day: `calibration/money.csv`."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.vensim.arrays import Floats

MONEY_COLUMNS = ("year", "consumer_prices", "cny_per_usd", "tax", "source_id", "note")
RULES = TableRules(
    "the table of money",
    MONEY_COLUMNS,
    key=("year",),
    filled=MONEY_COLUMNS[:5],
    years=("year",),
    sources="source_id",
)


@dataclass(frozen=True)
class Money:
    """Yearly means, by the middles of years; straight between them and held beyond.

    Attributes
    ----------
    middles : tuple of float, Year
    dollars : tuple of float
        Dollars of the day for one of 2025.
    yuan : tuple of float
        Yuan of the day, value added tax of China included, for one dollar of 2025 without.
    """

    middles: tuple[float, ...]
    dollars: tuple[float, ...]
    yuan: tuple[float, ...]

    def of_the_day(self, money: str, times: Floats) -> Floats:
        """What one dollar of 2025 was at some dates, in `usd` or `cny`; one where there is none."""
        if not money:
            return np.ones_like(times)
        values = {"usd": self.dollars, "cny": self.yuan}[money]
        values_then: Floats = np.interp(times, self.middles, values)
        return values_then


def read_money(path: Path | None = None) -> Money:
    """The table of consumer prices, exchange rates and tax.

    Raises
    ------
    InputError
        For a cell that is no number above zero, or years out of order.

    Examples
    --------
    >>> round(float(read_money().of_the_day("usd", np.array([2018.5]))[0]), 2)
    0.78
    """
    path = path or places.calibration_folder() / "money.csv"
    rows = []
    for line, cells in read_calibrated(path, RULES):
        where = f"{quoted(path.name)}, line {line}"
        row = [read_number(cells[c], what=f"{where}: {c}") for c in MONEY_COLUMNS[:4]]
        if min(row) <= 0:
            raise InputError(f"{where} has {min(row):g}.", "Numbers above zero are accepted.")
        rows.append(row)
    years, dollars, rates, taxes = (tuple(column) for column in zip(*rows, strict=True))
    if any(later <= year for year, later in pairwise(years)):
        raise InputError(f"The years of {quoted(path.name)} are not in order.")
    yuan = tuple(d * rate * (1 + tax) for d, rate, tax in zip(dollars, rates, taxes, strict=True))
    return Money(tuple(year + 0.5 for year in years), dollars, yuan)
