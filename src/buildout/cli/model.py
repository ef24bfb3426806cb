"""`buildout model`: run any supported Vensim model, whatever it is about."""

import argparse
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout.cli import common

if TYPE_CHECKING:
    from buildout.vensim.engine import System, Trajectories

_TABLE, _FAILED = "series.csv", 1
# Rows of the table on the screen; more are seen better in the CSV.
_MOST_ROWS = 60
# What each status means to somebody who has not read the contract of the engines.
_MEANING = {
    "non_finite": "a value is infinite or not a number at some time",
    "negative_stock": "a stock falls below zero though its unit says `[0,?]`",
    "delay_order": "a material delay is shorter than its order times the time step",
}


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers, "model", run, "Run any supported Vensim model and show or save its series."
    )
    command.add_argument("file", metavar="FILE.mdl", help="the Vensim model")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a constant or a control variable, with subscripts if liked: "
        "`life[US]=3`; may be repeated",
    )
    command.add_argument(
        "--outputs",
        action="append",
        default=[],
        metavar="NAME",
        help="a variable to show and save; may be repeated (all of them if left out)",
    )
    command.add_argument(
        "--data",
        metavar="FILE.csv",
        help="numbers of the model's data variables: the time in the first column, then one "
        "column a variable or element",
    )
    command.add_argument("--out", metavar="DIR", help="save all series as CSV, with a manifest")
    common.add_engine(command)
    common.add_json(command)


def run(arguments: argparse.Namespace) -> int:
    """Load, run, save, show; 1 when the run is not sound."""
    from buildout._util.manifest import claim_folder
    from buildout.vensim import engine

    if arguments.out is not None:
        # Before the work, so that a folder that cannot be written costs no waiting.
        claim_folder(arguments.out, "model")
    system = engine.load(Path(arguments.file), data=arguments.data)
    parameters, controls = _settings(system, arguments)
    runs = engine.Reference() if arguments.engine == "reference" else engine.Batch(threads=1)
    ran = runs.run(system, parameters, arguments.outputs or None, controls)
    status = engine.STATUS[int(ran.status[0])]
    if arguments.out is not None:
        facts = _facts(system, arguments, status) | {"set": parameters, "controls": controls}
        _save(arguments.out, system, ran, facts)
    shown = _shown(system, ran, all_of_them=bool(arguments.outputs))
    _show(system, ran, shown, status, arguments.json)
    if status != "ok":
        print(f"buildout: the run is not sound ({status}): {_MEANING[status]}.", file=sys.stderr)
    return _FAILED if status != "ok" else 0


# -- what is asked -----------------------------------------------------------------------------


def _settings(
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


# -- what came out -----------------------------------------------------------------------------


def _label(system: "System", scalar: str) -> str:
    """A scalar as the file spells it, with its elements."""
    from buildout._util import names

    variable = system.variables[system.owners[scalar]]
    return variable.name + scalar.removeprefix(names.split(scalar)[0])


def _shown(system: "System", ran: "Trajectories", *, all_of_them: bool) -> list[str]:
    """The outputs for the screen: constants only when they were asked for."""
    moving = [o for o in ran.outputs if system.variables[system.owners[o]].kind != "constant"]
    return list(ran.outputs) if all_of_them or not moving else moving


def _show(
    system: "System", ran: "Trajectories", shown: Sequence[str], status: str, as_json: bool
) -> None:
    from buildout._util import tables

    places = list(dict.fromkeys([0, (len(ran.times) - 1) // 2, len(ran.times) - 1]))
    rows = []
    for output in shown if as_json else shown[:_MOST_ROWS]:
        variable = system.variables[system.owners[output]]
        values = ran[output][places, 0].tolist()
        rows.append({"output": _label(system, output), "unit": variable.unit, "values": values})
    times = ran.times[places].tolist()
    if as_json:
        sys.stdout.write(tables.to_json({"status": status, "times": times, "outputs": rows}))
        return
    heads = [f"{time:g}" for time in times]
    table = [
        {"output": row["output"], "unit": row["unit"]}
        | dict(zip(heads, row["values"], strict=True))
        for row in rows
    ]
    room = shutil.get_terminal_size().columns - 14 * len(heads)
    print(tables.text(table, widths={"output": max(20, room * 2 // 3), "unit": max(10, room // 3)}))
    if len(shown) > _MOST_ROWS:
        more = f"{len(shown) - _MOST_ROWS:,} more"
        print(f"{more}: name some with `--outputs`, or save all with `--out`.", file=sys.stderr)


def _save(folder: str, system: "System", ran: "Trajectories", facts: dict[str, Any]) -> None:
    from buildout._util import tables
    from buildout._util.manifest import write_result

    labels = [_label(system, output) for output in ran.outputs]

    def write(temporary: Path) -> None:
        with (temporary / _TABLE).open("w", encoding="utf-8", newline="") as file:
            for place, time in enumerate(ran.times.tolist()):
                values = ran.values[:, place, 0].tolist()
                row = {"time": time} | dict(zip(labels, values, strict=True))
                # Row by row, as all of them would take many times the memory of the numbers.
                heads, _, cells = tables.to_csv([row]).partition("\n")
                file.write(cells if place else f"{heads}\n{cells}")

    made = write_result(folder, "model", write, facts)
    common.tell_saved(made)


def _facts(system: "System", arguments: argparse.Namespace, status: str) -> dict[str, Any]:
    """What the manifest tells: enough to make the same file again."""
    from importlib.metadata import version

    from buildout import __version__

    words = ["buildout", "model", Path(arguments.file).name]
    for option in ("set", "outputs"):
        words += [word for text in getattr(arguments, option) for word in (f"--{option}", text)]
    if arguments.data is not None:
        words += ["--data", Path(arguments.data).name]
    for option in ("engine", "time_step", "final_time"):
        if (value := getattr(arguments, option)) not in (None, "batch"):
            words += [f"--{option.replace('_', '-')}", value]
    return {
        "command": shlex.join(words),
        "model": Path(arguments.file).name,
        "model_text_sha256": system.sha256,
        "engine": arguments.engine,
        "status": status,
        "versions": {"buildout": __version__}
        | {package: version(package) for package in ("numpy", "llvmlite", "pysd")},
    }
