"""`buildout attribute` and `bo.attribute`: the parts of a difference, by instrument of policy."""

import csv
import functools
import itertools
import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.attribute_rows import attribute_answer, attributed_rows
from buildout.analysis.coalitions import mixtures
from buildout.analysis.differing import differing_scalars
from buildout.analysis.shapley import shapley_values
from buildout.cli.main import main
from buildout.errors import InputError, ResultsError, UnknownNameError
from buildout.figures import render, waterfall, waterfall_data
from buildout.figures.sheets import SHEETS
from buildout.inputs.instruments import OTHER_SETTINGS, by_instrument
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.resolve import resolve

PAIR = ("status-quo", "mobilization")
MAGNETS = {"outcome": "US magnet output", "year": 2035.0}


#: Single runs of all mixtures, made once for all tests, none of which changes them.
attributed = functools.cache(bo.attribute)


@pytest.fixture(scope="module")
def magnets():
    return bo.attribute(*PAIR, **MAGNETS, draws=2, seed=3)


def part(ds, instrument, name="part"):
    return float(ds[name].sel(instrument=instrument))


FROM_ONE_TO_ANOTHER = [*itertools.combinations(CANONICAL, 2)]


@pytest.mark.slow
@pytest.mark.parametrize("pair", FROM_ONE_TO_ANOTHER, ids="-".join)
@pytest.mark.parametrize(
    ("outcome", "year"),
    [
        ("US magnet output", 2035),
        ("coverage: light NdFeB", 2030),
        ("coverage: heavy NdFeB", 2030),
        ("coverage: SmCo", 2030),
        ("date of full coverage: SmCo", None),
        ("public money spent", 2045),
    ],
)
def test_parts_add_up_and_other_settings_make_little_between_canonical_pathways(
    pair, outcome, year
):
    ds = attributed(*pair, outcome=outcome, year=year)
    total = float(ds["total"])
    assert float(ds["part"].sum()) == pytest.approx(total, rel=1e-9, abs=1e-9)
    if OTHER_SETTINGS in ds["instrument"]:
        assert abs(part(ds, OTHER_SETTINGS)) <= 0.05 * abs(total)


@pytest.mark.slow
def test_ends_are_those_of_runs_and_first_and_last_those_of_pathways_in_between(magnets, model):
    run = bo.simulate(PAIR, outputs=["US magnet output total"])["us_magnet_output_total"]
    base, other = run.sel(time=2035.0).values
    assert float(magnets["base_value"]) == pytest.approx(base, rel=1e-12)
    assert float(magnets["value"]) == pytest.approx(other, rel=1e-12)
    assert float(magnets["total"]) == pytest.approx(other - base, rel=1e-12)
    name = "home demand and recycling"
    levers = {"reshoring level": 0.2, "collection level": 0.3}
    alone = bo.pathway("status-quo").with_settings(levers, name="alone")
    levers = {"reshoring level": 0.05, "collection level": 0.05}
    without = bo.pathway("mobilization").with_settings(levers, name="without")
    between = bo.simulate([alone, without], outputs=["US magnet output total"])
    alone, without = between["us_magnet_output_total"].sel(time=2035.0).values
    assert part(magnets, name, "first_in") == pytest.approx(alone - base, rel=1e-9)
    assert part(magnets, name, "last_in") == pytest.approx(other - without, rel=1e-9)


def test_a_mixture_of_nothing_is_the_base_and_of_all_the_other(model):
    asked = resolve(model, PAIR)
    first, second = asked.scenarios
    players = by_instrument(model, differing_scalars(model, first, second))
    cases = mixtures(asked, players)
    own = model.constants
    for case, scenario in ((cases[0], first), (cases[-1], second)):
        whole = {s: scenario.values.get(s, own[s]) for s in own}
        assert {s: case.get(s, own[s]) for s in own} == whole
    assert len(cases) == 2 ** len(players)


@pytest.mark.slow
def test_bands_are_of_the_same_draws_as_a_sweep(magnets):
    cloud = bo.sweep(
        bo.latin_hypercube(2, seed=3),
        PAIR,
        outputs=["US magnet output total"],
        reductions=bo.At([2035]),
    )["us_magnet_output_total"].values[..., 0]
    quantiles = np.quantile(cloud[1] - cloud[0], [0.05, 0.5, 0.95])
    own = [float(magnets[f"total_{name}"]) for name in ("p05", "p50", "p95")]
    np.testing.assert_allclose(own, quantiles, rtol=1e-9)
    assert magnets.attrs["draws"] == 2
    assert (magnets["p05"] <= magnets["p95"]).all()


@pytest.mark.slow
def test_a_lever_that_is_set_in_both_is_nobodys():
    same = bo.attribute(*PAIR, **MAGNETS, settings={"reshoring level": 0.1})
    usual = int(attributed(*PAIR, **MAGNETS)["settings"].sum())
    assert int(same["settings"].sum()) == usual - 1


def test_what_a_pathway_settles_is_drawn_where_it_is_not_in_a_mixture(model):
    default = model.constants["requalification_share"]
    base = bo.pathway("status-quo")
    settled = base.with_settings({"requalification share": default}, name="settled")
    with pytest.raises(InputError, match="`settled` sets the same as `status-quo`"):
        bo.attribute(base, settled, outcome="coverage: heavy NdFeB", year=2027)
    ds = bo.attribute(base, settled, outcome="coverage: heavy NdFeB", year=2027, draws=8, seed=1)
    assert ds["instrument"].values.tolist() == [OTHER_SETTINGS]
    assert float(ds["total"]) == 0
    assert float(ds["p95"][0]) > float(ds["p05"][0])
    assert attributed_rows(ds)[0]["share"] is None


@pytest.mark.slow
def test_parts_of_dates_are_months_and_never_is_the_end_of_the_run():
    ds = attributed("upstream-orders", "hybrid", outcome="date of full coverage: SmCo")
    answer = attribute_answer(ds)
    assert np.isnan(answer["base_value"])
    assert answer["difference_unit"] == "Month"
    assert answer["total"] == pytest.approx(12 * (answer["value"] - 2045))
    assert 0 < answer["never"] < answer["coalitions"]
    assert sum(row["part"] for row in answer["parts"]) == pytest.approx(answer["total"])


def test_shapley_values_of_the_model_are_those_of_its_runs_one_by_one(model):
    """Two instruments, four pathways, each simulated by itself."""
    levers = {"reshoring level": 0.2}, {"added allied access": 0.4}
    base = bo.pathway("status-quo")
    both = base.with_settings(levers[0] | levers[1], name="both")
    ds = bo.attribute(base, both, **MAGNETS)
    assert ds["instrument"].values.tolist() == ["allies", "home demand and recycling"]
    paths = [
        base,
        base.with_settings(levers[1], name="allies"),
        base.with_settings(levers[0], name="home"),
        both,
    ]
    run = bo.simulate(paths, outputs=["US magnet output total"])["us_magnet_output_total"]
    np.testing.assert_allclose(
        ds["part"].values, shapley_values(run.sel(time=2035.0).values), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (PAIR, {"outcome": "US magnets made", "year": 2035}, "Unknown outcome"),
        (PAIR, {"outcome": "US magnet output"}, "none is given. A year from 2025 to 2045"),
        (PAIR, {"outcome": "US magnet output", "year": 2046}, "runs go from 2025 to 2045"),
        (
            PAIR,
            {"outcome": "US magnet output", "year": 2035.1},
            "2035.1 is not one of",
        ),
        (("hybrid", "hybrid"), MAGNETS, r"`hybrid .2.` sets the same as `hybrid`"),
        (("hybrid", "hibrid"), MAGNETS, "Nearest: `hybrid`"),
    ],
)
def test_what_cannot_be_parted_is_refused_with_a_cure(given, options, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        bo.attribute(*given, **options)


@pytest.mark.slow  # Folders are read as by `compare`.
def test_folders_of_runs_are_parted_and_others_refused(tmp_path):
    run, both, swept = (tmp_path / name for name in ("run", "both", "swept"))
    bo.save_results(bo.simulate("mobilization"), run, command="buildout run")
    bo.save_results(bo.simulate(PAIR), both, command="buildout run")
    bo.sweep(bo.latin_hypercube(2, seed=1), "hybrid", out=swept)
    usual = attributed(*PAIR, **MAGNETS)
    for folder, only in ((run, None), (both, "mobilization")):
        ds = bo.attribute("status-quo", folder, **MAGNETS, only=only)
        np.testing.assert_array_equal(ds["part"], usual["part"])
    with pytest.raises(InputError, match="There are 3 pathways"):
        bo.attribute("hybrid", both, **MAGNETS)
    with pytest.raises(ResultsError, match="A sweep"):
        bo.attribute(swept, swept, **MAGNETS)


COMMAND = ["attribute", *PAIR, "--outcome", "US magnet output", "--year", "2035", "--out", "."]


def test_the_command_saves_what_it_shows(tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    assert main([*COMMAND, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    with open("attribute.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["instrument"] for row in rows] == [row["instrument"] for row in answer["parts"]]
    assert sum(float(row["part"]) for row in rows) == pytest.approx(answer["total"])


@pytest.mark.slow
def test_the_command_tells_of_mixtures_and_of_dates(tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    assert main([*COMMAND, "--draws", "2"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 118
    assert "over all 512 mixtures" in shown
    assert "Together beyond what both make apart: " in shown
    dates = ["attribute", "upstream-orders", "hybrid", "--outcome", "date of full coverage: SmCo"]
    assert main([*dates, "--out", "."]) == 0
    shown = capsys.readouterr().out
    assert "never under `upstream-orders`" in shown
    assert "it counts as the end of the run, 2045" in shown.replace("\n  ", " ")


def test_a_wrong_command_is_told_in_one_message_and_keeps_earlier_results(tmp_path, capsys):
    (tmp_path / "earlier.csv").write_text("earlier")
    words = ["attribute", *PAIR, "--outcome", "US magnet outputs", "--year", "2035"]
    assert main([*words, "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "Nearest: `US magnet output`" in told
    assert "Traceback" not in told
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("earlier.csv", "earlier")]


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_leads_from_one_pathway_to_the_other(magnets, page):
    table = waterfall_data(magnets)
    own = table[table["kind"] == "instrument"]
    assert table["label"].iloc[0] == "status quo"
    assert own["part"].is_monotonic_decreasing
    np.testing.assert_allclose(own["start"].iloc[1:], (own["start"] + own["part"]).iloc[:-1])
    arrived = own["start"].iloc[-1] + own["part"].iloc[-1]
    assert table["start"].iloc[-1] == pytest.approx(arrived)
    figure = waterfall(magnets, page=page)
    assert "Mobilization against status quo: +4," in figure.get_label()
    assert len(figure.axes[0].patches) == len(own)
    assert render(figure, "png")[:4] == b"\x89PNG"
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert min(box.x0 for box in boxes) >= 0
    assert all(a.y0 >= b.y1 - 1 for a, b in itertools.pairwise(boxes))
    right = figure.axes[0].child_axes[0].get_yticklabels()
    assert max(label.get_window_extent().x1 for label in right) <= figure.bbox.x1


@pytest.mark.slow
def test_the_picture_of_equal_ends_says_so():
    ds = bo.attribute(*PAIR, outcome="date of full coverage: light NdFeB")
    assert "make the same" in waterfall(ds).get_label()


@pytest.mark.slow
def test_the_picture_of_a_date_says_where_it_never_comes():
    ds = attributed("upstream-orders", "hybrid", outcome="date of full coverage: SmCo")
    axes = waterfall(ds).axes[0]
    words = [label.get_text() for label in axes.child_axes[0].get_yticklabels()]
    assert words[0] == "never"
    assert words[-1].startswith("20")
