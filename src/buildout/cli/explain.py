"""`buildout explain`: a variable's equation, its inputs and where they come from."""

import argparse
import textwrap
from typing import Any

from buildout._util import tables
from buildout.cli import common


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "explain",
        print_explanation,
        "Show a variable's equation, its inputs with values and units, and their sources.",
    )
    command.add_argument(
        "variable", metavar="VARIABLE", help="such as 'effective total[US, mining]'"
    )
    command.add_argument(
        "--pathway", metavar="PATHWAY", default="status-quo", help="whose values (status-quo)"
    )
    command.add_argument("--year", metavar="YEAR", default="2027", help="when (2027)")
    common.add_json(command)


def print_explanation(arguments: argparse.Namespace) -> None:
    """One page on one variable."""
    from buildout.simulation.explain import explain

    year = common.option_number("--year", arguments.year)
    found = explain(arguments.variable, pathway=arguments.pathway, year=year)
    if arguments.json:
        common.print_json(found)
    else:
        print(_page(found))


def _page(found: dict[str, Any]) -> str:
    when = f"in {found['year']:g}, pathway {found['pathway']}"
    parts = [
        f"{found['variable']}  ({found['kind']}, {found['unit']})",
        textwrap.fill(found["meaning"], 100),
        "",
        "Equation",
        _folded(found["equation"]),
        "",
        f"Value {when}",
        _table(found["values"]),
    ]
    if found["inputs"]:
        parts += ["", f"Inputs {when}", _table(found["inputs"])]
    if found["sources"]:
        parts += ["", "Sources", _table(found["sources"])]
    if found["used_by"]:
        parts += ["", "Used by", textwrap.indent("\n".join(found["used_by"]), "  ")]
    return "\n".join(parts)


def _folded(equation: str) -> str:
    lines = [
        textwrap.wrap(line, 100, initial_indent="  ", subsequent_indent="      ")
        for line in equation.splitlines()
    ]
    return "\n".join(part for line in lines for part in line)


def _table(rows: list[dict[str, Any]]) -> str:
    # An empty column would only push the others apart.
    shown = [key for key in rows[0] if any(row[key] not in ("", None) for row in rows)]
    table = tables.text(
        [{key: row[key] for key in shown} for row in rows], widths={"name": 70, "title": 60}
    )
    return textwrap.indent(table, "  ")
