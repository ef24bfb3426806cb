"""Macros written out: each call becomes variables of its own, named after the macro.

`y = TWICE(x)` with a macro `TWICE(a)` that is `2 * a` becomes `y = "twice 1 twice"` and
`"twice 1 twice" = 2 * x`. What it is given, if more than a name or a number, becomes a variable
too. A name that is neither a parameter nor defined in the macro is one of the model, as is one with
a `$` behind it. Where the left side of the call has ranges, so have the variables of the call.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from buildout._util import names
from buildout.errors import UnsupportedError
from buildout.vensim.blocks import TextBlock

#: Calls within calls, and equations that all calls of a model may come to.
_DEEPEST, _MOST = 20, 20_000
_QUOTED = r'"(?:[^"\\]|\\.)*"'
#: A name, with the `$` by which a macro means the model's own; a number is no name.
TOKEN = re.compile(rf"({_QUOTED}|[^\W\d][\w'$]*(?:[ \t\n]+[\w'$]+)*)|'[^']*'|:[A-Za-z ]+:|\d[\w.]*")
_LEFT = re.compile(
    rf"\s*({_QUOTED}|[^=\[\]():<\"]+?)\s*(\[[^\]]*\])?\s*(:EXCEPT:[^=]*)?(?==|\()", re.I
)
_RANGE = re.compile(rf"\s*({_QUOTED}|[^=\[\]():<\"]+?)\s*(:(?!=)|<->)")
_MARKED = re.compile(r"([^\[\],!]+)!")
# What an argument sums over, it sums over itself.
_SUMS = re.compile(r"\b(SUM|PROD|VMIN|VMAX)\s*\(", re.IGNORECASE)
_PLAIN = re.compile(rf"({_QUOTED}|[\w\s$'.]+)(\[[^\]]*\])?")


@dataclass(frozen=True)
class _Macro:
    """A macro's name, parameters, further outputs, and equations."""

    name: str
    parameters: tuple[str, ...]
    outputs: tuple[str, ...]
    body: tuple[TextBlock, ...]


def written_out(entries: Sequence[TextBlock]) -> list[TextBlock]:
    """The entries of a model without macros, each call in place written out.

    Raises
    ------
    UnsupportedError
        For a call with the wrong number of arguments, inside a sum, or without an end.
    """
    macros, model = _parted(entries)
    if not macros:
        return model
    expansion = _Expansion(macros, {b.name for b in model if _RANGE.match(b.equation)})
    return [made for block in model for made in expansion.of(block, 0)]


def _parted(entries: Sequence[TextBlock]) -> tuple[dict[str, _Macro], list[TextBlock]]:
    macros: dict[str, _Macro] = {}
    model: list[TextBlock] = []
    heading: TextBlock | None = None
    body: list[TextBlock] = []
    for block in entries:
        if block.kind == "macro":
            heading, body = block, []
        elif block.kind == "end" and heading is not None:
            macro = _macro(heading, body)
            macros[macro.name] = macro
            heading = None
        elif heading is not None:
            body.append(block)
        elif block.kind != "end":
            model.append(block)
    return macros, model


def _macro(heading: TextBlock, body: Sequence[TextBlock]) -> _Macro:
    name, _, inside = heading.equation.partition("(")
    given, _, outputs = inside.rstrip(")").partition(":")
    parts = [[names.key(p) for p in side.split(",") if p.strip()] for side in (given, outputs)]
    equations = tuple(block for block in body if block.kind == "entry")
    return _Macro(names.key(name), tuple(parts[0]), tuple(parts[1]), equations)


class _Expansion:
    """All calls of a model, numbered as they come."""

    def __init__(self, macros: dict[str, _Macro], ranges: set[str]):
        self.macros, self.ranges = macros, ranges
        self.calls = dict.fromkeys(macros, 0)
        self.made = 0

    def of(self, block: TextBlock, depth: int) -> Iterator[TextBlock]:
        """An entry with its calls replaced, after the entries that these stand for."""
        left = _LEFT.match(block.equation)
        if block.kind != "entry" or left is None:
            yield block
            return
        head, right = block.equation[: left.end()], block.equation[left.end() :]
        over = [s.strip() for s in (left[2] or "").strip("[]").split(",")]
        over = [subscript for subscript in over if names.key(subscript) in self.ranges]
        ranges = f"[{', '.join(over)}]" if over else ""
        made: list[TextBlock] = []
        place = 0
        while call := self._next_call(right, place):
            start, end, macro, arguments = call
            if depth >= _DEEPEST:
                raise self._refusal(
                    block,
                    macro,
                    f"calls itself, or others {_DEEPEST} deep",
                    "Write it as stocks of the model.",
                )
            inside, result = self._call(block, macro, arguments, ranges)
            right = right[:start] + result + right[end:]
            place = start + len(result)
            made += inside
        for inner in made:
            yield from self.of(inner, depth + 1)
        yield replace(block, equation=head + right)

    def _next_call(self, text: str, place: int) -> tuple[int, int, _Macro, list[str]] | None:
        for token in TOKEN.finditer(text, place):
            macro = self.macros.get(names.key(token[1])) if token[1] else None
            rest = re.compile(r"\s*\(").match(text, token.end())
            if macro is not None and rest:
                end, arguments = _arguments(text, rest.end())
                return token.start(), end, macro, arguments
        return None

    def _call(
        self, block: TextBlock, macro: _Macro, arguments: list[str], ranges: str
    ) -> tuple[list[TextBlock], str]:
        given, outputs = arguments, list[str]()
        place = next((i for i, argument in enumerate(arguments) if ":" in argument), None)
        if macro.outputs and place is not None:
            last, _, first = arguments[place].partition(":")
            given, outputs = [*arguments[:place], last], [first, *arguments[place + 1 :]]
        if (len(given), len(outputs)) != (len(macro.parameters), len(macro.outputs)):
            raise self._refusal(
                block,
                macro,
                f"is given {len(arguments)} arguments",
                f"It takes {len(macro.parameters) + len(macro.outputs)}.",
            )
        # In a sum over ranges the variables of the call have these ranges too.
        over = re.findall(r"[^\[\],]+", ranges)
        free = [argument for argument in given if not _SUMS.search(argument)]
        marked = [part for argument in free for part in _MARKED.findall(argument)]
        marked = list(dict.fromkeys(part.strip() for part in marked))
        if {names.key(part) for part in marked} & {names.key(part) for part in over}:
            raise self._refusal(
                block,
                macro,
                "stands in a sum over a range of its left side",
                "Give it a variable of its own.",
            )
        given = [_MARKED.sub(r"\1", a) if a in free else a for a in given]
        there = _bracketed([*over, *(f"{part}!" for part in marked)])
        ranges = _bracketed([*over, *marked])
        self.calls[macro.name] += 1
        self.made += len(macro.body)
        if self.made > _MOST:
            raise self._refusal(block, macro, "is called too often", "Use smaller models.")
        number = self.calls[macro.name]
        local = {b.name: f'"{macro.name} {number} {b.name}"' for b in macro.body}
        local |= {o: " ".join(g.split()) for o, g in zip(macro.outputs, outputs, strict=True)}
        known, body = dict(zip(macro.parameters, given, strict=True)), []
        for parameter, argument in known.items():
            if not _PLAIN.fullmatch(argument):
                known[parameter] = f'"{macro.name} {number} {parameter}"{ranges}'
                made = TextBlock("entry", block.line, f"{known[parameter]} = {argument}")
                body.append(replace(made, meaning=f"Given to the macro {macro.name}."))
        for inner in macro.body:
            equation = _renamed(inner.equation, local, known, ranges, macro.name)
            body.append(replace(inner, line=block.line, equation=equation))
        return body, local.get(macro.name, "0") + there

    def _refusal(
        self, block: TextBlock, macro: _Macro, problem: str, cure: str
    ) -> UnsupportedError:
        return UnsupportedError(
            f"Line {block.line}: `{block.name}` calls the macro `{macro.name}` (`:MACRO:`), "
            f"which {problem}.",
            cure=cure,
        )


def _bracketed(subscripts: Sequence[str]) -> str:
    return f"[{', '.join(part.strip() for part in subscripts)}]" if subscripts else ""


def _arguments(text: str, place: int) -> tuple[int, list[str]]:
    """The arguments from behind an opening parenthesis, and where its partner ends."""
    depth, start, values = 0, place, list[str]()
    for sign in re.compile(rf"{_QUOTED}|'[^']*'|[(\[\])\],]").finditer(text, place):
        if sign[0] in "([":
            depth += 1
        elif sign[0] in ")]" and depth:
            depth -= 1
        elif sign[0] == ")" or (sign[0] == "," and not depth):
            values.append(text[start : sign.start()].strip())
            start = sign.end()
            if sign[0] == ")":
                return sign.end(), values if values != [""] else []
    return len(text), [*values, text[start:].strip()]


def _renamed(
    equation: str, local: dict[str, str], known: dict[str, str], ranges: str, macro: str
) -> str:
    """An equation of a macro's body in the names of the model."""

    def renamed(token: re.Match[str]) -> str:
        name = (token[1] or "").rstrip()
        if name.endswith("$"):
            return name[:-1]
        key = names.key(name)
        # A macro that calls itself does so by its name; its depth tells.
        behind = equation[token.end() :].lstrip()
        if not name or key not in {**known, **local} or (key == macro and behind[:1] == "("):
            return token[0]
        return known[key] if key in known else local[key] + ("" if behind[:1] == "[" else ranges)

    return TOKEN.sub(renamed, equation)
