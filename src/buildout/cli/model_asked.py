"""What the jobs of `buildout model` share: typed settings, names as spelled, the manifest."""

import argparse
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout.cli import common

if TYPE_CHECKING:
    from buildout.vensim.engine import System

#: Options of the command with a value; those that change what is saved.
VALUED = (
    *("set", "outputs", "vary", "sensitivity"),
    *("draws", "seed", "data", "engine", "time_step", "final_time"),
)
#: Rows of a table on the screen; more are seen better in the CSV.
MOST_ROWS = 60

# What each status means to somebody who has not read the contract of the engines.
_MEANING = {
    "non_finite": "a value is infinite or not a number at some time",
    "negative_stock": "a stock falls below zero though its unit says `[0,?]`",
    "delay_order": "a material delay is shorter than its order times the time step",
}


def settings(
    system: "System", arguments: argparse.Namespace
) -> tuple[dict[str, float], dict[str, float]]:
    """Constants and control variables as given, each once."""
    from buildout._util import names
    from buildout._util.reading import read_number
    from buildout.errors import InputError
    from buildout.vensim.engine.ir.system import CONTROLS

    written = [_setting(setting) for setting in arguments.set]
    for option in ("time_step", "final_time"):
        if (value := getattr(arguments, option)) is not None:
            written.append((option, value))
    parameters: dict[str, float] = {}
    controls: dict[str, float] = {}
    seen: dict[str, str] = {}
    for name, value in written:
        number = read_number(value, what=names.quoted(name))
        is_control = names.key(name) in CONTROLS
        for scalar in [names.key(name)] if is_control else system.scalars(name):
            if scalar in seen:
                raise InputError(
                    f"`{scalar}` is set twice, to `{seen[scalar]}` and to `{value}`.",
                    cure="Set it once.",
                )
            seen[scalar] = value
        (controls if is_control else parameters)[name] = number
    return parameters, controls


def _setting(written: str) -> tuple[str, str]:
    from buildout.errors import InputError

    name, sign, value = written.rpartition("=")
    if not sign or not name.strip() or not value.strip():
        raise InputError(f"Found `--set {written}`.", 'Accepted: `--set "name=value"`.')
    return name.strip(), value.strip()


def label(system: "System", scalar: str) -> str:
    """A scalar as the file spells it, with its elements."""
    from buildout._util import names

    variable = system.variables[system.owners[scalar]]
    return variable.name + scalar.removeprefix(names.split(scalar)[0])


def facts(arguments: argparse.Namespace, system: "System | None", status: str) -> dict[str, Any]:
    """What the manifest tells: enough to make the same files again."""
    from importlib.metadata import version

    from buildout import __version__

    words = ["buildout", "model", Path(arguments.file).name]
    for option in VALUED:
        value = getattr(arguments, option)
        if option == "data" and value is not None:
            value = Path(value).name
        for text in value if isinstance(value, list) else [value]:
            if text is not None and (option, text) != ("engine", "batch"):
                words += [f"--{option.replace('_', '-')}", text]
    return {
        "command": shlex.join(words),
        "model": Path(arguments.file).name,
        **({} if system is None else {"model_text_sha256": system.sha256}),
        "engine": arguments.engine,
        "status": status,
        "versions": {"buildout": __version__}
        | {package: version(package) for package in ("numpy", "llvmlite", "pysd")},
    }


def save(
    folder: str, contents: Mapping[str, bytes | Iterable[Mapping[str, Any]]], facts: Any
) -> None:
    """Write files, bytes or rows of a CSV, with their manifest: all of them or none."""
    from buildout._util import tables
    from buildout._util.manifest import write_result

    def write(temporary: Path) -> None:
        for name, content in contents.items():
            if isinstance(content, bytes):
                (temporary / name).write_bytes(content)
                continue
            with (temporary / name).open("w", encoding="utf-8", newline="") as file:
                # Row by row, as all of them would take many times the memory of the numbers.
                for place, row in enumerate(content):
                    heads, _, cells = tables.to_csv([row]).partition("\n")
                    file.write(cells if place else f"{heads}\n{cells}")

    common.tell_saved(write_result(folder, "model", write, facts))


def tell_more(rows: int) -> None:
    """How many rows the screen does not show, and where they are."""
    if rows > MOST_ROWS:
        more = f"{rows - MOST_ROWS:,} more"
        print(f"{more}: name some with `--outputs`, or save all with `--out`.", file=sys.stderr)


def exit_code(status: str) -> int:
    """The exit code of a run; of one that is not sound it is said why."""
    if status == "ok":
        return 0
    print(f"buildout: the run is not sound ({status}): {_MEANING[status]}.", file=sys.stderr)
    return 1
