"""Putting equations in an order in which each finds its inputs computed."""

from collections.abc import Callable, Iterable, Mapping

from buildout.errors import UnsupportedError


def dependency_order(
    dependencies: Mapping[str, Iterable[str]], what: str = "equations"
) -> list[str]:
    """Order names so that each comes after those it depends on.

    Parameters
    ----------
    dependencies : mapping of str to iterable of str
        Direct dependencies of each name; all must be keys themselves.
    what : str
        What the names stand for, used in the message.

    Returns
    -------
    list of str

    Raises
    ------
    UnsupportedError
        When names depend on each other in a circle; the message tells the circle.

    Examples
    --------
    >>> dependency_order({"cost": ["price", "volume"], "price": [], "volume": ["price"]})
    ['price', 'volume', 'cost']
    """
    done: dict[str, None] = {}
    for root in dependencies:
        _visit(root, dependencies, done, what)
    return list(done)


def _visit(
    root: str, dependencies: Mapping[str, Iterable[str]], done: dict[str, None], what: str
) -> None:
    if root in done:
        return
    # A stack of our own: chains of equations are longer than Python's recursion limit.
    path: dict[str, None] = {root: None}
    stack = [(root, iter(dependencies[root]))]
    while stack:
        name, pending = stack[-1]
        for inner in pending:
            if inner in path:
                raise _circle([*path, inner], what)
            if inner not in done:
                path[inner] = None
                stack.append((inner, iter(dependencies[inner])))
                break
        else:
            done[name] = None
            del path[name]
            stack.pop()


def _circle(path: list[str], what: str) -> UnsupportedError:
    circle = path[path.index(path[-1]) :]
    chain = " <- ".join(f"`{name}`" for name in circle)
    return UnsupportedError(
        f"Simultaneous {what}: {chain}.",
        "Each value must follow from others without a circle.",
        "Put a stock or a delay (`INTEG`, `SMOOTH`) into the circle.",
    )


def needed_for(targets: Iterable[str], inputs: Callable[[str], Iterable[str]]) -> dict[str, None]:
    """The targets and all they depend on, directly or through others, each once.

    In an order that does not change between processes, as that of a set of names does.

    Examples
    --------
    >>> sorted(needed_for(["b"], {"a": [], "b": ["a"], "c": ["b"]}.__getitem__))
    ['a', 'b']
    """
    needed: dict[str, None] = {}
    pending = list(targets)
    while pending:
        name = pending.pop()
        if name not in needed:
            needed[name] = None
            pending.extend(inputs(name))
    return needed
