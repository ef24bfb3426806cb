"""Which of many uncertainties to look at: Morris' screen, a few runs for each of them.

Each trajectory goes from a point of a coarse grid through all factors, one step each; the mean size
of a factor's steps says how much it moves the outcome (Morris 1991; Campolongo 2007, SALib).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from buildout._util.extras import needed
from buildout.sampling.distributions import Marginal
from buildout.sampling.draws import GIVEN, Design, GivenDraws
from buildout.vensim.arrays import Floats, Truths


@dataclass(frozen=True, eq=False)
class Screen:
    """Draws of a screen, and what is needed to read their outcomes.

    Attributes
    ----------
    design : Design
    shares : array, (draw, column)
        The draws as shares of each distribution.
    problem : dict
        As SALib has it.
    """

    design: Design
    shares: Floats
    problem: dict[str, Any]

    def effects(self, values: Floats, sound: Truths) -> dict[str, float]:
        """The mean size of a step of each factor, in the unit of the outcome.

        Parameters
        ----------
        values : array, (draw,)
            Without NaN.
        sound : array of bool, (draw,)
            A trajectory in which a draw broke down is left out.

        Returns
        -------
        dict of str to float
            By factor; empty where no trajectory is left.
        """
        steps = len(dict.fromkeys(self.problem["groups"])) + 1
        kept = np.repeat(sound.reshape(-1, steps).all(axis=1), steps)
        if not kept.any():
            return {}
        estimates = needed("SALib.analyze.morris").analyze(
            self.problem, self.shares[kept], values[kept], num_levels=_LEVELS, seed=1
        )
        return dict(zip(estimates["names"], map(float, estimates["mu_star"]), strict=True))


_LEVELS = 4


def screen_draws(
    marginals: Sequence[Marginal], factor_of: dict[str, str], trajectories: int, seed: int
) -> Screen:
    """The draws of a screen.

    Parameters
    ----------
    marginals : sequence of Marginal
        What is drawn; what does not vary goes along.
    factor_of : dict of str to str
        The factor of each that varies, by name.
    trajectories, seed : int
    """
    moved = [m for m in marginals if m.name in factor_of]
    problem = {
        "num_vars": len(moved),
        "names": [m.name for m in moved],
        "bounds": [[0, 1]] * len(moved),
        "groups": [factor_of[m.name] for m in moved],
    }
    rng = np.random.default_rng(seed)
    shares = np.asarray(
        needed("SALib.sample.morris").sample(problem, trajectories, num_levels=_LEVELS, seed=rng)
    )
    columns = iter(shares.T)
    values = [
        m.quantile(next(columns) if m.name in factor_of else np.zeros(len(shares)))
        for m in marginals
    ]
    labels = tuple(m.name for m in marginals)
    draws = GivenDraws(np.stack(values, axis=1))
    return Screen(Design(labels, len(shares), GIVEN, seed, draws), shares, problem)
