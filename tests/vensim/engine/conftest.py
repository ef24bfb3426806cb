"""Tiny models, one feature each, and the comparison of all engines on every variable."""

from pathlib import Path

import numpy as np
import pytest

from buildout.vensim import engine

MODELS = Path(__file__).parent / "models"

#: What "the same number" means: relative, and where rounding is left of a difference that should
#: be zero, relative to the largest value that the variable takes.
RELATIVE, OF_LARGEST = 1e-10, 1e-13
# What is left of tonnes that cancel, over the tonnes that wait, and the share of it: they may be
# off by as much as those tonnes, each of which may be by `RELATIVE`; a tenth of that is let pass.
OF_A_REMAINDER = {"private_offers": 1e-11, "private_share_of_decisions": 1e-11}


@pytest.fixture(autouse=True, scope="session")
def _translations_as_they_come():
    """What PySD writes is for Python only: to lay it out for readers takes longer than a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("black.format_file_contents", lambda text, **_: text)
        yield


@pytest.fixture(scope="session")
def load():
    """A tiny model by the name of its file."""
    return lambda name: engine.load(MODELS / f"{name}.mdl")


@pytest.fixture(scope="session")
def write():
    """A model from its equations, the control variables added, after other text if any."""

    def text(*equations: str, before="", start=0, end=4, step=0.5, save=None) -> str:
        controls = {"INITIAL": start, "FINAL": end}
        lines = [*equations, *(f"{name} TIME = {value}" for name, value in controls.items())]
        lines += [f"TIME STEP = {step}", f"SAVEPER = {save or step}"]
        return "{UTF-8}\n" + before + "".join(f"{line}\n\t~\t\n\t~\t|\n\n" for line in lines)

    return text


def assert_same(system, a: engine.Trajectories, b: engine.Trajectories) -> None:
    """Every output, at every time, of every run, and the status of every run."""
    assert a.outputs == b.outputs
    np.testing.assert_array_equal(a.times, b.times)
    np.testing.assert_array_equal(a.status, b.status)
    sound = ~np.isin(a.status, (1, 3))
    left, right = (np.asarray(one.values)[:, :, sound] for one in (a, b))
    sizes = np.abs(left).max(axis=(1, 2), initial=0.0)
    largest: dict[str, float] = {}
    for output, size in zip(a.outputs, sizes, strict=True):
        key = output.split("[")[0]
        largest[key] = max(largest.get(key, 0.0), size)
    bases = [output.split("[")[0] for output in a.outputs]
    smallest = np.array([OF_A_REMAINDER.get(base, OF_LARGEST) * largest[base] for base in bases])
    # All at once, as there are thousands; those that differ then one by one, for what is said.
    near = np.isclose(right, left, RELATIVE, smallest[:, None, None], equal_nan=True)
    for row in np.flatnonzero(~near.all(axis=(1, 2))):
        np.testing.assert_allclose(
            right[row], left[row], rtol=RELATIVE, atol=smallest[row], err_msg=a.outputs[row]
        )


@pytest.fixture(scope="session")
def same():
    return assert_same


@pytest.fixture(scope="session")
def agree():
    """Run PySD and both backends, compare them on everything, and give PySD's results."""

    def run(system, parameters=None, **request) -> engine.Trajectories:
        reference = engine.Reference().run(system, parameters, **request)
        for backend in ("numpy", "llvm"):
            assert_same(
                system, reference, engine.Batch(backend=backend).run(system, parameters, **request)
            )
        return reference

    return run
