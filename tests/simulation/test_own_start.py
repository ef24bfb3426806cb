"""A pathway file may begin its runs at another time than the model, with a state of that time."""

import json

import numpy as np
import pytest

from buildout import Batch, Reference, jacobian, latin_hypercube, sweep
from buildout.cli.main import main
from buildout.errors import InputError, PathwayFileError
from buildout.inputs.model import load_model
from buildout.inputs.pathway import Pathway, packaged_pathways, pathway, pathway_names
from buildout.inputs.resolve import resolve
from buildout.simulation.explain import explain
from buildout.simulation.simulate import simulate
from buildout.simulation.store import load_results, save_results
from buildout.simulation.without_effect import settings_without_effect
from buildout.sweeps.reductions import At

pytestmark = pytest.mark.usefixtures("tiny_world")

PAST = 'title = "Past"\ninitial_time = 2018.0\nfinal_time = 2022.0\n'


@pytest.fixture
def write(tmp_path):
    def file(name, text):
        path = tmp_path / f"{name}.toml"
        path.write_text(text)
        return path

    return file


@pytest.fixture
def past(write):
    return write("past", PAST)


def test_a_run_begins_and_ends_when_its_file_says(past):
    ds = simulate(past)
    assert [float(ds["time"][place]) for place in (0, -1)] == [2018, 2022]
    assert ds["capacity"].sel(region="US", line="mining", time=2018.0).item() == 10
    assert ds.attrs["initial_time"] == 2018


def test_a_run_of_the_past_falls_as_one_of_the_present_does(write):
    """Before any subsidy nothing depends on the date, so only the labels of time differ."""
    now = simulate(write("now", "final_time = 2025.9375"), save_every=0.0625)
    then = simulate(write("then", "initial_time = 2018.0\nfinal_time = 2018.9375"),
                    save_every=0.0625)  # fmt: skip
    assert np.array_equal(now["capacity"].values, then["capacity"].values)


def test_growth_that_the_model_counts_from_its_start_is_counted_from_the_files(
    tmp_path, tank_files, past
):
    grown = "grown = 3 * EXP(0.1 * (Time - INITIAL TIME)) ~ t ~ Grows. |\nINITIAL TIME = 0"
    (tmp_path / "tank.mdl").write_text(tank_files[0].read_text().replace("INITIAL TIME = 0", grown))
    model = load_model(tmp_path / "tank.mdl")
    for engine in (Batch(), Batch(backend="numpy"), Reference()):
        ds = simulate(past, outputs=["grown"], model=model, engine=engine)
        years = ds["time"].values - 2018
        np.testing.assert_allclose(ds["grown"].isel(pathway=0), 3 * np.exp(0.1 * years), rtol=1e-12)


@pytest.mark.quick_for("engine0")
@pytest.mark.parametrize("engine", [Batch(backend="numpy"), Reference()])
def test_all_engines_begin_when_the_file_says(past, engine):
    compiled, other = simulate(past), simulate(past, engine=engine)
    assert np.array_equal(compiled["time"], other["time"])
    np.testing.assert_allclose(compiled["capacity"], other["capacity"], rtol=1e-12)


def test_what_extends_a_file_inherits_its_times_and_its_own_word_wins(write, past):
    heir = pathway(write("heir", 'extends = "past"'))
    assert (heir.initial_time, heir.final_time) == (2018, 2022)
    later = pathway(write("later", 'extends = "past"\ninitial_time = 2021'))
    assert (later.initial_time, later.final_time) == (2021, 2022)
    both = pathway(write("both", 'extends = ["later", "past"]'))
    assert both.initial_time == 2021
    assert pathway("status-quo").initial_time is None


def test_an_option_wins_over_the_end_that_a_file_says(past):
    assert float(simulate(past, final_time=2026)["time"][-1]) == 2026


def test_the_models_own_time_said_in_a_file_changes_no_bit(write):
    plain = simulate("mobilization")
    said = simulate(
        write("mobilization", 'extends = "mobilization"\ninitial_time = 2025\nfinal_time=2030')
    )
    assert plain.drop_vars(["pathway_title", "pathway_description"]).equals(
        said.drop_vars(["pathway_title", "pathway_description"])
    )
    assert "initial_time" not in said.attrs


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("initial_time = 2018.01", r"between two time steps.*The nearest is 2018\."),
        ("initial_time = 2018\nfinal_time = 2018", "final time is 2018.*after 2018"),
        ("initial_time = 2018\nfinal_time = 2010", "final time is 2010.*after 2018"),
        ("initial_time = 2030", "final time is 2030.*after 2030"),
        ("initial_time = 2027", "starts in 2027, after events: .*`outage start.* is 2026"),
        (
            "initial_time = 2018\n[[set]]\nlever='outage start[first]'\nvalue=2016",
            r"starts in 2018, after events: `outage start\[first\]` is 2016.*over by 2017",
        ),
        (
            "initial_time = 2018\n[[set]]\nlever='subsidy start'\nvalue=2016\n"
            "[[set]]\nlever='subsidy end'\nvalue=2018",
            "starts in 2018, after events: `subsidy start` is 2016.*over by 2018",
        ),
        ("initial_time = 'early'", "`initial_time` is text. A year such as"),
        ("initial_time = true", "`initial_time` is true or false"),
        ("initial_time = nan", "`initial_time` is `nan`"),
        ("final_time = inf", "`final_time` is `inf`"),
        ("final_time = 2020-01-01", "`final_time` is a date"),
        ("initial_tim = 2018", "Nearest: `initial_time`"),
    ],
)
def test_times_that_cannot_be_are_refused(write, text, message):
    with pytest.raises((InputError, PathwayFileError), match=message):
        simulate(write("wrong", text))


def test_a_time_that_is_no_number_is_refused_in_memory_too():
    with pytest.raises(InputError, match="time of a pathway is `soon`"):
        simulate(Pathway("mine", initial_time="soon"))


def test_pathways_of_different_starts_are_refused_together(past):
    with pytest.raises(InputError, match=r"start at different times: `past` in 2018, `stat"):
        simulate([past, "status-quo"])


def test_pathways_of_different_ends_take_one_end_for_all(write, past):
    other = write("other", 'extends = "past"\nfinal_time = 2021')
    with pytest.raises(InputError, match=r"end at different times.*Give one `--final-time`"):
        simulate([past, other])
    assert float(simulate([past, other], final_time=2020)["time"][-1]) == 2020


def test_ranges_about_the_models_start_do_not_bind_another_one(write):
    beyond = "\n[[set]]\nlever = 'initial capacity[US,mining]'\nvalue = {}\n"
    with pytest.raises(InputError, match="Accepted: 5 to 15"):
        simulate(write("now", beyond.format(400)))
    ds = simulate(write("past", PAST + beyond.format(400)))
    assert ds["initial_capacity"].sel(region="US", line="mining").item() == 400
    with pytest.raises(InputError, match="Accepted: 0 or more t/Year"):
        simulate(write("less", PAST + beyond.format(-1)))


def test_settings_on_top_of_another_start_are_not_bound_either(past):
    assert simulate(past, settings={"cost": 9})["cost"].max() == 9
    with pytest.raises(InputError, match="Accepted: 0 to 1"):
        simulate(past, settings={"line share[mining]": 1.5})


def test_such_pathways_are_listed_apart(monkeypatch, past, capsys):
    from buildout.inputs import places

    monkeypatch.setattr(places, "pathways_folder", lambda: past.parent)
    assert pathway_names() == []
    assert pathway_names(shared=True) == ["past"]
    assert [p.name for p in packaged_pathways(own_start=True)] == ["past"]
    assert main(["pathways"]) == 0
    assert "No policies: runs that start" in capsys.readouterr().out
    assert main(["pathways", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["start"] == 2018


def test_results_say_their_start_and_are_read_back(past, tmp_path):
    save_results(simulate(past), tmp_path / "out", command="buildout run past.toml")
    assert json.loads((tmp_path / "out/manifest.json").read_text())["initial_time"] == 2018
    assert load_results(tmp_path / "out").attrs["initial_time"] == 2018


def test_explain_knows_the_years_of_the_run(past):
    assert explain("capacity", pathway=pathway(past), year=2019)["year"] == 2019
    with pytest.raises(InputError, match="Accepted: 2018 to 2022"):
        explain("capacity", pathway=pathway(past))


def test_derivatives_begin_when_the_file_says(past):
    ds = jacobian("lifetime", past, outputs="capacity", at=[2018.0, 2020.0])
    assert np.all(ds["capacity"].sel(time=2018.0) == 0)
    assert np.all(ds["capacity"].sel(time=2020.0) > 0)


def test_a_setting_without_effect_is_told_for_the_years_of_the_run(tiny, past):
    (idle,) = settings_without_effect(resolve(tiny, past, {"subsidy start": 2026.5}))
    assert str(idle) == "`subsidy start` changed nothing: the run ends in 2022."


def test_a_sweep_begins_when_the_file_says_and_goes_on_only_as_such(past, tmp_path):
    def swept(name, **more):
        return sweep(
            latin_hypercube(4, seed=1, vary="lifetime"), name, outputs="total capacity",
            reductions=At([2018.0, 2022.0]), out=tmp_path / "out", **more,
        )  # fmt: skip

    ds = swept(past)
    assert json.loads(ds.attrs["controls"])["initial_time"] == 2018
    assert np.all(ds["total_capacity"].sel(year=2018.0).std("draw") == 0)
    assert swept(past, resume=True).equals(ds)
    past.write_text(PAST.replace("2018.0", "2017.0"))
    with pytest.raises(InputError):
        swept(past, resume=True)
