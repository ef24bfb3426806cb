"""The table of registered predictions: a chain that nobody can mend unseen."""

import csv
import hashlib
import json

import pytest

from buildout.errors import InputError
from buildout.inputs.predictions import (
    LEDGER_COLUMNS,
    chained,
    read_predictions,
    write_predictions,
)

ROW = {
    "registered_on": "2026-11-26",
    "version": "1",
    "model_sha256": "a" * 64,
    "inputs_sha256": "b" * 64,
    "pathway": "status-quo",
    "draws": "100",
    "seed": "1",
    "quantity": "price_ndpr_oxide",
    "from": "2027-01-01",
    "to": "2027-03-31",
    "unit": "USD/kg",
    "p05": "40",
    "p50": "50",
    "p95": "70",
}


def rows(count=4):
    return [ROW | {"p50": str(50 + place)} for place in range(count)]


@pytest.fixture
def table(tmp_path):
    """A table of four rows on disk."""
    return write_predictions(tmp_path / "mine.csv", chained(rows()))


def change(path, line, column, value, *, rehash=False):
    """Change one cell, and its row's own hash with it if asked for."""
    with open(path, newline="") as file:
        found = list(csv.reader(file))
    found[line][LEDGER_COLUMNS.index(column)] = value
    if rehash:
        text = json.dumps(found[line][:-1], ensure_ascii=False, separators=(",", ":"))
        found[line][-1] = hashlib.sha256(text.encode()).hexdigest()
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(found)


def test_a_table_is_read_as_it_was_written(table):
    read = read_predictions(table)
    assert read == chained(rows())
    assert [row.number for row in read] == ["1", "2", "3", "4"]
    assert read[0].previous_sha256 == "0" * 64
    assert [row.previous_sha256 for row in read[1:]] == [row.sha256 for row in read[:-1]]
    assert read[0].period == pytest.approx((2027, 2027 + 90 / 365))


def test_a_hash_is_that_of_the_other_cells_as_anybody_can_make_it(table):
    with open(table, newline="") as file:
        first = list(csv.reader(file))[1]
    text = json.dumps(first[:-1], ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == first[-1]


def test_rows_are_added_below_and_leave_those_above_as_they_are(table):
    before = table.read_text()
    write_predictions(table, chained(rows(2), read_predictions(table)))
    assert table.read_text().startswith(before)
    assert len(read_predictions(table)) == 6


@pytest.mark.parametrize("column", LEDGER_COLUMNS[:-1])
def test_a_row_that_was_changed_in_any_cell_breaks_the_chain_by_name(table, column):
    change(table, 2, column, "7")
    with pytest.raises(InputError) as refused:
        read_predictions(table)
    assert str(refused.value).startswith("Row 2 of `mine.csv`, `")
    assert "was changed after it was registered" in str(refused.value)


def test_a_row_that_was_changed_with_its_hash_breaks_the_chain_below_it(table):
    change(table, 2, "p95", "99", rehash=True)
    with pytest.raises(InputError, match=r"Row 3 of `mine.csv`.* does not follow the row above"):
        read_predictions(table)


@pytest.mark.parametrize("lines", [(0, 2, 3, 4), (0, 1, 3, 4), (0, 2, 1, 3, 4), (0, 1, 1, 2)])
def test_rows_that_are_missing_moved_or_repeated_break_the_chain(table, lines):
    text = table.read_text().splitlines(keepends=True)
    table.write_text("".join(text[line] for line in lines))
    with pytest.raises(InputError, match="does not follow the row above"):
        read_predictions(table)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"p05": "60"}, "out of order"),
        ({"p50": ""}, "out of order"),
        ({"p95": "many"}, "cannot be read: p95 is `many`. A number is accepted"),
        ({"p95": "7_0"}, "p95 is `7_0`"),
        ({"p95": "inf"}, "A finite number is accepted"),
        ({"registered_on": "20261126"}, "a day is `20261126`"),
        ({"registered_on": "today"}, "cannot be read"),
        ({"from": "2028-01-01"}, "out of order"),
        ({"to": "2028.5"}, "cannot be read"),
    ],
)
def test_cells_that_mean_nothing_are_told_even_in_a_whole_chain(tmp_path, cells, message):
    path = write_predictions(tmp_path / "mine.csv", chained([ROW, ROW | cells]))
    with pytest.raises(InputError, match=message) as refused:
        read_predictions(path)
    assert "Row 2 of `mine.csv`" in str(refused.value)


def test_never_is_later_than_every_date(tmp_path):
    never = {"unit": "Year", "p05": "2029.6", "p50": "never", "p95": "never"}
    path = write_predictions(tmp_path / "mine.csv", chained([ROW | never]))
    [row] = read_predictions(path)
    assert row.quantile("p05") < row.quantile("p50") == float("inf")


def test_the_predictions_of_the_project_are_a_whole_chain():
    """By whatever model they were made: no run is needed for it."""
    read_predictions()
