"""Saltelli designs: the order of SALib, any stretch of them, groups, and files."""

import numpy as np
import pytest
from SALib.sample import sobol as salib

from buildout.errors import InputError, UnknownNameError
from buildout.sampling import design as designs
from buildout.sampling.points import SaltelliPoints
from buildout.sampling.saltelli import LUCK_FACTOR, saltelli
from buildout.sampling.saved import load_design, save_design


@pytest.mark.parametrize("second_order", [False, True])
def test_the_points_are_those_of_salib_in_its_order(second_order):
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = salib.sample(
        problem, 64, calc_second_order=second_order, skip_values=0, seed=np.random.default_rng(7)
    )
    ours = SaltelliPoints(64, 7, (0, 1, 2), second_order)
    assert ours.size == len(theirs)
    np.testing.assert_allclose(ours.points(0, ours.size), theirs, rtol=1e-15)


def test_any_stretch_of_a_saltelli_design_is_the_same_whatever_else_is_asked(tiny):
    design = saltelli(8, seed=7, model=tiny)
    for start, stop in [(0, 1), (3, 5), (4, 9), (13, design.size), (20, 20)]:
        np.testing.assert_array_equal(design.rows(start, stop), design.values[start:stop])


def test_luck_is_a_factor_of_all_its_numbers_and_its_switch_is_none(tiny):
    design = saltelli(16, seed=1, model=tiny)
    assert design.factors == ("cost", "lifetime", LUCK_FACTOR)
    assert design.size == 16 * (3 + 2)
    first, cost, lifetime, luck, second = design.values[:5]
    assert first[-1] == second[-1] == 1
    assert (first != cost).nonzero()[0].tolist() == [0]
    assert (first != lifetime).nonzero()[0].tolist() == [1]
    np.testing.assert_array_equal(luck[:2], first[:2])
    np.testing.assert_array_equal(luck[2:], second[2:])


def test_a_group_is_drawn_anew_together(tiny):
    groups = {"plants": ["cost", "life*"]}
    design = saltelli(16, seed=1, groups=groups, model=tiny)
    assert design.factors == ("plants", LUCK_FACTOR)
    first, plants, _, second = design.values[:4]
    np.testing.assert_array_equal(plants[:2], second[:2])
    np.testing.assert_array_equal(plants[2:], first[2:])


@pytest.mark.parametrize(
    ("base", "more", "message"),
    [
        (1000, {}, "A Saltelli design of 1000 pairs is out of balance.*Take 512 or 1024 pairs"),
        (0, {}, "A whole number from 1"),
        (8, {"groups": {"a": "cost", "b": ["cost"]}}, "in the groups `a` and `b`"),
        (8, {"groups": {"a": "subsidy"}}, "`a` has nothing that the design draws"),
        (8, {"groups": {"a": "life time"}}, "Nearest: `lifetime`"),
    ],
)
def test_what_makes_no_saltelli_design_is_refused_with_a_cure(tiny, base, more, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        saltelli(base, model=tiny, **more)


def test_a_saltelli_design_comes_back_from_its_file_with_its_factors(tmp_path, model):
    design = saltelli(8, seed=3, vary=["grant s*", "luck of demand"], second_order=True)
    assert design.factors == ("grant share level", "grant start", LUCK_FACTOR)
    back = load_design(save_design(design, tmp_path / "draws.csv")[0], model=model)
    assert (back.kind, back.factors, back.size) == ("saltelli", design.factors, design.size)
    assert back.provenance["second_order"] is True
    np.testing.assert_array_equal(back.values, design.values)


def test_plain_designs_have_no_factors(tiny):
    assert designs.sobol(8, model=tiny).factors == ()
    assert "`saltelli` makes one" in designs.sobol(8, model=tiny).note
