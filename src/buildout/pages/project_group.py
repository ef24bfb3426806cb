"""The group of the model that holds the listed projects, made from calibration/projects.csv."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from buildout._util.names import key, nearest, quoted
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.projects import ListedProject, alike_names
from buildout.vensim.source import Source, read_source, split_sketch

GROUP = "Projects"
# Ranges of the model whose elements the table names.
LINE, REGION, MAKER, STATUS = "line", "region", "maker", "project_status"
_STARS = "*" * 56
_HEADER = f"{_STARS}\n\t.{GROUP}\n{_STARS}~\n"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*( [A-Za-z0-9]+)*")
_EVEN = 0.5

_Ranges = Mapping[str, Sequence[str]]


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
    equations = split_sketch(text)[0]
    begin = equations.find(_HEADER)
    end = equations.find(f"{_STARS}\n\t.", begin + len(_HEADER))
    if begin < 0 or end < 0:
        raise InputError(
            f"The model has no group `.{GROUP}` that another group follows.",
            "Its header, between two lines of 56 stars, is where the projects are written.",
        )
    source = read_source(equations[:begin] + equations[end:])
    problems = list(_misfits(projects, source))
    if problems:
        raise together(problems, "`projects.csv`")
    ranges = {name: elements(source, name) for name in (LINE, REGION, MAKER, STATUS)}
    return text[:begin] + project_group(projects, ranges) + text[end:]


def elements(source: Source, name: str) -> list[str]:
    """Elements of a range of the model, in its order.

    Raises
    ------
    InputError
        When the model has no such range.
    """
    entry = source.entries.get(name)
    if entry is None or entry.kind != "range":
        raise InputError(f"The model has no subscript range {quoted(name.replace('_', ' '))}.")
    return [element.strip() for element in entry.components[0].text.split(",")]


# --- Whether the projects fit the model -----------------------------------------------------------


def _misfits(projects: Sequence[ListedProject], source: Source) -> Iterator[BuildoutError]:
    for project in projects:
        told = (
            ("line", project.capacities, LINE),
            ("region", [project.region], REGION),
            ("maker", [project.maker], MAKER),
            ("status", [project.status] * project.dated, STATUS),
        )
        for column, words, name in told:
            yield from _unknown(project, column, words, elements(source, name))
    yield from _wrong_names(projects, source)
    for dated in (True, False):
        for region in elements(source, REGION):
            if not any(p.region == region and p.dated == dated for p in projects):
                kind = "dated" if dated else "undecided"
                yield InputError(f"There is no {kind} project in {region}. One is needed.")


def _unknown(
    project: ListedProject, column: str, words: Iterable[str], known: Sequence[str]
) -> Iterator[InputError]:
    for word in words:
        if word not in known:
            near = nearest(word, known, n=1)
            yield InputError(
                f"{quoted(project.name)}: {column} is {quoted(word)}.",
                f"Accepted: {', '.join(known)}.",
                f"Nearest: `{near[0]}`." if near else "",
            )


def _wrong_names(projects: Sequence[ListedProject], source: Source) -> Iterator[InputError]:
    taken = set(source.entries)
    for entry in source.entries.values():
        if entry.kind == "range":
            taken |= {key(element) for element in elements(source, entry.key)}
    for spelling, written in alike_names(projects).items():
        name = written[0]
        if not _NAME.fullmatch(name):
            yield InputError(
                f"{quoted(name)} is no name of a project.",
                "A letter, then letters and digits, with single blanks between, are accepted.",
            )
        elif spelling in taken:
            yield InputError(
                f"The model has the name {quoted(name)} for something else.",
                cure="Give the project another name.",
            )
        if len(written) > 1:
            alike = " and ".join(quoted(name) for name in written)
            yield InputError(f"{alike} are one name to the model, which ignores case and blanks.")


# --- The text of the group ------------------------------------------------------------------------


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
    described = "\t\tListed projects, generated: edit calibration/projects.csv, then run buildout generate projects\n\t|\n"
    equations = [
        *_subscripts(dated, undecided, ranges[REGION]),
        *_of_all([*dated, *undecided], ranges),
        *_of_dated(dated, ranges),
        *_of_undecided(undecided, ranges),
    ]
    return _HEADER + described + "\n" + "\n".join(equations) + "\n"


def _subscripts(
    dated: Sequence[ListedProject], undecided: Sequence[ListedProject], regions: Sequence[str]
) -> Iterator[str]:
    yield _range("project", [*dated, *undecided], "Plants and circuits that are followed one by one")
    yield _range("dated project", dated, "Projects with their money in place: they come on a date")
    yield _range("undecided project", undecided, "Projects that wait for a decision")
    for region in regions:
        where = _ADJECTIVE.get(region, region)
        for kind, some in (("dated", dated), ("undecided", undecided)):
            here = [project for project in some if project.region == region]
            yield _range(f"{where} {kind} project", here, f"Those of the {kind} projects in {region}")


_ADJECTIVE = {"Allies": "allied"}


def _of_all(projects: Sequence[ListedProject], ranges: _Ranges) -> Iterator[str]:
    yield _equation(
        "project capacity[project,line]",
        _rows(projects, ranges[LINE], lambda p, line: p.capacities.get(line, 0)),
        "t/Year",
        "Output of a project at full feed, in the product of each line",
    )
    yield _equation(
        "project maker[project,maker]",
        _rows(projects, ranges[MAKER], lambda p, maker: p.maker == maker),
        "Dmnl",
        "1 for the kind of maker that builds a project",
    )
    yield _vector(
        "announcement date[project]",
        [p.announced for p in projects],
        "Year",
        "Date on which a project was first told of, in the form that is listed",
    )
    yield _vector(
        "public contract share[project]",
        [p.public_contract for p in projects],
        "Dmnl",
        "Share of a project's output under a public price floor or offtake from its start on",
    )
    yield _vector(
        "private contract share[project]",
        [p.private_contract for p in projects],
        "Dmnl",
        "Share of a project's output sold ahead to private buyers",
    )


def _of_dated(projects: Sequence[ListedProject], ranges: _Ranges) -> Iterator[str]:
    yield _vector(
        "decision date[dated project]",
        [p.decision for p in projects],
        "Year",
        "Date on which the money of a project was in place",
    )
    yield _vector(
        "owner start date[dated project]",
        [p.owner_start for p in projects],
        "Year",
        "First product of a project by its owner's newest date, or as it happened",
    )
    yield _vector(
        "earliest start date[dated project]",
        [p.earliest_start for p in projects],
        "Year",
        "Date before which a project makes nothing",
    )
    yield _equation(
        "status of project[dated project,project status]",
        _rows(projects, ranges[STATUS], lambda p, status: p.status == status),
        "Dmnl",
        "1 for how far a project has come",
    )
    yield _vector(
        "luck of date[dated project]",
        [_EVEN] * len(projects),
        "Dmnl",
        "Luck of a project with its date: share of like projects that are earlier",
    )


def _of_undecided(projects: Sequence[ListedProject], ranges: _Ranges) -> Iterator[str]:
    yield _vector(
        "part financed[undecided project]",
        [p.status == "partly financed" for p in projects],
        "Dmnl",
        "1 for a project that has been promised or paid a part of its money",
    )
    yield _equation(
        "lead line[undecided project,line]",
        _rows(projects, ranges[LINE], lambda p, line: p.lead == line),
        "Dmnl",
        "1 for the line whose margin decides on a project",
    )
    yield _vector(
        "permit share done[undecided project]",
        [p.permit_done for p in projects],
        "Dmnl",
        "Share of the permits of the deciding line that a project has in hand when it is announced",
    )
    yield _vector(
        "luck of decision[undecided project]",
        [_EVEN] * len(projects),
        "Dmnl",
        "Luck of a project with its decision: share of like projects that are decided earlier",
    )


def _range(name: str, projects: Sequence[ListedProject], meaning: str) -> str:
    return f"{name}:\n\t{', '.join(p.name for p in projects)}\n\t~\t\n\t~\t{meaning}\n\t|\n"


def _equation(name: str, values: str, unit: str, meaning: str) -> str:
    return f"{name}=\n\t{values}\n\t~\t{unit}\n\t~\t{meaning}\n\t|\n"


def _vector(name: str, values: Sequence[float], unit: str, meaning: str) -> str:
    return _equation(name, ",".join(map(_number, values)), unit, meaning)


def _rows(
    projects: Sequence[ListedProject],
    columns: Sequence[str],
    value: Callable[[ListedProject, str], float],
) -> str:
    """One line of text for each project."""
    lines = (",".join(_number(value(p, column)) for column in columns) for p in projects)
    return "\n\t".join(f"{line};" for line in lines)


def _number(value: float) -> str:
    return f"{float(value):.10g}"
