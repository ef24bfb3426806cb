"""Arguments and output that commands share."""

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import names, numbers, tables
from buildout._util.pictures import PAPERS, picture_file
from buildout._util.reading import read_number, read_quantity, read_whole
from buildout.cli import streams
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.errors import BuildoutError, together

if TYPE_CHECKING:
    import xarray as xr

    from buildout.inputs.resolve import Resolved
    from buildout.inputs.settings import Setting

FAILED = 1
# Letters of a sentence below a table, which is about as wide.
LINE = 118
# Fewer draws than this give bands that another seed moves.
FEW_DRAWS = 100
# Letters of a name in a table that are shown in one line at least.
SHORTEST_NAME = 16
NEED_LEVER = "defense need in 2025"
# What is uncertain about the need as a whole: nothing where somebody states it.
NEED_FACTOR = "factor of defense need"
STATED_NEED = "--defense-need"
REGIME_OPTION = "--regime"
# As commands show differences and dates, and documents do.
signed, value_or_never = numbers.signed, numbers.value_or_never
percent_of = numbers.percent_of


def add_command(subparsers: Any, name: str, func: Any, summary: str) -> argparse.ArgumentParser:
    """A command's parser with a summary and the function it runs; what is parsed carries both."""
    command: argparse.ArgumentParser = subparsers.add_parser(
        name, help=summary, description=summary, allow_abbrev=False
    )
    command.set_defaults(func=func, parser=command)
    return command


def add_pathways(
    command: argparse.ArgumentParser,
    default: str = "the three canonical ones",
    *,
    metavar: str = "PATHWAY",
    first: str = "",
) -> None:
    """Pathways, settings on top of them, and what was announced by a date.

    `first` is said before what pathways are.
    """
    command.add_argument(
        "pathways",
        nargs="*",
        metavar=metavar,
        help=f"{first}name (see `buildout pathways`) or path of a .toml file; {default} by default",
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
        action=StoreOnce,
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
    command.add_argument(
        "--time-step", action=StoreOnce, metavar="YEARS", help="instead of the model's own"
    )
    command.add_argument(
        "--final-time", action=StoreOnce, metavar="YEAR", help="instead of the model's own"
    )


def add_json(command: argparse.ArgumentParser) -> None:
    """JSON in place of a table."""
    command.add_argument("--json", action="store_true", help="print JSON in place of a table")


def add_out(command: argparse.ArgumentParser, default: str = "results") -> None:
    """Where results go."""
    command.add_argument(
        "--out",
        metavar="DIR",
        type=non_empty,
        default=default,
        help=f"folder for results (default: {default})",
    )


def tell_saved(made: Iterable[Path]) -> None:
    """Which files a command has written, beside its answer."""
    print("Saved: " + ", ".join(str(path) for path in made), file=sys.stderr)


def write_picture(folder: Path, name: str, picture: Any, *, page: str = PAPERS[0]) -> None:
    """A figure of a paper as PNG and SVG."""
    from buildout.figures import render

    for kind in ("png", "svg"):
        (folder / picture_file(name, page, kind)).write_bytes(render(picture, kind))


def write_pages(folder: Path, name: str, draw: Callable[..., Any], drawn: Any) -> None:
    """A figure of each paper: `name` is the slide, the others say their paper after it."""
    for page in PAPERS:
        write_picture(folder, name, draw(drawn, page=page), page=page)


def option_number(option: str, written: str | None) -> float | None:
    """A number typed after an option; None when the option is not given.

    Raises
    ------
    InputError
        When it is something else.
    """
    return None if written is None else read_number(written, what=f"`{option}`")


def option_whole(
    option: str, written: str | None, *, least: int | None = None, most: int | None = None
) -> int | None:
    """A whole number typed after an option; None when the option is not given.

    Raises
    ------
    InputError
        When it is something else, or out of bounds.
    """
    if written is None:
        return None
    return read_whole(written, what=f"`{option}`", least=least, most=most)


def option_seed(written: str) -> int:
    """The seed of random draws."""
    return read_whole(written, what="`--seed`")


def typed_settings(arguments: argparse.Namespace) -> list["Setting"]:
    """All that options of the command line set, in order, each with the option it came from.

    `--known-until` is not among them: the verbs take it by itself.

    Raises
    ------
    InputError
        For what is no setting; all problems together.
    """
    from buildout.inputs.model import load_model
    from buildout.inputs.regimes import DRAWN, DRAWN_LEVER, REGIME_LEVER, REGIMES
    from buildout.inputs.settings import Setting, parse_setting

    settings: list[Setting] = []
    problems: list[BuildoutError] = []
    for written in arguments.set:
        try:
            settings.append(parse_setting(written))
        except BuildoutError as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else together(problems, "The command")
    if regime := getattr(arguments, "regime", None):
        chance = regime == DRAWN
        lever, value = (DRAWN_LEVER, 1.0) if chance else (REGIME_LEVER, REGIMES[regime])
        settings.append(Setting(lever, value, origin=REGIME_OPTION))
    if (need := getattr(arguments, "defense_need", None)) is not None:
        number, unit = read_quantity(need, what=f"`{STATED_NEED}`")
        settings.append(Setting(NEED_LEVER, number, unit, origin=STATED_NEED))
        # Settled, so that no draw moves what was stated.
        if names.key(NEED_FACTOR) in load_model().variables:
            settings.append(Setting(NEED_FACTOR, 1.0, origin=STATED_NEED))
    return settings


def simulated(arguments: argparse.Namespace, **more: Any) -> Any:
    """The Dataset that the shared arguments ask for; settings without effect are told."""
    from buildout.inputs.model import load_model
    from buildout.inputs.pathway import CANONICAL
    from buildout.inputs.resolve import resolve
    from buildout.simulation.simulate import simulate_resolved
    from buildout.vensim import engine

    asked = resolve(
        load_model(),
        arguments.pathways or CANONICAL,
        typed_settings(arguments),
        known_until=option_number("--known-until", arguments.known_until),
        time_step=option_number("--time-step", getattr(arguments, "time_step", None)),
        final_time=option_number("--final-time", getattr(arguments, "final_time", None)),
        beyond_range=arguments.beyond_range,
    )
    reference = getattr(arguments, "engine", "batch") == "reference"
    ds = simulate_resolved(
        asked, engine=engine.Reference() if reference else engine.Batch(), **more
    )
    tell_without_effect(asked)
    return ds


def tell_without_effect(asked: "Resolved") -> None:
    """Say which settings on top of the pathways change nothing, or the draws only, and why."""
    from buildout.inputs.regimes import DRAWN_LEVER
    from buildout.simulation.without_effect import settings_without_effect

    # Options that say themselves that they act in the draws.
    quiet = {s.lever for s in asked.extra if s.origin == STATED_NEED} - {NEED_LEVER}
    quiet |= {s.lever for s in asked.extra if (s.lever, s.origin) == (DRAWN_LEVER, REGIME_OPTION)}
    for setting in settings_without_effect(asked):
        if setting.lever not in quiet:
            streams.say(str(setting))


def tell(ds: "xr.Dataset") -> int:
    """Say what must be known before the numbers are read; 1 when a run is not sound, else 0."""
    from buildout.simulation.soundness import told_status, told_step

    broken = told_status(ds)
    for sentence in [*told_step(ds), *broken]:
        streams.say(sentence)
    return FAILED if broken else 0


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
        elif key == "design" and value is not None:
            words += [option, Path(value).name]
        elif isinstance(value, list):
            words += [word for item in value for word in (option, str(item))]
        elif value is True:
            words.append(option)
        elif isinstance(value, str) and key not in ("out", "func") and value != "batch":
            words += [option, value]
    return shlex.join(words)


def print_rows(
    rows: Sequence[Mapping[str, Any]],
    *,
    as_json: bool,
    widths: Mapping[str, int] | None = None,
) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        print_json(list(rows))
    elif rows:
        print(tables.text(rows, widths=widths))


def table_in_words(rows: Sequence[Mapping[str, str]], *, words: Sequence[str]) -> str:
    """Rows whose cells are words already, as a table within the line.

    Parameters
    ----------
    rows : sequence of mapping
        At least one.
    words : sequence of str
        Columns to the left, the first of which is folded where it must be; numbers go to the right.
    """
    sizes = {key: max(len(key), *(len(row[key]) for row in rows)) for key in rows[0]}
    taken = sum(2 + size for key, size in sizes.items() if key != words[0])
    widths = {words[0]: max(SHORTEST_NAME, LINE - taken)}
    return tables.text(rows, widths=widths, right=set(sizes) - set(words))


def tell_rough(draws: int) -> None:
    """Say that bands of few draws are rough."""
    if 0 < draws < FEW_DRAWS:
        words = "bands of 1 draw" if draws == 1 else f"bands of {draws} draws"
        streams.say(f"{words} are rough; from {FEW_DRAWS} they are not.")


def print_json(data: Any) -> None:
    """Print JSON, with escapes for what the console cannot write."""
    written = tables.to_json(data)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        written.encode(encoding)
    except UnicodeEncodeError:
        written = "".join(_in_json(sign, encoding) for sign in written)
    sys.stdout.write(written)


def _in_json(sign: str, encoding: str) -> str:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(sign)[1:-1]
    return sign
