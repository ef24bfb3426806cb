"""parameters.csv against the model: no edit of a row goes by unsaid."""

import csv
import dataclasses
import io
import math

import pytest

from buildout.errors import BuildoutError, InputError
from buildout.inputs.model import load_model
from buildout.inputs.parameter_checks import check_parameters
from buildout.inputs.parameters import PARAMETER_COLUMNS


@pytest.fixture
def edited(tiny_world, tmp_path):
    """The tiny model with one cell of its table changed, or a row added."""
    text = (tiny_world / "calibration" / "parameters.csv").read_text()

    def load(name=None, column=None, value=None, more=""):
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            if row["name"] == name:
                row[column] = value
        with open(tmp_path / "parameters.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, PARAMETER_COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
            file.write(more)
        return load_model(tiny_world / "model" / "buildout.mdl", tmp_path / "parameters.csv")

    return load


def test_the_table_as_it_is_fits(edited):
    assert edited().parameters


@pytest.mark.parametrize(
    ("name", "column", "value", "message"),
    [
        ("subsidy", "name", "subsidi", "Unknown constant `subsidi`. Nearest: `subsidy`"),
        ("subsidy", "name", "subsidy!", "Unknown constant `subsidy!`"),
        ("subsidy", "name", "", "name is empty"),
        ("subsidy", "name", "total capacity", "Unknown constant `total capacity`"),
        ("subsidy", "name", "TIME STEP", "Unknown constant"),
        ("line share[metal]", "name", "line share[metl]", r"Nearest: `line.share\[metal\]`"),
        ("line share[metal]", "name", "line share[metal", "Unknown"),
        ("line share[metal]", "name", "line share[US,metal]", "Unknown"),
        ("line share[metal]", "name", "line share[mining]", "gives the same"),
        ("subsidy start", "name", "subsidy end", "gives the same|default is 2026"),
        ("subsidy", "kind", "levr", "kind is `levr`. .*Nearest: `lever`"),
        ("subsidy", "kind", "Lever", "kind is `Lever`"),
        ("subsidy", "kind", "", "kind is ``"),
        ("subsidy", "distribution", "unifrom", "distribution is `unifrom`.*Nearest: `uniform`"),
        ("subsidy", "grade", "E", "grade is `E`. Accepted: A, B, C, D, U"),
        ("subsidy", "grade", "", "grade is ``"),
        ("subsidy", "source_ids", "", "grade A and no source"),
        ("subsidy", "source_ids", "S\x1b[31m", r"control character: `S\\x1b\[31m`"),
        ("subsidy", "rationale", "read\x07me", r"control character: `read\\x07me`"),
        ("subsidy", "rationale", "\u202eemdaer", r"control character: `\\u202e"),
        ("subsidy", "unit", "USD/Year", "unit is `USD/Year`. The model has it in `MUSD/Year`"),
        ("subsidy", "default", "6", "default is 6. The model has 5"),
        ("subsidy", "default", "", "A number is accepted"),
        ("subsidy", "default", "nan", "finite"),
        ("subsidy", "default", "5,0", "Write `5.0`"),
        ("subsidy", "low", "6", "default 5 is outside 6 to 100"),
        ("subsidy", "high", "4", "outside 0 to 4"),
        ("subsidy", "high", "0", "outside"),
        ("subsidy", "low", "inf", "finite"),
        ("subsidy", "low", "", "low is empty"),
        ("cost", "low", "0", "low end above 0"),
        ("guard", "distribution", "discrete", None),
        ("lifetime", "distribution", "discrete", None),
        ("lifetime", "distribution", "fixed", None),
        ("cost", "distribution", "discrete", None),
        ("line share[metal]", "distribution", "discrete", "whole numbers"),
        ("guard", "low", "", "low is empty"),
        ("guard", "high", " ", "high is empty"),
        ("guard", "default", "by element", None),
        ("subsidy", "default", "by element", "by element, which only a fixed row may say"),
        ("luck of date", "low", "0.001", None),
        ("luck of date", "high", "2", "is luck, which is drawn uniform within 0 to 1"),
        ("luck of date", "low", "-1", "is luck, which is drawn uniform within 0 to 1"),
        ("luck of date", "distribution", "triangular", "is luck, which is drawn uniform"),
        ("luck of date", "distribution", "fixed", "is luck, which is drawn uniform"),
        ("luck of date", "kind", "uncertainty", None),
        ("switch luck", "high", "2", "is the switch of luck, which needs 0 to 1"),
        ("switch luck", "kind", "switch", "`luck of date` has no switch"),
        ("guard", "kind", "luck", "is luck, which is drawn uniform"),
    ],
)
def test_an_edited_cell_is_told_or_harmless(edited, name, column, value, message):
    if message is None:
        assert edited(name, column, value).parameters
        return
    with pytest.raises(BuildoutError, match=message):
        edited(name, column, value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("cost,MUSD/(t/Year),2,1,4,fixed,uncertainty,,U,again\n", "gives the same. Keep one"),
        ("Cost,MUSD/(t/Year),2,1,4,fixed,uncertainty,,U,again\n", "gives the same"),
        ('"cost[US,line]",MUSD/(t/Year),3,1,4,fixed,uncertainty,,U,x\n', "default is 3"),
        ("line share,Dmnl,0.5,0,1,fixed,structural,,U,x\n", "cover it completely"),
        ("nonsense,Dmnl,1,0,1,fixed,lever,,U,x\n", "Unknown constant `nonsense`"),
        ("cost\n", "has 1 cell"),
        ("cost,,,,,,,,,,,,\n", "cells. 10 are accepted"),
    ],
)
def test_an_added_row_is_told(edited, more, message):
    with pytest.raises(BuildoutError, match=message):
        edited(more=more)


def test_luck_has_one_switch(edited):
    more = '"outage depth",Dmnl,0,0,1,discrete,luck,,U,x\n'
    with pytest.raises(InputError, match="Luck has the switches `outage depth`, `switch luck`"):
        edited(more=more)


def test_a_row_of_one_element_beside_its_whole_is_an_exception(edited):
    more = '"cost[US,mining]",MUSD/(t/Year),2,1,9,fixed,uncertainty,,U,x\n'
    assert edited(more=more).parameters["cost[US,mining]"].high == 9


def test_all_problems_are_told_together(edited):
    with pytest.raises(InputError, match=r"`parameters\.csv` has 2 problems"):
        edited("subsidy", "kind", "levr", more="nonsense,Dmnl,1,0,1,fixed,lever,,U,x\n")


EDITS = {
    "name": lambda word: word[:3] + "q" + word[3:],
    "unit": lambda word: word + "x",
    # A table that has its numbers in the model alone has none to edit; it is given one.
    "default": lambda number: 0.123 if math.isnan(number) else number * 1.5 + 1,
    "kind": lambda word: word[:-1],
    "distribution": lambda word: word.upper(),
    "grade": lambda word: word.lower(),
}


@pytest.mark.slow
def test_no_edit_of_a_row_of_the_projects_table_goes_by_unsaid(model):
    for row in model.table[::9]:
        variable = model.variable(row.name)
        # Luck is checked together, as it has one switch.
        same = [r for r in model.table if r.kind == "luck" or model.variable(r.name) is variable]
        others = [r for r in same if r is not row]
        check_parameters(model.system, [*others, row], model.scalars, where="it")
        for column, edit in EDITS.items():
            wrong = dataclasses.replace(row, **{column: edit(getattr(row, column))})
            with pytest.raises(BuildoutError):
                check_parameters(model.system, [*others, wrong], model.scalars, where="it")


def test_a_number_of_a_table_that_leaves_the_range_of_its_one_row_is_told(model):
    rows = [
        dataclasses.replace(row, high=5000.0) if row.name == "project capacity" else row
        for row in model.table
    ]
    with pytest.raises(BuildoutError, match=r"capacity\[MP 10X,NdFeB magnets\]` is outside"):
        check_parameters(model.system, rows, model.scalars, where="it")


def test_a_constant_without_a_row_is_told(tiny_world, tmp_path):
    lines = (tiny_world / "calibration" / "parameters.csv").read_text().splitlines()
    table, model = tmp_path / "parameters.csv", tiny_world / "model" / "buildout.mdl"
    for kept in range(1, len(lines)):
        # A table cut at a line end is a table of fewer rows.
        table.write_text("\n".join(lines[:kept]) + "\n")
        with pytest.raises(InputError, match=r"has no row about .* Each constant|has no rows"):
            load_model(model, table)


def test_a_source_that_is_not_listed_is_told(tiny_world, tmp_path, edited):
    sources = (tiny_world / "calibration" / "sources.csv").read_text()
    (tmp_path / "sources.csv").write_text(sources)
    assert edited().parameters
    with pytest.raises(InputError, match=r"`subsidy`: sources.csv lacks its source `nonsense`"):
        edited("subsidy", "source_ids", "nonsense")
