"""What was measured, as Markdown: the machine and the versions first, then the goals."""

import os
import platform
from datetime import date
from importlib import metadata
from pathlib import Path

from clocks import Cost
from collecting import FLAT, NUMPY, SIMLIN, SUBSCRIPTED, Results
from counting import Count
from goals import OURS, goals, ratio
from kernels import ALL, TEN, Kernel, group_ns
from limit import limit_ns
from sweeping import Sweep

PACKAGES = ("pysd", "pysimlin", "numpy", "llvmlite")
Rows = list[dict[str, object]]


def report(results: Results, options: list[str]) -> str:
    """All tables."""
    asked = " ".join(["python tests/benchmarks/benchmark.py", *options])
    lines = ["# Benchmark", "", f"Made by `{asked}` in {results.seconds / 60:.0f} minutes.", ""]
    lines += _paragraphs(results)
    parts = {
        "Goals": [_goal_row(*goal) for goal in goals(results)],
        "Sweeps: three pathways, ten reduced outcomes, whole processes": _sweep_rows(results),
        "What a process costs anyway": _line_rows(results),
        "What the versions disagree in": _difference_rows(results),
        "Kernel alone: one thread": _kernel_rows(results),
        "Limit of the machine": _limit_rows(results),
        "Instruction sets: kernel, ten outcomes": _processor_rows(results),
        **{
            f"Engines: {case.label}": _engine_rows(results.engines[case.label])
            for case in results.cases
        },
        "Jacobian": _jacobian_rows(results),
        "Start, and the three pathways with all outputs": _start_rows(results),
    }
    for title, rows in parts.items():
        if rows:
            lines += ["", f"## {title}", "", *_markdown(rows)]
    if results.notes:
        lines += ["", *(f"- {note}." for note in results.notes)]
    return "\n".join(lines) + "\n"


def _paragraphs(results: Results) -> list[str]:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    sizes = "; ".join(
        f"{case.label}: {len(case.system.owners):,} scalars, {len(case.system.states)} states, "
        f"{len(case.draws)} parameters, {len(case.outputs)} outputs"
        for case in results.cases
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
        f"{results.dynamic[0]:,}; of these the ten outcomes need {results.dynamic[1]:,}",
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
    simlin = results.engines[results.cases[1].label].get(SIMLIN)
    sizes = [*results.sweeps, *filter(None, [results.long, results.million])]
    return [
        _sweep_row(label, sweep, simlin)
        for by_version in sizes
        for label, sweep in by_version.items()
    ]


def _sweep_row(label: str, sweep: Sweep, simlin: object) -> dict[str, object]:
    each = sweep.each
    return {
        "version": label,
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


def _line_rows(results: Results) -> Rows:
    return [
        {
            "version": label,
            "CPU s anyway, filled cache": figure(line.fixed),
            "CPU s of 16 draws, empty cache": figure(results.cold[label].cost.cpu),
            "CPU ms of a further draw under a pathway": figure(1e3 * line.each),
        }
        for label, line in results.lines.items()
    ]


def _difference_rows(results: Results) -> Rows:
    return [
        {
            "outcome": name.replace("_", " "),
            "numbers that are not the same to the bit": f"{apart.unlike:.1%}",
            "largest difference, relative": figure(apart.largest),
        }
        for name, apart in results.differences.items()
    ]


def _kernel_rows(results: Results) -> Rows:
    rows = [
        _kernel_row(version, request, kernel, results, results.dynamic[0])
        for request in results.kernels[OURS]
        for version, kernel in ((v, kernels[request]) for v, kernels in results.kernels.items())
    ]
    landed = _kernel_row(
        "ours, model that comes with it", TEN, results.landed, results, results.landed_dynamic
    )
    return [*rows, {**landed, "x the limit of what the ten need": "-", "values": "-"}]


def _kernel_row(
    version: str, request: str, kernel: Kernel, results: Results, dynamic: int
) -> dict[str, object]:
    step = group_ns(kernel.seconds, results.steps)
    needed = step / limit_ns(results.needed, results.rates)
    apart = results.apart[request]
    return {
        "version": version,
        "request": request,
        "scalars x dates": f"{kernel.outputs:,} x {kernel.saved}",
        "CPU ms of a run": figure(1e3 * kernel.seconds),
        "ns of a step of eight runs": figure(step),
        "ns of a dynamic scalar and step": figure(1e9 * kernel.seconds / results.steps / dynamic),
        "x its own limit": figure(step / limit_ns(kernel.count, results.rates)),
        "x the limit of what the ten need": "-" if request == ALL else figure(needed),
        "values": _alike(results, request, apart),
    }


def _alike(results: Results, request: str, apart: float) -> str:
    prints = {kernels[request].values for kernels in results.kernels.values()}
    if len(results.kernels) < 2:
        return "-"
    return "the same bytes" if len(prints) == 1 else f"apart by up to {apart:.2g}"


def _limit_rows(results: Results) -> Rows:
    counts = {f"{v}, {TEN}": kernels[TEN].count for v, kernels in results.kernels.items()}
    counts |= {f"{v}, {ALL}": kernels[ALL].count for v, kernels in results.kernels.items()}
    counts["what the ten need, as ours emits it"] = results.needed
    rates = results.rates
    first = {
        "a step of eight runs": "vector instructions in a ns",
        "operations": f"{rates.both:.3g} in turn with sums, {rates.fused:.3g} multiply-adds alone",
        "divides": figure(rates.divides),
        "loads": figure(rates.loads),
        "stores": figure(rates.stores),
        "C library": "-",
        "limit, ns": "-",
        "at the rate of multiply-adds alone, ns": "-",
    }
    return [first, *(_limit_row(label, count, results) for label, count in counts.items())]


def _limit_row(label: str, count: Count, results: Results) -> dict[str, object]:
    return {
        "a step of eight runs": label,
        "operations": f"{count.operations:,.0f}",
        "divides": f"{count.divides:,.0f}",
        "loads": f"{count.loads:,.0f}",
        "stores": f"{count.stores:,.0f}",
        "C library": f"{count.library:,.0f}",
        "limit, ns": figure(limit_ns(count, results.rates)),
        "at the rate of multiply-adds alone, ns": figure(
            limit_ns(count, results.rates, alone=True)
        ),
    }


def _processor_rows(results: Results) -> Rows:
    ours = {"this machine's own": {v: kernels[TEN] for v, kernels in results.kernels.items()}}
    return [
        {"compiled for": label}
        | {f"{version}, CPU ms of a run": figure(1e3 * k.seconds) for version, k in kernels.items()}
        for label, kernels in (ours | results.processors).items()
    ]


def _engine_rows(taken: dict[str, Cost | str]) -> Rows:
    return [_engine_row(label, cost, taken) for label, cost in taken.items()]


def _engine_row(label: str, cost: Cost | str, taken: dict) -> dict[str, object]:
    others = {f"x {name}": ratio(taken, name, label) for name in (FLAT, SUBSCRIPTED, NUMPY)}
    row = {"engine": label, "CPU ms of a run": cost, "ms by the clock": "-"}
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
