"""Every figure of the project's model, for all tests of how they are drawn."""

import pytest

from buildout.figures import GALLERY


@pytest.fixture(scope="session")
def drawings(three):
    """Every figure of the canonical pathways, drawn once; tests only look at them."""
    found = {drawing.name: drawing.draw(three) for drawing in GALLERY}
    for figure in found.values():
        figure.draw_without_rendering()  # Labels of years exist from here on, whoever asks first.
    return found
