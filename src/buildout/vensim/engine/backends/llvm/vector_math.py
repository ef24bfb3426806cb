"""Vector code for exp, log, pow and lane-by-lane library calls, as LLVM text.

Each function takes and gives `LANES` numbers. Methods and coefficients of exp and log are those of
fdlibm (Sun Microsystems, 1993; e_exp.c, e_log.c), within 1 unit in the last place; pow carries the
logarithm in two numbers and is as good. Cases out of the ordinary (a base that is not a positive
normal number) go to the C library, lane by lane.
"""

import math
import struct
from collections.abc import Sequence

#: Runs computed side by side: one register of AVX-512, two of AVX2.
LANES = 8
VECTOR = f"<{LANES} x double>"
INTEGER = f"<{LANES} x i64>"
TRUTH = f"<{LANES} x i1>"
ALL_TRUE = "<" + ", ".join(["i1 true"] * LANES) + ">"

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG = (
    1.479819860511658591e-01,
    1.531383769920937332e-01,
    1.818357216161805012e-01,
    2.222219843214978396e-01,
    2.857142874366239149e-01,
    3.999999999940941908e-01,
    6.666666666666735130e-01,
)
_LARGEST = 1.7976931348623157e308
_SMALLEST_NORMAL = 2.2250738585072014e-308


def literal(value: float) -> str:
    """A number in all lanes, exact to the bit; every NaN as the same one."""
    value = math.nan if math.isnan(value) else value
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    return "<" + ", ".join([f"double 0x{bits:016X}"] * LANES) + ">"


def whole(value: int) -> str:
    """An integer in all lanes."""
    return "<" + ", ".join([f"i64 {value}"] * LANES) + ">"


class Body:
    """Instructions of one function, each result computed once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[str, str] = {}
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
        return self.put(f"{operation} {VECTOR} {a}, {b}")

    def add(self, a: str, b: str) -> str:
        return self.two("fadd", a, b)

    def sub(self, a: str, b: str) -> str:
        return self.two("fsub", a, b)

    def mul(self, a: str, b: str) -> str:
        return self.two("fmul", a, b)

    def integer(self, operation: str, a: str, b: str) -> str:
        return self.put(f"{operation} {INTEGER} {a}, {b}")

    def cast(self, operation: str, value: str, source: str, target: str) -> str:
        return self.put(f"{operation} {source} {value} to {target}")

    def compare(self, how: str, a: str, b: str) -> str:
        return self.put(f"fcmp {how} {VECTOR} {a}, {b}")

    def pick(self, condition: str, a: str, b: str) -> str:
        return self.put(f"select {TRUTH} {condition}, {VECTOR} {a}, {VECTOR} {b}")

    def call(self, function: str, *arguments: str) -> str:
        inner = ", ".join(f"{VECTOR} {argument}" for argument in arguments)
        return self.put(f"call {VECTOR} @{function}({inner})")

    def intrinsic(self, name: str, *arguments: str) -> str:
        return self.call(f"llvm.{name}.v{LANES}f64", *arguments)

    def fused(self, a: str, b: str, c: str) -> str:
        """a x b + c, rounded once."""
        return self.intrinsic("fma", a, b, c)

    def low(self, a: str, b: str) -> str:
        """The lesser number; NaN if either is, as NumPy has it."""
        return self._nearer("olt", a, b)

    def high(self, a: str, b: str) -> str:
        """The greater number; NaN if either is, as NumPy has it."""
        return self._nearer("ogt", a, b)

    def _nearer(self, how: str, a: str, b: str) -> str:
        if literal(math.nan) in (a, b):
            return literal(math.nan)
        # The processor gives the second number if one is NaN, so a literal had better be first.
        if b.startswith("<"):
            a, b = b, a
        nearer = self.pick(self.compare(how, a, b), a, b)
        if a.startswith("<"):
            return nearer
        return self.pick(self.compare("uno", a, a), a, nearer)

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """Highest power first; in pairs (Estrin), several of which the processor does at once."""
        terms = [literal(coefficient) for coefficient in reversed(coefficients)]
        while len(terms) > 1:
            odd = terms[2 * (len(terms) // 2) :]
            pairs = zip(terms[0::2], terms[1::2], strict=False)
            terms = [self.fused(high, x, low) for low, high in pairs] + odd
            x = self.mul(x, x)
        return terms[0]


def function(name: str, arguments: int, body: Body, result: str) -> str:
    inner = ", ".join(f"{VECTOR} %{'xyz'[place]}" for place in range(arguments))
    lines = "\n".join(body.lines)
    return (
        f"define internal {VECTOR} @{name}({inner}) noinline nounwind {{\n"
        f"entry:\n{lines}\n  ret {VECTOR} {result}\n}}\n"
    )


def _exp_of_sum(b: Body, x: str, extra: str | None) -> str:
    """exp(x + extra), with extra tiny beside x."""
    x = b.high(b.low(x, literal(710.0)), literal(-746.0))
    n = b.intrinsic("rint", b.mul(x, literal(1 / math.log(2))))
    back = b.put(f"fneg {VECTOR} {n}")
    r = b.fused(back, literal(_LN2_LOW), b.fused(back, literal(_LN2_HIGH), x))
    if extra:
        r = b.add(r, extra)
    # 1 + r + r^2 (1/2 + r/6 + ...): what is rounded last is the sum with 1.
    tail = b.polynomial(r, [1 / math.factorial(k) for k in range(13, 1, -1)])
    value = b.add(b.fused(b.mul(r, r), tail, r), literal(1.0))
    # NaN survives in `value`; the exponent made from it is arbitrary but defined by the select.
    n = b.pick(b.compare("ord", n, n), n, literal(0.0))
    i = b.cast("fptosi", n, VECTOR, INTEGER)
    half = b.integer("ashr", i, whole(1))
    # In two steps, as 2^1024 is no number but 2^1024 x 0.9 is, and for numbers below 2^-1022.
    for part in (half, b.integer("sub", i, half)):
        bits = b.integer("shl", b.integer("add", part, whole(1023)), whole(52))
        value = b.mul(value, b.cast("bitcast", bits, INTEGER, VECTOR))
    return value


def _mantissa(b: Body, x: str) -> tuple[str, str]:
    """x as m x 2^k, with m from 0.71 to 1.41."""
    bits = b.cast("bitcast", x, VECTOR, INTEGER)
    shifted = b.integer("sub", bits, whole(0x3FE6A09E667F3BCD))
    k = b.integer("ashr", shifted, whole(52))
    m = b.integer("sub", bits, b.integer("shl", k, whole(52)))
    return b.cast("bitcast", m, INTEGER, VECTOR), b.cast("sitofp", k, INTEGER, VECTOR)


def _exp() -> str:
    b = Body()
    return function("v_exp", 1, b, _exp_of_sum(b, "%x", None))


def _log() -> str:
    b = Body()
    tiny = b.compare("olt", "%x", literal(_SMALLEST_NORMAL))
    x = b.pick(tiny, b.mul("%x", literal(2.0**54)), "%x")
    m, k = _mantissa(b, x)
    k = b.pick(tiny, b.sub(k, literal(54.0)), k)
    f = b.sub(m, literal(1.0))
    half_square = b.mul(b.mul(f, f), literal(0.5))
    s = b.two("fdiv", f, b.add(f, literal(2.0)))
    z = b.mul(s, s)
    tail = b.mul(b.polynomial(z, _LOG), z)
    inner = b.fused(s, b.add(half_square, tail), b.mul(k, literal(_LN2_LOW)))
    rest = b.sub(b.sub(half_square, inner), f)
    value = b.sub(b.mul(k, literal(_LN2_HIGH)), rest)
    value = b.pick(b.compare("ogt", x, literal(_LARGEST)), x, value)
    below = b.pick(b.compare("oeq", x, literal(0.0)), literal(-math.inf), literal(math.nan))
    value = b.pick(b.compare("ogt", x, literal(0.0)), value, below)
    return function("v_log", 1, b, value)


def _log_in_two(b: Body, x: str) -> tuple[str, str]:
    """Logarithm of a positive normal number as a sum of a number and a far smaller one."""
    m, k = _mantissa(b, x)
    f = b.sub(m, literal(1.0))
    d = b.add(m, literal(1.0))
    d_rest = b.sub(m, b.sub(d, literal(1.0)))
    s = b.two("fdiv", f, d)
    back = b.put(f"fneg {VECTOR} {s}")
    s_rest = b.two("fdiv", b.fused(back, d_rest, b.fused(back, d, f)), d)
    z = b.mul(s, s)
    # log m = 2 (s + s^3/3 + s^5/5 + ...), with |s| < 0.172
    tail = b.polynomial(z, [2 / power for power in range(23, 1, -2)])
    tail = b.mul(b.mul(s, z), tail)
    big, double = b.mul(k, literal(_LN2_HIGH)), b.add(s, s)
    high = b.add(big, double)
    # What the last sum lost; `big` is zero or the greater of the two.
    lost = b.sub(double, b.sub(high, big))
    rest = b.add(b.add(b.add(s_rest, s_rest), tail), b.mul(k, literal(_LN2_LOW)))
    return high, b.add(rest, lost)


def _pow() -> str:
    b = Body()
    ordinary = b.put(
        f"and {TRUTH} {b.compare('oge', '%x', literal(_SMALLEST_NORMAL))}, "
        f"{b.compare('ole', '%x', literal(_LARGEST))}"
    )
    small = b.compare("olt", b.intrinsic("fabs", "%y"), literal(1e30))
    ordinary = b.put(f"and {TRUTH} {ordinary}, {small}")
    mask = b.put(f"bitcast {TRUTH} {ordinary} to i{LANES}")
    every = b.put(f"icmp eq i{LANES} {mask}, -1")
    b.do(f"br i1 {every}, label %fast, label %slow")
    b.lines.append("slow:")
    slow = b.call("v_pow_library", "%x", "%y")
    b.do(f"ret {VECTOR} {slow}")
    b.lines.append("fast:")
    high, rest = _log_in_two(b, "%x")
    product = b.mul("%y", high)
    lost = b.fused("%y", high, b.put(f"fneg {VECTOR} {product}"))
    # Where the product is out of exp's reach its rest no longer matters.
    extra = b.fused("%y", rest, lost)
    near = b.compare("olt", b.intrinsic("fabs", product), literal(800.0))
    extra = b.pick(near, extra, literal(0.0))
    return function("v_pow", 2, b, _exp_of_sum(b, product, extra))


def by_lane(name: str, library: str, arguments: int) -> str:
    """A function that calls the C library once per lane."""
    b, result = Body(), "undef"
    for lane in range(LANES):
        inner = ", ".join(
            f"double {b.put(f'extractelement {VECTOR} %{v}, i32 {lane}')}"
            for v in "xyz"[:arguments]
        )
        value = b.put(f"call double @{library}({inner})")
        result = b.put(f"insertelement {VECTOR} {result}, double {value}, i32 {lane}")
    types = ", ".join(["double"] * arguments)
    return function(name, arguments, b, result) + f"declare double @{library}({types})\n"


def _mod() -> str:
    """Remainder with the sign of the divisor, as Python and NumPy have it."""
    b = Body()
    rest = b.call("v_fmod", "%x", "%y")
    negative = b.put(
        f"xor {TRUTH} {b.compare('olt', rest, literal(0.0))}, "
        f"{b.compare('olt', '%y', literal(0.0))}"
    )
    wrong = b.put(f"and {TRUTH} {negative}, {b.compare('one', rest, literal(0.0))}")
    moved = b.pick(wrong, b.add(rest, "%y"), rest)
    # Zero has the sign of the divisor too, which a division by it makes visible.
    zero = b.pick(b.compare("olt", "%y", literal(0.0)), literal(-0.0), literal(0.0))
    none = b.compare("oeq", rest, literal(0.0))
    return function("v_mod", 2, b, b.pick(none, zero, moved))


#: Functions by operator, each with those it calls.
VECTOR_FUNCTIONS = {
    "exp": [_exp()],
    "log": [_log()],
    "pow": [by_lane("v_pow_library", "pow", 2), _pow()],
    "mod": [by_lane("v_fmod", "fmod", 2), _mod()],
    **{
        name: [by_lane(f"v_{name}", name, 1)]
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
    },
}
INTRINSICS = "".join(
    f"declare {VECTOR} @llvm.{name}.v{LANES}f64({', '.join([VECTOR] * arguments)})\n"
    for name, arguments in {"fma": 3, "rint": 1, "sqrt": 1, "fabs": 1, "trunc": 1}.items()
)
