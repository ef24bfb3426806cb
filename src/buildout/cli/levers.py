"""`buildout levers`: what a pathway can set."""

import argparse
from typing import Any

from buildout._util import names
from buildout.cli import common


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "levers", levers, "List levers and switches: unit, range, default, meaning."
    )
    command.add_argument("pattern", nargs="?", default="", help="part of a name or meaning")
    common.add_json(command)


def levers(arguments: argparse.Namespace) -> None:
    """One row for each lever."""
    from buildout.inputs.model import load_model

    known = load_model().levers
    rows = [
        {
            "lever": lever.name,
            "unit": lever.unit,
            "low": lever.low,
            "high": lever.high,
            "default": lever.default,
            "meaning": lever.meaning,
        }
        for lever in known
        if arguments.pattern.casefold() in f"{lever.name} {lever.meaning}".casefold()
    ]
    if not rows:
        raise names.unknown("lever", arguments.pattern, (lever.name for lever in known))
    common.show(rows, as_json=arguments.json, widths={"lever": 45, "meaning": 60})
