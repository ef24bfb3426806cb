"""Measures the engines against each other in one run, and writes RESULTS.md beside this file.

    python tests/benchmarks/benchmark.py [--quick] [--runs 1000000] [--against PATH] [--print]

`--quick` leaves out PySD on the project's model, which takes minutes a run, and large sweeps.
`--against PATH` names a checkout of another version, whose repeated runs are measured in turn.
Speed depends on the machine and on what else it does; ratios within one run depend less.
"""

import argparse
import os
import platform
import sys
from datetime import date
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "src")]

import measures  # noqa: E402  (the path to it is set above)
from measures import Case  # noqa: E402

from buildout.inputs.model import load_model  # noqa: E402
from buildout.inputs.places import model_file  # noqa: E402
from buildout.sampling.design import latin_hypercube  # noqa: E402
from buildout.vensim.engine import Batch, load  # noqa: E402

BATCH = 4096  # Runs in a batch, enough to fill the vectors of any processor many times.
PACKAGES = ("pysd", "pysimlin", "numpy", "llvmlite")
OUTCOMES = (
    "defense coverage",
    "defense shortfall",
    "US magnet output total",
    "vulnerability",
    "defense shortfall total",
    "cumulative US magnet output",
)
SUBSCRIPTED, FLAT = "PySD, subscripted", "PySD, flat"
NUMPY, LLVM, LLVM_2 = "NumPy", "LLVM, one thread", "LLVM, two threads"
Rows = list[dict[str, object]]


def main() -> None:
    """Measure, show, and write the table."""
    options = _options()
    small, project = small_case(), project_case(load_model())
    found = {
        "small": engines(small, pysd=True),
        "project": engines(project, pysd=not options.quick, in_part=True),
        "start": measures.start_seconds(1 if options.quick else 5),
        "repeated": measures.repeated_seconds(options.against, 1 if options.quick else 5),
        "jacobian": {what.label: measures.jacobian_seconds(what, 5) for what in (small, project)},
        "sweeps": sweeps(options),
    }
    # Where the other checkout lies on this machine is nobody's business.
    asked = ["PATH" if word == str(options.against) else word for word in sys.argv[1:]]
    text = report(found, [small, project], asked)
    print(text)
    if not options.print:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")


def small_case() -> Case:
    """The model on which the route to this engine was tried out."""
    system = load(HERE / "small.mdl")
    constants = [s for s, value in system.constants.items() if value > 0 and "[" not in s][:10]
    ranges = {s: (0.9 * system.constants[s], 1.1 * system.constants[s]) for s in constants}
    outputs = [v.key for v in system.variables.values() if v.kind == "auxiliary" and not v.dims]
    return measures.case("small model", HERE / "small.mdl", ranges, outputs[:8])


def project_case(model) -> Case:
    """The model of this project, with ten of its uncertainties."""
    names = [
        row.name
        for row in model.parameters.values()
        if row.kind == "uncertainty" and row.low < row.high and not model.variable(row.name).dims
    ]
    chosen = latin_hypercube(1, seed=1, vary=list(dict.fromkeys(names))[:10], model=model)
    ranges = {
        model.scalars(name)[0]: ends
        for name, ends in zip(chosen.names, zip(*chosen.ends(), strict=True), strict=True)
    }
    outputs = [scalar for name in OUTCOMES for scalar in model.scalars(name)]
    return measures.case("project's model", model_file(), ranges, outputs)


def engines(what: Case, *, pysd: bool, in_part: bool = False) -> dict[str, float | str]:
    """Seconds for one run on every engine, or why there is no figure."""
    taken: dict[str, float | str] = {}
    if pysd:
        taken[SUBSCRIPTED] = measures.pysd_seconds(what, flat=False, repeat=1, in_part=in_part)
        taken[FLAT] = measures.pysd_seconds(what, flat=True, repeat=1 if in_part else 3)
    taken["pysimlin"] = _if_it_can(lambda: measures.simlin_seconds(what, repeat=50))
    for label, engine in (
        (NUMPY, Batch(1, "numpy")),
        (LLVM, Batch(1)),
        (LLVM_2, Batch(2)),
    ):
        taken[label] = measures.batch_seconds(what, engine, BATCH, repeat=5)
    return taken


def sweeps(options: argparse.Namespace) -> dict[int, dict[str, float]]:
    """Cost, memory and room on disk by the number of draws."""
    found, draws = {}, 100
    while draws <= (1000 if options.quick else options.runs):
        found[draws] = measures.sweep_cost(draws, os.cpu_count() or 1)
        print(f"{draws:,} draws took {found[draws]['seconds']:.1f} s", file=sys.stderr, flush=True)
        draws *= 10
    return found


def report(found: dict, cases: list[Case], options: list[str]) -> str:
    """Everything as Markdown, the machine and the versions first."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    sizes = "; ".join(
        f"{what.label}: {len(what.system.owners):,} scalars, {len(what.system.states)} states, "
        f"{len(what.draws)} parameters, {len(what.outputs)} outputs"
        for what in cases
    )
    lines = [
        "# Benchmark",
        "",
        f"Made by `{' '.join(['python tests/benchmarks/benchmark.py', *options])}`; medians; "
        f"batches of {BATCH:,} runs with all saved dates kept; PySD on the project's model with "
        "subscripts timed over two stretches of a run and carried on to its end.",
        "",
        f"- Machine: {processor()}, {os.cpu_count()} cores, {platform.system()}; load "
        f"{os.getloadavg()[1]:.1f} over the last five minutes, our own included",
        f"- Software: Python {platform.python_version()}, {versions}",
        f"- Models: {sizes}",
        f"- Date: {date.today()}",
    ]
    parts = {
        "Goals": goals(found),
        "Small model: engines": [
            _engine_row(*item, found["small"]) for item in found["small"].items()
        ],
        "Project's model: engines": [
            _engine_row(*item, found["project"]) for item in found["project"].items()
        ],
        "Start, and the three pathways with all outputs": start_rows(found),
        "Jacobian": jacobian_rows(found["jacobian"]),
        "Sweeps of three pathways, ten reduced outcomes": sweep_rows(found["sweeps"]),
    }
    for title, rows in parts.items():
        lines += ["", f"## {title}", "", *_markdown(rows)]
    return "\n".join(lines) + "\n"


def goals(found: dict) -> Rows:
    """The goals set for the engine, and what was measured."""
    small, project, start = found["small"], found["project"], found["start"]
    draws = sorted(found["sweeps"])
    largest, before = (found["sweeps"][n]["seconds"] / n for n in (draws[-1], draws[-2]))
    jacobian = max(whole / single for single, whole in found["jacobian"].values())
    peak = found["sweeps"][draws[-1]]["peak"] / 1e6
    rows = [
        ("LLVM, one thread, x PySD flat, small model", 10_000, _ratio(small, FLAT, LLVM)),
        ("LLVM, one thread, x PySD flat, project's model", 10_000, _ratio(project, FLAT, LLVM)),
        ("LLVM, one thread, x PySD subscripted, project's model", 100_000,
         _ratio(project, SUBSCRIPTED, LLVM)),
        ("NumPy, x PySD flat, small model", 900, _ratio(small, FLAT, NUMPY)),
        ("NumPy, x PySD flat, project's model", 900, _ratio(project, FLAT, NUMPY)),
        ("two threads, x one, project's model", 1.8, _ratio(project, LLVM, LLVM_2)),
        ("new process to the verdict's numbers, warm cache, s", -1.5, start["warm"]),
        ("three pathways, all outputs, once more, s", -0.1, start["again"]),
        ("the same in CPU time, x the version it is compared with", -0.5, _against(found)),
        ("Jacobian by ten parameters, single runs", -5, jacobian),
        (f"peak memory of {draws[-1]:,} draws x three pathways, MB", -1000, peak),
        (f"cost of a draw at {draws[-1]:,}, x that at {draws[-2]:,}", -1.1, largest / before),
    ]  # fmt: skip
    return [_goal_row(*row) for row in rows]


def _goal_row(what: str, goal: float, value: float | None) -> dict[str, object]:
    """Goals below zero are upper limits."""
    reached = value is not None and (value >= goal if goal > 0 else value <= -goal)
    return {
        "goal": what,
        "wanted": f"{'>=' if goal > 0 else '<='} {_figure(abs(goal))}",
        "measured": "not in this run" if value is None else _figure(value),
        "reached": "-" if value is None else "yes" if reached else "no",
    }


def _ratio(taken: dict, slow: str, fast: str) -> float | None:
    return taken[slow] / taken[fast] if slow in taken else None


def _engine_row(label: str, value: float | str, taken: dict) -> dict[str, object]:
    if isinstance(value, str):
        return {"engine": label, "ms per run": value} | dict.fromkeys(
            ("runs per second", "x PySD flat", "x PySD subscripted", "x NumPy"), "-"
        )
    others = {name: taken.get(name) for name in (FLAT, SUBSCRIPTED, NUMPY)}
    flat, subscripted, numpy = (_figure(v / value) if v else "-" for v in others.values())
    return {
        "engine": label,
        "ms per run": _figure(1e3 * value),
        "runs per second": _figure(1 / value),
        "x PySD flat": flat,
        "x PySD subscripted": subscripted,
        "x NumPy": numpy,
    }


def _against(found: dict) -> float | None:
    repeated = found["repeated"]
    return repeated["ours"] / repeated["theirs"] if "theirs" in repeated else None


def start_rows(found: dict) -> Rows:
    """From a new process to the first numbers, and from there to all of them."""
    taken, repeated = found["start"], found["repeated"]
    labels = {"ours": "", "theirs": ", the version it is compared with"}
    return [
        {"what": "new process to the verdict's numbers, empty cache", "s": _figure(taken["cold"])},
        {"what": "new process to the verdict's numbers, warm cache", "s": _figure(taken["warm"])},
        {"what": "three pathways, all outputs, once more", "s": _figure(taken["again"])},
        *(
            {"what": f"the same in CPU time{labels[name]}", "s": _figure(value)}
            for name, value in repeated.items()
        ),
    ]


def jacobian_rows(found: dict[str, tuple[float, float]]) -> Rows:
    """Derivatives by ten parameters against one run alone."""
    return [
        {
            "model": label,
            "one run, ms": _figure(1e3 * single),
            "ten derivatives, ms": _figure(1e3 * whole),
            "ratio": _figure(whole / single),
        }
        for label, (single, whole) in found.items()
    ]


def sweep_rows(found: dict[int, dict[str, float]]) -> Rows:
    """Time, memory and room on disk; the draws themselves are stored while they are few."""
    return [
        {
            "draws": f"{draws:,}",
            "runs": f"{3 * draws:,}",
            "s": _figure(one["seconds"]),
            "ms per run": _figure(1e3 * one["seconds"] / (3 * draws)),
            "peak memory, MB": _figure(one["peak"] / 1e6),
            "results, bytes per draw": _figure(one["bytes"] / draws),
            "sound": f"{one['sound']:.1%}",
        }
        for draws, one in found.items()
    ]


def processor() -> str:
    """What the processor calls itself."""
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _markdown(rows: Rows) -> list[str]:
    heads = list(rows[0])
    return [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
        *("| " + " | ".join(str(row[head]) for head in heads) + " |" for row in rows),
    ]


def _figure(value: float) -> str:
    """Three figures, which is what such measurements are worth."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _if_it_can(measure) -> float | str:
    """A measurement, or the reason why there is none: wheels and models differ."""
    try:
        return measure()
    except ImportError:
        return "not installed"
    except Exception as error:
        return f"cannot run it ({type(error).__name__})"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a minute instead of an hour")
    parser.add_argument("--runs", type=int, default=1_000_000, help="draws of the largest sweep")
    parser.add_argument("--against", type=Path, help="a checkout of another version")
    parser.add_argument("--print", action="store_true", help="leave RESULTS.md as it is")
    return parser.parse_args()


if __name__ == "__main__":
    main()
