"""The entries of an `.mdl` file with their lines: where each begins, and nothing interpreted.

An entry is an equation, a unit and a comment, parted by `~` and ended by `|`. Vensim allows a
comment in braces anywhere that a blank may stand, in the first line too; quoted names hold any
sign; the third part is free text, in which a quote is a quote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buildout._util import names

_ENCODING = re.compile(r"\s*\{[^{}\n]*\}")
# What an equation or a unit is made of; a quote that nothing closes is a sign like others.
_PART = re.compile(r'("(?:[^"\\]|\\.)*")|(\{[^{}]*\})|([~|])|[^"{~|]+|.', re.DOTALL)
_TEXT_END = re.compile(r"[~|]")
_MACRO = re.compile(r":MACRO:\s*([^()|~]*?)\s*\(([^()]*)\)", re.IGNORECASE)
_COMMENT = re.compile(r"\{[^{}]*\}")
_END = re.compile(r":END OF MACRO:", re.IGNORECASE)
_SKETCH = re.compile(r"\\{2,}---///")
_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^=\[\]():<"]+)')
_CONTINUED = re.compile(r"\\\s*\n\s*")
_BLANK = re.compile(r"(?:\s|\{[^{}]*\})+")


@dataclass(frozen=True)
class TextBlock:
    """An entry, a group's heading, or the first or last line of a macro.

    Attributes
    ----------
    kind : {"entry", "group", "macro", "end"}
    line : int
        Line of the file in which it begins, from 1.
    equation : str
        The first part, without comments; of a macro its name and its parameters in parentheses.
    unit, meaning, rest : str
        The other parts; `rest` is what may follow the comment, such as `:SUPPLEMENTARY`.
    place : tuple of (int, int)
        Where in the text it begins and ends.
    """

    kind: str
    line: int
    equation: str
    unit: str = ""
    meaning: str = ""
    rest: str = ""
    place: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """The key of the variable, range or macro that this defines."""
        match = _NAME.match(self.equation)
        return names.key(match[1]) if match else ""


def text_blocks(text: str) -> Iterator[TextBlock]:
    """The entries of a model file, its sketch left out.

    Examples
    --------
    >>> [block] = text_blocks('{UTF-8}\\nx {first} = 1\\n\\t~ m {long} ~ 5" wide |')
    >>> block.line, block.equation, block.unit, block.meaning
    (2, 'x   = 1', 'm', '5" wide')
    """
    encoding = _ENCODING.match(text)
    place = encoding.end() if encoding else 0
    counted, line = 0, 1
    while place < len(text):
        if blank := _BLANK.match(text, place):
            place = blank.end()
            continue
        line, counted = line + text.count("\n", counted, place), place
        if _SKETCH.match(text, place):
            return
        if macro := _MACRO.match(text, place):
            yield TextBlock("macro", line, _COMMENT.sub(" ", f"{macro[1]}({macro[2]})"))
            place = macro.end()
        elif end := _END.match(text, place):
            yield TextBlock("end", line, "")
            place = end.end()
        else:
            begun = place
            place, parts = _parts(text, place)
            if any(parts):
                kind = "group" if parts[0].startswith("***") else "entry"
                yield TextBlock(kind, line, *parts, (begun, place))


def _parts(text: str, place: int) -> tuple[int, tuple[str, str, str, str]]:
    """The four parts of the entry that begins there, and where it ends."""
    parts: list[str] = []
    while len(parts) < 4:
        plain = len(parts) < 2
        part, place, mark = _code(text, place) if plain else _words(text, place)
        parts.append(part.strip())
        if mark != "~":
            break
    if mark == "~":
        end = text.find("|", place)
        place = len(text) if end < 0 else end + 1
    equation, unit, meaning, rest = (*parts, "", "", "")[:4]
    return place, (_CONTINUED.sub(" ", equation), unit, meaning, rest)


def _code(text: str, place: int) -> tuple[str, int, str]:
    """Text up to the next mark that ends a part, comments as blanks; what follows; the mark."""
    pieces: list[str] = []
    for match in _PART.finditer(text, place):
        if match[3]:
            return "".join(pieces), match.end(), match[3]
        pieces.append(" " if match[2] else match[0])
    return "".join(pieces), len(text), ""


def _words(text: str, place: int) -> tuple[str, int, str]:
    end = _TEXT_END.search(text, place)
    if end is None:
        return text[place:], len(text), ""
    return text[place : end.start()], end.end(), end[0]
