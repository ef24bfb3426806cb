"""Groups, equations, units and comments of an `.mdl`, as written."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from buildout._util import names
from buildout._util.reading import read_text
from buildout.errors import InputError, UnsupportedError
from buildout.vensim.syntax import Call, Number, Table, Tree, Unary, names_in, parse

_MOST_LOOKS = 10**8
#: Letters of one equation: PySD takes some seconds to read so many.
_LONGEST_EQUATION, _SHOWN = 100_000, 40
_SKETCH_START = "\\\\\\---///"
_SKETCH_END = "///---\\\\\\"
#: Stands between equations and settings where no views are.
EMPTY_SKETCH = f"{_SKETCH_START} Sketch information\n{_SKETCH_END}"
CONTROL_GROUP = "Control"
_NAME = r'("(?:[^"\\]|\\.)*"|[^=\[\]():<"]+?)'
_HEAD = re.compile(
    _NAME
    + r"\s*(\[[^\]]*\])?\s*(:EXCEPT:\s*\[[^\]]*\](?:\s*,\s*\[[^\]]*\])*)?\s*(<->|==|:=|=|:|\()",
    re.IGNORECASE | re.DOTALL,
)
_LIMITS = re.compile(r"\[([^\]]*)\]\s*$")


@dataclass(frozen=True)
class Component:
    """One equation: the whole variable, or some of its elements.

    Attributes
    ----------
    subscripts : tuple of str
        The left side, such as `("US", "line")`.
    exceptions : str
        The `:EXCEPT:` part, or empty.
    text : str
        The right side as written, on one line; for a lookup its points.
    """

    subscripts: tuple[str, ...]
    exceptions: str
    text: str

    @cached_property
    def tree(self) -> Tree:
        """The right side as a tree."""
        return parse(self.text)


@dataclass(frozen=True)
class Entry:
    """A variable, a lookup or a subscript range, with its documentation.

    Attributes
    ----------
    name : str
        As spelled where it is defined.
    kind : {"constant", "auxiliary", "stock", "lookup", "range"}
    group : str
        The sector it stands in.
    components : tuple of Component
        One per equation.
    unit, meaning : str
        The documentation, on one line each.
    limits : str
        What stands in brackets behind the unit, such as "0,1".
    """

    name: str
    kind: str
    group: str
    components: tuple[Component, ...]
    unit: str
    meaning: str
    limits: str = ""

    @property
    def key(self) -> str:
        """The name in Python's spelling."""
        return names.key(self.name)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Keys of everything that the equations name, functions left out or not known yet."""
        if self.kind in ("constant", "lookup", "range"):
            return ()
        keys = (key for c in self.components for key in names_in(c.tree))
        return tuple(dict.fromkeys(keys))


@dataclass(frozen=True)
class Group:
    """A sector of the model: a group of Vensim."""

    name: str
    description: str


@dataclass(frozen=True)
class Source:
    """A model file read as text.

    Attributes
    ----------
    groups : tuple of Group
        In the order of the file, the control group left out.
    entries : dict of str to Entry
        By key, in the order of the file, control variables included.
    """

    groups: tuple[Group, ...]
    entries: dict[str, Entry]

    def variables(self, group: str | None = None) -> tuple[Entry, ...]:
        """Variables and lookups of a group, or of all groups but the control group."""
        wanted = {group} if group is not None else {g.name for g in self.groups}
        return tuple(e for e in self.entries.values() if e.kind != "range" and e.group in wanted)

    def inputs(self, key: str) -> tuple[str, ...]:
        """Keys of the variables that a variable's equations use."""
        known = (name for name in self.entries[key].inputs if self.is_variable(name))
        return tuple(name for name in known if name != key)

    def is_variable(self, key: str) -> bool:
        """Whether a key is a variable, a lookup or the time, no range or function."""
        return key == "time" or (key in self.entries and self.entries[key].kind != "range")


def model_text(source: str | os.PathLike[str] | None, text: str | None = None) -> str:
    """The text of a model, from its file or as it is given.

    Parameters
    ----------
    source : path or str, optional
        Path of an `.mdl` file, `~` for the home folder; a string of more than one line is a text.
    text : str, optional
        The text, in place of a path.

    Raises
    ------
    InputError
        When the file cannot be read, is not UTF-8 or is no text, and when both or none are given.
    """
    if (source is None) == (text is None):
        raise InputError(
            "A model is given by its path or by its text.",
            cure="Give the path, or `text=` and no path.",
        )
    if text is not None or (isinstance(source, str) and "\n" in source):
        return _priced(text if text is not None else str(source))
    try:
        path = Path(source or "").expanduser()
    except RuntimeError:
        path = Path(source or "")
    content = read_text(path, what="the model file")
    return _priced(content.replace("\r\n", "\n").replace("\r", "\n"))


def _priced(text: str) -> str:
    r"""A text that is read in reasonable time: from each `\"` all others may be looked at."""
    marks = text.count('\\"')
    if marks * len(text) > _MOST_LOOKS:
        raise InputError(
            f"The model has {marks:,} quotes after a backslash.",
            f"Up to {_MOST_LOOKS // len(text):,} are accepted in a model of this length.",
        )
    for block in split_sketch(text)[0].split("|"):
        if (length := len(block.partition("~")[0])) > _LONGEST_EQUATION:
            begin = names.quoted(block.strip()[:_SHOWN])
            raise InputError(
                f"The equation that begins with {begin} has {length:,} letters.",
                f"Up to {_LONGEST_EQUATION:,} are accepted.",
                "Keep the numbers in a file beside the model (`GET DIRECT`).",
            )
    return text


def split_sketch(text: str) -> tuple[str, str, str]:
    """Part a file in equations, sketch and settings; the last two may be empty."""
    equations, mark, rest = text.partition(_SKETCH_START)
    if not mark:
        return text, "", ""
    sketch, end, settings = rest.partition(_SKETCH_END)
    return equations, mark + sketch, settings if end else ""


def read_source(text: str) -> Source:
    """Read the equations of a model file.

    Parameters
    ----------
    text : str
        The file's content, with or without its sketch.

    Returns
    -------
    Source
        Groups and equations.

    Raises
    ------
    UnsupportedError
        When an equation cannot be read; macros are not.

    Examples
    --------
    >>> source = read_source("stock= INTEG(2, 0) ~ t ~ Tonnes in store. |")
    >>> source.entries["stock"].kind, source.entries["stock"].unit
    ('stock', 't')
    """
    equations = re.sub(r"^\s*\{UTF-8\}", "", split_sketch(text)[0])
    equations = re.sub(r"\\\r?\n", " ", equations)
    groups: list[Group] = []
    entries: dict[str, Entry] = {}
    group = ""
    for block in _blocks(equations):
        if block.startswith("***"):
            name, _, description = re.sub(r"\*{4,}", "", block).partition("~")
            group = name.strip().lstrip(".")
            if group != CONTROL_GROUP:
                groups.append(Group(group, " ".join(description.split())))
            continue
        entry = _entry(block, group)
        entries[entry.key] = _merged(entries[entry.key], entry) if entry.key in entries else entry
    if "" in {e.group for e in entries.values() if e.kind != "range"}:
        groups.insert(0, Group("", ""))
    return Source(tuple(groups), entries)


def _blocks(equations: str) -> list[str]:
    # A bar inside a quoted name does not end an equation.
    parts = re.findall(r'(?:"[^"\n]*"|[^|"]|")+', equations)
    return [part.strip() for part in parts if part.strip()]


def _entry(block: str, group: str) -> Entry:
    equation, *documentation = block.split("~")
    unit, meaning = ([" ".join(part.split()) for part in documentation[:2]] + ["", ""])[:2]
    match = _HEAD.match(equation.strip())
    if match is None:
        raise UnsupportedError(
            f"Cannot read the equation `{' '.join(equation.split())[:60]}`.",
            "`name = expression ~ unit ~ meaning |` is accepted.",
        )
    name = " ".join(match[1].split())
    subscripts = tuple(s.strip() for s in (match[2] or "").strip("[]").split(",") if s.strip())
    right = " ".join(equation.strip()[match.end() :].split())
    lookup = match[4] == "("
    component = Component(subscripts, " ".join((match[3] or "").split()), "(" * lookup + right)
    limits = _LIMITS.search(unit)
    kind = "range" if match[4] in (":", "<->") else "lookup" if lookup else _kind(component, name)
    unit = unit[: limits.start()].strip() if limits else unit
    return Entry(name, kind, group, (component,), unit, meaning, limits[1] if limits else "")


def _kind(component: Component, name: str) -> str:
    try:
        tree = component.tree
    except UnsupportedError as error:
        raise UnsupportedError(f"`{name}`: {error.found}", error.accepted) from error
    if isinstance(tree, Call) and tree.function == "INTEG":
        return "stock"
    number = tree.operand if isinstance(tree, Unary) else tree
    return "constant" if isinstance(number, Number | Table) else "auxiliary"


def _merged(entry: Entry, other: Entry) -> Entry:
    kinds = {entry.kind, other.kind}
    kind = entry.kind if len(kinds) == 1 else "stock" if "stock" in kinds else "auxiliary"
    return Entry(
        entry.name,
        kind,
        entry.group,
        entry.components + other.components,
        entry.unit or other.unit,
        entry.meaning or other.meaning,
        entry.limits or other.limits,
    )
