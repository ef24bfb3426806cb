"""Measures the engines against each other in one run, and writes RESULTS.md beside this file.

    python tests/benchmarks/benchmark.py [--quick] [--runs 1000000] [--print]

`--quick` leaves out PySD on the project's model, which takes a minute a run, and large sweeps.
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

from buildout.design import latin_hypercube  # noqa: E402
from buildout.engine import Batch, load  # noqa: E402
from buildout.files import model_file  # noqa: E402
from buildout.model import load_model  # noqa: E402

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
Rows = list[dict[str, object]]


def main() -> None:
    """Measure, show, and write the table."""
    options = _options()
    model = load_model()
    small, project = small_case(), project_case(model)
    parts = [
        ("Small model: engines", engines(small, pysd=True)),
        ("Project's model: engines", engines(project, pysd=not options.quick)),
        ("Start, and the three pathways with all outputs", starts(options.quick)),
        ("Jacobian", jacobians([small, project])),
        ("Sweeps of three pathways, ten reduced outcomes", sweeps(options)),
    ]
    text = report(parts, [small, project])
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


def engines(what: Case, *, pysd: bool) -> Rows:
    """One run on every engine, in seconds and in runs of PySD on the flat model."""
    taken: dict[str, float | str] = {}
    if pysd:
        taken["PySD, subscripted"] = measures.pysd_seconds(what, flat=False, repeat=1)
        taken["PySD, flat"] = measures.pysd_seconds(what, flat=True, repeat=3)
    taken["pysimlin"] = _if_it_can(lambda: measures.simlin_seconds(what, repeat=50))
    for label, engine in (
        ("NumPy", Batch(1, "numpy")),
        ("LLVM, one thread", Batch(1)),
        ("LLVM, two threads", Batch(2)),
    ):
        taken[label] = measures.batch_seconds(what, engine, BATCH, repeat=5)
    return [_engine_row(label, value, taken) for label, value in taken.items()]


def _engine_row(label: str, value: float | str, taken: dict) -> dict[str, object]:
    if isinstance(value, str):
        return {"engine": label, "ms per run": value} | dict.fromkeys(
            ("runs per second", "x PySD flat", "x PySD subscripted", "x NumPy"), "-"
        )
    others = {name: taken.get(name) for name in ("PySD, flat", "PySD, subscripted", "NumPy")}
    flat, subscripted, numpy = (_figure(v / value) if v else "-" for v in others.values())
    return {
        "engine": label,
        "ms per run": _figure(1e3 * value),
        "runs per second": _figure(1 / value),
        "x PySD flat": flat,
        "x PySD subscripted": subscripted,
        "x NumPy": numpy,
    }


def starts(quick: bool) -> Rows:
    """From a new process to the first numbers, and from there to all of them."""
    taken = measures.start_seconds(1 if quick else 5)
    return [
        {"what": "new process to the verdict's numbers, empty cache", "s": _figure(taken["cold"])},
        {"what": "new process to the verdict's numbers, warm cache", "s": _figure(taken["warm"])},
        {"what": "three pathways, all outputs, once more", "s": _figure(taken["again"])},
    ]


def jacobians(cases: list[Case]) -> Rows:
    """Derivatives by ten parameters against one run alone."""
    rows = []
    for what in cases:
        single, whole = measures.jacobian_seconds(what, repeat=5)
        rows.append(
            {
                "model": what.label,
                "one run, ms": _figure(1e3 * single),
                "ten derivatives, ms": _figure(1e3 * whole),
                "ratio": _figure(whole / single),
            }
        )
    return rows


def sweeps(options: argparse.Namespace) -> Rows:
    """Cost, memory and room on disk against the number of draws."""
    largest = 1000 if options.quick else options.runs
    rows, draws = [], 100
    while draws <= largest:
        found = measures.sweep_cost(draws, os.cpu_count() or 1)
        rows.append(
            {
                "draws": f"{draws:,}",
                "runs": f"{3 * draws:,}",
                "s": _figure(found["seconds"]),
                "ms per run": _figure(1e3 * found["seconds"] / (3 * draws)),
                "peak memory, MB": _figure(found["peak"] / 1e6),
                "results, bytes per draw": _figure(found["bytes"] / draws),
                "sound draws": f"{found['sound']:.1%}",
            }
        )
        print(rows[-1], file=sys.stderr, flush=True)
        draws *= 10
    return rows


def report(parts: list[tuple[str, Rows]], cases: list[Case]) -> str:
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
        "Made by `python tests/benchmarks/benchmark.py`; medians; batches of "
        f"{BATCH:,} runs, all saved dates kept.",
        "",
        f"- Machine: {processor()}, {os.cpu_count()} cores, {platform.system()}; others may have "
        f"used it too (load {os.getloadavg()[0]:.1f} at the end)",
        f"- Software: Python {platform.python_version()}, {versions}",
        f"- Models: {sizes}",
        f"- Date: {date.today()}",
    ]
    for title, rows in parts:
        lines += ["", f"## {title}", "", *_markdown(rows)]
    return "\n".join(lines) + "\n"


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
    parser.add_argument("--print", action="store_true", help="leave RESULTS.md as it is")
    return parser.parse_args()


if __name__ == "__main__":
    main()
