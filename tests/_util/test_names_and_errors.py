"""Names, error messages and tables: what users read and type."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildout._util import names, tables
from buildout.errors import THE_SETTINGS, BuildoutError, InputError, UnknownNameError, together


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Time Step", "time_step"),
        ("  price   floor ", "price_floor"),
        ("price_floor", "price_floor"),
        ('"Section 232 (study)"', "section_232_study"),
        ("US-made", "us_made"),
    ],
)
def test_a_name_has_one_spelling_in_python(written, spelled):
    assert names.key(written) == spelled


@pytest.mark.slow
@given(st.text())
def test_the_python_spelling_of_a_python_spelling_is_itself(name):
    assert names.key(names.key(name)) == names.key(name)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("labor", ("labor", ())),
        ("cost[US]", ("cost", ("US",))),
        (" cost [ US , NdPr separation ] ", ("cost", ("US", "NdPr separation"))),
    ],
)
def test_subscripts_part_from_the_name(written, parts):
    assert names.split(written) == parts


def test_name_and_subscripts_join_as_engines_spell_them():
    assert names.join("cost", ("US", "metal and alloy")) == "cost[US,metal and alloy]"
    assert names.join("cost", ()) == "cost"


def test_nearest_names_come_best_first():
    known = ["permitting delay", "permit share", "price floor", "qualification time"]
    assert names.nearest("permiting delay", known)[0] == "permitting delay"
    assert names.nearest("floor", known) == ["price floor"]
    assert names.nearest("zzz", known) == []


def test_an_unknown_name_is_answered_with_near_ones_or_with_all_of_few():
    assert "Nearest: `mobilization`" in str(names.unknown("pathway", "mobilise", ["mobilization"]))
    assert "Known: `a`, `b`" in str(names.unknown("class", "heavy", ["a", "b"]))
    assert isinstance(names.unknown("x", "y", []), UnknownNameError)


def test_an_error_says_what_was_found_what_is_accepted_and_the_cure():
    error = BuildoutError("Found `x`.", "A number is accepted.", "Write one.")
    assert str(error) == "Found `x`. A number is accepted. Write one."
    assert (error.found, error.accepted, error.cure) == (
        "Found `x`.",
        "A number is accepted.",
        "Write one.",
    )


def test_problems_of_one_place_are_shown_together():
    error = together([InputError("One."), UnknownNameError("Two.")], "`my.toml`")
    assert isinstance(error, InputError)
    assert str(error) == "`my.toml` has 2 problems:\n  - One.\n  - Two."
    assert str(together([UnknownNameError("One.")], "`a`")) == "`a`: One."
    several = together([InputError("One."), InputError("Two.")], THE_SETTINGS)
    assert str(several).startswith("The settings have 2 problems:")


def test_tables_align_fold_and_mark_what_is_missing():
    rows = [{"a_b": "long text here", "n": 1.5}, {"a_b": "x", "n": float("nan")}]
    assert tables.text(rows, widths={"a_b": 9}).splitlines() == [
        "a b          n",
        "---------  ---",
        "long text  1.5",
        "here",
        "x            -",
    ]
    assert tables.text([]) == ""
    assert tables.to_csv(rows) == "a_b,n\nlong text here,1.5\nx,\n"


def test_json_has_null_where_there_is_no_number():
    written = tables.to_json([{"year": float("nan"), "reached": False, "t": (1.0, float("inf"))}])
    assert json.loads(written) == [{"year": None, "reached": False, "t": [1.0, None]}]
