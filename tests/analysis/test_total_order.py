"""Total Sobol' indices, from sweeps of Saltelli designs, against closed forms and SALib itself."""

import json

import numpy as np
import pytest
from SALib.analyze import sobol as salib

from buildout.analysis.sensitivity import first_order, rank_correlation
from buildout.analysis.total_order import sound_blocks, total_order
from buildout.errors import InputError, ResultsError, UnknownNameError
from buildout.inputs.model import load_model
from buildout.sampling import design as designs
from buildout.sampling.saltelli import saltelli
from buildout.sampling.saved import load_design, save_design
from buildout.sweeps import Final
from buildout.sweeps.run import sweep

ISHIGAMI = """{UTF-8}
x1 = 0 ~ Dmnl ~ |
x2 = 0 ~ Dmnl ~ |
x3 = 0 ~ Dmnl ~ |
y = SIN(x1) + 7 * SIN(x2)^2 + 0.1 * x3^4 * SIN(x1) ~ Dmnl ~ Ishigami & Homma 1990. |
INITIAL TIME = 0 ~ Year ~ |
FINAL TIME = 2 ~ Year ~ |
TIME STEP = 1 ~ Year ~ |
SAVEPER = 1 ~ Year ~ |
"""
HEAD = "name,unit,default,low,high,distribution,kind,source_ids,grade,rationale\n"
ROW = "{name},Dmnl,0,-3.141592653589793,3.141592653589793,uniform,uncertainty,,U,judgement\n"
# With a = 7 and b = 0.1: parts of the variance of x1, of x2, and of x1 with x3.
ONE, TWO = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2, 7**2 / 8
BOTH = 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)
WHOLE = ONE + TWO + BOTH
FIRST = np.array([ONE, TWO, 0]) / WHOLE
TOTAL = np.array([ONE + BOTH, TWO, BOTH]) / WHOLE


@pytest.fixture(scope="module")
def ishigami(tmp_path_factory):
    """Ishigami's function as a model, swept over a Saltelli design and over a plain one."""
    folder = tmp_path_factory.mktemp("ishigami")
    (folder / "ishigami.mdl").write_text(ISHIGAMI)
    table = HEAD + "".join(ROW.format(name=name) for name in ("x1", "x2", "x3"))
    (folder / "parameters.csv").write_text(table)
    (folder / "as-it-is.toml").write_text('title = "As it is"\n')
    model = load_model(folder / "ishigami.mdl", folder / "parameters.csv")

    def swept(design):
        path = folder / "as-it-is.toml"
        return sweep(design, path, outputs="y", reductions=Final(), model=model)

    return model, swept


@pytest.fixture(scope="module")
def blocks(ishigami):
    model, swept = ishigami
    return swept(saltelli(2**13, seed=1, model=model))


def test_salib_takes_the_sweep_of_a_saltelli_design_as_it_is(ishigami, blocks):
    """The case of a plain Sobol' sample, which gave a first-order index of -0.49, the right way."""
    factors = json.loads(blocks.attrs["factors"])
    problem = {"num_vars": len(factors), "names": factors}
    values = blocks["y_final"].values[0]
    indices = salib.analyze(problem, values, calc_second_order=False, seed=1)
    np.testing.assert_allclose(indices["S1"][:2], FIRST[:2], rtol=0.02)
    assert abs(indices["S1"][2]) < 0.02
    np.testing.assert_allclose(indices["ST"], TOTAL, rtol=0.02)


def test_total_indices_of_ishigamis_function_are_within_two_percent(blocks):
    indices = total_order(blocks, "y_final")
    assert indices["factor"].values.tolist() == ["x1", "x2", "x3"]
    np.testing.assert_allclose(indices["total"][0], TOTAL, rtol=0.02)
    np.testing.assert_allclose(indices["first"][0, :2], FIRST[:2], rtol=0.02)
    assert abs(float(indices["first"][0, 2])) < 0.02
    assert (abs(indices["total"][0] - TOTAL) < 2 * indices["total_conf"][0]).all()


def test_the_same_indices_come_from_a_design_with_the_second_order_and_from_a_file(
    ishigami, tmp_path
):
    model, swept = ishigami
    design = saltelli(2**9, seed=1, second_order=True, model=model)
    save_design(design, tmp_path / "draws.csv", model=model)
    both = [swept(d) for d in (design, load_design(tmp_path / "draws.csv", model=model))]
    found = [total_order(ds, "y_final") for ds in both]
    assert found[0].identical(found[1])
    np.testing.assert_allclose(found[0]["total"][0], TOTAL, atol=0.08)


def test_a_plain_sample_is_refused_with_the_design_that_is_needed(ishigami, blocks):
    model, swept = ishigami
    plain = swept(designs.sobol(64, seed=1, model=model))
    with pytest.raises(ResultsError, match=r"design `sobol`.*need the draws of `saltelli"):
        total_order(plain, "y_final")
    for measure in (first_order, rank_correlation):
        with pytest.raises(ResultsError, match="Use `total_order`"):
            measure(blocks, "y_final")
    with pytest.raises(UnknownNameError, match="Nearest: `y_final`"):
        total_order(blocks, "y_finale")


@pytest.mark.slow
def test_blocks_with_a_broken_draw_are_left_out_whole(blocks):
    broken = blocks.copy(deep=True)
    broken["status"].values[0, [7, 50]] = 1
    broken["y_final"].values[0, [7, 50]] = 1e9
    found = total_order(broken, "y_final")
    np.testing.assert_allclose(found["total"][0], TOTAL, rtol=0.03)
    sound = sound_blocks(np.array([True] * 7 + [False] + [True] * 42), 3)
    assert (len(sound), sound.sum(), sound[5:10].any()) == (50, 45, False)
    with pytest.raises(ResultsError, match="blocks of 3 factors have 5"):
        sound_blocks(np.ones(51, bool), 3)


def test_what_does_not_vary_has_no_indices_and_what_is_missing_is_refused(blocks):
    still = blocks.copy(deep=True)
    still["y_final"].values[:] = 5.0
    assert np.isnan(total_order(still, "y_final")["total"]).all()
    still["y_final"].values[0, 3] = np.nan
    with pytest.raises(InputError, match="`why` judges dates by their side"):
        total_order(still, "y_final")
