"""Long arrows cut short: a far user gets a shadow of its cause beside it."""

from dataclasses import replace
from math import hypot

from buildout.vensim.sketch.backbone import Cell
from buildout.vensim.sketch.diagram import Diagram, DiagramItem
from buildout.vensim.sketch.placement import SketchLayout, sketch_layout

# Longer arrows, in cells, are hard to follow with the eye; judgement.
FAR = 4.2
_NEAR = 2.3  # users as near to each other as this share a shadow
_ROUNDS = 2


def laid_out(diagram: Diagram) -> tuple[Diagram, SketchLayout]:
    """A diagram with shadows in place of its longest arrows, and where everything on it is.

    Parameters
    ----------
    diagram : Diagram
        Of one sector.

    Returns
    -------
    tuple of Diagram and SketchLayout
        The diagram has the same variables and the same causes of each.
    """
    places = sketch_layout(diagram)
    for _ in range(_ROUNDS):
        shortened = _shortened(diagram, places.places)
        if shortened is diagram:
            break
        diagram, places = shortened, sketch_layout(shortened, places.places)
    return diagram, places


def _shortened(diagram: Diagram, places: dict[str, Cell]) -> Diagram:
    items = dict(diagram.items)
    links = list(diagram.links)
    for cause in diagram.items:
        users = [b for a, b in diagram.links if a == cause]
        for cluster in _far_clusters(users, places, places[cause]):
            label = _new_label(items, cause)
            items[label] = DiagramItem(
                items[cause].key, items[cause].name, "auxiliary", shadow=True
            )
            links = [(label, b) if a == cause and b in cluster else (a, b) for a, b in links]
    if len(items) == len(diagram.items):
        return diagram
    return _without_idle_shadows(replace(diagram, items=items, links=tuple(links)))


def _far_clusters(users: list[str], places: dict[str, Cell], home: Cell) -> list[list[str]]:
    far = [user for user in users if _distance(places[user], home) > FAR]
    clusters: list[list[str]] = []
    for user in far:
        near = [c for c in clusters if _distance(places[c[0]], places[user]) <= _NEAR]
        near[0].append(user) if near else clusters.append([user])
    return clusters


def _distance(a: Cell, b: Cell) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _new_label(items: dict[str, DiagramItem], cause: str) -> str:
    stem = cause.split("~")[0]
    n = 0
    while f"{stem}~far{n}" in items:
        n += 1
    return f"{stem}~far{n}"


def _without_idle_shadows(diagram: Diagram) -> Diagram:
    """A shadow that lost all its users goes; one of a flow's valve stays."""
    busy = {label for link in diagram.links for label in link} | {p.flow for p in diagram.pipes}
    idle = {label for label, item in diagram.items.items() if item.shadow and label not in busy}
    return diagram.reduced(idle)
