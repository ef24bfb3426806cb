"""What belongs on the diagram of a sector: stocks, flows, other variables, and what joins them."""

from dataclasses import dataclass, field, replace

from buildout.errors import UnsupportedError
from buildout.vensim.flows import flow_key, terms
from buildout.vensim.source import Component, Entry, Group, Source
from buildout.vensim.syntax import Call, names_in

# The clock of the simulation is no part of a sector; the time itself is shown.
CONTROL_KEYS = ("time_step", "initial_time", "final_time", "saveper")
_TIME = "time"
# Stock, whether it flows in, and what it is made of.
_Nameless = tuple[str, bool, tuple[str, ...]]
# Users of one shadow: with more, its arrows would cross the whole diagram.
USERS_PER_SHADOW = 3


@dataclass(frozen=True)
class DiagramItem:
    """Something with a name on the diagram.

    Attributes
    ----------
    key : str
        The variable, in Python's spelling; empty for a flow without a name.
    name : str
        As the model spells it.
    kind : {"stock", "flow", "auxiliary", "constant", "lookup"}
    shadow : bool
        Whether it is a copy of a variable that has its place elsewhere.
    """

    key: str
    name: str
    kind: str
    shadow: bool = False


@dataclass(frozen=True)
class Pipe:
    """A flow from stock to stock; `None` is a cloud, the world outside the model."""

    flow: str
    source: str | None
    sink: str | None


@dataclass(frozen=True)
class Diagram:
    """A sector's diagram before anything has a place.

    Attributes
    ----------
    name, caption : str
        The sector and what it is about.
    items : dict of str to DiagramItem
        By a label that is unique on the diagram.
    pipes : tuple of Pipe
        Labels of flows and stocks.
    links : tuple of (str, str)
        Labels of a cause and of its effect.
    """

    name: str
    caption: str
    items: dict[str, DiagramItem]
    pipes: tuple[Pipe, ...]
    links: tuple[tuple[str, str], ...]

    def reduced(self, labels: set[str]) -> "Diagram":
        """The diagram without some items and all that hangs on them."""
        items = {k: v for k, v in self.items.items() if k not in labels}
        links = tuple(link for link in self.links if not labels & set(link))
        return replace(self, items=items, links=links)


@dataclass
class _Flows:
    """Stocks that a flow leaves and enters."""

    sources: list[str] = field(default_factory=list)
    sinks: list[str] = field(default_factory=list)


def diagram(source: Source, group: Group) -> Diagram:
    """The diagram of a sector.

    Parameters
    ----------
    source : Source
        The whole model.
    group : Group
        One of its groups.

    Returns
    -------
    Diagram
        Every variable of the group once as itself; variables of other sectors that it uses as
        shadows.
    """
    own = {entry.key: entry for entry in source.variables(group.name)}
    flows, nameless = _flows(own)
    items = {k: DiagramItem(k, e.name, "flow" if k in flows else e.kind) for k, e in own.items()}
    pipes = []
    for key, ends in flows.items():
        pipes += _pipes(source, items, key, ends)
    uses = [(cause, e.key) for e in own.values() for cause in _causes(source, e)]
    for label, (stock, inward, inputs) in nameless.items():
        items[label] = DiagramItem("", "", "flow")
        pipes.append(Pipe(label, None if inward else stock, stock if inward else None))
        uses += [(cause, label) for cause in inputs if source.is_variable(cause)]
    uses = [(cause, user) for cause, user in uses if cause not in CONTROL_KEYS]
    links = _shadowed(source, items, own, list(dict.fromkeys(uses)))
    name = group.name or "Model"
    return Diagram(name, group.description, items, tuple(pipes), tuple(links))


def _flows(own: dict[str, Entry]) -> tuple[dict[str, _Flows], dict[str, _Nameless]]:
    """Flows by key, and nameless flows with their stock, their direction and their inputs."""
    flows: dict[str, _Flows] = {}
    nameless: dict[str, _Nameless] = {}
    for stock in (entry for entry in own.values() if entry.kind == "stock"):
        for component in stock.components:
            for inward, term in terms(integral(component).arguments[0]):
                name = flow_key(term)
                if name is None or (name in own and own[name].kind == "stock"):
                    inputs = names_in(term)
                    if inputs:
                        label = f"{stock.key}:{'in' if inward else 'out'}"
                        before = nameless.get(label, ("", True, ()))[2]
                        nameless[label] = (stock.key, inward, before + inputs)
                    continue
                ends = flows.setdefault(name, _Flows())
                side = ends.sinks if inward else ends.sources
                if stock.key not in ends.sinks + ends.sources:
                    side.append(stock.key)
    return flows, nameless


def integral(component: Component) -> Call:
    """The `INTEG` of a stock's equation."""
    if not isinstance(component.tree, Call):
        raise UnsupportedError(
            f"Cannot draw the stock `{component.text}`.", "`INTEG( flow , start )` is accepted."
        )
    return component.tree


def _pipes(source: Source, items: dict[str, DiagramItem], key: str, ends: _Flows) -> list[Pipe]:
    """One pipe with the flow itself, and one with a shadow of it for each further pair of ends."""
    pipes = []
    for n in range(max(len(ends.sources), len(ends.sinks))):
        label = key if n == 0 else f"{key}~{n}"
        if label not in items:
            name = source.entries[key].name if key in source.entries else key
            items[label] = DiagramItem(key, name, "flow", shadow=True)
        pair = [side[n] if n < len(side) else None for side in (ends.sources, ends.sinks)]
        pipes.append(Pipe(label, *pair))
    return pipes


def _causes(source: Source, entry: Entry) -> tuple[str, ...]:
    """Keys of what an arrow leads from; to a stock only from what sets its initial value."""
    if entry.kind != "stock":
        return source.inputs(entry.key)
    initial = [key for c in entry.components for key in names_in(integral(c).arguments[1])]
    return tuple(k for k in dict.fromkeys(initial) if source.is_variable(k) and k != entry.key)


def _shadowed(
    source: Source,
    items: dict[str, DiagramItem],
    own: dict[str, Entry],
    uses: list[tuple[str, str]],
) -> list[tuple[str, str]]:
    """Links, after adding a shadow for every few users of a variable of another sector."""
    links = [(cause, user) for cause, user in uses if cause in own]
    foreign: dict[str, list[str]] = {}
    for cause, user in uses:
        if cause not in own:
            foreign.setdefault(cause, []).append(user)
    for cause, users in foreign.items():
        shown = cause in items
        per_shadow = 1 if cause == _TIME else USERS_PER_SHADOW
        for n in range(0, len(users), per_shadow):
            label = cause if shown else f"{cause}~{n}"
            if not shown:
                entry = source.entries.get(cause)
                items[label] = DiagramItem(
                    cause, entry.name if entry else "Time", "auxiliary", True
                )
            links += [(label, user) for user in users[n : n + per_shadow]]
    return links
