"""Models of other authors on this engine, PySD and pysimlin: CPU time of a run, as ratios.

    python tests/benchmarks/others.py FILE.mdl [FILE.mdl ...] [--runs N] [--repeat N]

Each engine is timed in this one process, single-threaded, once it has read the model: PySD and
pysimlin run by run, ours as one batch in which a constant differs from run to run. All keep every
stock at every saved date. That they give the same numbers is asked first, for the stocks.
"""

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from clocks import Cost, cost

from buildout.errors import BuildoutError
from buildout.vensim.engine import Batch, Reference, System, load

#: Kept of a batch: 1.6 GB.
MOST_NUMBERS = 200_000_000


def stocks(system: System) -> list[str]:
    """What is kept."""
    return [scalar for scalar, name in system.owners.items() if _is_stock(system, name)]


def _is_stock(system: System, name: str) -> bool:
    return name in system.variables and system.variables[name].kind == "stock"


def ours(system: System, kept: list[str], runs: int, repeat: int) -> Cost:
    """One run of a batch; a constant moves by a millionth from the first run to the last."""
    name, value = next((n, v) for n, v in system.constants.items() if v)
    engine = Batch(threads=1)
    numbers = engine.run(system, outputs=kept).values.size
    runs = max(8, min(runs, MOST_NUMBERS // numbers))
    moved = {name: value * (1 + np.linspace(0, 1e-6, runs))}
    # What comes back often gets code of its own: after some thousand runs, as in any sweep.
    for _ in range(6):
        engine.run(system, moved, kept)
    return cost(lambda: engine.run(system, moved, kept), repeat).over(runs)


def of_pysd(system: System, kept: list[str], repeat: int) -> Cost:
    """One run of PySD, once the model is translated and loaded."""
    import pysd

    names = sorted({system.variables[system.owners[scalar]].name for scalar in kept})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mdl"
        path.write_text(system.text, encoding="utf-8")
        model = pysd.read_vensim(path)
        return cost(lambda: model.run(return_columns=names), repeat)


def of_simlin(system: System, repeat: int) -> Cost:
    """One run of pysimlin, whose simulation is made once and reset for each run."""
    import simlin

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mdl"
        path.write_text(system.text, encoding="utf-8")
        with simlin.load(path).simulate() as simulation:
            names = {system.variables[n].key for n in system.variables if _is_stock(system, n)}
            asked = [n for n in simulation.get_var_names() if n.split("[")[0] in names]

            def run() -> None:
                simulation.reset()
                simulation.run_to_end()
                for name in asked:
                    simulation.get_series(name)

            return cost(run, repeat)


def apart(system: System, kept: list[str]) -> float:
    """How far the stocks of ours and of PySD lie apart, relative to the largest value of each."""
    first, second = (engine.run(system, outputs=kept).values for engine in (Batch(), Reference()))
    size = np.maximum(np.abs(second).max(axis=(1, 2), keepdims=True), 1e-300)
    return float(np.max(np.abs(first - second) / size))


def row(path: Path, runs: int, repeat: int) -> dict[str, str]:
    """A line of the table."""
    system = load(path)
    kept = stocks(system)
    steps = (system.controls["final_time"] - system.controls["initial_time"]) / system.controls[
        "time_step"
    ]
    costs = {"ours": ours(system, kept, runs, repeat), "PySD": of_pysd(system, kept, repeat)}
    try:
        costs["pysimlin"] = of_simlin(system, repeat)
    except Exception as error:
        print(f"{path.name}: pysimlin cannot run it: {str(error)[:80]}")
    line = {
        "model": path.name,
        "equations": f"{len(system.equations):,}",
        "stocks": f"{len(kept):,}",
        "steps": f"{steps:,.0f}",
        "apart": f"{apart(system, kept):.0e}",
        "ours us": f"{costs['ours'].cpu * 1e6:,.3g}",
    }
    for name in ("PySD", "pysimlin"):
        ratio = costs[name].cpu / costs["ours"].cpu if name in costs else None
        line[f"{name} / ours"] = "-" if ratio is None else f"{float(f'{ratio:.2g}'):,.0f}"
    return line


def main() -> None:
    """Print the table."""
    command = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    command.add_argument("files", nargs="+", type=Path, metavar="FILE.mdl")
    command.add_argument("--runs", type=int, default=4096, help="in a batch (default: 4096)")
    command.add_argument("--repeat", type=int, default=3, help="median of this many (default: 3)")
    asked = command.parse_args()
    warnings.simplefilter("ignore")
    for number, path in enumerate(asked.files):
        try:
            line = row(path, asked.runs, asked.repeat)
        except BuildoutError as error:
            sys.exit(f"{path.name}: {error}")
        if number == 0:
            print("| " + " | ".join(line) + " |")
            print("|---" * len(line) + "|")
        print("| " + " | ".join(line.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
