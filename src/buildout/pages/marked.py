"""Numbers and tables that are written into a page between two marks, around which people write."""

import re
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

    def made(found: re.Match[str]) -> str:
        if found["name"] not in values:
            raise unknown("generated value", found["name"], values)
        value = values[found["name"]]
        inside = f"\n\n{value.strip()}\n\n" if "\n" in value else value
        return found["begin"] + inside + found["end"]

    return MARKED.sub(made, text)


def marks(text: str) -> list[str]:
    """Names of the marks of a page, in order."""
    return [found["name"] for found in MARKED.finditer(text)]
