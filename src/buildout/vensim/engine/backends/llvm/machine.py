"""Machine code of a model: compiled once per processor, kept on disk, called from any thread."""

import ctypes
import dataclasses
import functools
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Sequence

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from buildout.vensim.arrays import AnyArray, Floats, Integers
from buildout.vensim.engine import cache
from buildout.vensim.engine.backends.llvm import emit
from buildout.vensim.engine.backends.llvm.driver import FIELDS, GROUPS, UNDONE
from buildout.vensim.engine.backends.llvm.stored import read_kernel, write_kernel
from buildout.vensim.engine.backends.llvm.vectors import LANES, Target
from buildout.vensim.engine.ir.schedule import schedule
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import DELAY_ORDER, Request, Trajectories

#: Functions of a kernel that are called from here, those of one kind or those of the other.
DRIVEN, STEPPED = ("drive",), ("begin", "step", "record")
#: Bytes at the beginning of an object file that tell its format and machine (ELF, Mach-O, COFF).
_HEAD = 2 if os.name == "nt" else 16
#: Levels of the compiler: what is made in no time, and code that is a quarter faster, for which it
#: takes five times as long. Levels above give nothing more.
QUICK, GOOD = 0, 1
#: Bytes of a slot.
SLOT = 8 * LANES


class Machine:
    """Machine code of one kernel, ready to be called from any thread.

    Raises
    ------
    ValueError
        When the bytes are not object code with the functions of a kernel.
    """

    def __init__(self, kernel: emit.Kernel, code: bytes):
        self.kernel, self.code = kernel, code
        # LLVM crashes on anything but an object file, so its head is compared with that of one.
        if code[:_HEAD] != _compiled("")[:_HEAD]:
            raise ValueError("not object code for this kind of machine")
        # The engine of LLVM owns the memory of the code, so it lives as long as this object.
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        known = {name: self._engine.get_function_address(name) for name in (*DRIVEN, *STEPPED)}
        self._addresses = known
        if not any(all(known[name] for name in names) for names in (DRIVEN, STEPPED)):
            raise ValueError("not the object code of a kernel")

    # ctypes lets other Python threads run while a function does.

    @functools.cached_property
    def drive(self) -> Callable[[int], None]:
        """Does all that a table tells; see `driver`."""
        return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._addresses["drive"])

    def step(self, phase: str, values: Floats) -> None:
        """Do a part of a step, in place, for one group of runs: slots, (kernel.size, LANES)."""
        call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)
        start, size = values.ctypes.data, SLOT * self.kernel.size
        call(self._addresses[phase])(start, start + SLOT * self.kernel.homes, start + size, size)


def host() -> tuple[str, str]:
    """Name and features of this processor, as a compiler calls them."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _target(level: int = QUICK) -> llvm.TargetMachine:
    """This processor, as a compiler sees it; each engine owns one and takes it to its grave."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    name, features = host()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=name, features=features, opt=level
    )


def _compiled(text: str, level: int = QUICK) -> bytes:
    return bytes(_target(level).emit_object(llvm.parse_assembly(text)))


def _here(divides: bool = False) -> Target:
    return Target(LANES, scales="+avx512f" in host()[1].split(","), divides=divides)


def _fuses() -> bool:
    """Whether the processor has a fused multiply-add; those of x86 older than 2013 have none."""
    triple = llvm.get_process_triple()
    return not triple.startswith(("x86", "i")) or "+fma" in host()[1].split(",")


# Compiling twice at once would only take longer.
_compiling = threading.Lock()


@functools.lru_cache(maxsize=16)
def machine(
    system: System,
    outputs: tuple[str, ...] | None = None,
    parameters: tuple[str, ...] | None = None,
    *,
    divides: bool = False,
) -> Machine:
    """Machine code for a model, from the cache if it was compiled on such a processor before.

    Parameters
    ----------
    system : System
    outputs : tuple of str, optional
        Scalar ids; what is needed neither for one nor for a state is left out. By default code for
        all outputs.
    parameters : tuple of str, optional
        Scalar ids of the constants that are given per run; the others are numbers in the code. By
        default all.
    divides : bool
        See `vectors.Target`.
    """
    every = (*system.owners, *(state for state in system.states if state not in system.owners))

    def text_of() -> tuple[emit.Kernel, str]:
        plan = schedule(system, parameters, every if outputs is None else outputs)
        return emit.kernel(plan, _here(divides or not _fuses()))

    level = QUICK if outputs is None else GOOD
    return _kept(_name(system, outputs, parameters, divides), text_of, level)


@functools.lru_cache(maxsize=4)
def rates_machine(system: System) -> Machine:
    """Machine code that gives rates of change in place of moving stocks; see `ode`."""

    def text_of() -> tuple[emit.Kernel, str]:
        return emit.rates_kernel(schedule(system), _here())

    return _kept(_name(system, "rates"), text_of, GOOD)


def _name(system: System, *chosen: object) -> str:
    known = (cache.code_version("pysd", "numpy"), llvmlite.__version__, *host())
    return f"kernel-{cache.digest_of(system.sha256, repr(chosen), *known)[:40]}.o"


def _kept(name: str, text_of: Callable[[], tuple[emit.Kernel, str]], level: int) -> Machine:
    def compile_() -> Machine:
        kernel, text = text_of()
        return Machine(kernel, _compiled(text, level))

    with _compiling:
        return cache.keep(
            name,
            compile_,
            lambda made: write_kernel(made.kernel, made.code),
            lambda data: Machine(*read_kernel(data)),
        )


#: Steps of runs after which code of its own is looked for, and after which it is made: by then the
#: time that it would have saved is about what compiling it takes.
LOOKED_FOR, MADE = 2**19, 2**22

_steps_so_far: dict[tuple[object, ...], int] = {}


def _own(asked: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Outputs and parameters of code of a request's own."""
    return asked.outputs, tuple(sorted(asked.parameters))


def suited(system: System, asked: Request) -> Machine:
    """Machine code for a request: that of the model, or what is made for many requests like it.

    The latter knows which constants differ from the model's and which outputs are asked for, so it
    does less. Both give the same bits, so it does not matter when one takes over.
    """
    names = _own(asked)
    before = _steps_so_far.get((system, *names), 0)
    _steps_so_far[system, *names] = so_far = before + asked.runs * len(asked.clock.steps)
    if so_far < LOOKED_FOR:
        return machine(system)
    if so_far < MADE and not cache.holds(_name(system, *names, False)):
        return machine(system)
    return machine(system, *names)


def run_llvm(
    system: System, asked: Request, threads: int | None, *, own: bool = False
) -> Trajectories:
    """Run a request; see `Batch.run`.

    Parameters
    ----------
    system : System
    asked : Request
    threads : int, optional
    own : bool
        Whether to make code of its own for the request at once.
    """
    names = _own(asked)
    run = _run(machine(system, *names) if own else suited(system, asked), asked, threads)
    undone = np.flatnonzero(run.status == UNDONE)
    if len(undone):
        parameters = {n: v if len(v) == 1 else v[undone] for n, v in asked.parameters.items()}
        again = dataclasses.replace(asked, parameters=parameters, runs=len(undone))
        plain = machine(system, *names, divides=True)
        done = _run(plain, again, threads)
        run.values[:, :, undone], run.status[undone] = done.values, done.status
    return run


def aligned(shape: tuple[int, ...], kind: type = np.float64) -> AnyArray:
    """An empty array whose memory begins where a vector may."""
    size = int(np.prod(shape)) * 8
    raw = np.empty(size + 64, dtype=np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(kind).reshape(shape)


def _run(code: Machine, asked: Request, threads: int | None) -> Trajectories:
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

    def __init__(self, kernel: emit.Kernel, asked: Request, values: Floats, status: Floats):
        self._kept: list[AnyArray] = []
        self.kernel, self.steps = kernel, len(asked.clock.steps)
        uniform = dict(zip(kernel.parameters, kernel.defaults, strict=True))
        uniform |= asked.clock.controls
        uniform |= {name: v[0] for name, v in asked.parameters.items() if len(v) == 1}
        varying = {name: v for name, v in asked.parameters.items() if len(v) > 1}
        uniform = {name: v for name, v in uniform.items() if name not in varying}
        stride = len(status)
        columns = np.empty((len(varying), stride))
        for column, given in zip(columns, varying.values(), strict=True):
            column[: len(given)] = given
            # Runs that only fill up the last group repeat the last run.
            column[len(given) :] = given[-1]
        self.fields = {
            "p_uniform": self._numbers(uniform.values()),
            "n_uniform": len(uniform),
            "p_uniform_slots": self._slots([kernel.slots[name] for name in uniform]),
            "p_varying": self._keep(columns),
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
            "n_homes": SLOT * kernel.homes,
            "n_group": SLOT * kernel.size,
            "p_states": self._slots(kernel.states),
            "n_states": len(kernel.states),
            "p_floors": self._slots(kernel.floors),
            "n_floors": len(kernel.floors),
            "p_pipes": self._slots(kernel.pipes),
            "n_pipes": len(kernel.pipes),
        }

    def table(self, first_group: int, last_group: int) -> Integers:
        """The driver's table for one thread, with memory of its own to work in."""
        pipes = len(self.kernel.pipes)
        own = {
            "p_values": self._keep(aligned((GROUPS, self.kernel.size, LANES))),
            "p_final": self._keep(aligned((GROUPS, len(self.kernel.states) + 1, LANES))),
            "p_past": self._keep(aligned((GROUPS, pipes, self.steps, LANES))),
            "p_first": self._keep(aligned((GROUPS, pipes, LANES))),
            "n_first_group": first_group,
            "n_last_group": last_group,
        }
        table = np.array([(self.fields | own)[name] for name in FIELDS], dtype=np.int64)
        self._keep(table)
        return table

    def _keep(self, array: AnyArray) -> int:
        self._kept.append(array)
        return int(array.ctypes.data)

    def _numbers(self, numbers: Iterable[float]) -> int:
        return self._keep(np.ascontiguousarray(list(numbers), dtype=np.float64))

    def _slots(self, slots: Sequence[int] | Sequence[tuple[int, ...]] | Integers) -> int:
        return self._keep(np.ascontiguousarray(slots, dtype=np.int64))
