"""`buildout figures`: the charts of the report, each with the data that it plots."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from buildout._util.names import quoted
from buildout._util.pictures import FORMATS, PAPERS
from buildout.cli import common, drawn, recorded
from buildout.cli.parsing import StoreOnce, several_of
from buildout.errors import InputError


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "figures",
        run_figures,
        "Draw figures for a report, all or those named, each with its data as CSV beside it.",
    )
    add_results(
        command,
        metavar="FIGURE|PATHWAY",
        first="name of a figure; pathway: ",
        more="or `buildout sweep` ",
    )
    common.add_out(command, default="results/figures")
    for option, choices, words in (
        ("--size", PAPERS, "slide (16:9), column (89 mm of a journal), phone"),
        ("--format", FORMATS, ", ".join(FORMATS)),
    ):
        command.add_argument(
            option,
            action=StoreOnce,
            metavar=f"{choices[0].upper()}[,...]",
            type=several_of(choices),
            default=choices[0],
            help=f"{words}; several with commas between (default: {choices[0]})",
        )


def run_figures(arguments: argparse.Namespace) -> int:
    """Simulate or read results, draw, save."""
    from buildout._util.manifest import claim_folder
    from buildout.figures import GALLERY, SWEPT_GALLERY, save_figures

    folder = claim_folder(arguments.out, "figures")
    known = {drawing.name for drawing in (*GALLERY, *SWEPT_GALLERY)}
    typed_words = list(arguments.pathways)
    asked = [word for word in typed_words if word in known]
    command, again = typed("figures", arguments), recorded.record_of(arguments)
    arguments.pathways = [word for word in typed_words if word not in known]
    _refuse_neither(arguments.pathways, known)
    ds = simulated_or_read(arguments, sweeps=True)
    made = save_figures(
        ds,
        folder,
        figures=asked,
        pages=arguments.size.split(","),
        kinds=arguments.format.split(","),
        command=command,
        again=again,
    )
    # Of a sweep, its own command has told which draws broke down.
    code = 0 if "draw" in ds.dims else common.tell(ds)
    common.tell_saved(made)
    return code


def _refuse_neither(words: Iterable[str], figures: Iterable[str]) -> None:
    """Refuse a word that is neither a figure, nor a pathway that there is, nor a file.

    Raises
    ------
    UnknownNameError
        With the nearest of both.
    """
    from buildout._util.names import nearest, unknown
    from buildout.inputs.pathway import pathway_names

    known = [*pathway_names(), *figures]
    for word in words:
        if word not in known and not Path(word).exists() and nearest(word, figures):
            raise unknown("figure or pathway", word, known)


def add_results(
    command: argparse.ArgumentParser, *, metavar: str = "PATHWAY", first: str = "", more: str = ""
) -> None:
    """Pathways to simulate, or results to read; `more` says of what else."""
    common.add_pathways(command, metavar=metavar, first=first)
    common.add_engine(command)
    drawn.add_draws(command)
    command.add_argument(
        "--from",
        dest="results",
        metavar="DIR",
        help=f"show what `buildout run` {more}saved there, without a new run",
    )


def simulated_or_read(arguments: argparse.Namespace, *, sweeps: bool = False) -> Any:
    """The Dataset of a new run, or the one that an earlier run saved, or an earlier sweep.

    Raises
    ------
    InputError
        When results are to be read and settings are given too, which would change nothing.
    ResultsError
        When the results were not made by this version of the model.
    """
    asked = drawn.asked_of(arguments)
    if arguments.results is None:
        return asked(common.simulated(arguments))
    given = [*arguments.pathways, *arguments.set, arguments.known_until]
    given += [arguments.time_step, arguments.final_time]
    if any(given):
        raise InputError(
            "Results are to be read, and pathways or settings are given too.",
            cure="Leave out `--from` to simulate anew, or leave out the settings.",
        )
    from buildout._util.manifest import result_kind
    from buildout.simulation.store import load_results

    folder = Path(arguments.results)
    if folder.is_dir() and result_kind(folder) == "sweep":
        return _swept(folder, arguments, taken=sweeps)
    return asked(load_results(arguments.results))


def _swept(folder: Path, arguments: argparse.Namespace, *, taken: bool) -> Any:
    """The results of a sweep, which has draws of its own.

    Raises
    ------
    InputError
        Where a run is needed, or other draws are asked for.
    """
    from buildout.sweeps.load import load_sweep

    if not taken:
        raise InputError(
            f"{quoted(folder)} holds a sweep.",
            "A report shows runs, with draws of their own.",
            "`buildout figures --from` draws a sweep.",
        )
    if arguments.draws or arguments.seed or arguments.design:
        raise InputError(
            "Draws are asked for, and the sweep has its own.",
            cure="Leave out `--draws`, `--seed` and `--design`.",
        )
    return load_sweep(folder)


def typed(name: str, arguments: argparse.Namespace) -> str:
    """The command as it can be typed again; of a folder of results only the last name."""
    shown = {"from" if key == "results" else key: word for key, word in vars(arguments).items()}
    if arguments.results is not None:
        shown["from"] = Path(arguments.results).name
    for option, choices in (("size", PAPERS), ("format", FORMATS)):
        if shown.get(option) == choices[0]:
            del shown[option]
    return common.command_line(name, argparse.Namespace(**shown))
