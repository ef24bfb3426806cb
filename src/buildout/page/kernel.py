"""The compiled model for a browser: the committed module, or one made here if that does not fit."""

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from buildout.errors import BuildoutError, UnsupportedError
from buildout.vensim.engine import cache
from buildout.vensim.engine.backends.llvm.driver import FIELDS, GROUPS
from buildout.vensim.engine.backends.llvm.emit import Kernel
from buildout.vensim.engine.backends.llvm.webassembly import (
    BROWSER,
    browser_text,
    linked,
    linker,
    text_digest,
)
from buildout.vensim.engine.ir.system import CONTROLS, System
from buildout.vensim.engine.request import STATUS, clock

FOLDER = Path(__file__).parent
MODULE, INFO = "kernel.wasm", "kernel.json"


@dataclass(frozen=True, eq=False)
class PageKernel:
    """A module and what a page must know to call it.

    Attributes
    ----------
    wasm : bytes
    info : dict
        kernel.json as `kernel.js` reads it: fingerprints of the model (`model`), of the LLVM text
        (`text`), of the module (`wasm`) and of all else that is said here (`rest`); places in
        memory by scalar id (`parameters`, `outputs`), the constants' own values (`defaults`),
        saved dates (`times`, Year).
    """

    wasm: bytes
    info: dict[str, Any]

    @property
    def written(self) -> str:
        """kernel.json, a line for each entry."""
        lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in self.info.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


def page_kernel(system: System, parameters: Iterable[str], outputs: Iterable[str]) -> PageKernel:
    """The kernel of a page: the one that comes with buildout, if it fits, else a new one.

    Parameters
    ----------
    system : System
    parameters, outputs : iterable of str
        Scalar ids that the page varies and shows.

    Returns
    -------
    PageKernel

    Raises
    ------
    UnsupportedError
        When the one that comes with buildout is of another model, or lacks a constant or an output,
        and there is no linker to make another.
    """
    parameters, outputs = sorted({*parameters}), list(dict.fromkeys(outputs))
    known = shipped()
    misfit = _misfit(known, system, parameters, outputs)
    if known is not None and misfit is None:
        return known
    if linker() is None:
        raise UnsupportedError(
            f"The compiled model of the page of sliders {misfit}, and no linker is here to make "
            "another.",
            cure="Install Debian's package `lld`, or `pip install ziglang`.",
        )
    return _made_before(system, tuple(parameters), tuple(outputs))


def made_kernel(
    system: System,
    parameters: Iterable[str],
    outputs: Iterable[str],
    known: PageKernel | None = None,
) -> PageKernel:
    """A kernel made here.

    Parameters
    ----------
    system : System
    parameters, outputs : iterable of str
        Scalar ids.
    known : PageKernel, optional
        Its module is taken if it was made from the same text, so that none is linked.

    Raises
    ------
    UnsupportedError
        When a module is to be linked, and there is no linker.
    """
    kernel, text = browser_text(system, parameters, outputs)
    same = known is not None and known.info["text"] == text_digest(text)
    return _described(system, kernel, text, known.wasm if known and same else linked(text))


def text_fingerprint(system: System, parameters: Iterable[str], outputs: Iterable[str]) -> str:
    """Fingerprint of the LLVM text that a kernel would be made from."""
    return text_digest(browser_text(system, parameters, outputs)[1])


def shipped(folder: Path = FOLDER) -> PageKernel | None:
    """The kernel that comes with buildout; None where it is missing or not whole."""
    try:
        wasm = (folder / MODULE).read_bytes()
        info = json.loads((folder / INFO).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return PageKernel(wasm, info) if _fits(info, wasm) else None


def _fits(info: object, wasm: bytes) -> bool:
    """Whether what is said of a module is of this module, and whole."""
    if not isinstance(info, dict):
        return False
    identity = info.get("wasm"), info.get("rest")
    return identity == (hashlib.sha256(wasm).hexdigest(), _digest_of_rest(info))


def _digest_of_rest(info: dict[str, Any]) -> str:
    rest = {name: value for name, value in info.items() if name != "rest"}
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()


def _misfit(
    known: PageKernel | None, system: System, parameters: list[str], outputs: list[str]
) -> str | None:
    """Why a kernel does not serve, as what is said of it; None where it does."""
    if known is None:
        return "is missing or not whole"
    if not _of_same_equations(known, system):
        return "was made from another model"
    if lacking := [name for name in parameters if name not in known.info["parameters"]]:
        return f"does not vary `{lacking[0]}`"
    if lacking := [name for name in outputs if name not in known.info["outputs"]]:
        return f"does not give `{lacking[0]}`"
    return None


def _of_same_equations(known: PageKernel, system: System) -> bool:
    """Whether a kernel is that of a model, or of one that differs in nothing that is computed."""
    if known.info["model"] == system.sha256:
        return True
    names = known.info["parameters"], known.info["outputs"]
    if not {*names[0], *names[1]} <= {*system.constants, *CONTROLS, *system.owners}:
        return False
    return bool(known.info["text"] == text_fingerprint(system, *names))


def _described(system: System, kernel: Kernel, text: str, wasm: bytes) -> PageKernel:
    if not all(map(math.isfinite, kernel.defaults)):
        raise BuildoutError("A constant of the model is not a finite number.")
    when = clock(system)
    info: dict[str, Any] = {
        "model": system.sha256,
        "text": text_digest(text),
        "wasm": hashlib.sha256(wasm).hexdigest(),
        "llvmlite": version("llvmlite"),
        "lanes": BROWSER.lanes,
        "groups": GROUPS,
        "fields": list(FIELDS),
        "statuses": {str(number): word for number, word in STATUS.items()},
        "homes": kernel.homes,
        "size": kernel.size,
        "states": list(kernel.states),
        "floors": list(kernel.floors),
        "pipes": [list(pipe) for pipe in kernel.pipes],
        "steps": when.steps.tolist(),
        "places": when.places().tolist(),
        "times": when.times.tolist(),
        "controls": {name: when.controls[name] for name in CONTROLS},
        "parameters": kernel.slots,
        "defaults": dict(zip(kernel.parameters, kernel.defaults, strict=True)),
        "outputs": kernel.outputs,
    }
    return PageKernel(wasm, info | {"rest": _digest_of_rest(info)})


@lru_cache(maxsize=4)
def _made_before(
    system: System, parameters: tuple[str, ...], outputs: tuple[str, ...]
) -> PageKernel:
    versions = (cache.code_version("pysd", "numpy"), version("llvmlite"))
    asked = cache.digest_of(system.sha256, repr((parameters, outputs)), *versions)
    return cache.keep(
        f"page-{asked[:40]}.wasm",
        lambda: made_kernel(system, parameters, outputs),
        lambda made: json.dumps(made.info).encode() + b"\n" + made.wasm,
        _read,
    )


def _read(data: bytes) -> PageKernel:
    head, _, wasm = data.partition(b"\n")
    info = json.loads(head)
    if not _fits(info, wasm):
        raise ValueError("not a kernel of a page")
    return PageKernel(wasm, info)
