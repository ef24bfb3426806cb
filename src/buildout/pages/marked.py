"""Numbers and tables that are written into a page between two marks, around which people write."""

import re
import textwrap
from collections.abc import Mapping

from buildout._util.names import unknown

# <!-- made by buildout generate: NAME --> ... <!-- end -->, or short: <!-- made: NAME -->.
MARKED = re.compile(
    r"(?P<begin><!-- made(?: by buildout generate)?: (?P<name>[^<>]+?) -->)"
    r"(?P<inside>.*?)(?P<end><!-- end -->)",
    re.DOTALL,
)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A page with what stands between its marks made anew.

    Parameters
    ----------
    text : str
        The page.
    values : mapping of str to str
        What stands between the marks of a name; of several lines, a block of its own.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        For a mark with a name that nothing is known for, with the nearest.

    Examples
    --------
    >>> filled("<!-- made: draws -->10<!-- end --> draws", {"draws": "2,000"})
    '<!-- made: draws -->2,000<!-- end --> draws'
    """

    def made(mark: re.Match[str]) -> str:
        if mark["name"] not in values:
            raise unknown("generated value", mark["name"], values)
        value = values[mark["name"]]
        inside = f"\n\n{value.strip()}\n\n" if "\n" in value else value
        return mark["begin"] + inside + mark["end"]

    return MARKED.sub(made, text)


def marks(text: str) -> list[str]:
    """Names of the marks of a page, in order."""
    return [mark["name"] for mark in MARKED.finditer(text)]


def refolded(text: str, width: int = 100) -> str:
    """A text whose words were filled in, its paragraphs at one width; headings stay as they are.

    Examples
    --------
    >>> print(refolded("## Head\\n\\none\\ntwo\\n", 20), end="")
    ## Head
    <BLANKLINE>
    one two
    """
    parts = [
        part
        if part.startswith("#")
        else textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False)
        for part in text.strip().split("\n\n")
    ]
    return "\n\n".join(parts) + "\n"
