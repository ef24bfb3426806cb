"""The list of projects announced since 2025, as it was told: dates and nameplates."""

from dataclasses import dataclass
from pathlib import Path

from buildout._util.reading import read_number, read_rows
from buildout.inputs import places

PROJECT_COLUMNS = (
    "project",
    "line",
    "region",
    "capacity",
    "in_model",
    "announced_time",
    "first_planned_start",
    "latest_planned_start",
    "model_time",
)


@dataclass(frozen=True)
class PlannedProject:
    """One line of one project of the list that runs follow.

    Attributes
    ----------
    project, line, region : str
        Names; line and region are the model's.
    capacity : float, t/yr of the line's product
        Nameplate.
    announced : float, Year
    planned_start : float, Year
        The plan in force: a start that a company has given up is no plan any more. NaN for none.
    in_model_from : float, Year
        From when the model knows of it, on its grid of time.
    """

    project: str
    line: str
    region: str
    capacity: float
    announced: float
    planned_start: float
    in_model_from: float


def read_projects(path: Path | None = None) -> list[PlannedProject]:
    """Projects of calibration/projects.csv that enter the model on their dates.

    Raises
    ------
    InputError
        When the table cannot be read.
    """
    path = path or places.calibration_folder() / "projects.csv"
    rows = read_rows(path, PROJECT_COLUMNS, what="the list of projects")
    return [_project(row) for _, row in rows if row["in_model"] == "pulse"]


def _project(row: dict[str, str]) -> PlannedProject:
    return PlannedProject(
        project=row["project"],
        line=row["line"],
        region=row["region"],
        capacity=_number(row, "capacity"),
        announced=_number(row, "announced_time"),
        planned_start=_number(row, "latest_planned_start", "first_planned_start"),
        in_model_from=_number(row, "model_time"),
    )


def _number(row: dict[str, str], *columns: str) -> float:
    """The first of some columns that holds something; NaN when none does."""
    for column in columns:
        if row[column].strip():
            return read_number(row[column], what=f"`{column}` of `{row['project']}`")
    return float("nan")
