"""The model as a differential equation: against Euler's steps and an independent integrator."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from buildout.errors import InputError, UnsupportedError
from buildout.vensim import engine


@pytest.mark.parametrize("name", ["cycle", "decay", "smooths", "subscripts"])
def test_eulers_steps_by_hand_are_those_of_the_engine(name, load):
    system = load(name)
    f = engine.right_hand_side(system)
    run = engine.Batch().run(system, outputs=f.names, controls={"saveper": 1})
    step = system.controls["time_step"]
    t, y = f.t0, f.y0
    rows = {round(time, 6): row for row, time in enumerate(run.times)}
    while t < f.t1:
        if round(t, 6) in rows:
            np.testing.assert_allclose(y, run.values[:, rows[round(t, 6)], 0], rtol=1e-12)
        t, y = t + step, y + step * f(t, y)


def test_an_independent_integrator_is_where_euler_is_heading(load):
    system = load("cycle")
    f = engine.right_hand_side(system)
    exact = solve_ivp(f, (f.t0, f.t1), f.y0, rtol=1e-10, atol=1e-10).y[:, -1]
    errors = []
    for step in (1 / 64, 1 / 128, 1 / 256):
        run = engine.Batch().run(system, outputs=f.names, controls={"time_step": step})
        errors.append(np.abs(run.values[:, -1, 0] - exact).max())
    np.testing.assert_allclose(np.log2(np.array(errors[:-1]) / errors[1:]), 1, atol=0.1)


def test_parameters_and_variables_are_at_hand(load):
    f = engine.right_hand_side(load("decay"), {"life": 2, "initial volume": 10})
    assert f.names == ("tank",)
    assert f.y0.tolist() == [10]
    assert f(0, np.array([6.0])).tolist() == [-3]
    assert f.outputs(0, np.array([6.0]), ["tank", "outflow", "life"]).tolist() == [6, 3, 2]


def test_what_is_no_differential_equation_is_refused(load):
    for name, function in (("pipe", "DELAY FIXED"), ("memory", "SAMPLE IF TRUE")):
        with pytest.raises(UnsupportedError, match=function):
            engine.right_hand_side(load(name))
    with pytest.raises(InputError, match="2 runs"):
        engine.right_hand_side(load("decay"), {"life": [1, 2]})
