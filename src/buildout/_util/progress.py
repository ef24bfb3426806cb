"""A progress bar for those who wait at a terminal, and silence for everyone else."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def progress(iterable: Iterable[Item], total: int | None = None, label: str = "") -> Iterator[Item]:
    """Pass items through, with a bar on stderr once two seconds have gone by.

    Parameters
    ----------
    iterable : iterable
        What is worked through.
    total : int, optional
        Number of items, where it cannot be asked from the iterable.
    label : str, optional
        What is being done, in a word or two.

    Returns
    -------
    iterator
        The items, unchanged.

    Examples
    --------
    >>> list(progress([1, 2, 3], label="Counting"))
    [1, 2, 3]
    """
    if not sys.stderr.isatty():
        return iter(iterable)
    from tqdm import tqdm

    return iter(tqdm(iterable, total=total, desc=label, delay=2, leave=False, file=sys.stderr))
