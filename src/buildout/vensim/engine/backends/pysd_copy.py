"""A copy of a model for PySD to translate, in which no text of the file is left.

PySD writes a Python module and imports it. Comments, units and names would stand in that module,
some of them unquoted, and so run as code. So the copy has numbered names throughout, no comments,
no units and no limits; what is not known to be harmless is refused. The names are given out in the
alphabetical order of the originals, by which PySD decides between ranges of the same elements.
"""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from buildout._util import names
from buildout.errors import UnsupportedError
from buildout.vensim.engine.backends import pysd_repairs
from buildout.vensim.engine.frontend.functions import AGGREGATES, FUNCTIONS
from buildout.vensim.engine.ir.expressions import NOT_AVAILABLE, with_steps
from buildout.vensim.engine.ir.system import CONTROLS

# What PySD's trees are made of, by the names of their classes; other classes read files.
_NODES = frozenset(
    f"{name}Structure"
    for name in (
        *("Arithmetic", "Logic", "InlineLookups", "Integ", "Delay", "DelayFixed", "DelayN"),
        *("Smooth", "SmoothN", "Trend", "Forecast", "SampleIfTrue", "Initial", "Game"),
    )
)
_OPERATORS = frozenset(
    ("+", "-", "*", "/", "^", "negative", "=", "<>", "<", "<=", ">", ">=", ":NOT:", ":AND:", ":OR:")
)
_CALLED = frozenset((*FUNCTIONS, *AGGREGATES, "elmcount", "vector_select"))
_NEARER: dict[str, Callable[[Iterable[float]], float]] = {"min": min, "max": max}


@dataclasses.dataclass(frozen=True)
class Aliases:
    """The numbered names of a model.

    Attributes
    ----------
    variables : dict of str to str
        By key; control variables and the time keep their own.
    subscripts : dict of str to str
        Of ranges and elements, by key.
    """

    variables: dict[str, str]
    subscripts: dict[str, str]


def without_text(section: Any) -> tuple[Any, Aliases]:
    """A section of PySD's abstract model without any text of the file, and its new names.

    Parameters
    ----------
    section : AbstractSection
        The main section of a model without macros.

    Raises
    ------
    UnsupportedError
        When something in it has no equivalent without text.
    """
    aliases = Aliases(
        _numbered("v", [e.name for e in section.elements])
        | {name: name.upper().replace("_", " ") for name in CONTROLS},
        _numbered("s", _subscript_names(section)),
    )
    copy = _Copy(aliases, section)
    plain = dataclasses.replace(
        section,
        subscripts=tuple(map(copy.range, section.subscripts)),
        elements=tuple(map(copy.element, section.elements)),
        constraints=(),
        test_inputs=(),
        split=False,
        views_dict=None,
    )
    return plain, aliases


def _numbered(letter: str, spelled: Iterable[str]) -> dict[str, str]:
    keys = {names.key(name): name.replace(" ", "_").lower() for name in sorted(spelled)}
    order = sorted(keys, key=keys.__getitem__)
    return {key: f"{letter}{place:06d}" for place, key in enumerate(order)}


def _numbers(section: Any) -> dict[str, float]:
    """Variables that are one number in the file, by key."""
    trees = {names.key(e.name): e.components[0].ast for e in section.elements}
    return {key: float(tree) for key, tree in trees.items() if isinstance(tree, int | float)}


def _subscript_names(section: Any) -> list[str]:
    labels = []
    for given in section.subscripts:
        members = [given.subscripts] if isinstance(given.subscripts, str) else given.subscripts
        labels += [given.name, *members, *given.mapping]
    return labels


class _Copy:
    """Writes trees anew, part by part."""

    def __init__(self, aliases: Aliases, section: Any):
        self.variables, self.subscripts = aliases.variables, aliases.subscripts
        self.numbers = _numbers(section)
        self.listed = [s.subscripts for s in section.subscripts if isinstance(s.subscripts, list)]
        self.own: tuple[str, tuple[str, ...]] = ("", ())
        self.whole: Any = None

    def range(self, given: Any) -> Any:
        members = given.subscripts
        return dataclasses.replace(
            given,
            name=self.subscript(given.name),
            subscripts=self.subscript(members) if isinstance(members, str) else self.all(members),
            mapping=self.all(given.mapping),
        )

    def element(self, element: Any) -> Any:
        return dataclasses.replace(
            element,
            name=self.variables[names.key(element.name)],
            components=[
                self.component(component, element.name) for component in element.components
            ],
            units="",
            limits=(None, None),
            documentation="",
        )

    def component(self, component: Any, name: str) -> Any:
        inner, excepted = component.subscripts
        # What the equation defines, for functions that ask for it.
        self.own, self.whole = (name, tuple(inner)), component.ast
        return dataclasses.replace(
            component,
            subscripts=(self.all(inner), [self.all(group) for group in excepted]),
            ast=self.tree(component.ast),
        )

    def all(self, subscripts: Iterable[str]) -> list[str]:
        return [self.subscript(subscript) for subscript in subscripts]

    def subscript(self, name: str) -> str:
        mark = "!" if name.endswith("!") else ""
        try:
            return self.subscripts[names.key(name)] + mark
        except KeyError:
            raise _refusal(name) from None

    def tree(self, tree: Any) -> Any:
        kind = type(tree).__name__
        if isinstance(tree, bool | int | float | np.number):
            return _number(tree)
        if isinstance(tree, np.ndarray):
            return np.array(tree, dtype=float)
        if isinstance(tree, list | tuple):
            return type(tree)(map(self.tree, tree))
        if kind == "ReferenceStructure":
            return self.reference(tree, self.named(tree.reference))
        if kind == "CallStructure":
            return self.call(tree)
        if kind == "LookupsStructure" and tree.type == "interpolate":
            x, y = zip(*with_steps(zip(tree.x, tree.y, strict=True)), strict=True)
            anywhere = (np.nan, np.nan)
            return dataclasses.replace(tree, x_limits=anywhere, y_limits=anywhere, x=x, y=y)
        if kind in _NODES:
            fields = {field.name: getattr(tree, field.name) for field in dataclasses.fields(tree)}
            operators = fields.pop("operators", [])
            if not set(map(str.upper, operators)) <= set(map(str.upper, _OPERATORS)):
                raise _refusal(" ".join(operators))
            # PySD counts stages with the order as it is.
            kept = {"order": self.order(fields["order"])} if "order" in fields else {}
            copied = {name: self.tree(value) for name, value in fields.items()}
            return dataclasses.replace(tree, **copied | kept)
        raise _refusal(kind)

    def call(self, tree: Any) -> Any:
        name = tree.function.reference
        if name == "sinteg":
            # It is written out as a stock of that name, so that it has to be all there is.
            if tree is not self.whole:
                raise _refusal("SINTEG")
            return self.tree(pysd_repairs.bounded_stock(*self.own, *tree.arguments))
        if name == "vector_lookup":
            return self.tree(self.vector_lookup(*tree.arguments))
        if name in pysd_repairs.WRITTEN_OUT:
            return self.tree(pysd_repairs.WRITTEN_OUT[name](*tree.arguments))
        function = self.reference(tree.function, self.called(name))
        return dataclasses.replace(tree, function=function, arguments=self.tree(tree.arguments))

    def vector_lookup(self, vector: Any, x: Any, low: Any, high: Any, mode: Any) -> Any:
        if self._known(mode) != 0:
            raise _refusal("VECTOR LOOKUP")
        *outer, first = vector.subscripts.subscripts
        begun = [listed for listed in self.listed if names.key(listed[0]) == names.key(first)]
        along = max(begun, key=len, default=[first])
        values = [
            dataclasses.replace(
                vector,
                subscripts=dataclasses.replace(vector.subscripts, subscripts=(*outer, element)),
            )
            for element in along
        ]
        return pysd_repairs.vector_lookup(values, x, low, high)

    def order(self, tree: Any) -> Any:
        """An order as a whole number, where it is known."""
        known = self._known(tree)
        return int(known) if known == int(known) else self.tree(tree)

    def _known(self, tree: Any) -> float:
        """The value of an expression of numbers; half for any other, which is no order."""
        if isinstance(tree, int | float):
            return float(tree)
        kind = type(tree).__name__
        if kind == "ReferenceStructure":
            return self.numbers.get(names.key(tree.reference), 0.5)
        if kind == "CallStructure" and tree.function.reference in ("min", "max"):
            return _NEARER[tree.function.reference](map(self._known, tree.arguments))
        return 0.5

    def reference(self, tree: Any, name: str) -> Any:
        inner = tree.subscripts
        if inner is not None:
            inner = dataclasses.replace(inner, subscripts=self.all(inner.subscripts))
        return dataclasses.replace(tree, reference=name, subscripts=inner)

    def named(self, name: str) -> str:
        """What a name is called here: a variable, the time, or a subscript used as a number."""
        key = names.key(name)
        if key in self.variables:
            return self.variables[key].lower().replace(" ", "_")
        if key == "time":
            return key
        return self.subscript(name)

    def called(self, name: str) -> str:
        """What a function is called here: a lookup of the model, or a function we know."""
        key = names.key(name)
        if key in self.variables:
            return self.variables[key]
        if key.startswith("random_"):
            raise UnsupportedError(
                f"The model draws random numbers (`{key.replace('_', ' ').upper()}`), and PySD "
                "would draw others.",
                cure="Use the engine `Batch`.",
            )
        if key not in _CALLED:
            raise _refusal(name)
        return key


def _number(tree: Any) -> Any:
    if isinstance(tree, bool):
        return tree
    # Powers of Python's whole numbers are exact, and may take for ever.
    return NOT_AVAILABLE if np.isnan(tree) else float(tree)


def _refusal(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"`{name}` cannot be handed to PySD without text of the model file.",
        cure="Use the engine `Batch`.",
    )
