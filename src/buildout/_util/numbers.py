"""Numbers and dates as people read them: the only formatters of the house."""

import math
from collections.abc import Callable, Mapping, Sequence

# Longer fractions than this are written with a power of ten.
PLACES = 9
# Smaller than anything a reader compares: tonnes, shares, millions, prices.
TINY = 1e-5


def number(
    value: float,
    digits: int = 3,
    *,
    whole: bool = True,
    apart: float = 1_000,
    missing: str = "-",
) -> str:
    """A number to some significant digits, without zeros that say nothing.

    Parameters
    ----------
    value : float
    digits : int
        Significant ones.
    whole : bool
        Whether the whole part is written in full, however long it is.
    apart : float
        From here on thousands are set apart; years are not when this lies above them.
    missing : str
        What stands for NaN and infinities.

    Returns
    -------
    str

    Examples
    --------
    >>> number(12345.6), number(0.1234), number(2.0), number(12345.6, whole=False)
    ('12,346', '0.123', '2', '12,300')
    >>> number(2026.875, 8, apart=10_000), number(500_000, 8, apart=10_000)
    ('2026.875', '500,000')
    """
    if not math.isfinite(value):
        return missing
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    if places > PLACES:
        return f"{value:.{digits}g}"
    shown = max(places, 0)
    rounded = round(value, shown if whole else places)
    text = f"{rounded:{',' if abs(rounded) >= apart else ''}.{shown}f}"
    text = text.rstrip("0").rstrip(".") if shown else text
    return "0" if text == "-0" else text


def three_digits(value: float, *, missing: str = "-") -> str:
    """A number to three digits, which is what a reader compares; what is tiny is nothing.

    Examples
    --------
    >>> three_digits(12345.6), three_digits(0.01234), three_digits(1e-6)
    ('12,300', '0.0123', '0')
    """
    return "0" if abs(value) < TINY else number(value, whole=False, missing=missing)


def in_full(value: float) -> str:
    """A number as short as it stays itself, for messages that tell it from another.

    Examples
    --------
    >>> in_full(2.0), in_full(0.8), in_full(2.0000000001)
    ('2', '0.8', '2.0000000001')
    """
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def each(values: Mapping[str, str]) -> str:
    """A value that all share, or whose it is where they differ.

    Examples
    --------
    >>> each({"a": "800", "b": "800"}), each({"a": "800", "b": "3,000", "c": "800"})
    ('800', '800 (a, c), 3,000 (b)')
    """
    owners: dict[str, list[str]] = {}
    for name, value in values.items():
        owners.setdefault(value, []).append(name)
    if len(owners) == 1:
        return next(iter(owners))
    return ", ".join(f"{value} ({', '.join(names)})" for value, names in owners.items())


def span(values: Sequence[float], words: Callable[[float], str]) -> str:
    """The least and the largest of some numbers, said once where they read the same.

    Examples
    --------
    >>> span([3.2, 1.0, 2.0], number), span([1.001, 1.002], number)
    ('1 to 3.2', '1')
    """
    low, high = words(min(values)), words(max(values))
    return low if low == high else f"{low} to {high}"


def percent(share: float, *, missing: str = "-") -> str:
    """A change as signed percent, and as a multiple from three times on.

    Examples
    --------
    >>> percent(0.1234), percent(-0.00056), percent(4.2)
    ('+12 %', '-0.056 %', 'x 5.2')
    """
    if not math.isfinite(share):
        return missing
    value = 100 * share
    if abs(value) < 1e-3:
        return "0 %"
    if share >= 2:
        return f"x {three_digits(1 + share)}"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:+.{digits}f} %"


def quarter(year: float) -> str:
    """A date as its quarter, as fine as results are saved.

    Examples
    --------
    >>> quarter(2031.84)
    '2031 Q4'
    """
    whole = math.floor(year)
    return f"{whole} Q{min(4, 1 + int(4 * (year - whole)))}"


def signed(value: float, *, date: bool = False) -> str:
    """A difference with its sign, to three digits; months to a tenth.

    Examples
    --------
    >>> signed(4782.3), signed(-0.04, date=True)
    ('+4,780', '0')
    """
    shown = round(value, 1) if date and value == value else value
    written = three_digits(shown)
    return f"+{written}" if shown > 0 and written != "0" else written


def value_or_never(value: float, *, date: bool) -> str:
    """A value to three digits; a date as a year, NaN as never.

    Examples
    --------
    >>> value_or_never(2027.2077, date=True), value_or_never(float("nan"), date=True)
    ('2027.21', 'never')
    """
    if date:
        return "never" if value != value else number(value, 6, apart=1e9)
    return three_digits(value)


def unit_in_words(unit: str, *, dimensionless: str = "share") -> str:
    """A unit as it is said.

    Examples
    --------
    >>> unit_in_words("t/Year"), unit_in_words("Month"), unit_in_words("Dmnl", dimensionless="")
    ('t a year', 'months', '')
    """
    words = {"Dmnl": dimensionless, "Month": "months", "t/Year": "t a year", "MUSD": "million USD"}
    return words.get(unit, unit)


def percent_of(share: float) -> str:
    """A share in whole percent.

    Examples
    --------
    >>> percent_of(0.9564)
    '96%'
    """
    return f"{round(100 * share)}%" if share == share else "-"
