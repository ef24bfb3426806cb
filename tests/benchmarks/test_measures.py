"""What the benchmark measures can be measured; how fast it is, no test says."""

import measures
import pytest
from benchmark import project_case, small_case

from buildout.inputs.model import load_model


@pytest.mark.slow
def test_each_measure_gives_a_time():
    small = small_case()
    assert min(measures.jacobian_seconds(small, 1)) > 0
    assert measures.repeated_seconds(None, 1)["ours"] > 0
    assert project_case(load_model()).outputs
