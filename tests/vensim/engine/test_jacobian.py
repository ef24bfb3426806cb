"""Derivatives: against closed forms, finite differences, and their own laws."""

import numpy as np
import pytest

from buildout.errors import InputError, UnknownNameError, UnsupportedError
from buildout.vensim import engine


def test_a_tank_responds_as_the_closed_form_says(load):
    found = engine.forward_jacobian(load("decay"), ["life", "initial volume"], ["tank", "outflow"])
    steps, shrink = found.times / 0.25, 1 - 0.25 / 4
    by_life = 100 * steps * shrink ** (steps - 1) * 0.25 / 4**2
    np.testing.assert_allclose(found.values[0, :, 0], 100 * shrink**steps)
    np.testing.assert_allclose(found.derivatives[0, :, 0, 0], by_life, rtol=1e-12)
    np.testing.assert_allclose(found.derivatives[0, :, 0, 1], shrink**steps, rtol=1e-12)
    outflow = by_life / 4 - 100 * shrink**steps / 4**2
    np.testing.assert_allclose(found.derivatives[1, :, 0, 0], outflow, rtol=1e-9)


# Model: parameters that may be moved.
MODELS = {
    "cycle": [],
    "decay": ["life", "initial volume"],
    "delays": ["residence"],
    "lookups": ["factor"],
    "smooths": ["adjustment"],
    "subscripts": ["capacity", "price", "use[north,mine]", "people"],
}


@pytest.mark.quick_for("smooths")
@pytest.mark.parametrize("name", [name for name, moved in MODELS.items() if moved])
def test_derivatives_are_those_of_finite_differences(name, load):
    system = load(name)
    found = engine.forward_jacobian(system, MODELS[name])
    for place, scalar in enumerate(found.parameters):
        base = system.constants[scalar]
        width = 1e-5 * max(abs(base), 1)
        run = engine.Batch().run(system, {scalar: [base - width, base + width]})
        expected = (run.values[:, :, 1] - run.values[:, :, 0]) / (2 * width)
        largest = np.abs(expected).max(axis=1, keepdims=True)
        np.testing.assert_allclose(
            found.derivatives[:, :, 0, place], expected, rtol=1e-4, atol=1e-4 * largest.max()
        )


def test_each_of_many_points_has_its_own_derivatives(load):
    system = load("decay")
    lives = np.array([2.0, 4.0, 8.0])
    many = engine.forward_jacobian(system, ["life", "initial volume"], ["tank"], at={"life": lives})
    assert many.derivatives.shape == (1, 21, 3, 2)
    for run, life in enumerate(lives):
        one = engine.forward_jacobian(
            system, ["life", "initial volume"], ["tank"], at={"life": life}
        )
        np.testing.assert_array_equal(many.derivatives[:, :, run], one.derivatives[:, :, 0])


def test_what_no_parameter_moves_has_a_derivative_of_zero(load):
    found = engine.forward_jacobian(load("lookups"), ["factor[a]"], ["named", "each"])
    assert (found.derivatives[0] == 0).all()
    assert (found.derivatives[1] != 0).any()
    assert (found.derivatives[2] == 0).all()


def test_the_moment_of_an_event_is_held(write):
    system = engine.load(write("x = INTEG(STEP(2, start), 0)", "start = 1"))
    found = engine.forward_jacobian(system, ["start"], ["x"])
    assert (found.derivatives == 0).all()


def test_memory_is_carried_along(load, write):
    text = write(
        "x = INTEG(rate, start)",
        "start = INITIAL(2 * rate)",
        "top = SAMPLE IF TRUE(Time < 2, x * rate, rate)",
        "late = DELAY FIXED(x * rate, 1, rate)",
        "share = ACTIVE INITIAL(x / rate, 3 * rate)",
        "from share = INTEG(0, share)",
        "rate = 3",
    )
    found = engine.forward_jacobian(engine.load(text), ["rate"])
    at_end = dict(zip(found.outputs, found.derivatives[:, -1, 0, 0], strict=True))
    # x = 2 rate + rate t
    assert at_end["x"] == 6
    assert at_end["top"] == pytest.approx(2 * 3 * (2 + 1.5))
    assert at_end["late"] == pytest.approx(2 * 3 * (2 + 3))
    assert at_end["share"] == pytest.approx(0)
    assert at_end["from_share"] == 3


def test_a_run_that_breaks_down_is_told_so(write):
    system = engine.load(write("x = LN(y)", "y = 1"))
    found = engine.forward_jacobian(system, ["y"], ["x"], at={"y": [1.0, 0.0]})
    assert [engine.STATUS[s] for s in found.status] == ["ok", "non_finite"]


def test_impossible_wishes_are_refused(load):
    with pytest.raises(UnknownNameError, match="`life`"):
        engine.forward_jacobian(load("decay"), ["lives"])
    with pytest.raises(UnknownNameError, match="constant"):
        engine.forward_jacobian(load("decay"), ["tank"])
    with pytest.raises(InputError, match="at least one"):
        engine.forward_jacobian(load("decay"), [])
    with pytest.raises(UnsupportedError, match=r"`later`.*DELAY FIXED"):
        engine.forward_jacobian(load("pipe"), ["residence"])
