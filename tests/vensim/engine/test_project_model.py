"""The project's model in all engines: every variable, every pathway.

PySD needs seconds for one time step of it, so it goes a few steps only, all pathways in one batch.
"""

from dataclasses import replace

import numpy as np
import pytest

from buildout.inputs.model import load_model
from buildout.inputs.pathway import pathway_names
from buildout.inputs.resolve import pathway_values
from buildout.vensim import engine
from buildout.vensim.engine.request import NEGATIVE_STOCK

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.fixture(scope="module")
def pathways(model):
    """Parameters of all pathways, one run each."""
    levers = [pathway_values(model, name) for name in pathway_names()]
    touched = dict.fromkeys(scalar for one in levers for scalar in one)
    return {
        scalar: np.array([one.get(scalar, model.constants[scalar]) for one in levers])
        for scalar in touched
    }


def draws(model, size, seed):
    """Constants drawn between half and one and a half times their value."""
    rng = np.random.default_rng(seed)
    return {
        scalar: value * rng.uniform(0.5, 1.5, size)
        for scalar, value in model.constants.items()
        if value not in (0.0, 1.0)
    }


@pytest.mark.parametrize("years", [3, pytest.param(6, marks=pytest.mark.slow)])
def test_both_backends_agree_on_every_variable_of_all_pathways(model, pathways, same, years):
    """The first years; all of them in two hundred draws, below."""
    request = {"controls": {"final_time": model.system.controls["initial_time"] + years}}
    runs = [
        engine.Batch(backend=b).run(model.system, pathways, **request) for b in ("numpy", "llvm")
    ]
    same(model.system, *runs)
    assert (runs[0].status == 0).all()


def test_both_backends_agree_on_every_variable_of_two_hundred_draws(model, same):
    drawn = draws(model, 200, 11)
    once_a_year = np.arange(model.system.controls["initial_time"], 2045.5, 1.0)
    runs = [
        engine.Batch(backend=b).run(model.system, drawn, times=once_a_year)
        for b in ("numpy", "llvm")
    ]
    np.testing.assert_array_equal(runs[0].status, runs[1].status)
    # Where a stock has gone below zero a run swings ever wider, and the last bit with it: such runs
    # are compared in the small models.
    kept = runs[0].status != NEGATIVE_STOCK
    assert kept.sum() > 150
    same(
        model.system,
        *(replace(run, values=run.values[..., kept], status=run.status[kept]) for run in runs),
    )


def test_pysd_and_batch_agree_on_every_variable_of_all_pathways(model, pathways, same):
    """The first steps: initial values of all states, and every equation."""
    steps = (
        model.system.controls["initial_time"] + np.arange(4) * model.system.controls["time_step"]
    )
    request = {"times": steps, "controls": {"final_time": steps[-1]}}
    oracle = engine.Reference().run(model.system, pathways, **request)
    same(model.system, oracle, engine.Batch().run(model.system, pathways, **request))


def test_pysd_and_batch_agree_on_every_variable_of_two_years(model, same):
    request = {"controls": {"final_time": model.system.controls["initial_time"] + 2}}
    oracle = engine.Reference().run(model.system, **request)
    same(model.system, oracle, engine.Batch().run(model.system, **request))
