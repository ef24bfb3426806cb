"""The list of projects against the model: words and names that do not fit are told, not dropped."""

import re
from collections.abc import Iterable, Iterator, Sequence

from buildout._util.names import key, nearest, quoted
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.projects import ListedProject
from buildout.vensim.source import Source

# Ranges of the model whose elements the table names.
LINE, REGION, MAKER, STATUS = "line", "region", "maker", "project_status"
DECISION_LINE = "decision_line"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*( [A-Za-z0-9]+)*")


def check_projects(projects: Sequence[ListedProject], source: Source) -> None:
    """Refuse projects that the model cannot hold.

    Lines, regions, makers and statuses are elements of the model's ranges, names are new to it,
    and each region has a project of each kind, as a range of the model has an element at least.

    Parameters
    ----------
    projects : sequence of ListedProject
    source : Source
        The model without the group of its projects.

    Raises
    ------
    InputError
        All problems together.
    """
    problems = list(_misfits(projects, source))
    if problems:
        raise together(problems, "`projects.csv`")


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


def _misfits(projects: Sequence[ListedProject], source: Source) -> Iterator[BuildoutError]:
    for project in projects:
        yield from _unknown(project, "line", project.capacities, elements(source, LINE))
        yield from _unknown(project, "region", [project.region], elements(source, REGION))
        yield from _unknown(project, "maker", [project.maker], elements(source, MAKER))
        if project.lead:
            yield from _unknown(project, "lead", [project.lead], elements(source, DECISION_LINE))
        if project.dated:
            yield from _unknown(project, "status", [project.status], elements(source, STATUS))
    yield from _wrong_names(projects, source)
    for kind, dated in (("dated", True), ("undecided", False)):
        for region in elements(source, REGION):
            if not any(p.region == region and p.dated == dated for p in projects):
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
    for spelling, written in _spelled(projects).items():
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


def _spelled(projects: Sequence[ListedProject]) -> dict[str, list[str]]:
    """Names by the spelling that the model knows, which ignores case and blanks."""
    spelled: dict[str, list[str]] = {}
    for project in projects:
        spelled.setdefault(key(project.name), []).append(project.name)
    return spelled
