"""The reference engine: PySD as it is, run after run, slow and trusted."""

import dataclasses
import functools
import itertools
import re
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from buildout._util import names
from buildout._util.progress import progress
from buildout.errors import BuildoutError, UnsupportedError
from buildout.vensim.arrays import AnyArray, Floats
from buildout.vensim.engine.backends.pysd_copy import without_text
from buildout.vensim.engine.ir.expressions import references
from buildout.vensim.engine.ir.order import dependency_order
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import (
    DELAY_ORDER,
    FLOOR_TOLERANCE,
    NEGATIVE_STOCK,
    NON_FINITE,
    OK,
    Parameters,
    Request,
    Times,
    Trajectories,
    request,
)

#: Its classes come without types.
PysdObject: TypeAlias = Any

# What arithmetic on Python numbers raises where IEEE arithmetic gives infinity or NaN. Two are told
# from PySD's own failures by their words: functions of NaN, and a complex number, from a power of a
# negative one, where a real one is asked for.
_ARITHMETIC = (ZeroDivisionError, OverflowError, FloatingPointError)
_OF_NO_NUMBER = re.compile(r"math domain error|float NaN|[Cc]omplex")
_SHORT_DELAY = "Delay time very small"
# Remarks on what both engines do alike, and as Vensim does: lookups hold their last value, and
# the length of DELAY FIXED is rounded to whole steps. The last two are about constants worded as
# `1/3`, and about variables constant for some elements only, whose constants are not parameters.
# And VECTOR SELECT's power is the one of Vensim, not the one of its manual, in both.
_HARMLESS = (
    "No encoding specified",
    "extrapolating data",
    "Casting delay order from",
    "Replacing a variable by a constant value",
    "is defined with different types",
    "Vensim's help says that numerical_action=5",
)


@dataclass(frozen=True)
class Reference:
    """Runs a model with PySD, one run at a time.

    Four repairs are made to PySD 3.14. It reads the input of DELAY FIXED and SAMPLE IF TRUE while
    stocks are being moved to the next step, so that the result depends on the order of equations;
    here it is read before, as Vensim does (unverified beyond its manual). It cuts the first input
    of SMOOTHI, SMOOTH3I, DELAY1I and DELAY3I to a whole number if their initial value is one. It
    may start a state from a SAMPLE IF TRUE before the states that this reads. And what it stops at
    (division by zero between Python numbers) becomes a run of NaN with the status "non_finite".
    Functions that it has otherwise than Vensim's manual are written out (`pysd_repairs`). A model
    that PySD itself cannot run is refused, never called non-finite.
    """

    def run(
        self,
        system: System,
        parameters: Parameters | None = None,
        outputs: Iterable[str] | None = None,
        controls: Mapping[str, float] | None = None,
        times: Times | None = None,
        initial_state: Parameters | None = None,
    ) -> Trajectories:
        """Run a model; see `Batch.run` for the arguments and the result."""
        asked = request(system, parameters, outputs, controls, times, initial_state)
        _refuse_hidden(asked)
        _refuse_circles(system)
        shape = (len(asked.outputs), len(asked.clock.times), asked.runs)
        values, status = np.full(shape, np.nan), np.zeros(asked.runs, dtype=np.int8)
        with tempfile.TemporaryDirectory() as folder:
            model = _Model(system, Path(folder))
            for run in progress(range(asked.runs), label="Running PySD"):
                status[run] = model.run(asked, run, values[:, :, run])
        return Trajectories(asked.outputs, asked.clock.times, values, status)


def _refuse_hidden(asked: Request) -> None:
    hidden = [name for name in [*asked.outputs, *asked.state] if "#" in name]
    if hidden:
        raise UnsupportedError(
            f"The hidden state `{hidden[0]}` is not within reach of PySD.",
            cure="Use `Batch`, or name variables of the model only.",
        )


def _refuse_circles(system: System) -> None:
    """PySD computes all elements of a variable at once, so none may need another of them."""
    inputs: dict[str, dict[str, None]] = {key: {} for key in system.variables}
    for scalar, formula in system.equations.items():
        for read in references(formula):
            # Helpers, as that of an ACTIVE INITIAL, are part of the variable they stand in.
            if read in system.equations and "#" not in read:
                owner = system.owners[scalar.split("#")[0]]
                inputs[owner][system.owners[read]] = None
    dependency_order(
        inputs, "equations for PySD, which computes all elements of a variable at once"
    )


class _Model:
    """A PySD model of a system, its translation in a folder of its own, repaired and watched."""

    def __init__(self, system: System, folder: Path):
        # PySD and its pandas take a second to import, which only this engine needs.
        from pysd.builders.python.python_model_builder import ModelBuilder

        from buildout.vensim.engine.frontend.parsing import parsed, pysd
        from buildout.vensim.engine.frontend.plain import plain

        readable = plain(system.text)
        if readable.pairs:
            raise UnsupportedError(
                "A subscript range has a mapping written out element by element, which PySD does "
                "not follow.",
                cure="Use the engine `Batch`.",
            )
        model = parsed(readable).get_abstract_model()
        section, aliases = without_text(model.sections[0])
        model.sections = (dataclasses.replace(section, path=folder / "model.py"),)
        # PySD would write the points of lookups with eight digits.
        with _remarks(), np.printoptions(floatmode="unique"):
            try:
                module = ModelBuilder(model).build_model()
                # Initial values may be beyond arithmetic; `run` is where that is caught.
                self._load = functools.partial(_loaded, pysd.load, module)
                self.pysd = self._load()
            except Exception as error:
                raise _failure(error) from error
        self.system = system
        #: PySD's names of variables and of elements, by key.
        self.names = {key: self.pysd.namespace[name] for key, name in aliases.variables.items()}
        self.labels = aliases.subscripts
        self.lowest = 0.0
        self.longest = np.inf
        self._attach()

    def _attach(self) -> None:
        floors = {
            self.names[variable.key]
            for variable in self.system.variables.values()
            if variable.has_floor
        }
        for element in self.pysd._dynamicstateful_elements:
            kind = type(element).__name__
            if kind == "DelayFixed":
                _read_before_moving(element, element.input_func)
                self._shorten(element)
            elif kind == "SampleIfTrue":
                _read_before_moving(element, element)
            elif kind in ("Smooth", "Delay"):
                _start_from_real_numbers(element)
            elif kind == "Integ" and element.py_name.removeprefix("_integ_") in floors:
                self._watch(element)

    def _shorten(self, element: PysdObject) -> None:
        """A pipe longer than the run is as good as one of its length, and takes less memory."""
        delay = element.delay_time_func
        element.delay_time_func = lambda: np.minimum(delay(), self.longest)

    def _watch(self, element: PysdObject) -> None:
        def update(state: PysdObject) -> None:
            type(element).update(element, state)
            self.lowest = min(self.lowest, float(np.min(state)))

        element.update = update

    def run(self, asked: Request, run: int, values: Floats) -> int:
        """Run once, fill in the values (n_outputs, n_times), and give the status."""
        self.lowest = 0.0
        stopped: Exception | None = None
        with _remarks() as said, np.errstate(all="ignore"):
            try:
                self._fill(asked, self._table(asked, run), values)
            except BuildoutError:
                raise
            except Exception as error:
                # The model is left as it was in the middle of a step.
                stopped = error
                self.pysd = self._load()
                self._attach()
                values[:] = np.nan
        if any(_SHORT_DELAY in remark for remark in said):
            # PySD went on with fewer stocks in a row, or with none, which is an IndexError.
            values[:] = np.nan
            return DELAY_ORDER
        if stopped and not _is_arithmetic(stopped):
            raise _failure(stopped) from stopped
        return NON_FINITE if stopped else self._status(values)

    def _status(self, values: Floats) -> int:
        states = [element.state for element in self.pysd._dynamicstateful_elements]
        finite = all(np.isfinite(np.asarray(state, dtype=float)).all() for state in states)
        if not finite or not np.isfinite(values).all():
            return NON_FINITE
        return NEGATIVE_STOCK if self.lowest < -FLOOR_TOLERANCE else OK

    def _table(self, asked: Request, run: int) -> PysdObject:
        controls = asked.clock.controls
        length = controls["final_time"] - controls["initial_time"]
        self.longest = length + 2 * controls["time_step"]
        self.pysd.components._control_vars["initial_time"] = lambda: controls["initial_time"]
        keys = dict.fromkeys(self.system.owners[output] for output in asked.outputs)
        start = self._values(asked.state, run)
        return self.pysd.run(
            params=self._values(asked.parameters, run),
            return_columns=[self.names[key] for key in keys],
            initial_condition=(controls["initial_time"], start) if start else "original",
            final_time=controls["final_time"],
            time_step=controls["time_step"],
            saveper=controls["saveper"],
            # PySD gives them in order of time, each once.
            return_timestamps=list(asked.clock.steps[np.unique(asked.clock.saved)]),
            flatten_output=False,
        )

    def _values(self, given: dict[str, Floats], run: int) -> dict[str, PysdObject]:
        """Values by PySD's names; what is given in part is filled up from the file."""
        # xarray comes with PySD and is as slow to import.
        import xarray as xr

        values: dict[str, PysdObject] = {}
        for key in dict.fromkeys(self.system.owners[scalar] for scalar in given):
            variable = self.system.variables[key]
            if variable.kind == "stock" and not set(variable.members.values()) <= set(given):
                raise UnsupportedError(
                    f"The initial state gives some elements of `{variable.name}` only, which PySD "
                    "cannot take.",
                    cure="Give all of them, or use `Batch`.",
                )
            numbers = {
                self._labels(elements): (
                    float(np.resize(given[scalar], run + 1)[run])
                    if scalar in given
                    else self.system.constants[scalar]
                )
                for elements, scalar in variable.members.items()
            }
            if not variable.dims:
                values[self.names[key]] = numbers[()]
                continue
            coords, dims = self.pysd.get_coords(self.names[key])
            array = np.array(
                [
                    numbers[elements]
                    for elements in itertools.product(*(coords[dim] for dim in dims))
                ]
            ).reshape([len(coords[dim]) for dim in dims])
            values[self.names[key]] = xr.DataArray(array, coords, dims)
        return values

    def _fill(self, asked: Request, table: PysdObject, values: Floats) -> None:
        rows = np.unique(asked.clock.saved, return_inverse=True)[1]
        places: dict[str, list[int]] = {}
        for place, output in enumerate(asked.outputs):
            places.setdefault(self.system.owners[output], []).append(place)
        for key, wanted in places.items():
            variable, column = self.system.variables[key], table[self.names[key]]
            if not variable.dims:
                values[wanted] = _real(np.array(column.tolist()))[rows]
                continue
            elements = {scalar: chosen for chosen, scalar in variable.members.items()}
            series = _series(column)
            for place in wanted:
                values[place] = series[self._labels(elements[asked.outputs[place]])][rows]

    def _labels(self, elements: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.labels[names.key(element)] for element in elements)


def _loaded(load: Callable[..., PysdObject], module: str) -> PysdObject:
    """A model whose SAMPLE IF TRUEs start after all that their value reads at the start."""
    model = load(module, initialize=False)
    for name, reads in model._dependencies.items():
        if name.startswith("_sampleiftrue_"):
            reads["initial"] = {**reads["step"], **reads["initial"]}
    model._get_initialize_order()
    return model


def _is_arithmetic(error: Exception) -> bool:
    """Whether a run went where there are no numbers, rather than PySD where it cannot go."""
    if isinstance(error, ValueError | TypeError):
        return bool(_OF_NO_NUMBER.search(str(error)))
    return isinstance(error, _ARITHMETIC)


def _failure(error: Exception) -> UnsupportedError:
    said = names.quoted(f"{type(error).__name__}: {error}")
    return UnsupportedError(f"PySD cannot run this model: {said}.", cure="Use the engine `Batch`.")


def _series(column: PysdObject) -> dict[tuple[str, ...], AnyArray]:
    """The values over time of each element, by its labels, from one array for each time."""
    cells = list(column)
    labels = [[str(label) for label in cells[0].coords[dim].values] for dim in cells[0].dims]
    over_time = np.stack([_real(cell.values) for cell in cells], axis=-1)
    flat = over_time.reshape(-1, len(cells))
    return dict(zip(itertools.product(*labels), flat, strict=True))


def _real(numbers: AnyArray) -> AnyArray:
    # Python takes roots of negative numbers, which no system dynamicist means.
    if np.iscomplexobj(numbers):
        raise FloatingPointError("complex number")
    return numbers


# Python has one list of what is done with warnings for all threads, and PySD keeps these from
# running at once anyway.
_listening = threading.RLock()


@contextmanager
def _remarks() -> Iterator[list[str]]:
    """Collect PySD's remarks of the known kinds; others go on as warnings."""
    known: list[str] = []
    with _listening, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield known
    for warning in said:
        message = str(warning.message)
        # What PySD should call otherwise in its libraries is for its developers.
        if issubclass(warning.category, (DeprecationWarning, FutureWarning)):
            continue
        if any(remark in message for remark in (*_HARMLESS, _SHORT_DELAY)):
            known.append(message)
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )


def _start_from_real_numbers(element: PysdObject) -> None:
    def initialize(value: PysdObject = None) -> None:
        type(element).initialize(element, value)
        element.state = element.state * 1.0

    element.initialize = initialize


def _read_before_moving(element: PysdObject, read: Callable[[], PysdObject]) -> None:
    """Make a state take its input before any stock moves, not in between."""
    seen: list[PysdObject] = []
    fixed = type(element).__name__ == "DelayFixed"

    def ddt() -> float:
        seen[:] = [read()]
        return np.nan

    def update(state: PysdObject) -> None:
        if fixed:
            element.input_func = lambda: seen[0]
            type(element).update(element, state)
        else:
            element.state = element.state * 0 + seen[0]

    element.ddt, element.update = ddt, update
