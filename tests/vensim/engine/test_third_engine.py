"""A third, independent engine (simlin, written in Rust) on the tiny models that it can run."""

from pathlib import Path

import numpy as np
import pytest

from buildout._util import names
from buildout.vensim import engine

# Wheels of pysimlin exist for Linux and macOS only; elsewhere two engines have to do.
simlin = pytest.importorskip("simlin")

MODELS = Path(__file__).with_name("models")
# Models that simlin 0.8 does not run as Vensim does.
APART = {
    "pipe": "takes DELAY FIXED for a first-order delay",
    "smooths": "has no FORECAST of three arguments",
    "subscripts": "has no PROD",
}


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.mdl")), ids=lambda path: path.stem)
def test_simlin_and_batch_agree_on_every_variable(path):
    if path.stem in APART:
        pytest.skip(f"simlin {APART[path.stem]}")
    ours = engine.Batch().run(engine.load(path))
    theirs = simlin.load(path).run(analyze_loops=False).results
    columns = {_key(column): column for column in theirs.columns}
    for output, values in zip(ours.outputs, ours.values, strict=True):
        found = theirs[columns[_key(output)]].to_numpy()
        largest = np.abs(values).max()
        np.testing.assert_allclose(
            found, values[:, 0], rtol=1e-10, atol=1e-13 * largest, err_msg=output
        )


def _key(name: str) -> str:
    base, elements = names.split(name)
    return names.join(names.key(base), map(names.key, elements))
