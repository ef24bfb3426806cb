"""The model as its users see it: variables, units, meanings, levers, origins of numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from buildout._util import files, names
from buildout._util.arguments import kind_in_words
from buildout.errors import InputError, UnknownNameError
from buildout.inputs import places
from buildout.inputs.parameter_checks import check_every_constant, check_parameters
from buildout.inputs.parameters import LUCK, Parameter, by_base, read_parameters
from buildout.inputs.sources import read_sources
from buildout.vensim import engine

KNOWN_UNTIL = "projects known until"
LEVER_KINDS = ("lever", "switch")


@dataclass(frozen=True)
class Lever:
    """Something that policy can set, or a switch between mechanisms.

    Attributes
    ----------
    name : str
        As in the model, with subscripts where elements differ.
    unit : str
        Unit of low, high and default.
    low, high : float
        The range accepted.
    default : float
        Value when no pathway sets it.
    kind : str
        "lever" or "switch".
    meaning : str
        One line, from the model.
    sources : tuple of str
        Ids in sources.csv.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    kind: str
    meaning: str
    sources: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Model:
    """Equations and the table of constants, side by side.

    Attributes
    ----------
    system : engine.System
        The equations, as an engine takes them.
    table : tuple of Parameter
        The rows of parameters.csv.
    """

    system: engine.System
    table: tuple[Parameter, ...] = ()

    @property
    def variables(self) -> Mapping[str, engine.Variable]:
        """All variables by key, each with name, unit, meaning, kind, equation and members."""
        return self.system.variables

    @property
    def sha256(self) -> str:
        """Fingerprint of the `.mdl`."""
        return self.system.sha256

    @property
    def constants(self) -> Mapping[str, float]:
        """Default of every constant, by scalar id, as the `.mdl` gives it."""
        return self.system.constants

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Row of parameters.csv of every constant that has one, by scalar id."""
        rows_by_scalar: dict[str, Parameter] = {}
        for base, rows in by_base(self.table).items():
            variable = self.variables.get(base)
            if variable is None or variable.kind != "constant":
                continue  # Only where a Model is made without `load_model`, which refuses this.
            for row in rows:
                for scalar in self.scalars(row.name):
                    rows_by_scalar[scalar] = row
        return rows_by_scalar

    @cached_property
    def levers(self) -> tuple[Lever, ...]:
        """Levers and switches in the order of parameters.csv."""
        return tuple(
            Lever(
                name=row.name,
                unit=row.unit,
                low=row.low,
                high=row.high,
                default=row.default,
                kind=row.kind,
                meaning=self.variable(row.name).meaning,
                sources=row.sources,
            )
            for row in dict.fromkeys(self.parameters.values())
            if row.kind in LEVER_KINDS
        )

    # What depends on a model alone is cached by it; comparing all rows would cost more.
    def __hash__(self) -> int:
        return hash(self.system)

    def __repr__(self) -> str:
        return (
            f"Model({len(self.variables)} variables, {len(self.constants)} constants, "
            f"{len(self.table)} rows of parameters, sha256 {self.sha256[:12]})"
        )

    # Names that were resolved: a run asks for the same few thousand again and again.
    @cached_property
    def _variables(self) -> dict[str, engine.Variable]:
        return {}

    @cached_property
    def _scalars(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _spelled(self) -> dict[str, str]:
        return {}

    @cached_property
    def uncertainties(self) -> tuple[Parameter, ...]:
        """Rows of parameters.csv that a sweep may draw: uncertainties and initial states."""
        kinds = ("uncertainty", "initial")
        return tuple(row for row in dict.fromkeys(self.parameters.values()) if row.kind in kinds)

    @cached_property
    def luck(self) -> dict[str, Parameter]:
        """Row of parameters.csv of all luck but its switch, by scalar id."""
        rows = self.parameters.items()
        return {s: r for s, r in rows if r.kind == LUCK and r.distribution != "discrete"}

    @cached_property
    def luck_switch(self) -> str | None:
        """The constant with which luck acts; None in a model without luck."""
        luck = (row for row in self.parameters.values() if row.kind == LUCK)
        return next((row.name for row in luck if row.distribution == "discrete"), None)

    def kind_of(self, name: str) -> str:
        """What parameters.csv calls a constant, or its first element; empty where it has no row.

        Examples
        --------
        >>> load_model().kind_of("grant start")
        'lever'
        """
        row = self.parameters.get(self.scalars(name)[0])
        return row.kind if row else ""

    def variable(self, name: str, kind: str = "variable") -> engine.Variable:
        """The variable of a name in either spelling, with or without subscripts.

        Raises
        ------
        UnknownNameError
            With the nearest names.
        """
        if name not in self._variables:
            base, _ = names.split(name)
            variable = self.variables.get(names.key(base))
            if variable is None or names.strays(base, variable.name):
                raise names.unknown(kind, base, (v.name for v in self.variables.values()))
            self._variables[name] = variable
        return self._variables[name]

    def scalars(self, name: str) -> tuple[str, ...]:
        """Scalar ids meant by a name: all elements, or those its subscripts choose.

        A subscript is an element, or the name of a range, which stands for all its elements, or
        `*` for all that there are.

        Raises
        ------
        UnknownNameError
            For an unknown variable or element, or a wrong number of subscripts.
        """
        if name not in self._scalars:
            try:
                scalars = self.system.scalars(name)
            except UnknownNameError:
                # The engine offers ids; people are offered names.
                raise self._unknown_element(name, self.variable(name).members.values()) from None
            # A wildcard is a whole subscript: in `[US*]` it is a stray sign.
            base, parts = names.split(name)
            written = names.join(base, (p for p in parts if p != names.WILDCARD)) if parts else name
            known = "[]," + self.variable(name).name if scalars != (name,) else name
            if names.strays(written, known) and names.strays(
                written, known + "".join(map(self.spelled, scalars))
            ):
                raise self._unknown_element(name, scalars)
            self._scalars[name] = scalars
        return self._scalars[name]

    def _unknown_element(self, name: str, scalars: Iterable[str]) -> UnknownNameError:
        error = names.unknown("element", name, map(self.spelled, scalars))
        if names.WILDCARD not in name:
            return error
        cure = "`*` is a whole subscript and stands for all that there are."
        return UnknownNameError(error.found, error.accepted, cure)

    def spelled(self, scalar: str) -> str:
        """A scalar id as people write it, such as `labor cost[US]` for `labor_cost[US]`."""
        if scalar not in self._spelled:
            base, elements = names.split(scalar)
            self._spelled[scalar] = names.join(self.variables[base].name, elements)
        return self._spelled[scalar]


def load_model(path: str | Path | None = None, table: str | Path | None = None) -> Model:
    """Read the model, by default the one that comes with buildout.

    Parameters
    ----------
    path : path, optional
        Another `.mdl` file; its constants then come without ranges unless `table` is given.
    table : path, optional
        Another parameter table.

    Returns
    -------
    Model
        Frozen; kept in memory and on disk, so a second call is fast.

    Examples
    --------
    >>> model = load_model()
    >>> model.variable("projects known until").unit
    'Year'
    """
    if path is None:
        path = places.model_file()
        table = table or places.calibration_folder() / "parameters.csv"
    equations, constants = Path(path), Path(table) if table else None
    return _loaded(equations, _digest(equations), constants, constants and _digest(constants))


def _digest(path: Path) -> str | None:
    try:
        return files.sha256(path) if path.is_file() else None
    except (OSError, ValueError):
        return None  # The reader tells what is wrong.


# A session asks for the model at every verb; it is read anew when a byte of it has changed.
@lru_cache(maxsize=8)
def _loaded(path: Path, digest: str | None, table: Path | None, table_digest: str | None) -> Model:
    rows = read_parameters(table) if table else ()
    model = Model(system=engine.load(path), table=rows)
    if table:
        where = names.quoted(table.name)
        listed = table.with_name("sources.csv")
        sources = read_sources(listed) if listed.is_file() else None
        check_parameters(model.system, rows, model.scalars, where=where, sources=sources)
        check_every_constant(model.system, model.parameters, where=where)
    return model


def given_model(model: Model | None) -> Model:
    """The model that a caller gives; for none, the one that comes with buildout.

    Raises
    ------
    InputError
        For anything else, such as a path.
    """
    if model is None:
        return load_model()
    if not isinstance(model, Model):
        raise InputError(f"The model is {kind_in_words(model)}.", cure="`load_model` gives one.")
    return model
