"""Vectors of numbers in LLVM text: literals, and the instructions of a function."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What vector code is written for.

    Attributes
    ----------
    lanes : int
        Runs computed side by side.
    scales : bool
        Whether the processor multiplies by powers of two in one instruction (AVX-512).
    fuses : bool
        Whether it multiplies and adds in one rounding; two are taken where it does not.
    divides : bool
        Whether to divide where a product with a reciprocal would do. The two give the same bits
        only where multiplying and adding rounds once, and only for divisors of ordinary size.
    small : bool
        Whether one version of a step serves all, which also computes what is asked for at saved
        times; two are faster.
    """

    lanes: int
    scales: bool = False
    fuses: bool = True
    divides: bool = False
    small: bool = False

    @property
    def vector(self) -> str:
        """A number for each lane."""
        return f"<{self.lanes} x double>"

    @property
    def integers(self) -> str:
        """An integer for each."""
        return f"<{self.lanes} x i64>"

    @property
    def truth(self) -> str:
        """Whether something holds, for each."""
        return f"<{self.lanes} x i1>"

    @property
    def slot(self) -> int:
        """Bytes of a number for each lane."""
        return 8 * self.lanes

    @property
    def align(self) -> int:
        """Bytes on whose multiples vectors lie."""
        return min(64, self.slot)

    def literal(self, value: float) -> str:
        """A number in all lanes, exact to the bit."""
        return "<" + ", ".join([f"double 0x{_bits(value):016X}"] * self.lanes) + ">"

    def literal_whole(self, value: int) -> str:
        """An integer in all lanes."""
        return "<" + ", ".join([f"i64 {value}"] * self.lanes) + ">"

    def all_true(self) -> str:
        """True in all lanes."""
        return "<" + ", ".join(["i1 true"] * self.lanes) + ">"


#: Processors: one register of AVX-512, two of AVX2.
LANES = 8


def _bits(value: float) -> int:
    """The 64 bits of a number; every NaN is the same one."""
    value = math.nan if math.isnan(value) else value
    bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    return bits


class Body:
    """Instructions of one function, each result computed once.

    Attributes
    ----------
    lines : list of str
    numbers : dict of str to int
        Numbers that are read from the function's own table, by their bits, and where they stand
        there: an instruction takes one from memory for nothing, while making it costs two.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.vector, self.integers, self.truth = target.vector, target.integers, target.truth
        self.literal, self.literal_whole = target.literal, target.literal_whole
        self.lines: list[str] = []
        self.numbers: dict[str, int] = {}
        self._known: dict[str, str] = {}
        self._read: set[str] = set()
        self._count = 0

    def put(self, instruction: str) -> str:
        """Add an instruction, or find the same one, and give the name of its result."""
        if instruction not in self._known:
            self._count += 1
            self._known[instruction] = f"%r{self._count}"
            self.lines.append(f"  %r{self._count} = {instruction}")
        return self._known[instruction]

    def do(self, instruction: str) -> None:
        """Add an instruction without a result."""
        self.lines.append(f"  {instruction}")

    def two(self, operation: str, a: str, b: str) -> str:
        return self.put(f"{operation} {self.vector} {a}, {b}")

    def add(self, a: str, b: str) -> str:
        return self.two("fadd", a, b)

    def sub(self, a: str, b: str) -> str:
        return self.two("fsub", a, b)

    def mul(self, a: str, b: str) -> str:
        return self.two("fmul", a, b)

    def integer(self, operation: str, a: str, b: str) -> str:
        return self.put(f"{operation} {self.integers} {a}, {b}")

    def cast(self, operation: str, value: str, source: str, target: str) -> str:
        return self.put(f"{operation} {source} {value} to {target}")

    def compare(self, how: str, a: str, b: str) -> str:
        return self.put(f"fcmp {how} {self.vector} {a}, {b}")

    def pick(self, condition: str, a: str, b: str) -> str:
        return self.put(f"select {self.truth} {condition}, {self.vector} {a}, {self.vector} {b}")

    def call(self, function: str, *arguments: str) -> str:
        inner = ", ".join(f"{self.vector} {argument}" for argument in arguments)
        return self.put(f"call {self.vector} @{function}({inner})")

    def intrinsic(self, name: str, *arguments: str) -> str:
        return self.call(f"llvm.{name}.v{self.target.lanes}f64", *arguments)

    def fused(self, a: str, b: str, c: str) -> str:
        """a x b + c, rounded once where the processor can."""
        return self.intrinsic("fma" if self.target.fuses else "fmuladd", a, b, c)

    def low(self, a: str, b: str) -> str:
        """The lesser number; NaN if either is, as NumPy has it."""
        return self._nearer("olt", a, b)

    def high(self, a: str, b: str) -> str:
        """The greater number; NaN if either is, as NumPy has it."""
        return self._nearer("ogt", a, b)

    def _nearer(self, how: str, a: str, b: str) -> str:
        if self.literal(math.nan) in (a, b):
            return self.literal(math.nan)
        # The processor gives the second if one is NaN, so what is none had better be first.
        if self._is_known(b):
            a, b = b, a
        nearer = self.pick(self.compare(how, a, b), a, b)
        if self._is_known(a):
            return nearer
        return self.pick(self.compare("uno", a, a), a, nearer)

    def _is_known(self, value: str) -> bool:
        return value.startswith("<") or value in self._read

    def number(self, value: float) -> str:
        """A number of the function's table in all lanes."""
        # Zero is made without memory, and no NaN is known to be none.
        if value == 0 or math.isnan(value):
            return self.literal(value)
        everywhere = self._everywhere(f"0x{_bits(value):016X}", "double", self.vector)
        self._read.add(everywhere)
        return everywhere

    def whole(self, value: int) -> str:
        """The same for an integer."""
        return self._everywhere(f"0x{value:016X}", "i64", self.integers)

    def _everywhere(self, bits: str, kind: str, kinds: str) -> str:
        place = self.numbers.setdefault(bits, len(self.numbers))
        address = self.put(f"getelementptr i64, ptr %numbers, i64 {place}")
        # Not by `put`: what is used twice is read twice, and holds no register in between.
        self._count += 3
        number, first, every = (f"%r{self._count - k}" for k in (2, 1, 0))
        lanes = f"<{self.target.lanes} x i32> zeroinitializer"
        self.lines += [
            f"  {number} = load {kind}, ptr {address}, align 8",
            f"  {first} = insertelement {kinds} poison, {kind} {number}, i32 0",
            f"  {every} = shufflevector {kinds} {first}, {kinds} poison, {lanes}",
        ]
        return every

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """Highest power first; in pairs (Estrin), several of which the processor does at once."""
        terms = [self.number(coefficient) for coefficient in reversed(coefficients)]
        while len(terms) > 1:
            odd = terms[2 * (len(terms) // 2) :]
            pairs = zip(terms[0::2], terms[1::2], strict=False)
            terms = [self.fused(high, x, low) for low, high in pairs] + odd
            x = self.mul(x, x)
        return terms[0]


def function(name: str, arguments: int, body: Body, result: str) -> str:
    inner = ", ".join(f"{body.vector} %{'xyzw'[place]}" for place in range(arguments))
    lines = "\n".join(body.lines)
    table, begin = numbers_of(name, body)
    return (
        f"{table}define internal {body.vector} @{name}({inner}) noinline nounwind {{\n"
        f"entry:\n{begin}{lines}\n  ret {body.vector} {result}\n}}\n"
    )


def numbers_of(name: str, body: Body) -> tuple[str, str]:
    """The table of a function's numbers, and the line that finds it."""
    if not body.numbers:
        return "", ""
    numbers = ", ".join(f"i64 {int(bits, 16)}" for bits in body.numbers)
    size = f"[{len(body.numbers)} x i64]"
    # The empty assembly hides that this is a constant: LLVM would form each address anew.
    return (
        f"@{name}_numbers = internal constant {size} [{numbers}], align 64\n",
        f'  %numbers = call ptr asm "", "=r,0"(ptr @{name}_numbers)\n',
    )
