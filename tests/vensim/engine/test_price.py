"""A request is priced before it is computed, and what is too much is refused with its size."""

import random

import numpy as np
import pytest

from buildout.errors import InputError
from buildout.vensim import engine
from buildout.vensim.engine import price
from buildout.vensim.engine.request import clock, request

ENDLESS = {
    "no step at all": {"time_step": 1e-320},
    "the smallest number": {"time_step": 5e-324},
    "a step too short": {"time_step": 1e-9},
    "an end too far": {"final_time": 1e300},
    "an end out of range": {"initial_time": -1.7e308, "final_time": 1.7e308},
    "a short step saved rarely": {"time_step": 1e-12, "saveper": 1},
    "an early beginning": {"initial_time": -1e12},
}


@pytest.fixture(scope="module")
def decay(load):
    return load("decay")


@pytest.mark.parametrize("controls", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize("runs", [engine.Batch(), engine.Reference()])
def test_steps_without_end_are_refused_with_their_number(decay, controls, runs):
    with pytest.raises(InputError, match=r"takes .* time steps\. Up to 1,000,000 .*Choose"):
        runs.run(decay, controls=controls)


def test_the_number_of_steps_is_said(decay):
    with pytest.raises(InputError, match="takes 2,000,000 time steps"):
        clock(decay, {"initial_time": 0, "final_time": 2, "time_step": 1e-6})
    with pytest.raises(InputError, match="takes endless time steps"):
        clock(decay, {"time_step": 1e-320})


@pytest.mark.parametrize("first", [1e17, 1e20, -1e20])
def test_a_step_lost_in_rounding_is_refused(decay, first):
    last = np.nextafter(first, np.inf)
    with pytest.raises(InputError, match="lost in rounding"):
        clock(decay, {"initial_time": first, "final_time": last, "time_step": 1})


def test_a_step_rounded_beside_its_time_is_refused(decay):
    # 1e14 + 0.1 is 1e14 + 0.09375.
    with pytest.raises(InputError, match="lost in rounding"):
        clock(decay, {"initial_time": 1e14, "final_time": 1e14 + 2, "time_step": 0.1})


@pytest.mark.parametrize(
    "controls",
    [
        {"initial_time": 0, "final_time": 0, "time_step": 1e-200},
        {"initial_time": 0, "final_time": 1e308, "time_step": 1e308, "saveper": 1e308},
        {"initial_time": 5, "final_time": 5},
    ],
)
def test_extreme_times_of_few_steps_run(decay, controls):
    assert len(engine.Batch().run(decay, controls=controls).times) in (1, 2)


def test_steps_are_those_of_repeated_addition(decay):
    draw = random.Random(7)
    for _ in range(200):
        step = draw.choice([0.1, 1 / 32, 0.3, draw.uniform(0.01, 2), 1e-3])
        first = draw.choice([0.0, 2025.0, -draw.uniform(0, 100)])
        last = first + draw.choice([0, step / 3, draw.uniform(0, 20), 10 * step])
        steps = [first]
        while steps[-1] + step * 1e-5 < last:
            steps.append(steps[-1] + step)
        found = clock(decay, {"initial_time": first, "final_time": last, "time_step": step})
        assert found.steps.tolist() == steps


def test_results_beyond_memory_are_refused_with_their_size(decay):
    size = r"2 outputs at 41 times of 8,388,608 runs take 5\.1 GiB .* Up to 4 GiB .* Ask for fewer"
    with pytest.raises(InputError, match=size):
        request(decay, {"life": np.ones(2**23)}, ["tank", "outflow"], times=np.arange(41) / 4)


def test_a_single_run_costs_as_much_as_a_group():
    assert price.priced(10, 10, 3, 1) == price.priced(10, 10, 3, 8)
    assert price.priced(10, 10, 3, 9).saved_bytes == 2 * price.priced(10, 10, 3, 8).saved_bytes
    with pytest.raises(InputError, match="GiB"):
        price.priced(10**6, 1, 1, 1, pipes=1000)


WRONG = (None, "many", [[1]], float("nan"), float("inf"), 10**400, {}, [1, 2], set(), "1e999")


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("name", ["time_step", "final_time", "saveper", "initial_time"])
def test_control_variables_are_numbers(decay, name, value):
    with pytest.raises(InputError, match=name):
        engine.Batch().run(decay, controls={name: value})


@pytest.mark.parametrize("value", [None, "many", [[1]], 10**400, {}, set(), [], [1, "x"]])
def test_parameters_are_numbers(decay, value):
    with pytest.raises(InputError, match="life"):
        engine.Batch().run(decay, {"life": value})


@pytest.mark.parametrize("times", [[], [float("nan")], [[0, 1]], "now", [1e-3]])
def test_times_are_steps(decay, times):
    with pytest.raises(InputError, match="time"):
        engine.Batch().run(decay, times=times)


def test_outputs_are_a_list(decay):
    with pytest.raises(InputError, match="A list of names"):
        engine.Batch().run(decay, outputs="tank")
