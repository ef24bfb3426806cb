"""Values that a design is given: ranges apart from lists, whole numbers, letters, patterns."""

import time

import numpy as np
import pytest

from buildout.errors import InputError, UnknownNameError
from buildout.sampling import design as designs

REGIME = "rule regime"

# --- a list holds values, a tuple the ends of a range ---------------------------------------------


@pytest.mark.parametrize("ends", [[60, 150], np.array([60, 150]), [0, 0.5, 1]])
def test_a_list_of_values_and_a_number_of_points_is_refused_with_the_cure(model, ends):
    with pytest.raises(InputError, match=r"Write the ends as a tuple, or leave `points` out"):
        designs.grid({"floor price[NdPr]": ends}, points=11, model=model)


def test_a_tuple_of_two_is_a_range_of_as_many_levels_as_asked(model):
    design = designs.grid({"floor price[NdPr]": (60, 150)}, points=11, model=model)
    assert design.values[:, 0].tolist() == np.linspace(60, 150, 11).tolist()
    assert designs.grid({"floor price[NdPr]": (60, 150)}, model=model).size == 3


def test_a_list_beside_a_range_is_taken_as_it_is(model):
    mixed = {"floor price[NdPr]": (60, 150), "grant share level": [0, 0.4]}
    assert designs.grid(mixed, points=4, model=model).size == 8


def test_a_range_of_a_discrete_parameter_has_its_whole_numbers(model):
    for points in (None, 2, 11):
        design = designs.grid({REGIME: (1, 3)}, points=points, model=model)
        assert design.values[:, 0].tolist() == [1, 2, 3]


def test_a_range_the_wrong_way_round_is_refused(model):
    with pytest.raises(InputError, match="Low before high"):
        designs.grid({"floor price[NdPr]": (150, 60)}, points=3, model=model)


@pytest.mark.parametrize("points", [1, 0, -3, 2.5, True, "many"])
def test_a_wrong_number_of_points_is_refused(model, points):
    with pytest.raises(InputError, match="point"):
        designs.grid("grant share level", points=points, model=model)


# --- discrete means whole -------------------------------------------------------------------------


@pytest.mark.parametrize("name", [REGIME, "switch ramp", "switch last resort"])
def test_what_is_between_two_choices_is_refused_by_every_design(model, name):
    for make in (
        lambda: designs.grid({name: [1, 1.5]}, model=model),
        lambda: designs.grid({name: (1, 1.5)}, model=model),
        lambda: designs.given({name: [1, 1.5]}, model=model),
        lambda: designs.given({name: np.array([1.0, 1.5])}, model=model),
        lambda: designs.latin_hypercube(8, vary={name: (0.5, 1)}, model=model),
        lambda: designs.sobol(8, vary={name: (1, 1.5)}, model=model),
    ):
        with pytest.raises(InputError, match="It is discrete: whole numbers"):
            make()


@pytest.mark.parametrize("make", [designs.latin_hypercube, designs.sobol])
@pytest.mark.parametrize("vary", [REGIME, {REGIME: (1, 3)}, {REGIME: (2, 3)}])
def test_a_random_design_draws_only_the_choices_of_a_discrete_parameter(model, make, vary):
    drawn = make(64, seed=1, vary=vary, model=model).values[:, 0]
    low = 1 if vary == REGIME else vary[REGIME][0]
    assert np.unique(drawn).tolist() == list(range(low, 4))


def test_every_discrete_parameter_is_drawn_whole(model):
    rows = [row.name for row in model.table if row.distribution == "discrete"]
    assert len(rows) >= 14
    drawn = designs.latin_hypercube(32, seed=1, vary=rows, model=model).values
    assert (drawn == np.rint(drawn)).all()


@pytest.mark.parametrize("wrong", [[True, False], ["1", "2"], ["high"], [None], [[1, 2]], [1e400]])
def test_what_is_no_number_is_refused(model, wrong):
    for make in (designs.grid, designs.given):
        with pytest.raises(InputError, match="finite numbers"):
            make({"grant start": wrong}, model=model)


# --- letters of the rule's regimes ----------------------------------------------------------------


def test_letters_of_regimes_are_taken_wherever_values_are(model):
    every = designs.grid({REGIME: ["A", "B", "C"]}, model=model)
    assert every.values[:, 0].tolist() == [1, 2, 3]
    assert designs.grid({"Rule_regime": ("A", "C")}, model=model).size == 3
    assert designs.given({REGIME: ["C", "A"]}, model=model).values[:, 0].tolist() == [3, 1]
    drawn = designs.latin_hypercube(16, seed=1, vary={REGIME: ("B", "C")}, model=model).values
    assert np.unique(drawn).tolist() == [2, 3]


@pytest.mark.parametrize("letters", [["A", "D"], "AB", ["A", ""]])
def test_other_letters_and_letters_for_other_levers_are_refused(model, letters):
    for make in (designs.grid, designs.given):
        with pytest.raises(InputError, match="finite numbers"):
            make({REGIME: letters}, model=model)
        with pytest.raises(InputError, match="finite numbers"):
            make({"switch ramp": ["A", "B"]}, model=model)


# --- patterns -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["*" * 150 + "z", "*a" * 90 + "*z", "?*" * 80 + "zz"])
def test_no_pattern_takes_for_ever(model, pattern):
    start = time.perf_counter()
    with pytest.raises(UnknownNameError, match="Unknown pattern"):
        designs.latin_hypercube(2, vary=pattern, model=model)
    assert time.perf_counter() - start < 5


def test_a_pattern_has_a_length(model):
    with pytest.raises(InputError, match="Up to 200 are accepted"):
        designs.latin_hypercube(2, vary="*" * 201 + "z", model=model)


def test_brackets_of_a_pattern_are_subscripts_and_no_sets_of_letters(tiny):
    chosen = designs.latin_hypercube(2, seed=1, vary="initial capacity[US, m?n*]", model=tiny)
    assert chosen.names == ("initial capacity[US,mining]",)
    with pytest.raises(UnknownNameError):
        designs.latin_hypercube(2, vary="[a-z]*", model=tiny)


# --- size and display -----------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [16, 400, 5000])
def test_more_draws_than_any_machine_sweeps_are_refused(tiny, digits):
    with pytest.raises(InputError, match="Up to 1,000,000,000,000,000 are accepted"):
        designs.latin_hypercube(10**digits, model=tiny)


def test_more_draws_than_the_sequence_of_sobol_has_are_refused(tiny):
    with pytest.raises(InputError, match="Up to 1,073,741,824 are accepted"):
        designs.sobol(2**31, model=tiny)


def test_a_grid_of_everything_is_refused(model):
    with pytest.raises(InputError, match=r"about 2\^\d+ draws"):
        designs.grid(model=model)


def test_a_design_of_everything_is_shown_in_a_line(model):
    for design in (
        designs.latin_hypercube(10_000, seed=1, model=model),
        designs.one_at_a_time(model=model),
        designs.grid({"grant start": list(np.linspace(2025, 2045, 5000))}, model=model),
    ):
        assert len(repr(design)) < 500
        assert design.kind in repr(design)


def test_a_sobol_design_says_what_it_is_not(tiny):
    assert "Saltelli" in designs.sobol(8, seed=1, model=tiny).note
    assert "Saltelli" in designs.sobol.__doc__
    assert designs.latin_hypercube(8, seed=1, model=tiny).note == ""
