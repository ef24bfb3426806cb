"""What Python callers give by mistake: refused in words, by every verb alike."""

import datetime
import itertools
import pathlib

import numpy as np
import pytest

import buildout as bo
from buildout.errors import InputError, UnknownNameError

NO_NUMBERS = [
    "1", "x", "", [1], {}, (), b"1", True, np.True_, 1j, float("nan"), np.inf, 10**400, object(),
    datetime.date(2027, 1, 1), np.array([1.0, 2.0]), np.array([]), len, np.datetime64("NaT"),
]  # fmt: skip
NO_NAMES = [3, 1.5, True, b"magnet", [None], [3], {1: 2}, bo.Final(), np.array(1.0), len]


def kind(value):
    return type(value).__name__


@pytest.fixture
def run(tank, pathways):
    def simulated(**more):
        return bo.simulate(**{"pathways": pathways, "model": tank} | more)

    return simulated


@pytest.mark.parametrize("option", ["time_step", "final_time", "save_every", "known_until"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=kind)
def test_an_option_that_is_no_number_is_refused_in_words(run, option, value):
    with pytest.raises((InputError, UnknownNameError), match=r"accepted|known"):
        run(**{option: value})


def test_numbers_of_every_type_are_numbers(run):
    assert run(time_step=np.float32(0.25), final_time=np.int64(2)).sizes["time"] == 9


@pytest.mark.parametrize("value", [*NO_NAMES, None, itertools.count()], ids=kind)
def test_pathways_that_are_none_are_refused_in_words(run, value):
    with pytest.raises(InputError, match=r"`pathways` (is|holds|lists)"):
        run(pathways=value)


@pytest.mark.parametrize("value", [*NO_NAMES, itertools.count()], ids=kind)
def test_outputs_that_are_no_names_are_refused_in_words(run, swept, value):
    with pytest.raises(InputError, match=r"`outputs` (is|holds|lists)"):
        run(outputs=value)
    with pytest.raises((InputError, UnknownNameError)):
        swept([1.0], bo.Final(), outputs=value)


@pytest.mark.parametrize("value", ["batch", bo.Batch, 3, {"run": 1}, []], ids=kind)
def test_an_engine_is_an_object_and_no_name(run, swept, value):
    with pytest.raises(InputError, match=r"`Batch\(\)` and `Reference\(\)` are accepted"):
        run(engine=value)
    with pytest.raises(InputError, match=r"`Batch\(\)` and `Reference\(\)` are accepted"):
        swept([1.0], bo.Final(), engine=value)


@pytest.mark.parametrize("value", ["x.mdl", pathlib.Path("x.mdl"), 0, ""], ids=kind)
def test_a_model_is_an_object_and_no_path(value):
    for verb in (bo.simulate, bo.check_all, lambda model: bo.latin_hypercube(4, model=model)):
        with pytest.raises(InputError, match=r"The model is .*`load_model` gives one"):
            verb(model=value)


@pytest.mark.parametrize("value", [3, "x", [3], bo.Final(), itertools.count()], ids=kind)
def test_settings_that_are_none_are_refused_in_words(run, value):
    with pytest.raises(InputError, match=r"[Ss]ettings`? (is|hold|lists)"):
        run(settings=value)


@pytest.mark.parametrize("value", [3, None, [3], bo.Final, [bo.Final(), "x"]], ids=kind)
def test_reductions_that_are_none_are_refused_in_words(swept, value):
    with pytest.raises(InputError, match=r"`reductions` (is|holds)"):
        swept([1.0], value)


@pytest.mark.parametrize(
    "reduction",
    [
        lambda: bo.At("2027"), lambda: bo.At(["2"]), lambda: bo.At(None), lambda: bo.At([np.nan]),
        lambda: bo.At({1: 2}), lambda: bo.At(itertools.count()), lambda: bo.Crossing("x"),
        lambda: bo.Crossing(None), lambda: bo.Crossing(1, sustained="2"), lambda: bo.Crossing([1]),
        lambda: bo.Cumulative("a"), lambda: bo.Cumulative(0, np.nan), lambda: bo.Quantiles("0.5"),
        lambda: bo.Quantiles([np.nan]), lambda: bo.Quantiles(None),
    ],
)  # fmt: skip
def test_reductions_of_no_numbers_are_refused(swept, reduction):
    with pytest.raises(InputError, match=r"accepted|not a saved date"):
        swept([1.0], reduction())


@pytest.mark.parametrize("value", [*NO_NAMES, itertools.count()], ids=kind)
def test_designs_of_no_names_are_refused(tank, value):
    for design in (bo.grid, bo.one_at_a_time, lambda v, model: bo.sobol(4, vary=v, model=model)):
        with pytest.raises((InputError, UnknownNameError)):
            design(value, model=tank)
    with pytest.raises(InputError):
        bo.given(value, model=tank)


@pytest.mark.parametrize("value", [3, "uncertain", ["levers"], [None]], ids=kind)
def test_kinds_that_the_table_does_not_have_are_refused(tank, value):
    with pytest.raises((InputError, UnknownNameError), match=r"kind"):
        bo.latin_hypercube(4, kinds=value, model=tank)


@pytest.mark.parametrize("value", [np.array([1, 2]), np.array([]), "4", 4.0, True, None, 1j, []])
def test_a_number_of_draws_is_whole(tank, value):
    with pytest.raises(InputError, match=r"A whole number from"):
        bo.latin_hypercube(value, vary="rate", model=tank)


@pytest.mark.parametrize("points", [10**7, 10**30, "3", 2.5, np.array([3, 3])], ids=kind)
def test_a_grid_has_a_number_of_points_that_can_be_held(tank, points):
    with pytest.raises(InputError, match="The number of points is"):
        bo.grid("rate", points=points, model=tank)


def test_values_without_end_are_not_waited_for(tank):
    with pytest.raises(InputError, match=r"`rate` lists more than 10,000,000"):
        bo.given({"rate": itertools.repeat(1.0)}, model=tank)


def test_a_sweep_needs_a_design():
    for value in (100, None, {"rate": [1]}, bo.latin_hypercube):
        with pytest.raises(InputError, match=r"The design is"):
            bo.sweep(value)


@pytest.mark.parametrize("step", [4.5, 1e18, 1e308])
def test_a_step_longer_than_the_run_is_refused(run, swept, step):
    for verb in (run, lambda time_step: swept([1.0], bo.Final(), time_step=time_step)):
        with pytest.raises(InputError, match=r"The time step of .* is longer than the run of 4"):
            verb(time_step=step)


@pytest.mark.parametrize("ends", [(-1, 2), (0, 5), (3, 2), ("0", 1), (0, 1.0), (0, None)], ids=str)
def test_rows_that_a_design_does_not_have_are_refused(tank, ends):
    with pytest.raises(InputError, match=r"Whole numbers from 0 to 4"):
        bo.latin_hypercube(4, vary="rate", seed=1, model=tank).rows(*ends)
