"""SDEverywhere: C made from a model by an npm package, compiled here and run in this process.

None of it comes with buildout. The folder that is named holds what `npm install @sdeverywhere/cli`
puts there. Where only the package `@sdeverywhere/compile` is to be had, that is enough to generate,
and a folder `c` beside `node_modules` holds the C files of its command line (`src/c` there). One
package that it needs comes from outside the registry, `xlsx`; no model here reads a sheet, so an
empty one that exports `{ set_fs() {} }`, named under `overrides` in package.json, does as well.

On the small model one of its outputs, the price, is not that of PySD; ours is.
"""

import ctypes
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cases import Case
from clocks import Cost, cost

from buildout.vensim.engine import Batch

_GENERATE = """
import { readFileSync } from 'node:fs'
import { parseAndGenerate } from '@sdeverywhere/compile'
const [folder] = process.argv.slice(-1)
const spec = JSON.parse(readFileSync(`${folder}/spec.json`))
const text = readFileSync(`${folder}/model.mdl`, 'utf8')
await parseAndGenerate(text, 'vensim', spec, ['generateC'], folder, 'model', folder)
"""
#: Where the C files lie that every generated model is compiled with.
_PLACES = ("c", "node_modules/@sdeverywhere/cli/src/c")
NAME = "SDEverywhere"
_OPTIONS = {"-O2": ["-O2"], "-O3 -march=native": ["-O3", "-march=native"]}
_LONGEST = 120


@dataclass(frozen=True)
class Generated:
    """One run of a generated model.

    Attributes
    ----------
    cost : Cost or str
        Of a run, or the message with which it failed.
    difference : float
        The largest from ours, relative to the largest value of each output.
    """

    cost: Cost | str
    difference: float = float("nan")

    def words(self) -> str:
        """The difference, or the message."""
        if isinstance(self.cost, str):
            return self.cost
        return f"differs from ours by up to {self.difference:.2g} of the largest value of an output"


def sde_costs(what: Case, installed: Path | None, repeat: int) -> dict[str, Generated]:
    """One run of the generated model, by the options of the compiler; none if not installed."""
    if installed is None:
        return {}
    compiler = _compiler()
    if compiler is None:
        return {NAME: Generated("no C compiler")}
    with tempfile.TemporaryDirectory() as folder:
        if failed := _generate(what, installed, Path(folder)):
            return {NAME: Generated(f"generates no C: {failed}")}
        return {
            f"{NAME}, {label}": _compiled(
                what, installed, Path(folder), [compiler, *options], repeat
            )
            for label, options in _OPTIONS.items()
        }


def sde_words(installed: Path) -> str:
    """Its version, and that of the compiler."""
    package = installed / "node_modules" / "@sdeverywhere" / "compile" / "package.json"
    version = json.loads(package.read_text())["version"] if package.is_file() else "is not there"
    compiler = _compiler()
    asked = [compiler, "--version"] if compiler else ["true"]
    printed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return f"@sdeverywhere/compile {version}, {(printed.splitlines() or ['no C compiler'])[0]}"


def _compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def _generate(what: Case, installed: Path, folder: Path) -> str:
    """Write `model.c`; the message if that fails."""
    spec = {
        "inputVarNames": [what.spelled(scalar) for scalar in what.draws],
        "outputVarNames": [what.spelled(scalar) for scalar in what.outputs],
    }
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    (folder / "model.mdl").write_text(what.system.text, encoding="utf-8")
    node = shutil.which("node")
    if node is None:
        return "no Node.js"
    # Packages are looked for from where the script is, so it is given by word of mouth, there.
    command = [node, "--input-type=module", "-e", _GENERATE, str(folder)]
    done = subprocess.run(command, cwd=installed, capture_output=True, text=True, check=False)
    return "" if (folder / "model.c").is_file() else _first_error(done.stderr, folder)


def _compiled(
    what: Case, installed: Path, folder: Path, compiler: list[str], repeat: int
) -> Generated:
    common = next((installed / p for p in _PLACES if (installed / p / "sde.h").is_file()), None)
    if common is None:
        return Generated("the C files of its command line are not there")
    sources = [path for path in common.glob("*.c") if path.name != "main.c"]
    # A name of its own, as a library of the same name is not loaded twice.
    library = folder / f"model{''.join(compiler[1:])}.so"
    command = [
        *compiler,
        "-shared",
        "-fPIC",
        "-Wl,-Bsymbolic",
        f"-I{common}",
        "-o",
        library,
        folder / "model.c",
    ]
    done = subprocess.run(
        [*map(str, [*command, *sources]), "-lm"], capture_output=True, text=True, check=False
    )
    if not library.is_file():
        return Generated(f"does not compile: {_first_error(done.stderr, folder)}")
    return _run(what, ctypes.CDLL(str(library)), repeat)


def _run(what: Case, library: ctypes.CDLL, repeat: int) -> Generated:
    ours = Batch(1).run(what.system, what.first(), what.outputs).values[:, :, 0]
    inputs = np.array(list(what.first().values()))
    outputs = np.zeros(ours.shape)
    if ctypes.c_int.in_dll(library, "numOutputs").value != len(outputs):
        return Generated("gives other outputs than were asked for")
    run = library.runModel
    run.argtypes, run.restype = [ctypes.c_void_p, ctypes.c_void_p], None
    taken = cost(lambda: run(inputs.ctypes.data, outputs.ctypes.data), repeat)
    scale = np.abs(ours).max(axis=1, keepdims=True)
    difference = np.abs(outputs - ours) / np.where(scale > 0, scale, 1)
    return Generated(taken, float(difference.max()))


def _first_error(text: str, folder: Path) -> str:
    """The line that says what is wrong, without this machine's paths."""
    lines = [line.strip() for line in text.splitlines() if "error" in line.lower()]
    return (lines or ["no message"])[0].replace(f"{folder}/", "")[:_LONGEST]
