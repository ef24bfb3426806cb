"""Places for everything that is not a stock or a flow: near what it is joined to, out of the way.

A search over the free cells of the grid (simulated annealing, Kirkpatrick et al. 1983, Science
220:671) weighs the length of the arrows, their crossings, and the names they run across. Cells
rule out overlaps. The random numbers are seeded by the sector's name, so that a diagram is the
same on every run.
"""

import zlib
from dataclasses import dataclass

import numpy as np

from buildout.sketch.backbone import COLUMNS, Block, Cell, blocks, shelves
from buildout.sketch.diagram import Diagram

# Pixels between the centres of two cells.
PITCH = (116, 70)
# What an arrow of one cell's width costs is 1; what these cost beside it is judgement by eye.
CROSSING, RUN_OVER, CROSSED_PIPE = 0.5, 1.6, 0.35
ROOM = 1.45  # cells per item: with less, arrows have no way round the names
SWEEPS = 140
HEAT = (1.2, 0.03)  # first and last temperature, in the same unit


@dataclass(frozen=True)
class Layout:
    """Cells of all items and clouds, and the corners of the pipes."""

    places: dict[str, Cell]
    routes: dict[tuple[str, str], Cell]


def layout(diagram: Diagram) -> Layout:
    """Places for everything on a diagram.

    Parameters
    ----------
    diagram : Diagram
        Of one sector.

    Returns
    -------
    Layout
        The first column and row in use are 0.
    """
    free = [label for label, item in diagram.items.items() if item.kind not in ("stock", "flow")]
    lone = [f for f, i in diagram.items.items() if i.kind == "flow" and not _piped(diagram, f)]
    gap = _gap(diagram, len(free) + len(lone))
    block = shelves(blocks(diagram, gap), gap)
    places = dict(block.places)
    cells = _free_cells(block, len(free) + len(lone), gap)
    if cells:
        places |= _Search(diagram, block, free + lone, cells).run()
    return _trimmed(Layout(places, block.routes))


def _piped(diagram: Diagram, flow: str) -> bool:
    return any(pipe.flow == flow for pipe in diagram.pipes)


def _gap(diagram: Diagram, count: int) -> int:
    """Rows between rows of stocks such that all other items find room."""
    for gap in range(2, 40):
        block = shelves(blocks(diagram, gap), gap)
        if len(_free_cells(block, 0, gap)) >= ROOM * count:
            return gap
    return 40


def _free_cells(block: Block, count: int, gap: int) -> list[Cell]:
    if block.places:
        left, right, _, last = block.box()
        rows = last + gap + 1
    else:
        left, right, rows = 0, 0, 0
    right = max(right, left + COLUMNS - 1)
    if count and not block.places:
        columns = min(COLUMNS, max(3, round(np.sqrt(ROOM * count))))
        right, rows = left + columns - 1, int(np.ceil(ROOM * count / columns))
    cells = [(column, row) for row in range(rows) for column in range(left, right + 1)]
    return [cell for cell in cells if block.free(cell)]


def _trimmed(found: Layout) -> Layout:
    """Without empty rows and columns at the edges and inside."""
    cells = [*found.places.values(), *found.routes.values()]
    columns = {c: n for n, c in enumerate(sorted({c for c, _ in cells}))}
    rows = {r: n for n, r in enumerate(sorted({r for _, r in cells}))}
    return Layout(
        {k: (columns[c], rows[r]) for k, (c, r) in found.places.items()},
        {k: (columns[c], rows[r]) for k, (c, r) in found.routes.items()},
    )


class _Search:
    """Annealing of the free items of one diagram over its free cells."""

    def __init__(self, diagram: Diagram, block: Block, free: list[str], cells: list[Cell]):
        self.labels = [*(p for p in block.places), *free]
        index = {label: n for n, label in enumerate(self.labels)}
        self.fixed = len(block.places)
        links = {(index[a], index[b]) for a, b in diagram.links if a in index and b in index}
        self.links = np.array(sorted(links), dtype=int).reshape(-1, 2)
        self.at = {n: self.links_of(n) for n in range(self.fixed, len(self.labels))}
        self.cells = np.array(cells, dtype=float) * PITCH
        self.pipes = _pipe_lines(diagram, block)
        self.random = np.random.default_rng(zlib.crc32(diagram.name.encode()))
        here = np.array(list(block.places.values()), dtype=float).reshape(-1, 2) * PITCH
        self.spot = np.full(len(self.labels), -1)
        self.position = np.vstack([here, np.zeros((len(free), 2))])
        self._start()

    def links_of(self, item: int) -> np.ndarray:
        return np.flatnonzero((self.links == item).any(axis=1))

    def _start(self) -> None:
        """Give each item in turn the free cell nearest to what it is joined to."""
        middle = self.cells.mean(axis=0)
        open_cells = np.ones(len(self.cells), dtype=bool)
        placed = set(range(self.fixed))
        waiting = list(range(self.fixed, len(self.labels)))
        while waiting:
            near = {n: self._neighbours(n) & placed for n in waiting}
            item = max(waiting, key=lambda n: (len(near[n]), -n))
            spots = [self.position[m] for m in near[item]]
            target = np.mean(spots, axis=0) if spots else middle
            distance = np.hypot(*(self.cells - target).T)
            self._put(item, int(np.argmin(np.where(open_cells, distance, np.inf))))
            open_cells[self.spot[item]] = False
            placed.add(item)
            waiting.remove(item)

    def _neighbours(self, item: int) -> set[int]:
        return set(self.links[self.at[item]].ravel().tolist()) - {item}

    def _put(self, item: int, cell: int) -> None:
        self.spot[item] = cell
        self.position[item] = self.cells[cell]

    def run(self) -> dict[str, Cell]:
        """Anneal, and return the cells of the free items."""
        free = np.arange(self.fixed, len(self.labels))
        holder = np.full(len(self.cells), -1)
        holder[self.spot[free]] = free
        heats = np.geomspace(*HEAT, SWEEPS) if len(self.links) else []
        for heat in heats:
            for item in self.random.permutation(free):
                self._try(int(item), holder, heat)
        grid = np.rint(self.cells / PITCH).astype(int)
        return {self.labels[n]: tuple(grid[self.spot[n]].tolist()) for n in free}

    def _try(self, item: int, holder: np.ndarray, heat: float) -> None:
        """Move an item to a cell near its neighbours, changing places with who is there."""
        cell = self._proposal(item)
        other = int(holder[cell])
        home = int(self.spot[item])
        if cell == home:
            return
        moved = [item] if other < 0 else [item, other]
        before = self._cost(moved)
        self._put(item, cell)
        if other >= 0:
            self._put(other, home)
        change = self._cost(moved) - before
        if change <= 0 or self.random.random() < np.exp(-change / heat):
            holder[cell], holder[home] = item, other
        else:
            self._put(item, home)
            if other >= 0:
                self._put(other, cell)

    def _proposal(self, item: int) -> int:
        near = sorted(self._neighbours(item))
        if not near:
            return int(self.random.integers(len(self.cells)))
        target = self.position[near[self.random.integers(len(near))]]
        target = (target + self.position[near].mean(axis=0)) / 2
        target = target + self.random.normal(size=2) * np.array(PITCH) * 1.3
        return int(np.argmin(((self.cells - target) ** 2).sum(axis=1)))

    def _cost(self, items: list[int]) -> float:
        """The part of the cost that depends on where some items are."""
        rows = np.unique(np.concatenate([self.at[n] for n in items]))
        others = np.setdiff1d(np.arange(len(self.links)), rows)
        tails, heads = self.position[self.links[:, 0]], self.position[self.links[:, 1]]
        a, b = tails[rows], heads[rows]
        steps = (b - a) / PITCH
        cost = (np.hypot(steps[:, 0], steps[:, 1]) ** 1.25).sum()
        shared = (self.links[rows][:, None, :, None] == self.links[None, :, None, :]).any((2, 3))
        crossings = _cross(a, b, tails, heads) & ~shared
        cost += CROSSING * (crossings[:, others].sum() + crossings[:, rows].sum() / 2)
        if len(self.pipes):
            cost += CROSSED_PIPE * _cross(a, b, self.pipes[:, 0], self.pipes[:, 1]).sum()
        over = _runs_over(a, b, self.position)
        over[np.arange(len(rows)), self.links[rows, 0]] = False
        over[np.arange(len(rows)), self.links[rows, 1]] = False
        cost += RUN_OVER * over.sum()
        hit = _runs_over(tails[others], heads[others], self.position[items])
        return float(cost + RUN_OVER * hit.sum())


def _pipe_lines(diagram: Diagram, block: Block) -> np.ndarray:
    lines = []
    for pipe in diagram.pipes:
        for end in (pipe.source, pipe.sink):
            other = block.places[end if end is not None else "cloud " + pipe.flow]
            stops = [block.places[pipe.flow], block.routes.get((pipe.flow, end), other), other]
            lines += [(a, b) for a, b in zip(stops, stops[1:], strict=False) if a != b]
    return np.array(lines, dtype=float).reshape(-1, 2, 2) * PITCH


def _cross(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Whether each segment a-b properly crosses each segment c-d; shape (len(a), len(c))."""

    def side(p, q, r):
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    a, b, c, d = a[:, None], b[:, None], c[None], d[None]
    return (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)


def _runs_over(a: np.ndarray, b: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Whether each segment a-b comes near the middle of each name; shape (len(a), len(names))."""
    # In cells a name is about 0.8 wide and 0.5 high; nearer than 0.33 to its middle is over it.
    a, b, names = a / PITCH, b / PITCH, names / PITCH
    along = b - a
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    t = ((names[None] - a[:, None]) * along[:, None]).sum(axis=2) / length[:, None]
    foot = a[:, None] + np.clip(t, 0, 1)[..., None] * along[:, None]
    return ((names[None] - foot) ** 2).sum(axis=2) < 0.33**2
