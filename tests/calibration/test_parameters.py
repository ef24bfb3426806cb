"""No constant without provenance: one row each, equal to the model, inside its range."""

import collections
import math
import re

import pytest

from buildout._util import names
from buildout.inputs.parameters import (
    BY_ELEMENT,
    DISTRIBUTIONS,
    GRADES,
    PARAMETER_COLUMNS,
    PARAMETER_KINDS,
)


@pytest.fixture(scope="module")
def rows(table):
    return table("parameters.csv")


@pytest.fixture(scope="module")
def system(model):
    return model.system


def label(row):
    return f"{row['name']}: {row['default']} in [{row['low']}, {row['high']}]"


def test_columns_and_words_come_from_short_lists(rows):
    for row in rows:
        assert tuple(row) == PARAMETER_COLUMNS
        assert row["distribution"] in DISTRIBUTIONS, label(row)
        assert row["kind"] in PARAMETER_KINDS, label(row)
        assert row["grade"] in GRADES, label(row)


def test_every_row_says_why(rows):
    for row in rows:
        assert len(row["rationale"].split()) >= 3, label(row)


def test_every_row_has_a_source_or_says_that_it_is_judgement(rows, source_ids):
    for row in rows:
        if row["default"] == BY_ELEMENT:
            assert re.search("projects.csv|a definition", row["rationale"]), label(row)
        else:
            assert source_ids(row) or row["grade"] == "U", label(row)


def test_every_default_is_inside_its_range(rows):
    for row in rows:
        ends = [float(row[column]) for column in ("low", "high")]
        value = ends[0] if row["default"] == BY_ELEMENT else float(row["default"])
        assert all(map(math.isfinite, (value, *ends))), label(row)
        assert ends[0] <= value <= ends[1], label(row)


def test_distributions_fit_their_ranges(rows):
    # A fixed parameter is never drawn; its range is what a setting may ask for.
    for row in rows:
        low, high = float(row["low"]), float(row["high"])
        if row["distribution"] != "fixed":
            assert low < high, label(row)
        if row["distribution"] in ("lognormal", "loguniform"):
            assert low > 0, label(row)


def test_no_constant_has_two_rows(rows):
    counted = collections.Counter(
        (names.key(names.split(row["name"])[0]), names.split(row["name"])[1]) for row in rows
    )
    assert [name for name, n in counted.items() if n > 1] == []


@pytest.fixture(scope="module")
def in_force(rows, system):
    """The row of each scalar: its own, else the one of its whole variable."""
    whole = [row for row in rows if "[" not in row["name"]]
    single = [row for row in rows if "[" in row["name"]]
    found = {scalar: row for row in whole for scalar in system.scalars(row["name"])}
    return found | {scalar: row for row in single for scalar in system.scalars(row["name"])}


def test_every_constant_of_the_model_has_a_row_and_every_row_a_constant(rows, in_force, system):
    constants = {
        scalar
        for variable in system.variables.values()
        if variable.kind == "constant"
        for scalar in variable.members.values()
    }
    assert constants - set(in_force) == set()
    assert set(in_force) - constants == set(), "rows for something that is not a constant"
    idle = {row["name"] for row in rows} - {row["name"] for row in in_force.values()}
    assert idle == set(), "rows that exceptions cover completely"


def test_no_scalar_has_two_rows_of_the_same_rank(rows, system):
    counted = collections.Counter(
        (scalar, "[" in row["name"]) for row in rows for scalar in system.scalars(row["name"])
    )
    assert [scalar for (scalar, _), n in counted.items() if n > 1] == []


def test_defaults_and_units_are_those_of_the_model(in_force, system):
    for scalar, row in in_force.items():
        variable = system.variable(names.split(row["name"])[0])
        assert row["unit"] == variable.unit, label(row)
        value = system.constants[scalar]
        if row["default"] == BY_ELEMENT:
            assert float(row["low"]) <= value <= float(row["high"]), f"{scalar}: {label(row)}"
            assert row["distribution"] == "fixed", label(row)
        else:
            assert float(row["default"]) == value, f"{scalar}: {label(row)}"


def test_ranges_respect_the_limits_written_in_the_model(rows, system):
    for row in rows:
        low, high = system.variable(names.split(row["name"])[0]).limits
        if low is not None:
            assert float(row["low"]) >= low, label(row)
        if high is not None:
            assert float(row["high"]) <= high, label(row)
