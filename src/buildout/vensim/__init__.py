"""The `.mdl` as text: its groups, its equations as written, and their expressions as trees.

The engine reads the same file through PySD and expands every subscript. Diagrams, the unit check
and the table of variables need what that loses: the groups, the comments, one tree per equation.
A test holds the two readings against each other.
"""

from buildout.mdl.expressions import (
    Binary,
    Call,
    Expression,
    Number,
    Reference,
    Table,
    Unary,
    parse,
    references,
    show,
    walk,
)
from buildout.mdl.flows import flow_key, flow_keys, terms
from buildout.mdl.source import (
    CONTROL_GROUP,
    Component,
    Entry,
    Group,
    Source,
    read_source,
    split_sketch,
)

__all__ = [
    "CONTROL_GROUP",
    "Binary",
    "Call",
    "Component",
    "Entry",
    "Expression",
    "Group",
    "Number",
    "Reference",
    "Source",
    "Table",
    "Unary",
    "flow_key",
    "flow_keys",
    "parse",
    "read_source",
    "references",
    "show",
    "split_sketch",
    "terms",
    "walk",
]
