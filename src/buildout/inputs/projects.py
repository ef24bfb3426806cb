"""The list of projects, as it was told: plants with their lines, status, dates and contracts."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated

# What a project is, the same on the row of each of its lines, and what belongs to the line.
_WORDS = ("region", "maker", "status")
_DATES = (
    "announced_time",
    "decision_date",
    "earliest_decision",
    "owner_start",
    "earliest_start",
)
_SHARES = ("public_contract", "private_contract", "permit_done")
_FIGURES = (*_DATES, "first_planned_start", *_SHARES)
PROJECT_COLUMNS = (
    *("project", "line", "capacity", "in_model", "lead", *_WORDS, *_FIGURES),
    "source_id",
)
# The rest is held against the model below, all problems of a project together.
RULES = TableRules(
    "the list of projects",
    PROJECT_COLUMNS,
    more=(
        *("plant", "company", "country", "unit", "status_date", "announced", "grade", "reason"),
        "note",
    ),
    named=("project", "region", "status"),
    years=(
        *("announced_time", "decision_date", "earliest_decision", "first_planned_start"),
        *("owner_start", "earliest_start"),
    ),
    sources="source_id",
)
PLACES_IN_MODEL = ("project", "initial", "excluded")
# Of a project with its money in place, as the model has them, and of one without.
DATED = ("operating", "commissioning", "under construction", "financed")
UNDECIDED = ("partly financed", "announced")

_Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class ListedProject:
    """One project of calibration/projects.csv that the model follows.

    Attributes
    ----------
    name, region, maker, status : str
        The words are the model's.
    capacities : mapping of str to float, t/yr of each line's product
        Output at full feed by line.
    announced : float, Year
    decision, owner_start, earliest_start : float, Year
        When the money was in place; first product by the owner's newest date, or as it happened;
        and the date before which nothing is made. NaN where there is none.
    earliest_decision : float, Year
        Before which an undecided project is not decided: it was not when the list was made, or a
        study is still to come. NaN for a project that is decided.
    first_planned_start : float, Year
        As it was first announced; NaN for none.
    public_contract, private_contract : float
        Shares of the output.
    lead : str
        The line whose margin decides; empty for a project that is decided.
    permit_done : float
        Share of the permits in hand when it was announced; NaN for a project that is decided.
    """

    name: str
    region: str
    maker: str
    status: str
    capacities: Mapping[str, float]
    announced: float
    decision: float
    earliest_decision: float
    owner_start: float
    earliest_start: float
    first_planned_start: float
    public_contract: float
    private_contract: float
    lead: str
    permit_done: float

    @property
    def dated(self) -> bool:
        """Whether its money is in place, so that it comes on a date."""
        return self.status in DATED


def read_projects(path: Path | None = None) -> list[ListedProject]:
    """Projects of calibration/projects.csv that the model follows one by one.

    Raises
    ------
    InputError
        When the table cannot be read, or rows are wrong: all problems together.
    """
    path = path or places.calibration_folder() / "projects.csv"
    problems: list[BuildoutError] = []
    grouped: dict[str, list[_Row]] = {}
    for number, row in read_calibrated(path, RULES):
        place = row["in_model"].strip()
        if place not in PLACES_IN_MODEL:
            accepted = f"Accepted: {', '.join(PLACES_IN_MODEL)}."
            problems.append(InputError(f"Line {number}: in_model is {quoted(place)}.", accepted))
        elif place == "project":
            grouped.setdefault(row["project"].strip(), []).append((number, row))
    projects = []
    for rows in grouped.values():
        wrong = [*_wrong_rows(rows)]
        problems += wrong
        if not wrong:
            projects.append(_project(rows))
    if problems:
        raise together(problems, quoted(path.name))
    return projects


def _project(rows: Sequence[_Row]) -> ListedProject:
    first = rows[0][1]
    lead = [row["line"].strip() for _, row in rows if row["lead"].strip()]
    return ListedProject(
        name=first["project"].strip(),
        region=first["region"].strip(),
        maker=first["maker"].strip(),
        status=first["status"].strip(),
        capacities={row["line"].strip(): _figure(row, "capacity") for _, row in rows},
        announced=_figure(first, "announced_time"),
        decision=_figure(first, "decision_date"),
        earliest_decision=_figure(first, "earliest_decision"),
        owner_start=_figure(first, "owner_start"),
        earliest_start=_figure(first, "earliest_start"),
        first_planned_start=_figure(first, "first_planned_start"),
        public_contract=_figure(first, "public_contract"),
        private_contract=_figure(first, "private_contract"),
        lead="".join(lead),
        permit_done=_figure(first, "permit_done"),
    )


def _figure(row: Mapping[str, str], column: str) -> float:
    """The number in a cell; NaN for an empty one."""
    if not row[column].strip():
        return math.nan
    return read_number(row[column], what=f"{column} of {quoted(row['project'])}")


# --- What is wrong with the rows of a project -----------------------------------------------------


def _wrong_rows(rows: Sequence[_Row]) -> Iterator[BuildoutError]:
    first = rows[0][1]
    lines: list[str] = []
    for number, row in rows:
        try:
            for column in ("capacity", *_FIGURES):
                _figure(row, column)
        except BuildoutError as problem:
            yield InputError(f"Line {number}, {problem}")
            return
        line = row["line"].strip()
        if line in lines:
            yield _wrong(number, row, f"`{line}` stands twice. Keep one row a line")
        lines.append(line)
        if not _figure(row, "capacity") > 0:
            yield _wrong(number, row, f"its capacity on `{line}` is no number above 0")
        for column in (*_WORDS, *_FIGURES):
            if row[column].strip() != first[column].strip():
                yield _wrong(number, row, f"{column} differs from its first row. Write one")
    number = rows[0][0]
    if first["status"].strip() not in (*DATED, *UNDECIDED):
        known = ", ".join((*DATED, *UNDECIDED))
        yield _wrong(number, first, f"status is {quoted(first['status'])}. Accepted: {known}")
        return
    yield from (_wrong(number, first, text) for text in _wrong_project(_project(rows), rows))


def _wrong_project(project: ListedProject, rows: Sequence[_Row]) -> Iterator[str]:
    if not math.isfinite(project.announced):
        yield "announced_time is empty. A decimal year is accepted"
    shares = (project.public_contract, project.private_contract)
    if not all(0 <= share <= 1 for share in shares) or sum(shares) > 1:
        yield "public_contract and private_contract are shares, 0 to 1 and together no more than 1"
    leads = sum(bool(row["lead"].strip()) for _, row in rows)
    if project.dated:
        yield from _wrong_dates(project)
        if leads:
            yield f"it is {project.status}, so no line decides any more. Leave `lead` empty"
    else:
        if leads != 1:
            yield f"it is {project.status}, so `lead` is 1 on the line that decides, and no other"
        if not project.earliest_decision >= project.announced:
            yield "earliest_decision is a decimal year, not before announced_time"
        if not 0 <= project.permit_done <= 1:
            yield "permit_done is a share, 0 to 1"


def _wrong_dates(project: ListedProject) -> Iterator[str]:
    dates = (project.announced, project.decision, project.earliest_start)
    if not all(map(math.isfinite, (*dates, project.owner_start))):
        yield (
            f"it is {project.status}, so decision_date, owner_start and earliest_start are decimal "
            "years"
        )
    elif list(dates) != sorted(dates):
        yield "announced_time, decision_date and earliest_start do not follow each other"
    elif project.status == "operating" and project.owner_start != project.earliest_start:
        yield "it operates, so owner_start and earliest_start are the date of its first product"


def _wrong(number: int, row: Mapping[str, str], text: str) -> InputError:
    return InputError(f"Line {number}, {quoted(row['project'].strip())}: {text}.")
