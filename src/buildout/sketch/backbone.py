"""Stocks and flows on a grid of cells: chains from left to right, turning at the end of a row."""

from dataclasses import dataclass, field
from itertools import pairwise

from buildout.sketch.diagram import Diagram, Pipe

Cell = tuple[int, int]  # column, row

STOCKS_PER_ROW = 3
COLUMNS = 9
CLOUD = "cloud "


@dataclass
class Block:
    """Stocks joined by flows, and the flows, in cells of their own.

    Attributes
    ----------
    places : dict of str to Cell
        Stocks, flows (their valve) and clouds (`"cloud "` and the flow's label).
    routes : dict of (str, str) to tuple of Cell
        Per flow and end (a stock or a cloud) the corner of its pipe, if it turns.
    taken : set of Cell
        Cells that pipes and the names of valves fill.
    """

    places: dict[str, Cell] = field(default_factory=dict)
    routes: dict[tuple[str, str], Cell] = field(default_factory=dict)
    taken: set[Cell] = field(default_factory=set)

    def free(self, cell: Cell) -> bool:
        """Whether nothing stands in a cell."""
        return cell not in self.taken and cell not in self.places.values()

    def moved(self, columns: int, rows: int) -> "Block":
        """The block elsewhere."""

        def shift(cell: Cell) -> Cell:
            return cell[0] + columns, cell[1] + rows

        return Block(
            {k: shift(v) for k, v in self.places.items()},
            {k: shift(v) for k, v in self.routes.items()},
            {shift(v) for v in self.taken},
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
    found, done = [], set()
    for stock in stocks:
        if stock in done:
            continue
        members = _joined(stock, diagram.pipes)
        done |= members
        ordered = [s for s in stocks if s in members]
        pipes = [p for p in diagram.pipes if {p.source, p.sink} & members]
        found.append(_block(ordered, pipes, gap))
    return found


def _joined(stock: str, pipes: tuple[Pipe, ...]) -> set[str]:
    members, size = {stock}, 0
    while size < len(members):
        size = len(members)
        for pipe in pipes:
            ends = {pipe.source, pipe.sink} - {None}
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
        rows = _snake(block, path, row, gap)
        used += _inline(block, path, pipes)
        row += rows * (gap + 1)
    for pipe in sorted((p for p in pipes if p not in used), key=_joins_stocks, reverse=True):
        _place_flow(block, pipe)
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


def _inline(block: Block, path: list[str], pipes: list[Pipe]) -> list[Pipe]:
    """Place the flows between neighbours of a chain halfway."""
    used = []
    for one, other in pairwise(path):
        pipe = next(p for p in pipes if (p.source, p.sink) == (one, other))
        (c1, r1), (c2, r2) = block.places[one], block.places[other]
        block.places[pipe.flow] = valve = ((c1 + c2) // 2, (r1 + r2) // 2)
        if c1 == c2:
            column = range(min(r1, r2) + 1, max(r1, r2))
            block.taken |= {(c1, r) for r in column if r != valve[1]}
            block.taken.add((c1 + 1, valve[1]))
        used.append(pipe)
    return used


def _place_flow(block: Block, pipe: Pipe) -> None:
    """Put a valve, and a cloud if it has one, where its pipes are shortest and cross nothing."""
    best = min(_candidates(block, pipe), key=lambda c: c[0])
    _, places, routes, taken = best
    block.places |= places
    block.routes |= routes
    block.taken |= taken


def _candidates(block: Block, pipe: Pipe):
    """Ways to lay a flow: cost, places, corners, cells filled."""
    ends = [end for end in (pipe.source, pipe.sink) if end is not None]
    columns = [block.places[end][0] for end in ends]
    rows = [block.places[end][1] for end in ends]
    for reach in (2, 4, 8):
        found = []
        for column in range(min(columns) - reach, max(columns) + reach + 1):
            for row in range(min(rows) - reach, max(rows) + reach + 1):
                if block.free((column, row)):
                    found += _laid(block, pipe, ends, (column, row))
        if found:
            return found
    raise AssertionError("a flow finds a place on an endless grid")


def _laid(block: Block, pipe: Pipe, ends: list[str], valve: Cell):
    """Ways to lay a flow with its valve in a given cell."""
    ways = [(0.0, {pipe.flow: valve}, {}, set(), [])]
    for end in ends:
        ways = [
            (cost + extra, places, routes | corner, taken | cells, [*sides, side])
            for cost, places, routes, taken, sides in ways
            for extra, corner, cells, side in _arms(block, pipe.flow, end, valve)
        ]
    for cost, places, routes, taken, sides in ways:
        if len(ends) == 1:
            yield from _with_cloud(block, pipe, cost, (places, routes, taken), valve, sides[0])
        elif sides[0] != sides[1]:
            yield from _with_label(block, cost, (places, routes, taken), valve, sides)


def _arms(block: Block, flow: str, end: str, valve: Cell):
    """Pipes from a valve to a stock: cost, corner, cells, and the side where it leaves the valve."""
    stock = block.places[end]
    corners = [None] if stock[0] == valve[0] or stock[1] == valve[1] else []
    corners = corners or [(stock[0], valve[1]), (valve[0], stock[1])]
    for corner in corners:
        stops = [valve, corner, stock] if corner else [valve, stock]
        cells = set().union(*(_between(a, b) for a, b in pairwise(stops)))
        cells |= {corner} if corner else set()
        if all(block.free(cell) for cell in cells):
            cost = abs(stock[0] - valve[0]) + abs(stock[1] - valve[1]) + (1.5 if corner else 0)
            side = _direction(valve, stops[1])
            yield cost, {(flow, end): corner} if corner else {}, cells, side


def _with_cloud(block: Block, pipe: Pipe, cost: float, laid: tuple, valve: Cell, side: Cell):
    """The same with a cloud on the far side of the valve; sources rather left or above."""
    places, routes, taken = laid
    cloud = (valve[0] - side[0], valve[1] - side[1])
    if not block.free(cloud) or cloud in taken:
        return
    wanted = -1 if pipe.source is None else 1
    far = cloud[0] - valve[0] + cloud[1] - valve[1]
    cost += 0.0 if far == wanted else 0.4
    places = places | {CLOUD + pipe.flow: cloud}
    sides = [side, (-side[0], -side[1])]
    yield from _with_label(block, cost, (places, routes, taken), valve, sides)


def _with_label(block: Block, cost: float, laid: tuple, valve: Cell, sides: list[Cell]):
    """The same with room for the valve's name: below it, or beside a pipe that runs down."""
    places, routes, taken = laid
    if (0, 1) not in sides:
        yield cost, places, routes, taken
        return
    beside = (valve[0] + 1, valve[1])
    if (1, 0) not in sides and block.free(beside) and beside not in taken:
        yield cost + 0.5, places, routes, taken | {beside}


def _between(a: Cell, b: Cell) -> set[Cell]:
    if a[0] == b[0]:
        return {(a[0], r) for r in range(min(a[1], b[1]) + 1, max(a[1], b[1]))}
    return {(c, a[1]) for c in range(min(a[0], b[0]) + 1, max(a[0], b[0]))}


def _direction(a: Cell, b: Cell) -> Cell:
    def sign(x: int) -> int:
        return (x > 0) - (x < 0)

    return sign(b[0] - a[0]), sign(b[1] - a[1])


def shelves(found: list[Block], gap: int) -> Block:
    """All blocks as one, side by side in rows no wider than the diagram.

    Parameters
    ----------
    found : list of Block
        In the order they are to be read.
    gap : int
        Rows left free above, between and below the shelves.
    """
    whole = Block()
    column, top, bottom = 0, gap, gap
    for block in found:
        left, right, first, last = block.box()
        if column and column + right - left + 1 > COLUMNS:
            column, top = 0, bottom + gap + 1
        place = block.moved(column - left, top - first)
        whole.places |= place.places
        whole.routes |= place.routes
        whole.taken |= place.taken
        column += right - left + 2
        bottom = max(bottom, top + last - first)
    return whole
