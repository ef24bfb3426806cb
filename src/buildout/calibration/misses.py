"""What the misses of the hindcast say of the model, and which series tell the same as another."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from buildout._util.names import quoted, unknown
from buildout.calibration.hindcast import Line, read_plan
from buildout.errors import together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated

MISSES_COLUMNS = ("group", "repeats", "says")
RULES = TableRules("the misses", MISSES_COLUMNS, key=("group",), named=("group", "says"))


@dataclass(frozen=True)
class Miss:
    """A scored series of the hindcast.

    Attributes
    ----------
    group : str
        As in the plan.
    repeats : str
        Another line of the plan that tells of the same tonnes, people or prices; mostly empty.
    says : str
        What its error says about the model.
    """

    group: str
    repeats: str
    says: str


def read_misses(path: Path | None = None) -> dict[str, Miss]:
    """The table `calibration/misses.csv`, by series.

    Raises
    ------
    InputError
        For a series that stands twice.

    Examples
    --------
    >>> read_misses()["staff of MP"].repeats
    'jobs at US mines and mills'
    """
    path = path or places.calibration_folder() / "misses.csv"
    known = {row.group for row in read_plan()}
    misses: dict[str, Miss] = {}
    for line, cells in read_calibrated(path, RULES):
        miss = Miss(*(cells[column] for column in MISSES_COLUMNS))
        for group in filter(None, (miss.group, miss.repeats)):
            if group not in known:
                raise together(
                    [unknown("group", group, known)], f"{quoted(path.name)}, line {line}"
                )
        misses[miss.group] = miss
    return misses


def counted_once(rows: Iterable[Line]) -> list[Line]:
    """Scored lines without those that tell the same as another line."""
    misses = read_misses()
    scored = [row for row in rows if row.role == "scored"]
    return [row for row in scored if row.group not in misses or not misses[row.group].repeats]


def tally(rows: Iterable[Line]) -> str:
    """On how many series the draws came nearest, of all and of those that are counted once."""
    scored = [row for row in rows if row.role == "scored"]
    once = counted_once(scored)
    return (
        f"{sum(row.beats for row in scored)} of {len(scored)} series, or "
        f"{sum(row.beats for row in once)} of {len(once)} if those that tell the same count once"
    )
