"""From pathways to a labelled Dataset."""

import json

import numpy as np
import pytest

from buildout.errors import BuildoutError, InputError, ResultsError, UnknownNameError
from buildout.inputs.pathway import Pathway
from buildout.inputs.settings import Setting
from buildout.simulation.explain import explain
from buildout.simulation.simulate import simulate
from buildout.simulation.store import load_results, save_results
from buildout.vensim.engine import Reference

pytestmark = pytest.mark.usefixtures("tiny_world")


@pytest.fixture
def ds():
    return simulate()


def test_dimensions_are_pathway_then_subscripts_then_time(ds):
    assert ds["capacity"].dims == ("pathway", "region", "line", "time")
    assert list(ds["pathway"].values) == ["status-quo", "mobilization", "china-deal"]
    assert list(ds["line"].values) == ["mining", "metal"]
    assert float(ds["time"][0]) == 2025
    assert float(ds["time"][-1]) == 2030
    assert ds.sizes["time"] == 21


def test_constants_have_no_time_and_hold_each_pathways_value(ds):
    assert ds["subsidy"].dims == ("pathway",)
    assert ds["subsidy"].values.tolist() == [5, 100, 0]
    assert ds["initial_capacity"].sel(pathway="mobilization", region="US").values.tolist() == [
        12,
        12,
    ]


def test_every_variable_says_what_it_is(ds):
    attrs = ds["capacity"].attrs
    assert attrs["units"] == "t/Year"
    assert attrs["long_name"] == "What the plants can make."
    assert attrs["vensim_name"] == "capacity"
    assert "INTEG" in attrs["equation"]


def test_the_whole_says_where_it_comes_from(ds, tiny):
    assert ds.attrs["model_sha256"] == tiny.sha256
    assert ds.attrs["engine"] == "Batch"
    assert ds.attrs["time_step"] == 0.0625
    assert set(json.loads(ds.attrs["versions"])) >= {"buildout", "pysd", "numpy", "python"}
    assert set(json.loads(ds.attrs["inputs"])) >= {"mobilization.toml", "common.toml"}
    settings = json.loads(ds.attrs["settings"])
    assert settings["status-quo"] == {
        "lifetime": {
            "value": 25.0,
            "default": 20.0,
            "unit": "Year",
            "source": "S02",
            "note": "all of them",
            "origin": "common.toml",
        }
    }
    assert set(settings["mobilization"]) == {
        "lifetime",
        "subsidy",
        "initial capacity[US,mining]",
        "initial capacity[US,metal]",
    }


def test_a_dead_stock_decays_as_euler_says(ds):
    capacity = ds["capacity"].sel(pathway="china-deal", region="Allies", line="metal")
    steps = (ds["time"].values - 2025) / 0.0625
    assert np.allclose(capacity, 40 * (1 - 0.0625 / 25) ** steps, rtol=1e-12)


def test_settings_prevail_over_pathways_and_dates_over_settings():
    ds = simulate(["mobilization"], settings={"subsidy": 1}, known_until=2025)
    assert ds["subsidy"].item() == 1
    total = ds["capacity"].sum(["region", "line"]) * (1 - ds["out_of_order"].sum("outage"))
    assert np.allclose(ds["total_capacity"], total)
    origin = json.loads(ds.attrs["settings"])["mobilization"]["projects known until"]["origin"]
    assert origin == "--known-until"


def test_a_pathway_made_in_python_works_like_a_file():
    mine = Pathway("mine", settings=(Setting("subsidy", 50),))
    assert simulate(mine)["subsidy"].item() == 50


def test_only_the_outputs_asked_for_are_kept():
    ds = simulate("status-quo", outputs=["Total capacity", "subsidy"])
    assert set(ds.data_vars) == {"total_capacity", "subsidy", "status"}


@pytest.mark.slow
def test_both_engines_agree_on_every_variable(ds):
    other = simulate(engine=Reference())
    assert other.attrs["engine"] == "Reference"
    for name in ds.data_vars:
        assert np.allclose(ds[name], other[name], rtol=1e-12, atol=0), name


def test_step_and_end_can_be_chosen():
    ds = simulate("status-quo", time_step=0.25, final_time=2027)
    assert ds.attrs["time_step"] == 0.25
    assert float(ds["time"][-1]) == 2027


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"pathways": "mobilisation"}, UnknownNameError, "Nearest: `mobilization`"),
        ({"pathways": []}, InputError, "No pathway"),
        ({"pathways": ["status-quo", "status-quo"]}, InputError, "given twice"),
        ({"outputs": ["capacitie"]}, UnknownNameError, r"Unknown output.*`capacity`"),
        ({"outputs": ["capacity[US,metal]"]}, InputError, "whole variable"),
        ({"settings": {"subsidi": 1}}, UnknownNameError, "The settings: Unknown lever"),
        ({"time_step": 0}, InputError, "above zero"),
        ({"time_step": float("nan")}, InputError, "above zero"),
        ({"final_time": 2024}, InputError, "after 2025"),
        ({"known_until": float("nan")}, InputError, "finite"),
        ({"settings": {"guard": 0}}, BuildoutError, r"`status-quo` breaks down: `inverse` .* 2025"),
    ],
)
def test_what_cannot_be_run_is_told(arguments, kind, message):
    with pytest.raises(kind, match=message):
        simulate(**arguments)


def test_dates_are_compared_after_pathway_and_settings_are_put_together():
    early = Pathway("early", settings=(Setting("subsidy start", 2025),))
    assert simulate(early, settings={"subsidy end": 2025.5})["subsidy_end"].item() == 2025.5
    with pytest.raises(InputError, match=r"Pathway `status-quo`: `subsidy start` is 2026, after"):
        simulate("status-quo", settings={"subsidy end": 2025.5})


def test_results_come_back_as_they_were_saved(ds, tmp_path):
    made = save_results(ds, tmp_path, command="buildout run")
    assert {path.name for path in made} == {
        "results.nc",
        "kpis.csv",
        "stages.csv",
        "verdict.csv",
        "verdict.json",
        "manifest.json",
    }
    back = load_results(tmp_path)
    assert back.identical(ds)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["model_sha256"] == ds.attrs["model_sha256"]
    assert set(manifest["outputs"]) == {path.name for path in made} - {"manifest.json"}


def test_results_are_the_same_bytes_each_time(ds, tmp_path):
    save_results(ds, tmp_path / "a", command="buildout run")
    save_results(simulate(), tmp_path / "b", command="buildout run")
    first, second = (
        json.loads((tmp_path / name / "manifest.json").read_text())["outputs"] for name in "ab"
    )
    assert first == second


def test_results_of_another_model_are_refused(ds, tmp_path):
    save_results(ds.assign_attrs(model_sha256="0" * 64), tmp_path, command="x")
    with pytest.raises(ResultsError, match=r"another version of the model \(000000000000\)"):
        load_results(tmp_path)


def test_foreign_broken_and_missing_results_are_refused(ds, tmp_path):
    ds[["subsidy"]].drop_attrs().to_netcdf(tmp_path / "foreign.nc")
    with pytest.raises(ResultsError, match="not made by buildout"):
        load_results(tmp_path / "foreign.nc")
    (tmp_path / "broken.nc").write_bytes(b"CDF nothing")
    with pytest.raises(ResultsError, match="Cannot read"):
        load_results(tmp_path / "broken.nc")
    with pytest.raises(ResultsError, match="There are no results"):
        load_results(tmp_path / "none.nc")


def test_a_variable_is_laid_open_with_inputs_values_and_sources():
    found = explain("completion[US, metal]", pathway="mobilization", year=2027)
    assert found["unit"] == "t/(Year*Year)"
    assert "line share" in found["equation"]
    assert found["values"][0]["value"] == pytest.approx(100 * 0.75 / 2)
    inputs = {row["name"]: row for row in found["inputs"]}
    assert set(inputs) == {"subsidy", "subsidy active", "line share[metal]", "cost[US,metal]"}
    assert inputs["subsidy"]["source"] == "judgement (mobilization.toml)"
    assert inputs["cost[US,metal]"]["source"] == "S01;S02 (D)"
    assert inputs["line share[metal]"]["source"] == "judgement (U)"
    assert found["used_by"] == ["capacity"]
    assert [row["id"] for row in found["sources"]] == ["S01", "S02"]
    assert found["sources"][0]["title"] == "A count of plants"


def test_what_cannot_be_laid_open_is_told():
    with pytest.raises(UnknownNameError, match="Nearest: `completion`"):
        explain("completions")
    with pytest.raises(InputError, match="2025 to 2030"):
        explain("completion", year=2050)
