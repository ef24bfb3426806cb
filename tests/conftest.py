"""A small world for tests: a model of two regions and two lines, its table, its pathways."""

from pathlib import Path

import pytest

from buildout.inputs import places

TINY = Path(__file__).parent / "tiny"


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """Keep the user's cache out of the tests, and the tests out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILDOUT_CACHE", str(tmp_path_factory.mktemp("cache")))
        # For tests that start Python anew, where buildout is not installed.
        patch.setenv("PYTHONPATH", str(Path(places.__file__).parents[2]))
        yield


@pytest.fixture(scope="session")
def tiny():
    """The small model with its table of constants."""
    from buildout.inputs.model import load_model

    return load_model(TINY / "model" / "buildout.mdl", TINY / "calibration" / "parameters.csv")


@pytest.fixture
def tiny_world(monkeypatch) -> Path:
    """The small model, table and pathways in place of those that come with buildout."""
    monkeypatch.setattr(places, "model_file", lambda: TINY / "model" / "buildout.mdl")
    monkeypatch.setattr(places, "calibration_folder", lambda: TINY / "calibration")
    monkeypatch.setattr(places, "pathways_folder", lambda: TINY / "pathways")
    return TINY
