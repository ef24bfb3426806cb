"""The search for places: simulated annealing over the free cells of a grid.

Weighs the length of the arrows, their crossings, and the names they run across (Kirkpatrick et
al. 1983, Science 220:671). Works in cells; the random numbers have a fixed seed.
"""

from dataclasses import dataclass

import numpy as np

from buildout.vensim.arrays import Floats, Integers, Truths

Segments = tuple[Floats, Floats, Floats, Floats]  # x and y of one end, of the other

# What an arrow of one cell's length costs is 1; what these cost beside it is judgement by eye.
LENGTH_POWER = 1.25
CROSSING, RUN_OVER, CROSSED_PIPE = 0.5, 1.6, 0.35
# An arrow nearer than this to the middle of a name, in cells, is over it.
NEAR = 0.33
SPREAD = 1.3  # of proposals around the partners, in cells
COOLED = 0.03  # last temperature, in the unit of cost


@dataclass(frozen=True)
class Board:
    """What the search is given.

    Attributes
    ----------
    fixed : ndarray, (n_fixed, 2)
        Places that stay.
    movable : int
        Number of items to place; they are numbered on from the fixed ones.
    cells : ndarray, (n_cells, 2)
        Where they may stand.
    links : ndarray, (n_links, 2)
        Numbers of items that arrows join.
    pipes : ndarray, (n_pipes, 2, 2)
        Lines that arrows should not cross.
    """

    fixed: Floats
    movable: int
    cells: Floats
    links: Integers
    pipes: Floats


def search_places(
    board: Board, seed: int, heat: float, sweeps: int, start: Floats | None = None
) -> Floats:
    """Places for the movable items.

    Parameters
    ----------
    board : Board
        The task.
    seed : int
        Of the random numbers.
    heat : float
        First temperature; low to keep near the start.
    sweeps : int
        Number of times that every item is tried elsewhere.
    start : ndarray, (movable, 2), optional
        First places, moved to the nearest free cells; NaN where there is none yet.

    Returns
    -------
    ndarray, (movable, 2)
        Cells, no two alike.
    """
    state = _State(board, start)
    random = np.random.default_rng(seed)
    for temperature in np.geomspace(heat, COOLED, sweeps):
        for item in random.permutation(board.movable) + len(board.fixed):
            state.turn(int(item), random, temperature)
    return np.column_stack((state.x, state.y))[len(board.fixed) :]


class _State:
    """Who stands where, and what that costs."""

    def __init__(self, board: Board, start: Floats | None):
        self.board = board
        count = len(board.fixed) + board.movable
        self.first = len(board.fixed)
        self.tails, self.heads = board.links.T
        self.touches = np.array([(board.links == n).any(axis=1) for n in range(count)])
        self.near = [np.unique(board.links[t]) for t in self.touches.reshape(count, -1)]
        self.near = [near[near != n] for n, near in enumerate(self.near)]
        self.x, self.y = np.vstack([board.fixed, np.zeros((board.movable, 2))]).T.copy()
        ends = board.pipes
        self.pipes: Segments = (ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])
        self.holder = np.full(len(board.cells), -1)
        self.cell = np.full(count, -1)
        self._start(start)

    def _start(self, start: Floats | None) -> None:
        """Give each item the free cell nearest to where it was, or to what it is joined to."""
        waiting = list(range(self.first, len(self.x)))
        placed = set(range(self.first))
        if start is not None:
            for item in [n for n in waiting if not np.isnan(start[n - self.first, 0])]:
                self._put(item, self._nearest(start[item - self.first], self.holder < 0))
                placed.add(item)
        waiting = [n for n in waiting if n not in placed]
        middle = self.board.cells.mean(axis=0)
        while waiting:
            joined = {n: [m for m in self.near[n] if m in placed] for n in waiting}
            item = max(waiting, key=lambda n: (len(joined[n]), -n))
            near = joined[item]
            target = np.array([self.x[near].mean(), self.y[near].mean()]) if near else middle
            self._put(item, self._nearest(target, self.holder < 0))
            placed.add(item)
            waiting.remove(item)

    def _nearest(self, target: Floats, allowed: Truths | None = None) -> int:
        distance = ((self.board.cells - target) ** 2).sum(axis=1)
        return int(np.argmin(distance if allowed is None else np.where(allowed, distance, np.inf)))

    def _put(self, item: int, cell: int) -> None:
        self.cell[item] = cell
        self.holder[cell] = item
        self.x[item], self.y[item] = self.board.cells[cell]

    def turn(self, item: int, random: np.random.Generator, temperature: float) -> None:
        """Try an item near its partners, changing places with who is there."""
        cell, home = self._proposal(item, random), int(self.cell[item])
        if cell == home:
            return
        other = int(self.holder[cell])
        moved = [item] if other < 0 else [item, other]
        before = self.cost(moved)
        self._swap(item, cell, other, home)
        change = self.cost(moved) - before
        if change > 0 and random.random() >= np.exp(-change / temperature):
            self._swap(item, home, other, cell)

    def _swap(self, item: int, cell: int, other: int, home: int) -> None:
        self._put(item, cell)
        if other >= 0:
            self._put(other, home)
        else:
            self.holder[home] = -1

    def _proposal(self, item: int, random: np.random.Generator) -> int:
        near = self.near[item]
        partner = near[random.integers(len(near))]
        middle = (
            np.array([self.x[near].mean() + self.x[partner], self.y[near].mean() + self.y[partner]])
            / 2
        )
        return self._nearest(middle + SPREAD * random.normal(size=2))

    def cost(self, items: list[int]) -> float:
        """The part of the cost that depends on where some items are."""
        touched: Truths = np.asarray(self.touches[items].any(axis=0))
        every = (self.x[self.tails], self.y[self.tails], self.x[self.heads], self.y[self.heads])
        moved = _those(every, touched)
        cost = (np.hypot(moved[2] - moved[0], moved[3] - moved[1]) ** LENGTH_POWER).sum()
        # A crossing between two moved arrows is met twice.
        cost += CROSSING * (cross(moved, every) * (1 - touched / 2)).sum()
        cost += CROSSED_PIPE * cross(moved, self.pipes).sum()
        over = runs_over(moved, self.x, self.y)
        rows = np.arange(len(over))
        over[rows, self.tails[touched]] = over[rows, self.heads[touched]] = False
        rest = _those(every, ~touched)
        passed = over.sum() + runs_over(rest, self.x[items], self.y[items]).sum()
        return float(cost + RUN_OVER * passed)


def _those(segments: Segments, chosen: Truths) -> Segments:
    ax, ay, bx, by = segments
    return ax[chosen], ay[chosen], bx[chosen], by[chosen]


def cross(segments: Segments, other: Segments) -> Truths:
    """Whether segments properly cross others; those that share an end do not."""
    ax, ay, bx, by = (v[:, None] for v in segments)
    cx, cy, dx, dy = other
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    first = (ux * (cy - ay) - uy * (cx - ax)) * (ux * (dy - ay) - uy * (dx - ax)) < 0
    second = (vx * (ay - cy) - vy * (ax - cx)) * (vx * (by - cy) - vy * (bx - cx)) < 0
    both: Truths = first & second
    return both


def runs_over(segments: Segments, x: Floats, y: Floats) -> Truths:
    """Whether segments come near points; shape (segments, points)."""
    ax, ay, bx, by = (v[:, None] for v in segments)
    ux, uy = bx - ax, by - ay
    t = ((x - ax) * ux + (y - ay) * uy) / np.maximum(ux * ux + uy * uy, 1e-12)
    t = np.clip(t, 0, 1)
    near: Truths = (ax + t * ux - x) ** 2 + (ay + t * uy - y) ** 2 < NEAR**2
    return near
