"""How many draws are taken, and from which seed, when nobody says: by sweeps and odds alike.

Read as `defaults.DRAWS` when a command is run, so that both always mean the same.
"""

# Enough for the share of draws in which a need is met to be known within three percent.
DRAWS, SEED = 1000, 1
# Of verbs that run many variants of a pathway in each draw: enough for a band that holds.
VARIANT_DRAWS = 200
# A verb of hundreds of variants holds that many numbers of each in memory, and takes hours.
MOST_VARIANT_DRAWS = 100_000


def power_of_two(least: int) -> int:
    """The next power of two, without which a Sobol' sequence is out of balance.

    Examples
    --------
    >>> power_of_two(1000), power_of_two(1024)
    (1024, 1024)
    """
    return 1 << (least - 1).bit_length()
