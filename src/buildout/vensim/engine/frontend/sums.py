"""Sums and other functions over ranges: the subscripts they go over, their elements together."""

import functools
import itertools
from typing import Any, TypeAlias

from buildout._util.names import key
from buildout.vensim.engine.frontend.functions import AGGREGATES
from buildout.vensim.engine.ir.expressions import Expression

#: Its classes come without types.
PysdTree: TypeAlias = Any

#: Functions whose marks are their own.
_CLOSED = {*AGGREGATES, "vector_select"}


def _is(tree: PysdTree, structure: str) -> bool:
    return type(tree).__name__ == structure


def joined(operator: str, values: list[Expression]) -> Expression:
    # Eight at a time, then those, so that a long sum does not become a deep tree.
    while len(values) > 1:
        groups = [values[start : start + 8] for start in range(0, len(values), 8)]
        values = [functools.reduce(lambda a, b: (operator, a, b), group) for group in groups]
    return values[0]


def marked_in(tree: PysdTree) -> list[str]:
    """Subscripts marked with "!" in a tree, apart from those of sums inside it."""
    if _is(tree, "ReferenceStructure"):
        inner = tree.subscripts.subscripts if tree.subscripts else ()
        return [subscript for subscript in inner if subscript.endswith("!")]
    if _is(tree, "CallStructure") and key(tree.function.reference) in _CLOSED:
        return []
    parts: list[PysdTree] = []
    if _is(tree, "CallStructure"):
        parts = [tree.function, *tree.arguments]
    elif hasattr(tree, "__dataclass_fields__"):
        parts = list(vars(tree).values())
    elif isinstance(tree, (list, tuple)):
        parts = list(tree)
    return list(dict.fromkeys(itertools.chain.from_iterable(map(marked_in, parts))))
