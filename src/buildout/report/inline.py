"""Charts inside the page: the same SVG, its styles shared, its numbers short, its ids its own."""

import re
from html import escape
from xml.etree import ElementTree

from buildout.report.dark import by_night

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")
# What refers to a part by its id.
REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
# Attributes that are long lists of places, and how many digits of a point they keep: a tenth of a
# point is a sixth of a pixel at the width of a page.
PLACES = {"d": 1, "x": 1, "y": 1, "points": 1}
# A marker is drawn with fewer letters than this.
_SMALL = 300
# Their own places and sizes are the page's business.
DROPPED = {"width", "height", "version", "id"}


class Inlined:
    """Charts for one page, and the styles that they share.

    Attributes
    ----------
    classes : dict of str to str
        Name of each style, by what it says.
    colors : dict of str to None
        That stand in them, in order.
    """

    def __init__(self) -> None:
        self.classes: dict[str, str] = {}
        self.colors: dict[str, None] = {}

    def svg(self, data: bytes, key: str, label: str) -> str:
        """A chart as an element of the page.

        Parameters
        ----------
        data : bytes
            SVG of our own making.
        key : str
            Apart from those of all others on the page.
        label : str
            What it says, for those who do not see it.
        """
        root = ElementTree.fromstring(data)
        ids = _referenced(root)
        renamed = {old: f"{key}-{place}" for place, old in enumerate(sorted(ids))}
        inside = "".join(self._element(child, renamed) for child in root)
        view = root.get("viewBox", "")
        return (
            f'<svg viewBox="{escape(view)}" role="img" aria-label="{escape(label)}">{inside}</svg>'
        )

    def style(self) -> str:
        """Rules for all classes, and for their colours by day and by night."""
        rules = [f".{name}{{{style}}}" for style, name in self.classes.items()]
        day = "".join(f"--{color[1:]}:{color};" for color in self.colors)
        night = "".join(f"--{color[1:]}:{by_night(color)};" for color in self.colors)
        return "\n".join(
            [
                f":root{{{day}}}",
                f"@media screen and (prefers-color-scheme: dark){{:root{{{night}}}}}",
                *rules,
            ]
        )

    def _element(self, node: ElementTree.Element, renamed: dict[str, str]) -> str:
        tag = node.tag.removeprefix(SVG)
        if tag in ("metadata", "style") or not node.tag.startswith(SVG):
            return ""
        attributes = "".join(
            f' {name}="{escape(value)}"' for name, value in self._attributes(node, renamed).items()
        )
        words = escape(node.text or "", quote=False) if tag in ("text", "tspan", "title") else ""
        inside = words + "".join(
            self._element(child, renamed)
            + (escape(child.tail or "", quote=False) if tag in ("text", "tspan") else "")
            for child in node
        )
        if tag in ("g", "defs") and not inside:
            return ""
        if tag == "g" and not attributes:
            return inside
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"

    def _attributes(self, node: ElementTree.Element, renamed: dict[str, str]) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, value in node.attrib.items():
            if name == "id" and value in renamed:
                kept["id"] = renamed[value]
            elif name == f"{XLINK}href" or name == "href":
                kept["href"] = "#" + renamed[value.removeprefix("#")]
            elif name == "style":
                kept["class"] = self._class(_pointed(value, renamed))
            elif name not in DROPPED or (name in ("width", "height") and node.tag != f"{SVG}svg"):
                kept[name.removeprefix(XLINK)] = _short(name, _pointed(value, renamed))
        if kept.get("transform", "").startswith("rotate(-0 "):
            del kept["transform"]
        return kept

    def _class(self, style: str) -> str:
        style = re.sub(r"\s*([:;,])\s*", r"\1", style.strip().rstrip(";"))
        for color in COLOR.findall(style):
            self.colors.setdefault(color.lower())
        named = COLOR.sub(lambda seen: f"var(--{seen[0][1:].lower()})", style)
        return self.classes.setdefault(named, f"s{len(self.classes)}")


def _referenced(root: ElementTree.Element) -> set[str]:
    ids: set[str] = set()
    for node in root.iter():
        for name, value in node.attrib.items():
            ids |= set(REFERENCE.findall(value))
            if name in (f"{XLINK}href", "href"):
                ids.add(value.removeprefix("#"))
    return ids


def _pointed(value: str, renamed: dict[str, str]) -> str:
    return REFERENCE.sub(lambda seen: f"url(#{renamed[seen[1]]})", value)


def _short(name: str, value: str) -> str:
    """Numbers of an attribute with no more digits than can be seen; small shapes keep one more."""
    digits = PLACES.get(name, 3) + (len(value) < _SMALL)
    value = _NUMBER.sub(lambda seen: f"{round(float(seen[0]), digits):g}", value)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", value.strip()) if name == "d" else value
