"""One reader for the tables of calibration, each written by hand and held against rules of its own.

A cell that nobody meant (a name misspelt, a year of the last millennium, a source that is listed
nowhere) is refused whenever a table is read, not only when the tests of this project run.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from buildout._util.names import nearest, quoted
from buildout._util.reading import read_number, read_rows
from buildout.errors import BuildoutError, InputError, together, visible

SOURCES_FILE = "sources.csv"
#: Sources that are no document.
UNPUBLISHED = ("judgement", "memory")
FIRST_YEAR, LAST_YEAR = 1900.0, 2200.0
_Cells = Mapping[str, str]
# What spreadsheets leave where a name was: a number, a share, a missing value.
_NO_NAME = re.compile(r"[-+]?[.,\d\s]+(e[-+]?\d+)?\s*%?|nan|inf|#n/a|null|#ref!", re.IGNORECASE)
_SHOWN = 6


@dataclass(frozen=True)
class TableRules:
    """What the rows of a table may say.

    Attributes
    ----------
    label : str
        The table, as it stands in messages: "the table of money".
    columns : tuple of str
        Which are needed.
    more : tuple of str
        Which may be there besides; none else.
    key : tuple of str
        What no two rows share.
    filled : tuple of str
        Columns without empty cells.
    named : tuple of str
        Columns of names, of which none is a number.
    words : mapping of str to tuple of str
        Columns of which each cell is one of some words.
    years : tuple of str
        Columns of calendar years with decimals, or nothing.
    amounts : tuple of str
        Columns of numbers that are not below zero, or nothing.
    sources : str
        Column with ids of sources.csv, semicolons between; empty for none.
    """

    label: str
    columns: tuple[str, ...]
    more: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    years: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    sources: str = ""


def read_calibrated(path: Path, rules: TableRules) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table of calibration, each with the line on which it ends.

    Parameters
    ----------
    path : path
    rules : TableRules

    Raises
    ------
    InputError
        When the table cannot be read, has no rows, or rows are wrong: all problems together.
    """
    rows = read_rows(path, rules.columns, what=rules.label)
    problems = [*_wrong_columns(rows, rules)]
    known = _source_ids(path) if rules.sources else frozenset()
    before: dict[tuple[str, ...], int] = {}
    for line, cells in rows:
        problems += [f"Line {line}: {text}" for text in _wrong_cells(cells, rules, known)]
        key = tuple(cells[column].strip() for column in rules.key)
        if rules.key and before.setdefault(key, line) != line:
            named = ", ".join(map(quoted, filter(None, key)))
            problems.append(f"Line {line}: {named} stands on line {before[key]} too. Keep one row.")
    if problems:
        errors: list[BuildoutError] = [InputError(text) for text in problems]
        raise together(errors, quoted(path.name))
    return rows


def _wrong_columns(rows: list[tuple[int, dict[str, str]]], rules: TableRules) -> Iterator[str]:
    if not rows:
        yield "It has no rows. At least one is accepted."
        return
    accepted = (*rules.columns, *rules.more)
    for column in rows[0][1]:
        if column not in accepted:
            near = nearest(column, accepted, n=1)
            cure = f"Nearest: `{near[0]}`." if near else "Remove it."
            yield f"The column {quoted(column)} is not known. {cure}"


def _wrong_cells(cells: _Cells, rules: TableRules, known: frozenset[str]) -> Iterator[str]:
    yield from (
        f"{column} holds a control character: {quoted(cell)}."
        for column, cell in cells.items()
        if visible(cell, lines=True) != cell
    )
    for column in dict.fromkeys((*rules.filled, *rules.named)):
        if not cells[column].strip():
            yield f"{column} is empty."
        elif column in rules.named and _NO_NAME.fullmatch(cells[column].strip()):
            yield f"{column} is {quoted(cells[column])}, which is no name."
    for column, accepted in rules.words.items():
        yield from _unknown_word(column, cells[column].strip(), accepted)
    for column in (*rules.years, *rules.amounts):
        yield from _wrong_number(column, cells[column], is_year=column in rules.years)
    cited = cells[rules.sources].split(";") if known else []
    for source in filter(None, map(str.strip, cited)):
        for text in _unknown_word(rules.sources, source, known):
            yield f"{text} Or add it to {SOURCES_FILE}."


def _unknown_word(column: str, word: str, accepted: Collection[str]) -> Iterator[str]:
    if word not in accepted:
        near = [f"`{name}`" for name in nearest(word, accepted, n=1)]
        some = "Nearest" if near else "Known"
        listed = ", ".join(near or sorted(accepted)[:_SHOWN])
        yield f"{column} is {quoted(word)}. {some}: {listed}."


def _wrong_number(column: str, written: str, *, is_year: bool) -> Iterator[str]:
    if not written.strip():
        return
    try:
        value = read_number(written, what=column)
    except BuildoutError as problem:
        yield str(problem)
        return
    if is_year and not FIRST_YEAR <= value <= LAST_YEAR:
        yield f"{column} is {quoted(written)}. A year from {FIRST_YEAR:g} to {LAST_YEAR:g}."
    if not is_year and value < 0:
        yield f"{column} is {quoted(written)}. 0 or more is accepted."


def _source_ids(path: Path) -> frozenset[str]:
    """Ids of the sources beside a table or in the folder above; none without such a file."""
    for folder in (path.absolute().parent, path.absolute().parent.parent):
        listed = folder / SOURCES_FILE
        if listed.is_file():
            listed = listed.resolve()
            about = listed.stat()
            return _ids_of(listed, about.st_mtime_ns, about.st_size)
    return frozenset()


@lru_cache(maxsize=4)
def _ids_of(path: Path, _changed: int, _size: int) -> frozenset[str]:
    rows = read_rows(path, ("source_id",), what="the table of sources")
    return frozenset((*UNPUBLISHED, *(cells["source_id"].strip() for _, cells in rows)))
