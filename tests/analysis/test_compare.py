"""`buildout compare` and `bo.compare`: what differs is what `run` and `sweep` say, side by side."""

import csv
import itertools
import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.compare_rows import compare_answer
from buildout.analysis.paired import difference, paired_band, parting_date
from buildout.analysis.readings import kept_for, of_draws, of_run
from buildout.cli.main import main
from buildout.errors import InputError, ResultsError, UnknownNameError
from buildout.figures import differences, differences_data, render
from buildout.figures.sheets import SHEETS
from buildout.inputs.asked import asked_outcome, asked_outcomes
from buildout.outcomes.headlines import HEADLINE_DATES, SWEPT
from buildout.outcomes.indicators import kpis

PAIR = ["status-quo", "mobilization"]
DRAWS, SEED = 24, 5


@pytest.fixture(scope="module")
def compared():
    return bo.compare([*PAIR, "hybrid"], draws=DRAWS, seed=SEED)


@pytest.fixture(scope="module")
def run():
    return bo.simulate([*PAIR, "hybrid"])


def test_a_comparison_shows_itself_in_less_than_100_kb(compared):
    assert len(compared._repr_html_()) < 100_000
    assert len(repr(compared)) < 10_000


def at(ds, outcome, year, pathway="mobilization"):
    rows = (ds["outcome"] == outcome) & ((ds["year"] == year) if year else np.isnan(ds["year"]))
    return ds.sel(pathway=pathway).isel(row=int(np.flatnonzero(rows.values)[0]))


def test_every_headline_of_a_sweep_is_compared_at_every_headline_date(model):
    asked = {
        (scalar, outcome.year)
        for outcome in asked_outcomes(model)
        for scalar in outcome.expression.scalars
        if outcome.read == "at"
    }
    for name in SWEPT:
        missing = {(s, y) for s in model.scalars(name) for y in HEADLINE_DATES} - asked
        assert not missing


@pytest.mark.slow
def test_a_pathway_against_itself_has_no_difference():
    ds = bo.compare(["china-deal", "china-deal"], draws=8)
    answer = compare_answer(ds)
    assert not ds["differs"].values.any()
    assert (answer["outcomes"], answer["settings"]) == ([], [])
    assert answer["sentence"] == (
        "Nothing differs: `china-deal (2)` and `china-deal` set the same, and every outcome is "
        "equal in the run and in all 8 draws."
    )


def test_the_numbers_are_those_of_a_run(compared, run):
    """And what kpis.csv and outcomes.csv both have goes by one name."""
    figures = {
        (r["pathway"], ": ".join(filter(None, (r["outcome"], r["element"]))), r["year"]): r["value"]
        for r in kpis(run, dates=(2027.0, 2030.0, 2035.0, 2045.0))
    }
    met = set()
    for place, outcome in enumerate(compared["outcome"].values):
        key = ("mobilization", str(outcome), float(compared["year"][place]))
        if key in figures:
            value = float(compared["value"].sel(pathway="mobilization")[place])
            assert value == pytest.approx(figures[key], rel=1e-9, abs=1e-12), key
            met.add(str(outcome))
    assert len(met) >= 33
    assert {"coverage: SmCo", "US magnet output: SmCo", "unmet civil demand since 2025"} <= met


def test_dates_are_those_of_the_verdict_and_of_the_stages(compared, run):
    verdict = bo.deadline(run).sel(pathway="hybrid")["full_coverage_year"]
    for kind in verdict["magnet_class"].values:
        row = at(compared, f"date of full coverage: {kind}", None, "hybrid")
        assert float(row["value"]) == float(verdict.sel(magnet_class=kind))
    home = bo.stages(run)["home_year"].sel(pathway="mobilization", line="metal and alloy")
    row = at(compared, "served from home since: metal and alloy", None)
    np.testing.assert_equal(float(row["value"]), float(home))


def test_bands_are_of_differences_in_the_same_draws_of_a_sweep(compared):
    cloud = bo.sweep(
        bo.latin_hypercube(DRAWS, seed=SEED),
        PAIR,
        outputs=["US magnet output total"],
        reductions=bo.At([2035]),
    )
    base, own = cloud["us_magnet_output_total"].values[..., 0]
    row = at(compared, "US magnet output", 2035)
    band = [float(row[name]) for name in ("p05", "p50", "p95")]
    np.testing.assert_allclose(band, np.quantile(own - base, [0.05, 0.5, 0.95]), rtol=1e-12)
    sign = np.sign(float(row["difference"]))
    assert float(row["same_sign"]) == np.mean(np.sign(own - base) == sign)


@pytest.mark.slow
def test_outcomes_are_read_off_runs_and_draws_alike(model):
    """A sweep of one draw that moves nothing is the run."""
    outcomes = asked_outcomes(model)
    design = bo.given({"requalification share": [model.constants["requalification_share"]]})
    cloud = bo.sweep(design, PAIR, outputs=kept_for(model, outcomes))
    run = bo.simulate(PAIR)
    for outcome in outcomes:
        np.testing.assert_allclose(
            of_draws(cloud, outcome)[:, 0], of_run(run, outcome), rtol=1e-12, err_msg=outcome.label
        )


@pytest.mark.parametrize("name", ["difference", "base_value"])
def test_differences_by_class_add_up_to_the_total(compared, name):
    for year in (2030, 2035, 2045):
        kinds = [
            float(at(compared, f"US magnet output: {kind}", year)[name])
            for kind in ("light NdFeB", "heavy NdFeB", "SmCo")
        ]
        total = float(at(compared, "US magnet output", year)[name])
        assert sum(kinds) == pytest.approx(total, rel=1e-9)
    for year in (2027, 2030, 2035):
        rows = compared["outcome"].values
        kinds = [o for o in np.unique(rows) if o.startswith("defense shortfall: ")]
        parts = sum(float(at(compared, kind, year)[name]) for kind in kinds)
        assert parts == pytest.approx(float(at(compared, "defense shortfall", year)[name]))


def test_settings_that_differ_carry_values_sources_and_notes_by_instrument(compared):
    rows = json.loads(compared.attrs["settings"])
    [surge] = [r for r in rows if (r["pathway"], r["setting"]) == ("mobilization", "surge total")]
    assert (surge["instrument"], surge["unit"]) == ("money and grants", "MUSD")
    assert (surge["base_value"], surge["value"]) == (0.0, 500_000.0)
    assert surge["source"]
    assert len(surge["note"]) > 20
    assert not [r for r in rows if r["base_value"] == r["value"] and not r["drawn_in"]]
    own = [r["instrument"] for r in rows if r["pathway"] == "mobilization"]
    assert own == sorted(own, key=list(dict.fromkeys(own)).index)


@pytest.mark.slow
def test_what_is_settled_in_one_and_drawn_in_the_other_is_told():
    world = bo.pathway("status-quo")
    own = world.with_settings({"requalification share": 0.35}, name="settled")
    default = bo.load_model().constants["requalification_share"]
    same = world.with_settings({"requalification share": default}, name="settled-as-it-is")
    for other in (own, same):
        [row] = json.loads(bo.compare([world, other], draws=0).attrs["settings"])
        assert (row["setting"], row["drawn_in"]) == ("requalification share", "status-quo")


@pytest.mark.slow
def test_a_date_that_never_comes_counts_as_the_end_of_the_run_and_is_told(model):
    outcome = asked_outcome(model, "date of full coverage: SmCo", None, start=2025.0, end=2045.0)
    assert difference(outcome, np.array([2045.0]), np.array([2031.5])).tolist() == [-162.0]
    known = bo.compare(["status-quo", "upstream-orders"], draws=DRAWS, seed=SEED)
    row = at(known, "date of full coverage: SmCo", None, "upstream-orders")
    assert 0 <= float(row["never_base"]) <= float(row["never"]) <= 1
    assert float(row["never"]) > 0


def test_a_band_and_its_sign_are_those_of_the_differences():
    assert paired_band(np.array([]), 1.0)["p50"] != paired_band(np.array([]), 1.0)["p50"]
    assert paired_band(np.zeros(4), 0.0) == {"p05": 0, "p50": 0, "p95": 0, "same_sign": 1}
    assert paired_band(np.array([-1.0, 2.0]), -3.0)["same_sign"] == 0.5


def test_trajectories_part_where_they_are_a_percent_away():
    times = np.arange(2025.0, 2029.0)
    base = np.array([0.0, 100.0, 100.0, 100.0])
    assert parting_date(times, base, base + np.array([0.5, 0, 0.9, 1.1]), least=100.0) == 2028.0
    assert parting_date(times, base, base + np.array([0.5, 0, 0, 0]), least=10.0) == 2025.0
    assert np.isnan(parting_date(times, base, base, least=1.0))


@pytest.mark.slow
def test_folders_of_runs_are_compared_as_the_pathways_that_made_them(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    settings = ({}, {"allied access level": 0.6})
    for folder, values in zip(folders, settings, strict=True):
        run = bo.simulate(PAIR, settings=values, final_time=2036)
        bo.save_results(run, folder, command="buildout run")
    ds = bo.compare(folders, only="status-quo", draws=DRAWS, seed=SEED)
    [row] = json.loads(ds.attrs["settings"])
    assert (row["setting"], row["value"]) == ("allied access level", 0.6)
    mine = bo.pathway("status-quo").with_settings(settings[1], name="status-quo 2")
    own = bo.compare(["status-quo", mine], draws=DRAWS, seed=SEED)
    keep = np.flatnonzero((own["year"] <= 2035).values)
    np.testing.assert_array_equal(ds["year"].max(), 2035)
    for row in keep[::9]:
        outcome, year = own["outcome"].values[row], own["year"].values[row]
        for name in ("difference", "p05", "p95"):
            here = at(ds, outcome, year, "status-quo (b)")[name]
            np.testing.assert_array_equal(here, at(own, outcome, year, "status-quo 2")[name])


@pytest.mark.slow
def test_folders_of_several_pathways_are_compared_under_their_names(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, values in zip(folders, ({}, {"allied access level": 0.6}), strict=True):
        run = bo.simulate(PAIR, settings=values, final_time=2036)
        bo.save_results(run, folder, command="buildout run")
    both = bo.compare(folders[:1], draws=0)
    usual = bo.compare(PAIR, draws=0)
    assert json.loads(both.attrs["settings"]) == json.loads(usual.attrs["settings"])
    # All four pathways of the two folders, with the folder's name where theirs stands twice.
    assert bo.compare(folders, draws=0)["pathway"].values.tolist() == [
        "mobilization",
        "status-quo (b)",
        "mobilization (b)",
    ]


@pytest.mark.slow
def test_folders_of_sweeps_are_compared_draw_by_draw(tmp_path):
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, pathway, seed in zip(folders, [*PAIR, "hybrid"], (SEED, SEED, 6), strict=True):
        bo.sweep(bo.latin_hypercube(DRAWS, seed=seed), pathway, out=folder)
    ds = bo.compare(folders[:2])
    own = bo.compare(PAIR, draws=DRAWS, seed=SEED)
    for name in ("difference", "p05", "p50", "p95", "same_sign"):
        here, there = (at(d, "US magnet output", 2035)[name] for d in (ds, own))
        np.testing.assert_array_equal(here, there)
        here, there = (at(d, "date of full coverage: SmCo", None)[name] for d in (ds, own))
        np.testing.assert_array_equal(here, there)
    # A default sweep keeps no prices, so these have no band.
    assert np.isnan(at(ds, "oxide price outside China: Sm", 2030)["p05"])
    with pytest.raises(ResultsError, match=r"different draws. Differences are taken draw by draw"):
        bo.compare([folders[0], folders[2]])
    with pytest.raises(ResultsError, match="A sweep and something that is none"):
        bo.compare([folders[0], "hybrid"])
    with pytest.raises(InputError, match="Sweeps are compared, and settings or draws are given"):
        bo.compare(folders[:2], seed=5)
    with pytest.raises(UnknownNameError, match=r"Unknown pathway of `.*a` `mobilisation`"):
        bo.compare(folders[:2], only="mobilisation")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["status-quo"], "There is 1 pathway to compare. Two or more are accepted"),
        (["status-quo", "mobilisation"], "Nearest: `mobilization`"),
        (["status-quo", "."], "holds no results of `buildout run` or `buildout sweep`"),
        (["status-quo", "hindcast-2018"], "start"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_cure(given, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((InputError, ResultsError, UnknownNameError), match=message):
        bo.compare(given, draws=0)


@pytest.mark.slow
def test_results_of_another_model_or_other_steps_are_refused(tmp_path):
    folder = tmp_path / "results"
    run = bo.simulate("status-quo", time_step=0.0625, final_time=2030)
    bo.save_results(run, folder, command="buildout run")
    bo.save_results(
        bo.simulate("hybrid", final_time=2030), tmp_path / "usual", command="buildout run"
    )
    with pytest.raises(ResultsError, match=r"different values of `time_step`: 0.0"):
        bo.compare([folder, tmp_path / "usual"], draws=0)
    bo.save_results(run.assign_attrs(model_sha256="0" * 64), folder, command="buildout run")
    with pytest.raises(ResultsError, match=r"another version of the model .000000000000."):
        bo.compare([folder, "hybrid"], draws=0)
    early = bo.simulate("status-quo", final_time=2026)
    bo.save_results(early, tmp_path / "early", command="buildout run")
    with pytest.raises(InputError, match="end in 2026, before any date of an outcome"):
        bo.compare([tmp_path / "early", "hybrid"], draws=0)


def test_the_command_saves_what_it_shows(tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    words = ["compare", *PAIR, "--draws", "24", "--seed", "5", "--out", "."]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    with open(tmp_path / "compare.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(answer["outcomes"])
    assert (tmp_path / "compare_settings.csv").read_text().count("\n") > len(answer["settings"])
    assert main(words) == 0
    shown = capsys.readouterr()
    assert max(map(len, shown.out.splitlines())) <= 118
    assert "`mobilization` against `status-quo`: " in shown.out
    assert "What `mobilization` sets otherwise than `status-quo`" in shown.out
    assert "The same in all: coverage: light NdFeB, 2027" in shown.out
    assert "bands of 24 draws are rough" in shown.err


def test_the_command_says_in_a_sentence_that_nothing_differs(tmp_path, capsys, unpainted):
    words = ["compare", "hybrid", "hybrid", "--draws", "0", "--out", str(tmp_path)]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert out.startswith("Nothing differs: `hybrid (2)` and `hybrid` set the same")
    assert len(out.splitlines()) == 1
    assert main(["compare", "hybrid", "--out", str(tmp_path)]) == 2
    assert "Two or more are accepted" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_has_a_dot_and_a_band_for_each_outcome_and_pathway(compared, page):
    figure = differences(compared, page=page)
    table = differences_data(compared)
    assert len(figure.axes) == table["group"].nunique()
    dots = sum(len(line.get_xdata()) for axes in figure.axes for line in axes.get_lines()[:2])
    assert dots == len(table)
    assert figure.get_label().startswith("Other pathways against status quo. ")
    assert render(figure, "png")[:4] == b"\x89PNG"
    _no_label_leaves_the_paper(figure)


def _no_label_leaves_the_paper(figure):
    figure.draw_without_rendering()
    whole = figure.bbox
    for axes in figure.axes:
        boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
        assert min(box.x0 for box in boxes) >= whole.x0
        ordered = sorted(boxes, key=lambda box: -box.y0)
        for above, below in itertools.pairwise(ordered):
            assert above.y0 >= below.y1 - 1


def test_another_page_is_refused(compared):
    with pytest.raises(UnknownNameError, match="Known: `slide`"):
        differences(compared, page="poster")
