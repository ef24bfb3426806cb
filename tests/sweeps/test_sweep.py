"""The verb: draws, pathways, blocks, memory and disk."""

import json

import numpy as np
import pytest
import xarray as xr

from buildout import simulate, sweep
from buildout.errors import InputError, UnknownNameError
from buildout.sampling import design
from buildout.sweeps import (
    At,
    Crossing,
    Cumulative,
    Final,
    Maximum,
    Minimum,
    Quantiles,
    Trajectory,
)
from buildout.sweeps import (
    assemble as gather,
)
from buildout.sweeps import (
    request as plan,
)
from buildout.sweeps.summary import summary
from buildout.vensim.engine import Batch, Reference

EVERYTHING = [At([1, 2]), Final(), Crossing(2), Cumulative(), Minimum(), Maximum(), Quantiles()]


@pytest.fixture
def draws(tank):
    """Eighty draws of rate and exponent."""
    return design.latin_hypercube(80, seed=7, model=tank)


def test_a_sweep_gives_what_single_runs_give(tank, swept, draws):
    ds = swept(draws, [At([1, 4])], outputs=["tank", "bent"], pathways=["free", "settled"])
    for draw in (0, 33, 79):
        values = dict(zip(draws.names, draws.values[draw], strict=True))
        one = simulate("free", settings=values, model=tank).sel(time=[1, 4], pathway="free")
        for name in ("tank", "bent"):
            np.testing.assert_array_equal(ds[name].sel(pathway="free")[draw], one[name])


def test_draws_are_common_to_all_pathways_and_kept(tank, swept, draws):
    ds = swept(draws, Final(), outputs="bent", pathways=["free", "settled"])
    np.testing.assert_array_equal(ds["drawn"], draws.values)
    assert ds["parameter"].values.tolist() == ["rate", "exponent"]
    assert ds["parameter_unit"].values.tolist() == ["t/Year", "Dmnl"]
    exponents = design.given({"exponent": draws.values[:, 1]}, model=tank)
    same = swept(exponents, Final(), outputs="bent", pathways="settled")
    np.testing.assert_array_equal(same["bent_final"][0], ds["bent_final"].sel(pathway="settled"))


def test_an_uncertainty_that_a_pathway_settles_stays_settled(swept):
    ds = swept([-1, 0, 1], Final(), pathways=["free", "settled"])
    assert ds["tank_final"].values.tolist() == [[-3, 1, 5], [9, 9, 9]]
    assert json.loads(ds.attrs["settled_by_pathway"]) == {"settled": ["rate"]}


def test_a_lever_that_is_drawn_varies_in_every_pathway(tiny, tiny_world):
    lever = design.given({"subsidy": [0, 50]}, model=tiny)
    ds = sweep(lever, outputs="total capacity", model=tiny)
    final = ds["total_capacity_final"]
    assert (final[:, 0] < final[:, 1]).all()


def test_settings_hold_in_every_pathway(swept, draws):
    with pytest.raises(InputError, match="`rate` is set, and the design draws `rate`"):
        swept(draws, Final(), settings={"rate": 1})
    ds = swept([0, 1], Final(), outputs="bent", settings={"exponent": 2})
    assert json.loads(ds.attrs["settings"])["free"]["exponent"]["value"] == 2


def test_elements_can_be_asked_for_one_by_one(tiny, tiny_world):
    draws = design.latin_hypercube(4, seed=1, model=tiny)
    ds = sweep(draws, "status-quo", outputs=["capacity[US, mining]", "cost[US,line]"], model=tiny)
    assert ds["capacity_final"].dims == ("pathway", "draw", "region", "line")
    # One Dataset has one list of lines: the wider one.
    assert ds["line"].values.tolist() == ["mining", "metal"]
    assert ds["region"].values.tolist() == ["US"]
    assert bool(ds["capacity_final"].notnull().all())


def test_a_draw_of_one_element_moves_that_element_only(tiny, tiny_world):
    draws = design.given({"cost[US,metal]": [1.5, 3]}, model=tiny)
    final = sweep(draws, "mobilization", outputs="capacity", model=tiny)["capacity_final"][0]
    moved = (final[0] != final[1]).values
    assert moved.tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize("backend", ["numpy", "llvm"])
def test_results_do_not_depend_on_block_size_or_threads(swept, draws, backend):
    def run(block, threads):
        return swept(
            draws, EVERYTHING, outputs=["tank", "bent"], pathways=["free", "settled"],
            block=block, engine=Batch(threads=threads, backend=backend),
        )  # fmt: skip

    expected = run(80, 1)
    for block, threads in [(1, 1), (7, 2), (16, 1), (79, 2), (1000, 2)]:
        assert run(block, threads).identical(expected)


def test_a_broken_draw_has_a_status_and_the_others_go_on(tank, swept):
    draws = design.given({"guard": [1, 0, 0.5]}, model=tank)
    ds = swept(draws, Final(), outputs=["ratio", "tank"])
    assert ds["status"].values.tolist() == [[0, 1, 0]]
    assert ds["ratio_final"].values.tolist()[0][::2] == [1, 2]
    assert not np.isfinite(ds["ratio_final"][0, 1])
    assert ds["status"].attrs["flag_meanings"].split()[:2] == ["ok", "non_finite"]


def test_on_disk_it_is_the_same_dataset(swept, draws, tmp_path):
    def run(**more):
        return swept(draws, EVERYTHING, outputs=["tank", "bent"], **more)

    ds = run(out=tmp_path / "out", block=33)
    xr.testing.assert_identical(ds, run())
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["results.nc", "sweep.json"]


def test_large_results_stay_on_disk_until_looked_at(swept, draws, tmp_path, monkeypatch):
    monkeypatch.setattr(gather, "LOADED_BYTES", 10)
    ds = swept(draws, Final(), out=tmp_path / "out")
    assert len(summary(ds)) == 1
    assert not ds["tank_final"].variable._in_memory
    ds.close()


def test_every_step_can_be_saved(swept, draws):
    usual = swept(draws, [Trajectory()], outputs=["tank"])
    step = 0.125
    often = swept(draws, [Trajectory()], outputs=["tank"], save_every=step)
    assert np.diff(often["time"]).max() == step
    xr.testing.assert_equal(often["tank"].sel(time=usual["time"]), usual["tank"])


def test_the_time_step_can_be_chosen(swept):
    ds = swept([1], At(2.0), time_step=0.25, final_time=2)
    assert ds["tank"].item() == 3
    assert json.loads(ds.attrs["controls"])["time_step"] == 0.25


def test_only_the_dates_that_are_kept_are_computed(tank, swept, monkeypatch):
    asked = []
    run = Batch.run
    monkeypatch.setattr(
        Batch, "run", lambda self, *a, **k: asked.append(k.get("times")) or run(self, *a, **k)
    )
    swept([1, 2], [At([1, 2]), Final()])
    assert asked[-1].tolist() == [1, 2, 4]


def test_unknown_names_are_refused_with_the_nearest(swept, draws):
    with pytest.raises(UnknownNameError, match=r"Unknown output `tanc`. Nearest: `tank`"):
        swept(draws, Final(), outputs=["tanc"])
    with pytest.raises(UnknownNameError, match=r"Unknown pathway `fre`. Nearest: `free`"):
        swept(draws, Final(), pathways="fre")


def test_draws_outside_the_range_need_a_word(swept):
    with pytest.raises(InputError, match="Accepted: -1 to 3"):
        swept([0, 5], Final())
    assert swept([0, 5], Final(), beyond_range=True)["tank_final"].values.tolist() == [[1, 21]]


@pytest.mark.parametrize("block", [0, -5, 2.5, True])
def test_a_wrong_block_is_refused(swept, draws, block):
    with pytest.raises(InputError, match="The block is"):
        swept(draws, Final(), block=block)


def test_too_many_trajectories_are_refused_before_anything_is_computed(swept, tank):
    many = design.latin_hypercube(10**8, seed=1, model=tank)
    with pytest.raises(InputError, match=r"take 27.2 GB.*fewer draws"):
        swept(many, Quantiles(), outputs=["tank", "bent"])


def test_blocks_follow_the_memory_that_trajectories_take(swept, draws, monkeypatch):
    sizes = []
    run = Batch.run
    monkeypatch.setattr(
        Batch,
        "run",
        lambda self, *a, **k: sizes.append(len(k["parameters"]["rate"])) or run(self, *a, **k),
    )
    monkeypatch.setattr(plan, "BLOCK_BYTES", 17 * 8 * 40)
    monkeypatch.setattr(plan, "BLOCK_DRAWS", (16, 1024))
    swept(draws, Minimum())
    assert sizes == [32, 32, 16]


def test_draws_that_would_outweigh_the_results_are_left_out(swept, draws, monkeypatch, tmp_path):
    monkeypatch.setattr(plan, "DRAWN_BYTES", 8 * 80 * 2 - 1)
    ds = swept(draws, Final(), out=tmp_path / "out")
    xr.testing.assert_identical(ds, swept(draws, Final()))
    assert "drawn" not in ds
    assert ds["parameter"].values.tolist() == ["rate", "exponent"]


def test_the_reference_engine_sweeps_alike(tank, swept):
    few = design.latin_hypercube(3, seed=7, model=tank)
    batch = swept(few, EVERYTHING, outputs=["tank", "bent"])
    reference = swept(few, EVERYTHING, outputs=["tank", "bent"], engine=Reference())
    assert reference.attrs["engine"] == "Reference"
    for name in batch.data_vars:
        np.testing.assert_allclose(reference[name], batch[name], rtol=1e-12)
