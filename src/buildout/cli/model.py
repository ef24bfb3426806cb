"""`buildout model`: run any supported Vensim model, whatever it is about."""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout.cli import common, model_asked, model_jobs
from buildout.cli.model_asked import label
from buildout.cli.parsing import StoreOnce, non_empty

if TYPE_CHECKING:
    from buildout.vensim.engine import System, Trajectories

_TABLE = "series.csv"


def add_parser(subparsers: Any) -> None:
    """Add the command: one run, or one of four other jobs."""
    command = common.add_command(
        subparsers,
        "model",
        run,
        "Run any supported Vensim model: one run or many, its sensitivities, units, diagram.",
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
    _add_jobs(command)
    command.add_argument("--out", metavar="DIR", help="save all numbers as CSV, with a manifest")
    common.add_engine(command)
    common.add_json(command)


def _add_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=LOW:HIGH",
        help="a sweep: draw a constant between two numbers, by default those that the file gives "
        "with its unit; may be repeated. Shows the 5, 50 and 95 %% quantiles of the outputs "
        "(stocks if left out)",
    )
    command.add_argument(
        "--draws", action=StoreOnce, metavar="N", help="of the sweep (default: 1000)"
    )
    command.add_argument("--seed", action=StoreOnce, metavar="S", help="of the draws (default: 0)")
    command.add_argument(
        "--sensitivity",
        action="append",
        default=[],
        type=non_empty,
        metavar="NAME",
        help="how outputs at the end move with a constant, by exact derivatives; may be repeated, "
        "`all` for all constants",
    )
    command.add_argument(
        "--units", action="store_true", help="check the units of every equation; 1 if any differ"
    )
    command.add_argument(
        "--diagram",
        metavar="DIR",
        type=non_empty,
        help="draw the views of the model, each as SVG, into a folder",
    )


#: Each job by the option that asks for it, and the options that it does not take.
_JOBS = {
    "vary": (model_jobs.sweep_constants, ()),
    "sensitivity": (model_jobs.show_sensitivities, ("draws", "seed")),
    "units": (model_jobs.list_mismatches, ("draws", "seed", "out", "set", "outputs", "data")),
    "diagram": (model_jobs.draw_diagram, ("draws", "seed", "out", "set", "outputs", "data")),
}


def run(arguments: argparse.Namespace) -> int:
    """One of the five jobs; 1 when what was found is not sound."""
    from buildout._util.manifest import claim_folder
    from buildout.errors import InputError

    asked = [option for option in _JOBS if getattr(arguments, option)]
    job, idle = _JOBS[asked[0]] if asked else (run_once, ("draws", "seed"))
    if asked and arguments.engine != "batch":
        idle = (*idle, "engine")
    clash = [*asked[1:], *(option for option in idle if getattr(arguments, option))]
    if clash:
        of = f"with `--{asked[0]}`" if asked else "in a single run; `--vary` asks for many"
        raise InputError(f"`--{clash[0]}` has no meaning {of}.", cure=f"Leave out `--{clash[0]}`.")
    for folder in (arguments.out, arguments.diagram):
        if folder is not None:
            # Before the work, so that a folder that cannot be written costs no waiting.
            claim_folder(folder, "model")
    return job(arguments)


def run_once(arguments: argparse.Namespace) -> int:
    """Load, run, save, show; 1 when the run is not sound."""
    from buildout.vensim import engine

    system = engine.load(Path(arguments.file), data=arguments.data)
    parameters, controls = model_asked.settings(system, arguments)
    runs = engine.Reference() if arguments.engine == "reference" else engine.Batch(threads=1)
    ran = runs.run(system, parameters, arguments.outputs or None, controls)
    status = engine.STATUS[int(ran.status[0])]
    if arguments.out is not None:
        facts = model_asked.facts(arguments, system, status) | {
            "set": parameters,
            "controls": controls,
        }
        model_asked.save(arguments.out, {_TABLE: _series(system, ran)}, facts)
    shown = _shown(system, ran, all_of_them=bool(arguments.outputs))
    _show(system, ran, shown, status, arguments.json)
    return model_asked.exit_code(status)


# -- what came out -----------------------------------------------------------------------------


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
    for output in shown if as_json else shown[: model_asked.MOST_ROWS]:
        variable = system.variables[system.owners[output]]
        values = ran[output][places, 0].tolist()
        rows.append({"output": label(system, output), "unit": variable.unit, "values": values})
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
    model_asked.tell_more(len(shown))


def _series(system: "System", ran: "Trajectories") -> Iterator[dict[str, float]]:
    """All outputs at one saved time after another."""
    labels = [label(system, output) for output in ran.outputs]
    for place, time in enumerate(ran.times.tolist()):
        yield {"time": time} | dict(zip(labels, ran.values[:, place, 0].tolist(), strict=True))
