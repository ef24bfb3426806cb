"""Arguments, words and saving of verbs that set pathways, or variants of one, side by side."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from buildout._util.reading import read_number
from buildout.cli import common, recorded
from buildout.cli.drawn import design_on_file
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.errors import InputError

#: How an outcome is named, wherever one is asked for.
OUTCOME_HELP = (
    'such as "US magnet output", "date of full coverage: SmCo" (all: '
    "src/buildout/inputs/tables/outcomes.csv), or a variable or element of the model"
)
#: What is to be said of differences with a date that never comes.
NEVER_COUNTS = (
    "A date that never comes counts as the end of the run, {end:g}, so such a difference is the "
    "least that it can be."
)


def add_outcome(command: argparse.ArgumentParser, words: str, *, required: bool = False) -> None:
    """An outcome and when it is read; `words` say what for."""
    command.add_argument(
        "--outcome",
        action=StoreOnce,
        metavar="X",
        required=required,
        type=non_empty,
        help=f"{OUTCOME_HELP}{words}",
    )
    command.add_argument(
        "--year", action=StoreOnce, metavar="Y", help="when it is read; not for dates"
    )


def add_one_pathway(command: argparse.ArgumentParser, words: str) -> None:
    """The pathway that a verb is about; `words` say what happens to it."""
    command.add_argument(
        "pathway",
        nargs="?",
        default="mobilization",
        metavar="PATHWAY",
        type=non_empty,
        help=f"name or .toml file, {words} (default: mobilization)",
    )


def add_base(command: argparse.ArgumentParser, words: str) -> None:
    """The pathway beneath; `words` say what for."""
    command.add_argument(
        "--base",
        action=StoreOnce,
        default="status-quo",
        metavar="PATHWAY",
        type=non_empty,
        help=f"{words} (default: status-quo)",
    )


def option_numbers(option: str, written: str | None) -> list[float]:
    """Numbers typed after an option, with commas between; none when it is not given.

    Raises
    ------
    InputError
        When one is something else.
    """
    parts = [] if written is None else written.split(",")
    return [read_number(part, what=f"`{option}`") for part in parts]


def label_of(row: Mapping[str, Any]) -> str:
    """An outcome and its year in one; dates have none."""
    year = "" if row["year"] != row["year"] else f", {row['year']:g}"
    return f"{row['outcome']}{year}"


def asked_of_variants(arguments: argparse.Namespace) -> dict[str, Any]:
    """What verbs that run variants of a pathway take alike: outcome, settings and draws.

    Raises
    ------
    InputError
        For what is no number, or a year without an outcome.
    """
    year = common.option_number("--year", arguments.year)
    if arguments.outcome is None and year is not None:
        raise InputError("`--year` is given without `--outcome`.", cure="Name the outcome.")
    outcomes = None if arguments.outcome is None else [(arguments.outcome, year)]
    return {"outcomes": outcomes, **asked_of_draws(arguments)}


def asked_of_draws(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same without the outcome.

    Raises
    ------
    InputError
    """
    return {
        "draws": common.option_whole("--draws", arguments.draws, least=0),
        "seed": common.option_whole("--seed", arguments.seed, least=0),
        "design": design_on_file(arguments, beyond_range=arguments.beyond_range),
        "settings": common.typed_settings(arguments),
        "known_until": common.option_number("--known-until", arguments.known_until),
        "beyond_range": arguments.beyond_range,
    }


def save_and_show(
    folder: Path,
    arguments: argparse.Namespace,
    answer: Mapping[str, Any],
    write: Callable[[Path], None],
    show: Callable[[Mapping[str, Any]], None],
) -> None:
    """Write what a verb says with its manifest, print it as asked, and tell what was saved."""
    made = recorded.write_recorded(folder, arguments, write)
    common.tell_rough(answer["draws"])
    if arguments.json:
        common.print_json(answer)
    else:
        show(answer)
    common.tell_saved(made)
