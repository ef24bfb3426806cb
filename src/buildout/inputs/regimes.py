"""The letters of the rule: what people call the regimes that the model numbers.

A is the law as last confirmed, B and C stand in bills of 2026; the model's meaning of
`rule regime` says what each asks.
"""

from buildout._util.names import key

REGIME_LEVER = "rule regime"
REGIMES = {"A": 1.0, "B": 2.0, "C": 3.0}
#: The lever with which chance decides the regime in a drawn world, and what that is called.
DRAWN_LEVER, DRAWN = "regime drawn", "drawn"


def numbered(lever: str, value: object) -> object:
    """A value as the model takes it: the number of a regime's letter, anything else as it is.

    Examples
    --------
    >>> numbered("Rule regime", "B"), numbered("subsidy", "B")
    (2.0, 'B')
    """
    if isinstance(value, str) and key(lever) == key(REGIME_LEVER):
        return REGIMES.get(value.strip(), value)
    return value


def as_letter(lever: str, value: float) -> str:
    """A value as people write it: the letter of a regime, any other number as it is."""
    for letter, number in REGIMES.items():
        if value == number and numbered(lever, letter) == number:
            return letter
    return f"{value:g}"
