"""One formatter of numbers, one table of each kind, and no text that runs where it is read."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildout._util import tables
from buildout._util.numbers import each, number, percent, quarter, three_digits

HOSTILE = "<script>alert(1)</script> | `a` \x1b[31m [x](javascript:y) $1$"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (12345.6, "12,346"),
        (99.96, "100"),
        (-0.0004, "-0.0004"),
        (2.0, "2"),
        (1e-12, "1e-12"),
        (float("nan"), "-"),
        (float("-inf"), "-"),
    ],
)
def test_a_number_is_shown_to_three_digits_with_its_whole_part(value, shown):
    assert number(value) == shown


@given(st.floats(-1e12, 1e12))
def test_a_shown_number_is_near_the_number(value):
    back = float(number(value, 8).replace(",", ""))
    assert back == pytest.approx(value, rel=1e-7)


def test_years_keep_their_fraction_and_have_no_thousands():
    assert number(2026.875, 8, apart=10_000) == "2026.875"
    assert tables.text([{"year": 2035.25}]).splitlines()[-1].strip() == "2035.25"
    assert quarter(2027.0) == "2027 Q1"
    assert quarter(2027.999) == "2027 Q4"


def test_shares_are_signed_and_large_ones_are_multiples():
    assert percent(-1.0) == "-100 %"
    assert percent(60.8) == "x 61.8"
    assert percent(float("inf"), missing="breaks down") == "breaks down"
    assert three_digits(-1e-7) == "0"


def test_what_differs_between_pathways_is_told_of_each():
    assert each({"a": "800", "b": "800"}) == "800"
    assert each({"a": "800", "b": "3,000"}) == "800 (a), 3,000 (b)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_in_a_csv_is_never_a_formula(start):
    row = {"note": f'{start}HYPERLINK("x")', f"{start}head": "plain", "change": -1.5}
    heads, cells = csv.reader(io.StringIO(tables.to_csv([row]), newline=""))
    assert all(text[:1] not in tables.FORMULA for text in (*heads, *cells[:2]))
    assert float(cells[2]) == -1.5


def test_numbers_in_a_csv_are_as_they_were():
    values = [-1.0, -0.5, 1e-300, 12345.678901234567]
    back = list(csv.DictReader(io.StringIO(tables.to_csv([{"value": v} for v in values]))))
    assert [float(row["value"]) for row in back] == values
    assert tables.to_csv([{"value": 1 / 3}], digits=8) == "value\n0.33333333\n"


def test_a_markdown_table_shows_hostile_text_and_runs_none_of_it():
    written = tables.markdown([HOSTILE], [[HOSTILE], ["two\nlines"]])
    assert len(written.splitlines()) == 4
    assert "<" not in written
    assert "\x1b" not in written
    for line in written.splitlines():
        assert line.count("|") - line.count("\\|") == 2
    assert "](" not in written.replace("\\](", "")


def test_markdown_that_is_meant_stays_but_for_the_bars():
    assert tables.markdown(["a"], [[tables.Markup("**x** `a|b`")]]).endswith("| **x** `a\\|b` |\n")
    assert tables.code("x`y") == "`` x`y ``"
    assert "<" not in tables.code("<img src=x>")


def test_control_characters_reach_neither_terminal_nor_json():
    steering = "a\x1b[31m\x9b2J\u202eb"
    shown = tables.text([{"note": steering, "\x1b]0;x\x07": 1}])
    for written in (shown, tables.to_json({"note": steering}), tables.to_csv([{"n": steering}])):
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(written)
    assert json.loads(tables.to_json({"note": steering})) == {"note": steering}
