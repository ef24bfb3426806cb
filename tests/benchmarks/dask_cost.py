"""What a sweep costs on a Dask cluster, and what a billion draws would take.

    python tests/benchmarks/dask_cost.py

Starts a scheduler and workers of one thread on this machine (Linux), runs the same draws here and
there in blocks of several sizes, and prints tables. CPU time is read from the processes, so that
others on the machine disturb little. All that is not computing (assembly, summary, memory) is
measured at more draws, with an engine that computes nothing.
"""

import argparse
import contextlib
import json
import os
import pickle
import resource
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from distributed import Client
from tasks import ten_outcomes

import buildout as bo
from buildout.sweeps import dask_backend, run, store
from buildout.sweeps import request as requests
from buildout.vensim.engine import Trajectories

PATHWAYS = 3
TICK = os.sysconf("SC_CLK_TCK")
BILLION, HUNDRED = 10**9, 100


@dataclass(frozen=True)
class Cost:
    """One sweep: CPU seconds by role, wall seconds, bytes over the wire."""

    tasks: int
    wall: float
    client: float
    workers: float = 0.0
    scheduler: float = 0.0
    wire: int = 0


class Idle:
    """An engine that computes nothing: for the cost of everything else."""

    backend = "idle"

    def run(self, system, parameters, outputs, controls, times) -> Trajectories:
        """Some number for every run."""
        runs = max(np.size(values) for values in parameters.values())
        values = np.broadcast_to(np.linspace(0, 2, runs), (len(outputs), len(times), runs))
        return Trajectories(tuple(outputs), np.asarray(times), values, np.zeros(runs, np.int8))


def cpu_seconds(process: int) -> float:
    """CPU time of a process and all below it that live."""
    own = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    threads = Path(f"/proc/{process}/task").glob("*/children")
    below = [child for thread in threads for child in thread.read_text().split()]
    return (int(own[11]) + int(own[12])) / TICK + sum(cpu_seconds(int(child)) for child in below)


def loopback_bytes() -> int:
    """Bytes that this machine has sent to itself."""
    return int(Path("/proc/net/dev").read_text().partition("lo:")[2].split()[0])


@contextlib.contextmanager
def cluster(workers: int, folder: Path):
    """A scheduler and workers as processes: their numbers, and a client."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    place = f"tcp://127.0.0.1:{port}"
    at = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    of = [place, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with open(folder / "log", "w") as log, contextlib.ExitStack() as ending:
        started = []
        for words in (["scheduler", *at], ["worker", *of]):
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *words],
                    env=environment, stdout=log, stderr=log, cwd=folder,
                )
            )  # fmt: skip
            ending.callback(started[-1].wait)
            ending.callback(started[-1].terminate)
        client = ending.enter_context(Client(place, timeout=60))
        client.wait_for_workers(workers, timeout=60)
        yield client, started[0].pid, started[1].pid


def swept(draws: int, out: Path, **more: object) -> None:
    """The sweep that is measured."""
    design = bo.latin_hypercube(draws, seed=1)
    bo.sweep(design, outputs=ten_outcomes(), out=out, **more).close()


def locally(draws: int, block: int, folder: Path) -> Cost:
    """Here, on one thread."""
    cpu, wall = time.process_time(), time.perf_counter()
    swept(draws, folder / f"here-{block}", block=block, engine=bo.Batch(1))
    return Cost(-(-draws // block), time.perf_counter() - wall, time.process_time() - cpu)


def there(draws: int, block: int, folder: Path, cluster_: tuple) -> Cost:
    """On the cluster."""
    client, scheduler, workers = cluster_
    before = cpu_seconds(scheduler), cpu_seconds(workers), loopback_bytes()
    cpu, wall = time.process_time(), time.perf_counter()
    swept(draws, folder / f"there-{block}", block=block, client=client)
    return Cost(
        -(-draws // block),
        time.perf_counter() - wall,
        time.process_time() - cpu,
        cpu_seconds(workers) - before[1],
        cpu_seconds(scheduler) - before[0],
        loopback_bytes() - before[2],
    )


def sent_once(cluster_: tuple, folder: Path) -> int:
    """Bytes of what all tasks have in common."""
    noted: list[int] = []
    whole = dask_backend.Assignment

    def assigned(*parts: object) -> object:
        made = whole(*parts)
        noted.append(len(pickle.dumps(made)))
        return made

    dask_backend.Assignment = assigned
    try:
        swept(64, folder / "first", client=cluster_[0])
    finally:
        dask_backend.Assignment = whole
    return noted[0]


def rest(draws: int) -> dict[str, float]:
    """All but the computing, on the machine of the client: CPU seconds, bytes, peak memory."""
    from buildout.sweeps.summary import summary

    noted: dict[str, float] = {}
    assemble = run.to_file

    def assembled(request: object, place: store.SweepFolder) -> None:
        noted["blocks"], began = place.chunk_bytes(), time.process_time()
        assemble(request, place)
        noted["assembly"] = time.process_time() - began

    run.to_file = assembled
    # As in a sweep whose draws are too many to be kept.
    requests.DRAWN_BYTES = 0
    few = bo.latin_hypercube(draws, seed=1, vary=["ramp time to nameplate[mining]"])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rest"
        ds = bo.sweep(few, outputs=ten_outcomes(), out=out, engine=Idle())
        noted["results"] = (out / store.RESULTS).stat().st_size
        noted["before"] = peak_bytes()
        began = time.process_time()
        summary(ds)
        noted["summary"] = time.process_time() - began
        noted["after"] = peak_bytes()
        ds.close()
    return noted


def apart(draws: int) -> dict[str, float]:
    """`rest` in a new process, whose memory is its own."""
    script = f"import json, dask_cost; print(json.dumps(dask_cost.rest({draws})))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def peak_bytes() -> int:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def table(rows: list[list[object]]) -> str:
    """Rows in Markdown, the first as heads."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def ms(seconds: float, count: int) -> str:
    """Milliseconds for each of so many."""
    return f"{1000 * seconds / count:.3g}"


def measured(draws: int, here: dict[int, Cost], spread: dict[int, Cost]) -> str:
    """Each sweep as a row."""
    runs = draws * PATHWAYS
    rows: list[list[object]] = [
        ["where", "draws in a block", "tasks", "wall s", "CPU ms of a draw and pathway",
         "scheduler, CPU ms a task", "client, CPU ms a task", "kB a task over the wire"]
    ]  # fmt: skip
    rows += [["here", b, c.tasks, f"{c.wall:.3g}", ms(c.client, runs), "", "", ""]
             for b, c in here.items()]  # fmt: skip
    for block, cost in spread.items():
        rows.append(
            ["Dask", block, cost.tasks, f"{cost.wall:.3g}", ms(cost.workers, runs),
             ms(cost.scheduler, cost.tasks), ms(cost.client, cost.tasks),
             f"{cost.wire / cost.tasks / 1000:.3g}"]
        )  # fmt: skip
    return table(rows)


def billion(draws: int, spread: dict[int, Cost], once: int, others: dict[int, dict]) -> str:
    """A billion draws of three pathways on a hundred workers, from the measured figures."""
    largest, smallest = max(spread), min(spread)
    many, few = spread[smallest], spread[largest]
    more = many.tasks - few.tasks
    each = {
        role: max(getattr(many, role) - getattr(few, role), 0) / more
        for role in ("scheduler", "client", "wire")
    }
    computing = few.workers / draws * BILLION
    tasks = -(-BILLION // largest)
    wall = computing / HUNDRED
    (low, small), (high, large) = sorted(others.items())
    memory = (large["after"] - small["after"]) / (high - low) * BILLION

    def scaled(name: str) -> float:
        return large[name] / high * BILLION

    rows: list[list[object]] = [
        ["a billion draws of three pathways, a hundred workers of one core", "", "from"],
        ["computing", f"{wall / 3600:.3g} h", f"{computing / 3600:,.0f} core hours"],
        ["tasks", f"{tasks:,}", f"{largest:,} draws each: {few.workers / few.tasks:.2g} s"],
        ["tasks ended a second", f"{tasks / wall:.3g}", "of which the next two rows are the cost"],
        ["scheduler busy", f"{each['scheduler'] * tasks / wall:.2%}",
         f"{1000 * each['scheduler']:.2g} ms a task: {1 / max(each['scheduler'], 1e-9):,.0f} a s"],
        ["client busy", f"{each['client'] * tasks / wall:.2%}",
         f"{1000 * each['client']:.2g} ms a task"],
        ["over the wire", f"{(each['wire'] * tasks + once * HUNDRED) / 1e9:.3g} GB",
         f"{each['wire'] / 1000:.2g} kB a task, {once / 1e6:.2g} MB once to each worker"],
        ["blocks on disk", f"{scaled('blocks') / 1e9:,.0f} GB",
         f"{large['blocks'] / high:.0f} bytes a draw"],
        ["results.nc beside them", f"{scaled('results') / 1e9:,.0f} GB",
         f"{large['results'] / high:.0f} bytes a draw"],
        ["assembly, on one machine", f"{scaled('assembly') / 60:.3g} min CPU",
         f"{1e6 * large['assembly'] / high:.2g} us a draw"],
        ["summary, on one machine", f"{scaled('summary') / 60:.3g} min CPU, {memory / 1e9:,.0f} GB",
         f"memory from {low:,} and {high:,} draws"],
    ]  # fmt: skip
    return table(rows)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=8192)
    parser.add_argument("--blocks", default="32,512,4096")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--others", default="1000000,5000000", help="draws without computing")
    asked = parser.parse_args()
    blocks = sorted(int(block) for block in asked.blocks.split(","))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        swept(64, folder / "warm", engine=bo.Batch(1))
        here = {block: locally(asked.draws, block, folder) for block in blocks}
        with cluster(asked.workers, folder) as cluster_:
            once = sent_once(cluster_, folder)
            spread = {block: there(asked.draws, block, folder, cluster_) for block in blocks}
        others = {int(count): apart(int(count)) for count in asked.others.split(",")}
    workers = f"{asked.workers} workers of one thread, {os.cpu_count()} cores"
    print(f"Measured by `dask_cost.py` on {date.today()}: {asked.draws:,} draws, {workers}.\n")
    print(measured(asked.draws, here, spread), end="\n\n")
    print(billion(asked.draws, spread, once, others))


if __name__ == "__main__":
    main()
