"""Vensim expressions as trees: what is added, multiplied, compared, called and looked up.

Precedence follows the Vensim reference manual (operators): `^`, then the sign, `*` and `/`,
`+` and `-`, comparisons, `:NOT:`, `:AND:`, `:OR:`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buildout._util import names
from buildout.errors import UnsupportedError


@dataclass(frozen=True)
class Number:
    """A literal number, with its spelling."""

    value: float
    text: str


@dataclass(frozen=True)
class Name:
    """A variable, or an element of a range used as one, with its subscripts as written."""

    name: str
    subscripts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name in Python's spelling."""
        return names.key(self.name)


@dataclass(frozen=True)
class Call:
    """A function, or a named lookup, applied to arguments; the name in upper case."""

    function: str
    arguments: tuple["Tree", ...]
    subscripts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name in Python's spelling, for lookups."""
        return names.key(self.function)


@dataclass(frozen=True)
class Unary:
    """`-x`, `+x` or `:NOT: x`."""

    operator: str
    operand: "Tree"


@dataclass(frozen=True)
class Binary:
    """Two operands and the operator between them."""

    operator: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True)
class Table:
    """Numbers written as a list: rows of an array constant, or the points of a lookup."""

    values: tuple[float, ...]
    text: str


Tree = Number | Name | Call | Unary | Binary | Table

_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# A name may hold single blanks; what follows it tells a function from a variable.
_NAME = re.compile(r"[^\W\d][\w'$&%]*(?:\s+[\w'$&%]+)*")
_WORD = re.compile(r":(?:AND|OR|NOT|NA):", re.IGNORECASE)
_SIGN = re.compile(r"<>|<=|>=|[-+*/^()<>=,;\[\]!]")
_LIST = re.compile(r"[-+\d.eE,;\s]+")
# One way only to match any text, or a long list without its end is tried in all others first.
_POINTS = re.compile(r"\(\s*(?:\[[^\]]*\]\s*(?:,\s*)?)?(?:\([^()]*\)\s*(?:,\s*)?)+\)")
_POWERS = {
    ":OR:": 1,
    ":AND:": 2,
    "=": 4,
    "<>": 4,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "^": 8,
}
_NOT_POWER, _SIGN_POWER = 3, 7


def parse(text: str) -> Tree:
    """The tree of an expression.

    Raises
    ------
    UnsupportedError
        When the text is not an expression.

    Examples
    --------
    >>> parse("a[US] * MAX(0, b)")  # doctest: +NORMALIZE_WHITESPACE
    Binary(operator='*', left=Name(name='a', subscripts=('US',)),
           right=Call(function='MAX', arguments=(Number(value=0.0, text='0'),
                      Name(name='b', subscripts=())), subscripts=()))
    """
    flat = " ".join(text.split())
    if "," in flat and _LIST.fullmatch(flat):
        return Table(_numbers(flat), flat)
    if _POINTS.fullmatch(flat):
        return Table(_numbers(re.sub(r"\[[^\]]*\]", "", flat)), flat)
    parser = _Parser(flat)
    try:
        tree = parser.expression(0)
    except RecursionError as error:
        raise UnsupportedError(
            f"The parts of `{flat[:40]}...` are nested too deeply.",
            cure="Split the equation into several variables.",
        ) from error
    if parser.rest():
        raise parser.error()
    return tree


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(n) for n in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text))


class _Parser:
    """Top-down operator precedence over one line of text (Pratt 1973)."""

    def __init__(self, text: str):
        self.text = text
        self.at = 0

    def rest(self) -> str:
        return self.text[self.at :].lstrip()

    def error(self) -> UnsupportedError:
        return UnsupportedError(
            f"Cannot read `{self.text}` from `{self.rest()[:30]}` on.",
            "A Vensim expression is accepted.",
        )

    def take(self, pattern: re.Pattern[str]) -> str | None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        match = pattern.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return match[0]

    def peek(self) -> str | None:
        start = self.at
        sign = self.take(_WORD) or self.take(_SIGN)
        self.at = start
        return sign and sign.upper()

    def skip(self, sign: str) -> None:
        if self.peek() != sign:
            raise self.error()
        self.take(_SIGN)

    def expression(self, power: int) -> Tree:
        left = self.operand()
        while (sign := self.peek()) in _POWERS and _POWERS[sign] > power:
            self.take(_WORD) or self.take(_SIGN)
            left = Binary(sign, left, self.expression(_POWERS[sign]))
        return left

    def operand(self) -> Tree:
        sign = self.peek()
        if sign == "(":
            self.skip("(")
            inner = self.expression(0)
            self.skip(")")
            return inner
        if sign in ("-", "+", ":NOT:"):
            self.take(_WORD) or self.take(_SIGN)
            return Unary(sign, self.expression(_NOT_POWER if sign == ":NOT:" else _SIGN_POWER))
        if sign == ":NA:":
            self.take(_WORD)
            return Number(float("nan"), ":NA:")
        if (number := self.take(_NUMBER)) is not None:
            return Number(float(number), number)
        return self.name()

    def name(self) -> Tree:
        name = self.take(_QUOTED) or self.take(_NAME)
        if name is None:
            raise self.error()
        subscripts = self.subscripts()
        if self.peek() != "(":
            return Name(name, subscripts)
        return Call(name.upper(), self.arguments(), subscripts)

    def subscripts(self) -> tuple[str, ...]:
        if self.peek() != "[":
            return ()
        end = self.text.index("]", self.at)
        inner = self.text[self.text.index("[", self.at) + 1 : end]
        self.at = end + 1
        return tuple(part.strip() for part in inner.split(","))

    def arguments(self) -> tuple[Tree, ...]:
        # The points of WITH LOOKUP are no expression; they are taken as a table.
        self.skip("(")
        trees: list[Tree] = []
        while self.peek() != ")" or trees:
            points = self.take(_POINTS)
            trees.append(Table(_numbers(points), points) if points else self.expression(0))
            if self.peek() != ",":
                break
            self.skip(",")
        self.skip(")")
        return tuple(trees)


def nodes(tree: Tree) -> Iterator[Tree]:
    """Every node of a tree, parents before children."""
    # Without recursion, as a long sum is a deep tree.
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, Call):
            pending += reversed(node.arguments)
        elif isinstance(node, Unary):
            pending.append(node.operand)
        elif isinstance(node, Binary):
            pending += [node.right, node.left]


def names_in(tree: Tree) -> tuple[str, ...]:
    """Keys of all names that a tree uses, functions included, in order and without repeats.

    Examples
    --------
    >>> names_in(parse("b + MAX(a, b)"))
    ('b', 'max', 'a')
    """
    keys = (node.key for node in nodes(tree) if isinstance(node, Name | Call))
    return tuple(dict.fromkeys(keys))


def to_text(tree: Tree) -> str:
    """The expression as text again, with no more parentheses than it needs.

    Examples
    --------
    >>> to_text(parse("((a+b))*c / -(d - e)"))
    '(a + b) * c / -(d - e)'
    """
    if isinstance(tree, Number | Table):
        return tree.text
    inner = ", ".join(getattr(tree, "subscripts", ()))
    inner = f"[{inner}]" if inner else ""
    if isinstance(tree, Name):
        return tree.name + inner
    if isinstance(tree, Call):
        return f"{tree.function}{inner}({', '.join(to_text(a) for a in tree.arguments)})"
    if isinstance(tree, Unary):
        blank = " " if tree.operator == ":NOT:" else ""
        return tree.operator + blank + _within(tree.operand, _SIGN_POWER)
    power = _POWERS[tree.operator]
    blank = "" if tree.operator == "^" else " "
    left = _within(tree.left, power)
    return left + blank + tree.operator + blank + _within(tree.right, power + 1)


def _within(tree: Tree, power: int) -> str:
    own = _POWERS[tree.operator] if isinstance(tree, Binary) else 9
    text = to_text(tree)
    return f"({text})" if own < power else text
