"""Results of the project's model that all tests of figures and report look at."""

import pytest

import buildout as bo
from buildout import report
from buildout.figures import registry as gallery

EIGHT = (
    "status-quo",
    "mobilization",
    "china-deal",
    "status-quo-2025",
    "upstream-orders",
    "china-deal-ideal",
    "hybrid",
    "allied-network",
)


@pytest.fixture(scope="session")
def three():
    """The canonical pathways."""
    return bo.simulate()


@pytest.fixture(scope="session")
def eight():
    """All pathways that come with buildout and are told apart by their look."""
    return bo.simulate(EIGHT)


@pytest.fixture(scope="session")
def drawings(three):
    """Every figure of the canonical pathways, drawn once; tests only look at them."""
    found = {drawing.name: drawing.draw(three) for drawing in gallery.GALLERY}
    for figure in found.values():
        figure.draw_without_rendering()  # Labels of years exist from here on, whoever asks first.
    return found


@pytest.fixture
def short_gallery(monkeypatch):
    """Two figures in place of ten, for tests of what goes on around them."""
    monkeypatch.setattr(gallery, "GALLERY", gallery.GALLERY[:2])
    monkeypatch.setattr(report, "GALLERY", gallery.GALLERY)
    return gallery.GALLERY
