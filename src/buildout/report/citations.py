"""Source ids as links, and the list of what they stand for."""

import re
from collections.abc import Mapping, Sequence

from buildout.report.blocks import Cite, Piece, ReportBlock, SourceList, Text, cites_of


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
        pieces.append(Cite(word, row["url"]))
    return tuple(pieces)


def source_list(
    blocks: Sequence[ReportBlock], sources: Mapping[str, Mapping[str, str]]
) -> SourceList:
    """What the sources are that blocks cite, in the order of the table of sources."""
    cites = cites_of(blocks)
    return SourceList(
        tuple(
            (name, ", ".join(row[c] for c in ("title", "publisher", "date") if row[c]), cites[name])
            for name, row in sources.items()
            if name in cites
        )
    )
