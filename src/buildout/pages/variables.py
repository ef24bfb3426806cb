"""model/VARIABLES.md: every variable of the model in a table, made from the `.mdl` itself.

`python -m buildout.variables_doc` writes it anew; a test keeps it fresh.
"""

import math
import re
import sys
from pathlib import Path

from buildout._util import files, names
from buildout.errors import BuildoutError
from buildout.inputs import places
from buildout.inputs.parameters import Parameter, by_base, read_parameters
from buildout.vensim.flows import flow_keys
from buildout.vensim.source import CONTROL_GROUP, Component, Entry, Group, Source, read_source

HEAD = """# Variables of the model

Generated from `buildout.mdl` and `calibration/parameters.csv` by
`python -m buildout.variables_doc`; do not edit. Sectors stand in the order of the file, variables
in the order of the alphabet.

Kinds: **stock** (integrated over time), **flow** (fills or drains a stock), *variable* (computed
at every step), constant (a number that can be set and swept). Ranges are those of a sweep. Grades
are A (official or company), B (trade press), C (weak), D (derived here), U (judgement without a
source); source ids are explained in `calibration/sources.csv`.
"""
# A constant with more values than this shows only the span of its values.
VALUES_SHOWN = 8
ROWS_SHOWN = 3


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


def write_variables_page(path: Path | None = None) -> Path:
    """Write the page of the project's model beside it, or elsewhere."""
    return files.write_text(path or places.model_file().with_name("VARIABLES.md"), current_page())


def current_page() -> str:
    """The page as it should be for the project's model and table of constants."""
    source = read_source(places.model_file().read_text(encoding="utf-8"))
    return variables_page(source, read_parameters(places.calibration_folder() / "parameters.csv"))


def _ranges(source: Source) -> str:
    lines = ["## Subscript ranges\n", "| range | elements | meaning |", "|---|---|---|"]
    for entry in source.entries.values():
        if entry.kind == "range":
            elements = "; ".join(component.text for component in entry.components)
            lines.append(_row(entry.name, elements, entry.meaning))
    return "\n".join(lines) + "\n"


def _sector(source: Source, group: Group, rows: dict[str, list[Parameter]]) -> str:
    picture = names.key(group.name).replace("_", "-")
    found = sorted(source.variables(group.name), key=lambda entry: entry.name.casefold())
    computed = [e for e in found if e.kind in ("stock", "auxiliary")]
    given = [e for e in found if e.kind not in ("stock", "auxiliary")]
    lines = [f"## {group.name}\n", f"{group.description}. [Diagram](views/{picture}.svg)\n"]
    if computed:
        flows = _flows(source)
        lines += ["| variable | unit | meaning | equation |", "|---|---|---|---|"]
        lines += [_computed(entry, flows) for entry in computed]
        lines.append("")
    if given:
        lines += [
            "| constant | value | unit | meaning | range | source |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_constant(entry, rows.get(entry.key, [])) for entry in given]
    return "\n".join(lines).rstrip() + "\n"


def _control(source: Source) -> str:
    lines = ["## Control\n", "| constant | value | unit | meaning |", "|---|---|---|---|"]
    for entry in source.variables(CONTROL_GROUP):
        lines.append(_row(entry.name, entry.components[0].text, entry.unit, entry.meaning))
    return "\n".join(lines) + "\n"


def _flows(source: Source) -> set[str]:
    stocks = (e for e in source.entries.values() if e.kind == "stock")
    nets = (component.tree.arguments[0] for stock in stocks for component in stock.components)
    return {key for net in nets for key in flow_keys(net)}


def _computed(entry: Entry, flows: set[str]) -> str:
    name = _spelled(entry)
    if entry.kind == "stock" or entry.key in flows:
        kind = "stock" if entry.kind == "stock" else "flow"
        name = f"**{name}** ({kind})"
    else:
        name = f"*{name}*"
    equations = "<br>".join(_equation(entry, component) for component in entry.components)
    return _row(name, entry.unit, entry.meaning, equations)


def _equation(entry: Entry, component: Component) -> str:
    text = f"`{component.text}`"
    if len(entry.components) == 1:
        return text
    exceptions = f" {component.exceptions}" if component.exceptions else ""
    return f"[{', '.join(component.subscripts)}]{exceptions}: {text}"


def _spelled(entry: Entry) -> str:
    """The name with its ranges; where elements have equations of their own, the first one's."""
    subscripts = entry.components[0].subscripts
    if len(entry.components) > 1 or not subscripts:
        return entry.name
    return f"{entry.name}[{', '.join(subscripts)}]"


def _constant(entry: Entry, rows: list[Parameter]) -> str:
    spans = [f"{row.low:g} to {row.high:g}" for row in rows if not math.isnan(row.low)]
    spans = list(dict.fromkeys(spans))
    span = "; ".join(spans) if len(spans) <= ROWS_SHOWN else "by element"
    sources = dict.fromkeys(s for row in rows for s in row.sources)
    grades = "/".join(dict.fromkeys(row.grade for row in rows if row.grade))
    source = " ".join(part for part in (grades, ", ".join(sources)) if part)
    return _row(_spelled(entry), _value(entry), entry.unit, entry.meaning, span, source)


def _value(entry: Entry) -> str:
    texts = [component.text for component in entry.components]
    numbers = [float(n) for n in re.findall(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", " ".join(texts))]
    if entry.kind == "lookup":
        return texts[0]
    if len(numbers) > VALUES_SHOWN:
        return f"{min(numbers):g} to {max(numbers):g}, by element"
    return "; ".join(text.strip(";") for text in texts)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> int:
    """Write the page; 2 when a file cannot be read or written."""
    try:
        print(write_variables_page())
    except BuildoutError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
