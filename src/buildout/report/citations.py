"""Source ids as links to the places they stand for."""

import re
from collections.abc import Mapping

from buildout.report.blocks import Link, Piece, Text


def cited(written: str, sources: Mapping[str, Mapping[str, str]]) -> Text:
    """What stands in a column of sources, with known ids as links.

    Parameters
    ----------
    written : str
        Ids and words, apart by semicolons; empty for none.
    sources : dict
        From `read_sources`.

    Examples
    --------
    >>> cited("judgement", {})
    ('judgement',)
    """
    pieces: list[Piece] = []
    for word in re.split(r"\s*;\s*", written.strip()) if written.strip() else ["no source"]:
        if pieces:
            pieces.append("; ")
        row = sources.get(word)
        if row is None or not row["url"].startswith(("http://", "https://")):
            pieces.append(word)
            continue
        hint = ", ".join(row[c] for c in ("title", "publisher", "date") if row[c])
        pieces.append(Link(word, row["url"], hint))
    return tuple(pieces)
