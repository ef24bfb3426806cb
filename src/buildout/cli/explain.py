"""`buildout explain`: a variable and where it comes from; without one, what decides."""

import argparse
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout._util.reading import read_number
from buildout.cli import common, streams

if TYPE_CHECKING:
    from buildout.simulation.explain import Explanation


LIST_WIDTHS = {"uncertainty": 40, "outcome": 60, "number": 28}
END_FIGURES = ("value", "heavy_2027", "smco_2027", "magnets_2035", "unmet_2030")


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "explain",
        print_explanation,
        "Show a variable's equation, its inputs with values and units, and their sources; without "
        "a variable, which uncertainties decide and which matter.",
    )
    command.add_argument(
        "variable",
        metavar="VARIABLE",
        nargs="?",
        help="such as 'effective capacity[US, mining]'",
    )
    command.add_argument(
        "--pathway",
        metavar="PATHWAY",
        default="status-quo",
        help="whose values (default: status-quo)",
    )
    command.add_argument("--year", metavar="YEAR", default="2027", help="when (default: 2027)")
    common.add_json(command)


def print_explanation(arguments: argparse.Namespace) -> int:
    """One page on one variable, or on what decides."""
    from buildout.simulation.explain import explain

    if arguments.variable is None:
        _print_short_list(as_json=arguments.json)
        return 0
    year = read_number(arguments.year, what="`--year`")
    explanation = explain(arguments.variable, pathway=arguments.pathway, year=year)
    for sentence in explanation["not_sound"]:
        streams.say(sentence)
    if arguments.json:
        common.print_json(explanation)
    else:
        print(_page(explanation))
    return common.FAILED if explanation["not_sound"] else 0


def _print_short_list(*, as_json: bool) -> None:
    from buildout.analysis.short_list import FIXED, at_both_ends, short_list

    listed, ends = short_list(), at_both_ends()
    if as_json:
        common.print_json({"short_list": listed, "at_both_ends": ends})
        return
    influential = [row for row in listed if row["weight"] != FIXED]
    print(
        f"{len(influential)} uncertainties decide or matter: moved alone, they have a tenth, or a\n"
        "hundredth, of the variance of some headline outcome; the one with most is shown."
    )
    rows = [row | {"share": f"{100 * row['share']:.2g} %"} for row in influential]
    print(tables.text(rows, widths=LIST_WIDTHS))
    rest = len(listed) - len(influential)
    print(
        f"\nThe other {rest} are drawn too: each alone would hardly be missed, together they would."
    )
    print("\nNumbers that no data bound, at both ends of their ranges")
    print(tables.text([_rounded(row) for row in ends], widths=LIST_WIDTHS))


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    figures = {key: three_digits(row[key]) for key in END_FIGURES}
    return {key: figures.get(key, row[key]) for key in row if key != "why"}


def _page(explanation: "Explanation") -> str:
    when = f"in {explanation['year']:g}, pathway {explanation['pathway']}"
    parts = [
        f"{explanation['variable']}  ({explanation['kind']}, {explanation['unit']})",
        textwrap.fill(explanation["meaning"], 100),
        "",
        "Equation",
        _folded(explanation["equation"]),
        "",
        f"Value {when}",
        _table(explanation["values"]),
    ]
    if explanation["inputs"]:
        parts += ["", f"Inputs {when}", _table(explanation["inputs"])]
    if explanation["sources"]:
        parts += ["", "Sources", _table(explanation["sources"])]
    if explanation["used_by"]:
        parts += ["", "Used by", textwrap.indent("\n".join(explanation["used_by"]), "  ")]
    return "\n".join(parts)


def _folded(equation: str) -> str:
    lines = [
        textwrap.wrap(line, 100, initial_indent="  ", subsequent_indent="      ")
        for line in equation.splitlines()
    ]
    return "\n".join(part for line in lines for part in line)


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    # An empty column would only push the others apart.
    shown = [key for key in rows[0] if any(row[key] not in ("", None) for row in rows)]
    table = tables.text(
        [{key: row[key] for key in shown} for row in rows], widths={"name": 70, "title": 60}
    )
    return textwrap.indent(table, "  ")
