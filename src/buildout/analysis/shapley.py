"""Who made how much of what all made together: Shapley values over all coalitions.

A coalition is a number whose bit i says whether player i is in it, so the values of a game of n
players are an array over 0 to 2**n - 1. Written here, as it is short; packages for it sample
coalitions, and we have all of them.
"""

from functools import lru_cache
from math import factorial

import numpy as np

from buildout.errors import InputError
from buildout.vensim.arrays import Floats, Truths

#: Twice as many coalitions for each player more: 4,096 at this number.
MOST_PLAYERS = 12


def shapley_values(values: Floats) -> Floats:
    """The part of each player (Shapley 1953): the mean of what it adds, over all orders of joining.

    Parameters
    ----------
    values : array, (2**n, ...)
        Of each coalition, in whatever unit; further axes, such as draws, are games of their own.

    Returns
    -------
    array, (n, ...), in the same unit
        They add up to the value of all less that of nobody.

    Raises
    ------
    InputError
        When the number of coalitions is no power of two, or there are more than 12 players.

    Examples
    --------
    >>> shapley_values(np.array([0.0, 1.0, 0.0, 3.0])).tolist()
    [2.0, 1.0]
    """
    # Less the value of nobody, which changes no part and keeps what makes nothing at nothing.
    return np.asarray(np.tensordot(_weights(_players(values)), values - values[0], axes=1))


def first_in(values: Floats) -> Floats:
    """What each player adds to nobody, (n, ...)."""
    return np.stack([values[1 << i] - values[0] for i in range(_players(values))])


def last_in(values: Floats) -> Floats:
    """What is lost when each player alone leaves the coalition of all, (n, ...)."""
    everybody = len(values) - 1
    return np.stack(
        [values[everybody] - values[everybody ^ (1 << i)] for i in range(_players(values))]
    )


def interactions(values: Floats) -> Floats:
    """What each pair makes together beyond what both make apart (Grabisch & Roubens 1999).

    Parameters
    ----------
    values : array, (2**n,)

    Returns
    -------
    array, (n, n)
        Symmetric, 0 on the diagonal: the mean over coalitions of the others of what the pair adds
        less what each adds. Positive: they need one another; negative: they replace one another.

    Examples
    --------
    >>> interactions(np.array([0.0, 0.0, 0.0, 1.0])).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    players = _players(values)
    table = np.zeros((players, players))
    coalitions = np.arange(len(values))
    sizes = _sizes(players)
    for i in range(players):
        for j in range(i):
            pair = (1 << i) | (1 << j)
            others = coalitions[(coalitions & pair) == 0]
            together = values[others | pair] + values[others]
            apart = values[others | (1 << i)] + values[others | (1 << j)]
            weights = np.array([_weight(int(s), players - 1) for s in sizes[others]])
            table[i, j] = table[j, i] = float(weights @ (together - apart))
    return table


def _players(values: Floats) -> int:
    players = max(len(values), 1).bit_length() - 1
    if len(values) != 1 << players or players < 1:
        raise InputError(
            f"There are values of {len(values)} coalitions.", "A power of two from 2 is accepted."
        )
    if players > MOST_PLAYERS:
        raise InputError(f"There are {players} players.", f"Up to {MOST_PLAYERS} are accepted.")
    return players


def _sizes(players: int) -> Floats:
    """How many players are in each coalition."""
    coalitions = np.arange(1 << players)
    sizes: Floats = np.asarray([coalitions >> i & 1 for i in range(players)]).sum(axis=0)
    return sizes


def _weight(before: int, players: int) -> float:
    """The share of orders in which just so many, and these, have joined before a player."""
    return factorial(before) * factorial(players - before - 1) / factorial(players)


@lru_cache(maxsize=MOST_PLAYERS)
def _weights(players: int) -> Floats:
    """What the value of each coalition counts in the part of each player, (players, 2**players)."""
    sizes = _sizes(players)
    with_one = np.array([0.0] + [_weight(s - 1, players) for s in range(1, players + 1)])
    without = np.array([_weight(s, players) for s in range(players)] + [0.0])
    rows = []
    for i in range(players):
        inside: Truths = ((np.arange(1 << players) >> i) & 1) == 1
        rows.append(np.where(inside, with_one[sizes], -without[sizes]))
    return np.stack(rows)
