"""Long lists folded over several columns of a paper."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def in_columns(sizes: Sequence[float], most: int) -> list[list[int]]:
    """Parts of a list, in their order, over some columns of about the same length.

    Parameters
    ----------
    sizes : sequence of float
        Of the parts, which stay whole.
    most : int
        Columns.

    Returns
    -------
    list of list of int
        Places of the parts of each column.

    Examples
    --------
    >>> in_columns([5, 1, 1, 4], 2)
    [[0], [1, 2, 3]]
    """
    columns = [[place] for place in range(len(sizes))]
    while len(columns) > most:
        # The two neighbours that are shortest together become one column.
        lengths = [sum(sizes[i] for i in (*a, *b)) for a, b in pairwise(columns)]
        where = int(np.argmin(lengths))
        columns[where : where + 2] = [columns[where] + columns[where + 1]]
    return columns
