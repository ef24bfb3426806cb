"""The command `buildout`: find the commands, run one, turn errors into one message and a code."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence

from buildout import __version__, cli
from buildout.cli import streams
from buildout.cli.crash import write_crash_report
from buildout.cli.parsing import WRONG_INPUT, CommandParser
from buildout.errors import BuildoutError

# As a newcomer needs them; a command that is missing here is listed after these.
ORDER = (
    "run",
    "deadline",
    "need",
    "figures",
    "report",
    "explore",
    "sweep",
    "compare",
    "attribute",
    "export",
    "reproduce",
    "condition",
    "pathways",
    "levers",
    "uncertainties",
    "variables",
    "explain",
    "hindcast",
    "validate",
    "predictions",
    "check",
    "completion",
)
NOT_COMMANDS = (
    "main",
    "common",
    "drawn",
    "recorded",
    "repeatable",
    "responses",
    "variants",
    "model_asked",
    "model_jobs",
    "parsing",
    "streams",
    "crash",
    "verdict",
)
INTERRUPTED, FAULT = 130, 70


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        0 when all is well, 1 when a check failed, 2 for wrong input, 70 for a fault of the
        program, 130 after Ctrl-C.
    """
    with streams.prepared():
        return _answer(argv)


def _answer(argv: Sequence[str] | None) -> int:
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        arguments = parser(words[:1]).parse_args(words)
        code: int = arguments.func(arguments) or 0
        sys.stdout.flush()
        return code
    except BuildoutError as error:
        streams.say(str(error))
        return WRONG_INPUT
    except KeyboardInterrupt:
        streams.say("interrupted; every result is whole, as before or new.")
        return INTERRUPTED
    except BrokenPipeError:  # The reader (`head`, a pager) has seen enough.
        streams.leave_stdout()
        return 0
    # The last net: whatever else goes wrong is told in one message and kept for a report.
    except Exception as error:
        if (refusal := streams.refused_file(error)) is not None:
            streams.say(refusal)
            return WRONG_INPUT
        streams.say(write_crash_report(error))
        return FAULT


def parser(asked: Sequence[str] = ()) -> CommandParser:
    """The parser with all commands that are installed, or with the one that is asked for.

    Parameters
    ----------
    asked : sequence of str
        The first word of a command line. Where it is the name of a command, the others, which it
        takes ten times as long to describe, are left out: nothing that it says names them.
    """
    top = CommandParser(
        prog="buildout",
        description="The US rare-earth chain from ore to magnet under three policy pathways.",
        epilog="`buildout COMMAND --help` explains a command.",
    )
    top.add_argument("--version", action="version", version=f"buildout {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    known = command_names()
    for name in [word for word in asked if word in known] or known:
        importlib.import_module(f"buildout.cli.{name}").add_parser(commands)
    return top


def command_names() -> list[str]:
    """Names of all commands, in the order of the help."""
    commands = {module.name for module in pkgutil.iter_modules(cli.__path__)} - set(NOT_COMMANDS)
    return [name for name in ORDER if name in commands] + sorted(commands - set(ORDER))
