"""Luck in sweeps: the same numbers in every pathway, in any block, and apart from uncertainties."""

import json

import numpy as np
import pytest

from buildout import first_order, pathway, rank_correlation, simulate, sweep
from buildout.cli.main import main
from buildout.errors import InputError, ResultsError
from buildout.inputs.resolve import resolve
from buildout.sampling import design as designs
from buildout.simulation.without_effect import settings_without_effect
from buildout.sweeps import At, Final
from buildout.vensim.engine import Batch, Reference

pytestmark = pytest.mark.usefixtures("tiny_world")
WORK = "plant work"


@pytest.fixture
def cloud(tiny):
    """Sweeps the work on plants over a design."""

    def run(design, pathways=("status-quo", "mobilization"), **more):
        return sweep(design, pathways, outputs=WORK, reductions=Final(), model=tiny, **more)

    return run


def luck(ds, name):
    """The luck of one project in each draw, as the sweep kept it."""
    return ds["drawn"].sel(parameter=name).values


def test_a_draw_has_the_same_luck_in_every_pathway(tiny, cloud):
    ds = cloud(designs.latin_hypercube(200, seed=1, vary="luck", model=tiny))
    first, second = ds["plant_work_final"].values
    # Nothing else in this model makes plants late, so the same luck is the same work.
    np.testing.assert_array_equal(first, second)
    # Plants begin in 2025 + delay and take on a tonne a year until 2030.
    for number, plant in enumerate(ds["plant"].values):
        odds = luck(ds, f"luck of date[{plant}]") / (1 - luck(ds, f"luck of date[{plant}]"))
        built = luck(ds, f"luck of decision[{plant}]") < 0.6
        expected = built * np.maximum(0, 5 - odds)
        np.testing.assert_allclose(first[:, number], expected, atol=0.0625 + 1e-9)
        assert (first[:, number][~built] == 0).all()


def test_a_pathway_alone_has_the_luck_that_it_has_among_others(tiny, cloud):
    design = designs.latin_hypercube(32, seed=1, model=tiny)
    both = cloud(design)["plant_work_final"]
    alone = cloud(design, ["mobilization"])["plant_work_final"]
    np.testing.assert_array_equal(both.sel(pathway="mobilization"), alone[0])


@pytest.mark.quick_for("sobol-llvm")
@pytest.mark.parametrize("backend", ["numpy", "llvm"])
@pytest.mark.parametrize("make", [designs.latin_hypercube, designs.sobol])
def test_luck_does_not_depend_on_the_block(tiny, cloud, make, backend):
    design = make(64, seed=3, model=tiny)
    expected = cloud(design, block=64, engine=Batch(backend=backend))
    for block in (1, 7, 16, 63):
        assert cloud(design, block=block, engine=Batch(backend=backend)).identical(expected)


def test_a_draw_is_the_single_run_with_its_luck(tiny, cloud):
    design = designs.latin_hypercube(8, seed=1, vary="luck", model=tiny)
    ds = cloud(design)
    for draw in (0, 5):
        values = dict(zip(design.names, design.values[draw], strict=True))
        one = simulate("status-quo", settings=values, model=tiny).isel(time=-1, pathway=0)
        np.testing.assert_array_equal(ds["plant_work_final"][0, draw], one["plant_work"])


def test_without_luck_a_draw_is_the_expected_world(tiny, cloud):
    ds = cloud(designs.latin_hypercube(16, seed=1, vary="uncertainty", model=tiny))
    expected = simulate("status-quo", model=tiny)["plant_work"].isel(time=-1, pathway=0)
    for draw in range(16):
        np.testing.assert_array_equal(ds["plant_work_final"][0, draw], expected)


def test_a_pathway_that_sets_the_luck_of_a_project_keeps_it(tiny, cloud):
    late = pathway("status-quo").with_settings({"luck of date[south]": 0.9}, name="south-late")
    design = designs.latin_hypercube(32, seed=1, vary="luck", model=tiny)
    ds = cloud(design, ["status-quo", late])["plant_work_final"].sel
    settled = json.loads(cloud(design, ["status-quo", late]).attrs["settled_by_pathway"])
    assert settled == {"south-late": ["luck of date[south]"]}
    assert (ds(pathway="south-late", plant="south") == 0).all()
    for plant in ("north", "west"):
        np.testing.assert_array_equal(
            ds(pathway="south-late", plant=plant), ds(pathway="status-quo", plant=plant)
        )


def test_luck_that_is_drawn_is_not_set_besides(tiny, cloud):
    design = designs.latin_hypercube(4, seed=1, model=tiny)
    for name in ("switch luck", "luck of date[south]"):
        with pytest.raises(InputError, match=r"is set, and the design draws.*--vary uncertainty"):
            cloud(design, settings={name: 0})
    free = designs.latin_hypercube(4, seed=1, vary="uncertainty", model=tiny)
    ds = cloud(free, settings={"switch luck": 1, "luck of date[south]": 0.9})
    assert (ds["plant_work_final"].sel(plant="south") == 0).all()


def test_the_kind_of_each_column_is_kept_also_on_disk(tiny, cloud, tmp_path):
    design = designs.latin_hypercube(4, seed=1, vary=["cost", "subsidy", "luck"], model=tiny)
    expected = ["uncertainty", "lever", *["luck"] * 7]
    assert cloud(design)["parameter_kind"].values.tolist() == expected
    assert cloud(design, out=tmp_path)["parameter_kind"].values.tolist() == expected


def test_no_sensitivity_is_measured_of_luck(tiny, cloud):
    ds = cloud(designs.latin_hypercube(64, seed=1, model=tiny))
    for measure in (first_order, rank_correlation):
        assert measure(ds, "plant_work_final")["parameter"].values.tolist() == ["cost", "lifetime"]
        with pytest.raises(ResultsError, match="draws luck alone"):
            measure(
                cloud(designs.latin_hypercube(8, seed=1, vary="luck", model=tiny)),
                "plant_work_final",
            )


@pytest.mark.parametrize("engine", [Batch, pytest.param(Reference, marks=pytest.mark.slow)])
def test_luck_of_exactly_0_or_1_gives_a_sound_run(tiny, cloud, engine):
    names = [f"luck of {kind}[{plant}]" for kind in ("date", "decision") for plant in ("north",)]
    ends = designs.given({name: [0, 1] for name in names}, model=tiny)
    ds = cloud(ends, engine=engine())
    assert (ds["status"] == 0).all()
    assert ds["plant_work_final"][0, :, 0].values.tolist() == pytest.approx([5, 0], abs=0.1)


def told(tiny, settings):
    return list(map(str, settings_without_effect(resolve(tiny, "status-quo", settings))))


def test_luck_without_its_switch_changes_nothing_and_says_why(tiny):
    for name in ("luck of date[south]", "luck of date", "luck of decision"):
        assert told(tiny, {name: 0.9}) == [f"`{name}` changed nothing: `switch luck` is 0."]


def test_luck_with_its_switch_makes_a_project_late(tiny):
    settings = {"switch luck": 1, "luck of date[south]": 0.7}
    assert told(tiny, settings) == []
    work = simulate("status-quo", settings=settings, model=tiny)["plant_work"].isel(time=-1)
    assert float(work.sel(plant="south")[0]) < float(work.sel(plant="north")[0])


@pytest.mark.parametrize(
    ("vary", "names"),
    [
        ([], {"uncertainty", "luck"}),
        (["--vary", "luck"], {"luck"}),
        (["--vary", "uncertainty"], {"uncertainty"}),
    ],
)
def test_the_command_draws_luck_alone_uncertainties_alone_or_both(tmp_path, capsys, vary, names):
    import xarray as xr

    command = ["sweep", "status-quo", "--draws", "4", "--out", str(tmp_path)]
    assert main([*command, "--outputs", WORK, "--at", "2030", *vary]) == 0
    capsys.readouterr()
    with xr.open_dataset(tmp_path / "results.nc") as ds:
        assert set(ds["parameter_kind"].values) == names


def test_a_grid_of_the_command_leaves_luck_out(tmp_path, capsys):
    command = "sweep --design grid --draws 9 status-quo --outputs plant_work --at 2030"
    assert main([*command.split(), "--out", str(tmp_path)]) == 0
    rows = (tmp_path / "summary.csv").read_text()
    assert ",9" in rows


def test_the_spread_of_a_sweep_with_luck_is_wider(tiny, cloud):
    def spread(vary):
        draws = designs.latin_hypercube(128, seed=1, vary=vary, model=tiny)
        return sweep(
            draws, "status-quo", outputs=WORK, reductions=At([2028]), model=tiny
        )["plant_work"].std().item()  # fmt: skip

    assert spread("luck") > spread("uncertainty") + 0.5
