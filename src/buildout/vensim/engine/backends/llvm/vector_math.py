"""Vector code for exp, log, pow, reciprocals and lane-by-lane library calls, as LLVM text.

Each function takes and gives `LANES` numbers. Methods and coefficients of exp and log are those of
fdlibm (Sun Microsystems, 1993; e_exp.c, e_log.c), within 1 unit in the last place; pow carries the
logarithm in two numbers and is as good. Cases out of the ordinary (a base that is not a positive
normal number) go to slower code, all lanes of them.
"""

import math

from buildout.vensim.engine.backends.llvm.strength import NO_REST
from buildout.vensim.engine.backends.llvm.vectors import Body, Target, function

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
#: Most that may be added to an argument of exp after its nearest multiple of log 2 was taken off:
#: the series for the rest loses nothing by that.
_TINY = 0.0625


#: Multiplies by a power of two; an instruction of AVX-512.
_SCALE = "llvm.x86.avx512.mask.scalef.pd.512"


def _exp_of_sum(b: Body, x: str, extra: str | None) -> str:
    """exp(x + extra), with |extra| < `_TINY`, and x from -800 to 800 or NaN."""
    n = b.intrinsic("rint", b.mul(x, b.number(1 / math.log(2))))
    back = b.put(f"fneg {b.vector} {n}")
    r = b.fused(back, b.number(_LN2_LOW), b.fused(back, b.number(_LN2_HIGH), x))
    if extra:
        r = b.add(r, extra)
    # 1 + r + r^2 (1/2 + r/6 + ...): what is rounded last is the sum with 1.
    tail = b.polynomial(r, [1 / math.factorial(k) for k in range(13, 1, -1)])
    value = b.add(b.fused(b.mul(r, r), tail, r), b.number(1.0))
    return _scaled(b, value, n)


def _scaled(b: Body, value: str, n: str) -> str:
    """value x 2^n, for whole n from -1200 to 1200 or NaN."""
    if b.target.scales:
        vectors = ", ".join(f"{b.vector} {each}" for each in (value, n, "poison"))
        return b.put(f"call {b.vector} @{_SCALE}({vectors}, i8 -1, i32 4)")
    # NaN survives in `value`; the exponent made from it is arbitrary but defined by the select.
    n = b.pick(b.compare("ord", n, n), n, b.literal(0.0))
    i = b.cast("fptosi", n, b.vector, b.integers)
    half = b.integer("ashr", i, b.literal_whole(1))
    # In two steps, as 2^1024 is no number but 2^1024 x 0.9 is, and for numbers below 2^-1022.
    for part in (half, b.integer("sub", i, half)):
        bits = b.integer("shl", b.integer("add", part, b.literal_whole(1023)), b.literal_whole(52))
        value = b.mul(value, b.cast("bitcast", bits, b.integers, b.vector))
    return value


def _mantissa(b: Body, x: str) -> tuple[str, str]:
    """x as m x 2^k, with m from 0.71 to 1.41."""
    bits = b.cast("bitcast", x, b.vector, b.integers)
    shifted = b.integer("sub", bits, b.whole(0x3FE6A09E667F3BCD))
    k = b.integer("ashr", shifted, b.literal_whole(52))
    m = b.integer("sub", bits, b.integer("shl", k, b.literal_whole(52)))
    return b.cast("bitcast", m, b.integers, b.vector), b.cast("sitofp", k, b.integers, b.vector)


def _exp(target: Target) -> str:
    b = Body(target)
    x = b.high(b.literal(-746.0), b.low(b.literal(710.0), "%x"))
    return function("v_exp", 1, b, _exp_of_sum(b, x, None))


def _normal(b: Body, x: str) -> str:
    """Whether numbers are positive, finite and not so small that bits are missing."""
    return b.put(
        f"and {b.truth} {b.compare('oge', x, b.number(_SMALLEST_NORMAL))}, "
        f"{b.compare('ole', x, b.number(_LARGEST))}"
    )


def _unless(b: Body, ordinary: str, otherwise: str, fast: str = "") -> None:
    """Call another function if a number is not the ordinary case, for those that are none."""
    mask = b.put(f"bitcast {b.truth} {ordinary} to i{b.target.lanes}")
    every = b.put(f"icmp eq i{b.target.lanes} {mask}, -1")
    b.do(f"br i1 {every}, label %fast, label %slow")
    b.lines.append("slow:")
    arguments = ("%x", "%y") if fast else ("%x",)
    slow = b.call(otherwise, *arguments)
    # No number may depend on the other lanes, not in its last bit.
    b.do(f"ret {b.vector} {b.pick(ordinary, fast, slow) if fast else slow}")
    b.lines.append("fast:")


def _log_of(b: Body, x: str, tiny: str | None) -> str:
    m, k = _mantissa(b, x)
    if tiny:
        k = b.pick(tiny, b.sub(k, b.literal(54.0)), k)
    f = b.sub(m, b.number(1.0))
    half_square = b.mul(b.mul(f, f), b.number(0.5))
    s = b.two("fdiv", f, b.add(f, b.number(2.0)))
    z = b.mul(s, s)
    tail = b.mul(b.polynomial(z, _LOG), z)
    inner = b.fused(s, b.add(half_square, tail), b.mul(k, b.number(_LN2_LOW)))
    rest = b.sub(b.sub(half_square, inner), f)
    return b.sub(b.mul(k, b.number(_LN2_HIGH)), rest)


def _log(target: Target) -> str:
    b = Body(target)
    # That one gives the same for the ordinary ones too.
    _unless(b, _normal(b, "%x"), "v_log_any")
    return function("v_log", 1, b, _log_of(b, "%x", None))


def _log_any(target: Target) -> str:
    b = Body(target)
    tiny = b.compare("olt", "%x", b.literal(_SMALLEST_NORMAL))
    x = b.pick(tiny, b.mul("%x", b.literal(2.0**54)), "%x")
    value = _log_of(b, x, tiny)
    value = b.pick(b.compare("ogt", x, b.literal(_LARGEST)), x, value)
    below = b.pick(b.compare("oeq", x, b.literal(0.0)), b.literal(-math.inf), b.literal(math.nan))
    value = b.pick(b.compare("ogt", x, b.literal(0.0)), value, below)
    return function("v_log_any", 1, b, value)


def _log_in_two(b: Body, x: str) -> tuple[str, str]:
    """Logarithm of a positive normal number as a sum of a number and a far smaller one."""
    m, k = _mantissa(b, x)
    f = b.sub(m, b.number(1.0))
    d = b.add(m, b.number(1.0))
    d_rest = b.sub(m, b.sub(d, b.number(1.0)))
    s = b.two("fdiv", f, d)
    back = b.put(f"fneg {b.vector} {s}")
    s_rest = b.two("fdiv", b.fused(back, d_rest, b.fused(back, d, f)), d)
    z = b.mul(s, s)
    # log m = 2 (s + s^3/3 + s^5/5 + ...), with |s| < 0.172
    tail = b.polynomial(z, [2 / power for power in range(23, 1, -2)])
    tail = b.mul(b.mul(s, z), tail)
    big, double = b.mul(k, b.number(_LN2_HIGH)), b.add(s, s)
    high = b.add(big, double)
    # What the last sum lost; `big` is zero or the greater of the two.
    lost = b.sub(double, b.sub(high, big))
    rest = b.add(b.add(b.add(s_rest, s_rest), tail), b.mul(k, b.number(_LN2_LOW)))
    return high, b.add(rest, lost)


def _reciprocal(target: Target) -> str:
    """1/x, rounded towards zero."""
    b = Body(target)
    near = b.two("fdiv", b.number(1.0), "%x")
    back = b.put(f"fneg {b.vector} %x")
    beyond = b.compare("olt", b.fused(back, near, b.number(1.0)), b.literal(0.0))
    bits = b.cast("bitcast", near, b.vector, b.integers)
    less = b.cast("bitcast", b.integer("sub", bits, b.literal_whole(1)), b.integers, b.vector)
    return function("v_reciprocal", 1, b, b.pick(beyond, less, near))


def _rest_of_reciprocal(target: Target) -> str:
    """What 1/x is more than y, its reciprocal rounded towards zero; see `strength.reciprocal`."""
    b = Body(target)
    missing = b.fused(b.put(f"fneg {b.vector} %x"), "%y", b.number(1.0))
    none = b.compare("oeq", missing, b.literal(0.0))
    rest = b.pick(none, b.mul("%y", b.number(NO_REST)), b.mul(missing, "%y"))
    # Of zero and infinity the reciprocal itself, which adds nothing to a product.
    ordinary = b.compare("ord", missing, missing)
    return function("v_rest_of_reciprocal", 2, b, b.pick(ordinary, rest, "%y"))


def _log_high(target: Target) -> str:
    """The greater part of a logarithm, NaN where powers are left to the library."""
    b = Body(target)
    high, _ = _log_in_two(b, "%x")
    return function("v_log_high", 1, b, b.pick(_normal(b, "%x"), high, b.literal(math.nan)))


def _log_rest(target: Target) -> str:
    b = Body(target)
    return function("v_log_rest", 1, b, _log_in_two(b, "%x")[1])


def _pow(target: Target) -> str:
    b = Body(target)
    high, rest = _log_in_two(b, "%x")
    return function("v_pow", 2, b, _power(b, high, rest, _normal(b, "%x")))


def _pow_known(target: Target) -> str:
    b = Body(target)
    return function("v_pow_known", 4, b, _power(b, "%z", "%w", None))


def _power(b: Body, high: str, rest: str, ordinary: str | None) -> str:
    """x^y, from x, y, the logarithm of x in two numbers, and whether x is an ordinary number."""
    product = b.mul("%y", high)
    lost = b.fused("%y", high, b.put(f"fneg {b.vector} {product}"))
    extra = b.fused("%y", rest, lost)
    value = _exp_of_sum(b, product, extra)
    # Beyond this the power is zero or infinite, or the rest of the sum is not tiny.
    near = b.compare("olt", b.intrinsic("fabs", product), b.number(800.0))
    tiny = b.compare("olt", b.intrinsic("fabs", extra), b.number(_TINY))
    near = b.put(f"and {b.truth} {near}, {tiny}")
    if ordinary:
        near = b.put(f"and {b.truth} {ordinary}, {near}")
    _unless(b, near, "v_pow_library", value)
    return value


def by_lane(target: Target, name: str, library: str, arguments: int) -> str:
    """A function that calls the C library once per lane."""
    b, result = Body(target), "undef"
    for lane in range(target.lanes):
        inner = ", ".join(
            f"double {b.put(f'extractelement {b.vector} %{v}, i32 {lane}')}"
            for v in "xyz"[:arguments]
        )
        value = b.put(f"call double @{library}({inner})")
        result = b.put(f"insertelement {b.vector} {result}, double {value}, i32 {lane}")
    types = ", ".join(["double"] * arguments)
    return function(name, arguments, b, result) + f"declare double @{library}({types})\n"


def _mod(target: Target) -> str:
    """Remainder with the sign of the divisor, as Python and NumPy have it."""
    b = Body(target)
    rest = b.call("v_fmod", "%x", "%y")
    negative = b.put(
        f"xor {b.truth} {b.compare('olt', rest, b.literal(0.0))}, "
        f"{b.compare('olt', '%y', b.literal(0.0))}"
    )
    wrong = b.put(f"and {b.truth} {negative}, {b.compare('one', rest, b.literal(0.0))}")
    moved = b.pick(wrong, b.add(rest, "%y"), rest)
    # Zero has the sign of the divisor too, which a division by it makes visible.
    zero = b.pick(b.compare("olt", "%y", b.literal(0.0)), b.literal(-0.0), b.literal(0.0))
    none = b.compare("oeq", rest, b.literal(0.0))
    return function("v_mod", 2, b, b.pick(none, zero, moved))


def vector_functions(target: Target) -> dict[str, dict[str, str]]:
    """Text of the functions behind each operator, by their names.

    Parameters
    ----------
    target : Target
    """
    library = {"v_pow_library": by_lane(target, "v_pow_library", "pow", 2)}
    return {
        "exp": {"v_exp": _exp(target)},
        "log": {"v_log_any": _log_any(target), "v_log": _log(target)},
        "pow": library | {"v_pow": _pow(target)},
        "pow_known": library | {"v_pow_known": _pow_known(target)},
        "log_high": {"v_log_high": _log_high(target)},
        "log_rest": {"v_log_rest": _log_rest(target)},
        "reciprocal": {"v_reciprocal": _reciprocal(target)},
        "rest_of_reciprocal": {"v_rest_of_reciprocal": _rest_of_reciprocal(target)},
        "mod": {"v_fmod": by_lane(target, "v_fmod", "fmod", 2), "v_mod": _mod(target)},
        **{
            name: {f"v_{name}": by_lane(target, f"v_{name}", name, 1)}
            for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
        },
    }


def intrinsics(target: Target) -> str:
    """Declarations of LLVM's own functions."""
    arguments = {
        "fma" if target.fuses else "fmuladd": 3,
        "rint": 1,
        "sqrt": 1,
        "fabs": 1,
        "trunc": 1,
    }
    vector = target.vector
    declared = [
        f"declare {vector} @llvm.{name}.v{target.lanes}f64({', '.join([vector] * count)})\n"
        for name, count in arguments.items()
    ]
    if target.scales:
        declared.append(f"declare {vector} @{_SCALE}({vector}, {vector}, {vector}, i8, i32)\n")
    return "".join(declared)
