"""A tornado turns about the pathway itself, and says what the pathway has settled."""

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.sensitivity import first_order, rank_correlation
from buildout.errors import ResultsError
from buildout.sampling import design as designs
from buildout.sweeps import Final

PATHWAYS = ("status-quo", "mobilization", "china-deal")
VARY = ["grant share level", "permit time*", "deal civil access", "cut depth[truce branch]"]


@pytest.fixture(scope="module")
def around(model):
    design = bo.one_at_a_time(VARY, model=model)
    return bo.sweep(design, PATHWAYS, outputs=["vulnerability"], reductions=bo.At(2030),
                    model=model)  # fmt: skip


def test_the_centre_of_a_tornado_is_the_pathway_as_simulated(model, around):
    ds = bo.simulate(PATHWAYS, outputs=["vulnerability"], model=model)
    centre = around["vulnerability"].isel(draw=0).sel(year=2030)
    np.testing.assert_array_equal(centre, ds["vulnerability"].sel(time=2030))
    # Not that of a world in which no pathway has set anything.
    assert len(np.unique(centre)) > 1


def test_an_end_moves_the_pathway_by_that_end_alone(model, around):
    found = bo.tornado(around, "vulnerability")
    name = "grant share level"
    high = next(row.high for row in model.table if row.name == name)
    ds = bo.simulate(PATHWAYS, settings={name: high}, outputs=["vulnerability"], model=model)
    expected = ds["vulnerability"].sel(time=2030) - around["vulnerability"].isel(draw=0, year=0)
    np.testing.assert_array_equal(found.sel(parameter=name, end="high", year=2030), expected)


def test_what_a_pathway_settles_is_nan_with_a_note(swept, tank):
    draws = designs.one_at_a_time(["exponent", "rate"], model=tank)
    ds = swept(draws, Final(), pathways=["free", "settled"])
    found = bo.tornado(ds, "tank_final")
    assert np.isnan(found.sel(pathway="settled", parameter="rate")).all()
    assert found.sel(pathway="free", parameter="rate").values.tolist() == [-8, 8]
    assert found.sel(pathway="settled", parameter="exponent").values.tolist() == [0, 0]
    assert "settles" in found.attrs["note"]
    # The centre of the second pathway is its own rate of 2.
    assert ds["tank_final"].sel(pathway="settled").values[0] == 1 + 4 * 2


def test_a_design_that_fills_no_box_is_refused_by_what_needs_one(swept, tank):
    ds = swept(designs.one_at_a_time(["exponent", "rate"], model=tank), Final())
    for measure in (first_order, rank_correlation):
        with pytest.raises(ResultsError, match=r"fill no box of ranges.*Use `tornado`"):
            measure(ds, "tank_final")


def test_results_of_a_sobol_design_say_that_they_are_no_saltelli_sample(swept, tank):
    ds = swept(designs.sobol(8, seed=1, model=tank), Final())
    assert ds.attrs["design"] == "sobol"
    assert "SALib" in ds.attrs["design_note"]
    assert "design_note" not in swept([1, 2], Final()).attrs
