"""Arguments and output that commands share."""

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from buildout._util import tables
from buildout.errors import InputError


def add_command(subparsers: Any, name: str, func: Any, summary: str) -> argparse.ArgumentParser:
    """A command's parser with a summary and the function it runs."""
    found = subparsers.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    found.set_defaults(func=func)
    return found


def add_pathways(command: argparse.ArgumentParser) -> None:
    """Pathways, settings on top of them, and what was announced by a date."""
    command.add_argument(
        "pathways",
        nargs="*",
        metavar="PATHWAY",
        help="name (see `buildout pathways`) or path of a .toml file; the three canonical ones "
        "by default",
    )
    add_settings(command)


def add_settings(command: argparse.ArgumentParser) -> None:
    """Options that set levers."""
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="LEVER=VALUE",
        help="set a lever in every pathway; may be repeated (see `buildout levers`)",
    )
    command.add_argument(
        "--known-until",
        metavar="YEAR",
        help="leave out projects announced after this date, such as 2025.0",
    )
    command.add_argument(
        "--beyond-range",
        action="store_true",
        help="let settings leave the range that parameters.csv gives",
    )


def add_engine(command: argparse.ArgumentParser) -> None:
    """What computes, and how finely."""
    command.add_argument(
        "--engine",
        choices=("batch", "reference"),
        default="batch",
        help="batch (compiled, default) or reference (PySD, slow)",
    )
    command.add_argument("--time-step", metavar="YEARS", help="instead of the model's own")
    command.add_argument("--final-time", metavar="YEAR", help="instead of the model's own")


def add_json(command: argparse.ArgumentParser) -> None:
    """JSON in place of a table."""
    command.add_argument("--json", action="store_true", help="print JSON in place of a table")


def add_out(command: argparse.ArgumentParser, default: str = "results") -> None:
    """Where results go."""
    command.add_argument(
        "--out", metavar="DIR", default=default, help=f"folder for results (default: {default})"
    )


def number(option: str, written: str | None) -> float | None:
    """A number typed at the command line.

    Raises
    ------
    InputError
        When it is something else.
    """
    if written is None:
        return None
    try:
        return float(written)
    except ValueError:
        raise InputError(f"`{option}` is `{written}`.", "A number is accepted.") from None


def simulated(arguments: argparse.Namespace, **more: Any) -> Any:
    """The Dataset that the shared arguments ask for."""
    from buildout.inputs.pathway import CANONICAL
    from buildout.inputs.settings import parse_setting
    from buildout.simulation.simulate import simulate
    from buildout.vensim import engine

    reference = getattr(arguments, "engine", "batch") == "reference"
    return simulate(
        arguments.pathways or CANONICAL,
        settings=[parse_setting(written) for written in arguments.set],
        known_until=number("--known-until", arguments.known_until),
        engine=engine.Reference() if reference else engine.Batch(),
        time_step=number("--time-step", getattr(arguments, "time_step", None)),
        final_time=number("--final-time", getattr(arguments, "final_time", None)),
        beyond_range=arguments.beyond_range,
        **more,
    )


def command_line(name: str, arguments: argparse.Namespace) -> str:
    """The command as it can be typed again, for a manifest; without the place of the output.

    Examples
    --------
    >>> command_line("run", argparse.Namespace(pathways=["status-quo"], set=["a=1"], out="x"))
    'buildout run status-quo --set a=1'
    """
    words = ["buildout", name]
    for key, value in vars(arguments).items():
        option = f"--{key.replace('_', '-')}"
        if key == "pathways":
            # A file's name is enough to recognise it; its fingerprint is in the manifest.
            words += [Path(path).name for path in value]
        elif isinstance(value, list):
            words += [word for one in value for word in (option, str(one))]
        elif value is True:
            words.append(option)
        elif isinstance(value, str) and key not in ("out", "func") and value != "batch":
            words += [option, value]
    return shlex.join(words)


def show(
    rows: Sequence[Mapping[str, Any]],
    *,
    as_json: bool,
    widths: Mapping[str, int] | None = None,
) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        sys.stdout.write(tables.to_json(list(rows)))
    elif rows:
        print(tables.text(rows, widths=widths))
