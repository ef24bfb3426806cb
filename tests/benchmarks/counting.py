"""Counts what a time step of a kernel has to do, from its LLVM text.

The text is read by the few shapes of line that an emitter writes, not by a parser of LLVM, so that
the count outlives changes of the emitter: whatever functions the step is cut into, the count walks
the calls from those that it begins with.

Each instruction counts as often as its function is called, so once per group of runs: a loop inside
a function is one over groups. What costs next to nothing on its own does not count: changes of a
sign, logic of truth values, moves between lanes, conversions of bits, addresses, whole numbers that
are no vectors. A comparison and the choice between what it compared are one operation, as machines
have them (minimum and maximum). A branch of a function with the label `slow`, or that calls the C
library lane by lane, is one for cases out of the ordinary and does not count; other such calls are
counted by themselves.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

#: Where a step begins, by any of the names that the emitter may give it.
ENTRIES = ("core", "advance", "step")

#: Label of a branch for numbers out of the ordinary, which does not count.
UNUSUAL = "slow"

_DEFINITION = re.compile(r"^define\b[^@]*@([\w.]+)\(.*\{\s*$")
_LABEL = re.compile(r"^([\w.]+):")
_RESULT = re.compile(r"^(%[\w.]+) = (.*)$")
_CALL = re.compile(r"\bcall\b[^@]*@([\w.]+)\(")
_NEARER = re.compile(r"^fcmp (?:olt|ogt|ult|ugt) (<\d+ x double>) (.+)$")
_CHOICE = re.compile(r"^select <\d+ x i1> (%[\w.]+), <\d+ x double> (.+)$")
_SECOND = re.compile(r", <\d+ x double> ")
_VECTOR = re.compile(r"<\d+ x (?:double|i64)>")
_MEMORY = re.compile(r"^(load|store) (?:volatile )?(?:<\d+ x double>|double)")
_SLOW = {"fdiv", "frem", "sqrt"}
_COUNTED = {
    *("fadd", "fsub", "fmul", "fcmp", "select", "fptosi", "fptoui", "sitofp", "uitofp"),
    *("add", "sub", "mul", "and", "or", "xor", "shl", "ashr", "lshr", "icmp"),
}
_FREE = {"fneg", "fabs", "copysign", "assume", "prefetch", "lifetime"}


@dataclass(frozen=True)
class Count:
    """Vector instructions of one group of runs, and calls into the C library.

    Attributes
    ----------
    operations : float
        Sums, products, comparisons, choices, conversions, roundings.
    divides : float
        Divisions and square roots.
    loads, stores : float
    library : float
        Calls for one lane each.
    """

    operations: float = 0
    divides: float = 0
    loads: float = 0
    stores: float = 0
    library: float = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(a + b for a, b in zip(self.numbers(), other.numbers(), strict=True)))

    def times(self, factor: float) -> "Count":
        return Count(*(factor * number for number in self.numbers()))

    def numbers(self) -> tuple[float, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


class Functions:
    """The functions of a module, by name, as blocks of lines."""

    def __init__(self, text: str):
        self.blocks: dict[str, list[list[str]]] = {}
        self._counts: dict[str, Count] = {}
        own: list[list[str]] | None = None
        unusual = False
        for line in map(str.strip, text.splitlines()):
            if begun := _DEFINITION.match(line):
                own, unusual = self.blocks.setdefault(begun[1], [[]]), False
            elif line == "}":
                own = None
            elif own is not None and (label := _LABEL.match(line)):
                own.append([])
                unusual = label[1] == UNUSUAL
            elif own is not None and line and not unusual:
                own[-1].append(line)

    def per_step(self, entries: Iterable[str] = ENTRIES) -> Count:
        """What the functions named here do, with all that they call."""
        known = [name for name in entries if name in self.blocks]
        if not known:
            raise ValueError(f"The text defines none of {', '.join(entries)}.")
        reached = [self._reached(name) for name in known]
        apart = [
            name
            for place, name in enumerate(known)
            if not any(name in names for at, names in enumerate(reached) if at != place)
        ]
        return sum((self.count(name) for name in apart), Count())

    def count(self, name: str) -> Count:
        """One call of a function."""
        if name not in self._counts:
            blocks = self.blocks[name]
            counts = [self._count_block(lines) for lines in blocks]
            first = next(place for place, lines in enumerate(blocks) if lines)
            ordinary = [c for place, c in enumerate(counts) if place == first or not c.library]
            self._counts[name] = sum(ordinary, Count())
        return self._counts[name]

    def _reached(self, name: str) -> set[str]:
        pending, seen = [name], set()
        while pending:
            for lines in self.blocks[pending.pop()]:
                called = {call[1] for line in lines if (call := _CALL.search(line))}
                new = (called & self.blocks.keys()) - seen
                seen |= new
                pending += new
        return seen

    def _count_block(self, lines: list[str]) -> Count:
        total = Count()
        compared: dict[str, set[str]] = {}
        for line in lines:
            named = _RESULT.match(line)
            instruction = named[2] if named else line
            if called := _CALL.search(instruction):
                total += self._called(called[1])
                continue
            if named and (near := _NEARER.match(instruction)):
                compared[named[1]] = set(_split(near[2]))
            total += _counted(instruction, compared)
        return total

    def _called(self, name: str) -> Count:
        if name in self.blocks:
            return self.count(name)
        if not name.startswith("llvm."):
            return Count(library=1)
        words = set(name.split("."))
        if words & _FREE:
            return Count()
        return Count(divides=1) if words & _SLOW else Count(operations=1)


def _split(operands: str) -> list[str]:
    """Two operands, either of which may be a literal with commas inside."""
    if _SECOND.search(operands):
        return [side.strip() for side in _SECOND.split(operands, maxsplit=1)]
    cut = operands.index(">, ") + 1 if operands.startswith("<") else operands.index(", ")
    return [operands[:cut].strip(), operands[cut + 2 :].strip()]


def _counted(instruction: str, compared: dict[str, set[str]]) -> Count:
    if kept := _MEMORY.match(instruction):
        return Count(loads=1) if kept[1] == "load" else Count(stores=1)
    head = instruction.split(" ", 1)[0]
    if not _VECTOR.search(instruction):
        return Count()
    if head in _SLOW:
        return Count(divides=1)
    if head not in _COUNTED:
        return Count()
    choice = _CHOICE.match(instruction)
    if choice and compared.get(choice[1]) == set(_split(choice[2])):
        return Count()
    return Count(operations=1)
