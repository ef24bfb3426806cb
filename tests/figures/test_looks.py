"""Pathways of a user's own: told apart, called by their titles, and nothing they write runs."""

import re

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import buildout as bo
from buildout import figures
from buildout.cli.main import main
from buildout.errors import InputError, ResultsError
from buildout.figures import GALLERY
from buildout.figures.looks import LABEL, MOST, TITLES, labels, looks, looks_of

OWN = [f"own-{number}" for number in range(MOST)]
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


def renamed(ds, names, titles):
    return ds.assign_coords(pathway=list(names), pathway_title=("pathway", list(titles)))


def words(figure) -> list[str]:
    FigureCanvasAgg(figure).draw()
    return [text.get_text() for text in figure.findobj(Text)]


def test_eight_own_pathways_differ_in_colour_line_and_marker():
    found = looks(OWN).values()
    for feature in ("color", "line", "marker"):
        assert len({str(getattr(look, feature)) for look in found}) == MOST


def test_a_ninth_pathway_is_refused_with_a_cure():
    with pytest.raises(InputError, match=r"9 pathways .* At most 8 .* Give fewer"):
        looks([*OWN, "one-more"])


def test_titles_of_those_that_come_with_buildout_begin_as_is_known_here():
    for name, head in TITLES.items():
        assert bo.pathway(name).title.partition(":")[0] == head


def test_a_title_that_the_font_cannot_draw_gives_way_to_what_it_can():
    titles = {"fast": "更快的资格认证", "中文": "更快", "greek": "Case β"}
    assert labels(titles, titles) == {"fast": "fast", "中文": "pathway 2", "greek": "Case β"}


@pytest.mark.slow
def test_legends_show_titles_and_not_the_names_of_files(eight):
    ds = renamed(eight, OWN, ODD)
    for figure in (figures.vulnerability(ds), figures.prices(ds)):
        shown = words(figure)
        for label in ("Faster permits", "$\\frac{1", "hidden", "Twins: one", "Steering\\x1b[31m"):
            assert label in shown
        assert not any("own-" in text or "\x1b" in text for text in shown)


def test_a_users_file_with_the_name_of_a_known_pathway_has_its_own_title(three):
    ds = renamed(three, three["pathway"].values, ["Mine: x", "Mobilization: y", "China deal"])
    assert [look.label for look in looks_of(ds).values()] == ["Mine", "mobilization", "China deal"]


def test_labels_are_short_and_no_two_are_alike(three):
    titles = ["A" * 300, "A" * 400, ""]
    labels = [look.label for look in looks_of(renamed(three, OWN[:3], titles)).values()]
    assert len(set(labels)) == 3
    assert max(map(len, labels)) <= LABEL
    assert labels[2] == "own 0".replace("0", "2")


def test_no_box_is_drawn_where_the_font_lacks_a_letter(three):
    titles = [
        "\u4e2d\u56fd \u78c1\u94c1",
        "\u7b56",
        "\u0421\u0442\u0440\u0430\u0442\u0435\u0433\u0438\u044f",
    ]
    ds = renamed(three, ["mine", "\u7b56", "own"], titles)
    assert [look.label for look in looks_of(ds).values()] == ["mine", "pathway 2", titles[2]]
    words(figures.deadline_card(ds))  # A letter that is missing would be a warning.


@pytest.mark.slow
def test_a_figure_saved_without_our_style_takes_no_dollar_sign_for_mathematics(three, tmp_path):
    ds = renamed(three, OWN[:3], ["$\\frac{1", "$a$", "b"])
    figures.deadline_card(ds).savefig(tmp_path / "card.png")
    figures.money(ds).savefig(tmp_path / "money.svg")


def test_each_pathway_has_its_own_need_and_regime(three):
    """W3: the first pathway's need stood for all."""
    other = bo.simulate("hybrid", settings={"defense need in 2025": 3000, "rule regime": 2})
    for key in ("defense_need_in_2025", "rule_regime"):
        three = three.assign({key: three[key].copy()})
        three[key][1] = float(other[key][0])
    label = figures.deadline_card(three).get_label()
    assert "defense need 350 (status quo, China deal), 3,000 (mobilization) t/yr" in label
    assert "Rule regime A (status quo, China deal), B (mobilization)" in label


def test_one_need_of_all_is_said_once(three):
    assert (
        "Rule regime A; defense need 350 t/yr in 2025." in figures.deadline_card(three).get_label()
    )


@pytest.mark.slow
def test_a_run_that_is_not_sound_is_marked_wherever_it_is_named(three):
    status = three["status"].copy()
    status[1] = 2
    figure = figures.vulnerability(three.assign(status=status))
    assert "mobilization (unsound)" in figure.get_label()
    assert any("(unsound)" in text for text in words(figure))


@pytest.mark.quick_for("deadline_card", "magnet_output")
@pytest.mark.parametrize("drawing", GALLERY, ids=lambda one: one.name)
def test_results_of_a_sweep_and_of_a_run_that_ends_too_early_are_refused(drawing, three):
    with pytest.raises(ResultsError, match=r"of a sweep .* Take those of `simulate`"):
        drawing.draw(three.rename(pathway="draw").expand_dims(pathway=["status-quo"]))
    with pytest.raises(ResultsError, match=r"lack the date 2027.0: they end in 2026"):
        drawing.draw(three.sel(time=slice(None, 2026.0)))


@pytest.mark.quick_for("self_sufficiency")
@pytest.mark.parametrize(
    "name", ["project_dates", "project_capacity", "money", "self_sufficiency", "vulnerability"]
)
def test_a_short_run_speaks_of_no_year_that_it_does_not_reach(name, three):
    figure = getattr(figures, name)(three.sel(time=slice(None, 2028.5)))
    years = {float(year) for year in re.findall(r"\b20[234]\d(?:\.\d)?\b", figure.get_label())}
    assert max(years, default=0) <= 2028.5


@pytest.mark.slow
@pytest.mark.usefixtures("short_gallery")
def test_nine_pathways_are_refused_before_anything_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for number in range(MOST + 1):
        (tmp_path / f"p{number}.toml").write_text(f'title = "Case {number}"\n')
    argv = [f"p{number}.toml" for number in range(MOST + 1)]
    assert main(["report", *argv, "--out", "out"]) == 2
    assert "At most 8" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
