"""Places for everything on a diagram: stocks and flows first, the rest around them.

Cells rule out overlaps. The same diagram gets the same places on every run.
"""

import zlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from buildout.vensim.arrays import Floats
from buildout.vensim.sketch.backbone import CLOUD, WIDEST, Block, Cell, Corner, blocks, shelves
from buildout.vensim.sketch.diagram import Diagram
from buildout.vensim.sketch.search import Board, search_places

ROOM = 1.45  # cells per item: with less, arrows have no way round the names
HEAT, SWEEPS = 1.2, 120
# After a change of the diagram, its items stay near where they were.
WARM, WARM_SWEEPS = 0.3, 50


@dataclass(frozen=True)
class SketchLayout:
    """Cells of all items and clouds, and the corners of the pipes."""

    places: dict[str, Cell]
    routes: dict[tuple[str, str], Corner]


def sketch_layout(diagram: Diagram, before: dict[str, Cell] | None = None) -> SketchLayout:
    """Places for everything on a diagram.

    Parameters
    ----------
    diagram : Diagram
        Of one sector.
    before : dict of str to Cell, optional
        Places from before the diagram changed a little.

    Returns
    -------
    SketchLayout
        The first column and row in use are 0.
    """
    piped = {pipe.flow for pipe in diagram.pipes}
    joined = {label for link in diagram.links for label in link}
    stocks = {label for label, item in diagram.items.items() if item.kind == "stock"}
    free = [label for label in diagram.items if label not in piped | stocks]
    lone = [label for label in free if label not in joined]
    free = [label for label in free if label in joined]
    gap = _gap(diagram, len(free))
    block = shelves(blocks(diagram, gap), gap)
    places = dict(block.places)
    if free:
        places |= _searched(diagram, block, free, _free_cells(block, len(free), gap), before)
    bottom = max((row for _, row in places.values()), default=-1) + 1
    for n, label in enumerate(lone):
        places[label] = (n % WIDEST, bottom + n // WIDEST)
    return _trimmed(SketchLayout(places, block.routes))


def _gap(diagram: Diagram, count: int) -> int:
    """Rows between rows of stocks such that all other items find room."""
    for gap in range(2, 40):
        block = shelves(blocks(diagram, gap), gap)
        if not block.places or len(_free_cells(block, 0, gap)) >= ROOM * count:
            return gap
    return 40


def _free_cells(block: Block, count: int, gap: int) -> list[Cell]:
    left, top, rows, columns = 0, 0, 0, WIDEST
    if block.places:
        left, right, _, last = block.box()
        rows, columns = last + gap + 1, max(WIDEST, right - left + 1)
    elif count:
        columns = min(WIDEST, max(3, round(np.sqrt(ROOM * count))))
        rows = int(np.ceil(ROOM * count / columns))
    cells = [(c, r) for r in range(top, rows) for c in range(left, left + columns)]
    return [cell for cell in cells if block.free(cell)]


def _searched(
    diagram: Diagram,
    block: Block,
    free: list[str],
    cells: list[Cell],
    before: dict[str, Cell] | None,
) -> dict[str, Cell]:
    labels = [*block.places, *free]
    index = {label: n for n, label in enumerate(labels)}
    links = sorted({(index[a], index[b]) for a, b in diagram.links})
    board = Board(
        np.array(list(block.places.values()), dtype=float).reshape(-1, 2),
        len(free),
        np.array(cells, dtype=float),
        np.array(links).reshape(-1, 2),
        _pipe_lines(diagram, block),
    )
    seed = zlib.crc32(diagram.name.encode())
    if before is None:
        places = search_places(board, seed, HEAT, SWEEPS)
    else:
        start = np.array([before.get(label, (np.nan, np.nan)) for label in free], dtype=float)
        places = search_places(board, seed, WARM, WARM_SWEEPS, start)
    return {k: (int(c), int(r)) for k, (c, r) in zip(free, places.tolist(), strict=True)}


def _pipe_lines(diagram: Diagram, block: Block) -> Floats:
    lines: list[tuple[Corner, Corner]] = []
    for pipe in diagram.pipes:
        for end in (pipe.source, pipe.sink):
            other = block.places[CLOUD + pipe.flow if end is None else end]
            corner = other if end is None else block.routes.get((pipe.flow, end), other)
            lines += pairwise([block.places[pipe.flow], corner, other])
    return np.array([line for line in lines if line[0] != line[1]], dtype=float).reshape(-1, 2, 2)


def _trimmed(layout: SketchLayout) -> SketchLayout:
    """Without empty rows and columns at the edges and inside."""
    cells = [*layout.places.values(), *((round(c), r) for c, r in layout.routes.values())]
    columns = {c: n for n, c in enumerate(sorted({c for c, _ in cells}))}
    rows = {r: n for n, r in enumerate(sorted({r for _, r in cells}))}
    return SketchLayout(
        {k: (columns[c], rows[r]) for k, (c, r) in layout.places.items()},
        {k: (columns[round(c)] + c - round(c), rows[r]) for k, (c, r) in layout.routes.items()},
    )
