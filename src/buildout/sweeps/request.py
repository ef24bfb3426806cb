"""What a sweep is to compute, settled and checked before the first run."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from platform import machine
from typing import Any

import numpy as np

import buildout
from buildout import __version__
from buildout._util import names
from buildout._util.arguments import given_list, given_texts, kind_in_words
from buildout.errors import InputError
from buildout.inputs.model import Model
from buildout.sampling.design import Design
from buildout.simulation.dataset import PathwayTexts
from buildout.sweeps.reductions import At, Field, Final, Reduction
from buildout.vensim.arrays import Floats
from buildout.vensim.engine.request import clock

Outputs = str | Iterable[str] | Mapping[str, Reduction | Iterable[Reduction]]

# A block of trajectories fits into any machine's memory, and takes seconds rather than minutes, for
# the sake of the progress bar and of what a kill may cost.
BLOCK_BYTES = 64e6
BLOCK_DRAWS = 256, 4096
# Beyond this the draws are not stored: they take more room than the outcomes, and the design gives
# them again.
DRAWN_BYTES = 400e6
CODE = Path(buildout.__file__).parent


_OUTPUTS = "Names of variables, with elements if liked,"
_REDUCTIONS = "`Final()`, `At(...)` and the like"


@dataclass(frozen=True)
class Output:
    """Part of a variable, and what is kept of its trajectory.

    Attributes
    ----------
    key : str
        The variable.
    dims : tuple of str
        Its subscript ranges, spelled as in Python.
    elements : tuple of tuple of str
        Elements of each range.
    scalars : tuple of str
        Scalar ids of the combinations that exist.
    places : tuple of int
        Where these are among all combinations, the last range running fastest.
    reductions : tuple of Reduction
    """

    key: str
    dims: tuple[str, ...]
    elements: tuple[tuple[str, ...], ...]
    scalars: tuple[str, ...]
    places: tuple[int, ...]
    reductions: tuple[Reduction, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of elements along each range."""
        return tuple(map(len, self.elements))


@dataclass(frozen=True, eq=False)
class SweepRequest:
    """Everything that decides the numbers of a sweep, and nothing else.

    Attributes
    ----------
    model : Model
    design : Design
    pathways : tuple of str
        Their names.
    settings : tuple of dict
        For each pathway the value of each constant that some pathway sets or the design draws, by
        scalar id; the same ids for all of them.
    drawn : tuple of dict
        For each pathway the column of the design that each scalar id takes.
    outputs : tuple of Output
    controls : dict
        Time step and final time where they differ from the model's.
    engine : str
        What computes; two engines differ in the last digits.
    texts : dict
        Title and description of each pathway, as coordinates; of no effect on the numbers.
    notes : dict
        Provenance for the attributes of the result, of no effect on the numbers.
    """

    model: Model
    design: Design
    pathways: tuple[str, ...]
    settings: tuple[dict[str, float], ...]
    drawn: tuple[dict[str, int], ...]
    outputs: tuple[Output, ...]
    controls: dict[str, float]
    engine: str
    texts: PathwayTexts
    notes: dict[str, Any]

    @cached_property
    def saved(self) -> Floats:
        """Dates that a run saves."""
        return clock(self.model.system, self.controls).times

    @cached_property
    def times(self) -> Floats:
        """Those of the saved dates that some reduction looks at."""
        wanted = [r for output in self.outputs for r in output.reductions]
        if not all(isinstance(r, At | Final) for r in wanted):
            return self.saved
        years = [y for r in wanted if isinstance(r, At) for y in r.years]
        years += [self.saved[-1] for r in wanted if isinstance(r, Final)]
        return self.saved[sorted({int(np.abs(self.saved - y).argmin()) for y in years})]

    @cached_property
    def scalars(self) -> tuple[str, ...]:
        """All scalar ids that an engine is asked for."""
        return tuple(dict.fromkeys(s for output in self.outputs for s in output.scalars))

    @cached_property
    def fields(self) -> dict[str, tuple[Output, Field]]:
        """Every variable of the result, by name."""
        named: dict[str, tuple[Output, Field]] = {}
        for output in self.outputs:
            for field in (f for r in output.reductions for f in r.fields(self.saved)):
                name = f"{output.key}_{field.suffix}".rstrip("_")
                if name in named:
                    raise InputError(
                        f"`{name}` would be kept twice.",
                        cure="Give each kind of reduction once, with all its dates.",
                    )
                named[name] = output, field
        if len({field.over_draws for _, field in named.values() if field.over_draws}) > 1:
            raise InputError("Outputs have quantiles at different shares.", "One set for all.")
        return named

    @cached_property
    def axes(self) -> dict[str, tuple[str, tuple[float, ...]]]:
        """For each variable with a dimension of dates: the name of that dimension, the dates."""
        given: dict[str, list[tuple[float, ...]]] = {}
        placed = {}
        for name, (_, field) in self.fields.items():
            if field.axis:
                known = given.setdefault(field.axis_name, [])
                if field.axis not in known:
                    known.append(field.axis)
                number = known.index(field.axis)
                dim = f"{field.axis_name}_{number + 1}" if number else field.axis_name
                placed[name] = dim, field.axis
        return placed

    def identity(self) -> dict[str, Any]:
        """What must be equal for blocks to belong to one sweep, as plain data."""
        identity = {
            "model": self.model.sha256,
            "design": {
                "kind": self.design.kind,
                "draws": self.design.size,
                "seed": self.design.seed,
                "parameters": list(self.design.names),
                "sha256": self.design.sha256,
            },
            "pathways": dict(zip(self.pathways, self.settings, strict=True)),
            "outputs": {
                output.key: [list(output.scalars), [repr(r) for r in output.reductions]]
                for output in self.outputs
            },
            "controls": self.model.system.controls | self.controls,
            "engine": self.engine,
            "versions": deciding_versions(),
        }
        plain: dict[str, Any] = json.loads(json.dumps(identity))
        return plain

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the identity: what a chunk and a result carry to be known by."""
        return identity_sha256(self.identity())

    @property
    def keeps_draws(self) -> bool:
        """Whether the result holds the values of the parameters."""
        return 8 * self.design.size * len(self.design.names) <= DRAWN_BYTES

    def chunk_size(self, asked: int | None = None) -> int:
        """Draws computed together, bounded by the memory of their trajectories.

        Raises
        ------
        InputError
            When something else than a whole number from 1 is asked for.
        """
        if asked is not None:
            if isinstance(asked, bool) or not isinstance(asked, int) or asked < 1:
                raise InputError(f"The block is {asked} draws.", "A whole number from 1.")
            return asked
        draw = 8 * len(self.scalars) * len(self.times)
        low, high = BLOCK_DRAWS
        size = min(max(int(BLOCK_BYTES / draw), low), high)
        return 1 << (size.bit_length() - 1)


def identity_sha256(identity: Mapping[str, Any]) -> str:
    """Fingerprint of what was asked for, as a sweep's record holds it."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


@cache
def deciding_versions() -> dict[str, str]:
    """Versions of what decides the bits of a sweep, with a fingerprint of our own code."""
    code = hashlib.sha256()
    for room in ("sampling", "sweeps", "vensim/engine"):
        for path in sorted((CODE / room).rglob("*.py")):
            code.update(path.read_bytes())
    packages = {package: metadata.version(package) for package in ("numpy", "scipy", "llvmlite")}
    # Compiled code takes what the processor has.
    return {
        "buildout": __version__,
        "code": code.hexdigest()[:12],
        **packages,
        "processor": machine(),
    }


def sweep_outputs(
    model: Model, outputs: Outputs, reductions: Reduction | Iterable[Reduction]
) -> tuple[Output, ...]:
    """Names and reductions as one `Output` for each variable.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    InputError
        When there is nothing to compute.
    """
    common = _tuple(reductions)
    asked = (
        {name: _tuple(own) for name, own in outputs.items()}
        if isinstance(outputs, Mapping)
        else dict.fromkeys(given_texts(outputs, "`outputs`", _OUTPUTS), common)
    )
    wanted: dict[str, tuple[list[str], tuple[Reduction, ...]]] = {}
    for name, own in asked.items():
        variable = model.variable(name, kind="output")
        if variable.kind == "lookup":
            raise InputError(f"`{name}` is a table, which has no values over time.")
        scalars, before = wanted.setdefault(variable.key, ([], own))
        if before != own:
            raise InputError(
                f"Elements of `{variable.name}` have different reductions.",
                cure="Ask for the same ones and leave out afterwards what is not needed.",
            )
        scalars += model.scalars(name)
    if not wanted or not all(own for _, own in wanted.values()):
        raise InputError("There is nothing to keep.", "At least one output and reduction.")
    elements = _elements(model, {key: scalars for key, (scalars, _) in wanted.items()})
    return tuple(_output(model, key, elements, own) for key, (_, own) in wanted.items())


def _elements(model: Model, wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Elements of each range that some output asks for: one Dataset has one list of them."""
    asked: dict[str, set[str]] = {}
    for key, scalars in wanted.items():
        variable = model.variables[key]
        for where, scalar in variable.members.items():
            if scalar in scalars:
                for dim, element in zip(variable.dims, where, strict=True):
                    asked.setdefault(dim, set()).add(element)
    return {dim: tuple(e for e in model.system.dims[dim] if e in asked[dim]) for dim in asked}


def _output(
    model: Model,
    key: str,
    elements: Mapping[str, tuple[str, ...]],
    reductions: tuple[Reduction, ...],
) -> Output:
    variable = model.variables[key]
    ranges = tuple(elements[dim] for dim in variable.dims)
    kept = [
        (place, variable.members[where])
        for place, where in enumerate(itertools.product(*ranges))
        if where in variable.members
    ]
    return Output(
        key=key,
        dims=tuple(names.key(dim) for dim in variable.dims),
        elements=ranges,
        scalars=tuple(scalar for _, scalar in kept),
        places=tuple(place for place, _ in kept),
        reductions=reductions,
    )


def sweep_draws(
    model: Model, design: Design, settings: Sequence[Mapping[str, float]]
) -> tuple[tuple[dict[str, float], ...], tuple[dict[str, int], ...]]:
    """Settings and draws of each pathway, by scalar id.

    A lever that is drawn varies in every pathway. An uncertainty that a pathway settles stays
    settled there, since that is what the pathway is about.
    """
    columns: dict[str, int] = {}
    for j in sorted(range(len(design.names)), key=lambda j: "[" in design.names[j]):
        columns.update(dict.fromkeys(model.scalars(design.names[j]), j))
    # The same constants for every pathway, so that an engine compiles the model once.
    every = dict.fromkeys([*columns, *(scalar for values in settings for scalar in values)])
    fixed, drawn = [], []
    for values in settings:
        row = {
            scalar: j
            for scalar, j in columns.items()
            if scalar not in values or _lever(model, scalar)
        }
        drawn.append(row)
        fixed.append({s: values.get(s, model.constants[s]) for s in every})
    return tuple(fixed), tuple(drawn)


def _lever(model: Model, scalar: str) -> bool:
    row = model.parameters.get(scalar)
    return row is None or row.kind in ("lever", "switch")


def _tuple(reductions: Reduction | Iterable[Reduction]) -> tuple[Reduction, ...]:
    chosen: list[Reduction] = []
    several: object = [reductions] if isinstance(reductions, Reduction) else reductions
    for item in given_list(several, "`reductions`", _REDUCTIONS):
        if not isinstance(item, Reduction):
            raise InputError(
                f"`reductions` holds {kind_in_words(item)}.", f"{_REDUCTIONS} are accepted."
            )
        chosen.append(item)
    return tuple(chosen)
