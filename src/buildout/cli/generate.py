"""`buildout generate`: make the generated files of a checkout anew, or say which are stale."""

import argparse
import sys
from typing import Any

from buildout.cli import common

NAMES = (
    "projects, sketches, views, variables, schema, fit, effects, robustness, validation, "
    "conditioning, claims, frontier, model-readme, readme, figures, kernel; those that are stale "
    "by default"
)
FAILED = 1


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "generate",
        run_generate,
        "Make the generated files of a checkout anew: sketches, pages, numbers, figures.",
    )
    command.add_argument("names", nargs="*", metavar="NAME", help=NAMES)
    command.add_argument(
        "--check", action="store_true", help="write nothing; leave with 1 when a file is stale"
    )
    command.add_argument(
        "--all",
        action="store_true",
        help="do not ask first whether a file is stale: make all anew, which takes minutes; with "
        "--check compare them with what stands there",
    )


def run_generate(arguments: argparse.Namespace) -> int:
    """Write, or compare."""
    from buildout._util.progress import progress
    from buildout.pages.generated import checkout, chosen

    wanted, root = chosen(arguments.names), checkout()
    if arguments.check:
        stale = {
            file: entry.name
            for entry in progress(wanted, label="Comparing")
            for file in entry.stale(root, thorough=arguments.all)
        }
        for file, name in stale.items():
            print(f"{file} is stale; `buildout generate {name}` makes it anew.")
        print(f"{len(stale)} generated files are stale." if stale else "All are fresh.")
        return FAILED if stale else 0
    changed = []
    for entry in wanted:
        # What is asked for by name is made, as a change of its own code may not show otherwise.
        if arguments.names or arguments.all or entry.stale(root):
            print(f"Making {entry.title} ...", file=sys.stderr)
            changed += entry.write(root)
    print("\n".join(changed) if changed else "Nothing has changed.")
    return 0
