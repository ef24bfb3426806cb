"""Tiny models, one feature each: three engines against each other and against closed forms.

The recurrences are those of Vensim's reference manual, written out here a second time.
"""

from pathlib import Path

import numpy as np
import pytest

from buildout.vensim import engine

MODELS = sorted(path.stem for path in Path(__file__).with_name("models").glob("*.mdl"))


@pytest.mark.parametrize("name", MODELS)
def test_all_engines_agree_on_every_variable(name, load, agree):
    agree(load(name))


def test_a_tank_empties_as_the_closed_form_of_eulers_method_says(load, agree):
    lives = np.array([1.0, 4.0, 30.0])
    run = agree(load("decay"), {"life": lives, "initial volume": 50})
    steps = run.times / 0.25
    expected = 50 * (1 - 0.25 / lives) ** steps[:, None]
    np.testing.assert_allclose(run["tank"], expected, rtol=1e-12)
    np.testing.assert_allclose(run["outflow"], expected / lives, rtol=1e-12)


def test_eulers_method_is_of_first_order(load):
    """Halving the step halves the error against the true solution."""
    errors = []
    for step in (0.125, 0.0625, 0.03125, 0.015625):
        run = engine.Batch().run(load("decay"), outputs=["tank"], controls={"time_step": step})
        errors.append(abs(run["tank"][-1, 0] - 100 * np.exp(-10 / 4)))
    np.testing.assert_allclose(np.log2(np.array(errors[:-1]) / errors[1:]), 1, atol=0.03)


@pytest.mark.parametrize("name", ["cycle", "smooths", "subscripts"])
def test_running_to_a_time_and_on_from_there_equals_one_run(name, load, same):
    system = load(name)
    whole = engine.Batch().run(system)
    middle = float(whole.times[len(whole.times) // 2])
    first = engine.Batch().run(system, outputs=system.states, controls={"final_time": middle})
    state = dict(zip(first.outputs, first.values[:, -1], strict=True))
    rest = engine.Batch().run(system, controls={"initial_time": middle}, initial_state=state)
    later = whole.times >= middle
    cut = engine.Trajectories(
        whole.outputs, whole.times[later], whole.values[:, later], whole.status
    )
    same(system, cut, rest)


def cascade(inflow, time, start, order, step):
    """A material delay by hand: `order` stocks in a row, each held for its share of the time."""
    stocks = [start * time / order] * order
    outflow = []
    for entering in inflow:
        flows = [entering, *(stock * order / time for stock in stocks)]
        outflow.append(flows[-1])
        stocks = [s + step * (flows[i] - flows[i + 1]) for i, s in enumerate(stocks)]
    return np.array(outflow)


@pytest.mark.parametrize(
    ("name", "order", "start"),
    [("once", 1, 0), ("once_from", 1, 3), ("thrice", 3, 0), ("thrice_from", 3, 3)],
)
def test_delays_are_stocks_in_a_row(name, order, start, load, agree):
    run = agree(load("delays"), {"residence": [2.5, 4.0]}, outputs=["pulsed", name])
    for place, residence in enumerate((2.5, 4.0)):
        expected = cascade(run["pulsed"][:, place], residence, start, order, 0.25)
        np.testing.assert_allclose(run[name][:, place], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("residence", [0.1, 0.25, 0.3, 2.5, 2.6, 4.0, 50.0])
def test_a_fixed_delay_shifts_by_whole_steps(residence, load, agree):
    run = agree(load("pipe"), {"residence": residence}, outputs=["pulsed", "later"])
    steps = max(1, round(residence / 0.25 + 1e-6))
    expected = np.r_[np.full(steps, 7.0), run["pulsed"][:, 0]][: len(run.times)]
    np.testing.assert_allclose(run["later"][:, 0], expected)


def test_a_pulse_through_a_delay_comes_out_whole(load):
    run = engine.Batch().run(
        load("delays"), outputs=["pulsed", "once", "thrice"], controls={"final_time": 60}
    )
    content = run.values[:, :, 0].sum(axis=1) * 0.25
    np.testing.assert_allclose(content, 10, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "order", "start"),
    [
        ("smooth_one", 1, None),
        ("smooth_one_from", 1, 9),
        ("smooth_three", 3, None),
        ("smooth_three_from", 3, 9),
    ],
)
def test_smooths_are_averages_in_a_row(name, order, start, load, agree):
    run = agree(load("smooths"), outputs=["signal", name])
    signal = run["signal"][:, 0]
    levels = [signal[0] if start is None else start] * order
    expected = []
    for goal in signal:
        expected.append(levels[-1])
        goals = [goal, *levels[:-1]]
        levels = [
            level + 0.25 * (g - level) * order / 1.5 for level, g in zip(levels, goals, strict=True)
        ]
    np.testing.assert_allclose(run[name][:, 0], expected, rtol=1e-12)


def test_trend_and_forecast_follow_the_manual(load, agree):
    run = agree(load("smooths"), outputs=["signal", "growth", "expected"])
    signal = run["signal"][:, 0]
    for name, start, formula in (
        ("growth", signal[0] / (1 + 0.1 * 1.5), lambda x, a: (x - a) / (1.5 * abs(a))),
        ("expected", signal[0], lambda x, a: x * (1 + (x - a) / (1.5 * a) * 3)),
    ):
        average, expected = start, []
        for value in signal:
            expected.append(formula(value, average))
            average += 0.25 * (value - average) / 1.5
        np.testing.assert_allclose(run[name][:, 0], expected, rtol=1e-12)


def test_memory_of_the_highest_value_of_the_start_and_of_other_initial_equations(load, agree):
    run = agree(load("memory"))
    wave = np.sin(run.times)
    np.testing.assert_allclose(run["highest_so_far"][:, 0], np.maximum.accumulate(wave))
    np.testing.assert_allclose(run["start"][:, 0], np.sin(1) + 5)
    # `share` is 0.2 for initial values only: 3 x 0.2 in the buffer, then stock / total.
    np.testing.assert_allclose(run["buffer"][0, 0], 0.6)
    np.testing.assert_allclose(run["share"][0, 0], 5 / 5.6)


def test_subscripts_tables_sums_and_mappings_mean_what_vensim_says(load, agree):
    run = agree(load("subscripts"), times=[0])
    value = {output: float(run[output][0, 0]) for output in run.outputs}
    assert value["capacity[south,mill]"] == 5
    assert value["output[north,smelter]"] == 0.75
    assert value["output[south,smelter]"] == 0
    assert value["revenue[north]"] == 0.5 * 10 + 0.5 * 20 + 0.75 * 40
    assert value["total"] == 0.5 + 0.5 + 0.75 + 2 + 1.25
    assert value["share[mill]"] == 20 / 70
    assert value["least[smelter]"] == 0
    assert value["most"] == 1.25
    assert value["product[north]"] == 0.5 * 0.25 * 0.25
    assert value["lines"] == 3
    assert value["place[smelter]"] == 3
    assert value["staff[south]"] == 3 * value["revenue[south]"]
    assert value["in_area[north]"] == value["revenue[north]"] + value["staff[north]"]


def test_variables_know_their_ranges_units_and_limits(load):
    system = load("subscripts")
    assert system.variables["use"].dims == ("region", "line")
    assert system.variables["output"].dims == ("region", "line")
    assert system.variables["in_area"].dims == ("area",)
    assert system.dims["works"] == ("mill", "smelter")
    assert system.variables["capacity"].meaning == "A table with a row for each region."
    assert system.inputs_of("revenue") == ("output", "price")
    tank = load("decay").variables["tank"]
    assert (tank.kind, tank.unit, tank.limits) == ("stock", "m3", (0.0, None))
    assert tank.equation == "tank = INTEG( - outflow, initial volume)"
    assert load("decay").variables["life"].limits == (0.5, 50.0)


def test_lookups_are_straight_between_points_and_flat_outside(load, agree):
    run = agree(load("lookups"))
    x = run["x"][:, 0]
    expected = np.interp(x, [1, 2, 4, 5], [2, 6, 5, 5])
    np.testing.assert_allclose(run["named"][:, 0], expected, rtol=1e-14)
    np.testing.assert_allclose(run["inline"][:, 0], expected, rtol=1e-14)
    np.testing.assert_allclose(run["each[b]"][:, 0], 5 - np.clip(3 * x, 0, 10), atol=1e-14)


def test_events_fall_on_their_steps(load, agree):
    run = agree(load("events"), {"height": [3.0, -2.0]})
    t = run.times
    np.testing.assert_array_equal(run["stepped"], np.outer(t >= 2, [3.0, -2.0]))
    np.testing.assert_allclose(run["ramped"][:, 0], 0.5 * np.clip(t - 1, 0, 2))
    np.testing.assert_array_equal(run["pulsed"][:, 0], (t >= 1) & (t < 1.5))
    np.testing.assert_array_equal(run["train"][:, 0], (t >= 1) & (t < 3.5) & (t % 1 < 0.25))
    # An episode off the grid acts by its overlap with the step, so its length is kept.
    np.testing.assert_allclose(run["overlap"][:, 0].sum() * 0.25, 0.8)
