"""Numbers at the edge: the same as PySD, or a status for the run."""

import numpy as np
import pytest

from buildout.vensim import engine

# Expression of x; values of x for which PySD stops or gives a number. All in one model each.
CASES = {
    "x ^ 0": [0, -1, 1e300],
    "0 ^ x": [0, 1, -1],
    "x ^ -1": [0, 2, -4],
    "x ^ 0.5": [-1, 0, 4],
    "x ^ 3": [-2, 0, 2],
    "POWER(x, -2)": [0, 1, 1e-200],
    "1 / x": [0, 2, 1e-320],
    "EXP(x)": [709, 710, -800],
    "EXP(EXP(x))": [1, 7, 100],
    "LN(x)": [0, -1, 1e-320],
    "LOG(x, 10)": [0, 1000, -5],
    "SQRT(x)": [-1, 0, 2],
    "x * 1e308": [1, 10, -10],
    "INTEGER(x)": [2.5, -2.5, 1e18],
    "MODULO(x, 0)": [3, -3, 0],
    "ZIDZ(1, x)": [0, 1e-7, 1e-5],
    "XIDZ(x, x, 5)": [0, 1e-7, 3],
    "MIN(x, LN(x - 1))": [0, 1, 2],
    "MAX(LN(x - 1), x)": [0, 1, 2],
    "IF THEN ELSE(x > 1, 1 / (x - 1), 0)": [0, 1, 2],
    "ARCSIN(x)": [0, 1, 2],
    "WITH LOOKUP(x, ((0,1),(1,2)))": [-1e300, 0.5, 1e300],
}


@pytest.mark.quick_for("x ^ 0", "0 ^ x", "x ^ -1")
@pytest.mark.parametrize("expression", CASES)
def test_edges_give_what_pysd_gives_or_a_status(expression, write, agree):
    system = engine.load(write(f"y = {expression}", "x = 1", "z = INTEG(1, 0)", end=0.5))
    run = agree(system, {"x": CASES[expression]})
    finite = np.isfinite(run.values).all(axis=(0, 1))
    assert (finite == (run.status == 0)).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("backend", ["llvm", "numpy"])
def test_a_run_that_breaks_down_leaves_its_neighbours_alone(backend, value, load):
    system = load("decay")
    lives = np.full(20, 4.0)
    lives[7] = value
    run = engine.Batch(backend=backend).run(system, {"initial volume": 100 * lives / 4})
    expected = engine.Batch(backend=backend).run(system)
    assert np.flatnonzero(run.status).tolist() == [7]
    assert (run["tank"][:, 8] == expected["tank"][:, 0]).all()


def test_a_stock_that_runs_away_is_told_so(write, agree):
    system = engine.load(write("tank = INTEG(tank * tank, start)", "start = 1", end=12))
    run = agree(system, {"start": [1e-3, 1.0]})
    assert [engine.STATUS[s] for s in run.status] == ["ok", "non_finite"]


@pytest.mark.parametrize("runs", [engine.Batch(), engine.Reference()])
def test_an_initial_value_beyond_numbers_is_a_status_in_every_engine(write, runs):
    system = engine.load(write("tank = INTEG(1, up / down)", "up = 1", "down = 0", end=1))
    assert runs.run(system, {"down": [0, 2, 0]}, ["tank"]).status.tolist() == [1, 0, 1]


@pytest.mark.parametrize("backend", ["llvm", "numpy"])
def test_a_power_of_one_half_is_a_power_and_no_root(backend, write):
    """C's `pow` gives +inf and +0 where a square root gives NaN and -0; so do all engines."""
    system = engine.load(write("y = x ^ 0.5", "x = 1"))
    run = engine.Batch(backend=backend).run(system, {"x": [-np.inf, -0.0, 4.0]}, ["y"], times=[0])
    assert run["y"][0].tolist() == [np.inf, 0.0, 2.0]
    assert not np.signbit(run["y"][0, 1])
