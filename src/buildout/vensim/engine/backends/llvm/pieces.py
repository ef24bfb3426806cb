"""One piece of a step as a function in LLVM text, and the functions that all pieces share."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from buildout.vensim.engine.backends.llvm.driver import (
    EXTREME_SLOT,
    FINITE_SLOT,
    LOWEST_SLOT,
    SHORT_SLOT,
    TIME_SLOT,
)
from buildout.vensim.engine.backends.llvm.streams import Piece
from buildout.vensim.engine.backends.llvm.strength import EXTREME
from buildout.vensim.engine.backends.llvm.vector_math import intrinsics, vector_functions
from buildout.vensim.engine.backends.llvm.vectors import (
    Body,
    Target,
    function,
    numbers_of,
)
from buildout.vensim.engine.ir.expressions import Expression, Points, children

#: Names of the slots that the driver knows; "@" keeps them apart from scalar ids.
_COMMON = {
    "@time": TIME_SLOT,
    "@short": SHORT_SLOT,
    "@finite": FINITE_SLOT,
    "@lowest": LOWEST_SLOT,
    EXTREME: EXTREME_SLOT,
}

#: Running minima of a piece side by side, so that none waits for the other.
CHAINS = 4

_COMPARE = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}
_PLAIN = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_INTRINSIC = {"sqrt": "sqrt", "abs": "fabs", "trunc": "trunc"}

#: Arguments of every function of a step: the homes and the places of the first group, where the
#: groups end, bytes of a group.
ARGUMENTS = "ptr noalias %homes, ptr noalias %places, ptr %end, i64 %stride"


@dataclass
class Homes:
    """Slots of values that outlive a step, in the order of their first use.

    So memory is read in one sweep. Those in common come first (see `driver`).
    """

    slots: dict[str, int] = field(default_factory=lambda: dict(_COMMON))

    def slot(self, name: str) -> int:
        return self.slots.setdefault(name, len(self.slots))


class PieceFunction:
    """One piece of code as a function that goes over groups of runs."""

    def __init__(self, piece: Piece, homes: Homes, shared: "SharedFunctions"):
        self.piece, self.homes, self.shared = piece, homes, shared
        self.body = Body(shared.target)
        self.values: dict[str, str] = {}

    def text(self, name: str, kept: Collection[str], floors: Collection[str]) -> str:
        """Its text; what is in `kept` goes to its home, what is in `floors` is watched."""
        watched: list[str] = []
        for entry, formula in self.piece.code:
            value = self.values[entry] = self.number(formula)
            if entry in kept:
                self._store(value, "%v", self.homes.slot(entry))
            elif entry in self.piece.places:
                self._store(value, "%p", self.piece.places[entry])
            if entry in floors:
                watched.append(value)
        if watched:
            self._watch(watched)
        lines = "\n".join(self.body.lines)
        table, begin = numbers_of(name, self.body)
        return (
            f"{table}define internal void @{name}({ARGUMENTS}) noinline nounwind {{\n"
            f"entry:\n{begin}  br label %group\n"
            "group:\n"
            "  %v = phi ptr [%homes, %entry], [%v_next, %group]\n"
            "  %p = phi ptr [%places, %entry], [%p_next, %group]\n"
            f"{lines}\n"
            "  %v_next = getelementptr i8, ptr %v, i64 %stride\n"
            "  %p_next = getelementptr i8, ptr %p, i64 %stride\n"
            "  %more = icmp ult ptr %v_next, %end\n"
            "  br i1 %more, label %group, label %done\n"
            "done:\n  ret void\n}\n"
        )

    def _watch(self, watched: list[str]) -> None:
        """Keep the lowest value so far; what is not a number is left to others."""
        low = self._load("%v", LOWEST_SLOT)
        for chain in (watched[start::CHAINS] for start in range(min(CHAINS, len(watched)))):
            least, *others = chain
            for value in [*others, low]:
                least = self.body.pick(self.body.compare("olt", value, least), value, least)
            low = least
        self._store(low, "%v", LOWEST_SLOT)

    def _address(self, base: str, slot: int) -> str:
        return self.body.put(f"getelementptr {self.body.vector}, ptr {base}, i64 {slot}")

    def _store(self, value: str, base: str, slot: int) -> None:
        vector, align = self.body.vector, self.body.target.align
        self.body.do(f"store {vector} {value}, ptr {self._address(base, slot)}, align {align}")

    def _load(self, base: str, slot: int) -> str:
        vector, align = self.body.vector, self.body.target.align
        return self.body.put(f"load {vector}, ptr {self._address(base, slot)}, align {align}")

    def _read(self, name: str) -> str:
        if name not in self.values:
            place = self.piece.places.get(name)
            self.values[name] = (
                self._load("%v", self.homes.slot(name))
                if place is None
                else self._load("%p", place)
            )
        return self.values[name]

    # -- expressions ---------------------------------------------------------------------------

    def number(self, node: Expression) -> str:
        head, body = node[0], self.body
        if head == "c":
            return body.number(node[1])
        if head == "t":
            return self._read("@time")
        if head == "v":
            return self._read(node[1])
        if head == "if":
            condition = self.truth(node[1])
            return body.pick(condition, self.number(node[2]), self.number(node[3]))
        arguments = [self.number(child) for child in children(node)]
        if head in ("lookup", "slope"):
            return body.call(self.shared.table(head, node[1]), *arguments)
        return self._operator(head, arguments)

    def _operator(self, head: str, arguments: list[str]) -> str:
        body = self.body
        if head in _PLAIN:
            return body.two(_PLAIN[head], *arguments)
        if head in ("min", "max"):
            return body.low(*arguments) if head == "min" else body.high(*arguments)
        if head == "over":
            x, high, rest = arguments
            return body.fused(x, high, body.mul(x, rest))
        if head == "neg":
            return body.put(f"fneg {self.body.vector} {arguments[0]}")
        if head in _INTRINSIC:
            return body.intrinsic(_INTRINSIC[head], *arguments)
        return body.call(self.shared.function(head), *arguments)

    def truth(self, node: Expression) -> str:
        head, body = node[0], self.body
        if head in _COMPARE:
            left, right = self.number(node[1]), self.number(node[2])
            return body.compare(_COMPARE[head], left, right)
        if head == "not":
            return body.put(f"xor {body.truth} {self.truth(node[1])}, {body.target.all_true()}")
        return body.put(f"{head} {body.truth} {self.truth(node[1])}, {self.truth(node[2])}")


class SharedFunctions:
    """Functions that all pieces call: operators and lookups, each written once."""

    def __init__(self, target: Target) -> None:
        self.target, self._functions = target, vector_functions(target)
        self._parts: dict[str, str] = {}
        self._tables: dict[tuple[str, Points], str] = {}

    def function(self, operator: str) -> str:
        for name, text in self._functions[operator].items():
            self._parts.setdefault(name, text)
        return f"v_{operator}"

    def table(self, kind: str, points: Points) -> str:
        if (kind, points) not in self._tables:
            name = f"{kind}_{len(self._tables) + 1}"
            self._tables[kind, points] = name
            made = _lookup if kind == "lookup" else _slope
            self._parts[name] = made(self.target, name, points)
        return self._tables[kind, points]

    def text(self) -> str:
        return intrinsics(self.target) + "".join(self._parts.values())


def _lookup(target: Target, name: str, points: Points) -> str:
    """Straight lines between points, flat outside, in the arithmetic of `numpy.interp`."""
    body = Body(target)
    if len(points) == 1:
        return function(name, 1, body, target.literal(points[0][1]))
    xs, ys = (np.array(column) for column in zip(*points, strict=True))
    steep = np.diff(ys) / np.diff(xs)
    a, b, c = target.literal(steep[0]), target.literal(xs[0]), target.literal(ys[0])
    for place in range(1, len(steep)):
        beyond = body.compare("oge", "%x", target.literal(xs[place]))
        a = body.pick(beyond, target.literal(steep[place]), a)
        b = body.pick(beyond, target.literal(xs[place]), b)
        c = body.pick(beyond, target.literal(ys[place]), c)
    value = body.add(body.mul(a, body.sub("%x", b)), c)
    value = body.pick(
        body.compare("oge", "%x", target.literal(xs[-1])), target.literal(ys[-1]), value
    )
    value = body.pick(
        body.compare("ole", "%x", target.literal(xs[0])), target.literal(ys[0]), value
    )
    return function(name, 1, body, value)


def _slope(target: Target, name: str, points: Points) -> str:
    body, value = Body(target), target.literal(0.0)
    xs, ys = (np.array(column) for column in zip(*points, strict=True))
    for x, steep in zip(xs, [*(np.diff(ys) / np.diff(xs)), 0.0], strict=True):
        value = body.pick(
            body.compare("oge", "%x", target.literal(x)), target.literal(steep), value
        )
    return function(name, 1, body, value)
