"""The letters of the rule: what people call the regimes that the model numbers.

A is the law as last confirmed, B and C stand in bills of 2026; the model's meaning of
`rule regime` says what each asks.
"""

REGIME_LEVER = "rule regime"
REGIMES = {"A": 1.0, "B": 2.0, "C": 3.0}
