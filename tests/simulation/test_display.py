"""What a notebook shows of results and nouns stays short, whatever they hold."""

import pickle

import numpy as np
import pytest
import xarray as xr

import buildout as bo
from buildout.inputs.resolve import resolve
from buildout.simulation.display import Results, as_results


@pytest.fixture(scope="module")
def everything():
    """Three pathways with all outputs."""
    return bo.simulate()


@pytest.mark.slow
def test_a_dataset_of_all_outputs_shows_itself_in_less_than_100_kb(everything):
    shown = everything._repr_html_()
    assert len(shown) < 100_000
    for name in [*everything.data_vars, *everything.coords]:
        assert f"\n{name}" in shown or f">{name}" in shown, name
    assert len(repr(everything)) < 10_000


@pytest.mark.parametrize("count", [1, 5, 11, 12, 13, 30, 200])
def test_any_part_of_it_is_short_too_and_stays_one(everything, count):
    part = everything[list(everything.data_vars)[:count]].sel(pathway="status-quo")
    assert isinstance(part, Results)
    assert len(part._repr_html_()) < 100_000


def test_the_verdict_shows_itself_in_less_than_100_kb(everything):
    assert len(bo.deadline(everything)._repr_html_()) < 100_000


@pytest.mark.slow
def test_a_sweep_shows_itself_in_less_than_100_kb():
    cloud = bo.sweep(bo.latin_hypercube(2, seed=1), ["status-quo", "mobilization", "china-deal"])
    assert len(cloud._repr_html_()) < 100_000


@pytest.mark.slow
def test_showing_a_dataset_leaves_it_as_it_is(everything):
    before = everything.copy(deep=True)
    everything._repr_html_()
    assert everything.identical(before)
    assert len(everything.attrs["settings"]) > 10_000


@pytest.mark.slow
def test_a_thousand_long_variables_are_cut_with_their_number():
    data = {f"{'x' * 150}_{i}": ("time", np.zeros(2)) for i in range(1000)}
    shown = as_results(xr.Dataset(data))._repr_html_()
    assert len(shown) < 100_000
    assert "1000 variables" in shown
    assert "more" in shown


def test_results_are_datasets_in_every_other_way(everything, tmp_path):
    part = everything[["defense_coverage", "status"]]
    assert isinstance(part, xr.Dataset)
    assert xr.Dataset(part.data_vars, part.coords, part.attrs).identical(part)
    assert pickle.loads(pickle.dumps(part)).identical(part)
    assert (part + 1).mean().sizes == {}
    merged = xr.merge([part, part.rename(defense_coverage="other")], combine_attrs="override")
    assert "other" in merged
    part.to_netcdf(tmp_path / "part.nc")
    with xr.open_dataset(tmp_path / "part.nc") as back:
        assert back.identical(part)


@pytest.mark.parametrize(
    "made",
    [
        lambda: bo.load_model(),
        lambda: bo.load_model().system,
        lambda: bo.pathway("china-deal"),
        lambda: resolve(bo.load_model(), bo.pathway_names()),
        lambda: resolve(bo.load_model(), "mobilization").scenarios[0],
        lambda: bo.Batch().run(bo.load_model().system),
        lambda: bo.Batch(),
        lambda: bo.Reference(),
    ],
    ids=[
        "Model",
        "System",
        "Pathway",
        "Resolved",
        "Scenario",
        "Trajectories",
        "Batch",
        "Reference",
    ],
)
def test_nouns_show_themselves_in_less_than_2_kb(made):
    assert len(repr(made())) < 2_000
