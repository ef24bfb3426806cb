"""A model's text as PySD's parser takes it, and the line of the file that each equation is from.

Comments in braces, limits with a step, macros: what the parser trips over is written in a way that
it does not, with the same meaning.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from buildout._util import names
from buildout.errors import BuildoutError, InputError, UnsupportedError
from buildout.vensim.blocks import TextBlock, text_blocks
from buildout.vensim.engine.frontend.macros import written_out
from buildout.vensim.engine.frontend.noise import SEED
from buildout.vensim.source import split_sketch

_LIMITS = re.compile(r"\[([^\[\]]*)\]\s*$")
_RENAMED = re.compile(
    r'^((?:"(?:[^"\\]|\\.)*"|[^=\[\]():<"]+)(?:\[[^\]]*\])?)\s*:=\s*'
    r'((?:"(?:[^"\\]|\\.)*"|[^\W\d][\w\s]*)(?:\[[^\]]*\])?)$'
)
_RANDOM = re.compile(r"\bRANDOM[ _\t]+\w[\w \t]*\(", re.IGNORECASE)
_MAPPED = re.compile(r"->[^~|]*\(")
_PAIRS = re.compile(r"\(\s*([^:()]+?)\s*:([^()]*)\)")
# A lookup as all its x, then all its y.
_COLUMNS = re.compile(
    r'((?:"(?:[^"\\]|\\.)*"|[^=\[\]():<"]+)(?:\[[^\]]*\])?\s*\()([-+\d.eE,\s]+),?\s*\)'
)


@dataclass(frozen=True)
class Plain:
    """A model in the form that PySD's parser takes.

    Attributes
    ----------
    text : str
    entries : tuple of TextBlock
        What the text is made of, macros written out, with the lines of the file.
    pairs : dict of (str, str) to tuple of str
        Mappings written out element by element, which PySD reads wrongly, so that the text has them
        no longer: of each range and the range it is mapped to the elements or subranges there.
    """

    text: str
    entries: tuple[TextBlock, ...]
    pairs: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def line(self, name: str, place: int = 0) -> int | None:
        """The line of a variable's equation; the `place`-th if it has several."""
        lines = [block.line for block in self.entries if block.name == name]
        return lines[min(place, len(lines) - 1)] if lines else None


def plain(text: str) -> Plain:
    """Write a model's text in the form that PySD's parser takes.

    Raises
    ------
    UnsupportedError
        For a variable without an equation, and for macros that cannot be written out; names line,
        variable and cure.
    """
    written = written_out(list(text_blocks(split_sketch(text)[0])))
    entries = tuple(_tidied(block) for block in written if block.kind == "entry")
    for block in entries:
        _refuse_bare(block)
    entries += _seed(entries)
    pairs = {pair: listed for block in entries for pair, listed in _pairs(block)}
    text = "{UTF-8}\n" + "".join(_written(_without_pairs(block)) for block in entries)
    return Plain(text, entries, pairs)


def _seed(entries: tuple[TextBlock, ...]) -> tuple[TextBlock, ...]:
    """The constant that decides all random numbers, for a model that has them and not it."""
    if any(block.name == SEED for block in entries):
        return ()
    drawing = [block.line for block in entries if _RANDOM.search(block.equation)]
    meaning = "Other random numbers for another number."
    return tuple(TextBlock("entry", n, "NOISE SEED = 0", "Dmnl", meaning) for n in drawing[:1])


def at_line(error: BuildoutError, line: int | None) -> BuildoutError:
    """The same error with the line of the file in front, unless it has one."""
    if line is None or error.found.startswith("Line "):
        return error
    return type(error)(f"Line {line}: {error.found}", error.accepted, error.cure)


def shown(equation: str) -> str:
    """An equation on one line, quoted, cut where it is long."""
    return names.quoted(" ".join(equation.split())[:60])


def _tidied(block: TextBlock) -> TextBlock:
    equation = " ".join(block.equation.split())
    # Data that is other data under another name; other equations of data hold at its own times.
    equation = _RENAMED.sub(r"\1 = \2", equation)
    if columns := _COLUMNS.fullmatch(equation):
        equation = columns[1] + _paired(columns[2].split(",")) + ")"
    return replace(block, equation=equation, unit=_unit(block))


def _paired(numbers: list[str]) -> str:
    written = [number.strip() for number in numbers if number.strip()]
    half = len(written) // 2
    pairs = zip(written[:half], written[half : 2 * half], strict=True)
    return ",".join(f"({x},{y})" for x, y in pairs) if len(written) % 2 == 0 else ",".join(written)


def _unit(block: TextBlock) -> str:
    """The unit with its limits as two numbers: Vensim adds a third, the step of a slider."""
    unit, match = block.unit, _LIMITS.search(block.unit)
    name = (unit[: match.start()] if match else unit).strip().replace("[", "(").replace("]", ")")
    if match is None:
        return name
    limits = [part.strip() for part in match[1].split(",")]
    if not all(part in ("", "?") or _is_number(part) for part in limits) or len(limits) > 3:
        raise InputError(
            f"Line {block.line}: `{block.name}` has the limits {names.quoted(match[0].strip())}.",
            "Up to three numbers are accepted: lowest, highest and step; `?` for none.",
        )
    low, high = (
        part if _is_number(part) and math.isfinite(float(part)) else "?"
        for part in (*limits, "?")[:2]
    )
    return name if low == high == "?" else f"{name} [{low},{high}]"


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return True


def is_bare(block: TextBlock) -> bool:
    """Whether an entry is a name without an equation, as that of data is."""
    return not re.search(r"[=(:]|<->", re.sub(r'"(?:[^"\\]|\\.)*"', "", block.equation))


def _refuse_bare(block: TextBlock) -> None:
    if is_bare(block):
        raise UnsupportedError(
            f"Line {block.line}: {shown(block.equation)} has no equation.",
            "`name = expression ~ unit ~ meaning |` is accepted.",
            "Give it one, or load the model with a table of its data (`data=`, or `--data`).",
        )


def _pairs(block: TextBlock) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    if _MAPPED.search(block.equation):
        for target, listed in _PAIRS.findall(block.equation.partition("->")[2]):
            elements = tuple(names.key(element) for element in listed.split(","))
            yield (block.name, names.key(target)), elements


def _without_pairs(block: TextBlock) -> TextBlock:
    if not _MAPPED.search(block.equation):
        return block
    head, _, mapped = block.equation.partition("->")
    kept = [part.strip() for part in _PAIRS.sub("", mapped).split(",") if part.strip()]
    return replace(block, equation=f"{head}-> {', '.join(kept)}" if kept else head)


def _written(block: TextBlock) -> str:
    return f"{block.equation}\n\t~\t{block.unit}\n\t~\t{block.meaning}|\n\n"
