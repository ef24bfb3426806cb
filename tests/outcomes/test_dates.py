"""When a level is first reached and held: one definition, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildout.outcomes.dates import first_sustained, reaches
from buildout.outcomes.rule import FULL, RULE_DATE, SUSTAINED

QUARTERS = np.arange(2025.0, 2045.25, 0.25)


def one(values, times=QUARTERS, since=RULE_DATE, **more):
    return [x.item() for x in first_sustained(times, np.asarray(values, float), since, **more)]


def test_the_date_lies_on_the_line_between_saved_dates():
    start, end, known = one((QUARTERS - 2025) / 5.1)
    assert start == pytest.approx(2030.1)
    assert (np.isnan(end), known) == (True, True)


def test_what_was_reached_before_the_rule_counts_from_the_rule_on():
    assert one(np.ones_like(QUARTERS))[0] == RULE_DATE
    assert np.isnan(one(np.where(QUARTERS < RULE_DATE, 2.0, 0.0))[0])


def test_less_than_a_year_does_not_count_and_a_year_does():
    for length, reached in [(0.75, False), (1.0, True)]:
        # The line falls from the level at once after the last date on it.
        values = np.where((QUARTERS >= 2030) & (2030 + length >= QUARTERS), 1.0, -1e9)
        assert np.isfinite(one(values)[0]) == reached, length


def test_rounding_below_the_level_is_the_level():
    assert reaches(np.array([1 - 1e-10, 1 - 1e-8])).tolist() == [True, False]
    assert one(np.full_like(QUARTERS, 1 - 1e-12))[0] == RULE_DATE


def test_a_dip_by_rounding_does_not_break_a_spell():
    values = np.where(QUARTERS == 2028, 1 - 1e-12, 1.0)
    assert one(values)[0] == RULE_DATE


def test_a_start_between_saved_dates_gives_what_a_saved_one_gives():
    line = (QUARTERS - 2025) / 2
    for since in (2026.9, 2027.0, 2027.1):
        assert one(line, since=since)[0] == pytest.approx(max(since, 2027.0))


@pytest.mark.parametrize(
    ("last", "values", "known"),
    [
        (2027.5, 2.0, False),  # covered since the rule's date, for half a year
        (2027.5, 0.5, False),  # half a year shows neither
        (2028.0, 2.0, True),
        (2028.0, 0.5, True),
        (2026.0, 2.0, False),
    ],
)
def test_a_run_too_short_to_know_is_no_never(last, values, known):
    times = QUARTERS[last >= QUARTERS]
    start, _, told = one(np.full_like(times, values), times)
    assert (told, np.isnan(start)) == (known, not (known and values >= FULL))


def test_a_run_that_ends_within_a_year_of_its_last_crossing_is_no_never():
    assert one(np.where(QUARTERS >= 2044.5, 1.5, 0.5))[2] is False
    assert one(np.where((QUARTERS > 2043) & (QUARTERS < 2043.5), 1.5, 0.5))[2] is True


def test_below_is_above_turned_over():
    values = np.sin(QUARTERS)
    assert one(values, level=0.3, above=False) == pytest.approx(
        one(-values, level=-0.3), nan_ok=True
    )


@pytest.mark.slow
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, np.nan]), min_size=9, max_size=24))
def test_many_trajectories_at_once_give_what_each_gives_alone(values):
    times = 2026 + 0.25 * np.arange(len(values))
    rows = np.stack([values, values[::-1], np.ones(len(values))])
    together = first_sustained(times, rows.T, RULE_DATE, axis=0)
    for number, row in enumerate(rows):
        alone = first_sustained(times, row, RULE_DATE)
        for x, y in zip(together, alone, strict=True):
            np.testing.assert_array_equal(x[number], y)


@given(st.lists(st.floats(0, 2), min_size=9, max_size=24))
def test_a_start_is_followed_by_a_year_at_the_level(values):
    times = 2026 + 0.25 * np.arange(len(values))
    start, end, known = one(values, times)
    fine = np.linspace(times[0], times[-1], 4001)
    covered = np.interp(fine, times, values) >= FULL - 1e-6
    if np.isnan(start):
        assert np.isnan(end)
    else:
        assert known
        assert RULE_DATE <= start <= times[-1] - SUSTAINED + 1e-6
        assert covered[(fine > start + 1e-3) & (fine < start + SUSTAINED - 1e-3)].all()
