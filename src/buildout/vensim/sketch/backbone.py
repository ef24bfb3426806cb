"""Stocks and flows on a grid of cells: chains from left to right, turning at the end of a row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from buildout.errors import UnsupportedError
from buildout.vensim.sketch.diagram import Diagram, Pipe

Cell = tuple[int, int]  # column, row
Corner = tuple[float, int]  # the column of a pipe that enters a stock beside its middle
Mark = str | float
Marks = dict[Cell, frozenset[Mark]]  # what runs through cells: see `Block`

STOCKS_PER_ROW = 3
WIDEST = 9
CLOUD = "cloud "
# Where pipes enter a stock from above or below, in columns from its middle.
PORTS = (0.0, 0.27, -0.27)
# With more flows than a stock has sides, valves keep clear of the cells above and below it.
SIDES = 4


@dataclass
class Block:
    """Stocks joined by flows, and the flows, in cells of their own.

    Attributes
    ----------
    places : dict of str to Cell
        Stocks, flows (their valve) and clouds (`"cloud "` and the flow's label).
    routes : dict of (str, str) to Corner
        Per flow and end (a stock) the corner of its pipe, if it turns.
    taken : dict of Cell to frozenset
        What fills cells without an item: "name" of a valve, "across" a pipe from left to right,
        or the port (a number) of a pipe that runs up or down.
    """

    places: dict[str, Cell] = field(default_factory=dict)
    routes: dict[tuple[str, str], Corner] = field(default_factory=dict)
    taken: Marks = field(default_factory=dict)

    def free(self, cell: Cell) -> bool:
        """Whether nothing stands in a cell."""
        return cell not in self.taken and cell not in self.places.values()

    def lets_pass(self, cell: Cell, mark: Mark) -> bool:
        """Whether a pipe may run through a cell: beside others that run up or down, or alone."""
        if cell in self.places.values():
            return False
        marks = self.taken.get(cell, frozenset())
        return not marks or (
            mark not in marks and all(isinstance(m, float) for m in [mark, *marks])
        )

    def moved(self, columns: int, rows: int) -> "Block":
        """The block elsewhere."""
        return Block(
            {k: (c + columns, r + rows) for k, (c, r) in self.places.items()},
            {k: (c + columns, r + rows) for k, (c, r) in self.routes.items()},
            {(c + columns, r + rows): v for (c, r), v in self.taken.items()},
        )

    def box(self) -> tuple[int, int, int, int]:
        """First and last column, first and last row."""
        cells = [*self.places.values(), *self.taken]
        columns, rows = zip(*cells, strict=True)
        return min(columns), max(columns), min(rows), max(rows)


def blocks(diagram: Diagram, gap: int) -> list[Block]:
    """One block for each set of stocks joined by flows, in the order of the file.

    Parameters
    ----------
    diagram : Diagram
        The sector.
    gap : int
        Rows left free between two rows of stocks.
    """
    stocks = [label for label, item in diagram.items.items() if item.kind == "stock"]
    chains, done = [], set()
    for stock in stocks:
        if stock in done:
            continue
        members = _joined(stock, diagram.pipes)
        done |= members
        ordered = [s for s in stocks if s in members]
        pipes = [p for p in diagram.pipes if {p.source, p.sink} & members]
        chains.append(_block(ordered, pipes, gap))
    return chains


def _joined(stock: str, pipes: tuple[Pipe, ...]) -> set[str]:
    members, size = {stock}, 0
    while size < len(members):
        size = len(members)
        for pipe in pipes:
            ends = {end for end in (pipe.source, pipe.sink) if end is not None}
            if ends & members:
                members |= ends
    return members


def _block(stocks: list[str], pipes: list[Pipe], gap: int) -> Block:
    block = Block()
    left = list(stocks)
    row, used = 0, []
    while left:
        path = _longest_path(left, pipes)
        left = [s for s in left if s not in path]
        if len(path) == 1 and (beside := _beside(block, path[0], pipes, gap)):
            used.append(beside)
            continue
        rows = _snake(block, path, row, gap)
        used += _inline(block, path, pipes)
        row += rows * (gap + 1)
    flows_of = [end for pipe in pipes for end in (pipe.source, pipe.sink)]
    crowded = {stock for stock in stocks if flows_of.count(stock) > SIDES}
    for pipe in sorted((p for p in pipes if p not in used), key=_joins_stocks, reverse=True):
        _place_flow(block, pipe, crowded)
    return block


def _joins_stocks(pipe: Pipe) -> bool:
    return pipe.source is not None and pipe.sink is not None


def _longest_path(stocks: list[str], pipes: list[Pipe]) -> list[str]:
    """The longest way along the flows that meets no stock twice; the first one found."""
    onward = {s: [p.sink for p in pipes if p.source == s and p.sink in stocks] for s in stocks}

    def longest(path: list[str]) -> list[str]:
        best = path
        for step in dict.fromkeys(onward[path[-1]]):
            if step not in path:
                candidate = longest([*path, step])
                best = candidate if len(candidate) > len(best) else best
        return best

    return max((longest([stock]) for stock in stocks), key=len)


def _snake(block: Block, path: list[str], row: int, gap: int) -> int:
    """Place a chain of stocks in every other column, there and back; the number of rows."""
    for n, stock in enumerate(path):
        line, step = divmod(n, STOCKS_PER_ROW)
        column = step if line % 2 == 0 else STOCKS_PER_ROW - 1 - step
        block.places[stock] = (2 + 2 * column, row + line * (gap + 1))
    return (len(path) - 1) // STOCKS_PER_ROW + 1


def _beside(block: Block, stock: str, pipes: list[Pipe], gap: int) -> Pipe | None:
    """Place a branch of one stock next to the stock it hangs on, with the flow between them."""
    for pipe in pipes:
        other = pipe.source if pipe.sink == stock else pipe.sink if pipe.source == stock else None
        if other not in block.places:
            continue
        column, row = block.places[other]
        steps = [(1, 0), (-1, 0)] + [(0, 1), (0, -1)] * (gap > 2)
        for right, down in steps:
            valve, end = (column + right, row + down), (column + 2 * right, row + 2 * down)
            inside = 0 <= end[0] < WIDEST
            if inside and block.free(valve) and block.free(end):
                block.places |= {stock: end, pipe.flow: valve}
                if down:
                    block.taken[(column + 1, valve[1])] = frozenset(["name"])
                return pipe
    return None


def _inline(block: Block, path: list[str], pipes: list[Pipe]) -> list[Pipe]:
    """Place the flows between neighbours of a chain halfway."""
    used = []
    for stock, other in pairwise(path):
        pipe = next(p for p in pipes if (p.source, p.sink) == (stock, other))
        (c1, r1), (c2, r2) = block.places[stock], block.places[other]
        block.places[pipe.flow] = valve = ((c1 + c2) // 2, (r1 + r2) // 2)
        if c1 == c2:
            between = _upright(c1, r1, r2, PORTS[0])
            block.taken |= {cell: marks for cell, marks in between.items() if cell != valve}
            block.taken[(c1 + 1, valve[1])] = frozenset(["name"])
        used.append(pipe)
    return used


@dataclass(frozen=True)
class _Way:
    """One way to lay a flow."""

    cost: float
    places: dict[str, Cell]
    routes: dict[tuple[str, str], Corner] = field(default_factory=dict)
    taken: Marks = field(default_factory=dict)
    sides: tuple[Cell, ...] = ()

    def plus(self, other: "_Way") -> "_Way":
        taken = dict(self.taken)
        for cell, marks in other.taken.items():
            taken[cell] = taken.get(cell, frozenset()) | marks
        return _Way(
            self.cost + other.cost,
            self.places | other.places,
            self.routes | other.routes,
            taken,
            self.sides + other.sides,
        )


def _place_flow(block: Block, pipe: Pipe, crowded: set[str]) -> None:
    """Put a valve, and a cloud if it has one, where its pipes are shortest and cross nothing."""
    ends = [end for end in (pipe.source, pipe.sink) if end is not None]
    columns = [block.places[end][0] for end in ends]
    rows = [block.places[end][1] for end in ends]
    for reach in (2, 4, 8):
        valves = [
            (column, row)
            for column in range(min(columns) - reach, max(columns) + reach + 1)
            for row in range(min(rows) - reach, max(rows) + reach + 1)
            if block.free((column, row))
        ]
        ways = [way for valve in valves for way in _laid(block, pipe, ends, valve, crowded)]
        if ways:
            best = min(ways, key=lambda way: way.cost)
            block.places |= best.places
            block.routes |= best.routes
            block.taken = _Way(0, {}, taken=block.taken).plus(best).taken
            return
    raise UnsupportedError(
        f"The diagram has no room for the flow `{pipe.flow}` beside its stock.",
        cure="Sum some flows of that stock in one variable.",
    )


def _laid(
    block: Block, pipe: Pipe, ends: list[str], valve: Cell, crowded: set[str]
) -> Iterator[_Way]:
    """Ways to lay a flow with its valve in a given cell."""
    ways = [_Way(0.0, {pipe.flow: valve})]
    for end in ends:
        arms = list(_arms(block, pipe.flow, end, valve, end in crowded))
        ways = [way.plus(arm) for way in ways for arm in arms]
    for way in ways:
        ended = _with_cloud(block, pipe, way, valve) if len(ends) == 1 else way
        if ended and len(set(ended.sides)) == 2:
            named = _with_name(block, ended, valve)
            if named:
                yield named


def _arms(block: Block, flow: str, end: str, valve: Cell, crowded: bool) -> Iterator[_Way]:
    """Pipes from a valve to a stock."""
    (c1, r1), (c2, r2) = valve, block.places[end]
    length = abs(c1 - c2) + abs(r1 - r2)
    if r1 == r2:
        yield from _arm(block, length, None, (flow, end), _across(c1, c2, r1), valve, (c2, r2))
    elif c1 == c2:
        cells = _upright(c1, r1, r2, PORTS[0])
        if not crowded:
            yield from _arm(block, length, None, (flow, end), cells, valve, (c2, r2))
    else:
        for port in PORTS:
            corner = (c2 + port, r1)
            cells = _across(c1, c2, r1) | _upright(c2, r1, r2, port) | {(c2, r1): frozenset([port])}
            # A pipe from the right enters right of the middle, or pipes cross.
            cost = length + 1.5 + (0.6 if port * (c1 - c2) < 0 else 0.1 if port == 0 else 0)
            yield from _arm(block, cost, corner, (flow, end), cells, valve, corner)
        corner = (c1, r2)
        cells = (
            _upright(c1, r1, r2, PORTS[0]) | _across(c1, c2, r2) | {corner: frozenset(["across"])}
        )
        yield from _arm(block, length + 1.7, corner, (flow, end), cells, valve, corner)


def _arm(
    block: Block,
    cost: float,
    corner: Corner | None,
    key: tuple[str, str],
    cells: Marks,
    valve: Cell,
    next_stop: Corner,
) -> Iterator[_Way]:
    passes = (block.lets_pass(cell, mark) for cell, marks in cells.items() for mark in marks)
    if all(passes):
        routes = {key: corner} if corner else {}
        yield _Way(cost, {}, routes, cells, (_direction(valve, next_stop),))


def _with_cloud(block: Block, pipe: Pipe, way: _Way, valve: Cell) -> _Way | None:
    """The same with a cloud on the far side of the valve; sources rather left or above."""
    side = way.sides[0]
    cloud = (valve[0] - side[0], valve[1] - side[1])
    if not block.free(cloud) or cloud in way.taken:
        return None
    wanted = -1 if pipe.source is None else 1
    cost = 0.0 if -side[0] - side[1] == wanted else 0.4
    return way.plus(_Way(cost, {CLOUD + pipe.flow: cloud}, sides=((-side[0], -side[1]),)))


def _with_name(block: Block, way: _Way, valve: Cell) -> _Way | None:
    """The same with room for the valve's name: below it, or beside a pipe that runs down."""
    if (0, 1) not in way.sides:
        return way
    beside = (valve[0] + 1, valve[1])
    if (1, 0) in way.sides or not block.free(beside) or beside in way.taken:
        return None
    return way.plus(_Way(0.5, {}, taken={beside: frozenset(["name"])}))


def _across(c1: int, c2: int, row: int) -> Marks:
    columns = range(min(c1, c2) + 1, max(c1, c2))
    return {(c, row): frozenset(["across"]) for c in columns}


def _upright(column: int, r1: int, r2: int, port: float) -> Marks:
    rows = range(min(r1, r2) + 1, max(r1, r2))
    return {(column, r): frozenset([port]) for r in rows}


def _direction(a: Cell, b: Cell | Corner) -> Cell:
    def sign(x: float) -> int:
        return (x > 0) - (x < 0)

    return sign(b[0] - a[0]), sign(b[1] - a[1])


def shelves(chains: list[Block], gap: int) -> Block:
    """All blocks as one, side by side in rows no wider than the diagram.

    Parameters
    ----------
    chains : list of Block
        In the order they are to be read.
    gap : int
        Rows left free above, between and below the shelves.
    """
    whole = Block()
    column, top, bottom = 0, gap, gap
    for block in chains:
        left, right, first, last = block.box()
        if column and column + right - left + 1 > WIDEST:
            column, top = 0, bottom + gap + 1
        place = block.moved(column - left, top - first)
        whole.places |= place.places
        whole.routes |= place.routes
        whole.taken |= place.taken
        column += right - left + 2
        bottom = max(bottom, top + last - first)
    return whole
