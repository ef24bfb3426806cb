"""How often an answer is yes where a number is low, and where it is high."""

import numpy as np

from buildout.vensim.arrays import Floats, Truths


def quarter_shares(values: Floats, yes: Truths) -> tuple[float, float]:
    """Share of yes in the quarter of draws with the lowest and with the highest values.

    Parameters
    ----------
    values : array, (draw,)
        Of choices and events of two values the quarters are the values.
    yes : array of bool, (draw,)

    Examples
    --------
    >>> quarter_shares(np.arange(8.0), np.arange(8) > 6)
    (0.0, 0.5)
    """
    low, high = np.quantile(values, [0.25, 0.75])
    return float(yes[values <= low].mean()), float(yes[values >= high].mean())
