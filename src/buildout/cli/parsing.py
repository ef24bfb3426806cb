"""The parser of the command line: wrong words get one message with the nearest right ones."""

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any, NoReturn

from buildout._util import names
from buildout._util.names import quoted
from buildout.errors import visible

WRONG_INPUT = 2
#: Options of earlier versions, and what they are called now.
NOW_CALLED = {
    "--defense-demand": "--defense-need",
    "--file": "--table",
    "--on": "--date",
    "--results": "--from",
}
NAMED_COMMANDS = 12  # In a message; the help lists all.


class CommandParser(argparse.ArgumentParser):
    """A parser that answers what it does not know with the nearest that it does.

    argparse reports what a command does not know from the top, where the command's own options
    are unknown.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **more})
        for name in (None, "store"):
            self.register("action", name, StoreOnce)
        self.options_typed: set[str] = set()
        self._words: list[str] = []

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, except that nothing unknown is left for others to report."""
        self.options_typed.clear()
        self._words = list(sys.argv[1:] if args is None else args)
        namespace, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self._refuse_unknown(unknown, namespace)
        return namespace, unknown

    def words_of(
        self,
        typed: argparse.Namespace,
        *,
        leave_out: Collection[str] = (),
        spelled: Callable[[str, str], str] = lambda dest, word: word,
    ) -> list[str]:
        """The words that give what was parsed: those without an option first.

        Parameters
        ----------
        typed : Namespace
        leave_out : collection of str
            Names of arguments.
        spelled : callable, optional
            Takes the name of an argument and a word, and gives the word to write.
        """
        words: list[str] = []
        for action in sorted(self._actions, key=lambda action: bool(action.option_strings)):
            value = getattr(typed, action.dest, None)
            if action.dest in leave_out or value is None or value == action.default:
                continue
            option = action.option_strings[-1:]
            for word in [True] if value is True else value if isinstance(value, list) else [value]:
                written = [] if word is True else [spelled(action.dest, str(word))]
                glued = bool(option and written and written[0].startswith("-"))
                words += [f"{option[0]}={written[0]}"] if glued else [*option, *written]
        return words

    def error(self, message: str) -> NoReturn:
        """One message without the usage; leave with code 2.

        A mistyped option is told before what is missing, as it may be what was meant for it.
        """
        if "required" in message and (wrong := self._unknown_options()):
            self._words = []
            self._refuse_unknown(wrong, argparse.Namespace())
        if message.endswith("required: COMMAND"):
            known = [f"`{name}`" for name in self.commands()]
            more = f" and {len(known) - NAMED_COMMANDS} more" * (len(known) > NAMED_COMMANDS)
            message = f"No command is given. Accepted: {', '.join(known[:NAMED_COMMANDS])}{more}."
        cure = f"`{self.prog} --help` lists what is accepted."
        self.exit(WRONG_INPUT, visible(f"buildout: {_sentence(message)} {cure}", lines=True) + "\n")

    def _unknown_options(self) -> list[str]:
        options = [word for word in self._words if word.startswith("--") and len(word) > 2]
        return [o for o in options if o.partition("=")[0] not in self._option_string_actions]

    def commands(self) -> dict[str, "CommandParser"]:
        """The parsers of the commands, by name; none for a parser that is a command itself."""
        choices = [a.choices for a in self._actions if isinstance(a, argparse._SubParsersAction)]
        return {str(name): parser for named in choices for name, parser in named.items()}

    def arguments(self) -> list[argparse.Action]:
        """All that the parser takes, options among them."""
        return list(self._actions)

    def _refuse_unknown(self, unknown: Sequence[str], typed: argparse.Namespace) -> NoReturn:
        options = [word for word in unknown if word.startswith("-")]
        if not options:
            cure = self._meant_by(unknown, typed)
            self.error(f"Found {quoted(unknown[0])}, which is one word too many.{cure}")
        option = options[0].partition("=")[0]
        if NOW_CALLED.get(option) in self._option_string_actions:
            self.error(f"{quoted(option)} is now called `{NOW_CALLED[option]}`.")
        for action in self._without_option():
            # `--pathway x` where a pathway is written without an option.
            if action.dest.rstrip("s") == option.lstrip("-").rstrip("s"):
                self.error(
                    f"Unknown option {quoted(option)}. {action.metavar} is written without one."
                )
        self.error(str(names.unknown("option", option, self._option_string_actions)))

    def _meant_by(self, unknown: Sequence[str], typed: argparse.Namespace) -> str:
        """What words that are too many may have been meant for, as a cure."""
        if "--set" in self._option_string_actions and any("=" in word for word in unknown):
            return ' A setting needs its option and quotes: `--set "lever=value"`.'
        for action in self._without_option():
            first = getattr(typed, action.dest, None)
            if isinstance(first, str):
                whole = quoted(" ".join([first, *unknown]))
                return f" A name of several words needs quotes: {whole.replace('`', chr(34))}."
        if "--pathway" in self._option_string_actions:
            return f" A pathway needs its option: {quoted(f'--pathway {unknown[0]}')}."
        return ""

    def _without_option(self) -> list[argparse.Action]:
        return [a for a in self._actions if not a.option_strings and a.metavar]

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # argparse takes the `--` of `--set=--` for the end of options, and an empty list for it.
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = None if action.choices is None else [str(choice) for choice in action.choices]
        if choices is None or value in choices:
            return
        command = isinstance(action, argparse._SubParsersAction)
        label = "command" if command else f"`{'/'.join(action.option_strings) or action.metavar}`"
        if command:
            self.error(str(names.unknown(label, str(value), choices)))
        self.error(f"{label} is {quoted(value)}. Accepted: {', '.join(choices)}.")


class StoreOnce(argparse._StoreAction):
    """Keep the value of an option, and refuse a second one.

    argparse takes the last of two without a word. It is what options of a `CommandParser` do that
    name no action.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Keep the value, as argparse asks."""
        if option_string is not None and isinstance(parser, CommandParser):
            if self.dest in parser.options_typed:
                parser.error(f"`{option_string}` is given twice. Keep one.")
            parser.options_typed.add(self.dest)
        super().__call__(parser, namespace, values, option_string)


def non_empty(written: str) -> str:
    """A word of the command line that may not be empty, such as the name of a folder."""
    if not written.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return written


def several_of(choices: Sequence[str]) -> Callable[[str], str]:
    """What reads one or more of some words, with commas between, as the type of an argument."""

    def read(written: str) -> str:
        words = [word.strip() for word in written.split(",")]
        for word in words:
            if word not in choices:
                accepted = f"Accepted: {', '.join(choices)}, also several with commas between"
                raise argparse.ArgumentTypeError(f"{quoted(word)} is none. {accepted}")
        return ",".join(dict.fromkeys(words))

    return read


def _sentence(message: str) -> str:
    text = message[:1].upper() + message[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
