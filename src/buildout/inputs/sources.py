"""The table of sources: where each number comes from."""

import csv
from pathlib import Path

from buildout.errors import InputError
from buildout.inputs import places


def read_sources(path: Path | None = None) -> dict[str, dict[str, str]]:
    """Rows of sources.csv by source id.

    Raises
    ------
    InputError
        When the table cannot be read.
    """
    path = path or places.calibration_folder() / "sources.csv"
    try:
        with open(path, newline="", encoding="utf-8") as file:
            return {row["source_id"]: row for row in csv.DictReader(file)}
    except (OSError, KeyError) as error:
        raise InputError(
            f"Cannot read `{path.name}` as a table of sources: {error}.",
            "The table of calibration/sources.csv is accepted.",
        ) from error
