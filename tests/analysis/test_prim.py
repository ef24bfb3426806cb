"""Boxes in which an answer is mostly yes: planted ones come back, and noise is refused."""

import numpy as np
import pytest

from buildout.analysis.boxes import Answers, judge_box
from buildout.analysis.prim import find_box, score_box
from buildout.analysis.trees import tree_opinion

NAMES = [f"x{i}" for i in range(8)]


def halves(answer, seed, draws=3000):
    """Draws and their answers, to make a box from and to judge it in."""
    rng = np.random.default_rng(seed)
    drawn = rng.random((draws, len(NAMES)))
    yes = answer(drawn, rng)
    return Answers(drawn[: draws // 2], yes[: draws // 2]), Answers(
        drawn[draws // 2 :], yes[draws // 2 :]
    )


def planted(drawn, _):
    return (drawn[:, 1] > 0.3) & (drawn[:, 1] < 0.8) & (drawn[:, 4] < 0.6) & (drawn[:, 6] > 0.2)


@pytest.mark.quick_for("0")
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_box_comes_back_in_the_held_out_half(seed):
    made, held = halves(planted, seed)
    box = judge_box(NAMES, made, held)
    assert box.side
    assert not box.about["box_refused"]
    assert box.about["box_density"] >= 0.9
    assert box.about["box_coverage"] >= 0.95
    np.testing.assert_allclose(
        [box.low[1], box.high[1], box.high[4], box.low[6]], [0.3, 0.8, 0.6, 0.2], atol=0.02
    )
    assert np.isfinite(box.low).sum() + np.isfinite(box.high).sum() == 4
    assert box.about["tree_agreement"] > 0.9 > box.about["tree_by_chance"] + 0.2
    assert {"x1", "x4", "x6"} <= set(box.about["tree_asks"])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_noise_has_no_box(share):
    refused = []
    for seed in range(8):
        made, held = halves(lambda drawn, rng: rng.random(len(drawn)) < share, seed, draws=800)
        refused.append(bool(judge_box(NAMES, made, held).about["box_refused"]))
    assert all(refused)


def test_a_box_that_fits_its_own_draws_only_is_refused_by_the_held_out_half():
    """Made from forty draws of noise, a box is splendid there and nothing elsewhere."""
    rng = np.random.default_rng(5)
    drawn, yes = rng.random((40, 30)), rng.random(40) < 0.5
    box = find_box(drawn, yes)
    assert score_box(box, (drawn, yes), drawn, yes).density > 0.9
    fresh, answers = rng.random((1000, 30)), rng.random(1000) < 0.5
    score = score_box(box, (drawn, yes), fresh, answers)
    assert score.index_found > 0.8
    assert "no more than chance" in score.refusal or "fits the draws" in score.refusal


@pytest.mark.slow
def test_half_noise_leaves_the_box_and_says_what_it_is_worth():
    def noisy(drawn, rng):
        return (drawn[:, 2] > 0.6) ^ (rng.random(len(drawn)) < 0.15)

    box = judge_box(NAMES, *halves(noisy, 1))
    assert np.flatnonzero(np.isfinite(box.low)).tolist() == [2]
    assert box.low[2] == pytest.approx(0.6, abs=0.03)
    assert box.about["box_density"] == pytest.approx(0.85, abs=0.04)
    assert box.about["box_density_low"] < box.about["box_density"]


@pytest.mark.slow
def test_the_rarer_answer_is_looked_for():
    box = judge_box(NAMES, *halves(lambda drawn, _: drawn[:, 3] < 0.8, 2))
    assert not box.side
    assert box.low[3] == pytest.approx(0.8, abs=0.02)


def test_an_answer_that_hardly_any_draw_gives_has_no_box():
    made, held = halves(lambda drawn, _: drawn[:, 0] > 0.99, 3)
    assert "too few for a box" in judge_box(NAMES, made, held).about["box_refused"]


def test_choices_of_two_values_can_be_a_side_of_a_box():
    rng = np.random.default_rng(4)
    drawn = np.column_stack([rng.integers(0, 2, 1000), rng.random(1000)]).astype(float)
    box = find_box(drawn, (drawn[:, 0] == 1) & (drawn[:, 1] < 0.5))
    assert box.low[0] == 0.5
    assert box.high[1] == pytest.approx(0.5, abs=0.01)


def test_a_tree_that_finds_nothing_asks_nothing():
    drawn = np.ones((100, 2))
    yes = np.arange(100) % 2 == 0
    tree = tree_opinion((drawn, yes), drawn, yes, yes)
    assert (tree.asked, tree.first[0]) == ((), -1)
