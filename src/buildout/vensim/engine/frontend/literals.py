"""What PySD's parser would hand to Python, read here so that nothing runs and nothing swells."""

import ast
import re
import sys

from buildout._util.names import quoted
from buildout.errors import InputError
from buildout.vensim.engine.price import MOST_PARTS

_FAILURES = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError)
#: `line: (a1-a99)` stands for all names in between.
# Where digits begin is said, or a long number would be tried at each of its digits.
_NUMBERED = r"([^\W\d][\w '$]*?)(?<!\d)(\d+)"
NUMBERED_RANGE = re.compile(rf"\(\s*{_NUMBERED}\s*-\s*{_NUMBERED}\s*\)")
_IN_QUOTES = re.compile(r'"[^"]*"|\{[^{}]*\}')


def read_literal(text: str) -> object:
    """Numbers, their sums, tuples, lists and texts written out; nothing is called.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> read_literal("(0, 1),(2, -3e1)"), read_literal("3 -1")
    (((0, 1), (2, -30.0)), 2)
    """
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except _FAILURES as error:
        raise ValueError(f"{quoted(text)} is not made of numbers up to 1e308") from error


def _value(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=int() | float() | str() as value) if not isinstance(value, bool):
            if not isinstance(value, str) and abs(value) > sys.float_info.max:
                raise ValueError("beyond 1e308")
            return value
        case ast.Tuple(elts=parts):
            return tuple(map(_value, parts))
        case ast.List(elts=parts):
            return [*map(_value, parts)]
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return +_number(operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand)
        # `1 +2` may be two numbers or a sum; PySD takes it for the sum, as Vensim does.
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _number(left) + _number(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _number(left) - _number(right)
    raise ValueError("neither numbers nor texts")


def _number(node: ast.expr) -> float:
    value = _value(node)
    if not isinstance(value, int | float):
        raise ValueError("not a number")
    return value


def ensure_ranges_are_listed(text: str) -> None:
    """Refuse ranges of numbered elements that are longer than any model.

    Raises
    ------
    InputError
        With the number of elements.
    """
    for block in text.split("|"):
        # An element in quotes, or a comment, may look like a range.
        definition = _IN_QUOTES.sub("", block.split("~", 1)[0])
        if ":" not in definition or "=" in definition:
            continue
        for _, first, _, last in NUMBERED_RANGE.findall(definition):
            if max(len(first), len(last)) > 9 or int(last) - int(first) >= MOST_PARTS:
                name = quoted(definition.partition(":")[0].strip())
                raise InputError(
                    f"The subscript range {name} lists elements up to number {last[:30]}.",
                    f"Up to {MOST_PARTS:,} are accepted.",
                )
