"""Views read back from a sketch: what stands where, and what is joined to what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buildout._util import names
from buildout.errors import UnsupportedError
from buildout.vensim.source import split_sketch


@dataclass(frozen=True)
class Shape:
    """A variable, valve, cloud or comment of a view.

    Attributes
    ----------
    number : int
        Unique in its view.
    kind : {"stock", "flow", "variable", "constant", "shadow", "valve", "cloud", "comment"}
        A flow is the name attached to a valve; a constant is told by its smaller letters. A
        shadow attached to a valve is a shadow.
    name : str
        The variable, or the text of a comment.
    x, y, width, height : int
        Middle and half sizes, in pixels.
    attached : bool
        For a valve, whether the shape after it is its name; for a name, whether it is a valve's.
    """

    number: int
    kind: str
    name: str
    x: int
    y: int
    width: int
    height: int
    attached: bool


@dataclass(frozen=True)
class Arrow:
    """An arrow, or a pipe from a valve to a stock or a cloud.

    Attributes
    ----------
    tail, head : int
        Numbers of shapes.
    pipe : {"", "in", "out"}
        Whether it is a pipe, and whether the flow enters or leaves what is at the head.
    at : tuple of int
        A point on the line: the corner of a pipe.
    """

    tail: int
    head: int
    pipe: str
    at: tuple[int, int]


@dataclass(frozen=True)
class View:
    """A view of a sketch."""

    name: str
    shapes: dict[int, Shape]
    arrows: tuple[Arrow, ...]

    def variables(self, *, shadows: bool) -> list[str]:
        """Keys of the variables in a view, either its own or its shadows, with repeats."""
        kinds = {"shadow"} if shadows else {"stock", "flow", "variable", "constant"}
        return [names.key(s.name) for s in self.shapes.values() if s.kind in kinds]


def read_views(text: str) -> list[View]:
    """The views of a model file.

    Parameters
    ----------
    text : str
        The content of an `.mdl` with a sketch.

    Returns
    -------
    list of View
        In the order of the file; empty without a sketch.

    Raises
    ------
    UnsupportedError
        When a line of the sketch cannot be read.
    """
    sketch = split_sketch(text)[1]
    return [_view(part.splitlines()) for part in re.split(r"^V300.*$", sketch, flags=re.M)[1:]]


def _view(lines: list[str]) -> View:
    name = ""
    shapes: dict[int, Shape] = {}
    arrows = []
    waiting = iter(line for line in lines if line.strip())
    for line in waiting:
        if line.startswith("*"):
            name = line[1:].strip()
        elif line[0].isdigit():
            fields = _fields(line)
            try:
                if fields[0] == "1":
                    arrows.append(_arrow(line, fields))
                elif fields[0] in ("10", "11", "12"):
                    shape = _shape(fields, waiting)
                    shapes[shape.number] = shape
            except (ValueError, IndexError, StopIteration) as error:
                raise UnsupportedError(
                    f"Cannot read the line `{line}` of the view `{name}`.",
                    cure="Write the views anew with `buildout generate sketches`.",
                ) from error
    # An arrow of which an end is not drawn stands for nothing; Vensim leaves such lines behind.
    drawn = (arrow for arrow in arrows if {arrow.tail, arrow.head} <= shapes.keys())
    return View(name, shapes, tuple(drawn))


def _fields(line: str) -> list[str]:
    return [f.strip() for f in re.findall(r'("[^"]*"|[^,]*)(?:,|$)', line)]


def _arrow(line: str, fields: list[str]) -> Arrow:
    pipe = ""
    if int(fields[7]) > 20:  # Vensim draws thicker lines as pipes
        # Bit 5 marks the half that the flow comes from: 100 and 36 against 4 and 68.
        pipe = "out" if int(fields[4]) & 32 else "in"
    bend = re.search(r"\|\((-?\d+),(-?\d+)\)\|", line)
    if bend is None:
        raise ValueError("an arrow without a bend")
    return Arrow(int(fields[2]), int(fields[3]), pipe, (int(bend[1]), int(bend[2])))


def _shape(fields: list[str], following: Iterator[str]) -> Shape:
    number, x, y, width, height, form, bits = (int(fields[n]) for n in (1, 3, 4, 5, 6, 7, 8))
    name = fields[2]
    if fields[0] == "11":
        kind, name = "valve", ""
    elif fields[0] == "12":
        kind, name = ("comment", next(following)) if bits & 4 else ("cloud", "")
    elif bits % 2 == 0:
        kind = "shadow"
    elif form == 3:
        kind = "stock"
    else:
        kind = "flow" if form & 32 else "constant" if fields[10] == "2" else "variable"
    return Shape(number, kind, name, x, y, width, height, bool(form & 32))
