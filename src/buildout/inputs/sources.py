"""Source ids as links to the places they stand for."""

import csv
import re
from pathlib import Path

from buildout import files
from buildout.errors import InputError
from buildout.report.blocks import Link, Piece, Text


def read_sources(path: Path | None = None) -> dict[str, dict[str, str]]:
    """Rows of sources.csv by source id.

    Raises
    ------
    InputError
        When the table cannot be read.
    """
    path = path or files.calibration_folder() / "sources.csv"
    try:
        with open(path, newline="", encoding="utf-8") as file:
            return {row["source_id"]: row for row in csv.DictReader(file)}
    except (OSError, KeyError) as error:
        raise InputError(
            f"Cannot read `{path.name}` as a table of sources: {error}.",
            "The table of calibration/sources.csv is accepted.",
        ) from error


def cited(written: str, sources: dict[str, dict[str, str]]) -> Text:
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
        hint = ", ".join(row[c] for c in ("title", "publisher", "date") if row[c]) if row else ""
        known = row is not None and row["url"].startswith(("http://", "https://"))
        pieces.append(Link(word, row["url"], hint) if known else word)
    return tuple(pieces)
