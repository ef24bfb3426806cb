"""`buildout levers`: what a pathway can set."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buildout._util import names, tables
from buildout.cli import common
from buildout.cli.uncertainties import luck_section

if TYPE_CHECKING:
    from buildout.inputs.model import Model

# What a person who looks for a word needs to know of an uncertainty; the rest has its command.
BRIEF = ("uncertainty", "unit", "low", "high", "grade", "meaning")


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "levers",
        list_levers,
        "List levers and switches: unit, range, default, meaning.",
    )
    command.add_argument(
        "pattern", metavar="PATTERN", nargs="?", default="", help="part of a name or meaning"
    )
    command.add_argument(
        "--pathway",
        metavar="PATHWAY",
        help="name or .toml file: the values in force under it, with source and note",
    )
    common.add_json(command)


def list_levers(arguments: argparse.Namespace) -> None:
    """One row for each lever; uncertainties and luck of the same word after them."""
    from buildout.analysis.uncertainties import luck_rows, uncertainties
    from buildout.inputs.levers import levers
    from buildout.inputs.model import load_model

    model, pattern = load_model(), arguments.pattern
    if arguments.pathway is not None:
        _show_in_force(model, pattern, arguments)
        return
    rows = levers(pattern, model=model)
    besides, luck = uncertainties(pattern, moved=False), luck_rows(model, pattern)
    if not rows and (arguments.json or not (besides or luck)):
        raise names.unknown("lever", pattern, (lever.name for lever in model.levers))
    common.print_rows(rows, as_json=arguments.json, widths={"lever": 45, "meaning": 60})
    if not arguments.json and besides:
        print(_uncertainties(besides, pattern))
    if not arguments.json and luck:
        print(luck_section(model, luck))


def _show_in_force(model: "Model", pattern: str, arguments: argparse.Namespace) -> None:
    """Values under a pathway; those that no file of it sets are the model's own."""
    from buildout.inputs.levers import values_in_force

    rows = values_in_force(arguments.pathway, pattern, model=model)
    if not rows:
        raise names.unknown("lever", pattern, (lever.name for lever in model.levers))
    if arguments.json:
        common.print_json(rows)
        return
    shown = [
        {
            "lever": row["lever"],
            "value": row["value"],
            "unit": "" if row["unit"] == "Dmnl" else row["unit"],
            "default": row["default"],
            "set in": row["origin"],
            "source": row["source"].replace(";", "; "),
            "note": row["note"],
        }
        for row in rows
    ]
    print(tables.text(shown, widths={"lever": 34, "source": 9, "note": 40}))
    own = sum(bool(row["origin"]) for row in rows)
    print(f"\nThe pathway and what it extends set {own} of {len(rows)}, the model the others.")


def _uncertainties(rows: Sequence[Mapping[str, Any]], pattern: str) -> str:
    """The section on what is not chosen: all rows for a word, else only how many."""
    command = shlex.join(["buildout", "uncertainties", *([pattern] if pattern else [])])
    if not pattern:
        return f"\n{len(rows)} uncertainties, which no pathway chooses: `{command}` lists them."
    heading = f"\nUncertainties ({len(rows)}), which no pathway chooses; more by `{command}`\n\n"
    brief = [{key: row[key] for key in BRIEF} for row in rows]
    return heading + tables.text(brief, widths={"uncertainty": 45, "meaning": 60})
