"""`buildout pathways`: the pathways that come with buildout."""

import argparse
from typing import Any

from buildout.cli import common


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "pathways", list_pathways, "List the pathways that come with buildout."
    )
    common.add_json(command)


def list_pathways(arguments: argparse.Namespace) -> None:
    """Name, number of settings and title of each."""
    from buildout.inputs.pathway import CANONICAL, packaged_pathways

    rows = [
        {
            "pathway": pathway.name,
            "canonical": pathway.name in CANONICAL,
            "settings": len(pathway.settings),
            "title": pathway.title,
            "description": pathway.description,
        }
        for pathway in packaged_pathways()
    ]
    common.print_rows(rows, as_json=arguments.json, widths={"title": 40, "description": 80})
