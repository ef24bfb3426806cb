"""Designs and sweeps of the project's own model."""

import numpy as np
import pytest

from buildout import latin_hypercube, load_model, sweep
from buildout.sweeps.defaults import headline
from buildout.vensim.engine import Batch


def test_every_parameter_with_a_range_can_be_drawn_within_it():
    model = load_model()
    draws = latin_hypercube(8, seed=1, vary="*", model=model)
    rows = {row.name: row for row in model.parameters.values()}
    varying = {name for name, row in rows.items() if row.distribution != "fixed"}
    wanted = {name for name in varying if rows[name].low < rows[name].high}
    # Luck is drawn for each project by itself, where a row stands for all of them.
    wanted -= {row.name for row in model.luck.values()}
    assert wanted | {model.spelled(scalar) for scalar in model.luck} == set(draws.names)
    for name, column in zip(draws.names, draws.values.T, strict=True):
        row = model.parameters[model.scalars(name)[0]]
        assert row.low <= column.min()
        assert column.max() <= row.high


@pytest.mark.slow
def test_the_headline_outcomes_of_all_draws_are_sound_and_alike_on_both_backends():
    draws = latin_hypercube(48, seed=3)
    ds = sweep(draws, engine=Batch(threads=2), block=20)
    assert (ds["status"] == 0).all()
    kept = {v.attrs["vensim_name"] for v in ds.data_vars.values() if "vensim_name" in v.attrs}
    assert kept == set(headline())
    other = sweep(draws, engine=Batch(backend="numpy"))
    for name in ds.data_vars:
        np.testing.assert_allclose(ds[name], other[name], rtol=1e-9, atol=1e-9)
