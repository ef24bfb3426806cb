"""Reading the tables of calibration/ for the tests beside this file."""

import csv

import pytest

from buildout.inputs import places
from buildout.inputs.observations import MAPPING


def read(name):
    with open(places.calibration_folder() / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ids(row):
    written = row.get("source_ids", row.get("source_id", ""))
    parts = [part.strip() for part in written.split(";")]
    return [part for part in parts if part not in ("", "judgement")]


@pytest.fixture(scope="session")
def table():
    """A table of calibration/ by its file name, as a list of dictionaries of text."""
    return read


@pytest.fixture(scope="session")
def sources():
    return read("sources.csv")


@pytest.fixture(scope="session")
def observation_rows():
    folder = places.calibration_folder() / "observations"
    return [
        {"file": path.name, **row}
        for path in sorted(folder.glob("*.csv"))
        if path.name != MAPPING
        for row in read(f"observations/{path.name}")
    ]


@pytest.fixture(scope="session")
def source_ids():
    """The ids a row cites, split at semicolons."""
    return ids
