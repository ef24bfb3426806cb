"""Nothing is cut off, nothing is written over something else, every axis says its unit."""

import re
from xml.dom import minidom

import pytest
from matplotlib.text import Text

from buildout import figures
from buildout.analysis.defense_need import need
from buildout.figures import GALLERY, defense_need, render
from buildout.figures.defense_need import NEED_PAGES
from buildout.figures.history import LAST as HISTORY_LAST
from buildout.figures.layout import SLIDE_HEIGHT
from buildout.figures.sheets import SHEETS
from buildout.figures.style import RULE_DATE

UNITS = re.compile(r"%|/yr|USD|people|points", re.IGNORECASE)
#: Figures made of rows, as high as these need.
ROWS = ("self_sufficiency", "workforce", "money", "constraints")
NAMES = [drawing.name for drawing in GALLERY]
LAST = 2045.0
NOT_OVER_TIME = (
    "chain",
    "constraints",
    "deadline_card",
    "expectations",
    "money",
    "self_sufficiency",
)
TALLER = ()  # Slides of many rows.
#: Figures that are folded in their own way on each paper.
FOLDED = ("chain", "project_dates", "project_capacity", "history", "expectations")
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


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_cut_off_or_written_over_another(check, name, drawings):
    check(name, drawings[name])


@pytest.mark.quick_for("column")
@pytest.mark.parametrize("page", NEED_PAGES)
def test_no_word_of_the_need_is_small_cut_off_or_written_over_another(check, page):
    figure = defense_need(need(draws=100), page=page, year=2028)
    check("defense_need", figure)
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 7


def whole(check, name, ds, page):
    figure = getattr(figures, name)(ds, page=page)
    check(name, figure)
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 7


@pytest.mark.parametrize("name", ROWS)
def test_three_pathways_fit_a_slide_of_its_usual_height(name, drawings):
    assert drawings[name].get_figheight() == pytest.approx(SLIDE_HEIGHT)


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
@pytest.mark.parametrize("name", ROWS)
def test_rows_fit_every_paper_for_one_pathway_and_for_eight(check, name, page, three, short, eight):
    for ds in (three, three.isel(pathway=[1]), short, eight):
        whole(check, name, ds, page)


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
@pytest.mark.parametrize("name", FOLDED)
def test_every_paper_has_room_for_one_and_for_eight_pathways_with_draws(check, name, page, eight):
    drawn = eight
    for ds in (drawn, drawn.isel(pathway=[2])):
        check(name, getattr(figures, name)(ds, page=page))


@pytest.mark.slow
@pytest.mark.parametrize("drawing", GALLERY, ids=NAMES)
def test_eight_pathways_fit_too(check, drawing, eight):
    check(drawing.name, drawing.draw(eight))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deadline_card", "money", "vulnerability"])
def test_titles_in_capitals_take_more_room_and_fit_too(check, name, three):
    titles = ["ACCELERATED DOMESTIC MINE BUILD", "W" * 40, "MMMM MMMM MMMM MMMM M"]
    drawing = next(one for one in GALLERY if one.name == name)
    check(name, drawing.draw(three.assign_coords(pathway_title=("pathway", titles))))


@pytest.mark.quick_for("deadline_card")
@pytest.mark.parametrize("name", ["deadline_card", "prices"])
def test_odd_titles_are_written_whole_and_leave_the_svg_well_formed(check, name, eight):
    drawing = next(one for one in GALLERY if one.name == name)
    figure = drawing.draw(
        eight.assign_coords(
            pathway=[f"own-{rank}" for rank in range(len(ODD))],
            pathway_title=("pathway", list(ODD)),
        )
    )
    check(name, figure)
    minidom.parseString(render(figure, "svg"))


# Columns and telephones have the panels of slides, so that all but one follow in the slow tests.
@pytest.mark.quick_for("deadline_card-column")
@pytest.mark.parametrize("page", ["column", "phone"])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_holds_of_narrow_papers_and_no_letter_is_small(check, name, page, three):
    drawing = next(one for one in GALLERY if one.name == name)
    figure = drawing.draw(three, page=page)
    check(name, figure)
    assert figure.get_figwidth() == {"column": 3.5, "phone": 3.9}[page]
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_a_slide_is_sixteen_by_nine_unless_it_must_be_taller(name, drawings):
    wide, tall = drawings[name].get_size_inches()
    assert wide == 10
    assert tall == pytest.approx(5.625) or (tall > 5.625 and name in TALLER)


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_says_what_it_shows_and_in_which_unit(name, drawings):
    figure = drawings[name]
    # For all panels together, or on each: its axes, its heading, its ticks.
    whole = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        shown = [*whole, *(text.get_text() for text in axes.findobj(Text))]
        assert not axes.axison or any(UNITS.search(text) for text in shown), shown


@pytest.mark.parametrize("name", NAMES)
def test_no_panel_is_empty(name, drawings):
    for axes in drawings[name].axes:
        if axes.axison:
            assert len(axes.lines) + len(axes.collections) + len(axes.patches) > 1


@pytest.mark.parametrize("name", NAMES)
def test_the_date_of_the_rule_is_marked(name, drawings):
    figure = drawings[name]
    last = HISTORY_LAST if name == "history" else LAST
    over_time = [axes for axes in figure.axes if axes.axison and axes.get_xlim()[1] == last]
    for axes in over_time:
        assert any(set(line.get_xdata()) == {RULE_DATE} for line in axes.lines)
    of_later_years = name == "money"
    assert of_later_years or any("2027" in text.get_text() for text in figure.findobj(Text))
    assert over_time or name in NOT_OVER_TIME


@pytest.mark.parametrize("name", NAMES)
def test_the_title_is_a_finding_with_a_number_and_the_source_stands_below(name, drawings):
    figure = drawings[name]
    title, *_ = (text.get_text().replace("\n", " ") for text in figure.texts)
    assert re.search(r"\d", title)
    assert figure.get_label().startswith(title)
    assert any(text.get_text().startswith("Source: buildout") for text in figure.texts)


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
