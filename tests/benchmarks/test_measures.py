"""What the benchmark measures can be measured; how fast it is, no test says."""

import numpy as np
import pytest
from cases import own_files, small_case
from clocks import OURS, Cost, Version
from collecting import collect
from goals import goals
from kernels import steps_of_system
from report import report
from sde import sde_costs
from sizes import Sizes
from sweeping import Line, Sweep, difference, line

from buildout.inputs import places

TINY = Sizes(
    batch=16,
    wide=8,
    sweeps=(16, 24),
    larger=32,
    long=16,
    million=16,
    rounds=1,
    repeat=1,
    pysd=False,
)


# PySD says of the small model that a constant of one region is an equation in another, and uses
# what pandas means to drop; neither is ours to put right.
@pytest.mark.filterwarnings("ignore:Variable 'feed' is defined with different types")
@pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame")
@pytest.mark.slow
def test_each_measure_gives_a_time():
    source = places.PACKAGE.parent
    versions = [Version(OURS, source), Version("again", source)]
    results = collect(versions, own_files(), TINY)
    text = report(results, [])
    assert "nan" not in text
    assert "| what the ten need, as ours emits it |" in text
    # The same code is the same to the last bit, and about as fast.
    assert {d.unlike for d in results.sweeps.differences.values()} == {0.0}
    assert set(results.kernels.apart.values()) == {0.0}
    values = {label: value for label, _, value in goals(results)}
    assert values["kernel, all outputs: the bytes of 0.1 (1 if so)"] == 1
    missing = {label for label, value in values.items() if value is None}
    assert {"PySD" in label or "flat" in label for label in missing} == {True}
    assert 0.2 < values["kernel, all outputs, x 0.1"] < 5
    assert values["kernel, ten outcomes, x the limit of the machine"] > 1


def test_a_model_that_cannot_be_generated_says_why(tmp_path):
    (only,) = sde_costs(small_case(), tmp_path, 1).values()
    assert isinstance(only.cost, str)


def test_steps_are_points_of_time():
    assert steps_of_system(small_case().system) == 321


def test_a_fixed_cost_is_told_from_the_cost_of_a_draw():
    def sweep(draws: int) -> Sweep:
        return Sweep(OURS, draws, 3, 1, Cost(2 + 3 * draws * 0.001, 0), 0, 0, 1)

    found = line(sweep(100), sweep(1000))
    assert isinstance(found, Line)
    assert (found.fixed, found.each) == pytest.approx((2, 0.001))


def test_differences_are_counted_to_the_bit():
    ours = np.array([1.0, np.nan, 2.0, np.nan])
    assert difference(ours, ours).unlike == 0
    apart = difference(ours, np.array([1.0, np.nan, 2.5, np.nan]))
    assert (apart.unlike, apart.largest) == (0.25, 0.2)
    assert difference(ours, np.array([1.0, 0.0, 2.0, np.nan])).largest == np.inf
