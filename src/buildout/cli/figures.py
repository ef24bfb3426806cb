"""`buildout figures`: the charts of the report, each with the data that it plots."""

import argparse
from pathlib import Path
from typing import Any

from buildout._util.pictures import FORMATS
from buildout.cli import common, drawn, recorded
from buildout.errors import InputError


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "figures", run_figures, "Draw all figures, each with its data as CSV beside it."
    )
    add_results(command)
    common.add_out(command, default="results/figures")
    command.add_argument(
        "--format", choices=FORMATS, default="png", help="of the pictures (default: png)"
    )


def run_figures(arguments: argparse.Namespace) -> int:
    """Simulate or read results, draw, save."""
    from buildout._util.manifest import claim_folder

    folder = claim_folder(arguments.out, "figures")
    ds = simulated_or_read(arguments)

    from buildout.figures import save_figures

    command = typed("figures", arguments)
    again = recorded.record_of(arguments)
    made = save_figures(ds, folder, kind=arguments.format, command=command, again=again)
    code = common.tell(ds)
    common.tell_saved(made)
    return code


def add_results(command: argparse.ArgumentParser) -> None:
    """Pathways to simulate, or results to read."""
    common.add_pathways(command)
    common.add_engine(command)
    drawn.add_draws(command)
    command.add_argument(
        "--results", metavar="DIR", help="show what `buildout run` saved there, without a new run"
    )


def simulated_or_read(arguments: argparse.Namespace) -> Any:
    """The Dataset of a new run, or the one that an earlier run saved.

    Raises
    ------
    InputError
        When results are to be read and settings are given too, which would change nothing.
    ResultsError
        When the results were not made by this version of the model.
    """
    if arguments.results is None:
        return drawn.asked_of(arguments, common.simulated(arguments))
    given = [*arguments.pathways, *arguments.set, arguments.known_until]
    given += [arguments.time_step, arguments.final_time]
    if any(given):
        raise InputError(
            "Results are to be read, and pathways or settings are given too.",
            cure="Leave out `--results` to simulate anew, or leave out the settings.",
        )
    from buildout.simulation.store import load_results

    return drawn.asked_of(arguments, load_results(arguments.results))


def typed(name: str, arguments: argparse.Namespace) -> str:
    """The command as it can be typed again; of a folder of results only the last name."""
    shown = dict(vars(arguments))
    if arguments.results is not None:
        shown["results"] = Path(arguments.results).name
    return common.command_line(name, argparse.Namespace(**shown))
