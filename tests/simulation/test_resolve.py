"""Names, files and settings are resolved once, at the door; what is printed later travels along."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from buildout import checks, latin_hypercube, load_results, pathway, save_results, simulate, sweep
from buildout.errors import InputError
from buildout.inputs.model import load_model
from buildout.inputs.pathway import CANONICAL, packaged_pathways
from buildout.inputs.resolve import resolve
from buildout.vensim.engine import System

# Hooks cannot be taken off again, so there is one, which counts while a test listens.
_listening: list[Counter] = []


def _count_opened(event, arguments):
    if event == "open" and _listening and str(arguments[0]).endswith(".toml"):
        _listening[-1][Path(str(arguments[0])).name] += 1


sys.addaudithook(_count_opened)


@pytest.fixture
def counted(monkeypatch):
    """How often each pathway file is opened, and each name (not id) looked up in the model."""
    opened, looked_up = Counter(), Counter()

    def scalars(self, name, _how=System.scalars):
        if name not in self.owners:
            looked_up[name] += 1
        return _how(self, name)

    monkeypatch.setattr(System, "scalars", scalars)
    _listening.append(opened)
    yield opened, looked_up
    _listening.clear()


def _fresh_model(looked_up):
    """The model, with no name looked up yet."""
    model = replace(load_model())
    looked_up.clear()  # Reading the table of a model for the first time looks its rows up.
    return model


@pytest.mark.parametrize(
    "command",
    [
        lambda model: simulate(CANONICAL, outputs=["defense coverage"], model=model),
        lambda model: sweep(
            latin_hypercube(2, seed=1, vary="permit*", model=model),
            CANONICAL,
            outputs="defense coverage",
            model=model,
        ),
    ],
    ids=["simulate", "sweep"],
)
def test_three_pathways_read_each_file_once_and_look_up_each_name_once(counted, command):
    opened, looked_up = counted
    command(_fresh_model(looked_up))
    assert set(opened) >= {f"{name}.toml" for name in CANONICAL}
    assert set(opened.values()) == {1}
    assert set(looked_up.values()) == {1}
    assert len(looked_up) > 100


def test_listing_the_pathways_reads_each_file_once(counted):
    opened, _ = counted
    assert [found.name for found in packaged_pathways()][:3] == list(CANONICAL)
    assert set(opened.values()) == {1}


def test_title_and_description_of_each_pathway_travel_with_the_results(tiny_world, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('title = "价格底线"\ndescription = "Mine."\nextends = "status-quo"\n', "utf-8")
    ds = simulate([mine, "status-quo", "china-deal"])
    assert ds["pathway_title"].values.tolist() == ["价格底线", "Nothing new", "No money"]
    assert ds["pathway_description"].values.tolist() == ["Mine.", "As it is.", ""]
    save_results(ds, tmp_path / "results", command="buildout run")
    assert load_results(tmp_path / "results").identical(ds)


def test_sweeps_carry_title_and_description_too(swept, pathways, tmp_path):
    from buildout import Final

    for out in (None, tmp_path / "out"):
        ds = swept([1, 2], Final(), pathways=pathways, out=out)
        assert ds["pathway_title"].values.tolist() == ["Free", "settled"]
        assert "pathway_description" in ds.coords


def test_two_files_of_one_name_are_both_recorded(tiny_world, tmp_path):
    (tmp_path / "status-quo.toml").write_text('extends = "mobilization"\n')
    (tmp_path / "mobilization.toml").write_text('extends = "common"\n')
    asked = resolve(load_model(), [tmp_path / "status-quo.toml", "mobilization"])
    assert len(asked.inputs) == 4
    assert "pathways/mobilization.toml" in asked.inputs


def test_a_pathway_changed_in_memory_keeps_its_files_and_needs_a_name_of_its_own(tiny_world):
    base = pathway("status-quo")
    changed = base.with_settings({"subsidy": 7}, name="seven")
    ds = simulate([base, changed])
    assert ds["subsidy"].values.tolist() == [5, 7]
    assert ds["pathway_title"].values.tolist() == ["Nothing new", "seven"]
    with pytest.raises(InputError, match="`status-quo` is given twice"):
        simulate([base, base.with_settings({"subsidy": 7})])


@pytest.mark.parametrize("every", [0.1, 0, -1, float("nan"), float("inf"), 0.01])
def test_a_saving_interval_is_a_whole_number_of_steps(tiny_world, every):
    with pytest.raises(InputError, match=r"whole number of time steps of 0\.0625 years"):
        simulate("status-quo", save_every=every)


@pytest.mark.usefixtures("tiny_world")
def test_saving_more_seldom_than_the_run_is_long_is_refused():
    with pytest.raises(InputError, match=r"every 100 years. Up to the \d+ years of the run"):
        simulate("status-quo", save_every=100)


def test_results_are_saved_as_often_as_asked(tiny_world):
    assert simulate("status-quo", save_every=0.5).sizes["time"] == 11
    assert simulate("status-quo", time_step=0.03125, save_every=0.03125).sizes["time"] == 161


@pytest.mark.slow
def test_checks_resolve_once_for_all_their_runs(counted, monkeypatch):
    opened, looked_up = counted
    monkeypatch.setattr(checks, "check_units", list)  # takes a second, and no pathway
    assert checks.check_all(["status-quo"], model=_fresh_model(looked_up))
    assert set(opened.values()) == set(looked_up.values()) == {1}
