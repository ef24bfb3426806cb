"""What decides an outcome of the project's model: the same numbers as other verbs give."""

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.why_rows import told_factors, why_answer
from buildout.figures import deciding

# Hundreds of runs for each answer.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def magnets():
    return bo.why("US magnet output", 2035, keep=3, draws=64)


def test_its_draws_are_those_of_a_sweep_and_its_direction_that_of_rank_correlation(magnets):
    cloud = bo.sweep(
        bo.latin_hypercube(64, seed=1), "status-quo", outputs="US magnet output total",
        reductions=bo.At([2035.0]),
    )  # fmt: skip
    values = cloud["us_magnet_output_total"].values[0, :, 0]
    assert magnets.attrs["level"] == np.median(values)
    assert magnets.attrs["share"] == 0.5
    ranks = bo.rank_correlation(cloud, "us_magnet_output_total", partial=False)
    for factor in magnets["factor"].values[:-2]:
        own = magnets["rank_correlation"].sel(factor=factor)
        assert float(own) == pytest.approx(float(ranks.sel(parameter=factor).squeeze()))


def test_luck_and_all_others_are_told_apart_from_what_the_screen_keeps(magnets):
    rows = why_answer(magnets)["factors"]
    count = magnets.attrs["uncertainties"]
    assert [row["numbers"] for row in rows] == [1, 1, 1, count - 3, magnets.attrs["luck"]]
    assert rows[-1]["moves"] > 0.2  # No research removes it.
    assert all(row["grade"] for row in rows[:3])
    assert magnets.attrs["runs"] == 64 + 2 * (count + 2) + 64 * 7


def test_the_same_question_has_the_same_answer(magnets):
    assert bo.why("US magnet output", 2035, keep=3, draws=64).identical(magnets)


def test_without_a_box_the_picture_says_why(magnets):
    figure = deciding(magnets)
    answer = why_answer(magnets)
    assert len(figure.axes) == (1 if answer["box_refused"] else 2)
    assert len(figure.axes[0].patches) == len(told_factors(answer["factors"]))


def test_it_keeps_what_decides_the_verdict_by_ranks_and_shows_the_same_shares():
    """Of the numbers of `deciders` all but luck, with the same draws in the same quarters."""
    rows = [
        row
        for row in bo.deciders(bo.simulate("status-quo"), draws=1000)
        if row["magnet_class"] == "SmCo" and not row["number"].startswith("luck")
    ]
    ds = bo.why("coverage: SmCo", 2027, draws=1000)
    assert {row["number"] for row in rows} <= set(ds["factor"].values)
    for row in rows:
        own = ds.sel(factor=row["number"])
        for mine, theirs in (("yes_low", "covered_low"), ("yes_high", "covered_high")):
            assert float(own[mine]) == row[theirs]
        assert float(own["rank_correlation"]) == pytest.approx(row["rank_correlation"])
