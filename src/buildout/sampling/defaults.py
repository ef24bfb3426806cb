"""How many draws are taken, and from which seed, when nobody says: by sweeps and odds alike.

Read as `defaults.DRAWS` when a command is run, so that both always mean the same.
"""

# Enough for the share of draws in which a need is met to be known within three percent.
DRAWS, SEED = 1000, 1
# Of verbs that run many variants of a pathway in each draw: enough for a band that holds.
VARIANT_DRAWS = 200
