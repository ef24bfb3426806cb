"""Machine code of a model: compiled once per processor, kept on disk, called from any thread."""

import ctypes
import functools
import itertools
import os
import threading
from collections.abc import Iterable, Sequence

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from buildout.vensim.arrays import AnyArray, Floats, Integers
from buildout.vensim.engine import cache
from buildout.vensim.engine.backends.llvm import emit as emit_llvm
from buildout.vensim.engine.backends.llvm.driver import FIELDS
from buildout.vensim.engine.backends.llvm.stored import read_kernel, write_kernel
from buildout.vensim.engine.backends.llvm.vector_math import LANES
from buildout.vensim.engine.ir.schedule import schedule
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import DELAY_ORDER, Request, Trajectories

#: Functions of a kernel that are called from here.
PHASES = ("drive", "begin", "core", "diagnose")
#: Bytes at the beginning of an object file that tell its format and machine (ELF, Mach-O, COFF).
_HEAD = 2 if os.name == "nt" else 16


class Machine:
    """Machine code of one kernel, ready to be called from any thread.

    Raises
    ------
    ValueError
        When the bytes are not object code with the functions of a kernel.
    """

    def __init__(self, kernel: emit_llvm.Kernel, code: bytes):
        self.kernel, self.code = kernel, code
        # LLVM crashes on anything but an object file, so its head is compared with that of one.
        if code[:_HEAD] != _compiled("")[:_HEAD]:
            raise ValueError("not object code for this kind of machine")
        # The engine of LLVM owns the memory of the code, so it lives as long as this object.
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        addresses = {name: self._engine.get_function_address(name) for name in PHASES}
        if not all(addresses.values()):
            raise ValueError("not the object code of a kernel")
        # ctypes lets other Python threads run while the function does.
        self.phases = {
            name: ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)
            for name, address in addresses.items()
        }
        self.drive = self.phases["drive"]


def _target() -> llvm.TargetMachine:
    """This processor, as a compiler sees it; each engine owns one and takes it to its grave."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # Level 2 costs a quarter more time to compile than 1 and the code is no slower than at 3.
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )


def _compiled(text: str) -> bytes:
    return bytes(_target().emit_object(llvm.parse_assembly(text)))


def _processor() -> str:
    return f"{llvm.get_host_cpu_name()}{llvm.get_host_cpu_features().flatten()}"


# Compiling twice at once would only take longer.
_compiling = threading.Lock()


@functools.lru_cache(maxsize=16)
def machine(system: System, outputs: tuple[str, ...] | None = None) -> Machine:
    """Machine code for a model, from the cache if it was compiled on such a processor before.

    Parameters
    ----------
    system : System
    outputs : tuple of str, optional
        Scalar ids; what none of them needs is left out. By default code for all outputs.
    """

    def compile_() -> Machine:
        kernel, text = emit_llvm.kernel(schedule(system, outputs=outputs))
        return Machine(kernel, _compiled(text))

    wanted = "" if outputs is None else "\0".join(outputs)
    known = (cache.code_version("pysd", "numpy"), llvmlite.__version__, _processor())
    name = cache.digest_of(system.sha256, wanted, *known)
    with _compiling:
        return cache.keep(
            f"kernel-{name[:40]}.o",
            compile_,
            lambda made: write_kernel(made.kernel, made.code),
            lambda data: Machine(*read_kernel(data)),
        )


def aligned(shape: tuple[int, ...], kind: type = np.float64) -> AnyArray:
    """An empty array whose memory begins where a vector may."""
    size = int(np.prod(shape)) * 8
    raw = np.empty(size + 64, dtype=np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(kind).reshape(shape)


def run_machine(code: Machine, asked: Request, threads: int | None) -> Trajectories:
    """Run a request on as many threads; see `Batch.run`."""
    kernel, clock = code.kernel, asked.clock
    groups = -(-asked.runs // LANES)
    stride = groups * LANES
    values = aligned((len(asked.outputs), len(clock.saved), stride))
    status = aligned((stride,))
    call = _Call(kernel, asked, values, status)
    shares = min(threads or os.cpu_count() or 1, groups)
    bounds = [groups * share // shares for share in range(shares + 1)]
    workers = [
        threading.Thread(target=_drive, args=(code, call, call.table(*pair)))
        for pair in itertools.pairwise(bounds[1:])
    ]
    for worker in workers:
        worker.start()
    _drive(code, call, call.table(0, bounds[1]))
    for worker in workers:
        worker.join()
    ended = status[: asked.runs].astype(np.int8)
    if (ended == DELAY_ORDER).any():
        values[:, :, np.flatnonzero(ended == DELAY_ORDER)] = np.nan
    return Trajectories(asked.outputs, clock.times, values[:, :, : asked.runs], ended)


def _drive(code: Machine, call: "_Call", table: Integers) -> None:
    # Holds the memory of the call, as Ctrl-C ends the caller while other threads are at work.
    code.drive(table.ctypes.data)


class _Call:
    """The memory of one batch of runs, and the table that tells the driver about it.

    The object must outlive the call, as the driver sees addresses only.
    """

    def __init__(self, kernel: emit_llvm.Kernel, asked: Request, values: Floats, status: Floats):
        self._kept: list[AnyArray] = []
        self.kernel, self.steps = kernel, len(asked.clock.steps)
        uniform = dict(zip(kernel.parameters, kernel.defaults, strict=True))
        uniform |= asked.clock.controls
        uniform |= {name: v[0] for name, v in asked.parameters.items() if len(v) == 1}
        varying = {name: v for name, v in asked.parameters.items() if len(v) > 1}
        uniform = {name: v for name, v in uniform.items() if name not in varying}
        stride = len(status)
        # Runs that only fill up the last group repeat the last run.
        columns = [np.pad(v, (0, stride - len(v)), mode="edge") for v in varying.values()]
        self.fields = {
            "p_uniform": self._numbers(uniform.values()),
            "n_uniform": len(uniform),
            "p_uniform_slots": self._slots([kernel.slots[name] for name in uniform]),
            "p_varying": self._numbers(columns),
            "p_varying_slots": self._slots([kernel.slots[name] for name in varying]),
            "n_varying": len(varying),
            "n_stride": stride,
            "p_steps": self._numbers(asked.clock.steps),
            "n_steps": self.steps,
            "p_places": self._slots(asked.clock.places()),
            "p_out": self._keep(values),
            "p_out_slots": self._slots([kernel.outputs[name] for name in asked.outputs]),
            "n_out": len(asked.outputs),
            "n_out_size": values.shape[1] * stride,
            "p_status": self._keep(status),
            "p_states": self._slots(kernel.states),
            "n_states": len(kernel.states),
            "p_floors": self._slots(kernel.floors),
            "n_floors": len(kernel.floors),
            "p_samples": self._slots(kernel.samples),
            "n_samples": len(kernel.samples),
            "p_pipes": self._slots(kernel.pipes),
            "n_pipes": len(kernel.pipes),
        }

    def table(self, first_group: int, last_group: int) -> Integers:
        """The driver's table for one thread, with memory of its own to work in."""
        pipes = len(self.kernel.pipes)
        own = {
            "p_values": self._keep(aligned((self.kernel.size, LANES))),
            "p_past": self._keep(aligned((pipes, self.steps, LANES))),
            "p_first": self._keep(aligned((pipes, LANES))),
            "n_first_group": first_group,
            "n_last_group": last_group,
        }
        table = np.array([(self.fields | own)[name] for name in FIELDS], dtype=np.int64)
        self._keep(table)
        return table

    def _keep(self, array: AnyArray) -> int:
        self._kept.append(array)
        return int(array.ctypes.data)

    def _numbers(self, numbers: Iterable[float | Floats]) -> int:
        return self._keep(np.ascontiguousarray(list(numbers), dtype=np.float64))

    def _slots(self, slots: Sequence[int] | Sequence[tuple[int, ...]] | Integers) -> int:
        return self._keep(np.ascontiguousarray(slots, dtype=np.int64))
