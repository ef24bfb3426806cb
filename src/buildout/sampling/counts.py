"""Numbers that a design is asked for: how many draws, from which seed."""

import operator
from typing import Any

import numpy as np

from buildout._util import names
from buildout.errors import InputError

#: Beyond these the number of a draw is not exact; what a sweep of them costs, `sweep` says.
MOST_DRAWS = 10**15
#: SciPy's sequence has no more points.
MOST_SOBOL_DRAWS = 2**30


def whole_number(number: Any, what: str = "The number of draws", least: int = 1) -> int:
    """A whole number, of any type that is one.

    Raises
    ------
    InputError
        For anything else, and for less than `least`.
    """
    try:
        # An array has the method that whole numbers have, and refuses later.
        whole = least - 1 if isinstance(number, bool) else operator.index(number)
    except TypeError:
        whole = least - 1
    if whole < least:
        raise InputError(f"{what} is {short(number)}.", f"A whole number from {least} is accepted.")
    return whole


def check_count(size: int, most: int = MOST_DRAWS) -> int:
    """The same number of draws; an error for more than there can be."""
    if size > most:
        raise InputError(f"The design has {short(size)} draws.", f"Up to {most:,} are accepted.")
    return size


def given_seed(seed: Any) -> int:
    """A seed as a whole number: one that is given, one that a Generator gives, or a fresh one."""
    if isinstance(seed, np.random.Generator):
        seed = seed.integers(2**63)
    elif seed is None:
        seed = np.random.SeedSequence().generate_state(1, np.uint64)[0] >> np.uint64(1)
    return whole_number(seed, "The seed", least=0)


def refuse_out_of_balance(size: Any, owner: str, instead: str) -> None:
    """Refuse a number of Sobol' points that is no power of two.

    Parameters
    ----------
    size : int
    owner : str
        What has so many, with `{size}` in its place.
    instead : str
        What follows the two nearest powers in the cure.
    """
    size = check_count(whole_number(size), MOST_SOBOL_DRAWS)
    if size & (size - 1):
        below = 1 << (size.bit_length() - 1)
        raise InputError(
            f"{owner.format(size=size)} is out of balance.",
            "Powers of two are accepted.",
            f"Take {below} or {2 * below} {instead}.",
        )


def short(number: Any) -> str:
    """A number in few letters, whatever it is."""
    # Python writes no whole number of more than some thousand digits.
    if isinstance(number, int) and number.bit_length() > 64:
        return f"about 2^{number.bit_length()}"
    return names.quoted(number).strip("`")
