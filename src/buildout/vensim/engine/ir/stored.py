"""A `System` as plain data, and back: what the cache keeps in place of parsing.

Expressions are kept as one flat table in which each part stands once, after its own parts, and is
named by its place there. Reading goes down that table, so it needs no recursion, and it checks
everything: an operator must be one of `OPERATORS` with as many parts as that takes, a number a
number, a truth value stand where one is wanted. Nothing else can come out than our own dataclasses
of our own kinds of values. A model of 4,400 scalars takes 50 ms to read (a pickle took 20).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeGuard

from buildout.vensim.engine.ir.expressions import ARITHMETIC, COMPARISONS, Expression
from buildout.vensim.engine.ir.system import (
    CONTROLS,
    STATE_KINDS,
    VARIABLE_KINDS,
    DelayCheck,
    State,
    System,
    Variable,
)

#: What each operator takes: "n" a number, "t" a truth value.
_BINARY = ("+", "-", "*", "/", "min", "max", "pow", "mod")
_NUMBERS = {name: "nn" if name in _BINARY else "n" for name in ARITHMETIC} | {"if": "tnn"}
_TRUTHS = dict.fromkeys(COMPARISONS, "nn") | {"and": "tt", "or": "tt", "not": "t"}
_SHAPES = _NUMBERS | _TRUTHS

#: Parts of one expression, written out, and how deep they may stand in each other: more than any
#: model has, less than what could stop a later pass.
_MOST_PARTS, _DEEPEST = 10**6, 400


def write_system(system: System) -> bytes:
    """A system as bytes; the text of its file is left out, as whoever reads them has it."""
    table = _Writer()
    content = {
        "dims": {name: list(elements) for name, elements in system.dims.items()},
        "variables": [_variable_row(variable) for variable in system.variables.values()],
        "controls": system.controls,
        "saves_every_step": system.saves_every_step,
        "constants": system.constants,
        "equations": {name: table.place(e) for name, e in system.equations.items()},
        "states": {name: _state_row(state, table) for name, state in system.states.items()},
        "at_start": {name: table.place(e) for name, e in system.at_start.items()},
        "checks": [[c.order, table.place(c.delay)] for c in system.checks],
        "tables": table.points,
        "parts": table.rows,
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def read_system(data: bytes, text: str, sha256: str) -> System:
    """The system that `write_system` wrote.

    Parameters
    ----------
    data : bytes
    text, sha256 : str
        The model file and its fingerprint.

    Raises
    ------
    ValueError
        When the bytes are anything else than a system.
    """
    content = _Content(parse_json(data))
    parts = _parts(content.list("parts"), _points(content.list("tables")))

    def part(place: object) -> Expression:
        chosen = parts[_place(place, len(parts))]
        ensure(chosen[0] not in _TRUTHS)
        return chosen

    def formulas(name: str) -> dict[str, Expression]:
        return {text_of(key): part(place) for key, place in content.dict(name).items()}

    variables = [_variable(row) for row in content.list("variables")]
    controls = _numbers(content.dict("controls"))
    every_step = content["saves_every_step"]
    if set(controls) != set(CONTROLS) or not isinstance(every_step, bool):
        raise ValueError("not the controls of a system")
    system = System(
        dims={name: _texts(es) for name, es in content.dict("dims").items()},
        variables={variable.key: variable for variable in variables},
        controls=controls,
        saves_every_step=every_step,
        constants=_numbers(content.dict("constants")),
        equations=formulas("equations"),
        states={name: _state(row, part) for name, row in content.dict("states").items()},
        at_start=formulas("at_start"),
        checks=tuple(_check(row, part) for row in content.list("checks")),
        text=text,
        sha256=sha256,
    )
    _require_names(system, parts)
    return system


# -- plain data --------------------------------------------------------------------------------


def ensure(holds: bool) -> None:
    """Refuse stored data that is not what was written."""
    if not holds:
        raise ValueError("not stored by this program")


def parse_json(data: bytes) -> object:
    """JSON, refused by ValueError however it fails."""
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def text_of(value: object) -> str:
    """A text; anything else is refused."""
    ensure(isinstance(value, str))
    return str(value)


def row_of(value: object, length: int | None = None) -> list[Any]:
    """A list, of a length if one is given; anything else is refused."""
    if not isinstance(value, list) or length not in (None, len(value)):
        raise ValueError("not a row")
    return value


def number_of(value: object) -> float:
    """A floating-point number; anything else, whole numbers and truth values too, is refused."""
    if type(value) is not float:
        raise ValueError("not a number")
    return value


class _Content:
    def __init__(self, content: object):
        if not isinstance(content, dict):
            raise ValueError("not an object")
        self._content = content

    def __getitem__(self, name: str) -> object:
        ensure(name in self._content)
        return self._content[name]

    def list(self, name: str) -> list[Any]:
        return row_of(self[name])

    def dict(self, name: str) -> dict[str, Any]:
        value = self[name]
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return value


def _place(value: object, count: int) -> int:
    if not _is_count(value) or value >= count:
        raise ValueError("no such part")
    return value


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and value >= 0


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    return {name: number_of(value) for name, value in values.items()}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(text_of, row_of(value)))


# -- variables and states ----------------------------------------------------------------------


def _variable_row(v: Variable) -> list[object]:
    members = [[*elements, scalar] for elements, scalar in v.members.items()]
    plain = [v.name, v.key, v.unit, v.meaning, v.kind, v.equation]
    return [*plain, list(v.dims), list(v.limits), members]


def _variable(row: object) -> Variable:
    *plain, ranges, limits, members = row_of(row, 9)
    dims = _texts(ranges)
    name, key, unit, meaning, kind, equation = map(text_of, plain)
    ensure(kind in VARIABLE_KINDS)
    low, high = (None if limit is None else number_of(limit) for limit in row_of(limits, 2))
    scalars = {}
    for member in row_of(members):
        *elements, scalar = map(text_of, row_of(member, len(dims) + 1))
        scalars[tuple(elements)] = scalar
    return Variable(name, key, dims, unit, meaning, (low, high), kind, equation, scalars)


def _state_row(state: State, table: "_Writer") -> list[object]:
    delay = None if state.delay is None else table.place(state.delay)
    return [state.kind, table.place(state.initial), table.place(state.update), delay]


def _state(row: object, part: Callable[[object], Expression]) -> State:
    kind, initial, update, delay = row_of(row, 4)
    ensure(kind in STATE_KINDS and (delay is None) == (kind != "fixed"))
    return State(kind, part(initial), part(update), None if delay is None else part(delay))


def _check(row: object, part: Callable[[object], Expression]) -> DelayCheck:
    order, delay = row_of(row, 2)
    ensure(_is_count(order))
    return DelayCheck(order, part(delay))


def _require_names(system: System, parts: Iterable[Expression]) -> None:
    """Every name that is read is one that the system computes."""
    known = {*system.constants, *system.equations, *system.states, *CONTROLS}
    ensure(all(part[0] != "v" or part[1] in known for part in parts))
    ensure(set(system.at_start) <= set(system.equations))
    scalars = set(system.owners)
    ensure(scalars <= known)
    hidden = {name.split("#")[0] for name in [*system.states, *system.equations]}
    ensure(hidden <= scalars | set(CONTROLS))


# -- expressions -------------------------------------------------------------------------------


class _Writer:
    """The table of parts, filled while expressions are written."""

    def __init__(self) -> None:
        self.rows: list[list[object]] = []
        self.points: list[list[float]] = []
        self._places: dict[tuple[object, ...], int] = {}
        self._tables: dict[tuple[str, ...], int] = {}

    def place(self, formula: Expression) -> int:
        """Where an expression stands in the table; added if it is new."""
        head = formula[0]
        row: list[object]
        if head in ("c", "v", "t"):
            row = list(formula)
        elif head in ("lookup", "slope"):
            row = [head, self._table(formula[1]), self.place(formula[2])]
        else:
            row = [head, *map(self.place, formula[1:])]
        # Numbers by their spelling: 0.0 and -0.0 are equal, but not the same.
        known = (head, repr(row[1])) if head == "c" else tuple(row)
        if known not in self._places:
            self._places[known] = len(self.rows)
            self.rows.append(row)
        return self._places[known]

    def _table(self, points: tuple[tuple[float, float], ...]) -> int:
        flat = [number for point in points for number in point]
        known = tuple(map(repr, flat))
        if known not in self._tables:
            self._tables[known] = len(self.points)
            self.points.append(flat)
        return self._tables[known]


def _points(rows: list[Any]) -> list[tuple[tuple[float, float], ...]]:
    tables = []
    for row in rows:
        numbers = [number_of(value) for value in row_of(row)]
        ensure(len(numbers) >= 2 and len(numbers) % 2 == 0)
        tables.append(tuple(zip(numbers[::2], numbers[1::2], strict=True)))
    return tables


def _parts(rows: list[Any], tables: list[tuple[tuple[float, float], ...]]) -> list[Expression]:
    """All parts, each from its row and the parts before it."""
    parts: list[Expression] = []
    sizes: list[tuple[int, int]] = []
    for row in rows:
        head, *given = row_of(row)
        if head in ("c", "v", "t"):
            parts.append(_leaf(head, given))
            sizes.append((1, 1))
            continue
        kept: tuple[object, ...] = ()
        shape = _SHAPES.get(text_of(head), "n")
        if head in ("lookup", "slope"):
            ensure(len(given) == 2)
            kept, given = (tables[_place(given[0], len(tables))],), given[1:]
        else:
            ensure(head in _SHAPES)
        ensure(len(given) == len(shape))
        places = [_place(place, len(parts)) for place in given]
        chosen = [parts[place] for place in places]
        ensure(all((c[0] in _TRUTHS) == (s == "t") for c, s in zip(chosen, shape, strict=True)))
        size = 1 + sum(sizes[place][0] for place in places)
        depth = 1 + max(sizes[place][1] for place in places)
        ensure(size <= _MOST_PARTS and depth <= _DEEPEST)
        parts.append((head, *kept, *chosen))
        sizes.append((size, depth))
    return parts


def _leaf(head: str, given: list[object]) -> Expression:
    ensure(len(given) == (head != "t"))
    if head == "c":
        return ("c", number_of(given[0]))
    return ("v", text_of(given[0])) if head == "v" else ("t",)
