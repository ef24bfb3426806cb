"""`buildout uncertainties`: what the model does not know, and what a sweep draws."""

import argparse
from typing import TYPE_CHECKING, Any

from buildout._util import names
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
    """One row for each uncertainty."""
    from buildout.inputs.model import load_model

    model = load_model()
    rows = uncertainty_rows(model, arguments.pattern)
    if not rows:
        known = [row.name for row in model.uncertainties]
        raise names.unknown("uncertainty", arguments.pattern, known)
    common.print_rows(rows, as_json=arguments.json, widths=UNCERTAINTY_WIDTHS)


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
