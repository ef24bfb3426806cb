"""Pictures of the analyst's verbs: on every paper nothing small, cut off or overwritten."""

import pytest
from matplotlib.text import Text

import buildout as bo
from buildout import figures
from buildout.figures.sheets import SHEETS

DRAWS = 20
VERBS = {
    "differences": lambda: bo.compare(["status-quo", "mobilization", "hybrid"], draws=DRAWS),
    "waterfall": lambda: bo.attribute(
        "status-quo", "mobilization", outcome="US magnet output", year=2035, draws=4
    ),
    "money_curves": lambda: bo.money("mobilization", billions=[10, 500], draws=DRAWS),
    "delays": lambda: bo.delay("mobilization", years=[1, 3], draws=DRAWS),
    "loop_effects": lambda: bo.loops("status-quo", draws=DRAWS),
    "frontier_map": lambda: bo.frontier(generations=2, population=24, draws=DRAWS),
    "deciding": lambda: bo.why("coverage: SmCo", by=2028, draws=64),
    "uncertainty_bars": bo.uncertainties,
    "defense_need": lambda: bo.need(draws=100),
    "validation": lambda: bo.hindcast(2018, draws=100),
}


@pytest.fixture(scope="module", params=VERBS)
def verb(request):
    """A verb's name and what it gives."""
    return request.param, VERBS[request.param]()


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_pictures_of_verbs_fit_every_paper_and_say_their_source(check, verb, page):
    name, results = verb
    figure = getattr(figures, name)(results, page=page)
    check(name, figure)
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 7
    assert any(text.get_text().startswith("Source: buildout") for text in figure.texts)


def test_words_of_a_picture_stay_words_in_svg_and_have_a_font_where_ours_lacks(drawings):
    svg = figures.render(drawings["prices"], "svg").decode()
    assert "Prices of oxides inside and outside China" in svg
    assert "'DejaVu Sans', Verdana" in svg
