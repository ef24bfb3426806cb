"""Every figure of the project's model, for all tests of how they are drawn."""

import itertools
from contextlib import contextmanager

import pytest
from matplotlib.text import Text

from buildout.analysis.worlds import ask_draws
from buildout.figures import GALLERY
from buildout.outcomes.chances import LEAST_DRAWS
from buildout.simulation.simulate import simulate


@pytest.fixture(scope="session")
def three(three):
    """The canonical pathways in as few draws as have odds."""
    return ask_draws(three, LEAST_DRAWS, None)


@pytest.fixture(scope="session")
def eight(eight):
    """Eight pathways in as few draws as have odds."""
    return ask_draws(eight, LEAST_DRAWS, None)


class _Drawings(dict):
    """Figures by name, each drawn when a test first asks for it."""

    def __init__(self, ds):
        super().__init__()
        self.ds = ds

    def __missing__(self, name):
        figure = next(drawing for drawing in GALLERY if drawing.name == name).draw(self.ds)
        figure.draw_without_rendering()  # Labels of years exist from here on, whoever asks first.
        self[name] = figure
        return figure


@pytest.fixture(scope="session")
def drawings(three):
    """Every figure of the canonical pathways, drawn once; tests only look at them."""
    return _Drawings(three)


class _Tables(dict):
    """What figures plot, by name, each made when a test first asks for it."""

    def __init__(self, ds):
        super().__init__()
        self.ds = ds

    def __missing__(self, name):
        drawing = next(drawing for drawing in GALLERY if drawing.name == name)
        self[name] = drawing.data(self.ds)
        return self[name]


@pytest.fixture(scope="session")
def tables(three):
    """What every figure of the canonical pathways plots, made once; tests only look at it."""
    return _Tables(three)


SLACK = 1.5  # pixels: the box of a word is a little larger than its ink


@contextmanager
def written():
    """Every text that is drawn while this lasts, hidden ones left out."""
    found, draw = [], Text.draw

    def note(self, renderer):
        if self.get_visible() and self.get_text().strip():
            # The box of the words alone: an annotation's own would add its leader line.
            found.append((self.get_text(), Text.get_window_extent(self, renderer)))
        return draw(self, renderer)

    Text.draw = note
    try:
        yield found
    finally:
        Text.draw = draw


def _check(name, figure):
    with written() as found:
        figure.draw_without_rendering()  # Words lie where they would be painted.
    assert len(found) > 8
    page = figure.bbox
    for text, box in found:
        inside = box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1
        assert inside, f"{name}: {text!r} is cut off"
    for (one, a), (other, b) in itertools.combinations(found, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= SLACK or high <= SLACK, f"{name}: {one!r} lies on {other!r}"


@pytest.fixture(scope="session")
def check():
    """See that no word of a figure is cut off, or written over another."""
    return _check


@pytest.fixture(scope="session")
def short():
    """The canonical pathways to 2030 alone."""
    return simulate(["status-quo", "mobilization", "china-deal"], final_time=2030)
