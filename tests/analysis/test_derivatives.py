"""The labelled Jacobian, against closed forms and differences."""

import numpy as np
import pytest

from buildout import jacobian, sweep
from buildout.errors import InputError, UnknownNameError
from buildout.sampling import design
from buildout.sweeps import At


def test_the_tank_answers_to_its_rate_with_the_time_gone_by(tank, pathways):
    ds = jacobian(["rate", "exponent"], pathways, outputs="tank", model=tank)
    assert ds["tank"].dims == ("pathway", "parameter", "time")
    np.testing.assert_allclose(ds["tank"].sel(parameter="rate")[0], ds["time"])
    assert (ds["tank"].sel(parameter="exponent") == 0).all()
    assert ds["status"].values.tolist() == [0, 0]
    assert ds["parameter_unit"].values.tolist() == ["t/Year", "Dmnl"]


def test_each_pathway_is_taken_where_it_stands(tank, pathways):
    """d exp(e ln x)/de + d x^e/de = 2 ln(x) x^e, with x = tank + 5 and the rates 1 and 2."""
    ds = jacobian("exponent", pathways, outputs="bent", at=4, model=tank)
    x = np.array([1 + 4 * 1, 1 + 4 * 2]) + 5
    np.testing.assert_allclose(ds["bent"][:, 0, 0], 2 * np.log(x) * x, rtol=1e-12)


def test_elements_have_their_own_derivatives_which_agree_with_differences(tiny, tiny_world):
    ds = jacobian("cost", "mobilization", outputs="capacity[US,line]", at=2030, model=tiny)
    assert ds["capacity"].dims == ("pathway", "parameter", "region", "line", "time")
    assert ds["region"].values.tolist() == ["US"]
    assert ds.sizes["parameter"] == 4
    step = 1e-5
    for place, parameter in enumerate(ds["parameter"].values):
        ends = design.given({parameter: [2 - step, 2 + step]}, model=tiny)
        swept = sweep(ends, "mobilization", outputs="capacity[US,line]", reductions=At(2030),
                      model=tiny)  # fmt: skip
        low, high = swept["capacity"][0, :, 0, :, 0].values
        found = ds["capacity"][0, place, 0, :, 0]
        np.testing.assert_allclose(found, (high - low) / (2 * step), rtol=1e-6, atol=1e-8)


def test_what_is_no_parameter_is_refused(tank, pathways):
    with pytest.raises(InputError, match="`tank` is no parameter"):
        jacobian("tank", pathways, outputs="tank", model=tank)
    with pytest.raises(InputError, match="No parameter is given"):
        jacobian([], pathways, outputs="tank", model=tank)
    with pytest.raises(UnknownNameError, match="Nearest: `rate`"):
        jacobian("rates", pathways, outputs="tank", model=tank)
    with pytest.raises(InputError, match="not one of the time steps"):
        jacobian("rate", pathways, outputs="tank", at=1.01, model=tank)
