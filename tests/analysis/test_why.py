"""What decides an outcome, on a model whose indices are known."""

import csv
import itertools
import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.why import ALL_OTHERS
from buildout.analysis.why_rows import why_answer
from buildout.cli.main import main
from buildout.errors import InputError, UnknownNameError
from buildout.figures import deciding, deciding_data, render
from buildout.figures.sheets import SHEETS
from buildout.inputs import asked, places
from buildout.outcomes.sureness import sureness

#: A sum of uniform numbers: of its variance each has the square of its weight.
WEIGHTS = {"a": 4.0, "b": 2.0, "c": 1.0, "d": 0.2, "luck of e": 3.0}
SHARES = {name: weight**2 for name, weight in WEIGHTS.items()}
SHARES = {name: square / sum(SHARES.values()) for name, square in SHARES.items()}
LINEAR = """{UTF-8}
a = 0.5 ~ Dmnl ~ |
b = 0.5 ~ Dmnl ~ |
c = 0.5 ~ Dmnl ~ |
d = 0.5 ~ Dmnl ~ |
luck of e = 0.5 ~ Dmnl ~ |
switch luck = 0 ~ Dmnl ~ |
sum = 4*a + 2*b + c + 0.2*d + 3*luck of e ~ Dmnl ~ A sum. |
cover = IF THEN ELSE(Time >= 2030 + 20*(a - 0.25), 2, 0) ~ Dmnl ~ A need that is met in time. |
INITIAL TIME = 2025 ~ Year ~ |
FINAL TIME = 2040 ~ Year ~ |
TIME STEP = 0.25 ~ Year ~ |
SAVEPER = 0.25 ~ Year ~ |
"""
TABLE = "name,unit,default,low,high,distribution,kind,source_ids,grade,rationale\n" + "".join(
    f"{name},Dmnl,0.5,0,1,uniform,{'luck' if 'luck' in name else 'uncertainty'},,U,judgement\n"
    for name in WEIGHTS
)
OUTCOMES = """outcome,group,expression,read,years,least,shown
sum,,sum,at,2030,1,
coverage,coverage,cover,at,2030,1,
date of cover,date,cover,covered,,1,
"""


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    """The sum in place of the project's model."""
    folder = tmp_path_factory.mktemp("linear")
    (folder / "pathways").mkdir()
    (folder / "linear.mdl").write_text(LINEAR)
    (folder / "parameters.csv").write_text(
        TABLE + "switch luck,Dmnl,0,0,1,discrete,luck,,U,judgement\n"
    )
    sources = "source_id,title,publisher,date,url\na,A made-up source,Nobody,2024,\n"
    (folder / "sources.csv").write_text(sources)
    (folder / "outcomes.csv").write_text(OUTCOMES)
    (folder / "pathways" / "status-quo.toml").write_text('title = "As it is"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "model_file", lambda: folder / "linear.mdl")
        patch.setattr(places, "calibration_folder", lambda: folder)
        patch.setattr(places, "pathways_folder", lambda: folder / "pathways")
        patch.setattr(asked, "ASKED_TABLE", folder / "outcomes.csv")
        yield


@pytest.fixture(scope="module")
def of_sum(linear):
    return bo.why("sum", 2030, keep=2, draws=1000)


def test_of_a_sum_each_number_has_its_share_what_is_left_out_and_luck_theirs(of_sum):
    assert of_sum["factor"].values.tolist() == ["a", "b", ALL_OTHERS, "luck"]
    rest = SHARES["c"] + SHARES["d"]
    expected = [SHARES["a"], SHARES["b"], rest, SHARES["luck of e"]]
    np.testing.assert_allclose(of_sum["moves"], expected, atol=0.02)
    np.testing.assert_allclose(of_sum["moves_alone"], expected, atol=0.04)
    assert float(of_sum["moves"].sum()) == pytest.approx(1, abs=0.03)
    assert (of_sum["decides"] >= of_sum["decides_alone"] - 0.05).all()
    answer = why_answer(of_sum)
    assert [row["numbers"] for row in answer["factors"]] == [1, 1, 2, 1]
    assert "luck" in answer["said"][0]
    assert "would leave 30%" in answer["said"][0]
    assert "The 2 uncertainties that the screen left out" in answer["said"][1]


def test_the_median_is_the_level_that_nobody_asked_for_and_makes_it_fragile(of_sum):
    assert of_sum.attrs["share"] == 0.5
    assert of_sum.attrs["sureness"] == "fragile"
    assert of_sum.attrs["level"] == pytest.approx(5.1, abs=0.1)
    assert "the median of the draws, as none was asked for" in why_answer(of_sum)["question"]


def test_a_box_holds_the_high_values_of_what_makes_most(of_sum):
    rows = {row["factor"]: row for row in why_answer(of_sum)["factors"]}
    side = "low" if of_sum.attrs["box_side"] else "high"
    assert not of_sum.attrs["box_refused"]
    assert rows["a"][f"box_{side}"] == pytest.approx(0.5, abs=0.15)
    assert rows["a"]["yes_high"] > 0.85 > 0.15 > rows["a"]["yes_low"]
    assert of_sum.attrs["box_density"] > of_sum.attrs["box_base"] + 0.2


def test_dates_are_judged_by_their_side_and_never_is_a_no(linear):
    """Covered from 2030 + 20 (a - 1/4): by 2030 in a quarter of draws; in three never."""
    ds = bo.why("date of cover", 2030, keep=2, draws=256)
    assert ds.attrs["share"] == pytest.approx(0.25, abs=0.02)
    assert ds.attrs["sureness"] == "likely"
    assert ds["factor"].values[0] == "a"
    np.testing.assert_allclose(ds["decides"], [1, 0, 0, 0], atol=0.15)
    assert not ds.attrs["box_refused"]
    assert float(ds["box_high"][0]) == pytest.approx(0.25, abs=0.02)
    assert ds.attrs["box_density"] >= 0.9
    assert ds.attrs["box_coverage"] >= 0.9
    ever = bo.why("date of cover", keep=1, draws=64)
    assert ever.attrs["level"] < 2040


def test_a_coverage_is_asked_against_its_need_and_a_level_can_be_given(linear):
    ds = bo.why("coverage", 2030, keep=2, draws=64)
    assert (ds.attrs["level"], ds.attrs["reason"]) == (1.0, "the whole need")
    robust = bo.why("sum", 2030, at_least=1.0, keep=2, draws=64)
    assert robust.attrs["sureness"] == "robust"
    assert robust.attrs["ordered_by"] == "moves"
    assert "too few for a box" in robust.attrs["box_refused"]
    assert "most:" in why_answer(robust)["finding"]


def test_what_is_the_same_in_every_draw_is_said(linear):
    ds = bo.why("sum", 2030, settings=dict.fromkeys("abc", 0.5) | {"luck of e": 0.5}, draws=64)
    assert ds["factor"].values.tolist() == ["d", "luck"]
    ds = bo.why("cover", 2025, keep=1, draws=64)
    assert np.isnan(ds["decides"]).all()
    assert "the same in every draw" in why_answer(ds)["finding"]


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (("summ", 2030), {}, "Nearest: `sum`"),
        (("sum",), {}, "none is given. A year from 2025 to 2040"),
        (("sum", 2050), {}, "runs go from 2025 to 2040"),
        (("date of cover", 2050), {}, "runs go from 2025 to 2040"),
        (("date of cover", 2030), {"at_least": 1}, "Give it as `by`"),
        (("sum", 2030), {"draws": 8}, "from 32"),
        (("sum", 2030), {"keep": 0}, "to keep"),
        (("sum", 2030), {"settings": dict.fromkeys("abcd", 0.5)}, "settles every uncertainty"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_cure(linear, given, options, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        bo.why(*given, **options)


@pytest.mark.parametrize(
    ("share", "word"),
    [(0.9, "robust"), (0.1, "robust"), (0.89, "likely"), (0.31, "fragile"), (0.7, "likely")],
)
def test_an_answer_is_as_sure_as_the_draws_on_its_side(share, word):
    assert sureness(share) == word


def test_the_command_saves_what_it_shows(linear, tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    words = ["why", "sum", "--by", "2030", "--keep", "2", "--draws", "128", "--out", "."]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    with open("why.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["factor"] for row in rows] == [row["factor"] for row in answer["factors"]]
    assert json.loads((tmp_path / "why.json").read_text()) == answer
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 118
    assert "total Sobol' index" in shown
    assert "`a` decides most" in shown
    assert main([*words, "--at-least", "much"]) == 2
    told = capsys.readouterr().err
    assert "`--at-least` is `much`" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_has_a_bar_for_each_and_the_box_beside_it(of_sum, page):
    table = deciding_data(of_sum)
    figure = deciding(of_sum, page=page)
    bars, ranges = figure.axes
    assert [bar.get_width() for bar in bars.patches] == pytest.approx(table["index"].tolist())
    assert bars.get_yticklabels()[0].get_text() == "a"
    assert len(ranges.texts) == int(table[["box_low", "box_high"]].notna().any(axis=1).sum()) > 0
    assert "a decides most" in figure.get_label()
    assert render(figure, "png")[:4] == b"\x89PNG"
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in bars.get_yticklabels()]
    assert min(box.x0 for box in boxes) >= 0
    assert all(a.y0 >= b.y1 - 1 for a, b in itertools.pairwise(boxes))
