"""What becomes of one model: loaded, run by both backends, compared with what others compute."""

import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sdeverywhere
import shipped
from apart import text_apart
from comparing import CONTROLS, OF_ENGINES, OF_SHIPPED, Compared, differing

from buildout._util import names
from buildout.errors import BuildoutError
from buildout.vensim import engine
from buildout.vensim.blocks import text_blocks

# Imported once, before processes part.
from buildout.vensim.engine.backends import pysd_reference
from buildout.vensim.engine.frontend import lower, outside
from buildout.vensim.engine.ir.system import System
from buildout.vensim.source import split_sketch

__all__ = ["CLASSES", "PASSES", "judge", "lower", "pysd_reference"]

#: Classes of the table, in its order; a pass says with what.
CLASSES = (
    "equal to shipped",
    "equal to PySD",
    "equal to simlin",
    "equal to SDEverywhere",
    "not comparable",
    "empty",
    "refused clearly",
    "refused unclearly",
    "out of time or memory",
    "traceback",
    "wrong value",
)
PASSES = CLASSES[:4]

#: Values that NumPy and PySD compute in a minute or less.
_NUMPY, _PYSD = 2e6, 3e5
#: Scalars of a model that PySD is not asked about first.
_LARGE = 5000


class _WrongError(Exception):
    """The two backends differ."""


def judge(
    path: Path, report: Callable[[dict[str, Any]], None], packages: Path | None = None
) -> None:
    """Report the row of a model: anew whenever more is known, so that the last one counts.

    SDEverywhere, if it lies in `packages`, is asked where neither simlin nor PySD has an answer,
    and about large models first.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _judge(path, report, packages)
    except BuildoutError as error:
        if drawn_only(path.read_text(encoding="utf-8-sig", errors="replace")):
            report({"class": "empty", "note": f"a drawing without equations: {error}"})
            return
        clear = names_its_place(error, path.read_text(encoding="utf-8", errors="replace"))
        report({"class": f"refused {'clearly' if clear else 'unclearly'}", "note": str(error)})
    except _WrongError as error:
        report({"class": "wrong value", "note": str(error)})
    except MemoryError:
        report({"class": "out of time or memory", "note": "memory"})
    except Exception as error:
        report({"class": "traceback", "note": f"{type(error).__name__}: {error}"})


def drawn_only(text: str) -> bool:
    """Whether all that a model computes is `A FUNCTION OF`, as Vensim keeps a mere drawing."""
    rights = [
        block.equation.partition("=")[2].strip()
        for block in text_blocks(split_sketch(text)[0])
        if block.kind == "entry" and block.name not in CONTROLS
    ]
    sketched = [right.upper().startswith("A FUNCTION OF") for right in rights]
    return any(sketched) and all(
        drawn or re.fullmatch(r"[-+\d.eE]*", right)
        for drawn, right in zip(sketched, rights, strict=True)
    )


def names_its_place(error: BuildoutError, text: str) -> bool:
    """Whether a refusal says which line, or a name that stands in the model."""
    said = str(error)
    known = f"_{names.key(text)}_"
    quoted = [names.split(name)[0] for name in re.findall(r"`([^`]+)`", said)]
    # A whole equation quoted for want of its name is no name.
    short = [names.key(name) for name in quoted if len(name) <= 80]
    return bool(re.match(r"Line \d+: ", said)) or any(f"_{k}_" in known for k in short if k)


def _judge(path: Path, report: Callable[[dict[str, Any]], None], packages: Path | None) -> None:
    if not path.read_bytes().strip():
        report({"class": "empty", "note": "no text"})
        return
    report({"class": "out of time or memory", "note": "while loading"})
    system, plain_path, stand_in = loaded(path)
    report({"class": "out of time or memory", "note": "while running"})
    if not system.owners:
        report({"class": "empty", "note": "no variables"})
        return
    run = engine.Batch(threads=1).run(system)
    if run.status[0] == 3:
        # Told by its status, as the contract has it: values are NaN.
        report({"class": "refused clearly", "note": "status `delay_order`"})
        return
    report({"class": "not comparable", "note": "ran"})
    _beside_numpy(run, system)
    if not stand_in and (beside := shipped.beside(path)):
        found = differing(run, beside[1], OF_SHIPPED, system)
        if found:
            note = found.fault or f"{found} of {beside[0].name}"
            if found.fault and _pysd_agrees(run, system):
                note += "; PySD gives what we give"
            kind = "wrong value" if found.fault else "equal to shipped"
            report({"class": kind, "note": note})
            return

    said = [stand_in] if stand_in else []

    def noted(row: dict[str, Any]) -> None:
        report(row | {"note": "; ".join([*said, row["note"]])})

    # PySD would be at the largest for hours.
    large = packages is not None and len(system.owners) > _LARGE
    if large and _sdeverywhere(packages, system, run, noted):
        return
    kind, note = _beside_engines(plain_path, system, run, noted)
    if packages is not None and not large and kind == "not comparable":
        said.append(note)
        _sdeverywhere(packages, system, run, noted)


_RANDOM = re.compile(
    r"RANDOM[ _]+(UNIFORM|NORMAL|0 1|EXPONENTIAL|POISSON)\s*\(([^()]*)\)", re.IGNORECASE
)
#: What stands for a random number when engines are compared that draw each their own: the middle of
#: the distribution, moved a little with the time.
_MIDDLE = {"UNIFORM": "(({0}) + ({1})) / 2", "NORMAL": "({2})", "0 1": "0.5"}
_MIDDLE |= {"EXPONENTIAL": "(({2}) + ({3}))", "POISSON": "({2})"}


def loaded(path: Path) -> tuple[System, Path, str]:
    """The model as other engines can have it too; its path; and what was put in for that."""
    put_in: list[str] = []
    data: Path | None = None
    folder = Path(tempfile.mkdtemp(prefix="conformance-"))
    # Its own text first, so that what is refused is what a user sees.
    try:
        system = engine.load(path)
    except BuildoutError as error:
        if "has no equation" not in str(error) and "external data" not in str(error):
            raise
        data = _table_of_data(path, folder)
        put_in.append("data variables as a ramp")
        system = engine.load(path, data=data)
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    fixed = _RANDOM.sub(_middle, text)
    if fixed != text and "noise_seed" in system.owners:
        _beside_numpy(engine.Batch(threads=1).run(system), system)
        put_in.append("random numbers as their mean, moving with the time")
        for other_file in path.parent.iterdir():
            if other_file.is_file() and other_file.suffix.lower() != ".mdl":
                shutil.copy(other_file, folder)
        path = folder / path.name
        path.write_text(fixed, encoding="utf-8")
        system = engine.load(path, data=data)
    return system, path, "; ".join(put_in)


def _middle(call: re.Match[str]) -> str:
    arguments = [part.strip() for part in call[2].split(",")]
    middle = _MIDDLE[call[1].upper()].format(*arguments, *["0"] * 4)
    return f"(({middle}) * (1 + 0.01 * SIN(Time * 7)))"


def _table_of_data(path: Path, folder: Path) -> Path:
    """A ramp for each data variable that has no numbers: something to compare engines on."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    bare = outside.bare_names(text)
    lines = [",".join(["Time", *('"' + name.replace('"', "") + '"' for name in bare)])]
    for time, value in ((-1e4, 1.0), (1e4, 2.0)):
        lines.append(",".join([repr(time), *[repr(value)] * len(bare)]))
    table = folder / "data.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


def _beside_numpy(run: engine.Trajectories, system: System) -> None:
    controls = _shortened(system, _NUMPY)[0]
    plain = _as_series(engine.Batch(backend="numpy").run(system, controls=controls))
    found = differing(_as_long(run, system, controls), plain, OF_ENGINES, system, controls)
    if found.fault:
        raise _WrongError(f"LLVM and NumPy: {found}")


def _beside_engines(
    path: Path,
    system: System,
    run: engine.Trajectories,
    report: Callable[[dict[str, Any]], None],
) -> tuple[str, str]:
    """Compare with simlin, which is quick, then with PySD, which is the measure: class and note."""
    notes, quick = [], False
    try:
        found = differing(run, _simlin(path), OF_ENGINES, system)
        notes.append(f"simlin: {found}")
        quick = bool(found) and not found.fault
    except BaseException as error:  # It may panic, which is no Exception.
        notes.append(f"simlin: {type(error).__name__}: {str(error)[:100]}")
    report({"class": "equal to simlin" if quick else "not comparable", "note": "; ".join(notes)})
    try:
        notes += _shortened(system, _PYSD)[1]
        found = _reference(run, system)
        notes.append(f"PySD: {found}")
    except Exception as error:
        notes.append(f"PySD: {type(error).__name__}: {str(error)[:200]}")
        found = Compared(0, 0)
    kind = "equal to simlin" if quick else "not comparable"
    if found:
        # With simlin on our side it is two against one.
        kind = "equal to PySD" if not found.fault else kind if quick else "wrong value"
    report({"class": kind, "note": "; ".join(notes)})
    return kind, "; ".join(notes)


def _sdeverywhere(
    packages: Path,
    system: System,
    run: engine.Trajectories,
    report: Callable[[dict[str, Any]], None],
) -> bool:
    """Whether SDEverywhere computed something; what it did is reported."""
    try:
        theirs = sdeverywhere.run(packages, system)
    except ValueError as error:
        report({"class": "not comparable", "note": str(error)})
        return False
    found = differing(run, theirs, OF_ENGINES, system)
    # It is no measure alone, no more than simlin: which of two is wrong has to be found out.
    kind = "equal to SDEverywhere" if found and not found.fault else "not comparable"
    report({"class": kind, "note": f"SDEverywhere: {found}"})
    return bool(found)


def _reference(run: engine.Trajectories, system: System) -> Compared:
    # PySD asks one after the other, each from within the one before.
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        return _by_pysd(run, system)
    finally:
        sys.setrecursionlimit(usual)


def _by_pysd(run: engine.Trajectories, system: System) -> Compared:
    controls = _shortened(system, _PYSD)[0]
    try:
        theirs = engine.Reference().run(system, controls=controls)
    except BuildoutError as error:
        if "all elements of a variable at once" not in str(error):
            raise
        apart = engine.load(text=text_apart(system))
        theirs = engine.Reference().run(apart, controls=controls)
    if (theirs.status == 1).all() and np.isnan(theirs.values).all():
        return Compared(0, 0)
    ours = _as_long(run, system, controls)
    return differing(ours, _as_series(theirs), OF_ENGINES, system, controls)


def _pysd_agrees(run: engine.Trajectories, system: System) -> bool:
    try:
        found = _reference(run, system)
    except BuildoutError:
        return False
    return bool(found) and not found.fault


def _as_long(
    run: engine.Trajectories, system: System, controls: dict[str, float]
) -> engine.Trajectories:
    """Our run as long as theirs: equations may ask for the final time."""
    return engine.Batch(threads=1).run(system, controls=controls) if controls else run


def _shortened(system: System, most: float) -> tuple[dict[str, float], list[str]]:
    """A final time that leaves a slow engine so many values, and a note if it is an early one."""
    first, last, step = (
        system.controls[name] for name in ("initial_time", "final_time", "time_step")
    )
    steps = max(30, int(most / (len(system.owners) + 1)))
    if (last - first) / step <= steps:
        return {}, []
    years = f"{first:g} to {first + steps * step:g}"
    return {"final_time": first + steps * step}, [f"compared with PySD: {years}, {steps} steps"]


def _as_series(run: engine.Trajectories) -> dict[str, shipped.Series]:
    return {
        names.alike(output): shipped.computed(run.times, values[:, 0])
        for output, values in zip(run.outputs, run.values, strict=True)
    }


def _simlin(path: Path) -> dict[str, shipped.Series]:
    import simlin

    table = simlin.load(path).run(analyze_loops=False).results
    times = table.index.to_numpy(dtype=float)
    return {
        names.alike(name): shipped.computed(times, table[name].to_numpy(dtype=float))
        for name in table.columns
    }
