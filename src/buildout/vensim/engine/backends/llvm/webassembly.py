"""The same code for a browser: WebAssembly, made by LLVM and put together by its linker.

One emitter writes the text for processors and for browsers. A browser has vectors of two numbers
and rounds twice where a processor multiplies and adds in one go, so it divides where a processor
takes a product with a reciprocal; powers out of the ordinary are left to the page.

LLVM's linker for WebAssembly does not come with llvmlite, so a module is linked where a developer
has one and committed; who runs a page needs none.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import llvmlite.binding as llvm

from buildout.errors import UnsupportedError
from buildout.vensim.engine.backends.llvm import emit
from buildout.vensim.engine.backends.llvm.vectors import Target
from buildout.vensim.engine.ir.schedule import schedule
from buildout.vensim.engine.ir.system import System

#: One version of a step: half of the bytes, and a twentieth slower.
BROWSER = Target(lanes=2, fuses=False, divides=True, small=True)
TRIPLE, FEATURES = "wasm32-unknown-unknown", "+simd128"
_LINK = (
    "--no-entry",
    "--export=drive",
    "--export=__heap_base",
    # The powers that the page computes.
    "--allow-undefined",
    "--strip-all",
    "-z",
    "stack-size=65536",
)
_GOOD = 2


def browser_text(
    system: System, parameters: Iterable[str], outputs: Iterable[str]
) -> tuple[emit.Kernel, str]:
    """A model as LLVM text for a browser, and what to know to call it.

    Parameters
    ----------
    system : System
    parameters : iterable of str
        Scalar ids that are given per run; all other constants are numbers in the code.
    outputs : iterable of str
        Scalar ids.

    Returns
    -------
    Kernel
    str
        The same in every process and on every machine.
    """
    plan = schedule(system, sorted(set(parameters)), list(dict.fromkeys(outputs)))
    kernel, text = emit.kernel(plan, BROWSER)
    return kernel, f'target triple = "{TRIPLE}"\n{text}'


def text_digest(text: str) -> str:
    """The sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def linker() -> list[str] | None:
    """The command of a linker for WebAssembly: LLVM's own, or that of Zig's wheel; None without."""
    if own := shutil.which("wasm-ld"):
        return [own]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "wasm-ld"]
    return None


def linked(text: str) -> bytes:
    """A module for browsers from LLVM text, with the functions `drive` and the memory it works in.

    Raises
    ------
    UnsupportedError
        Without a linker, or when the linker fails.
    """
    command = linker()
    if command is None:
        raise UnsupportedError(
            "No linker for WebAssembly is found.",
            "LLVM's `wasm-ld` is accepted.",
            "Install Debian's package `lld`, or `pip install ziglang`.",
        )
    with TemporaryDirectory() as folder:
        code, module = Path(folder, "kernel.o"), Path(folder, "kernel.wasm")
        code.write_bytes(_object(text))
        done = subprocess.run(
            [*command, *_LINK, "-o", str(module), str(code)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not module.exists():
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise UnsupportedError(f"The linker for WebAssembly failed: {said[0][:200]}.")
        return module.read_bytes()


def _object(text: str) -> bytes:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        cpu="generic", features=FEATURES, opt=_GOOD, reloc="static"
    )
    return bytes(machine.emit_object(llvm.parse_assembly(text)))
