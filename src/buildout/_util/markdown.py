"""Numbers and tables of the generated pages."""

import math
from collections.abc import Iterable, Sequence

SHOWN = 1e-5  # Smaller than anything a reader compares: tonnes, shares, millions, prices.


def figure(value: float) -> str:
    """Three digits, which is what a reader compares; thousands apart.

    Examples
    --------
    >>> figure(12345.6), figure(0.01234), figure(0)
    ('12,300', '0.0123', '0')
    """
    if not math.isfinite(value):
        return "breaks down"
    if abs(value) < SHOWN:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    return f"{rounded:,.0f}" if digits <= 0 else f"{rounded:.{digits}f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share as signed percent, and as a multiple from three times on.

    Examples
    --------
    >>> percent(0.1234), percent(-0.00056), percent(4.2)
    ('+12 %', '-0.056 %', 'x 5.2')
    """
    if not math.isfinite(share):
        return "breaks down"
    value = 100 * share
    if abs(value) < 1e-3:
        return "0 %"
    if share >= 2:
        return f"x {figure(1 + share)}"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:+.{digits}f} %"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
