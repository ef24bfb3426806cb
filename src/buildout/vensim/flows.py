"""The flows of a stock: the terms of its net flow."""

from buildout.vensim.syntax import Binary, Call, Name, Number, Tree, Unary


def terms(tree: Tree, inward: bool = True) -> list[tuple[bool, Tree]]:
    """The terms of a sum, each with whether it is added; numbers left out.

    Examples
    --------
    >>> from buildout.vensim import parse, to_text
    >>> [(inward, to_text(term)) for inward, term in terms(parse("a - (b - c * d)"))]
    [(True, 'a'), (False, 'b'), (True, 'c * d')]
    """
    if isinstance(tree, Binary) and tree.operator in ("+", "-"):
        right = inward if tree.operator == "+" else not inward
        return terms(tree.left, inward) + terms(tree.right, right)
    if isinstance(tree, Unary) and tree.operator in ("+", "-"):
        return terms(tree.operand, inward if tree.operator == "+" else not inward)
    return [] if isinstance(tree, Number) else [(inward, tree)]


def flow_key(term: Tree) -> str | None:
    """The key of a variable that alone is a term, or summed over subscripts; None for others."""
    if isinstance(term, Call) and term.function == "SUM":
        term = term.arguments[0]
    return term.key if isinstance(term, Name) else None


def flow_keys(net: Tree) -> set[str]:
    """Keys of all flows that have a name of their own in a net flow."""
    return {key for _, term in terms(net) if (key := flow_key(term)) is not None}
