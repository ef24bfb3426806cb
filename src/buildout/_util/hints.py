"""What somebody probably meant who wrote a number as people do, not as programs read it."""

import re
import unicodedata

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def number_hint(text: str) -> str:
    """How a number should have been written, as a cure; empty when nothing is plain.

    Parameters
    ----------
    text : str
        What is no number, without blanks around it.

    Examples
    --------
    >>> texts = ["0,8", "80 %", "1_000", "1,000", "\u00bd", "\u22125", "10 kg", "1.200,5"]
    >>> for text in [*texts, "2026-07-01", "many"]:
    ...     print(number_hint(text))
    Write `0.8`.
    A percentage is written as a share: `0.8`.
    Write `1000`.
    Write `1000` for a thousand, `1.000` if it is a decimal comma.
    Write `0.5`.
    Write `-5`.
    Write `10`.
    Write `1200.5`.
    A date is a year with decimals: `2026.5`.
    <BLANKLINE>
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    if (share := _share(plain)) is not None:
        return f"A percentage is written as a share: `{share:.12g}`."
    if (value := _fraction(text)) is not None:
        return f"Write `{value:.12g}`."
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", plain):
        whole, decimal = plain.replace(",", ""), plain.replace(",", ".")
        return f"Write `{whole}` for a thousand, `{decimal}` if it is a decimal comma."
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", plain):
        year, month, day = map(int, match.groups())
        return f"A date is a year with decimals: `{year + (month - 1) / 12 + (day - 1) / 365:.6g}`."
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", plain):
        return f"Write `{plain.replace('.', '').replace(',', '.')}`."
    # Signs that part thousands; what is left over once they are gone.
    bare = re.sub(r"(?<=\d)[_'\u2019\s](?=\d)", "", plain)
    bare = re.sub(r"(?<=\d),(?=\d{3}(,|\.|$))", "", bare) if bare.count(",") > 1 else bare
    bare = bare.replace(",", "") if re.fullmatch(r"[+-]?\d{1,3},\d{3}\.\d+", bare) else bare
    bare = re.sub(r"(?<=\d),(?=\d)|^([+-]?),(?=\d)", r"\1.", bare) if bare.count(",") == 1 else bare
    if bare != text and NUMBER.fullmatch(bare):
        return f"Write `{bare}`."
    if re.fullmatch(r"[+-]?0[xXoObB][\da-fA-F]+", text):
        return "Write it with decimal digits."
    begin = re.match(NUMBER.pattern + r"(?=\s*[^\W\d_])", plain, re.ASCII)
    return f"Write `{begin[0]}`." if begin else ""


def _share(text: str) -> float | None:
    match = re.fullmatch(r"(.+?)\s*(%|percent|per cent)", text, re.IGNORECASE)
    number = match[1].replace(",", ".") if match else ""
    return float(number) / 100 if NUMBER.fullmatch(number) else None


def _fraction(text: str) -> float | None:
    """The value of `1/2`, of one half as a single sign, and of that sign behind a whole number."""
    if match := re.fullmatch(r"([+-]?\d{1,9})/(\d{1,9})", text, re.ASCII):
        return int(match[1]) / int(match[2]) if int(match[2]) else None
    if match := re.fullmatch(r"(\d{0,9})\s?([\u00bc-\u00be\u2150-\u215e])", text):
        return int(match[1] or 0) + unicodedata.numeric(match[2])
    return None
