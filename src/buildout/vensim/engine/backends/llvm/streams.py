"""What a time step computes, in an order and in pieces that a processor takes well.

A stream moves each stock as soon as its rate is known and its old value was read for the last
time, so that one pass over memory makes a step. What is read in the same piece alone stays in a
register; what a later piece reads gets a place in memory, which is free again after its last
reader.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from buildout.vensim.engine.ir.expressions import Expression, references, variable, walk
from buildout.vensim.engine.ir.schedule import Code, Schedule, update_of

#: Operations after which a new piece is begun.
LENGTH = 300

#: Operators whose result takes long to come; with some of them one after the other, which do not
#: read each other, a processor waits for none.
SLOW = frozenset({"exp", "log", "pow", "pow_known"})
TOGETHER = 3


@dataclass(frozen=True)
class Piece:
    """Some code, and where its results go.

    Attributes
    ----------
    code : list of (str, Expression)
        A name that is a state moves it; any other is a value.
    places : dict of str to int
        Place of each value that outlives its piece, for those made or read here.
    """

    code: Code
    places: dict[str, int]


def moving(plan: Schedule, code: Code) -> Code:
    """Code with the moves of all states in it.

    A stock takes Euler's step in the arithmetic of PySD, rounded twice. What moves through a pipe
    is left to others.
    """
    place = {name: k for k, (name, _) in enumerate(code)}
    last = dict.fromkeys(plan.states, -1)
    for k, (_, formula) in enumerate(code):
        last.update(dict.fromkeys((read for read in references(formula) if read in last), k))
    after: dict[int, Code] = {}
    for state, kind in zip(plan.states, plan.kinds, strict=True):
        following = variable(update_of(state))
        if kind == "flow":
            following = ("+", variable(state), ("*", following, variable("time_step")))
        elif kind != "sample":
            continue
        at = max(last[state], place[update_of(state)])
        after.setdefault(at, []).append((state, following))
    return [entry for k, made in enumerate(code) for entry in (made, *after.get(k, []))]


def ordered(code: Code) -> Code:
    """Code in an order that keeps few values waiting, as near memory is small.

    Next comes what is the last reader of the most values; among equals what reads the latest one.
    Slow operators come some at a time.
    """
    return _Ordering(code).result()


class _Ordering:
    def __init__(self, code: Code):
        self.formulas = dict(code)
        self.place = {name: k for k, name in enumerate(self.formulas)}
        self.reads = {
            name: [read for read in references(formula) if read in self.formulas]
            for name, formula in self.formulas.items()
        }
        self.readers: dict[str, list[str]] = {name: [] for name in self.formulas}
        for name, reads in self.reads.items():
            for read in reads:
                self.readers[read].append(name)
        self.missing = {name: len(reads) for name, reads in self.reads.items()}
        self.left = {name: len(readers) for name, readers in self.readers.items()}
        self.made: dict[str, int] = {}
        self.ready: list[tuple[int, int, int, str]] = []

    def result(self) -> Code:
        for name, missing in self.missing.items():
            if not missing:
                self._offer(name)
        for name in self._chosen():
            self._make(name)
        return [(name, self.formulas[name]) for name in self.made]

    def _offer(self, name: str) -> None:
        """Put a name whose inputs are made where the next one is found."""
        freed = sum(self.left[read] == 1 for read in self.reads[name])
        latest = max((self.made[read] for read in self.reads[name]), default=-1)
        kept = bool(self.readers[name])
        heappush(self.ready, (kept - freed, -latest, self.place[name], name))

    def _chosen(self) -> Iterator[str]:
        slow: dict[str, None] = {}
        while self.ready or slow:
            if len(slow) == TOGETHER or not self.ready:
                yield from slow
                slow = {}
                continue
            name = heappop(self.ready)[-1]
            # A name is offered again when its rank has changed; the first offer counts.
            if name in self.made or name in slow:
                continue
            if _is_slow(self.formulas[name]):
                slow[name] = None
            else:
                yield name

    def _make(self, name: str) -> None:
        self.made[name] = len(self.made)
        for read in self.reads[name]:
            self.left[read] -= 1
            if self.left[read] == 1:
                for last in self.readers[read]:
                    if last not in self.made and not self.missing[last]:
                        self._offer(last)
        for reader in self.readers[name]:
            self.missing[reader] -= 1
            if not self.missing[reader]:
                self._offer(reader)


def _is_slow(formula: Expression) -> bool:
    return any(node[0] in SLOW for node in walk(formula))


def cut(code: Code, kept: Collection[str]) -> tuple[list[Piece], int]:
    """Pieces of a stream, and how many places they need.

    Parameters
    ----------
    code : list of (str, Expression)
    kept : collection of str
        Names that have a home of their own.
    """
    pieces = list(_pieces(code))
    last: dict[str, int] = {}
    made: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        for name, formula in piece:
            for read in references(formula):
                if read not in kept and made.get(read, number) < number:
                    last[read] = number
            made[name] = number
    free: list[int] = []
    places: dict[str, int] = {}
    size = 0
    cuts = []
    for number, piece in enumerate(pieces):
        for name, _ in piece:
            if name in last:
                places[name] = heappop(free) if free else size
                size = max(size, places[name] + 1)
        cuts.append(Piece(piece, dict(places)))
        for name in [name for name in places if last[name] == number]:
            heappush(free, places.pop(name))
    return cuts, size


def _pieces(code: Code) -> Iterator[Code]:
    piece: Code = []
    operations = 0
    for name, formula in code:
        piece.append((name, formula))
        operations += sum(node[0] not in ("c", "v", "t") for node in walk(formula))
        if operations > LENGTH:
            yield piece
            piece, operations = [], 0
    if piece:
        yield piece
