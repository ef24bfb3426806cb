"""Nothing is cut off, nothing is written over something else, every axis says its unit."""

import itertools
import re
from contextlib import contextmanager
from xml.dom import minidom

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from buildout.analysis.defense_need import need
from buildout.figures import GALLERY, defense_need, render
from buildout.figures.defense_need import NEED_PAGES
from buildout.figures.style import RULE_DATE

UNITS = re.compile(r"^year$|%|/yr|USD|people")
SLACK = 1.5  # pixels: the box of a word is a little larger than its ink
NAMES = [drawing.name for drawing in GALLERY]
ODD = (
    "Faster permits: a longer explanation",
    "$\\frac{1",
    "Ein langer Titel, der neben keiner Achse Platz hat",
    "<script>alert(1)</script>",
    "_hidden",
    "Twins: one",
    "Twins: two",
    "Steering\x1b[31m",
)


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


def check(name, figure):
    with written() as found:
        FigureCanvasAgg(figure).draw()
    assert len(found) > 20
    page = figure.bbox
    for text, box in found:
        inside = box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1
        assert inside, f"{name}: {text!r} is cut off"
    for (one, a), (other, b) in itertools.combinations(found, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= SLACK or high <= SLACK, f"{name}: {one!r} lies on {other!r}"


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_cut_off_or_written_over_another(name, drawings):
    check(name, drawings[name])


@pytest.mark.parametrize("page", NEED_PAGES)
def test_no_word_of_the_need_is_small_cut_off_or_written_over_another(page):
    figure = defense_need(need(draws=100), page=page, year=2028)
    check("defense_need", figure)
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("drawing", GALLERY, ids=NAMES)
def test_eight_pathways_fit_too(drawing, eight):
    check(drawing.name, drawing.draw(eight))


@pytest.mark.parametrize("name", ["deadline_card", "money", "vulnerability"])
def test_titles_in_capitals_take_more_room_and_fit_too(name, three):
    titles = ["ACCELERATED DOMESTIC MINE BUILD", "W" * 40, "MMMM MMMM MMMM MMMM M"]
    drawing = next(one for one in GALLERY if one.name == name)
    check(name, drawing.draw(three.assign_coords(pathway_title=("pathway", titles))))


@pytest.mark.parametrize("name", ["deadline_card", "prices"])
def test_odd_titles_are_written_whole_and_leave_the_svg_well_formed(name, eight):
    drawing = next(one for one in GALLERY if one.name == name)
    figure = drawing.draw(
        eight.assign_coords(
            pathway=[f"own-{rank}" for rank in range(len(ODD))],
            pathway_title=("pathway", list(ODD)),
        )
    )
    check(name, figure)
    minidom.parseString(render(figure, "svg"))


@pytest.mark.parametrize("name", NAMES)
def test_every_axis_says_what_it_shows_and_in_which_unit(name, drawings):
    panels = [axes for axes in drawings[name].axes if axes.axison]
    assert panels
    for axes in panels:
        for axis in (axes.xaxis, axes.yaxis):
            ticks = [label.get_text() for label in axis.get_ticklabels()]
            # An axis of names needs no unit; to the right of another it need not repeat them.
            names = any(re.search("[a-z]", tick) for tick in ticks) or not any(ticks)
            label = axis.get_label_text()
            assert UNITS.search(label) or names, (axes.get_title(loc="left"), label, ticks)


@pytest.mark.parametrize("name", NAMES)
def test_no_panel_is_empty(name, drawings):
    for axes in drawings[name].axes:
        if axes.axison:
            assert len(axes.lines) + len(axes.collections) + len(axes.patches) > 1


@pytest.mark.parametrize("name", NAMES)
def test_the_date_of_the_rule_is_marked(name, drawings):
    figure = drawings[name]
    over_time = [axes for axes in figure.axes if axes.get_xlabel() == "year"]
    for axes in over_time:
        assert any(set(line.get_xdata()) == {RULE_DATE} for line in axes.lines)
    assert any("2027" in text.get_text() for text in figure.findobj(Text))
    assert over_time or name in ("deadline_card", "self_sufficiency")


@pytest.mark.parametrize("name", NAMES)
def test_title_and_headline_are_there_and_hold_a_number(name, drawings):
    title, headline = drawings[name].get_suptitle(), drawings[name].get_label()
    assert title
    assert headline.startswith(title)
    assert re.search(r"\d", headline[len(title) :])


def test_the_name_of_a_need_lies_on_no_curve(drawings):
    names = 0
    for axes in drawings["magnet_output"].axes:
        for name in axes.texts:
            if name.get_text() in ("direct\nUS market", "defense need"):
                names += 1
                for line in axes.lines:
                    path = line.get_transform().transform_path(line.get_path()).interpolated(8)
                    assert not name.get_window_extent().count_contains(path.vertices), name
    assert names == 6
