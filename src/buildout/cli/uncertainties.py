"""`buildout uncertainties`: what the model does not know, and what a sweep draws; luck apart."""

import argparse
from typing import TYPE_CHECKING, Any

from buildout._util import names, tables
from buildout.cli import common

if TYPE_CHECKING:
    from buildout.inputs.model import Model

UNCERTAINTY_WIDTHS = {"uncertainty": 45, "meaning": 50, "used_by": 40}


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "uncertainties",
        list_uncertainties,
        "List uncertainties and initial states: unit, range, distribution, grade, what uses them.",
    )
    command.add_argument(
        "pattern", metavar="PATTERN", nargs="?", default="", help="part of a name or meaning"
    )
    common.add_json(command)


def list_uncertainties(arguments: argparse.Namespace) -> None:
    """One row for each uncertainty; luck of the same word after them."""
    from buildout.inputs.model import load_model

    model = load_model()
    rows, luck = uncertainty_rows(model, arguments.pattern), luck_rows(model, arguments.pattern)
    if not rows and (arguments.json or not luck):
        known = [row.name for row in model.uncertainties]
        raise names.unknown("uncertainty", arguments.pattern, known)
    common.print_rows(rows, as_json=arguments.json, widths=UNCERTAINTY_WIDTHS)
    if luck and not arguments.json:
        print(luck_section(model, luck))


def uncertainty_rows(model: "Model", pattern: str) -> list[dict[str, Any]]:
    """Uncertainties and initial states whose name or meaning holds a word, with what uses them."""
    users: dict[str, list[str]] = {}
    for variable in model.variables.values():
        for key in model.system.inputs_of(variable.key):
            users.setdefault(key, []).append(variable.name)
    rows = []
    for row in model.uncertainties:
        variable = model.variable(row.name)
        if common.matches(pattern, row.name, variable.meaning):
            rows.append(
                {
                    "uncertainty": row.name,
                    "unit": row.unit,
                    "low": row.low,
                    "high": row.high,
                    "default": row.default,
                    "kind": row.kind,
                    "distribution": row.distribution,
                    "grade": row.grade,
                    "meaning": variable.meaning,
                    "used_by": ", ".join(users.get(variable.key, [])),
                }
            )
    return rows


def luck_rows(model: "Model", pattern: str) -> list[dict[str, Any]]:
    """Luck whose name or meaning holds a word, a row for each constant of the model."""
    rows = dict.fromkeys(model.luck.values())
    meanings = {row.name: model.variable(row.name).meaning for row in rows}
    return [
        {
            "luck": row.name,
            "draws": list(model.luck.values()).count(row),
            "default": row.default,
            "meaning": meanings[row.name],
        }
        for row in rows
        if common.matches(pattern, row.name, meanings[row.name])
    ]


def luck_section(model: "Model", rows: list[dict[str, Any]]) -> str:
    """What falls out by luck, and when it acts."""
    heading = (
        f"\nLuck ({sum(row['draws'] for row in rows)} draws), no uncertainty: it acts where "
        f"`{model.luck_switch}` is 1, as in the draws of a sweep, and not in a single run\n\n"
    )
    return heading + tables.text(rows, widths={"luck": 45, "meaning": 60})
