"""The table of sources: where each number comes from."""

import re
from pathlib import Path

from buildout._util.names import quoted
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated

SOURCE_COLUMNS = ("source_id", "title", "publisher", "date", "url")
_DATED = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)|undated|n\.d\.")
RULES = TableRules(
    "the table of sources",
    SOURCE_COLUMNS,
    key=("source_id",),
    filled=SOURCE_COLUMNS[:4],
    named=("source_id", "title"),
)


def read_sources(path: Path | None = None) -> dict[str, dict[str, str]]:
    """Rows of sources.csv by source id.

    Raises
    ------
    InputError
        When the table cannot be read.
    """
    path = path or places.calibration_folder() / "sources.csv"
    rows = read_calibrated(path, RULES)
    undated = [row for _, row in rows if not _DATED.search(row["date"])]
    if undated:
        raise InputError(
            f"{quoted(path.name)}: the date of {quoted(undated[0]['source_id'])} is "
            f"{quoted(undated[0]['date'])}.",
            "A date with its year, or `undated`, is accepted.",
        )
    return {row["source_id"]: row for _, row in rows}
