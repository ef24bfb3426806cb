"""The command `buildout`: find the commands, run one, turn errors into one message and a code."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from buildout import __version__, cli
from buildout.errors import BuildoutError

# As a newcomer needs them; a command that is missing here is listed after these.
ORDER = (
    "run",
    "deadline",
    "figures",
    "report",
    "sweep",
    "pathways",
    "levers",
    "variables",
    "explain",
    "check",
)
NOT_COMMANDS = ("main", "common")
WRONG_INPUT, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        0 when all is well, 1 when a check failed, 2 for wrong input, 130 after Ctrl-C.
    """
    arguments = parser().parse_args(argv)
    try:
        code = arguments.func(arguments) or 0
        sys.stdout.flush()
        return code
    except BuildoutError as error:
        print(f"buildout: {error}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("buildout: interrupted; earlier results are untouched.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough. Python would complain once more when it
        # flushes stdout at exit, so stdout is pointed elsewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    """The parser with all commands that are installed."""
    top = argparse.ArgumentParser(
        prog="buildout",
        description="The US rare-earth chain from ore to magnet under three policy pathways.",
        epilog="`buildout COMMAND --help` explains a command.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"buildout {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for name in command_names():
        importlib.import_module(f"buildout.cli.{name}").add_parser(commands)
    return top


def command_names() -> list[str]:
    """Names of all commands, in the order of the help."""
    found = {module.name for module in pkgutil.iter_modules(cli.__path__)} - set(NOT_COMMANDS)
    return [name for name in ORDER if name in found] + sorted(found - set(ORDER))
