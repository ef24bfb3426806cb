"""The limit of a machine: how fast it could do the operations of a kernel, were nothing else to do.

The throughput of one thread is measured with loops of instructions that do not wait for each other,
on data in the innermost cache, in the vectors of the kernel: fused multiply-adds, these and sums in
turn, divisions, loads, stores. The limit of a time step is the longest of three times: its
operations and its divisions, one after the other; its loads; its stores.

Some machines do sums beside multiply-adds, twice as many instructions in a nanosecond as of either
alone. A limit that a kernel may pass is none, so operations count at the higher of the two rates;
`alone` gives the other, milder reading: all at the rate of multiply-adds.

What it is not: a promise. It leaves out that an operation waits for the one before it, that slots
beyond the innermost cache come from the next, that code is fetched and decoded, that a machine
compares and chooses more slowly than it adds, and the calls into the C library. It counts what the
emitted code does, so a kernel that does less has a lower limit: compare the times of two kernels,
and each with its limit.
"""

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass

import llvmlite.binding as llvm
import numpy as np
from counting import Count

from buildout.vensim.engine.backends.llvm.machine import aligned
from buildout.vensim.engine.backends.llvm.vectors import LANES, Target

#: Instructions that do not wait for each other: few, for machines with few registers, or as many
#: as the fastest has under way at once. The better of the two counts.
CHAINS = 6, 24
#: Vectors that loads and stores go through: 8 KiB, which every innermost cache holds.
ROOM = 128

VECTOR = Target(LANES).vector


@dataclass(frozen=True)
class Rates:
    """Vector instructions in a nanosecond of one thread.

    Attributes
    ----------
    fused, both : float
        Fused multiply-adds; these and sums in turn.
    divides, loads, stores : float
    """

    fused: float
    both: float
    divides: float
    loads: float
    stores: float


def limit_ns(count: Count, rates: Rates, *, alone: bool = False) -> float:
    """Nanoseconds that a count takes at least, by the rates of a machine."""
    operations = rates.fused if alone else max(rates.fused, rates.both)
    return max(
        count.operations / operations + count.divides / rates.divides,
        count.loads / rates.loads,
        count.stores / rates.stores,
    )


def _chains(name: str, count: int, *instructions: str) -> str:
    """A loop in which each of some vectors is replaced by what is computed from it."""
    places = range(count)
    address = "  %a{0} = getelementptr {1}, ptr %data, i64 {0}\n"
    start = "".join(
        address.format(i, VECTOR) + f"  %s{i} = load {VECTOR}, ptr %a{i}, align 64\n"
        for i in places
    )
    heads = "".join(f"  %x{i} = phi {VECTOR} [ %s{i}, %entry ], [ %y{i}, %loop ]\n" for i in places)
    body = "".join(
        f"  %y{i} = {instructions[i % len(instructions)].format(x=f'%x{i}')}\n" for i in places
    )
    end = "".join(f"  store {VECTOR} %y{i}, ptr %a{i}, align 64\n" for i in places)
    operands = "".join(
        f"  %p{letter} = getelementptr {VECTOR}, ptr %data, i64 {count + place}\n"
        f"  %{letter} = load {VECTOR}, ptr %p{letter}, align 64\n"
        for place, letter in enumerate("ab")
    )
    return _loop(name, start + operands, heads, body, end)


def _memory(name: str, line: str) -> str:
    """A loop through as many vectors as fit the innermost cache."""
    body = "".join(
        f"  %a{i} = getelementptr {VECTOR}, ptr %data, i64 {i}\n  {line.format(i=i)}\n"
        for i in range(ROOM)
    )
    return _loop(name, f"  %v = load {VECTOR}, ptr %data, align 64\n", "", body, "")


def _loop(name: str, start: str, heads: str, body: str, end: str) -> str:
    return (
        f"define void @{name}(ptr noalias %data, i64 %rounds) {{\nentry:\n{start}"
        f"  br label %loop\nloop:\n  %k = phi i64 [ 0, %entry ], [ %next, %loop ]\n{heads}{body}"
        "  %next = add i64 %k, 1\n  %more = icmp slt i64 %next, %rounds\n"
        f"  br i1 %more, label %loop, label %done\ndone:\n{end}  ret void\n}}\n"
    )


_MULADD = f"@llvm.fmuladd.v{LANES}f64"
_FUSED = f"call {VECTOR} {_MULADD}({VECTOR} {{x}}, {VECTOR} %a, {VECTOR} %b)"
_CHAINED = {
    "fused": (_FUSED,),
    "both": (_FUSED, f"fadd {VECTOR} {{x}}, %a"),
    "divides": (f"fdiv {VECTOR} %a, {{x}}",),
}
#: Volatile, so that a compiler leaves out none of them.
_MOVES = {
    "loads": f"%l{{i}} = load volatile {VECTOR}, ptr %a{{i}}, align 64",
    "stores": f"store volatile {VECTOR} %v, ptr %a{{i}}, align 64",
}
#: Instructions in a round, by loop.
LOOPS = {f"{name}_{count}": count for name in _CHAINED for count in CHAINS}
LOOPS |= dict.fromkeys(_MOVES, ROOM)
TEXT = f"declare {VECTOR} {_MULADD}({VECTOR}, {VECTOR}, {VECTOR})\n" + "".join(
    [
        *(_chains(f"{name}_{n}", n, *parts) for name, parts in _CHAINED.items() for n in CHAINS),
        *(_memory(name, line) for name, line in _MOVES.items()),
    ]
)


class MicroKernels:
    """The loops, compiled for this machine."""

    def __init__(self) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
        )
        # The engine of LLVM owns the memory of the code, so it lives as long as this object.
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(TEXT), target)
        self._engine.finalize_object()
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)
        self.loops: dict[str, Callable[[int, int], None]] = {
            name: kind(self._engine.get_function_address(name)) for name in LOOPS
        }

    def run(self, name: str, data: np.ndarray, rounds: int) -> None:
        """Some rounds of one loop; `data` are vectors, `aligned`: chains first, then operands."""
        self.loops[name](data.ctypes.data, rounds)

    def rates(self, repeat: int = 7, seconds: float = 0.02) -> Rates:
        """The best of some repetitions: a limit is what a machine does when it is let."""
        best = {name: self._rate(name, repeat, seconds) for name in LOOPS}
        return Rates(
            **{name: max(best[f"{name}_{count}"] for count in CHAINS) for name in _CHAINED},
            **{name: best[name] for name in _MOVES},
        )

    def _rate(self, name: str, repeat: int, seconds: float) -> float:
        rounds, taken = 1000, 0.0
        while taken < seconds:
            rounds *= 2
            taken = self._seconds(name, rounds)
        best = min(self._seconds(name, rounds) for _ in range(repeat))
        return rounds * LOOPS[name] / best / 1e9

    def _seconds(self, name: str, rounds: int) -> float:
        data = aligned((ROOM, LANES))
        data[:] = 0.5
        began = time.thread_time()
        self.run(name, data, rounds)
        return time.thread_time() - began
