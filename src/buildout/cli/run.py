"""`buildout run`: simulate pathways, save everything, show the verdict."""

import argparse
import sys
from typing import Any

from buildout.cli import common, streams


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "run", run_pathways, "Simulate pathways, save all results and show the verdict."
    )
    common.add_pathways(command)
    common.add_engine(command)
    common.add_out(command)
    common.add_json(command)


def run_pathways(arguments: argparse.Namespace) -> int:
    """Simulate, save, show."""
    from buildout._util.manifest import claim_folder

    # Before the work, so that a folder that cannot be written costs no waiting.
    folder = claim_folder(arguments.out, "results")
    ds = common.simulated(arguments)

    from buildout.outcomes.deadline import no_verdict
    from buildout.simulation.store import save_results, verdict_rows

    made = save_results(ds, folder, command=common.command_line("run", arguments))
    code = common.tell(ds)
    if reason := no_verdict(ds):
        streams.say(f"no verdict. {reason.found} {reason.accepted}".strip())
    common.print_verdict(verdict_rows(ds), end=float(ds["time"].max()), as_json=arguments.json)
    print("Saved: " + ", ".join(str(path) for path in made), file=sys.stderr)
    return code
