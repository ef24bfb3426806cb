"""model/VARIABLES.md: every variable of the model in a table, made from the `.mdl` itself."""

import math
import re

from buildout._util import names, tables
from buildout.inputs import places
from buildout.inputs.parameters import Parameter, by_base, read_parameters
from buildout.vensim.flows import flow_keys
from buildout.vensim.source import CONTROL_GROUP, Component, Entry, Group, Source, read_source
from buildout.vensim.syntax import Call

HEAD = """# Variables of the model

Made by `buildout generate` from `buildout.mdl` and `calibration/parameters.csv`; do not edit.
Sectors stand in the order of the file, variables in the order of the alphabet.

Kinds: **stock** (integrated over time), **flow** (fills or drains a stock), *variable* (computed
at every step), constant (a number that can be set and swept). Ranges are those of a sweep. Grades
are A (official or company), B (trade press), C (weak), D (derived here), U (judgement without a
source); source ids are explained in `calibration/sources.csv`.
"""
# A constant with more values than this shows only the span of its values.
VALUES_SHOWN = 8
ROWS_SHOWN = 3
COMPUTED = ("stock", "auxiliary")
COMPUTED_HEADS = ("variable", "unit", "meaning", "equation")
GIVEN_HEADS = ("constant", "value", "unit", "meaning", "range", "source")


def variables_page(source: Source, parameters: tuple[Parameter, ...]) -> str:
    """The page as Markdown.

    Parameters
    ----------
    source : Source
        The model.
    parameters : tuple of Parameter
        Ranges and sources of its constants; those not in the table stay without.

    Returns
    -------
    str
        Ending with a line end.
    """
    rows = by_base(parameters)
    sections = [_ranges(source)]
    sections += [_sector(source, g, rows) for g in source.groups if source.variables(g.name)]
    sections.append(_control(source))
    return HEAD + "\n" + "\n".join(sections)


def current_page() -> str:
    """The page as it should be for the project's model and table of constants."""
    source = read_source(places.model_file().read_text(encoding="utf-8"))
    return variables_page(source, read_parameters(places.calibration_folder() / "parameters.csv"))


def _ranges(source: Source) -> str:
    rows = [
        (entry.name, "; ".join(component.text for component in entry.components), entry.meaning)
        for entry in source.entries.values()
        if entry.kind == "range"
    ]
    return "## Subscript ranges\n\n" + tables.markdown(("range", "elements", "meaning"), rows)


def _sector(source: Source, group: Group, rows: dict[str, list[Parameter]]) -> str:
    picture = names.key(group.name).replace("_", "-")
    entries = sorted(source.variables(group.name), key=lambda entry: entry.name.casefold())
    flows = _flows(source)
    computed = [_computed(e, flows) for e in entries if e.kind in COMPUTED]
    given = [_constant(e, rows.get(e.key, [])) for e in entries if e.kind not in COMPUTED]
    parts = [f"## {group.name}\n", f"{group.description}. [Diagram](views/{picture}.svg)\n"]
    parts += [
        tables.markdown(heads, cells)
        for heads, cells in ((COMPUTED_HEADS, computed), (GIVEN_HEADS, given))
        if cells
    ]
    return "\n".join(parts)


def _control(source: Source) -> str:
    rows = [
        (entry.name, entry.components[0].text, entry.unit, entry.meaning)
        for entry in source.variables(CONTROL_GROUP)
    ]
    return "## Control\n\n" + tables.markdown(("constant", "value", "unit", "meaning"), rows)


def _flows(source: Source) -> set[str]:
    stocks = (e for e in source.entries.values() if e.kind == "stock")
    trees = (component.tree for stock in stocks for component in stock.components)
    nets = (tree.arguments[0] for tree in trees if isinstance(tree, Call))  # INTEG(net, start)
    return {key for net in nets for key in flow_keys(net)}


def _computed(entry: Entry, flows: set[str]) -> list[str]:
    name = tables.escaped(_spelled(entry))
    if entry.kind == "stock" or entry.key in flows:
        kind = "stock" if entry.kind == "stock" else "flow"
        name = f"**{name}** ({kind})"
    else:
        name = f"*{name}*"
    equations = "<br>".join(_equation(entry, component) for component in entry.components)
    return [tables.Markup(name), entry.unit, entry.meaning, tables.Markup(equations)]


def _equation(entry: Entry, component: Component) -> str:
    text = tables.code(component.text)
    if len(entry.components) == 1:
        return text
    exceptions = f" {component.exceptions}" if component.exceptions else ""
    return tables.escaped(f"[{', '.join(component.subscripts)}]{exceptions}: ") + text


def _spelled(entry: Entry) -> str:
    """The name with its ranges; where elements have equations of their own, the first one's."""
    subscripts = entry.components[0].subscripts
    if len(entry.components) > 1 or not subscripts:
        return entry.name
    return f"{entry.name}[{', '.join(subscripts)}]"


def _constant(entry: Entry, rows: list[Parameter]) -> list[str]:
    spans = [f"{row.low:g} to {row.high:g}" for row in rows if not math.isnan(row.low)]
    spans = list(dict.fromkeys(spans))
    span = "; ".join(spans) if len(spans) <= ROWS_SHOWN else "by element"
    sources = dict.fromkeys(s for row in rows for s in row.sources)
    grades = "/".join(dict.fromkeys(row.grade for row in rows if row.grade))
    source = " ".join(part for part in (grades, ", ".join(sources)) if part)
    return [_spelled(entry), _value(entry), entry.unit, entry.meaning, span, source]


def _value(entry: Entry) -> str:
    texts = [component.text for component in entry.components]
    numbers = [float(n) for n in re.findall(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", " ".join(texts))]
    if entry.kind == "lookup":
        return texts[0]
    if len(numbers) > VALUES_SHOWN:
        return f"{min(numbers):g} to {max(numbers):g}, by element"
    return "; ".join(text.strip(";") for text in texts)
