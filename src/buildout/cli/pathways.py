"""`buildout pathways`: the pathways that come with buildout."""

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout.cli import common
from buildout.errors import InputError, OutputError

if TYPE_CHECKING:
    from buildout.inputs.pathway import Pathway


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "pathways", list_pathways, "List the pathways that come with buildout."
    )
    command.add_argument(
        "--schema",
        metavar="FILE.json",
        nargs="?",
        const="",
        help="print, or write to a file, the JSON Schema of pathway files, for an editor",
    )
    common.add_json(command)


def list_pathways(arguments: argparse.Namespace) -> None:
    """Name, constants that it sets, title; those of another start apart, since no policy."""
    from buildout.inputs.pathway import packaged_pathways

    if arguments.schema is not None:
        _give_schema(arguments.schema)
        return
    policies = [_row(pathway) for pathway in packaged_pathways()]
    others = [
        {"start": pathway.initial_time, **_row(pathway)}
        for pathway in packaged_pathways(own_start=True)
    ]
    widths = {"title": 40, "description": 80}
    if arguments.json:
        rows = [{"start": None, **row} for row in policies] + others
        common.print_rows(rows, as_json=True)
        return
    common.print_rows(policies, as_json=False, widths=widths)
    if others:
        print("\nNo policies: runs that start at a time of their own")
        for row in others:
            del row["canonical"]
        common.print_rows(others, as_json=False, widths=widths)


def _row(pathway: "Pathway") -> dict[str, Any]:
    from buildout.inputs.model import load_model
    from buildout.inputs.pathway import CANONICAL

    model = load_model()
    return {
        "pathway": pathway.name,
        "canonical": pathway.name in CANONICAL,
        "settings": len({s for each in pathway.settings for s in model.scalars(each.lever)}),
        "title": pathway.title,
        "description": pathway.description,
    }


def _give_schema(place: str) -> None:
    from buildout._util import files
    from buildout._util.names import quoted
    from buildout.inputs.model import load_model
    from buildout.inputs.pathway_schema import pathway_schema_text

    # A pathway that is named by mistake is not written over.
    if place and not place.endswith(".json"):
        raise InputError(f"`--schema` is {quoted(place)}.", "A file `NAME.json` is accepted.")
    text = pathway_schema_text(load_model())
    if place:
        _refuse_of_others(Path(place), json.loads(text)["title"])
        files.output_folder(Path(place).parent)
        common.tell_saved([files.write_text(place, text)])
    else:
        print(text, end="")


def _refuse_of_others(place: Path, title: str) -> None:
    """Leave alone a file that is there and is no schema of ours, of this version or another."""
    from buildout._util.names import quoted
    from buildout._util.reading import read_text

    if not os.path.lexists(place):
        return
    try:
        held = json.loads(read_text(place, what="the schema"))
        ours = isinstance(held, dict) and held.get("title") == title
    except (InputError, ValueError, RecursionError):
        ours = False
    if not ours:
        raise OutputError(
            f"{quoted(place)} is in the way, and is not known to be made by buildout.",
            cure="Choose another name for the schema.",
        )
