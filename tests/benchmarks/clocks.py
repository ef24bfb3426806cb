"""Time as the benchmark takes it: of the processor, and by the clock where a word says so.

The time that the processor spends on a process, all its threads together, hardly depends on what
else a shared machine does; time by the clock does.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).parent
Result = TypeVar("Result")
#: Libraries that compute on many threads of their own, whatever is asked of ours.
_ALONE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

#: The label of the version that this file belongs to.
OURS = "ours"
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor, and by the clock."""

    cpu: float
    wall: float

    def over(self, count: float) -> "Cost":
        return Cost(self.cpu / count, self.wall / count)


@dataclass(frozen=True)
class Version:
    """A checkout whose code is measured.

    Attributes
    ----------
    label : str
    source : Path
        Its folder `src`.
    """

    label: str
    source: Path


@dataclass(frozen=True)
class Done:
    """A task that ran in a process of its own.

    Attributes
    ----------
    result : Any
        What it printed as JSON.
    cost : Cost
        From the start of Python to its end.
    """

    result: Any
    cost: Cost


def median(costs: Iterable[Cost]) -> Cost:
    """The median of either time."""
    pairs = [(cost.cpu, cost.wall) for cost in costs]
    return Cost(*(statistics.median(column) for column in zip(*pairs, strict=True)))


def cost(work: Callable[[], object], repeat: int) -> Cost:
    """Median time of some work in this process, after once without the clock."""
    work()
    return median(once(work) for _ in range(repeat))


def once(work: Callable[[], object]) -> Cost:
    """Time of some work in this process."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def fresh(
    task: str,
    asked: Mapping[str, Any],
    version: Version,
    folder: Path,
    environment: Mapping[str, str] = NOTHING,
) -> Done:
    """Run one of `tasks` in a new process, with the code of a version and a cache in a folder."""
    environment = {
        **os.environ,
        **_ALONE,
        **environment,
        "PYTHONPATH": str(version.source),
        "BUILDOUT_CACHE": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    # -P: modules beside the script are ours and must not stand in for those of a library.
    command = [sys.executable, "-P", str(HERE / "tasks.py"), task, json.dumps(asked)]
    with tempfile.TemporaryFile() as printed:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=printed)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"Task `{task}` of {version.label} ended with an error.")
        printed.seek(0)
        result = json.loads(printed.read().splitlines()[-1])
    return Done(result, Cost(usage.ru_utime + usage.ru_stime, wall))


def told(label: str, work: Callable[[], Result]) -> Result:
    """Do some work, and say on the way how long it took."""
    began = time.perf_counter()
    done = work()
    print(f"{label}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return done


def in_turns(versions: Iterable[Version], rounds: int, work: Callable[[Version], Done]) -> dict:
    """The same work of every version, in turns, so that the machine's mood meets all alike."""
    done: dict[str, list[Done]] = {version.label: [] for version in versions}
    for _ in range(rounds):
        for version in versions:
            done[version.label].append(work(version))
    return done
