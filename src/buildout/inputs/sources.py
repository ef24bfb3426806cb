"""The table of sources: where each number comes from."""

from pathlib import Path

from buildout._util.reading import read_rows
from buildout.inputs import places

SOURCE_COLUMNS = ("source_id", "title", "publisher", "date", "url")


def read_sources(path: Path | None = None) -> dict[str, dict[str, str]]:
    """Rows of sources.csv by source id.

    Raises
    ------
    InputError
        When the table cannot be read.
    """
    path = path or places.calibration_folder() / "sources.csv"
    rows = read_rows(path, SOURCE_COLUMNS, what="the table of sources")
    return {row["source_id"]: row for _, row in rows}
