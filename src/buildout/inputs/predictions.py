"""Registered predictions: a table to which rows are only added, each with the hash of the former.

A row's `sha256` is that of its other cells, in the order of the columns, written as a JSON list of
texts without blanks; `previous_sha256` is that of the row above, 64 zeros in the first. So nobody
can change or drop a row without all later hashes, and the head that was published, being others.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from types import MappingProxyType

from buildout._util import files, names
from buildout._util.names import quoted
from buildout._util.reading import read_number, read_rows
from buildout._util.tables import to_csv
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.mapping import Expression, Mapped
from buildout.inputs.observation_files import observed_date
from buildout.inputs.observations import load_observations
from buildout.inputs.series import plain_unit

LEDGER = "predictions.csv"
LEDGER_COLUMNS = (
    *("number", "registered_on", "version", "model_sha256", "inputs_sha256"),
    *("pathway", "draws", "seed", "quantity", "from", "to", "unit", "p05", "p50", "p95"),
    *("previous_sha256", "sha256"),
)
PREDICTED_COLUMNS = ("quantity", "unit", "name")
PREDICTED_RULES = TableRules(
    "the table of predicted quantities",
    PREDICTED_COLUMNS,
    key=("quantity",),
    named=PREDICTED_COLUMNS,
)
FIRST_PREVIOUS = "0" * 64
#: In place of a date: not before the end of the run.
NEVER_DECIDED = "never"
#: What the quantity of a plant's decision begins with: its date, and whether it is taken by a date.
DATE_OF_DECISION, DECISION_BY = "date of decision of ", "decision of "
DATE_UNIT, CHANCE_UNIT = "Year", "share"


@dataclass(frozen=True)
class Prediction:
    """One row, its cells as they are written.

    Attributes
    ----------
    number, registered_on, version, model_sha256, inputs_sha256 : str
        Place in the table, from 1; day; by what it was made: version of buildout, the `.mdl`, all
        tables and pathway files that the draws hang on.
    pathway, draws, seed : str
        The ensemble: joint draws of all uncertainties and luck, the regime of the rule drawn.
    quantity, start, end, unit : str
        Series, variable or decision, and days of its period, the last one included.
    p05, p50, p95 : str
        Quantiles of what would be observed, `never` for a date after the end of the run; of a
        chance p50 alone.
    previous_sha256, sha256 : str
    """

    number: str
    registered_on: str
    version: str
    model_sha256: str
    inputs_sha256: str
    pathway: str
    draws: str
    seed: str
    quantity: str
    start: str
    end: str
    unit: str
    p05: str
    p50: str
    p95: str
    previous_sha256: str
    sha256: str

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of the columns."""
        return tuple(getattr(self, own.name) for own in fields(self))

    @property
    def period(self) -> tuple[float, float]:
        """First and last moment, as decimal years."""
        return observed_date(self.start, "from"), observed_date(self.end, "to", last=True)

    def quantile(self, share: str) -> float:
        """`p05`, `p50` or `p95` as a number: infinity for never, NaN where there is none."""
        cell = getattr(self, share)
        return math.inf if cell == NEVER_DECIDED else float(cell) if cell else math.nan


@dataclass(frozen=True)
class PredictedQuantity:
    """What is predicted by period: a row of `predicted.csv`.

    Attributes
    ----------
    quantity, unit : str
        As in a file of observations.
    name : str
        For people.
    """

    quantity: str
    unit: str
    name: str


def ledger_file() -> Path:
    """Where the predictions of the project are."""
    return places.calibration_folder() / LEDGER


def read_predicted() -> tuple[PredictedQuantity, ...]:
    """What is predicted by quarter and year."""
    path = places.calibration_folder() / "predicted.csv"
    rows = read_calibrated(path, PREDICTED_RULES)
    return tuple(PredictedQuantity(*(cells[c] for c in PREDICTED_COLUMNS)) for _, cells in rows)


def read_predictions(path: str | Path | None = None) -> tuple[Prediction, ...]:
    """All registered predictions, after their chain was checked.

    Parameters
    ----------
    path : path, optional
        Of the project by default; a file that is not there yet holds none.

    Raises
    ------
    InputError
        Naming the first row that was changed, or does not follow the one above.
    """
    path = Path(path or ledger_file())
    if path == ledger_file() and not path.exists():
        return ()
    rows = tuple(
        Prediction(*(cells[column] for column in LEDGER_COLUMNS))
        for _, cells in read_rows(path, LEDGER_COLUMNS, what="the table of predictions")
    )
    _check_chain(rows, quoted(path.name))
    return rows


def row_hash(cells: Sequence[str]) -> str:
    """The hash of a row: of all its cells but the last, which it is."""
    written = json.dumps(list(cells), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def chained(
    rows: Iterable[Mapping[str, str]], before: Sequence[Prediction] = ()
) -> tuple[Prediction, ...]:
    """Rows behind those that are there, numbered and hashed.

    Parameters
    ----------
    rows : iterable of mapping of str to str
        Cells by column, without number and hashes.
    before : sequence of Prediction

    Returns
    -------
    tuple of Prediction
        Those before and the new ones.
    """
    made = list(before)
    for row in rows:
        previous = made[-1].sha256 if made else FIRST_PREVIOUS
        whole = {**row, "number": str(len(made) + 1), "previous_sha256": previous}
        cells = [whole[column] for column in LEDGER_COLUMNS[:-1]]
        made.append(Prediction(*[*cells, row_hash(cells)]))
    return tuple(made)


def write_predictions(path: str | Path, rows: Sequence[Prediction]) -> Path:
    """The table as a file, whole or not at all."""
    named = [dict(zip(LEDGER_COLUMNS, row.cells, strict=True)) for row in rows]
    return files.write_text(path, to_csv(named))


def _check_chain(rows: Sequence[Prediction], where: str) -> None:
    previous, place = FIRST_PREVIOUS, 0
    for place, row in enumerate(rows, start=1):
        named = f"Row {place} of {where}, {quoted(row.quantity)} from {row.start} to {row.end},"
        cure = "Take the table as it was published."
        if row_hash(row.cells[:-1]) != row.sha256:
            raise InputError(
                f"{named} was changed after it was registered: its cells do not give its sha256.",
                cure=cure,
            )
        if row.previous_sha256 != previous or row.number != str(place):
            raise InputError(
                f"{named} does not follow the row above: one was taken out, put in or made anew.",
                cure=cure,
            )
        _check_cells(row, named)
        previous = row.sha256


def _check_cells(row: Prediction, named: str) -> None:
    """What nobody changed may still have been written wrong."""
    start, end, _ = (_day(cell, named) for cell in (row.start, row.end, row.registered_on))
    for share in ("p05", "p50", "p95"):
        if (cell := getattr(row, share)) not in ("", NEVER_DECIDED):
            read_number(cell, what=f"{named} cannot be read: {share}")
    low, middle, high = (row.quantile(share) for share in ("p05", "p50", "p95"))
    ordered = row.unit == CHANCE_UNIT or low <= middle <= high
    if not (start <= end and ordered and not math.isnan(middle)):
        raise InputError(f"{named} holds quantiles or dates out of order.")


def _day(written: str, named: str) -> date:
    try:
        if len(written) == len("2026-11-26"):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise InputError(
        f"{named} cannot be read: a day is {quoted(written)}.",
        "A day such as `2026-11-26` is accepted.",
    )


class RegisteredSeries:
    """The quantities of some predictions, as a file of observations may name them."""

    why_without = "of a series of which nothing is registered"
    summed: Mapping[str, int] = MappingProxyType({})

    def __init__(self, rows: Sequence[Prediction]) -> None:
        self.units = {row.quantity: row.unit for row in rows}
        self.without = set(load_observations()["series"].values.tolist()) - set(self.units)

    def meaning(self, series: str, unit: str) -> Mapped:
        """A quantity in its unit; the error of an observation is of no account here."""
        if series not in self.units:
            raise names.unknown("registered quantity", series, self.units)
        own = self.units[series]
        if plain_unit(own) != plain_unit(unit):
            raise InputError(
                f"{quoted(series)} is given in {quoted(unit)}.", f"`{own}` is accepted."
            )
        return Mapped(series, Expression(series, (), own), "mean", own, sd=math.nan)
