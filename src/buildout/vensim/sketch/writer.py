"""A sector's diagram in Vensim's sketch format, version V300.

One line per object: type, number, name, place, half sizes, then flags. Types are 1 an arrow or
half a pipe, 10 a variable, 11 a valve, 12 a cloud or a comment. The flags follow files saved by
Vensim (its sample models and World3); that every version of Vensim opens ours is unverified.
"""

import textwrap
from dataclasses import dataclass

import numpy as np

from buildout.vensim.arrays import Floats
from buildout.vensim.sketch.backbone import CLOUD, Cell, Corner
from buildout.vensim.sketch.diagram import Diagram, DiagramItem, Pipe
from buildout.vensim.sketch.placement import SketchLayout

HEADER = (
    "\\\\\\---/// Sketch information - do not modify anything except names\n"
    "V300  Do not put anything below this section - it will be ignored\n"
)
STYLE = "$192-192-192,0,Arial|10||0-0-0|0-0-0|96-128-160|-1--1--1|-1--1--1|96,96,100,0"
PITCH = (116, 70)  # pixels between the middles of two cells
_MARGIN = (70, 90)
STOCK_SIZE = (50, 23)  # half width, half height
_LETTER, _LINE = 3.1, 7.5  # half of a letter's width and of a line's height, Arial at 10 points
WRAP, WRAP_FLOW = 16, 20  # letters on one line of a name; below a valve there is less height
BENDS = (0.12, -0.12, 0.0, 0.24, -0.24, 0.38, -0.38)
# Behind the name: Vensim's flags for font and colour, then line, fill and font.
CONSTANT_FONT = "2,-1,0,0,0,128-128-128,0-0-0,|9||64-96-128"
SHADOW_FONT = "3,-1,0,0,0,128-128-128,0-0-0,|9||128-128-128"
PLAIN_FONT = "0,0,0,0,0"


@dataclass(frozen=True)
class Box:
    """An object's number, middle and half sizes, in pixels."""

    number: int
    x: int
    y: int
    width: int
    height: int


def write_view(diagram: Diagram, places: SketchLayout) -> str:
    """A diagram as a view of a sketch.

    Parameters
    ----------
    diagram : Diagram
        Of one sector.
    places : SketchLayout
        Where everything on it is.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    return _View(diagram, places).text()


def folded(name: str, shadow: bool, flow: bool) -> list[str]:
    """The lines of a name on a diagram; shadows in brackets, as Vensim shows them.

    Examples
    --------
    >>> folded("capacity under construction", True, False)
    ['<capacity under', 'construction>']
    """
    return textwrap.wrap(f"<{name}>" if shadow else name, WRAP_FLOW if flow else WRAP)


def name_size(name: str, shadow: bool, flow: bool) -> tuple[int, int]:
    """Half width and half height of a name, folded.

    Examples
    --------
    >>> name_size("repair time", False, False)
    (36, 10)
    """
    lines = folded(name, shadow, flow)
    return round(_LETTER * max(map(len, lines)) + 2), round(_LINE * len(lines) + 2)


class _View:
    """Collects the lines of one view, numbering its objects from 1."""

    def __init__(self, diagram: Diagram, places: SketchLayout):
        self.diagram = diagram
        self.layout = places
        self.lines: list[str] = []
        self.number = 0
        self.names: dict[str, Box] = {}
        self.valves: dict[str, Box] = {}
        self.clouds: dict[str, Box] = {}
        self.boxes: list[Box] = []

    def text(self) -> str:
        self._title()
        for label in self.layout.places:
            if label.startswith(CLOUD):
                self.clouds[label] = self._add(12, "48", self._pixel(label), (10, 8), "0,3,0,0,-1")
        for label, item in self.diagram.items.items():
            if item.kind == "flow" and self._pipes_of(label):
                self._flow(label, item)
            else:
                self._variable(label, item)
        for pipe in self.diagram.pipes:
            self._pipe(pipe.flow, pipe.sink, 4)
            self._pipe(pipe.flow, pipe.source, 100)
        for cause, effect in self.diagram.links:
            self._arrow(cause, effect)
        return f"{HEADER}*{self.diagram.name}\n{STYLE}\n" + "".join(f"{x}\n" for x in self.lines)

    def _pixel(self, label: str) -> Cell:
        return self._pixel_of(self.layout.places[label])

    def _pixel_of(self, cell: Cell | Corner) -> Cell:
        return round(_MARGIN[0] + cell[0] * PITCH[0]), _MARGIN[1] + cell[1] * PITCH[1]

    def _add(self, kind: int, name: str, at: Cell, size: Cell, flags: str) -> Box:
        self.number += 1
        box = Box(self.number, *at, *size)
        ends = "" if kind == 10 else ",0,0,0"
        self.lines.append(
            f"{kind},{box.number},{name},{box.x},{box.y},{box.width},{box.height},{flags}{ends}"
        )
        return box

    def _title(self) -> None:
        title = self.diagram.name
        half = round(5.5 * len(title)) + 6
        flags = "8,135,0,18,-1"
        self._add(12, "0", (half + 14, 24), (half, 14), flags)
        self.lines[-1] += ",-1--1--1,0-0-0,|14|B|0-0-0"
        self.lines.append(title)

    def _pipes_of(self, label: str) -> list[Pipe]:
        return [pipe for pipe in self.diagram.pipes if pipe.flow == label]

    def _variable(self, label: str, item: DiagramItem) -> None:
        size = STOCK_SIZE if item.kind == "stock" else name_size(item.name, item.shadow, False)
        shape = 3 if item.kind == "stock" else 8
        font = CONSTANT_FONT if item.kind in ("constant", "lookup") else PLAIN_FONT
        bits, font = (2, SHADOW_FONT) if item.shadow else (3, font)
        box = self._add(10, item.name, self._pixel(label), size, f"{shape},{bits},0,{font}")
        self.names[label] = box
        self.boxes.append(box)

    def _flow(self, label: str, item: DiagramItem) -> None:
        x, y = self._pixel(label)
        upright = self._runs(label, (0, 1)) or self._runs(label, (0, -1))
        level = self._runs(label, (1, 0)) or self._runs(label, (-1, 0))
        turned = upright and not level
        size = (8, 6) if turned else (6, 8)
        shape = (1 if turned else 2) + (32 if item.name else 0)
        self.valves[label] = self._add(11, "0", (x, y), size, f"{shape},3,0,0,{4 if turned else 1}")
        self.boxes.append(self.valves[label])
        if not item.name:
            return
        width, height = name_size(item.name, item.shadow, True)
        below = not self._runs(label, (0, 1))
        at = (x, y + 10 + height) if below else (x + 12 + width, y)
        bits, font = (2, SHADOW_FONT) if item.shadow else (3, "0,-1,0,0,0")
        self.names[label] = self._add(10, item.name, at, (width, height), f"40,{bits},0,{font}")
        self.boxes.append(self.names[label])

    def _runs(self, label: str, side: Cell) -> bool:
        """Whether a pipe leaves a valve on a side."""
        c, r = self.layout.places[label]
        for pipe in self._pipes_of(label):
            for end in (pipe.source, pipe.sink):
                c2, r2 = self._corner(label, end) or self._end(label, end)
                if ((c2 > c) - (c2 < c), (r2 > r) - (r2 < r)) == side:
                    return True
        return False

    def _corner(self, flow: str, end: str | None) -> Corner | None:
        return None if end is None else self.layout.routes.get((flow, end))

    def _end(self, flow: str, end: str | None) -> Cell:
        return self.layout.places[CLOUD + flow if end is None else end]

    def _pipe(self, flow: str, end: str | None, shape: int) -> None:
        valve = self.valves[flow]
        other = self.clouds[CLOUD + flow] if end is None else self.names[end]
        corner = self._corner(flow, end)
        x, y = self._pixel_of(corner) if corner else _middle(valve, other)
        self.number += 1
        self.lines.append(
            f"1,{self.number},{valve.number},{other.number},{shape},0,0,22,0,0,0,-1--1--1,,"
            f"1|({x},{y})|"
        )

    def _arrow(self, cause: str, effect: str) -> None:
        tail = self._anchor(cause, effect)
        head = self._anchor(effect, cause)
        x, y = self._bend(tail, head)
        # Vensim marks what only sets the initial value of a stock.
        initial = int(self.diagram.items[effect].kind == "stock")
        self.number += 1
        self.lines.append(
            f"1,{self.number},{tail.number},{head.number},1,0,0,0,0,64,{initial},-1--1--1,,"
            f"1|({x},{y})|"
        )

    def _anchor(self, label: str, other: str) -> Box:
        """The name or the valve of a flow, whichever faces the other end."""
        valve, name = self.valves.get(label), self.names.get(label)
        if valve is None:
            return self.names[label]
        if name is None:
            return valve
        far = self.names.get(other) or self.valves[other]
        towards_valve = (far.x - valve.x) ** 2 + (far.y - valve.y) ** 2
        towards_name = (far.x - name.x) ** 2 + (far.y - name.y) ** 2
        return valve if towards_valve < towards_name else name

    def _bend(self, tail: Box, head: Box) -> Cell:
        """The point halfway along an arc that runs over the fewest names."""
        a, b = np.array([tail.x, tail.y]), np.array([head.x, head.y])
        normal = np.array([a[1] - b[1], b[0] - a[0]])
        ends = {tail.number, head.number}
        others = [box for box in self.boxes if box.number not in ends]
        middles = np.array([(o.x, o.y) for o in others], dtype=float).reshape(-1, 2)
        sizes = np.array([(o.width, o.height) for o in others], dtype=float).reshape(-1, 2)
        costs = []
        for n, bend in enumerate(BENDS):
            points = arc(a, (a + b) / 2 + bend * normal, b, 24)
            inside = (np.abs(points[:, None] - middles[None]) < sizes[None] + 1).all(axis=2)
            costs.append((int(inside.any(axis=0).sum()), n))
        middle = (a + b) / 2 + BENDS[min(costs)[1]] * normal
        return round(float(middle[0])), round(float(middle[1]))


def arc(a: Floats, middle: Floats, b: Floats, points: int) -> Floats:
    """Points of a smooth line from a over the middle to b; shape (points, 2)."""
    t = np.linspace(0, 1, points)[:, None]
    control = 2 * middle - (a + b) / 2
    points_on: Floats = (1 - t) ** 2 * a + 2 * t * (1 - t) * control + t**2 * b
    return points_on


def _middle(valve: Box, other: Box) -> Cell:
    return (valve.x + other.x) // 2, (valve.y + other.y) // 2
