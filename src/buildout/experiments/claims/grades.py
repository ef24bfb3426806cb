"""The verdict on a claim, from how many joint draws support it and how many contradict it."""

from collections.abc import Iterable

from buildout.experiments.claims.claim import CONTRADICTED, SUPPORTED, UNDECIDED

#: Shares of draws from which a verdict is robust, and likely.
ROBUST, LIKELY = 0.9, 0.7
#: Both sides have at least this share of draws where a verdict is fragile.
SUBSTANTIAL = 0.1
FRAGILE, NOT_DRAWN, NOT_TESTED = "fragile", "not drawn", "not tested"
ROBUSTLY, PROBABLY = "robustly", "likely"
#: All verdicts from odds, from support to contradiction.
VERDICTS = (
    f"{ROBUSTLY} {SUPPORTED}",
    f"{PROBABLY} {SUPPORTED}",
    FRAGILE,
    UNDECIDED,
    f"{PROBABLY} {CONTRADICTED}",
    f"{ROBUSTLY} {CONTRADICTED}",
)


def verdict_of(supported: float, contradicted: float) -> str:
    """The verdict from two shares of all sound draws.

    Parameters
    ----------
    supported, contradicted : float
        What they leave is undecided: within the margin of the claim, or not to be known.

    Examples
    --------
    >>> verdict_of(0.93, 0.02), verdict_of(0.1, 0.75), verdict_of(0.5, 0.3), verdict_of(0.05, 0.4)
    ('robustly supported', 'likely contradicted', 'fragile', 'undecided')
    """
    for share, side in ((supported, SUPPORTED), (contradicted, CONTRADICTED)):
        if share >= ROBUST:
            return f"{ROBUSTLY} {side}"
        if share >= LIKELY:
            return f"{PROBABLY} {side}"
    return FRAGILE if min(supported, contradicted) >= SUBSTANTIAL else UNDECIDED


def shares_of(verdicts: Iterable[str]) -> dict[str, float]:
    """The share of draws on each side."""
    each = list(verdicts)
    return {side: each.count(side) / len(each) for side in (SUPPORTED, CONTRADICTED, UNDECIDED)}
