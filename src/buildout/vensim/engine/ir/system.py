"""A model as data: variables as the modeller sees them, equations as the engine sees them.

A `System` is what remains of an `.mdl` file after parsing: subscripts expanded, delays and smooths
turned into states, nothing left to interpret.
"""

from dataclasses import dataclass, field
from functools import cached_property

from buildout._util import names
from buildout.vensim.engine.ir.expressions import Expression, references

CONTROLS = ("initial_time", "final_time", "time_step", "saveper")
VARIABLE_KINDS = ("constant", "auxiliary", "stock", "lookup")
STATE_KINDS = ("flow", "sample", "fixed", "held")


@dataclass(frozen=True)
class Variable:
    """One variable of the model, with all its subscripts.

    Attributes
    ----------
    name : str
        As spelled in the file.
    key : str
        As spelled in Python.
    dims : tuple of str
        Names of the subscript ranges, empty for a scalar.
    unit, meaning : str
        Unit and comment of the file.
    limits : tuple of (float or None, float or None)
        Lowest and highest value given in the file after the unit, None where it gives none.
    kind : str
        "constant", "auxiliary", "stock" or "lookup".
    equation : str
        As in the file, one line per equation where elements have their own.
    members : dict of tuple of str to str
        From elements (as spelled) to scalar id, such as ("US",) to "labor[US]".
    """

    name: str
    key: str
    dims: tuple[str, ...]
    unit: str
    meaning: str
    limits: tuple[float | None, float | None]
    kind: str
    equation: str
    members: dict[tuple[str, ...], str] = field(repr=False)

    @property
    def has_floor(self) -> bool:
        """Whether this is a stock that the file declares not to be negative."""
        return self.kind == "stock" and self.limits[0] is not None and self.limits[0] >= 0


@dataclass(frozen=True)
class State:
    """Something the model remembers from one time step to the next.

    Attributes
    ----------
    kind : str
        "flow": `update` is its net rate of change. "sample": `update` is its next value. "fixed":
        `update` enters a pipe and leaves it `delay` later. "held": stays at its initial value.
    initial : Expression
        Value at the initial time, in terms of values at that time.
    update : Expression
    delay : Expression or None
        Length of the pipe in time units, read at the initial time; only for "fixed".
    """

    kind: str
    initial: Expression
    update: Expression
    delay: Expression | None = None


@dataclass(frozen=True)
class DelayCheck:
    """A material delay of `order` steps in a row, which needs `delay` >= `order` time steps."""

    order: int
    delay: Expression


@dataclass(frozen=True, eq=False, repr=False)
class System:
    """A model, ready to be planned and run.

    Attributes
    ----------
    dims : dict of str to tuple of str
        Subscript ranges and their elements, as spelled.
    variables : dict of str to Variable
        By key. Control variables are in `controls` only.
    controls : dict of str to float
        initial_time, final_time, time_step, saveper.
    saves_every_step : bool
        Whether SAVEPER is the TIME STEP, whatever that is changed to.
    constants : dict of str to float
        Value of every scalar that is a number in the file, by scalar id.
    equations : dict of str to Expression
        Of every other scalar that is not a state.
    states : dict of str to State
        By scalar id; those hidden in delays and smooths are called "owner#what".
    at_start : dict of str to Expression
        For equations with ACTIVE INITIAL: what holds while initial values are computed.
    checks : tuple of DelayCheck
    text : str
        The file itself.
    sha256 : str
        Fingerprint of the file.
    """

    dims: dict[str, tuple[str, ...]]
    variables: dict[str, Variable]
    controls: dict[str, float]
    saves_every_step: bool
    constants: dict[str, float] = field(repr=False)
    equations: dict[str, Expression] = field(repr=False)
    states: dict[str, State] = field(repr=False)
    at_start: dict[str, Expression] = field(repr=False)
    checks: tuple[DelayCheck, ...] = field(repr=False)
    text: str = field(repr=False)
    sha256: str

    def __repr__(self) -> str:
        return (
            f"System({len(self.variables)} variables, {len(self.constants)} constants, "
            f"{len(self.states)} states, sha256 {self.sha256[:12]})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, System) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def owners(self) -> dict[str, str]:
        """Key of the variable that each scalar belongs to, by scalar id."""
        return {
            scalar: variable.key
            for variable in self.variables.values()
            if variable.kind != "lookup"
            for scalar in variable.members.values()
        }

    @cached_property
    def settable(self) -> tuple[str, ...]:
        """Scalar ids of the constants that a run may be given."""
        return tuple(
            scalar
            for scalar in self.constants
            if self.variables[self.owners[scalar]].kind == "constant"
        )

    @cached_property
    def _inputs(self) -> dict[str, tuple[str, ...]]:
        by_owner: dict[str, dict[str, None]] = {key: {} for key in self.variables}
        texts = [(scalar, [formula]) for scalar, formula in self.equations.items()]
        texts += [(scalar, [formula]) for scalar, formula in self.at_start.items()]
        for scalar, state in self.states.items():
            texts.append((scalar, [state.initial, state.update, state.delay or state.initial]))
        for scalar, formulas in texts:
            owner = self.owners[scalar.split("#")[0]]
            for formula in formulas:
                for read in references(formula):
                    base = read.split("#")[0]
                    if base in self.owners and self.owners[base] != owner:
                        by_owner[owner][self.owners[base]] = None
                    elif base in self.owners and base == read:
                        by_owner[owner][owner] = None
        return {key: tuple(inputs) for key, inputs in by_owner.items()}

    def inputs_of(self, name: str) -> tuple[str, ...]:
        """Keys of the variables that a variable's equations read directly.

        Parameters
        ----------
        name : str
            In either spelling.

        Raises
        ------
        UnknownNameError
            When there is no such variable.
        """
        return self._inputs[self.variable(name).key]

    def variable(self, name: str) -> Variable:
        """The variable of a name, in either spelling, without subscripts."""
        entry = self.variables.get(names.key(name))
        if entry is None:
            every = [variable.name for variable in self.variables.values()]
            raise names.unknown("variable", name, every)
        return entry

    def scalars(self, name: str) -> tuple[str, ...]:
        """The scalar ids a name stands for.

        Parameters
        ----------
        name : str
            A variable ("labor"), one of its elements ("labor[US]"), or a part that mixes elements
            and ranges or all elements ("capacity[US, line]", "capacity[US, *]"), in either
            spelling. Hidden states answer to the id that `states` lists.

        Returns
        -------
        tuple of str

        Raises
        ------
        UnknownNameError
            When there is no such variable, or it has no such element.
        """
        if name in self.states or name in self.owners:
            return (name,)
        base, subscripts = names.split(name)
        variable = self.variable(base)
        if not subscripts:
            return tuple(variable.members.values())
        if len(subscripts) != len(variable.dims):
            raise names.unknown("element", name, variable.members.values())
        chosen = [
            self._elements(part, dim) for part, dim in zip(subscripts, variable.dims, strict=True)
        ]
        scalars = tuple(
            scalar
            for elements, scalar in variable.members.items()
            if all(element in some for element, some in zip(elements, chosen, strict=True))
        )
        if not scalars:
            raise names.unknown("element", name, variable.members.values())
        return scalars

    def _elements(self, part: str, dim: str) -> set[str]:
        if part == names.WILDCARD:
            return set(self.dims[dim])
        wanted = names.key(part)
        for name, elements in self.dims.items():
            if names.key(name) == wanted:
                return set(elements) & set(self.dims[dim])
        return {element for element in self.dims[dim] if names.key(element) == wanted}
