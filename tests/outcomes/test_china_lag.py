"""Years behind China's same output: known cases, and what holds for every record."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildout.inputs.china import PastOutput
from buildout.outcomes.china_lag import first_made, lag

YEARS = np.array([2000.5, 2001.5, 2003.5, 2004.5])
TONNES = np.array([10.0, 20.0, 15.0, 30.0])


@pytest.mark.parametrize(
    ("level", "year", "at_least"),
    [
        (5, 2000.5, True),
        (10, 2000.5, False),
        (15, 2001.0, False),
        (20, 2001.5, False),
        # After a fall the old height is passed again between 2003.5 and 2004.5.
        (24, 2004.1, False),
        (30, 2004.5, False),
        (31, np.nan, False),
        (np.nan, np.nan, False),
    ],
)
def test_the_date_of_a_level_lies_on_the_line_through_the_years(level, year, at_least):
    made = first_made(np.array(level), YEARS, TONNES)
    assert float(made.year) == pytest.approx(year, nan_ok=True)
    assert bool(made.at_least) == at_least


records = st.lists(st.floats(1, 1e5), min_size=1, max_size=8)
levels = st.lists(st.floats(0, 2e5), min_size=1, max_size=6)


@given(records, levels)
def test_before_the_date_less_was_made_and_on_it_as_much(tonnes, level):
    tonnes, level = np.array(tonnes), np.array(level)
    times = 2000.5 + np.arange(len(tonnes))
    made = first_made(level, times, tonnes)
    for one, year, at_least in zip(level, made.year, made.at_least, strict=True):
        assert at_least == (one < tonnes[0])
        assert np.isnan(year) == (one > tonnes.max())
        if not at_least and not np.isnan(year):
            assert np.interp(year, times, tonnes) == pytest.approx(one, rel=1e-6)
            assert (tonnes[times < year - 1e-9] < one).all()


@given(records, levels)
def test_more_output_was_never_made_earlier(tonnes, level):
    tonnes = np.array(tonnes)
    years = first_made(np.sort(level), 2000.5 + np.arange(len(tonnes)), tonnes).year
    assert (np.diff(years[~np.isnan(years)]) >= 0).all()
    # What was never made follows all that was.
    assert not (np.diff(np.isnan(years).astype(int)) < 0).any()


def test_years_behind_run_from_chinas_date_to_ours_and_the_range_of_the_record_brackets_them():
    record = PastOutput(YEARS, TONNES, low=0.5 * TONNES, high=1.2 * TONNES)
    behind = lag(np.array([12.0, 15.0]), np.array([2030.0, 2035.0]), record)
    assert behind.china_year == pytest.approx([2000.7, 2001.0])
    assert behind.years_behind == pytest.approx([29.3, 34.0])
    assert (behind.years_behind_low < behind.years_behind).all()
    assert (behind.years_behind < behind.years_behind_high).all()
    assert not behind.at_least.any()
