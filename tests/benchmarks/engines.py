"""One run of a model on every engine, and its derivatives."""

import tempfile
from pathlib import Path

from cases import Case
from clocks import Cost, cost

from buildout.vensim.engine import Batch, forward_jacobian


def batch_cost(what: Case, engine: Batch, runs: int, repeat: int) -> Cost:
    """One run in a batch, with all saved dates kept."""
    draws = what.some(runs)
    return cost(lambda: engine.run(what.system, draws, what.outputs), repeat).over(runs)


def pysd_cost(what: Case, *, flat: bool, repeat: int, in_part: bool = False) -> Cost:
    """One run of PySD, once the model is translated and loaded.

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
            params = {what.flat.name(s): v for s, v in what.first().items()}
            columns = [what.flat.name(s) for s in what.outputs]
        else:
            params = {name: what.draws[s][0] for name, s in names.items() if s in what.draws}
            columns = [name for name, s in names.items() if s in what.outputs]

        def run(**until: float) -> None:
            model.run(params=params, return_columns=columns, **until)

        if not in_part:
            return cost(run, repeat)
        start, end = what.system.controls["initial_time"], what.system.controls["final_time"]
        short = cost(lambda: run(final_time=start + 0.5), repeat)
        longer = cost(lambda: run(final_time=start + 1.5), repeat)
        years = end - start - 0.5
        return Cost(
            short.cpu + (longer.cpu - short.cpu) * years,
            short.wall + (longer.wall - short.wall) * years,
        )


def simlin_cost(what: Case, repeat: int) -> Cost:
    """One run of pysimlin, whose simulation is made once and reset for each run."""
    import simlin

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mdl"
        path.write_text(what.system.text, encoding="utf-8")
        with simlin.load(path).simulate() as simulation:
            scalars = set(simulation.get_var_names())
            outputs = [name for name in map(_simlin_name, what.outputs) if name in scalars]

            def run() -> None:
                simulation.reset()
                for scalar, value in what.first().items():
                    simulation.set_value(_simlin_name(scalar), value)
                simulation.run_to_end()
                for name in outputs:
                    simulation.get_series(name)

            return cost(run, repeat)


def _simlin_name(scalar: str) -> str:
    return scalar.replace(" ", "_").lower()


def jacobian_cost(what: Case, repeat: int) -> tuple[Cost, Cost]:
    """One run by itself, and the derivatives by all parameters."""
    at = what.first()
    engine = Batch(threads=1)
    single = cost(lambda: engine.run(what.system, at, what.outputs), repeat)
    whole = cost(
        lambda: forward_jacobian(what.system, list(what.draws), what.outputs, at=at, threads=1),
        repeat,
    )
    return single, whole
