"""`buildout run`: simulate pathways, save everything, show the verdict."""

import argparse
from typing import Any

from buildout.cli import common, drawn, recorded, streams
from buildout.cli.verdict import print_verdict

NO_ODDS = "Without a verdict there are no odds."


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "run", run_pathways, "Simulate pathways, save all results and show the verdict."
    )
    common.add_pathways(command)
    common.add_engine(command)
    drawn.add_draws(command)
    common.add_out(command)
    common.add_json(command)


def run_pathways(arguments: argparse.Namespace) -> int:
    """Simulate, save, show."""
    from buildout._util.manifest import claim_folder

    # Before the work, so that a folder that cannot be written costs no waiting.
    folder = claim_folder(arguments.out, "results")
    asked = drawn.asked_of(arguments)
    ds = asked(common.simulated(arguments))

    from buildout.analysis.worlds import without_places
    from buildout.outcomes.deadline import no_verdict
    from buildout.simulation.store import save_results, verdict_rows

    odds = drawn.odds_beside(ds)
    made = save_results(
        without_places(ds),
        folder,
        command=common.command_line("run", arguments),
        odds=odds,
        again=recorded.record_of(arguments),
    )
    code = common.tell(ds)
    if reason := no_verdict(ds):
        streams.say(" ".join(filter(None, ("no verdict.", reason.found, reason.accepted, NO_ODDS))))
    verdict, end = verdict_rows(ds, odds), float(ds["time"].max())
    print_verdict(verdict, end=end, as_json=arguments.json)
    common.tell_saved(made)
    return code
