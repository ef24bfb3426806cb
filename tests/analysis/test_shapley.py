"""Shapley values of games whose answers are known in closed form."""

import itertools
from math import factorial

import numpy as np
import pytest

from buildout.analysis.shapley import first_in, interactions, last_in, shapley_values
from buildout.errors import InputError


def game(players, value):
    """Values of all coalitions of players 0 to n - 1."""
    coalitions = range(1 << players)
    members = ([i for i in range(players) if c >> i & 1] for c in coalitions)
    return np.array([value(frozenset(inside)) for inside in members], float)


def by_orders(values):
    """The definition: what each adds, in the mean over all orders of joining."""
    players = len(values).bit_length() - 1
    parts = np.zeros(players)
    for order in itertools.permutations(range(players)):
        inside = 0
        for player in order:
            parts[player] += values[inside | 1 << player] - values[inside]
            inside |= 1 << player
    return parts / factorial(players)


def test_in_an_additive_game_everybody_gets_their_own():
    own = np.array([3.0, -1.0, 0.0, 12.5, 7.0])
    values = game(5, lambda inside: 100 + sum(own[list(inside)]))
    for parts in (shapley_values(values), first_in(values), last_in(values)):
        np.testing.assert_allclose(parts, own, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(interactions(values), 0, atol=1e-12)


def test_in_a_unanimity_game_those_who_are_needed_share_alike():
    needed = {0, 2, 3}
    values = game(5, lambda inside: float(needed <= inside))
    expected = [1 / 3 if i in needed else 0 for i in range(5)]
    np.testing.assert_allclose(shapley_values(values), expected, rtol=1e-14)
    assert first_in(values).tolist() == [0] * 5
    assert last_in(values).tolist() == [1, 0, 1, 1, 0]


def test_in_the_glove_game_the_rare_glove_gets_two_thirds():
    """One left glove, two right ones; a pair is worth 1 (Shapley & Shubik 1969)."""
    values = game(3, lambda inside: float(0 in inside and len(inside) > 1))
    np.testing.assert_allclose(shapley_values(values), [2 / 3, 1 / 6, 1 / 6], rtol=1e-14)


def test_two_who_need_one_another_interact_by_all_that_they_make():
    values = game(3, lambda inside: 6.0 * ({0, 1} <= inside) - 2.0 * (2 in inside))
    np.testing.assert_allclose(interactions(values)[0], [0, 6, 0], atol=1e-13)
    # Of three who are needed, a pair makes all of it where the third is there: in half.
    three = interactions(game(3, lambda inside: float(len(inside) == 3)))
    np.testing.assert_allclose(three[0], [0, 0.5, 0.5], rtol=1e-14)


@pytest.mark.parametrize("players", [1, 2, 5, 7])
def test_any_game_is_parted_as_the_definition_says_and_without_a_residual(players):
    values = np.random.default_rng(players).normal(1e4, 1e3, 1 << players)
    parts = shapley_values(values)
    np.testing.assert_allclose(parts, by_orders(values), rtol=1e-11)
    assert parts.sum() == pytest.approx(values[-1] - values[0], rel=1e-11)


def test_twelve_players_leave_no_residual():
    values = np.random.default_rng(12).lognormal(8, 2, 1 << 12)
    assert shapley_values(values).sum() == pytest.approx(values[-1] - values[0], rel=1e-9)


def test_draws_are_games_of_their_own():
    values = np.random.default_rng(4).normal(size=(16, 3))
    together = shapley_values(values)
    for draw in range(3):
        np.testing.assert_allclose(together[:, draw], shapley_values(values[:, draw]), rtol=1e-12)


@pytest.mark.parametrize(("count", "message"), [(3, "3 coal"), (1, "1 coal"), (8192, "13 play")])
def test_what_is_no_game_is_refused(count, message):
    with pytest.raises(InputError, match=message):
        shapley_values(np.zeros(count))
