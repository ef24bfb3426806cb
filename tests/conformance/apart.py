"""A model's text in which elements that need one another have variables of their own, for PySD.

PySD computes all elements of a variable at once, so it cannot run `alive[old] = alive[young] / 2`.
Only the variables of such circles are written out, by element; everything else stays as it is.
"""

import re
from collections.abc import Iterator
from typing import Any

from buildout._util import names
from buildout.vensim.blocks import TextBlock
from buildout.vensim.engine.frontend import lower
from buildout.vensim.engine.frontend.parsing import parsed, texts
from buildout.vensim.engine.frontend.plain import plain
from buildout.vensim.engine.ir.expressions import references
from buildout.vensim.engine.ir.system import System

_MARK = re.compile(r'("(?:[^"\\]|\\.)*")|\\')
_REFERENCE = re.compile(r'("(?:[^"\\]|\\.)*"|[^\W\d][\w\s\'$]*)\[([^\[\]()]*)\]')


def text_apart(system: System) -> str:
    """The text of a system with its circles of variables written out."""
    readable = plain(system.text)
    file = parsed(readable)
    section = file.get_abstract_model().sections[0]
    ranges = lower._Lowering(section, texts(file.sections[0]), readable).ranges
    circles = _in_circles(system)
    entries = (
        made
        for block in readable.entries
        for made in (_apart(block, circles, ranges, system) if block.name in circles else [block])
    )
    # Ends of lines within equations are gone, and so are the marks at them.
    return "{UTF-8}\n" + "".join(
        f"{_MARK.sub(lambda m: m[1] or ' ', block.equation)}\n\t~\t{block.unit}\n\t~\t|\n\n"
        for block in entries
    )


def _in_circles(system: System) -> set[str]:
    inputs: dict[str, set[str]] = {key: set() for key in system.variables}
    for scalar, formula in system.equations.items():
        for read in references(formula):
            if read in system.equations and "#" not in read:
                inputs[system.owners[scalar.split("#")[0]]].add(system.owners[read])
    return {key for key in inputs if key in _reached(key, inputs)}


def _reached(key: str, inputs: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [key]
    while waiting:
        new = inputs[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def _apart(block: TextBlock, circles: set[str], ranges: Any, system: System) -> Iterator[TextBlock]:
    left, _, right = block.equation.partition("=")
    reference = _REFERENCE.match(left)
    if reference is None or ":" in left.replace(":EXCEPT:", ""):
        yield block
        return
    inner = [part.strip() for part in reference[2].split(",")]
    excepted = [
        [part.strip() for part in group.split(",")]
        for group in re.findall(r"\[([^\]]*)\]", left[reference.end() :])
    ]
    for chosen, meaning in ranges.expand(inner):
        if any(
            all(ranges.covers(names.key(s), e) for s, e in zip(group, chosen, strict=True))
            for group in excepted
        ):
            continue
        spelled = [ranges.spelled.get(e, e) for e in chosen]
        own = _own(block.name, spelled)
        value = system.constants.get(names.join(block.name, spelled))
        written = repr(value) if value is not None else _resolved(right, meaning, circles, ranges)
        yield TextBlock("entry", block.line, f"{own} = {written}", block.unit)
        vector = f"{reference[1].strip()}[{', '.join(map(_spelled, spelled))}] = {own}"
        yield TextBlock("entry", block.line, vector, block.unit)


def _resolved(right: str, meaning: dict[str, str], circles: set[str], ranges: Any) -> str:
    def resolved(reference: re.Match[str]) -> str:
        elements = []
        for part in reference[2].split(","):
            element = None if "!" in part else ranges.resolve(part.strip(), meaning)
            elements.append(
                part.strip() if element is None else _spelled(ranges.spelled.get(element, element))
            )
        if names.key(reference[1]) in circles:
            return _own(names.key(reference[1]), elements)
        return f"{reference[1]}[{', '.join(elements)}]"

    return _REFERENCE.sub(resolved, right)


def _spelled(element: str) -> str:
    plain = element.strip('"')
    return plain if re.fullmatch(r"[^\W\d][\w\s]*", plain) else f'"{plain}"'


def _own(key: str, elements: list[str]) -> str:
    return '"' + " ".join([key, *(e.strip('"') for e in elements), "apart"]) + '"'
