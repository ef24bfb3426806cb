"""Units checked by machine: both sides of every equation of an `.mdl`, and every part between.

Every unit name is a dimension of its own, as in Vensim: `t` and `kg` do not convert silently, a
constant such as `kg per t` has to. The number 0 fits any unit; other literal numbers are
dimensionless, except where they are the whole right side. `EXP`, `LN` and the input of a lookup
take dimensionless arguments only; a power takes a dimensionless base, or a literal exponent.

Why our own: Vensim's check needs Vensim. Of twelve errors planted in a copy of the project's model
this finds all twelve, naming variable, part and both units; simlin, the one library with a unit
check for `.mdl` files, finds two. Units themselves are read by pint. What would make us drop it: a
library that finds as many.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from tokenize import TokenError

import pint
from pint.util import UnitsContainer

from buildout._util import names
from buildout.errors import UnsupportedError
from buildout.vensim import Binary, Call, Name, Number, Table, Tree, Unary
from buildout.vensim.source import Entry, Source, model_text, read_source, split_sketch
from buildout.vensim.syntax import to_text
from buildout.vensim.unit_rules import (
    ANY,
    DIMENSIONLESS,
    UNIT_RULES,
    UNLOOKED,
    Unit,
    roles_of,
    unit_power,
    unit_product,
    unit_quotient,
)

# Signs and words that Vensim takes as parts of a unit's name and pint does not.
_FOREIGN = re.compile(r"[^\w\s*/^().+-]|(?<=\w)[ \t]+(?=[^\W\d])")
_ESCAPED = re.compile(r"qu([0-9a-f]+)q")
# What pint raises on a text that is no unit; its parser builds on Python's tokenizer.
_UNREADABLE = (
    *(pint.PintError, SyntaxError, TokenError, TypeError, AttributeError, RecursionError),
    AssertionError,
)
_NAME = re.compile(r"[^\W\d]\w*")
_SWELLING = re.compile(r"\d{10}|(\^|\*\*)\s*[(+-]*\s*\d{3}|(\^|\*\*)[^*/]*(\^|\*\*)")


@dataclass(frozen=True)
class UnitMismatch:
    """A part of an equation whose units do not fit.

    Attributes
    ----------
    variable : str
        Whose equation it is.
    expression : str
        The smallest part that does not fit.
    unit, expected : str
        The two units.
    reason : str
        Where in the equation they meet.
    """

    variable: str
    expression: str
    unit: str
    expected: str
    reason: str

    def __str__(self) -> str:
        return (
            f"`{self.variable}`: `{self.expression}` has the unit {self.unit}, "
            f"{self.reason} needs {self.expected}."
        )


def check(
    model: str | os.PathLike[str] | Source | None = None, *, text: str | None = None
) -> list[UnitMismatch]:
    """Units that do not fit.

    Parameters
    ----------
    model : path, str or Source
        Path of an `.mdl` file, or what `read_source` made of its text. A string of more than one
        line is a text.
    text : str
        The text of a model, in place of a path. Synonyms of units are those of its settings.

    Returns
    -------
    list of UnitMismatch
        Empty when every equation has the unit its variable declares.

    Examples
    --------
    >>> for finding in check(text="a= 2 ~ t ~| b= 3 ~ Year ~| c= a * b ~ t/Year ~|"):
    ...     print(finding)
    `c`: `a * b` has the unit Year*t, its declaration needs t/Year.
    """
    if isinstance(model, Source):
        checker = _Checker(model, {})
    else:
        text = model_text(model, text)
        checker = _Checker(read_source(text), _synonyms(text))
    for entry in checker.source.entries.values():
        if entry.kind != "range":
            try:
                checker.check(entry)
            except RecursionError as error:
                raise UnsupportedError(
                    f"The equation of `{entry.name}` has too many parts in one another.",
                    cure="Split it into several variables.",
                ) from error
    return checker.findings


def spell(unit: Unit) -> str:
    """A unit the way the model writes it.

    Examples
    --------
    >>> spell(UnitsContainer({"EUR": 1, "Year": 1, "t": -1}))
    'EUR*Year/t'
    >>> spell(UnitsContainer()), spell(UnitsContainer({"Year": -1}))
    ('Dmnl', '1/Year')
    """
    if unit is ANY:
        return "any"
    powers = [(name, float(str(n))) for name, n in sorted(unit.items())]
    over = [_power(name, n) for name, n in powers if n > 0]
    under = [_power(name, -n) for name, n in powers if n < 0]
    if not over and not under:
        return "Dmnl"
    top = "*".join(over) or "1"
    bottom = "*".join(under)
    return f"{top}/({bottom})" if len(under) > 1 else f"{top}/{bottom}" if under else top


def _power(name: str, n: float) -> str:
    name = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), name)
    return name if n == 1 else f"{name}^{n:g}"


def _synonyms(text: str) -> dict[str, str]:
    """Names of units that mean the same, as the settings at the end of the file list them."""
    groups = [
        line.removeprefix("22:").split(",")
        for line in split_sketch(text)[2].splitlines()
        if line.startswith("22:")
    ]
    return {name.strip(): group[0].strip() for group in groups for name in group}


def _escaped(text: str) -> str:
    return _FOREIGN.sub(lambda sign: f"qu{ord(sign[0][0]):x}q", " ".join(text.split()))


class _Reader:
    """Unit expressions as written in a model, read by pint with every name its own dimension."""

    def __init__(self, synonyms: Mapping[str, str]) -> None:
        self._synonyms = {_escaped(name): _escaped(first) for name, first in synonyms.items()}
        self._registry: pint.UnitRegistry[float] = pint.UnitRegistry(None)
        self._known: dict[str, UnitsContainer] = {}

    def read(self, text: str) -> Unit:
        return ANY if text == UNLOOKED else self.parsed(text)

    def parsed(self, text: str) -> UnitsContainer:
        if text not in self._known:
            self._known[text] = self._parse(text)
        return self._known[text]

    def _parse(self, text: str) -> UnitsContainer:
        # Numbers in units are small, and powers of powers are none.
        if _SWELLING.search(text):
            raise SyntaxError("no unit")
        plain = re.sub(r"\bDmnl\b|\bdimensionless\b", "1", text, flags=re.IGNORECASE)
        plain = _NAME.sub(lambda name: self._synonyms.get(name[0], name[0]), _escaped(plain))
        for name in _NAME.findall(plain):
            if name not in self._registry:
                self._registry.define(f"{name} = [{name}]")
        # pint reads a leading number as a factor; `1/Year` is the only one that units have.
        return UnitsContainer(dict(self._registry.parse_expression(plain or "1").unit_items()))


class _Checker:
    """Walks over one equation after another and collects what does not fit."""

    def __init__(self, source: Source, synonyms: Mapping[str, str]):
        self.source = source
        self.findings: list[UnitMismatch] = []
        self._reader = _Reader(synonyms)
        self._variable = ""
        self._elements = _elements(source)
        step = source.entries.get("time_step")
        self._time = self._reader.parsed(step.unit if step else "Year")

    def check(self, entry: Entry) -> None:
        self._variable = entry.name
        if not entry.unit:
            self.findings.append(
                UnitMismatch(entry.name, entry.name, "none", "one", "its declaration")
            )
            return
        try:
            declared = self._reader.read(entry.unit)
        except _UNREADABLE as error:
            raise UnsupportedError(
                f"`{entry.name}` has the unit `{entry.unit}`, which cannot be read.",
                "Names, `*`, `/`, `^` and parentheses are accepted.",
            ) from error
        if entry.kind in ("constant", "lookup") or declared is ANY:
            return
        for component in entry.components:
            if not _is_constant(component.tree):
                self._check(component.tree, declared)

    def _check(self, tree: Tree, declared: Unit) -> None:
        if isinstance(tree, Call) and tree.function == "INTEG":
            flow, initial = tree.arguments
            self._needs(
                flow,
                unit_quotient([declared, self._time], DIMENSIONLESS),
                "the net flow of this stock",
            )
            self._needs(initial, declared, "the initial value of this stock")
        else:
            self._needs(tree, declared, "its declaration")

    def _report(self, tree: Tree, unit: Unit, expected: str, reason: str) -> None:
        self.findings.append(
            UnitMismatch(self._variable, to_text(tree), spell(unit), expected, reason)
        )

    def _needs(self, tree: Tree, expected: Unit, reason: str) -> None:
        if isinstance(tree, Number) and tree.value == 0:
            return
        unit = self.unit(tree)
        if unit is not ANY and expected is not ANY and unit != expected:
            self._report(tree, unit, spell(expected), reason)

    def _alike(self, trees: tuple[Tree, ...], reason: str) -> Unit:
        """The unit that all trees share; a difference from the first one's is reported."""
        shared: Unit = ANY
        for tree in trees:
            unit = self.unit(tree)
            if shared is ANY:
                shared = unit
            elif unit is not ANY and unit != shared:
                self._report(tree, unit, spell(shared), reason)
        return shared

    def unit(self, tree: Tree) -> Unit:
        """The unit of an expression, after reporting what does not fit inside."""
        if isinstance(tree, Number):
            return ANY if tree.value == 0 else DIMENSIONLESS
        if isinstance(tree, Table):
            return ANY
        if isinstance(tree, Name):
            return self._reference(tree)
        if isinstance(tree, Unary):
            if tree.operator == ":NOT:":
                self._needs(tree.operand, DIMENSIONLESS, "`:NOT:`")
                return DIMENSIONLESS
            return self.unit(tree.operand)
        if isinstance(tree, Binary):
            return self._binary(tree)
        return self._call(tree)

    def _reference(self, tree: Name) -> Unit:
        if tree.key == "time":
            return self._time
        entry = self.source.entries.get(tree.key)
        if entry is None or entry.kind == "range":
            # Vensim lets the position of an element in its range stand for a number.
            if tree.key in self._elements:
                return DIMENSIONLESS
            raise names.unknown("variable", tree.name, [e.name for e in self.source.variables()])
        return self._reader.read(entry.unit) if entry.unit else ANY

    def _binary(self, tree: Binary) -> Unit:
        sides = (tree.left, tree.right)
        if tree.operator in ("+", "-"):
            return self._alike(sides, f"`{tree.operator}` between `{_brief(tree.left)}` and it")
        if tree.operator in (":AND:", ":OR:"):
            for side in sides:
                self._needs(side, DIMENSIONLESS, f"`{tree.operator}`")
            return DIMENSIONLESS
        if tree.operator == "^":
            return self._power(tree.left, tree.right)
        if tree.operator in ("*", "/"):
            left, right = self.unit(tree.left), self.unit(tree.right)
            return (
                unit_quotient([left, right], DIMENSIONLESS)
                if tree.operator == "/"
                else unit_product(left, right)
            )
        self._alike(sides, f"the comparison with `{_brief(tree.left)}`")
        return DIMENSIONLESS

    def _power(self, base: Tree, exponent: Tree) -> Unit:
        self._needs(exponent, DIMENSIONLESS, "an exponent")
        unit = self.unit(base)
        if unit is ANY or unit == DIMENSIONLESS:
            return unit
        if _is_constant(exponent):
            return unit_power(unit, float(to_text(exponent)))
        self._report(base, unit, "Dmnl", "the base of a power that is not literal")
        return ANY

    def _call(self, tree: Call) -> Unit:
        name, arguments = tree.function, tree.arguments
        lookup = self.source.entries.get(tree.key)
        if lookup is not None and lookup.kind == "lookup":
            self._needs(arguments[0], DIMENSIONLESS, f"the input of the lookup `{lookup.name}`")
            return self._reader.read(lookup.unit)
        rule = UNIT_RULES.get(name)
        if rule is None:
            raise UnsupportedError(
                f"`{self._variable}` uses the function `{name}`, of which no unit rule is known.",
                cure="Add the rule to `buildout.vensim.unit_rules`.",
            )
        shape, result = rule
        units = self._arguments(name, arguments, shape)
        return result(units, self._time)

    def _arguments(self, name: str, arguments: tuple[Tree, ...], shape: str) -> list[Unit]:
        """Units by role: `x` the value (alike in all its places), others as `UNIT_RULES` says."""
        roles = list(zip(arguments, roles_of(shape, arguments), strict=True))
        values = tuple(argument for argument, role in roles if role == "x")
        units = [self._alike(values, f"`{name}` with `{_brief(values[0])}`")] if values else []
        for argument, role in roles:
            if role == "1":
                self._needs(argument, DIMENSIONLESS, f"`{name}`")
            elif role == "t":
                self._needs(argument, self._time, f"a time in `{name}`")
            elif role in "u/":
                units.append(self.unit(argument))
            elif role == "q":
                self._needs(
                    argument, unit_quotient(units, DIMENSIONLESS), f"the last argument of `{name}`"
                )
        return units


def _is_constant(tree: Tree) -> bool:
    return isinstance(tree.operand if isinstance(tree, Unary) else tree, Number | Table)


def _brief(tree: Tree) -> str:
    text = to_text(tree)
    return text if len(text) <= 60 else text[:57] + "..."


def _elements(source: Source) -> set[str]:
    ranges = (e for e in source.entries.values() if e.kind == "range")
    texts = (c.text.split("->")[0] for entry in ranges for c in entry.components)
    listed = {names.key(name) for text in texts for name in text.strip("()").split(",")}
    return listed | {e.key for e in source.entries.values() if e.kind == "range"}
