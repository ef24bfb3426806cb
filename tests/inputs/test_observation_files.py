"""Anyone's file of observations: what is read, what is left out, what is refused and where."""

import numpy as np
import pytest

from buildout.errors import InputError
from buildout.inputs.observation_files import RunSpan, read_observation_file
from buildout.inputs.series import ModelSeries

SPAN = RunSpan("past", 2018.0, 2025.0, {"past": (2018.0, 2025.0), "later": (2024.0, 2030.0)})
HEAD = "series,from,to,value,unit,sd\n"


@pytest.fixture
def reading(tmp_path, model):
    """Reads a file of some lines."""

    def read(*lines, head=HEAD, **more):
        path = tmp_path / "seen.csv"
        path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return read_observation_file(path, ModelSeries(model), SPAN, **more)

    return read


def test_a_mapped_series_and_a_variable_of_the_model_stand_side_by_side(reading):
    given = reading(
        "us_ree_mine_production_t,2021,2022,42000,t REO,",
        '"oxide output[US,NdPr]",2024-01-01,2024-12-31,1300,t,20',
        "mine output[US],2023.5,2024,40000,t/yr,",
    )
    rows = given.observed
    assert rows["start"].values.tolist() == [2021, 2024, 2023.5]
    assert rows["end"].values.tolist() == [2022, 2025, 2024]
    assert rows["over"].values.tolist() == ["total", "total", "mean"]
    assert rows["unit"].values.tolist() == ["t REO", "t", "t/Year"]
    # An error of its own, that of the mapping, and none, which is said.
    np.testing.assert_allclose(rows["sd"].values, [0.03 * 42000, 20, 0])
    assert given.remarks == ("Taken as without error, since no `sd` is known: line 4.",)
    assert given.mapping["mine output[US]"].expression.scalars == ("mine_output[US]",)


def test_the_column_of_errors_may_be_missing(reading):
    given = reading("price_ndpr_oxide,2021,2022,100,USD/kg", head="series,from,to,value,unit\n")
    assert given.observed["sd"].values.tolist() == [5]


def test_a_variable_of_several_elements_is_their_sum_and_that_is_said(reading):
    given = reading("mine output,2021,2022,60000,t,1")
    assert len(given.mapping["mine output"].expression.scalars) > 1
    assert "`mine output` is taken as the sum of its" in given.remarks[0]


def test_a_table_of_the_project_is_read_without_its_plans_and_what_the_model_lacks(reading):
    head = "series,kind,period_start,period_end,time,value,unit,use,source_id,note\n"
    given = reading(
        "mp_headcount,observation,2021-12-31,2021-12-31,2021.99,365,person,test,a,",
        "mp_headcount,plan,2022-12-31,2022-12-31,2022.99,500,person,test,a,",
        "lynas_headcount,observation,2022-06-30,2022-06-30,2022.49,911,person,test,a,",
        "mp_headcount,observation,2021-12-31,2021-12-31,2021.99,370,person,test,b,",
        head=head,
    )
    assert given.observed["value"].values.tolist() == [365, 370]
    assert given.remarks == (
        "Left out, as plans and forecasts are no observations: line 3.",
        "Left out, of a series that the model has no word for: line 4.",
    )


def test_only_periods_within_the_dates_asked_for_are_kept(reading):
    lines = [f"price_ndpr_oxide,{year},{year + 1},50,USD/kg," for year in range(2016, 2024)]
    given = reading(*lines, since=2018, until=2021.5)
    assert given.observed["start"].values.tolist() == [2018, 2019, 2020]
    assert "outside the dates asked for: lines 2, 3, 7, 8 and 9" in given.remarks[0]


GOOD = "price_ndpr_oxide,2021,2022,50,USD/kg,"
WRONG = [
    ("price_ndpr_oxid,2021,2022,50,USD/kg,", "Unknown series `price_ndpr_oxid`. Nearest: `price"),
    ("mine outptu,2021,2022,50,t,", "Unknown series `mine outptu`. Nearest: `mine output`"),
    ('"mine output[UK]",2021,2022,50,t,', "Unknown element `mine output[UK]`"),
    (
        "mine output[US],2021,2022,50,kg,",
        "in `kg`. `t/Year` (the mean over the period) or `t`",
    ),
    ("jobs,2021,2022,50,t,", "`jobs` is given in `t`. `person` (the mean over the period)."),
    ("price_ndpr_oxide,2021,2022,50,CNY/kg,", "is given in `CNY/kg`. `USD/kg` is accepted"),
    ("price_ndpr_oxide,2021,2022,1e308,USD/kg,", "value is 1e+308. Up to 1e+15 is accepted"),
    ("price_ndpr_oxide,2021,2022,5,USD/kg,1e16", "sd is 1e+16. Up to 1e+15 is accepted"),
    ("price_ndpr_oxide,2021,2022,nan,USD/kg,", "value is `nan`. A finite number"),
    ('price_ndpr_oxide,2021,2022,"1,000",USD/kg,', "value is `1,000`. A number is accepted"),
    ("price_ndpr_oxide,2021,2022,,USD/kg,", "value is ``. A number is accepted"),
    ("price_ndpr_oxide,2022,2021,50,USD/kg,", "ends in 2021, before it begins in 2022"),
    ("price_ndpr_oxide,2021,2022,50,USD/kg,-1", "sd is -1. A number from 0"),
    ("price_ndpr_oxide,2021-02-30,2022,50,USD/kg,", "from is `2021-02-30`, which is no day"),
    ("price_ndpr_oxide,Q1 2021,2022,50,USD/kg,", "from is `Q1 2021`. A year such as `2021.25`"),
    ("price_ndpr_oxide,2021,20220101,50,USD/kg,", "to is `20220101`. A year"),
    ("mp_reo_sales_t,2021,2021,50,t REO,", "this one has no length: 2021 is one moment"),
    (
        "price_ndpr_oxide,2026,2027,50,USD/kg,",
        "2018 to 2025. Pathways that cover it: `later`",
    ),
    ("price_ndpr_oxide,2010,2011,50,USD/kg,", "No pathway covers it. `--since 2018` leaves such"),
    (",2021,2022,50,USD/kg,", "series is empty"),
]


@pytest.mark.quick_for("mine outptu,2021,2022,50,t,", "price_ndpr_oxid,2021,2022,50,USD/kg,")
@pytest.mark.parametrize(("line", "message"), WRONG)
def test_a_wrong_row_is_told_with_its_line_and_its_cure(reading, line, message):
    with pytest.raises(InputError) as refused:
        reading(GOOD, line)
    assert str(refused.value).startswith("`seen.csv`: Line 3: ")
    assert message in str(refused.value)


def test_all_problems_of_a_file_are_told_together_each_once_with_its_lines(reading):
    with pytest.raises(InputError) as refused:
        reading(GOOD, *(line for line, _ in WRONG), WRONG[0][0])
    said = str(refused.value).splitlines()
    assert said[0] == f"`seen.csv` has {len(WRONG)} problems:"
    # As many as a screen takes, and how many there are besides.
    assert said[-1] == f"  - and {len(WRONG) - (len(said) - 2)} more."
    assert len(said) > 10
    assert f"Lines 3 and {3 + len(WRONG)}: Unknown series `price_ndpr_oxid`" in said[1]


def test_rows_that_repeat_one_another_are_refused_together(reading):
    with pytest.raises(InputError, match=r"Lines 2, 3 and 5: .* stands twice over 2021 to 2022"):
        reading(GOOD, GOOD, GOOD.replace("2021,2022", "2020,2021"), GOOD)
    with pytest.raises(InputError, match=r"Line 3: `mine output\[US\]` stands in `t/Year` before"):
        reading("mine output[US],2021,2022,5,t/Year,1", "mine output[US],2022,2023,5,t,1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the columns `series`, `value`, `unit`"),
        (HEAD, "holds no observation"),
        ("series;from;to;value;unit\n", "not separated by commas"),
        ("series,value,unit\nx,1,t\n", "lacks the columns `from` and `to`"),
        (HEAD + "x,1\n", "Line 2 has 2 cells. 6 are accepted"),
        (HEAD + "\x00\n", "holds a NUL byte"),
        (HEAD + 5001 * (GOOD + "\n"), "has 5,001 rows. Up to 5,000 are accepted"),
    ],
)
def test_what_is_no_table_of_observations_is_refused(tmp_path, model, text, message):
    (tmp_path / "seen.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_observation_file(tmp_path / "seen.csv", ModelSeries(model), SPAN)
    assert message in str(refused.value)


def test_a_file_of_which_nothing_is_left_says_why(reading):
    with pytest.raises(InputError, match=r"nothing to score\. Left out, outside .* line 2"):
        reading(GOOD, until=2020)
