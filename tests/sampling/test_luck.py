"""Luck: which designs draw it, one number for each project, and never quite 0 or 1."""

import numpy as np
import pytest

from buildout.errors import InputError, UnknownNameError
from buildout.inputs.model import load_model
from buildout.sampling import design as designs
from buildout.sampling.distributions import CHANCE, Marginal
from buildout.sampling.points import Hypercube

PLANTS = ("north", "south", "west")
DATES = tuple(f"luck of date[{plant}]" for plant in PLANTS)
LUCK = (*DATES, *(f"luck of decision[{plant}]" for plant in PLANTS))
SWITCH = "switch luck"
RANDOM = [designs.latin_hypercube, designs.sobol]


@pytest.mark.parametrize("make", RANDOM)
def test_a_design_over_all_uncertainties_draws_luck_too_and_sets_its_switch(tiny, make):
    design = make(64, seed=1, model=tiny)
    assert design.names == ("cost", "lifetime", *LUCK, SWITCH)
    assert (design.values[:, -1] == 1).all()


def test_each_project_has_luck_of_its_own(tiny):
    columns = designs.latin_hypercube(512, seed=1, vary="luck", model=tiny).values[:, :-1]
    assert np.abs(np.corrcoef(columns.T) - np.eye(6)).max() < 0.15
    assert np.sort(np.floor(columns * 512), axis=0).tolist() == [[i] * 6 for i in range(512)]


@pytest.mark.parametrize("make", RANDOM)
def test_luck_alone_is_drawn_or_left_out_by_the_name_of_its_kind(tiny, make):
    assert make(4, seed=1, vary="luck", model=tiny).names == (*LUCK, SWITCH)
    assert make(4, seed=1, vary="uncertainty", model=tiny).names == ("cost", "lifetime")
    assert make(4, seed=1, kinds=["luck"], model=tiny).names == (*LUCK, SWITCH)
    both = make(4, seed=1, vary=["uncertainty", "luck"], model=tiny)
    assert both.names == ("cost", "lifetime", *LUCK, SWITCH)


def test_a_kind_that_is_mistyped_is_offered(tiny):
    with pytest.raises(UnknownNameError, match=r"Unknown parameter or kind .* `uncertainty`"):
        designs.latin_hypercube(4, vary="uncertainties", model=tiny)


def test_the_luck_of_a_draw_is_the_same_whatever_else_is_drawn(tiny):
    alone = designs.latin_hypercube(32, seed=1, vary="luck", model=tiny)
    both = designs.latin_hypercube(32, seed=1, model=tiny)
    np.testing.assert_array_equal(both.values[:, 2:], alone.values)


def test_one_project_more_leaves_the_luck_of_the_others(tiny, tiny_world, tmp_path):
    text = (tiny_world / "model" / "buildout.mdl").read_text()
    (tmp_path / "buildout.mdl").write_text(text.replace("north, south, west", "east, north, west"))
    table = tiny_world / "calibration" / "parameters.csv"
    other = designs.latin_hypercube(
        32, seed=1, vary="luck", model=load_model(tmp_path / "buildout.mdl", table)
    )
    here = designs.latin_hypercube(32, seed=1, vary="luck", model=tiny)
    kept = "luck of date[west]"
    np.testing.assert_array_equal(
        other.values[:, other.names.index(kept)], here.values[:, here.names.index(kept)]
    )


@pytest.mark.parametrize("make", RANDOM)
def test_any_stretch_of_luck_is_the_same_whatever_else_is_asked(tiny, make):
    design = make(64, seed=7, vary="luck", model=tiny)
    for start, stop in [(0, 1), (13, 14), (13, 64), (32, 64)]:
        np.testing.assert_array_equal(design.rows(start, stop), design.values[start:stop])


def test_patterns_and_names_choose_luck_and_never_its_switch_alone(tiny):
    def drawn(vary):
        return designs.latin_hypercube(4, seed=1, vary=vary, model=tiny).names

    assert drawn("luck of date") == (*DATES, SWITCH)
    assert drawn("luck of da*") == (*DATES, SWITCH)
    assert drawn("luck of date[south]") == (DATES[1], SWITCH)
    assert drawn(["luck of date[south]", "cost"]) == (DATES[1], "cost", SWITCH)
    assert {*LUCK, SWITCH} < {*drawn("*")}
    assert drawn(SWITCH) == (SWITCH,)
    with pytest.raises(InputError, match="nothing to vary"):
        drawn("switch l*")


def test_a_range_of_ones_own_is_that_of_each_project(tiny):
    design = designs.latin_hypercube(64, seed=1, vary={"luck of date": (0.8, 1)}, model=tiny)
    assert design.names == (*DATES, SWITCH)
    drawn = design.values[:, :-1]
    assert 0.8 < drawn.min() < drawn.max() < 1
    assert not np.array_equal(drawn[:, 0], drawn[:, 1])


def test_the_switch_is_drawn_where_it_is_asked_for(tiny):
    design = designs.grid({"switch luck": [0, 1], "luck of date[west]": [0.1, 0.9]}, model=tiny)
    assert design.values.tolist() == [[0, 0.1], [0, 0.9], [1, 0.1], [1, 0.9]]
    design = designs.latin_hypercube(8, seed=1, vary=["luck of date", SWITCH], model=tiny)
    assert sorted(design.values[:, -1]) == [0] * 4 + [1] * 4


def test_luck_that_is_given_or_laid_on_a_grid_sets_the_switch(tiny):
    grid = designs.grid({"luck of date[west]": [0.1, 0.9]}, model=tiny)
    assert grid.values.tolist() == [[0.1, 1], [0.9, 1]]
    named = designs.grid("luck of date[west]", points=2, model=tiny)
    assert named.values.tolist() == [[CHANCE, 1], [1 - CHANCE, 1]]
    given = designs.given({"luck of date[west]": [0.1, 0.9], "cost": [2, 3]}, model=tiny)
    assert given.names == ("luck of date[west]", "cost", SWITCH)
    assert given.values.tolist() == [[0.1, 2, 1], [0.9, 3, 1]]


def test_designs_that_compare_values_leave_luck_out(tiny):
    assert designs.one_at_a_time(model=tiny).names == ("cost", "lifetime")
    assert designs.grid(model=tiny).names == ("cost", "lifetime")
    assert not set(designs.one_at_a_time("*", model=tiny).names) & {*LUCK, SWITCH}


@pytest.mark.parametrize("vary", ["luck", "luck of date", ["cost", "luck of date[west]"]])
def test_luck_is_not_moved_one_at_a_time(tiny, vary):
    with pytest.raises(InputError, match="is luck, which is not moved one at a time"):
        designs.one_at_a_time(vary, model=tiny)


def test_no_draw_of_luck_is_quite_0_or_1(tiny):
    design = designs.latin_hypercube(4, seed=1, vary="luck", model=tiny)
    share = np.array([0.0, 1.0])
    for marginal in design.marginals[:-1]:
        assert marginal.quantile(share).tolist() == [CHANCE, 1 - CHANCE]
    low, high = design.ends()
    assert (low[:-1] == CHANCE).all()
    assert (high[:-1] == 1 - CHANCE).all()


def test_a_model_without_luck_is_drawn_as_before(tank):
    design = designs.latin_hypercube(8, seed=1, model=tank)
    assert design.names == ("rate", "exponent")
    assert design.source == Hypercube(8, 1, ("rate", "exponent"))
    with pytest.raises(InputError, match="nothing to vary"):
        designs.latin_hypercube(8, vary="luck", model=tank)


def test_the_switch_is_no_draw_but_a_column_of_ones(tiny):
    design = designs.latin_hypercube(4, seed=1, vary="luck", model=tiny)
    assert design.marginals[-1] == Marginal(SWITCH, "Dmnl", 1, 1, 1, "fixed")
