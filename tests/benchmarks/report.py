"""What was measured, as Markdown: the machine and the versions first, then the goals."""

import os
import platform
from datetime import date
from importlib import metadata
from pathlib import Path

from clocks import OURS, Cost
from collecting import FLAT, NUMPY, SIMLIN, SUBSCRIPTED, Results, Taken
from counting import Count
from goals import goals, ratio
from kernels import ALL, TEN, Kernel, KernelFigures, group_ns
from limit import limit_ns
from sweeping import Sweep, SweepFigures

PACKAGES = ("pysd", "pysimlin", "numpy", "llvmlite")
#: What a reader of the tables would ask.
NOTES = (
    "Years of crossings count from 2027.0 on since 0.1, which counted them from the start of a "
    "run; a year beside `never` is infinitely far from it",
    "The limit of the machine counts what the emitted code does at the speed at which this machine "
    "does it with nothing to wait for; what it leaves out stands in `limit.py`",
    "All outputs: runs in one piece of memory that the process had before",
)
Rows = list[dict[str, object]]


def report(results: Results, options: list[str]) -> str:
    """All tables."""
    asked = " ".join(["python tests/benchmarks/benchmark.py", *options])
    lines = ["# Benchmark", "", f"Made by `{asked}` in {results.seconds / 60:.0f} minutes.", ""]
    lines += _paragraphs(results)
    cases = results.small, results.project
    parts = {
        "Goals": [_goal_row(*goal) for goal in goals(results)],
        "Sweeps: three pathways, ten reduced outcomes, whole processes": _sweep_rows(results),
        "What a process costs anyway": _line_rows(results.sweeps),
        "What the versions disagree in": _difference_rows(results.sweeps),
        "Kernel alone: one thread": _kernel_rows(results.kernels),
        "Limit of the machine: a step of eight runs": _limit_rows(results.kernels),
        "Instruction sets: kernel, ten outcomes": _processor_rows(results.kernels),
        **{f"Engines: {case.label}": _engine_rows(results.engines[case.label]) for case in cases},
        "Jacobian": _jacobian_rows(results),
        "Start, and the three pathways with all outputs": _start_rows(results),
    }
    for title, rows in parts.items():
        if rows:
            lines += ["", f"## {title}", "", *_markdown(rows)]
    lines += ["", "## Notes", "", *(f"- {note}." for note in [*NOTES, *results.notes])]
    return "\n".join(lines) + "\n"


def _paragraphs(results: Results) -> list[str]:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    sizes = "; ".join(
        f"{case.label}: {len(case.system.owners):,} scalars, {len(case.system.states)} states, "
        f"{len(case.draws)} parameters, {len(case.outputs)} outputs"
        for case in (results.small, results.project)
    )
    return [
        "Times are those of the processor, all threads of a process together, unless a word says "
        "`by the clock`; medians. The versions take turns. With 0.1 beside ours, the project's "
        "model is that of 0.1 for all of them, with its table and pathways.",
        "",
        f"- Machine: {processor()}, {os.cpu_count()} cores, {platform.system()}; load "
        f"{os.getloadavg()[1]:.1f} over the last five minutes, our own included",
        f"- Software: Python {platform.python_version()}, {versions}",
        f"- Models: {sizes}",
        f"- Dynamic scalars of the project's model, computed at every step: "
        f"{results.kernels.dynamic:,}; of these the ten outcomes need "
        f"{results.kernels.dynamic_needed:,}",
        f"- Date: {date.today()}",
    ]


def _goal_row(label: str, goal: float, value: float | None) -> dict[str, object]:
    """Goals below zero are limits from above."""
    reached = value is not None and (value >= goal if goal > 0 else value <= -goal)
    return {
        "goal": label,
        "wanted": f"{'>=' if goal > 0 else '<='} {figure(abs(goal))}",
        "measured": "not in this run" if value is None else figure(value),
        "reached": "-" if value is None else "yes" if reached else "no",
    }


def _sweep_rows(results: Results) -> Rows:
    simlin = results.engines[results.project.label].get(SIMLIN)
    return [_sweep_row(sweep, simlin) for sweep in results.sweeps.every()]


def _sweep_row(sweep: Sweep, simlin: object) -> dict[str, object]:
    each = sweep.each
    return {
        "version": sweep.label,
        "draws": f"{sweep.draws:,}",
        "threads": sweep.threads,
        "CPU s": figure(sweep.cost.cpu),
        "s by the clock": figure(sweep.cost.wall),
        "CPU ms of a draw under a pathway": figure(1e3 * each.cpu),
        "x pysimlin": figure(simlin.cpu / each.cpu) if isinstance(simlin, Cost) else "-",
        "peak memory, MB": figure(sweep.peak / 1e6),
        "results, bytes per draw": figure(sweep.size / sweep.draws),
        "sound": f"{sweep.sound:.1%}",
    }


def _line_rows(sweeps: SweepFigures) -> Rows:
    return [
        {
            "version": label,
            "CPU s anyway, filled cache": figure(line.fixed),
            "CPU s of 16 draws, empty cache": figure(sweeps.cold[label].cost.cpu),
            "CPU ms of a further draw under a pathway": figure(1e3 * line.each),
        }
        for label, line in sweeps.lines().items()
    ]


def _difference_rows(sweeps: SweepFigures) -> Rows:
    return [
        {
            "outcome": name.replace("_", " "),
            "numbers that are not the same to the bit": f"{apart.unlike:.1%}",
            "largest difference, relative": figure(apart.largest),
        }
        for name, apart in sweeps.differences.items()
    ]


def _kernel_rows(figures: KernelFigures) -> Rows:
    rows = [
        _kernel_row(version, request, kernels[request], figures)
        for request in figures.kernels[OURS]
        for version, kernels in figures.kernels.items()
    ]
    landed, dynamic = figures.landed, figures.landed_dynamic
    return [*rows, _kernel_row("ours, its own model", TEN, landed, figures, dynamic)]


def _kernel_row(
    version: str, request: str, kernel: Kernel, figures: KernelFigures, own_dynamic: int = 0
) -> dict[str, object]:
    step = group_ns(kernel.seconds, figures.steps)
    each = 1e9 * kernel.seconds / figures.steps / (own_dynamic or figures.dynamic)
    of_ten = "-" if request == ALL else figure(step / figures.limit_of_ten(kernel))
    return {
        "version": version,
        "request": request,
        "scalars x dates": f"{kernel.outputs:,} x {kernel.saved}",
        "CPU ms of a run": figure(1e3 * kernel.seconds),
        "ns of a step of eight runs": figure(step),
        "ns of a dynamic scalar and step": figure(each),
        "x its own limit": figure(step / figures.limit(kernel)),
        "x the limit of what the ten need": of_ten,
        "values": "-" if own_dynamic else _alike(figures, request),
    }


def _alike(figures: KernelFigures, request: str) -> str:
    if len(figures.kernels) < 2:
        return "-"
    if len({kernels[request].values for kernels in figures.kernels.values()}) == 1:
        return "the same bytes"
    return f"apart by up to {figures.apart[request]:.2g}"


def _limit_rows(figures: KernelFigures) -> Rows:
    rates = figures.rates
    operations = f"{rates.both:.3g}; multiply-adds alone {rates.fused:.3g}"
    first = {
        "what": "vector instructions in a ns",
        "operations": operations,
        "divides": figure(rates.divides),
        "loads": figure(rates.loads),
        "stores": figure(rates.stores),
        "C library": "-",
        "limit, ns": "-",
        "with multiply-adds alone, ns": "-",
    }
    counts = {
        f"{version}, {request}": kernels[request].count
        for request in (TEN, ALL)
        for version, kernels in figures.kernels.items()
    } | {"what the ten need, as ours emits it": figures.needed}
    return [first, *(_limit_row(label, count, figures) for label, count in counts.items())]


def _limit_row(label: str, count: Count, figures: KernelFigures) -> dict[str, object]:
    return {
        "what": label,
        "operations": f"{count.operations:,.0f}",
        "divides": f"{count.divides:,.0f}",
        "loads": f"{count.loads:,.0f}",
        "stores": f"{count.stores:,.0f}",
        "C library": f"{count.library:,.0f}",
        "limit, ns": figure(limit_ns(count, figures.rates)),
        "with multiply-adds alone, ns": figure(limit_ns(count, figures.rates, alone=True)),
    }


def _processor_rows(figures: KernelFigures) -> Rows:
    own = {version: kernels[TEN] for version, kernels in figures.kernels.items()}
    return [
        {"compiled for": label}
        | {f"{version}, CPU ms of a run": figure(1e3 * k.seconds) for version, k in kernels.items()}
        for label, kernels in ({"this machine's own": own} | figures.processors).items()
    ]


def _engine_rows(taken: Taken) -> Rows:
    return [_engine_row(label, cost, taken) for label, cost in taken.items()]


def _engine_row(label: str, cost: Cost | str, taken: Taken) -> dict[str, object]:
    others = {f"x {name}": ratio(taken, name, label) for name in (FLAT, SUBSCRIPTED, NUMPY)}
    row: dict[str, object] = {"engine": label, "CPU ms of a run": cost, "ms by the clock": "-"}
    if isinstance(cost, Cost):
        row["CPU ms of a run"] = figure(1e3 * cost.cpu)
        row["ms by the clock"] = figure(1e3 * cost.wall)
    return row | {name: "-" if value is None else figure(value) for name, value in others.items()}


def _jacobian_rows(results: Results) -> Rows:
    return [
        {
            "model": label,
            "one run, CPU ms": figure(1e3 * single.cpu),
            "ten derivatives, CPU ms": figure(1e3 * whole.cpu),
            "ratio": figure(whole.cpu / single.cpu),
        }
        for label, (single, whole) in results.jacobian.items()
    ]


def _start_rows(results: Results) -> Rows:
    labels = {
        "cold": "new process to the verdict's numbers, empty cache",
        "warm": "new process to the verdict's numbers, filled cache",
        "again": "three pathways, all outputs, once more",
    }
    return [
        {
            "version": version,
            "what": words,
            "CPU s": figure(getattr(start, name).cpu),
            "s by the clock": figure(getattr(start, name).wall),
        }
        for version, start in results.starts.items()
        for name, words in labels.items()
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


def figure(value: float) -> str:
    """Three figures, and no more zeros than it takes."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
