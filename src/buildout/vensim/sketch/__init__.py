"""Diagrams of the model: one view per sector, made from its equations.

A view shows every variable of one group: stocks as boxes, flows as valves on pipes, arrows for
all other uses, variables of other sectors as grey shadows. The `.mdl` holds the views in Vensim's
own format, so that Vensim shows and edits them; `draw_views` replaces them all.

Why our own: layouts for graphs in general know neither pipes that run through valves nor names
that must not lie on arrows, and give other pictures after each small change. Here stocks and flows
form a backbone on a grid, which reads from left to right; the rest is placed by annealing from a
fixed seed, near where it was before, so that a changed equation moves little. What would make us
drop it: a library that lays out stocks, flows and names on a grid and keeps to earlier places.
"""

from buildout._util import names
from buildout.vensim.sketch.diagram import Diagram, DiagramItem, Pipe, diagram
from buildout.vensim.sketch.placement import SketchLayout
from buildout.vensim.sketch.reader import Arrow, Shape, View, read_views
from buildout.vensim.sketch.shadows import laid_out
from buildout.vensim.sketch.writer import arc, write_view
from buildout.vensim.source import read_source, split_sketch

__all__ = [
    "Arrow",
    "Diagram",
    "DiagramItem",
    "Pipe",
    "Shape",
    "SketchLayout",
    "View",
    "arc",
    "diagram",
    "draw_views",
    "laid_out",
    "read_views",
    "stale_views",
    "write_view",
]

# What Vensim keeps behind the sketch; 15 is the integration (Euler), 4 the time axis.
SETTINGS = "\n:L\x7f<%^E!@\n1:Current.vdfx\n9:Current\n15:0,0,0,0,0,0\n19:100,0\n4:Time\n"


def draw_views(text: str) -> str:
    """A model file's text with its sketch made anew; equations and settings are kept.

    Parameters
    ----------
    text : str
        The content of an `.mdl`, with or without a sketch.

    Returns
    -------
    str
        The same text for the same equations, whatever sketch was there.
    """
    equations, _, settings = split_sketch(text)
    source = read_source(text)
    views = [diagram(source, group) for group in source.groups if source.variables(group.name)]
    sketch = "".join(write_view(*laid_out(view)) for view in views)
    return equations.rstrip() + "\n\n" + sketch + "///---\\\\\\" + (settings or SETTINGS)


def stale_views(text: str) -> list[str]:
    """Names of the sectors whose view does not show what their equations say.

    Compares what is drawn and joined, not where it stands, so that views may be rearranged in
    Vensim.
    """
    source = read_source(text)
    drawn = {view.name: _drawn(view) for view in read_views(text)}
    wanted = [diagram(source, group) for group in source.groups if source.variables(group.name)]
    stale = [view.name for view in wanted if drawn.pop(view.name, None) != _wanted(view)]
    return stale + list(drawn)


# Variables shown, links, and pipes with their direction; clouds have no name.
_Links = set[tuple[str | None, str | None]]
_Pipes = set[tuple[str | None, str, str | None]]
_Drawing = tuple[list[str], _Links, _Pipes]


def _wanted(view: Diagram) -> _Drawing:
    items = view.items
    own = sorted(item.key for item in items.values() if item.key and not item.shadow)
    pipes: _Pipes = {
        (items[p.flow].key, side, end and items[end].key)
        for p in view.pipes
        for side, end in (("out", p.source), ("in", p.sink))
    }
    links: _Links = {(items[a].key, items[b].key) for a, b in view.links}
    return own, links, pipes


def _drawn(view: View) -> _Drawing:
    # A valve has no name of its own in a sketch: its flow is the name that follows it.
    keys: dict[int, str | None] = {}
    for number, shape in view.shapes.items():
        named = view.shapes[number + 1] if shape.kind == "valve" and shape.attached else shape
        keys[number] = None if shape.kind == "cloud" else names.key(named.name)
    links = {(keys[a.tail], keys[a.head]) for a in view.arrows if not a.pipe}
    pipes = {(keys[a.tail], a.pipe, keys[a.head]) for a in view.arrows if a.pipe}
    return sorted(view.variables(shadows=False)), links, pipes
