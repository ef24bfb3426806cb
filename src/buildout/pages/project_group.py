"""The group of the model that holds the listed projects, made from calibration/projects.csv."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from buildout.errors import InputError
from buildout.inputs.project_checks import (
    DECISION_LINE,
    LINE,
    MAKER,
    REGION,
    STATUS,
    check_projects,
    elements,
)
from buildout.inputs.projects import ListedProject
from buildout.vensim.source import read_source, split_sketch

GROUP = "Projects"
_STARS = "*" * 56
_HEADER = f"{_STARS}\n\t.{GROUP}\n{_STARS}~\n"
_DESCRIBED = (
    "\t\tListed projects, generated: edit calibration/projects.csv, then run buildout generate "
    "projects\n\t|\n"
)
# A region as it stands before the name of a range of projects.
_ADJECTIVE = {"Allies": "allied"}

_Ranges = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ProjectTable:
    """One constant of the group: a number for each project, or for each and each of a range.

    Attributes
    ----------
    name : str
        With its subscripts.
    unit, meaning : str
        As in the model.
    value : callable
        Project, and element of the range -> number.
    across : str
        Key of the range; empty for one number a project.
    """

    name: str
    unit: str
    meaning: str
    value: Callable[[ListedProject, str], float]
    across: str = ""


OF_ALL = (
    ProjectTable(
        "project capacity[project,line]",
        "t/Year",
        "Output of a project at full feed, in the product of each line",
        lambda project, line: project.capacities.get(line, 0),
        LINE,
    ),
    ProjectTable(
        "project maker[project,maker]",
        "Dmnl",
        "1 for the kind of maker that builds a project",
        lambda project, maker: project.maker == maker,
        MAKER,
    ),
    ProjectTable(
        "announcement date[project]",
        "Year",
        "Date on which a project was first told of, in the form that is listed",
        lambda project, _: project.announced,
    ),
    ProjectTable(
        "public contract share[project]",
        "Dmnl",
        "Share of a project's output under a public price floor or offtake from its start on",
        lambda project, _: project.public_contract,
    ),
    ProjectTable(
        "private contract share[project]",
        "Dmnl",
        "Share of a project's output sold ahead to private buyers",
        lambda project, _: project.private_contract,
    ),
)
OF_DATED = (
    ProjectTable(
        "decision date[dated project]",
        "Year",
        "Date on which the money of a project was in place",
        lambda project, _: project.decision,
    ),
    ProjectTable(
        "owner start date[dated project]",
        "Year",
        "First product of a project by its owner's newest date, or as it happened",
        lambda project, _: project.owner_start,
    ),
    ProjectTable(
        "earliest start date[dated project]",
        "Year",
        "Date before which a project makes nothing",
        lambda project, _: project.earliest_start,
    ),
    ProjectTable(
        "status of project[dated project,project status]",
        "Dmnl",
        "1 for how far a project has come",
        lambda project, status: project.status == status,
        STATUS,
    ),
    ProjectTable(
        "luck of date[dated project]",
        "Dmnl",
        "Luck of a project with its date: share of like projects that are earlier",
        lambda *_: 0.5,
    ),
)
OF_UNDECIDED = (
    ProjectTable(
        "earliest decision date[undecided project]",
        "Year",
        "Date before which a project is not decided, as it was not when the list was made",
        lambda project, _: project.earliest_decision,
    ),
    ProjectTable(
        "part financed[undecided project]",
        "Dmnl",
        "1 for a project that has been promised or paid a part of its money",
        lambda project, _: project.status == "partly financed",
    ),
    ProjectTable(
        "region of project[undecided project,region]",
        "Dmnl",
        "1 for the region of a project",
        lambda project, region: project.region == region,
        REGION,
    ),
    ProjectTable(
        "lead line[undecided project,decision line]",
        "Dmnl",
        "1 for the line whose margin decides on a project",
        lambda project, line: project.lead == line,
        DECISION_LINE,
    ),
    ProjectTable(
        "permit share done[undecided project]",
        "Dmnl",
        "Share of the permits of the deciding line that a project has in hand when it is announced",
        lambda project, _: project.permit_done,
    ),
    ProjectTable(
        "luck of decision[undecided project]",
        "Dmnl",
        "Luck of a project with its decision: share of like projects that are decided earlier",
        lambda *_: 0.5,
    ),
)


def with_project_group(text: str, projects: Sequence[ListedProject]) -> str:
    """A model with the group of its projects made anew; every other sign is kept.

    Parameters
    ----------
    text : str
        The `.mdl`; it has a group `.Projects`, which another follows.
    projects : sequence of ListedProject

    Returns
    -------
    str

    Raises
    ------
    InputError
        When the model has no such group, or a project does not fit the model: all problems
        together.
    """
    if "\r\n" in text:
        # As Vensim saves it.
        return with_project_group(text.replace("\r\n", "\n"), projects).replace("\n", "\r\n")
    equations = split_sketch(text)[0]
    begin = equations.find(_HEADER)
    end = equations.find(f"{_STARS}\n\t.", begin + len(_HEADER))
    if begin < 0 or end < 0:
        raise InputError(
            f"The model has no group `.{GROUP}` that another group follows.",
            "Its header, between two lines of 56 stars, is where the projects are written.",
        )
    source = read_source(equations[:begin] + equations[end:])
    check_projects(projects, source)
    ranges = {name: elements(source, name) for name in (LINE, DECISION_LINE, REGION, MAKER, STATUS)}
    return text[:begin] + project_group(projects, ranges) + text[end:]


def project_group(projects: Sequence[ListedProject], ranges: _Ranges) -> str:
    """The whole group as it stands in the model.

    Parameters
    ----------
    projects : sequence of ListedProject
        Dated projects come first; within them the order is kept.
    ranges : mapping of str to sequence of str
        Elements of the model's lines, regions, makers and statuses.
    """
    dated = [project for project in projects if project.dated]
    undecided = [project for project in projects if not project.dated]
    everyone = [*dated, *undecided]
    equations = [
        _range("project", everyone, "Plants and circuits that are followed one by one"),
        _range("dated project", dated, "Projects with their money in place: they come on a date"),
        _range("undecided project", undecided, "Projects that wait for a decision"),
        *_by_region(dated, ranges[REGION]),
        *(_constant(table, everyone, ranges) for table in OF_ALL),
        *(_constant(table, dated, ranges) for table in OF_DATED),
        *(_constant(table, undecided, ranges) for table in OF_UNDECIDED),
    ]
    return "\n".join([_HEADER + _DESCRIBED, *equations, ""])


def _by_region(dated: Sequence[ListedProject], regions: Sequence[str]) -> Iterator[str]:
    for region in regions:
        here = [project for project in dated if project.region == region]
        name = f"{_ADJECTIVE.get(region, region)} dated project"
        yield _range(name, here, f"Each dated project in {region}")


def _range(name: str, projects: Sequence[ListedProject], meaning: str) -> str:
    return f"{name}:\n\t{', '.join(p.name for p in projects)}\n\t~\t\n\t~\t{meaning}\n\t|\n"


def _constant(table: ProjectTable, projects: Sequence[ListedProject], ranges: _Ranges) -> str:
    if table.across:
        # A line of text for each project, so that a new one is a new line.
        columns = ranges[table.across]
        rows = [",".join(_number(table.value(p, column)) for column in columns) for p in projects]
        values = "\n\t".join(f"{row};" for row in rows)
    else:
        values = ",".join(_number(table.value(project, "")) for project in projects)
    return f"{table.name}=\n\t{values}\n\t~\t{table.unit}\n\t~\t{table.meaning}\n\t|\n"


def _number(value: float) -> str:
    return f"{float(value):.10g}"
