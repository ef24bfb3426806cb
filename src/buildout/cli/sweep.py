"""`buildout sweep`: many draws of the uncertainties, and of luck, under every pathway."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from buildout._util.names import quoted
from buildout.cli import common, drawn, recorded, responses, streams
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.outcomes.headlines import HEADLINE_DATES
from buildout.sampling import defaults
from buildout.sampling.defaults import power_of_two

DATES = ",".join(f"{year:g}" for year in HEADLINE_DATES)
INTERRUPTED = 130
# A grid holds the values of each parameter; beyond this the numbers no longer differ in a chart.
MOST_POINTS = 1_000_000
MOST_JOBS = 1024
#: Designs that are drawn by a rule; else `--design` names a file.
RULES = ("lhs", "sobol", "saltelli", "grid")


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "sweep",
        run_sweep,
        "Draw the uncertainties and luck many times and run every pathway.",
    )
    common.add_pathways(command)
    add_design(command)
    command.add_argument(
        "--outputs", metavar="NAME[,NAME]", help="variables or elements; headline ones by default"
    )
    command.add_argument(
        "--at", metavar="YEARS", default=DATES, help=f"dates to keep (default: {DATES})"
    )
    command.add_argument(
        "--outcome",
        action=StoreOnce,
        metavar="X",
        type=non_empty,
        help=f"with values of levers: what is read (default: {responses.USUAL_OUTCOME})",
    )
    command.add_argument(
        "--year",
        action=StoreOnce,
        metavar="Y",
        help=f"and when (default: {responses.USUAL_YEAR:g}; not for dates)",
    )
    command.add_argument(
        "--figure", action="store_true", help="with values of levers: draw curves, or a map of two"
    )
    common.add_engine(command)
    command.add_argument(
        "--jobs",
        metavar="N",
        help="cores to use (default: all); with `--dask` those of each task (default: 1)",
    )
    command.add_argument(
        "--dask",
        action=StoreOnce,
        metavar="ADDRESS",
        help="run on the workers of a Dask scheduler, such as tcp://HOST:8786; they must see "
        "the folder of `--out` under the same path",
    )
    common.add_out(command, default="results/sweep")
    command.add_argument(
        "--resume", action="store_true", help="go on with the sweep in the folder of results"
    )
    common.add_json(command)


def add_design(command: argparse.ArgumentParser) -> None:
    """What is drawn, and how."""
    usual = defaults.DRAWS
    command.add_argument(
        "--draws",
        metavar="N",
        help=f"how many (default: {usual}; of a Sobol' sequence {power_of_two(usual)})",
    )
    command.add_argument(
        "--design",
        metavar="DESIGN",
        type=non_empty,
        default=RULES[0],
        help="lhs: Latin hypercube (default); sobol: Sobol' sequence, which fills the ranges (not "
        "for Sobol' indices); saltelli: for total Sobol' indices, as many pairs as --draws allows; "
        f"grid: the finest within --draws; or {drawn.DESIGN_HELP}",
    )
    command.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="PATTERN",
        help="constants to draw, such as 'permit*', or a kind, such as `uncertainty` or `luck`; "
        "may be repeated; by default all uncertainties, and luck (but in a grid). With values, as "
        "`X=0:1:11` or `X=0,0.5,1`, once or twice: an outcome at each value of a lever, with the "
        "band of --draws (default: 0)",
    )
    command.add_argument("--seed", metavar="S", help=f"of the draws (default: {defaults.SEED})")


def run_sweep(arguments: argparse.Namespace) -> int | None:
    """Draw, run, save, show."""
    if responses.asks_response(arguments):
        return responses.run_response(arguments)
    responses.refuse_idle(arguments)
    from buildout.sweeps.store import RESULTS
    from buildout.sweeps.summary import summary

    folder = Path(arguments.out)
    try:
        with _cluster(arguments.dask) as client:
            ds = _swept(arguments, folder, client)
    except KeyboardInterrupt:
        if not folder.exists():
            raise
        print(
            f"buildout: interrupted; finished blocks are in `{folder}`, and the same command with "
            "`--resume` goes on.",
            file=sys.stderr,
        )
        return INTERRUPTED
    rows, odds = summary(ds), drawn.odds_of_sweep(arguments, ds)
    made = _write_tables(folder, arguments, rows, odds)
    if arguments.json:
        common.print_json(drawn.beside_coverage(rows, odds))
    else:
        common.print_rows(rows, as_json=False)
        drawn.print_odds(odds)
    _notes(ds)
    print(f"Saved: {', '.join(map(str, (folder / RESULTS, *made)))}", file=sys.stderr)
    return None


def _write_tables(folder: Path, arguments: argparse.Namespace, rows: Any, odds: Any) -> list[Path]:
    """What is read off the sweep, with a manifest that lists the results and their record too."""
    from buildout._util import manifest, tables
    from buildout.sweeps import store

    def write(place: Path) -> None:
        (place / store.SUMMARY).write_text(tables.to_csv(rows), encoding="utf-8")
        if odds:
            (place / store.ODDS).write_text(tables.to_csv(odds), encoding="utf-8")

    return manifest.write_beside(
        folder,
        store.SWEEP_MANIFEST,
        write,
        "sweep",
        recorded.facts_of(arguments),
        listed=(store.RESULTS, manifest.RECORD_OF_SWEEP),
    )


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """A client of the scheduler at an address; None without one."""
    if address is None:
        yield None
        return
    from buildout.sweeps.dask_client import cluster_at

    with cluster_at(address) as client:
        workers = client.nthreads()
        count, threads = len(workers), sum(workers.values())
        streams.say(
            f"{count} worker{'s' * (count != 1)} with {threads} thread{'s' * (threads != 1)}."
            if workers
            else "no workers yet; waiting for one."
        )
        yield client


def _swept(arguments: argparse.Namespace, folder: Path, client: Any) -> Any:
    from buildout import sweep as run
    from buildout.inputs.pathway import CANONICAL
    from buildout.sweeps.defaults import headline
    from buildout.sweeps.reductions import At

    years = At(_years(arguments.at))
    names = _split(arguments.outputs)
    return run(
        _design(arguments),
        arguments.pathways or CANONICAL,
        outputs=headline(years) if names is None else names,
        reductions=years,
        settings=common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        engine=_engine(arguments),
        out=folder,
        resume=arguments.resume,
        client=client,
        time_step=common.option_number("--time-step", arguments.time_step),
        final_time=common.option_number("--final-time", arguments.final_time),
        beyond_range=arguments.beyond_range,
    )


def _design(arguments: argparse.Namespace) -> Any:
    from buildout._util.reading import read_whole
    from buildout.errors import InputError
    from buildout.inputs.model import load_model
    from buildout.sampling import design
    from buildout.sampling.selection import COMPARED_KINDS, chosen_parameters

    if arguments.design not in RULES:
        return _on_file(arguments)
    usual = defaults.DRAWS
    if arguments.design == "sobol":
        usual = power_of_two(usual)
    typed = arguments.draws
    draws = usual if typed is None else read_whole(typed, what="`--draws`")
    seed = defaults.SEED if arguments.seed is None else common.option_seed(arguments.seed)
    vary = arguments.vary or None
    if arguments.design == "lhs":
        return design.latin_hypercube(draws, seed=seed, vary=vary)
    if arguments.design == "sobol":
        return design.sobol(draws, seed=seed, vary=vary)
    if arguments.design == "saltelli":
        return _saltelli(draws, seed, vary)
    parameters = len(chosen_parameters(load_model(), vary, default=COMPARED_KINDS))
    points = int(max(draws, 0) ** (1 / parameters) + 1e-9)
    if points > MOST_POINTS:
        raise InputError(
            f"A grid of {points:,} values of one parameter is asked for.",
            f"Up to {MOST_POINTS:,} are accepted.",
            "Take fewer draws, or a Latin hypercube.",
        )
    if points < 2:
        raise InputError(
            f"A grid of {parameters} parameters has at least 2^{parameters} draws, `--draws` is "
            f"{draws}.",
            cure="Choose fewer parameters with `--vary`, or a Latin hypercube.",
        )
    return design.grid(vary, points=points)


def _on_file(arguments: argparse.Namespace) -> Any:
    """Draws of a file; a word that is neither a rule nor a file is a mistyped rule."""
    from buildout.errors import InputError
    from buildout.sampling.saved import load_design

    asked = arguments.design
    if not Path(asked).exists() and not Path(asked).suffix and "/" not in asked:
        raise InputError(
            f"`--design` is {quoted(asked)}.",
            f"Accepted: {', '.join(RULES)}, or a file of draws.",
        )
    drawn.refuse_beside_design(
        {f"--{name}": getattr(arguments, name) for name in ("draws", "seed", "vary")}
    )
    return load_design(asked, beyond_range=arguments.beyond_range)


def _saltelli(draws: int, seed: int, vary: Any) -> Any:
    """As many pairs of points as a number of draws allows."""
    from buildout.errors import InputError
    from buildout.sampling.saltelli import LEAST_PAIRS, saltelli

    few = saltelli(1, seed=seed, vary=vary)
    if draws < LEAST_PAIRS * few.size:
        raise InputError(
            f"A Saltelli design has {few.size} draws for each pair of points, `--draws` is "
            f"{draws}.",
            f"At least {LEAST_PAIRS} pairs are accepted.",
            f"Take {LEAST_PAIRS * few.size} draws, or fewer parameters with `--vary`.",
        )
    return saltelli(power_of_two(draws // few.size + 1) // 2, seed=seed, vary=vary)


def _engine(arguments: argparse.Namespace) -> Any:
    from buildout.errors import InputError
    from buildout.vensim import engine

    jobs = common.option_whole("--jobs", arguments.jobs)
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise InputError(f"`--jobs` is {jobs}.", f"A whole number from 1 to {MOST_JOBS}.")
    if arguments.engine == "reference":
        return engine.Reference()
    return engine.Batch(threads=jobs)


def _years(written: str) -> list[float]:
    from buildout._util.reading import read_number

    parts = [part for part in written.split(",") if part.strip()]
    return [read_number(part, what="`--at`") for part in parts]


def _split(written: str | None) -> list[str] | None:
    """Names at the commas that are not between brackets."""
    if written is None:
        return None
    return [part.strip() for part in re.split(r",(?![^\[]*\])", written) if part.strip()]


def _notes(ds: Any) -> None:
    import json

    from buildout.simulation.soundness import told_step

    broken = int((ds["status"] != 0).sum())
    if broken:
        print(
            f"{broken} of {ds['status'].size} runs broke down and are left out of the table; "
            "`status` in results.nc says which.",
            file=sys.stderr,
        )
    for sentence in told_step(ds):
        print(sentence, file=sys.stderr)
    for pathway, names in json.loads(ds.attrs["settled_by_pathway"]).items():
        print(f"`{pathway}` settles what is drawn elsewhere: {', '.join(names)}.", file=sys.stderr)
