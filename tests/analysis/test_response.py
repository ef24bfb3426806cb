"""`buildout sweep --vary X=a:b:n` and `bo.response`: what single runs say, value by value."""

import csv
import itertools
import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.response_rows import response_answer, response_sentence
from buildout.cli.main import main
from buildout.cli.responses import levers_typed
from buildout.errors import InputError
from buildout.figures import response_curves, response_data
from buildout.figures.sheets import SHEETS

LEVER, VALUES = "added contract cover", [0.0, 0.2, 0.4]
MAGNETS = {"outcome": "US magnet output", "year": 2035.0}


@pytest.fixture(scope="module")
def curve():
    return bo.response({LEVER: VALUES}, ["status-quo", "hybrid"], **MAGNETS, draws=6, seed=4)


@pytest.fixture(scope="module")
def plane():
    levers = {LEVER: VALUES, "added allied access": [0.0, 0.3]}
    return bo.response(levers, "hybrid", outcome="coverage: SmCo", year=2030, draws=4, seed=4)


def test_every_value_is_the_single_run_of_that_setting(curve):
    for i, value in enumerate(VALUES):
        run = bo.simulate(
            ["status-quo", "hybrid"], settings={LEVER: value}, outputs=["US magnet output total"]
        )
        own = run["us_magnet_output_total"].sel(time=2035.0).values
        np.testing.assert_array_equal(curve["value"].values[:, i], own)


def test_a_lever_that_a_pathway_sets_itself_is_set_all_the_same():
    ds = bo.response({"reshoring level": [0.0, 0.2]}, "mobilization", **MAGNETS)
    assert ds["own_x"].item() == 0.2
    own = bo.simulate("mobilization", outputs=["US magnet output total"])
    mine = float(own["us_magnet_output_total"].sel(time=2035.0).item())
    assert ds["value"].values[0, 1] == mine
    assert ds["value"].values[0, 0] < mine


def test_every_value_meets_the_draws_of_a_sweep(curve):
    cloud = bo.sweep(
        bo.latin_hypercube(6, seed=4),
        ["status-quo", "hybrid"],
        settings={LEVER: 0.4},
        outputs=["US magnet output total"],
        reductions=bo.At([2035]),
    )["us_magnet_output_total"].values[..., 0]
    for name, share in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        own = curve[name].values[:, 2]
        np.testing.assert_allclose(own, np.quantile(cloud, share, axis=1), rtol=1e-12)
    assert curve.attrs["draws"] == 6


def test_two_levers_make_every_pair_of_their_values(plane):
    assert plane["value"].dims == ("pathway", "x", "y")
    settings = {LEVER: 0.2, "added allied access": 0.3}
    run = bo.simulate("hybrid", settings=settings, outputs=["defense coverage"])
    own = run["defense_coverage"].sel(magnet_class="SmCo", time=2030.0).item()
    assert plane["value"].sel(x=0.2, y=0.3).item() == own
    assert ((plane["met"] >= 0) & (plane["met"] <= 1)).all()


def test_an_outcome_that_a_lever_does_not_touch_does_not_move():
    ds = bo.response({"collection level": [0, 0.3]}, outcome="coverage: SmCo", year=2027)
    assert response_sentence(ds) == (
        "Coverage, SmCo in 2027 does not move with collection level in any pathway."
    )
    assert np.isnan(ds["p50"].values).all()


def test_the_sentence_names_a_top_between_the_ends(curve):
    made = curve.copy(deep=True)
    made["value"].values[:] = [[100.0, 300.0, 150.0], [100.0, 100.0, 100.0]]
    assert response_sentence(made) == (
        "US magnet output in 2035: from 100 at added contract cover 0 to 150 t a year at 0.4; "
        "most, 300, at 0.2, under `status-quo`."
    )


def test_a_date_that_never_comes_is_never():
    ds = bo.response(
        {"study delay": [0, 1]}, "upstream-orders", outcome="date of full coverage: SmCo"
    )
    assert np.isnan(ds["value"].values).all()
    assert "does not move" in response_sentence(ds)


@pytest.mark.parametrize(
    ("levers", "message"),
    [
        ({}, "0 levers"),
        ({"a": [0], "b": [0], "c": [0]}, "3 levers"),
        ({LEVER: [0.2, 0.2]}, "has 1 value"),
        ({LEVER: [0, 40]}, "is set to 40"),
        ({LEVER: [0, float("nan")]}, "finite numbers"),
        ({"added contract cove": [0, 1]}, "Nearest: `added contract cover`"),
        ({"floor price": [60, 70], "floor price[NdPr]": [60, 70]}, "an element in common"),
    ],
)
def test_levers_that_cannot_be_run_are_refused_with_a_cure(levers, message):
    with pytest.raises(bo.BuildoutError, match=message):
        bo.response(levers, **MAGNETS)


def test_too_many_runs_are_refused_before_the_first():
    with pytest.raises(InputError, match=r"That makes 6,006,000 runs\."):
        bo.response({LEVER: np.linspace(0, 0.4, 1001)}, "hybrid", **MAGNETS, draws=6000)


def test_ranges_are_typed_as_ends_and_points_or_as_values():
    assert levers_typed(["a[US,x] = 0:0.9:4"]) == {"a[US,x]": [0.0, 0.3, 0.6, 0.9]}
    assert levers_typed(["a=3,1"]) == {"a": [3.0, 1.0]}
    assert len(levers_typed(["a=0:1"])["a"]) == 11


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("a=", "beside a lever with values"),
        ("permit*", "beside a lever with values"),
        ("a=0:1:2:3", "The range of `a` is `0:1:2:3`"),
        ("a=1:0:3", "Low before high"),
        ("a=0:1:1", "has 1 points"),
        ("a=0:x:3", "`x`"),
    ],
)
def test_a_range_that_cannot_be_read_is_refused(typed, message):
    with pytest.raises(InputError, match=message):
        levers_typed(["b=0:1:3", typed])


def test_the_command_saves_what_it_shows(tmp_path, capsys, unpainted):
    words = ["sweep", "--vary", f"{LEVER}=0:0.4:3", "status-quo"]
    words += ["--out", str(tmp_path)]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    with open(tmp_path / "response.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows] == [row["value"] for row in answer["rows"]]
    assert [float(row[LEVER]) for row in rows] == VALUES
    assert not list(tmp_path.glob("*.png"))
    assert main([*words, "--figure"]) == 0
    shown = capsys.readouterr().out
    assert answer["sentence"].split(",")[0] in shown
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "response.png",
        "response-column.png",
        "response-phone.png",
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--figure"], "`--figure` is for levers with values"),
        (["--vary", f"{LEVER}=0:0.4:3", "--resume"], "`--resume` and a lever with values"),
        (["--vary", f"{LEVER}=0:0.4:3", "--vary", "permit*"], "beside a lever with values"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, message, tmp_path, capsys):
    assert main(["sweep", *words, "--out", str(tmp_path / "no")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("page", SHEETS)
def test_the_curves_are_the_rows_and_the_words_fit(curve, page):
    figure = response_curves(curve, page=page)
    table = response_data(curve)
    axes = figure.axes[0]
    for line, path in zip(axes.lines[::2], ("status-quo", "hybrid"), strict=False):
        own = table[table["pathway"] == path]
        np.testing.assert_array_equal(line.get_xydata(), own[[LEVER, "value"]].to_numpy())
    assert len(axes.collections) == 2
    _words_fit(figure)


@pytest.mark.parametrize("page", SHEETS)
def test_the_map_is_the_rows_and_the_words_fit(plane, page):
    figure = response_curves(plane, page=page)
    colours = figure.axes[0].collections[0].get_array()
    np.testing.assert_array_equal(colours, plane["value"].values[0].T)
    _words_fit(figure)


def _words_fit(figure):
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts]
    boxes += [axis.label.get_window_extent() for a in figure.axes for axis in (a.xaxis, a.yaxis)]
    boxes = [box for box in boxes if box.width]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 for box in boxes)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_the_answer_says_what_each_pathway_has_by_itself(curve):
    own = response_answer(curve)["levers"][0]["own"]
    # `hybrid` sets the lines one by one.
    assert own["status-quo"] == 0.0
    assert np.isnan(own["hybrid"])


def test_a_design_that_draws_the_lever_itself_is_refused():
    """The draw would prevail over every value, and the curve be flat without a word."""
    drawn = bo.given({LEVER: [0.0, 0.4]})
    with pytest.raises(InputError, match="draws `added contract cover`, which this command moves"):
        bo.response({LEVER: VALUES}, "hybrid", **MAGNETS, design=drawn)


def test_a_pathway_may_have_as_long_a_name_here_as_anywhere():
    longest = bo.pathway("status-quo").with_settings({}, name="n" * 100)
    ds = bo.response({"collection level": [0, 0.3]}, longest, **MAGNETS)
    assert np.isfinite(ds["value"]).all()
