"""Truths that are made up are found, and as often as the draws say."""

import numpy as np
import pytest

from buildout.analysis import truths
from buildout.analysis.truths import (
    AMONG,
    QUANTITIES,
    Ranks,
    Worlds,
    importance_ranks,
    smoother_ranks,
    worlds_of,
)
from buildout.sampling.design import latin_hypercube


@pytest.fixture(scope="module")
def few():
    """A pool that is quick to run."""
    return worlds_of(latin_hypercube(2000, seed=20270101))


def test_ranks_in_a_small_pool_are_even_for_nearly_all_quantities(few):
    ranks = importance_ranks(few, 100, seed=1)
    assert (ranks.chances() >= 0.01).sum() >= 10
    assert np.median(ranks.effective) >= 100
    spread = dict(zip(QUANTITIES, ranks.spread, strict=True))
    # What was seen says much of some quantities and nothing of others.
    assert spread["jobs per tonne[mining and chemistry]"] < 0.8
    assert spread["US magnet output total, 2028"] < 0.8
    assert spread["price balance elasticity"] == pytest.approx(1.0, abs=0.1)


def test_a_posterior_that_is_too_sure_has_uneven_ranks(few, monkeypatch):
    own = truths.importance_weights
    # As if each observation had been made four times.
    monkeypatch.setattr(truths, "importance_weights", lambda likely: own(4 * likely))
    chances = dict(zip(QUANTITIES, importance_ranks(few, 300, seed=1).chances(), strict=True))
    assert chances["US magnet output total, 2028"] < 0.01


def test_ranks_that_are_all_the_same_are_not_even():
    ranks = np.repeat([[0, AMONG]], 100, axis=0)
    chances = Ranks(ranks, np.full(100, 500.0), np.ones(2)).chances()
    assert chances == pytest.approx([0, 0])


def test_ranks_by_chance_are_even():
    ranks = np.random.default_rng(1).integers(0, AMONG + 1, (400, 20))
    chances = Ranks(ranks, np.full(400, 500.0), np.ones(20)).chances()
    assert (chances > 0.001).all()


def test_equal_values_are_ranked_by_chance():
    rng = np.random.default_rng(2)
    worlds = Worlds(np.zeros((200, len(QUANTITIES))), rng.standard_normal((200, 9)) + 10)
    with np.errstate(invalid="ignore"):  # Nothing varies.
        ranks = importance_ranks(worlds, 150, seed=1)
    assert (ranks.chances() > 0.001).all()


@pytest.mark.slow
def test_ranks_of_truths_left_out_of_a_large_pool_are_even():
    pool = worlds_of(latin_hypercube(100_000, seed=20270101))
    ranks = importance_ranks(pool, 400, seed=1)
    assert (ranks.effective >= 100).mean() >= 0.98
    assert (ranks.chances() >= 0.01).sum() >= 10
    # The smoother is approximate; by these ranks it cannot be told from what is right.
    moved = smoother_ranks(pool, 200, draws=400, seed=1)
    assert (moved.chances() >= 0.01).sum() >= 6
    assert moved.spread == pytest.approx(ranks.spread, abs=0.1)
