"""Every Vensim function: three engines against each other and against its definition.

A new function gets one line in `CASES`.
"""

import math

import numpy as np
import pytest

from buildout.errors import UnknownNameError, UnsupportedError
from buildout.vensim import engine
from buildout.vensim.engine.frontend.functions import AGGREGATES, FUNCTIONS

# Vensim function: an equation that uses it, and what that is at time t (0, 0.5, ... 6).
CASES = {
    "ABS": ("ABS(Time - 3)", lambda t: np.abs(t - 3)),
    "EXP": ("EXP(Time - 2)", lambda t: np.exp(t - 2)),
    "LN": ("LN(Time + 1)", lambda t: np.log(t + 1)),
    "LOG": ("LOG(Time + 1, 10)", lambda t: np.log10(t + 1)),
    "SQRT": ("SQRT(Time)", np.sqrt),
    "POWER": ("POWER(Time - 3, 2)", lambda t: (t - 3) ** 2),
    "SIN": ("SIN(Time)", np.sin),
    "COS": ("COS(Time)", np.cos),
    "TAN": ("TAN(Time / 5)", lambda t: np.tan(t / 5)),
    "ARCSIN": ("ARCSIN(Time / 6)", lambda t: np.arcsin(t / 6)),
    "ARCCOS": ("ARCCOS(Time / 6)", lambda t: np.arccos(t / 6)),
    "ARCTAN": ("ARCTAN(Time - 3)", lambda t: np.arctan(t - 3)),
    "SINH": ("SINH(Time - 3)", lambda t: np.sinh(t - 3)),
    "COSH": ("COSH(Time - 3)", lambda t: np.cosh(t - 3)),
    "TANH": ("TANH(Time - 3)", lambda t: np.tanh(t - 3)),
    "INTEGER": ("INTEGER(1.6 * (Time - 3))", lambda t: np.trunc(1.6 * (t - 3))),
    "MODULO": ("MODULO(7 - 3 * Time, 4)", lambda t: np.fmod(7 - 3 * t, 4)),
    "QUANTUM": ("QUANTUM(1.7 * (Time - 3), 2)", lambda t: 2 * np.trunc(1.7 * (t - 3) / 2)),
    "MIN": ("MIN(Time, 4)", lambda t: np.minimum(t, 4)),
    "MAX": ("MAX(Time, 4)", lambda t: np.maximum(t, 4)),
    "IF THEN ELSE": (
        "IF THEN ELSE((Time > 2 :AND: :NOT: Time >= 5) :OR: Time = 1, 10, Time)",
        lambda t: np.where(((t > 2) & ~(t >= 5)) | (t == 1), 10, t),
    ),
    "XIDZ": ("XIDZ(6, Time - 3, 9)", lambda t: np.where(t == 3, 9, 6 / np.where(t == 3, 1, t - 3))),
    "ZIDZ": ("ZIDZ(6, Time - 3)", lambda t: np.where(t == 3, 0, 6 / np.where(t == 3, 1, t - 3))),
    "STEP": ("STEP(5, 2.5)", lambda t: 5.0 * (t >= 2.5)),
    "RAMP": ("RAMP(2, 1, 4)", lambda t: 2 * np.clip(t - 1, 0, 3)),
    "PULSE": ("PULSE(2, 1.5)", lambda t: 1.0 * ((t >= 2) & (t < 3.5))),
    "PULSE TRAIN": ("PULSE TRAIN(1, 0.5, 2, 5)", lambda t: 1.0 * np.isin(t, [1, 3, 5])),
    "GAME": ("GAME(Time)", lambda t: t),
    "INTEG": ("2 * INTEG(1, 3)", lambda t: 2 * (3 + t)),
    "SMOOTH N": ("SMOOTH N(STEP(1, 1), 2, 0, 2)", lambda t: chain(t, 2.0, 2)),
    "DELAY1 or DELAY3": ("DELAY1(STEP(1, 1), 2)", lambda t: chain(t, 2.0, 1)),
    "DELAY N": ("DELAY N(STEP(1, 1), 2, 0, 2)", lambda t: chain(t, 2.0, 2)),
    "DELAY FIXED": ("DELAY FIXED(Time, 1.5, 9)", lambda t: np.where(t < 1.5, 9, t - 1.5)),
    "DELAY MATERIAL": ("DELAY MATERIAL(Time, 1.5, 9, 4)", lambda t: np.where(t < 1.5, 9, t - 1.5)),
    "DELAY INFORMATION": (
        "DELAY INFORMATION(Time, STEP(9, 3), 9)",
        lambda t: np.where(t == 0, 9, np.minimum(t, 3) - 0.5),
    ),
    "SINTEG": (
        "SINTEG(1, 0, :NA:, 2.2, :NA:, :NA:, :NA:)",
        lambda t: np.minimum(t, 2.2),
    ),
    "TREND": ("TREND(EXP(0.1 * Time), 2, 0.1)", lambda t: growth(t)),
    "FORECAST": ("FORECAST(5, 2, 3)", lambda t: 5 + 0 * t),
    "SAMPLE IF TRUE": ("SAMPLE IF TRUE(Time < 2.2, Time, 9)", lambda t: np.minimum(t, 2)),
    "INITIAL": ("INITIAL(Time + 4)", lambda t: 4 + 0 * t),
    "ACTIVE INITIAL": ("ACTIVE INITIAL(Time, 7)", lambda t: t),
}


def chain(t, time, order):
    """Smooths or delays of a step at 1, by hand; with a step of 0.5."""
    levels, out = [0.0] * order, []
    for now in t:
        out.append(levels[-1])
        goals = [float(now >= 1), *levels[:-1]]
        levels = [x + 0.5 * (g - x) * order / time for x, g in zip(levels, goals, strict=True)]
    return np.array(out)


def growth(t):
    average, out = 1 / (1 + 0.1 * 2), []
    for now in t:
        value = math.exp(0.1 * now)
        out.append((value - average) / (2 * abs(average)))
        average += 0.5 * (value - average) / 2
    return np.array(out)


@pytest.fixture(scope="module")
def run(write, agree):
    """One model with a variable for each function."""
    equations = [f"{name} result = {case[0]}" for name, case in CASES.items()]
    return agree(engine.load(write(*equations, end=6)))


@pytest.mark.parametrize("name", CASES)
def test_a_function_does_what_the_manual_says(name, run):
    found = run[f"{name} result".lower().replace(" ", "_")][:, 0]
    np.testing.assert_allclose(found, CASES[name][1](run.times), rtol=1e-12, atol=1e-12)


def test_every_function_has_a_case():
    # Random numbers are in test_noise; PySD has no NPV, which is in test_by_hand.
    known = {f.name for f in FUNCTIONS.values() if not f.name.startswith("RANDOM")}
    assert set(CASES) == known - {"NPV"}
    # Those over subscripts are in tests/engine/models/subscripts.mdl.
    assert set(AGGREGATES) == {"sum", "prod", "vmin", "vmax"}


def test_powers_bind_before_signs_and_to_the_right(write, agree):
    system = engine.load(
        write("x = 3", "a = -x^2", "b = 2^x^2", "c = (-x)^3", "d = 2^-x", "e = -x * -x - -x")
    )
    run = agree(system, times=[0])
    assert [run[name][0, 0] for name in "abcde"] == [-9, 512, -27, 0.125, 12]


def test_a_sum_keeps_the_outer_meaning_of_an_unmarked_subscript(write, agree):
    text = write(
        "x[line] = 1, 2, 4",
        "weighted[line] = SUM(x[line!] * x[line])",
        "nested[line] = SUM(x[line!] * SUM(x[line!]))",
        before="line: a, b, c\n\t~\t\n\t~\t|\n\n",
    )
    run = agree(engine.load(text), times=[0])
    assert [run[f"weighted[{e}]"][0, 0] for e in "abc"] == [7, 14, 28]
    assert run["nested[a]"][0, 0] == 49


@pytest.mark.slow
def test_a_long_sum_is_no_deep_tree(write):
    elements = ", ".join(f"e{i}" for i in range(1500))
    many = f"many: {elements}\n\t~\t\n\t~\t|\n\n"
    system = engine.load(write("total = SUM(x[many!])", "x[many] = many", before=many))
    run = engine.Batch().run(system, outputs=["total"])
    assert run["total"][0, 0] == 1500 * 1501 / 2


def test_delays_in_whole_rows_of_steps_are_exact_at_the_limit(write, agree):
    """A third-order delay of exactly three steps is allowed; anything shorter is not."""
    system = engine.load(write("x = STEP(1, 1)", "y = DELAY3(x, life)", "life = 1.5"))
    run = agree(system, {"life": [1.5, 1.4999, 3.0]}, outputs=["y"])
    assert run.status.tolist() == [0, 3, 0]
    assert np.isnan(run["y"][:, 1]).all()


def test_an_order_may_be_a_constant_which_no_run_may_then_change(write, agree):
    equations = ("x = STEP(1, 1)", "n = 3", "a = DELAY N(x, 2, 0, n)", "b = SMOOTH N(x, 2, 0, n)")
    system = engine.load(write(*equations))
    run = agree(system)
    np.testing.assert_allclose(run["a"][:, 0], chain(run.times, 2.0, 3), rtol=1e-12)
    np.testing.assert_allclose(run["b"][:, 0], chain(run.times, 2.0, 3), rtol=1e-12)
    with pytest.raises(UnknownNameError, match="`n`"):
        engine.Batch().run(system, {"n": 2})


def test_an_order_may_come_from_constants_of_constants(write):
    """No run may change those, and none may ask what is held for a value beyond its end."""
    system = engine.load(
        write("n = 0", "m = n + 1", "a = DELAY N(9, 2, 0, MAX(2, m))", "b = DELAY N(9, 2, 0, 2)")
    )
    run = engine.Batch().run(system)
    assert (run["a"] == run["b"]).all()
    with pytest.raises(UnknownNameError, match="`n`"):
        engine.Batch().run(system, {"n": 2})


def test_what_is_held_may_not_be_asked_for_after_it_would_come_out(write):
    system = engine.load(write("x = DELAY INFORMATION(Time, STEP(long, 2), 7)", "long = 4"))
    for backend in ("numpy", "llvm"):
        run = engine.Batch(backend=backend).run(system, {"long": [4, 3.9, 100]})
        assert run.status.tolist() == [0, 3, 0]
    assert engine.Batch().run(system, controls={"final_time": 4.5}).status[0] == 3


def test_what_vensim_stops_at_is_no_number(write):
    """Nothing selected, more than one selected, a step out of the vector."""
    equations = (
        "none = VECTOR SELECT(v[line!] - 1, v[line!], 0, 0, 1)",
        "many = VECTOR SELECT(v[line!], v[line!], 0, 0, 2)",
        "beyond = VECTOR ELM MAP(v[a], Time)",
        "v[line] = 1",
    )
    system = engine.load(write(*equations, before="line: a, b\n\t~\t\n\t~\t|\n\n"))
    for backend in ("numpy", "llvm"):
        run = engine.Batch(backend=backend).run(system, times=[0, 0.5, 1, 2])
        assert run.status[0] == 1
        gone = {name: np.isnan(run[name][:, 0]).tolist() for name in ("none", "many", "beyond")}
        assert gone["none"] == gone["many"] == [True] * 4
        assert gone["beyond"] == [False, True, False, True]


def test_a_variable_may_be_a_stock_for_some_elements_only(write, agree):
    equations = ("z[a] = INTEG(z[b], 0)", "z[b] = 2")
    system = engine.load(write(*equations, before="line: a, b\n\t~\t\n\t~\t|\n\n"))
    run = engine.Batch().run(system, times=[0, 1, 4])
    assert run["z[a]"][:, 0].tolist() == [0, 2, 8]
    assert run["z[b]"][:, 0].tolist() == [2, 2, 2]
    assert system.variables["z"].kind == "stock"


def test_a_delay_time_that_moves_goes_with_what_is_delayed(write, agree):
    agree(engine.load(write("d = DELAY N(STEP(1, 1), 3 + SIN(Time), 1, 2)")))


def test_a_sample_may_ask_for_its_own_last_value(write):
    """The lowest so far, as models write it; to Vensim a sample is a state, PySD sees a circle."""
    system = engine.load(write("x = SIN(2 * Time)", "low = SAMPLE IF TRUE(x < low, x, 9)"))
    for backend in ("llvm", "numpy"):
        run = engine.Batch(backend=backend).run(system)
        assert (run["low"] == np.minimum.accumulate(run["x"])).all()


def test_a_sample_within_an_equation_asks_for_the_variable_as_it_is(write, agree):
    """In a rate the stock is the stock: 1.5 is not above 3.2."""
    rate = "XIDZ(Time, 0, SAMPLE IF TRUE(Time > level, Time, 1))"
    assert agree(engine.load(write(f"level = INTEG({rate}, 2)")))["level"][:, 0].tolist() == [
        *(2 + 0.5 * step for step in range(9)),
    ]
    with pytest.raises(UnsupportedError, match="without a circle"):
        engine.load(write("low = 2 * SAMPLE IF TRUE(Time < low, Time, 9)"))


def test_a_sample_is_read_after_the_stocks_it_asks_for(write, agree):
    """PySD starts `mean` first, from a sample that reads a stock without a value."""
    system = engine.load(
        write(
            "mean = SMOOTH(SAMPLE IF TRUE(level > last, level, 1), 2)",
            "last = DELAY FIXED(level, 1, 0.5)",
            "level = INTEG(INITIAL(level), 2)",
        )
    )
    assert agree(system)["mean"][:3, 0].tolist() == [2, 2, 2.25]
    itself = engine.load(write("low = SAMPLE IF TRUE(Time < low, Time, 9)"))
    with pytest.raises(UnsupportedError, match="PySD cannot run this model: `ValueError"):
        engine.Reference().run(itself)


def test_missing_is_a_number_by_which_a_model_can_ask(write, agree):
    equations = ("x = IF THEN ELSE(Time > 1, :NA:, 3)", "y = IF THEN ELSE(x = :NA:, 1, 2)")
    run = agree(engine.load(write(*equations)))
    assert run["y"][:, 0].tolist() == [2, 2, 2, 1, 1, 1, 1, 1, 1]
    assert run["x"][-1, 0] == -(2.0**109)
