"""Jobs of `buildout model` beside a single run: a sweep, sensitivities, units, a diagram."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util.names import quoted
from buildout.cli import common, model_asked
from buildout.cli.model_asked import label
from buildout.errors import visible

if TYPE_CHECKING:
    from buildout.vensim.arrays import Floats
    from buildout.vensim.engine import System, Trajectories

ALL = "all"
QUANTILES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
_DRAWS, _MOST_DRAWS = 1000, 1_000_000
# Constants whose derivatives are computed together: each brings a copy of all stocks.
_TOGETHER = 64
_OK, _FAILED = 0, 1


# -- a sweep -----------------------------------------------------------------------------------


def sweep_constants(arguments: argparse.Namespace) -> int:
    """Draw the constants that `--vary` names, run all draws, show what they lead to."""
    import numpy as np

    from buildout.vensim import engine

    system = engine.load(Path(arguments.file), data=arguments.data)
    parameters, controls = model_asked.settings(system, arguments)
    draws, seed = _draws_and_seed(arguments)
    ranges = _ranges(system, arguments.vary, parameters)
    drawn = _drawn(ranges, draws, seed)
    outputs = arguments.outputs or _stocks(system)
    ran = engine.Batch().run(system, {**parameters, **drawn}, outputs, controls)
    sound = ran.status == _OK
    rows = _bands(system, ran, sound)
    if arguments.out is not None:
        facts = model_asked.facts(arguments, system, "ok" if sound.all() else "some draws unsound")
        facts |= {"set": parameters, "controls": controls, "ranges": ranges}
        contents = {"bands.csv": rows, "draws.csv": _ends(system, drawn, ran)}
        model_asked.save(arguments.out, contents, facts)
    last = [row for row in rows if row["time"] == ran.times[-1]]
    _show(last, as_json=arguments.json, everything=rows)
    wrong = int(np.count_nonzero(~sound))
    if wrong:
        print(
            f"buildout: {wrong:,} of {draws:,} draws are not sound and left out of these numbers; "
            "`--out` saves the status of each.",
            file=sys.stderr,
        )
    return _FAILED if wrong == draws else 0


def _draws_and_seed(arguments: argparse.Namespace) -> tuple[int, int]:
    draws = common.option_whole("--draws", arguments.draws, least=1, most=_MOST_DRAWS)
    seed = 0 if arguments.seed is None else common.option_seed(arguments.seed)
    return _DRAWS if draws is None else draws, seed


def _ranges(
    system: "System", asked: Iterable[str], fixed: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of every scalar to draw."""
    from buildout.errors import InputError

    ranges: dict[str, tuple[float, float]] = {}
    taken = {scalar for name in fixed for scalar in system.scalars(name)}
    for written in asked:
        name, sign, span = written.rpartition("=")
        name = name.strip() if sign else written.strip()
        for scalar in system.scalars(name):
            _need_constant(system, scalar)
            variable = system.variables[system.owners[scalar]]
            if scalar in ranges or scalar in taken:
                raise InputError(
                    f"`{scalar}` is given twice, by `--vary` or `--set`.", cure="Give it once."
                )
            ranges[scalar] = _span(span, written) if sign else _declared(variable, written)
    return ranges


def _need_constant(system: "System", scalar: str) -> None:
    from buildout.errors import InputError

    if scalar not in system.constants:
        raise InputError(
            f"`{scalar}` is no constant of the model.",
            cure="Name a constant: a variable whose equation is a number.",
        )


def _span(span: str, written: str) -> tuple[float, float]:
    from buildout._util.reading import read_number
    from buildout.errors import InputError

    parts = span.split(":")
    low, high = (
        (read_number(part, what=f"a bound of `--vary {written}`") for part in parts)
        if len(parts) == 2
        else (0.0, 0.0)
    )
    if low >= high:
        raise InputError(
            f"Found `--vary {written}`.",
            cure='Accepted: `--vary "name=lowest:highest"`, the lower number first.',
        )
    return low, high


def _declared(variable: Any, written: str) -> tuple[float, float]:
    from buildout.errors import InputError

    low, high = variable.limits
    if low is None or high is None or low >= high:
        raise InputError(
            f"{quoted(variable.name)} has no range of two numbers in the model file.",
            cure=f'Give one: `--vary "{written.strip()}=lowest:highest"`.',
        )
    return low, high


def _drawn(ranges: dict[str, tuple[float, float]], draws: int, seed: int) -> dict[str, "Floats"]:
    """A Latin hypercube over the ranges; a constant's draws do not depend on the others."""
    from buildout.sampling.points import Hypercube

    points = Hypercube(draws, seed, tuple(ranges)).points(0, draws)
    return {
        scalar: low + (high - low) * points[:, column]
        for column, (scalar, (low, high)) in enumerate(ranges.items())
    }


def _bands(system: "System", ran: "Trajectories", sound: "Floats") -> list[dict[str, Any]]:
    """Quantiles of every output over the sound draws, at each saved time."""
    import numpy as np

    some = bool(sound.any())
    rows = []
    for output in ran.outputs:
        unit = system.variables[system.owners[output]].unit
        kept = ran[output][:, sound] if some else np.full((len(ran.times), 1), np.nan)
        levels = np.quantile(kept, list(QUANTILES.values()), axis=1)
        for place, time in enumerate(ran.times.tolist()):
            values = dict(zip(QUANTILES, levels[:, place].tolist(), strict=True))
            rows.append({"output": label(system, output), "unit": unit, "time": time} | values)
    return rows


def _ends(
    system: "System", drawn: dict[str, "Floats"], ran: "Trajectories"
) -> Iterator[dict[str, Any]]:
    """A row for each draw: what was drawn, the outputs at the end, the status."""
    from buildout.vensim.engine import STATUS

    heads = [label(system, name) for name in drawn]
    heads += [f"{label(system, output)} at the end" for output in ran.outputs]
    for draw, status in enumerate(ran.status.tolist()):
        values = [float(column[draw]) for column in drawn.values()]
        values += ran.values[:, -1, draw].tolist()
        yield {"draw": draw} | dict(zip(heads, values, strict=True)) | {"status": STATUS[status]}


# -- sensitivities -----------------------------------------------------------------------------


def show_sensitivities(arguments: argparse.Namespace) -> int:
    """How the outputs at the end move with the constants: exact derivatives, largest first."""
    import numpy as np

    from buildout.vensim import engine

    system = engine.load(Path(arguments.file), data=arguments.data)
    parameters, controls = model_asked.settings(system, arguments)
    chosen = _chosen(system, arguments.sensitivity)
    outputs = arguments.outputs or _stocks(system)
    # Where the derivatives are taken, and when: the last date that a run saves.
    base = engine.Batch(threads=1).run(system, parameters, outputs, controls)
    status = engine.STATUS[int(base.status[0])]
    at = {name: system.constants[name] for name in chosen}
    for name, value in parameters.items():
        at |= {scalar: value for scalar in system.scalars(name) if scalar in at}
    rows: list[dict[str, Any]] = []
    for start in range(0, len(chosen), _TOGETHER):
        some = chosen[start : start + _TOGETHER]
        jacobian = engine.forward_jacobian(
            *(system, some, base.outputs, [float(base.times[-1])]),
            at=parameters,
            controls=controls,
        )
        for place, output in enumerate(jacobian.outputs):
            value = float(jacobian.values[place, 0, 0])
            for column, constant in enumerate(jacobian.parameters):
                slope = float(jacobian.derivatives[place, 0, 0, column])
                elasticity = slope * at[constant] / value if value else np.nan
                rows.append(
                    {
                        "output": label(system, output),
                        "constant": label(system, constant),
                        "output_value": value,
                        "constant_value": at[constant],
                        "per_unit": slope,
                        "percent_per_percent": elasticity,
                    }
                )
    rows.sort(key=lambda row: (-_size(row["percent_per_percent"]), -_size(row["per_unit"])))
    if arguments.out is not None:
        facts = model_asked.facts(arguments, system, status)
        facts |= {"set": parameters, "controls": controls}
        model_asked.save(arguments.out, {"sensitivities.csv": rows}, facts)
    _show([row for row in rows if row["per_unit"]], as_json=arguments.json, everything=rows)
    return model_asked.exit_code(status)


def _chosen(system: "System", asked: Sequence[str]) -> list[str]:
    if ALL in asked:
        return list(system.constants)
    chosen = list(dict.fromkeys(scalar for name in asked for scalar in system.scalars(name)))
    for scalar in chosen:
        _need_constant(system, scalar)
    return chosen


def _size(value: float) -> float:
    return abs(value) if value == value else -1.0


# -- units and a diagram -----------------------------------------------------------------------


def list_mismatches(arguments: argparse.Namespace) -> int:
    """Say where the units of both sides differ; 1 when they do."""
    from dataclasses import asdict

    from buildout.vensim import read_source, units
    from buildout.vensim.engine.frontend.for_units import text_for_units

    text = text_for_units(Path(arguments.file))
    mismatches = units.check(text=text)
    if arguments.json:
        common.print_json([asdict(mismatch) for mismatch in mismatches])
    else:
        for mismatch in mismatches:
            print(visible(str(mismatch), lines=True))
        count = sum(entry.kind != "range" for entry in read_source(text).entries.values())
        parts = "1 part does" if len(mismatches) == 1 else f"{len(mismatches):,} parts do"
        fits = f"The units of all {count:,} equations fit."
        print(f"{parts} not fit, in {count:,} equations." if mismatches else fits)
    return _FAILED if mismatches else 0


def draw_diagram(arguments: argparse.Namespace) -> int:
    """Write a picture of every view; views are made from the equations where the file has none."""
    from buildout.errors import InputError
    from buildout.figures.sector_views import view_pictures
    from buildout.vensim.sketch import draw_views
    from buildout.vensim.source import model_text

    text = model_text(Path(arguments.file))
    pictures = view_pictures(text)
    if not pictures:
        print(
            "Nothing stands on the views of the file: one is made from its equations.",
            file=sys.stderr,
        )
        pictures = view_pictures(draw_views(text))
    if not pictures:
        raise InputError("The model has no variable to draw.", cure="Name a file with equations.")
    facts = model_asked.facts(arguments, None, "ok")
    model_asked.save(arguments.diagram, pictures, facts)
    rows = [{"picture": name, "bytes": len(picture)} for name, picture in pictures.items()]
    common.print_rows(rows, as_json=arguments.json)
    return 0


# -- what came out -----------------------------------------------------------------------------


def _stocks(system: "System") -> list[str]:
    """What is shown when nothing is named: the stocks, or all that moves."""
    for kinds in (("stock",), ("stock", "auxiliary")):
        keys = [key for key, variable in system.variables.items() if variable.kind in kinds]
        if keys:
            return keys
    return list(system.variables)


def _show(
    rows: Sequence[dict[str, Any]], *, as_json: bool, everything: Sequence[dict[str, Any]]
) -> None:
    if as_json:
        common.print_json(list(everything))
        return
    common.print_rows(rows[: model_asked.MOST_ROWS], as_json=False)
    if not rows:
        print("Nothing moves.")
    model_asked.tell_more(len(rows))
