"""From PySD's syntax tree of an `.mdl` file to a `System`.

Only the parser of PySD is used here. Whatever the engine cannot do exactly is refused, naming the
variable, the function and a way out.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from buildout._util import names
from buildout.errors import BuildoutError, UnsupportedError
from buildout.vensim.engine.frontend.equations import Equation, Tables, read_table
from buildout.vensim.engine.frontend.parsing import PysdTree, ae, am, parsed, texts
from buildout.vensim.engine.frontend.plain import Plain, at_line, plain
from buildout.vensim.engine.ir import subscripts
from buildout.vensim.engine.ir.expressions import ZERO, Expression, Points, constant, fold, walk
from buildout.vensim.engine.ir.system import CONTROLS, DelayCheck, State, System, Variable
from buildout.vensim.engine.price import Work

Made = TypeVar("Made")


def lower(text: str, sha256: str) -> System:
    """Turn the text of an `.mdl` file into a `System`.

    Parameters
    ----------
    text : str
        Content of the file.
    sha256 : str
        Fingerprint to give the system.

    Returns
    -------
    System

    Raises
    ------
    InputError
        When the text is not an `.mdl` file.
    UnsupportedError
        When it uses what the engine does not have.
    """
    readable = plain(text)
    file = parsed(readable)
    section = file.get_abstract_model().sections[0]
    lowering = _Lowering(section, texts(file.sections[0]), readable)
    return lowering.system(text, sha256)


class _Lowering:
    """One pass over a model: register all names, then lower every equation."""

    def __init__(self, section: am.AbstractSection, texts: dict[str, list[str]], readable: Plain):
        self.readable = readable
        for given in section.subscripts:
            if isinstance(given.subscripts, dict):
                raise UnsupportedError(
                    f"The subscript range `{given.name}` is read from another file by the function "
                    "`GET DIRECT SUBSCRIPT`.",
                    cure="Write its elements into the model.",
                )
        self.ranges = subscripts.build(
            ((given.name, given.subscripts, given.mapping) for given in section.subscripts),
            readable.pairs,
        )
        self.texts = texts
        self.elements: dict[str, am.AbstractElement] = {}
        for element in section.elements:
            key = names.key(element.name)
            if key in self.elements:
                raise UnsupportedError(
                    f"`{element.name}` and `{self.elements[key].name}` are one name in Python.",
                    cure="Rename one of them.",
                )
            self.elements[key] = element
        self.work = Work()
        self.tables = Tables(
            {key: self._of(key, self._members) for key in self.elements},
            {
                key: read
                for key in self.elements
                if (read := self._of(key, self._lookup_points)) is not None
            },
            self.ranges,
            self.work,
            dict(self._numbers()),
            self._formula,
        )
        self.constants: dict[str, float] = {}
        self.equations: dict[str, Expression] = {}
        self.states: dict[str, State] = {}
        self.starts: dict[str, Expression] = {}
        self.checks: list[DelayCheck] = []
        self.steadies: list[tuple[str, int, str, str, Expression]] = []

    def system(self, text: str, sha256: str) -> System:
        for key in self.elements:
            if key not in self.tables.lookups:
                self._lower_variable(key)
        self._refuse_moving()
        for scalar in self.tables.structural:
            # No run may change it: as an equation it is no constant that a run is given.
            self.equations[scalar] = constant(self.constants.pop(scalar))
        variables = {
            key: self._of(key, self._variable) for key in self.elements if key not in CONTROLS
        }
        controls = self._controls()
        every_step = "saveper" not in self.constants
        for name in CONTROLS:
            self.constants.pop(name, None)
        return System(
            dims={
                self.ranges.spelled[key]: tuple(self.ranges.spelled[e] for e in elements)
                for key, elements in self.ranges.elements.items()
            },
            variables=variables,
            controls=controls,
            saves_every_step=every_step,
            constants=self.constants,
            equations=self.equations,
            states=self.states,
            at_start=self.starts,
            checks=tuple(self.checks),
            text=text,
            sha256=sha256,
        )

    def _numbers(self) -> Iterator[tuple[str, float]]:
        """Scalars without subscripts that are numbers in the file."""
        for key, element in self.elements.items():
            tree = element.components[0].ast
            if isinstance(tree, int | float) and not element.components[0].subscripts[0]:
                yield key, float(tree)

    def _formula(self, key: str) -> Expression | None:
        """The expression of a variable without subscripts; None for a state, or what is none."""
        element = self.elements.get(key)
        if element is None or key in self.tables.lookups or () not in self.tables.members[key]:
            return None
        equation = Equation(key, {}, self.tables)
        expression = equation.top(element.components[0], ())
        return None if isinstance(expression, State) or equation.states else expression

    def _members(self, key: str) -> dict[tuple[str, ...], str]:
        """Element keys of a variable, and the scalar id of each."""
        members: dict[tuple[str, ...], str] = {}
        for component in self.elements[key].components:
            self.work.add(self.ranges.count(component.subscripts[0]), f"`{key}`")
            self._refuse_twice(key, component)
            for chosen in self._instances(component):
                scalar = names.join(key, (self.ranges.spelled.get(e, e) for e in chosen[0]))
                if chosen[0] in members:
                    raise UnsupportedError(
                        f"`{scalar}` has more than one equation.",
                        cure="Keep one, or set the element apart with `:EXCEPT:`.",
                    )
                members[chosen[0]] = scalar
        return members

    def _refuse_twice(self, key: str, component: PysdTree) -> None:
        """One range twice on a left side would mean its elements twice by one name."""
        ranges = [k for k in map(names.key, component.subscripts[0]) if k in self.ranges.elements]
        for name in ranges:
            if ranges.count(name) > 1:
                spelled = self.ranges.spelled[name]
                raise UnsupportedError(
                    f"`{self.elements[key].name}` has the subscript range `{spelled}` twice.",
                    cure=f"Define an alias, `{spelled} 2 <-> {spelled}`, and use it for one.",
                )

    def _instances(
        self, component: am.AbstractComponent
    ) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        inner, excepted = component.subscripts
        return [
            (chosen, meaning)
            for chosen, meaning in self.ranges.expand(inner)
            if not any(
                all(itertools.starmap(self.ranges.covers, zip(group, chosen, strict=True)))
                for group in excepted
            )
        ]

    def _lookup_points(self, key: str) -> dict[tuple[str, ...], Points] | None:
        """Points of a named lookup, by element; None if the variable is not one."""
        element, points = self.elements[key], {}
        for component in element.components:
            tree = component.ast
            if not isinstance(tree, ae.LookupsStructure):
                continue
            for chosen, _ in self._instances(component):
                points[chosen] = read_table(tree, names.key(element.name))
        return points or None

    def _lower_variable(self, key: str) -> None:
        for place, component in enumerate(self.elements[key].components):
            if isinstance(component, am.AbstractData):
                with self._at(key, place):
                    raise UnsupportedError(
                        f"`{self.elements[key].name}` is external data (`:=` or a keyword such as "
                        "`:INTERPOLATE:`), which is not supported.",
                        cure="Load the model with a table of its data (`data=`, or `--data`), or "
                        "write the numbers as a lookup of `Time`.",
                    )
            for chosen, meaning in self._instances(component):
                scalar = self.tables.members[key][chosen]
                equation = Equation(scalar, meaning, self.tables)
                with self._at(key, place):
                    self._keep(scalar, equation, equation.top(component, chosen))
                self.steadies += [(key, place, scalar, *asked) for asked in equation.steadies]

    def _of(self, key: str, make: Callable[[str], Made]) -> Made:
        with self._at(key):
            return make(key)

    @contextmanager
    def _at(self, key: str, place: int = 0) -> Iterator[None]:
        """Give what is refused inside the line of a variable's equation."""
        try:
            yield
        except BuildoutError as error:
            raise at_line(error, self.readable.line(key, place)) from error

    def _keep(self, scalar: str, equation: Equation, expression: Expression | State) -> None:
        self.states.update(equation.states)
        self.equations.update({k: fold(e) for k, e in equation.helpers.items()})
        self.starts.update({k: fold(e) for k, e in equation.starts.items()})
        self.checks.extend(equation.checks)
        if isinstance(expression, State):
            self.states[scalar] = expression
            return
        folded = fold(expression)
        if folded[0] == "c":
            self.constants[scalar] = folded[1]
        else:
            self.equations[scalar] = folded

    def _refuse_moving(self) -> None:
        """Refuse what a function needs to stay the same, and does not."""
        known: dict[str, bool] = {}

        def moves(expression: Expression) -> bool:
            return any(e == ("t",) or (e[0] == "v" and named(e[1])) for e in walk(expression))

        def named(scalar: str) -> bool:
            if scalar not in known:
                known[scalar] = True
                held = scalar in self.states and self.states[scalar].kind == "held"
                known[scalar] = not held and (
                    scalar in self.states
                    or scalar in self.starts
                    or moves(self.equations.get(scalar, ZERO))
                )
            return known[scalar]

        for key, place, scalar, function, expression in self.steadies:
            if moves(expression):
                with self._at(key, place):
                    raise UnsupportedError(
                        f"`{scalar}` gives `{function}` a delay time that changes during a run.",
                        "One that stays the same is accepted"
                        + (", or one that is a STEP." if "INFO" in function else "."),
                        "Use `SMOOTH3I` or `DELAY3I`, whose delay times may change.",
                    )

    def _controls(self) -> dict[str, float]:
        known: dict[str, float] = {}
        for name in CONTROLS:
            if name in self.constants:
                known[name] = self.constants[name]
            elif name == "saveper" and self._saves_every_step():
                known[name] = known["time_step"]
            else:
                shown = name.replace("_", " ").upper()
                raise UnsupportedError(
                    f"The control variable `{shown}` is missing or not a number.",
                    cure="Give it a number; it can be changed run by run with `controls`.",
                )
        return known

    def _saves_every_step(self) -> bool:
        equation = self.equations.pop("saveper", None)
        return equation == ("v", "time_step") or "saveper" not in self.elements

    def _variable(self, key: str) -> Variable:
        element, members = self.elements[key], self.tables.members[key]
        dims = self._dims(key, element)
        ordered = self.ranges.expand(dims) if dims else [((), {})]
        # Vensim writes the step of a slider as a third number.
        low, high = (*(element.limits or ()), None, None)[:2]
        return Variable(
            name=element.name.strip().strip('"'),
            key=key,
            dims=tuple(self.ranges.spelled[dim] for dim in dims),
            unit=element.units,
            meaning=" ".join(element.documentation.split()),
            limits=(low, high),
            kind=self._kind(key),
            equation="\n".join(self.texts[key]),
            members={
                tuple(self.ranges.spelled[e] for e in chosen): members[chosen]
                for chosen, _ in ordered
                if chosen in members
            },
        )

    def _dims(self, key: str, element: am.AbstractElement) -> tuple[str, ...]:
        members = list(self.tables.members[key])
        used = [component.subscripts[0] for component in element.components]
        dims = []
        for axis in range(len(members[0])):
            held = {chosen[axis] for chosen in members}
            preferred = [names.key(inner[axis]) for inner in used]
            if (dim := self.ranges.range_of(held, preferred)) is not None:
                dims.append(dim)
        # Elements without an equation are not there; whoever reads one is told.
        if len(dims) != len(members[0]):
            shown = ", ".join(f"`{scalar}`" for scalar in self.tables.members[key].values())
            raise UnsupportedError(
                f"`{element.name}` has equations for {shown} only, which no subscript range holds.",
                cure="Give the missing elements an equation, or define a range of just these.",
            )
        return tuple(dims)

    def _kind(self, key: str) -> str:
        if key in self.tables.lookups:
            return "lookup"
        scalars = self.tables.members[key].values()
        if any(s in self.states for s in scalars):
            return "stock"
        return "constant" if all(s in self.constants for s in scalars) else "auxiliary"
