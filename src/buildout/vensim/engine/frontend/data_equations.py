"""Equations of data (`:=`), computed at the times of their data and read between these.

`share := part / whole` has values where `part` and `whole` have them, and a straight line, or what
its keyword says, in between; a quotient at every time step would be another number. So it becomes
the same equation twice, of the data at the last of their times and at the next, and one between
them. Text in, text out, like `outside`.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from buildout._util import names
from buildout.errors import InputError
from buildout.vensim.engine.frontend.macros import TOKEN
from buildout.vensim.engine.frontend.series import (
    EARLY,
    Series,
    closest,
    ensure_known,
    held,
    points_text,
)

# The times of the data themselves, held: the last one, and the next.
_SIDES = {"before": "hold backward", "after": "look forward"}
_BETWEEN = {
    "": "{before} + ({after} - {before}) * ZIDZ(Time - {first}, {last} - {first})",
    "hold backward": "{before}",
    "look forward": "{after}",
    "raw": "IF THEN ELSE(ABS({last} - Time) < {near}, {after}, "
    "IF THEN ELSE(ABS(Time - {first}) < {near}, {before}, :NA:))",
}
_BETWEEN["interpolate"] = _BETWEEN[""]


@dataclass(frozen=True)
class DataEquation:
    """One equation of data.

    Attributes
    ----------
    name, subscripts, excepted, keyword, right : str
        `share`, `[place]`, `:EXCEPT: [here]`, `hold backward` and `part[place] / whole`; empty
        where there is none.
    """

    name: str
    subscripts: str
    excepted: str
    keyword: str
    right: str


class DataEquations:
    """All equations of data of a model, and the data that are known.

    Parameters
    ----------
    equations : sequence of DataEquation
    points : mapping of str to mapping of str to series
        Of each data variable, by key: its members as spelled and their points.
    moving : set of str
        Keys of the variables that are neither data nor constants.
    """

    def __init__(
        self,
        equations: Sequence[DataEquation],
        points: Mapping[str, Mapping[str, Series]],
        moving: Set[str],
    ):
        self.points, self.moving = points, moving
        self.rights: dict[str, list[str]] = {}
        for equation in equations:
            self.rights.setdefault(names.key(equation.name), []).append(equation.right)
        self.grids: dict[tuple[float, ...], int] = {}
        self.made: set[str] = set()

    def of(self, equation: DataEquation) -> list[str]:
        """The equations that stand for one.

        Raises
        ------
        BuildoutError
            When its data have different times, its keyword is unknown, or it uses a variable that
        is neither data nor a constant.
        """
        over = f"{equation.subscripts} {equation.excepted}".rstrip()
        left = equation.name + over
        used = self._used(equation.right, set())
        if not used:
            return [f"{left} = {equation.right}"]
        ensure_known(equation.keyword)
        times = self._times(used)
        made = []
        if times not in self.grids:
            self.grids[times] = len(self.grids) + 1
            made += [
                f"{_grid(self.grids[times], side)} = WITH LOOKUP(Time, ({points_text(steps)}))"
                for side, keyword in _SIDES.items()
                if (steps := held([(time, time) for time in times], keyword))
            ]
        number = self.grids[times]
        made += [new for name in used for new in self._at_its_times(name, number)]
        first, last = (_grid(number, side) for side in _SIDES)
        near = EARLY * closest([(time, time) for time in times])
        parts = {"first": first, "last": last, "near": repr(near)}
        for side in _SIDES:
            parts[side] = _of(equation.name, side) + equation.subscripts
            right = self._renamed(equation.right, side, number)
            made.append(f"{_of(equation.name, side)}{over} = {right}")
        return [*made, f"{left} = {_BETWEEN[equation.keyword].format_map(parts)}"]

    def _used(self, right: str, seen: set[str]) -> list[str]:
        """Keys of the data that an equation comes from, through others like it."""
        origins: dict[str, None] = {}
        for token in TOKEN.finditer(right):
            name = names.key(token[1] or "")
            if name in self.moving:
                raise InputError(
                    f"an equation of data (`:=`) uses {names.quoted(token[1].strip())}.",
                    "Data and constants are accepted there.",
                    "Write `=` for `:=`.",
                )
            if name in self.points:
                origins[name] = None
            elif name in self.rights and name not in seen:
                seen.add(name)
                origins |= dict.fromkeys(u for r in self.rights[name] for u in self._used(r, seen))
        return list(origins)

    def _times(self, used: Sequence[str]) -> tuple[float, ...]:
        known: dict[tuple[float, ...], str] = {}
        for name in used:
            for member, points in self.points[name].items():
                known.setdefault(tuple(sorted(x for x, _ in points)), member)
        if len(known) > 1:
            first, second = list(known.values())[:2]
            raise InputError(
                f"the data of {names.quoted(first)} and {names.quoted(second)} "
                "have different times.",
                "Data of one equation (`:=`) have values at the same times.",
                "Fill the gaps in the table.",
            )
        return next(iter(known))

    def _at_its_times(self, name: str, number: int) -> list[str]:
        if name in self.made:
            return []
        self.made.add(name)
        return [
            f"{_of(names.split(member)[0], side)}{member[len(names.split(member)[0]) :]} = "
            f"WITH LOOKUP({_grid(number, side)}, ({points_text(sorted(points))}))"
            for member, points in self.points[name].items()
            for side in _SIDES
        ]

    def _renamed(self, right: str, side: str, number: int) -> str:
        """An equation of the data at one side of now."""
        pieces, place = [], 0
        for token in TOKEN.finditer(right):
            name = names.key(token[1] or "")
            computed = name in self.rights and self._used(token[1], set())
            if name in self.points or computed:
                instead = _of(token[1].strip(), side)
            elif name == "time":
                instead = _grid(number, side)
            else:
                continue
            pieces += [right[place : token.start()], instead]
            place = token.end()
        return "".join([*pieces, right[place:]])


def _of(name: str, side: str) -> str:
    return f'"{" ".join(name.strip().strip(chr(34)).split())} of data {side}"'


def _grid(number: int, side: str) -> str:
    return f'"time {number} of data {side}"'
