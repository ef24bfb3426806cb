"""Subscript ranges: their elements, their mappings, and what they mean inside an equation."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from buildout._util.names import key, quoted
from buildout.errors import UnsupportedError


@dataclass(frozen=True)
class Ranges:
    """All subscript ranges of a model; inside, names are keys.

    Attributes
    ----------
    spelled : dict of str to str
        Spelling of each range and element, by key.
    elements : dict of str to tuple of str
        Elements of each range.
    maps : dict of str to tuple of str
        Ranges that each range may stand in for, element by element.
    pairs : dict of (str, str) to tuple of str
        The same where it is written out: for each element of the first range an element, or a
        subrange, of the second.
    """

    spelled: dict[str, str]
    elements: dict[str, tuple[str, ...]]
    maps: dict[str, tuple[str, ...]]
    pairs: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def expand(self, subscripts: Sequence[str]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
        """All elements that the left side of an equation stands for.

        Yields
        ------
        elements : tuple of str
        meaning : dict of str to str
            Element that each range stands for in this instance of the equation; "range!" for a
            range that a sum goes over.
        """
        keys = [key(subscript) for subscript in subscripts]
        for chosen in itertools.product(*(self.elements.get(k, (k,)) for k in keys)):
            meaning = {k: e for k, e in zip(keys, chosen, strict=True) if k in self.elements}
            yield chosen, meaning

    def count(self, subscripts: Sequence[str]) -> int:
        """How many elements the left side of an equation stands for."""
        return math.prod(len(self.elements.get(key(s), (s,))) for s in subscripts)

    def covers(self, subscript: str, element: str) -> bool:
        """Whether a subscript, element or range, includes an element."""
        k = key(subscript)
        return element == k or element in self.elements.get(k, ())

    def resolve(self, subscript: str, meaning: dict[str, str]) -> str | None:
        """The element a subscript on the right side of an equation stands for; None if unclear."""
        if subscript.endswith("!"):
            return meaning.get(key(subscript) + "!")
        k = key(subscript)
        if k in meaning:
            return meaning[k]
        if k not in self.elements:
            return k if k in self.spelled else None
        for other, element in meaning.items():
            if other.rstrip("!") in self.maps.get(k, ()):
                other = other.rstrip("!")
                return self.elements[k][self.elements[other].index(element)]
            for place, target in enumerate(self.pairs.get((k, other.rstrip("!")), ())):
                if self.covers(target, element):
                    return self.elements[k][place]
        return None

    def position(self, name: str) -> int | None:
        """Position of an element in the widest range that has it; None if that is not one range."""
        holding = [es for es in self.elements.values() if name in es]
        widest = [es for es in holding if not any(set(es) < set(other) for other in holding)]
        places = {es.index(name) + 1 for es in widest}
        return places.pop() if len(places) == 1 else None

    def range_of(self, elements: Iterable[str], preferred: Sequence[str]) -> str | None:
        """The smallest range that has these elements, taking a preferred one if several are it."""
        wanted = set(elements)
        holding = {name: len(set(es)) for name, es in self.elements.items() if wanted <= set(es)}
        least = min(holding.values(), default=0)
        exact = [name for name, size in holding.items() if size == least]
        return next((name for name in preferred if name in exact), exact[0] if exact else None)


def build(
    definitions: Iterable[tuple[str, list[str] | str, list[str]]],
    pairs: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
) -> Ranges:
    """Ranges from their definitions.

    Parameters
    ----------
    definitions : iterable of (name, members, mapping)
        `members` is a list of elements and ranges, or the name of a range it is equal to.
    pairs : mapping of (str, str) to tuple of str, optional
        Mappings written out element by element, as in `Ranges`.

    Raises
    ------
    UnsupportedError
        When a mapping joins ranges of different length.

    Examples
    --------
    >>> build([("line", ["farm", "mill"], []), ("all", ["line", "port"], [])]).elements["all"]
    ('farm', 'mill', 'port')
    """
    spelled: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    maps: dict[str, tuple[str, ...]] = {}
    aliases: dict[str, str] = {}
    for name, parts, mapping in definitions:
        spelled[key(name)] = name.strip().strip('"')
        maps[key(name)] = tuple(key(target) for target in mapping)
        if isinstance(parts, str):
            aliases[key(name)] = key(parts)
            parts = [parts]
        members[key(name)] = [key(part) for part in parts]
        for part in parts:
            spelled.setdefault(key(part), part.strip().strip('"'))
    for name, target in aliases.items():
        # An alias (<->) and its range stand in for each other.
        maps[name] += (target,)
        maps[target] = (*maps.get(target, ()), name)
    _refuse_circles(members, spelled)
    elements = {name: tuple(_flatten(name, members)) for name in members}
    _check_mappings(maps, elements, spelled)
    for (name, target), listed in (pairs or {}).items():
        if len(listed) != len(elements[name]) or not set(listed) <= set(spelled):
            raise UnsupportedError(
                f"The mapping of subscript range `{spelled[name]}` to "
                f"`{spelled.get(target, target)}` does not name an element for each of its own.",
                "An element or a subrange of the other for each is accepted.",
            )
    return Ranges(spelled, elements, maps, pairs or {})


def _flatten(name: str, members: dict[str, list[str]]) -> Iterator[str]:
    for part in members[name]:
        if part in members:
            yield from _flatten(part, members)
        else:
            yield part


def _refuse_circles(members: Mapping[str, Sequence[str]], spelled: Mapping[str, str]) -> None:
    """See that no range holds itself, at whatever depth."""
    for name in members:
        below, new = set[str](), {name}
        while new:
            inside = {part for held in new for part in members[held]}
            new = {part for part in inside if part in members} - below
            below |= new
        if name in below:
            raise UnsupportedError(
                f"The subscript range {quoted(spelled[name])} holds itself.",
                cure="Give ranges and their elements different names.",
            )


def _check_mappings(
    maps: Mapping[str, Sequence[str]],
    elements: Mapping[str, Sequence[str]],
    spelled: Mapping[str, str],
) -> None:
    for name, targets in maps.items():
        for target in targets:
            if target not in elements or len(elements[target]) != len(elements[name]):
                raise UnsupportedError(
                    f"The mapping of subscript range `{spelled[name]}` to "
                    f"`{spelled.get(target, target)}` does not pair their elements one by one.",
                    "Mapped ranges have as many elements as each other, in matching order.",
                )
