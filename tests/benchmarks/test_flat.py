"""The flat model of the benchmark is the model."""

from pathlib import Path

import numpy as np
import pytest
from flat import Flat

from buildout.inputs import places
from buildout.vensim.engine import Batch, load

pytestmark = pytest.mark.slow

SMALL = Path(__file__).parent / "small.mdl"
TINY = Path(__file__).parents[1] / "tiny" / "model" / "buildout.mdl"


@pytest.mark.parametrize(
    "path", [SMALL, TINY, pytest.param(places.model_file(), marks=pytest.mark.slow)]
)
def test_a_flat_model_computes_what_its_original_computes(path):
    system = load(path)
    flat = Flat(system)
    scalars = list(system.owners)
    names = [flat.name(scalar) for scalar in scalars]
    numpy = Batch(backend="numpy")
    expected = numpy.run(system, outputs=scalars).values
    found = numpy.run(load(flat.text), outputs=names).values
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
