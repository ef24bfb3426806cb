"""The search for what no other beats, against fronts that are known in closed form."""

import numpy as np
import pytest

from buildout.analysis.search import knee_of, search, spread, unbeaten
from buildout.errors import InputError

WORST = 1.1


def zdt1(points):
    """Front: f2 = 1 - sqrt(f1), where all variables but the first are zero."""
    g = 1 + 9 * points[:, 1:].mean(axis=1)
    first = points[:, 0]
    return np.stack([first, g * (1 - np.sqrt(first / g))], axis=1)


def hypervolume(front):
    """Area that a front of two objectives beats, up to `WORST` in both."""
    area, low = 0.0, WORST
    for first, second in front[np.argsort(front[:, 0])]:
        area += max(0.0, WORST - first) * max(0.0, low - second)
        low = min(low, second)
    return area


def searched(seed=1, generations=50, **more):
    asked = {"objectives": 2, "generations": generations, "population": 40, "seed": seed}
    return search(zdt1, np.ones(4), **(asked | more))


@pytest.mark.slow
def test_the_front_of_a_known_problem_is_met_within_two_percent():
    tried = searched()
    front = tried.objectives[unbeaten(tried.objectives)]
    known = WORST**2 - 1 / 3
    assert 0.98 * known < hypervolume(front) <= known
    early = searched(generations=2).objectives
    assert hypervolume(early[unbeaten(early)]) < 0.9 * known


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    first, again, other = (searched(seed, 5).objectives.tobytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_whole_numbers_stay_whole_and_within_their_ends():
    upper = np.array([1.0, 5.0, 20.0, 20.0])
    tried = search(
        lambda steps: zdt1(steps / upper),
        upper,
        objectives=2,
        generations=6,
        population=20,
        seed=3,
        whole=True,
        start=np.array([[1.0, 5.0, 20.0, 20.0]]),
    )
    assert (tried.candidates == np.round(tried.candidates)).all()
    assert (tried.candidates >= 0).all()
    assert (tried.candidates <= upper).all()
    assert (tried.candidates[0] == upper).all()
    assert len(np.unique(tried.candidates, axis=0)) == len(tried.candidates)


@pytest.mark.parametrize(("given", "message"), [("generations", "1"), ("population", "4")])
def test_no_generation_and_no_population_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        searched(**{given: 0})


def test_nobody_unbeaten_is_beaten_and_equals_both_stay():
    drawn = np.random.default_rng(5).random((700, 3))
    drawn = np.concatenate([drawn, drawn[:3]])
    kept = unbeaten(drawn)
    for place, own in enumerate(drawn):
        beaten = ((drawn <= own).all(axis=1) & (drawn < own).any(axis=1)).any()
        assert kept[place] == (not beaten)


def test_the_knee_of_a_known_curve_is_where_it_bends_most():
    first = np.linspace(0, 1, 1001)
    curve = np.stack([first, (1 - np.sqrt(first)) ** 2], axis=1)
    # The slope is -1, that of the line between both ends, at a quarter.
    assert curve[knee_of(curve)] == pytest.approx([0.25, 0.25], abs=1e-3)
    assert knee_of(curve * [1000.0, 0.001] + [5.0, 7.0]) == knee_of(curve)


def test_those_who_stand_for_a_front_hold_its_ends_and_who_is_to_be_kept():
    first = np.linspace(0, 1, 101)
    front = np.stack([first, 1 - first], axis=1)
    chosen = spread(front, 5, [37])
    assert {0, 37, 100} <= set(chosen)
    assert len(chosen) == 5
