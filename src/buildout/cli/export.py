"""`buildout export`: policies or results as workbook, slides, document, CSV or IAMC table."""

import argparse
from typing import Any

from buildout.cli import common, drawn, recorded, streams
from buildout.cli.parsing import StoreOnce, non_empty


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "export",
        run_export,
        "Hand on pathways, side by side where there are several, or saved results: as workbook, "
        "slides, document, CSV, or table of the IAMC.",
    )
    command.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        type=non_empty,
        help="pathway, .toml file or folder of `buildout run`; or folders of other commands",
    )
    command.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="NAME[,NAME]",
        help="xlsx (default), pptx, docx, csv, iamc; several at once",
    )
    command.add_argument(
        "--date", action=StoreOnce, metavar="TEXT", help="for the notes (default: none)"
    )
    common.add_settings(command)
    drawn.add_draws(command)
    common.add_out(command)
    common.add_json(command)


def run_export(arguments: argparse.Namespace) -> int:
    """Run or read, write, say what was written."""
    from buildout.documents.handed_on import (
        AskedRuns,
        chosen_formats,
        exported_files,
        write_files,
    )
    from buildout.documents.plain import VALUES

    formats = chosen_formats(",".join(arguments.format) or "xlsx")
    folder = recorded.claim_beside(arguments)
    asked = AskedRuns(
        draws=common.option_whole("--draws", arguments.draws, least=0),
        seed=common.option_whole("--seed", arguments.seed, least=0),
        design=drawn.design_on_file(arguments, beyond_range=arguments.beyond_range),
        settings=common.typed_settings(arguments) or None,
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    contents, broken = exported_files(arguments.sources, formats, asked, date=arguments.date or "")
    made = recorded.write_recorded(folder, arguments, lambda place: write_files(place, contents))
    listed = [
        {"file": str(path.relative_to(folder)), "kB": round(path.stat().st_size / 1000, 1)}
        for path in made
        if path.parent.name != VALUES
    ]
    common.print_rows(listed, as_json=arguments.json)
    if (values := len(made) - len(listed)) and not arguments.json:
        print(f"\nAll values by year: {values} tidy tables in {folder}/csv/{VALUES}")
    for sentence in broken:
        streams.say(sentence)
    common.tell_saved([folder])
    return common.FAILED if broken else 0
