"""`buildout variables`: what the model computes."""

import argparse
from fnmatch import fnmatchcase
from typing import Any

from buildout._util import names
from buildout.cli import common


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "variables", list_variables, "List the model's variables: kind, unit, meaning."
    )
    command.add_argument(
        "pattern",
        metavar="PATTERN",
        nargs="?",
        default="",
        help="part of a name, or a pattern such as '*price*'",
    )
    common.add_json(command)


def list_variables(arguments: argparse.Namespace) -> None:
    """One row for each variable whose name matches."""
    from buildout.inputs.model import load_model

    known = load_model().variables.values()
    rows = [
        {
            "variable": names.join(variable.name, variable.dims),
            "kind": variable.kind,
            "unit": variable.unit,
            "meaning": variable.meaning,
        }
        for variable in known
        if _matches(variable.name, arguments.pattern)
    ]
    if not rows:
        raise names.unknown("variable", arguments.pattern, (v.name for v in known))
    common.print_rows(rows, as_json=arguments.json, widths={"variable": 50, "meaning": 80})


def _matches(name: str, pattern: str) -> bool:
    if any(sign in pattern for sign in "*?"):
        return fnmatchcase(name.casefold(), pattern.casefold().replace("_", " "))
    wanted = names.key(pattern)
    return (bool(wanted) or not pattern.strip()) and wanted in names.key(name)
