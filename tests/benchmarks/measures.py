"""What the benchmark measures, one function each; every figure is a median over repetitions."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flat import Flat

from buildout.vensim.engine import Batch, System, forward_jacobian, load

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A model, the parameters that differ between runs, and the outputs that are asked for.

    Attributes
    ----------
    label : str
    system : System
    path : Path
        Its file, for the engines that read it themselves.
    flat : Flat
        The same without subscripts.
    draws : dict of str to array
        Values of scalar ids, long enough for the largest batch.
    outputs : tuple of str
        Scalar ids, kept at every saved date.
    """

    label: str
    system: System
    path: Path
    flat: Flat
    draws: dict[str, np.ndarray]
    outputs: tuple[str, ...]

    def some(self, runs: int) -> dict[str, np.ndarray]:
        """The first draws."""
        return {scalar: values[:runs] for scalar, values in self.draws.items()}


def case(label: str, path: Path, ranges: Mapping[str, tuple], outputs: Sequence[str]) -> Case:
    """A case with ten thousand draws inside the ranges."""
    system = load(path)
    rng = np.random.default_rng(1)
    draws = {scalar: rng.uniform(*ends, 16_384) for scalar, ends in ranges.items()}
    return Case(label, system, path, Flat(system), draws, tuple(outputs))


def seconds(work: Callable[[], object], repeat: int) -> float:
    """Median time of some work, after once without the clock."""
    work()
    taken = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def batch_seconds(what: Case, engine: Batch, runs: int, repeat: int) -> float:
    """Time of one run in a batch."""
    draws = what.some(runs)
    return seconds(lambda: engine.run(what.system, draws, what.outputs), repeat) / runs


def pysd_seconds(what: Case, *, flat: bool, repeat: int, in_part: bool = False) -> float:
    """Time of one run of PySD, once the model is translated and loaded.

    In part, for models on which it takes many minutes: the run is timed over half a year and over
    a year and a half, and the years between give the cost of the rest; cost is linear in steps.
    """
    import pysd

    names = {
        what.system.variables[what.system.owners[s]].name: s for s in (*what.draws, *what.outputs)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mdl"
        path.write_text(what.flat.text if flat else what.system.text, encoding="utf-8")
        model = pysd.read_vensim(path)
        if flat:
            params = {what.flat.name(s): v[0] for s, v in what.draws.items()}
            columns = [what.flat.name(s) for s in what.outputs]
        else:
            params = {name: what.draws[s][0] for name, s in names.items() if s in what.draws}
            columns = [name for name, s in names.items() if s in what.outputs]

        def run(**until: float) -> None:
            model.run(params=params, return_columns=columns, **until)

        if not in_part:
            return seconds(run, repeat)
        start, end = what.system.controls["initial_time"], what.system.controls["final_time"]
        short = seconds(lambda: run(final_time=start + 0.5), repeat)
        longer = seconds(lambda: run(final_time=start + 1.5), repeat)
        return short + (longer - short) * (end - start - 0.5)


def simlin_seconds(what: Case, repeat: int) -> float:
    """Time of one run of pysimlin, whose simulation is made once and reset for each run."""
    import simlin

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mdl"
        path.write_text(what.system.text, encoding="utf-8")
        with simlin.load(path).simulate() as simulation:
            scalars = set(simulation.get_var_names())
            outputs = [name for name in map(_simlin_name, what.outputs) if name in scalars]

            def run() -> None:
                simulation.reset()
                for scalar, values in what.draws.items():
                    simulation.set_value(_simlin_name(scalar), float(values[0]))
                simulation.run_to_end()
                for name in outputs:
                    simulation.get_series(name)

            return seconds(run, repeat)


def _simlin_name(scalar: str) -> str:
    return scalar.replace(" ", "_").lower()


def jacobian_seconds(what: Case, repeat: int) -> tuple[float, float]:
    """Time of one run by itself, and of the derivatives by all parameters."""
    at = {scalar: values[0] for scalar, values in what.draws.items()}
    engine = Batch(threads=1)
    single = seconds(lambda: engine.run(what.system, at, what.outputs), repeat)
    whole = seconds(
        lambda: forward_jacobian(what.system, list(what.draws), what.outputs, at=at, threads=1),
        repeat,
    )
    return single, whole


def fresh(script: str, *, cache: Path | None = None, source: Path | None = None) -> dict:
    """What a script prints as JSON in a Python process of its own, of this source or another."""
    paths = [str(source)] if source else sys.path
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    if cache is not None:
        environment["BUILDOUT_CACHE"] = str(cache)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout.splitlines()[-1])


START = """
import json, time
began = time.perf_counter()
import buildout as bo
bo.simulate(outputs=["defense coverage"])
first = time.perf_counter() - began
began = time.perf_counter()
bo.simulate()
once = time.perf_counter() - began
began = time.perf_counter()
bo.simulate()
print(json.dumps([first, once, time.perf_counter() - began]))
"""


def start_seconds(repeat: int) -> dict[str, float]:
    """Imports to first result in a new process, with an empty and with a warm cache; then more."""
    with tempfile.TemporaryDirectory() as folder:
        cold = fresh(START, cache=Path(folder))
        warm = [fresh(START, cache=Path(folder)) for _ in range(repeat)]
    first, _, again = (statistics.median(column) for column in zip(*warm, strict=True))
    return {"cold": cold[0], "warm": first, "again": again}


REPEATED = """
import json, statistics, time
import buildout as bo
bo.simulate()
taken = []
for _ in range(15):
    began = time.process_time()
    bo.simulate()
    taken.append(time.process_time() - began)
print(json.dumps(statistics.median(taken)))
"""


def repeated_seconds(against: Path | None, rounds: int) -> dict[str, float]:
    """CPU time of three pathways with all outputs, once more: ours, and another checkout's.

    The two take turns, so that whatever else the machine does meets both alike.
    """
    sources = {"ours": HERE.parents[1] / "src"} | ({"theirs": against / "src"} if against else {})
    taken: dict[str, list[float]] = {name: [] for name in sources}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, source in sources.items():
                taken[name].append(fresh(REPEATED, cache=Path(folder, name), source=source))
    return {name: statistics.median(values) for name, values in taken.items()}


SWEEP = """
import json, tempfile, time
from pathlib import Path
import buildout as bo
TEN = {{
    "defense coverage": [bo.At(2027), bo.Crossing(1.0)],
    "defense shortfall total": bo.At(2027),
    "US magnet output total": bo.Final(),
    "self sufficiency of direct market[NdFeB magnets]": bo.At(2027),
    "vulnerability": bo.At(2027),
}}
draws = bo.latin_hypercube({draws}, seed=1)
bo.sweep(bo.latin_hypercube(16, seed=1), outputs=TEN)
with tempfile.TemporaryDirectory() as folder:
    began = time.perf_counter()
    ds = bo.sweep(draws, outputs=TEN, out=Path(folder) / "out", engine=bo.Batch({threads}))
    taken = time.perf_counter() - began
    size = (Path(folder) / "out" / "results.nc").stat().st_size
    sound = float((ds["status"] == 0).mean())
    outcomes = [v for v in ds.data_vars.values() if "draw" in v.dims and "pathway" in v.dims]
    ds.close()
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
print(json.dumps(dict(seconds=taken, bytes=size, peak=peak, sound=sound)))
"""


def sweep_cost(draws: int, threads: int) -> dict[str, float]:
    """Time, memory and room on disk of a reduced sweep of three pathways, in its own process."""
    return fresh(SWEEP.format(draws=draws, threads=threads))
