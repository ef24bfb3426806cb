"""Draws conditioned on observations: the same from the same seed, inside their ranges, closer."""

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.condition import (
    LEAST_EFFECTIVE,
    METHODS,
    ConditionOptions,
    conditioning,
)
from buildout.analysis.condition_rows import parameter_rows, seen_rows, seen_series_rows
from buildout.errors import InputError
from buildout.sampling.luck import is_luck
from buildout.sampling.saved import load_design, save_design

ORE = """series,from,to,value,unit
us_ree_mine_production_t,2018,2019,14000,t REO
us_ree_mine_production_t,2019,2020,28000,t REO
us_ree_mine_production_t,2020,2021,39000,t REO
us_ree_mine_production_t,2021,2022,42400,t REO
"""
SIZES = {"importance": {"prior_draws": 1500}, "smoother": {}}


@pytest.fixture(scope="module")
def ore(tmp_path_factory):
    path = tmp_path_factory.mktemp("seen") / "ore.csv"
    path.write_text(ORE)
    return path


@pytest.fixture(scope="module", params=METHODS)
def done(request, ore):
    options = ConditionOptions(
        2022.0, method=request.param, draws=300, luck="kept", **SIZES[request.param]
    )
    return conditioning(ore, "hindcast-2018", options)


@pytest.mark.quick_for("importance")
def test_the_ensemble_is_closer_to_what_was_seen_and_knows_it_better(done):
    away = np.abs(np.median(done.before, axis=0) - done.evidence.values)
    closer = np.abs(np.median(done.after, axis=0) - done.evidence.values)
    assert closer.sum() < away.sum()
    assert done.after.std(axis=0).sum() < 0.9 * done.before.std(axis=0).sum()


@pytest.mark.quick_for("importance")
def test_every_draw_stays_inside_its_range_and_switches_are_whole(done):
    low, high = bo.latin_hypercube(1, seed=1).ends()
    values = done.design.values
    assert done.design.names == bo.latin_hypercube(1, seed=1).names
    assert (values >= low).all()
    assert (values <= high).all()
    last_resort = values[:, done.design.names.index("switch last resort")]
    assert set(last_resort.tolist()) == {0.0, 1.0}


@pytest.mark.slow
def test_what_the_draws_say_is_what_a_run_of_them_says(done):
    cloud = bo.sweep(
        done.design,
        ["hindcast-2018"],
        outputs=["mine output[US]"],
        reductions=bo.Trajectory(),
        final_time=2022.0,
        save_every=1 / 32,
    )
    mined = cloud["mine_output"].sel(region="US").isel(pathway=0)
    year = mined.sel(time=slice(2021.0, 2022.0))
    assert year.integrate("time").values == pytest.approx(done.after[:, -1])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws(done, ore):
    method = done.design.provenance["method"]
    again = bo.condition(
        ore, "hindcast-2018", until=2022.0, method=method, draws=300, luck="kept", **SIZES[method]
    )
    assert again.sha256 == done.design.sha256


@pytest.mark.slow
def test_another_seed_gives_other_draws(done, ore):
    method = done.design.provenance["method"]
    other = bo.condition(
        ore, "hindcast-2018", until=2022.0, method=method, draws=300, seed=2, **SIZES[method]
    )
    assert other.sha256 != done.design.sha256


@pytest.mark.quick_for("importance")
def test_the_provenance_says_how_the_draws_came_about_and_goes_to_file(done, tmp_path):
    said = done.design.provenance
    assert said["note"] == done.design.note
    assert (said["rows"], said["until"], said["pathway"]) == (4, 2022.0, "hindcast-2018")
    assert len(said["observations_sha256"]) == 64
    back = load_design(save_design(done.design, tmp_path / "d.csv")[0])
    assert back.provenance == said
    assert np.array_equal(back.values, done.design.values)
    # A fingerprint is of what the draws are, wherever they lie.
    assert back.sha256 == done.design.sha256


@pytest.mark.slow
def test_the_draws_go_with_any_pathway(done):
    cloud = bo.sweep(done.design, ["mobilization"], outputs=["US magnet output total"])
    assert (cloud["status"] == 0).all()
    assert cloud.attrs["design"].startswith("conditioned on 4 observations of 1 series until 2022")
    assert cloud.attrs["design_note"].startswith("Conditioned on 4 observations of 1 series")


@pytest.mark.quick_for("importance")
def test_how_the_mine_runs_is_what_the_ore_tells_of(done):
    rows = {row["parameter"]: row for row in parameter_rows(done)}
    run = rows["luck of operation[US,mining]"]
    assert run["unit"] == "Dmnl"
    assert run["spread"] < 0.9
    assert run["spread"] == min(row["spread"] for row in rows.values())
    [series] = seen_series_rows(done)
    assert (series["count"], series["series"]) == (4, "us_ree_mine_production_t")
    assert series["band_after"] < series["band_before"]
    assert [row["from"] for row in seen_rows(done)] == [2018, 2019, 2020, 2021]


@pytest.mark.slow
def test_few_effective_draws_are_told_with_what_helps(tmp_path):
    path = tmp_path / "sure.csv"
    path.write_text(ORE.replace(",unit\n", ",unit,sd\n").replace(",t REO\n", ",t REO,1\n"))
    options = ConditionOptions(2022.0, model_error=0.001, draws=100, prior_draws=300)
    done = conditioning(path, "hindcast-2018", options)
    assert done.design.provenance["effective_sample_size"] < LEAST_EFFECTIVE
    assert "More `--prior-draws`, fewer observations" in done.remarks[-1]


@pytest.mark.slow
def test_the_pathway_is_the_past_until_2025_and_the_status_quo_after(ore, tmp_path):
    past = bo.condition(ore, until=2022.0, draws=20, prior_draws=40)
    assert past.provenance["pathway"] == "hindcast-2018-market"
    new = tmp_path / "new.csv"
    new.write_text("series,from,to,value,unit\nmine output[US],2025,2026,45000,t\n")
    future = bo.condition(new, until=2026.0, draws=20, prior_draws=40)
    assert future.provenance["pathway"] == "status-quo"
    with pytest.raises(InputError, match="lies outside the run of `status-quo`"):
        bo.condition(ore, until=2026.0)


def test_more_than_fits_into_memory_is_refused_before_any_draw_is_run(ore, monkeypatch):
    monkeypatch.setattr("buildout.analysis.condition.MOST_HELD", 2**27)
    with pytest.raises(InputError, match=r"take 0\.3 GiB\. Up to 0 GiB are accepted"):
        bo.condition(ore, until=2022.0, prior_draws=10_000_000)


@pytest.mark.slow
def test_luck_of_the_past_is_drawn_anew_unless_it_is_to_be_kept(done, ore, model):
    method = done.design.provenance["method"]
    options = ConditionOptions(2022.0, method=method, draws=300, **SIZES[method])
    anew = conditioning(ore, "hindcast-2018", options)
    luck = np.array([is_luck(model, name) for name in anew.design.names])
    assert np.array_equal(anew.design.values[:, ~luck], done.design.values[:, ~luck])
    assert (anew.design.values[:, luck] != done.design.values[:, luck]).mean() > 0.99
    said = np.abs(np.corrcoef(np.c_[done.after[:, -1], anew.design.values[:, luck]].T)[0, 1:])
    assert said.max() < 0.25  # Of some hundred correlations by chance among 300 draws.
    assert "`--luck kept`" in anew.remarks[-1]
    assert (anew.design.provenance["luck"], done.design.provenance["luck"]) == ("anew", "kept")


@pytest.mark.slow
def test_luck_of_the_years_of_a_forecast_is_kept(tmp_path):
    new = tmp_path / "new.csv"
    new.write_text("series,from,to,value,unit\nmine output[US],2025,2026,30000,t\n")
    design = bo.condition(new, until=2026.0, draws=100, prior_draws=400)
    assert design.provenance["luck"] == "kept"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"method": "magic"}, "Accepted: importance, smoother"),
        ({"luck": "good"}, "Accepted: kept, anew"),
        ({"draws": 5}, "The number of draws is `5`"),
        ({"draws": 100, "prior_draws": 50}, "from 100"),
        ({"seed": -1}, "The seed is `-1`"),
        ({"model_error": -0.1}, "A share from 0"),
        ({"method": "smoother", "prior_draws": 100}, "are for importance resampling"),
    ],
)
def test_options_that_cannot_be_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        ConditionOptions(2022.0, **wrong)
