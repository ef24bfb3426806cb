"""Why some constants and levers change nothing by themselves, read off the equations."""

#: Reason by name, with or without subscripts; a name without them stands for all elements.
EXPLAINED: dict[str, str] = {
    "breach cut marker[deal breach]": "a flag: anything above one half marks the episode",
    "regime marker": "numbers of the regimes, compared with `rule regime` to the nearest",
    "smallest ready capacity": "guard against division by zero, far below any plant",
    "one person": "guard against division by zero",
    "one tonne a year": "guard against division by zero",
    "least addressable share": "guard for when no use can be taken by substitutes",
    "private offtake of existing plants": "decides who closes at a loss; margins of these plants "
    "stay above the dead band even at 0.3 of Chinese prices without support",
}


def reason(spelled: str) -> str:
    """The reason for a constant as the model spells it, empty when none is given."""
    return EXPLAINED.get(spelled, EXPLAINED.get(spelled.split("[")[0], ""))
