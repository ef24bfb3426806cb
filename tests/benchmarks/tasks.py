"""What runs in a process of its own, with the code of either version: `tasks.py NAME JSON`.

Nothing is imported here but the face of `buildout`, which both versions have. Each task prints what
it measured as JSON.
"""

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np

import buildout as bo


def ten_outcomes() -> dict[str, Any]:
    """Ten numbers of a run, reduced from seven trajectories."""
    return {
        "defense coverage": [bo.At(2027), bo.Crossing(1.0)],
        "defense shortfall total": bo.At(2027),
        "US magnet output total": bo.Final(),
        "self sufficiency of direct market[NdFeB magnets]": bo.At(2027),
        "vulnerability": bo.At(2027),
    }


def sweep(
    equations: str, table: str, pathways: list[str], draws: int, threads: int, out: str
) -> dict[str, float]:
    """Reduce many draws of pathways, written to a folder."""
    model = bo.load_model(equations, table)
    design = bo.latin_hypercube(draws, seed=1, model=model)
    ds = bo.sweep(
        design, pathways, outputs=ten_outcomes(), model=model, engine=bo.Batch(threads), out=out
    )
    sound = float((ds["status"] == 0).mean())
    ds.close()
    return {
        "sound": sound,
        "bytes": (Path(out) / "results.nc").stat().st_size,
        "peak": _peak(),
    }


def _peak() -> int:
    """The most memory that this process had, in bytes."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


class _Asking(bo.Batch):
    """Keeps what a sweep asks of an engine, so that it can be asked again."""

    asked: list[dict[str, Any]] = []  # noqa: RUF012  (of the class: the instances are frozen)

    def run(self, system: Any, *arguments: Any, **asked: Any) -> Any:
        self.asked.append({"system": system, **asked})
        return super().run(system, *arguments, **asked)


class _Texts:
    """The text of each kernel as it is compiled, and the processor that it is compiled for."""

    def __init__(self, processor: str | None):
        self.newest = ""
        self._parse = llvm.parse_assembly
        llvm.parse_assembly = self._kept
        if processor:
            llvm.get_host_cpu_name = lambda: processor
            features = dict.fromkeys(FEATURES.get(processor, ()), True)
            llvm.get_host_cpu_features = lambda: llvm.FeatureMap(features)

    def _kept(self, text: str, *arguments: Any) -> Any:
        # Empty modules are made too, to load compiled code into.
        self.newest = text or self.newest
        return self._parse(text, *arguments)


#: What a processor of that name tells of itself; of older ones nothing is used.
FEATURES = {"x86-64-v3": ("avx2", "bmi2", "fma")}
#: Runs after which the engine has code of its own for what is asked.
_WARM = 16_384


def kernel(
    equations: str,
    table: str,
    pathway: str,
    shapes: dict[str, dict[str, Any]],
    repeat: int,
    processor: str | None,
    keep: str | None,
) -> dict[str, dict[str, Any]]:
    """Time of `Batch.run` on one thread, for the draws that a sweep gives it.

    Each shape has a number of `runs`, the `times` that are saved (None for those of the sweep), and
    whether `all` variables are outputs. Results are kept in the folder `keep`.
    """
    texts = _Texts(processor)
    model = bo.load_model(equations, table)
    most = max(shape["runs"] for shape in shapes.values())
    design = bo.latin_hypercube(most, seed=1, model=model)
    bo.sweep(design, [pathway], outputs=ten_outcomes(), model=model, engine=_Asking(1), block=most)
    asked = _Asking.asked[0]
    return {
        label: _shape_cost(asked, shape, repeat, texts, Path(keep, label) if keep else None)
        for label, shape in shapes.items()
    }


def _shape_cost(
    asked: dict[str, Any], shape: dict[str, Any], repeat: int, texts: _Texts, keep: Path | None
) -> dict[str, Any]:
    runs = shape["runs"]
    parameters = {name: np.asarray(v)[:runs] if np.ndim(v) else v
                  for name, v in asked["parameters"].items()}  # fmt: skip
    request = asked | {"parameters": parameters}
    if shape["all"]:
        request["outputs"] = None
    if shape["times"]:
        request["times"] = shape["times"]
    for _ in range(0, _WARM, runs):
        run = bo.Batch(1).run(**request)
    found = _fingerprint(run, texts.newest, keep)
    taken = []
    for _ in range(repeat):
        began = time.thread_time()
        bo.Batch(1).run(**request)
        taken.append((time.thread_time() - began) / runs)
    return {"seconds": statistics.median(taken), **found}


def _fingerprint(run: Any, text: str, keep: Path | None) -> dict[str, Any]:
    if keep:
        np.save(keep.with_suffix(".npy"), run.values)
        keep.with_suffix(".ll").write_text(text, encoding="utf-8")
    return {
        "outputs": len(run.outputs),
        "saved": len(run.times),
        "values": hashlib.sha256(np.ascontiguousarray(run.values).tobytes()).hexdigest(),
        "status": hashlib.sha256(run.status.tobytes()).hexdigest(),
    }


def start() -> None:
    """The verdict's numbers; what counts is the whole process."""
    bo.simulate(outputs=["defense coverage"])


def again(repeat: int) -> dict[str, float]:
    """Three pathways with all outputs, once more."""
    bo.simulate()
    taken = []
    for _ in range(repeat):
        cpu, wall = time.process_time(), time.perf_counter()
        bo.simulate()
        taken.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = (statistics.median(column) for column in zip(*taken, strict=True))
    return {"cpu": cpu, "wall": wall}


TASKS: dict[str, Callable[..., object]] = {
    "sweep": sweep,
    "kernel": kernel,
    "start": start,
    "again": again,
}


if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
