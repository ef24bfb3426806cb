"""What a series is called in the model, and what money it is told in."""

import numpy as np
import pytest

from buildout.errors import InputError, UnknownNameError
from buildout.inputs.mapping import MAPPING_COLUMNS, Term, read_expression, read_mapping
from buildout.inputs.model import load_model
from buildout.inputs.money import MONEY_COLUMNS, read_money
from buildout.inputs.observations import load_observations
from buildout.inputs.places import calibration_folder
from buildout.inputs.sources import read_sources

HEAD = ",".join(MAPPING_COLUMNS)


@pytest.fixture(scope="module")
def mapping():
    return read_mapping()


def test_every_mapped_series_is_observed_in_the_unit_that_the_table_gives(mapping):
    observed = load_observations()
    for series, row in mapping.items():
        units = set(observed["unit"].values[observed["series"].values == series])
        assert units == {row.unit}, series


def test_money_is_converted_where_a_series_is_told_in_money_and_nowhere_else(mapping):
    for series, row in mapping.items():
        assert (row.money == "cny") == row.unit.startswith("CNY"), series
        assert (row.money == "usd") == row.unit.startswith("USD"), series


def test_an_expression_adds_elements_with_their_factors_and_numbers():
    found = read_expression("2.5 * mine output[US] + mine output[Allies] - 10")
    assert found.terms == (
        Term(2.5, "mine_output[US]"),
        Term(1.0, "mine_output[Allies]"),
        Term(-10.0),
    )
    assert found.unit == "t/Year"


def test_a_variable_without_subscripts_is_the_sum_of_its_elements():
    assert read_expression("mine output").scalars == load_model().scalars("mine output")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mine outptu", "Nearest: `mine output`"),
        ("mine output[UK]", "Nearest: `mine output.US.`"),
        ("", "Unknown variable"),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(written, told):
    with pytest.raises(UnknownNameError, match=told):
        read_expression(written)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mine output[US] + Chinese price[NdPr]", "is in t/Year and `Chinese price.NdPr.` in USD"),
        ("5", "names nothing of the model"),
        ("mine output[US] - 4.5.6", "A term is `4.5.6`"),
        (" + ".join(["mine output[US]"] * 60), "60 terms"),
    ],
)
def test_what_is_no_sum_of_one_unit_is_refused(written, told):
    with pytest.raises(InputError, match=told):
        read_expression(written)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,mine output,sum,t,,0.1,", "over is `sum`. Accepted: mean, total, at"),
        ("a,mine output,total,t,eur,0.1,", "money is `eur`. Accepted: nothing, usd, cny"),
        ("a,mine output,total,t,,-1,", "sd is -1"),
        ("a,mine output,total,t,,much,", "sd is `much`"),
        ("a,mine output,total,t,,1e308,", "A relative error from 0 to 10 is accepted"),
        (" ,mine output,total,t,,0.1,", "Line 2: series is empty"),
        (
            "a,mine output,total,t,,0,\na,mine output,total,t,,0,",
            "Line 3: `a` stands on line 2",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(tmp_path, row, told):
    path = tmp_path / "mapping.csv"
    path.write_text(f"{HEAD}\n{row}\n")
    with pytest.raises(InputError, match=told):
        read_mapping(path)


def test_a_dollar_of_2025_is_a_dollar_in_2025_and_less_before():
    money = read_money()
    dates = np.array([2018.5, 2022.5, 2025.5])
    dollars = money.of_the_day("usd", dates)
    assert dollars[2] == 1
    assert np.all(np.diff(dollars) > 0)
    # Yuan with tax of 13% for a dollar without, in 2025: 7.2 times 1.13.
    assert money.of_the_day("cny", dates)[2] == pytest.approx(8.136)
    np.testing.assert_array_equal(money.of_the_day("", dates), 1)


def test_money_has_known_sources():
    text = (calibration_folder() / "money.csv").read_text().splitlines()[1:]
    known = {*read_sources(calibration_folder() / "sources.csv"), "judgement"}
    assert {line.split(",")[4] for line in text} <= known


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("2020,1,7,0.13,judgement,\n2019,1,7,0.13,judgement,", "not in order"),
        ("2020,0,7,0.13,judgement,", "line 2 has 0"),
        ("", "`money.csv`: It has no rows"),
    ],
)
def test_a_table_of_money_that_cannot_be_is_refused(tmp_path, rows, told):
    path = tmp_path / "money.csv"
    path.write_text(",".join(MONEY_COLUMNS) + f"\n{rows}\n")
    with pytest.raises(InputError, match=told):
        read_money(path)
