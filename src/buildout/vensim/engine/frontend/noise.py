"""Vensim's `RANDOM ...` as states of the model: numbers that a seed decides, alike everywhere.

Each call has two generators of its own, whose products of whole numbers are exact in double
precision, so that a run has the same numbers in every backend, bit for bit. Where they begin is
decided by the constant `NOISE SEED`, which a run may be given as any other, by the stream that the
call names, and by the variable that it stands in. Vensim's own numbers are others, with the same
distribution.

Generators and their combination: P. L'Ecuyer, "Efficient and portable combined random number
generators", Communications of the ACM 31 (1988), 742. Quantiles of the normal distribution: M. J.
Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), 477, good to 1e-16; its probabilities: G.
West, "Better approximations to cumulative normal functions", Wilmott (2005), 70, good to 1e-14, and
to 1e-8 of itself beyond seven standard deviations.
"""

import functools
import math
import zlib
from collections.abc import Sequence

from buildout.vensim.engine.frontend.scope import Rate, Scope
from buildout.vensim.engine.ir.expressions import ONE, ZERO, Expression, constant, variable

#: Multiplier and modulus of each generator.
_FIRST, _SECOND = (40014.0, 2147483563.0), (40692.0, 2147483399.0)
#: Events that `RANDOM POISSON` counts up to.
_MOST_COUNTED = 120
SEED = "noise_seed"
_HALF = constant(0.5)


def uniform(scope: Scope, low: Expression, high: Expression, stream: Expression) -> Expression:
    return ("+", low, ("*", ("-", high, low), between_0_and_1(scope, stream)))


def normal(
    scope: Scope,
    low: Expression,
    high: Expression,
    mean: Expression,
    deviation: Expression,
    stream: Expression,
) -> Expression:
    """Truncated by the bounds, as if it was drawn until it lies between them."""
    least, most = (_probability(scope, ("/", ("-", x, mean), deviation)) for x in (low, high))
    place = ("+", least, ("*", ("-", most, least), between_0_and_1(scope, stream)))
    drawn = ("+", mean, ("*", deviation, _quantile(scope, place)))
    return _within(low, high, ("if", ("==", deviation, ZERO), mean, drawn))


def exponential(
    scope: Scope,
    low: Expression,
    high: Expression,
    shift: Expression,
    stretch: Expression,
    stream: Expression,
) -> Expression:
    """With mean 1 before it is stretched, shifted and truncated."""
    # What lies above each bound.
    above = [("exp", ("neg", ("max", ZERO, ("/", ("-", x, shift), stretch)))) for x in (low, high)]
    place = ("-", above[0], ("*", ("-", *above), between_0_and_1(scope, stream)))
    drawn = ("-", shift, ("*", stretch, ("log", place)))
    return _within(low, high, ("if", ("==", stretch, ZERO), shift, drawn))


def poisson(
    scope: Scope,
    low: Expression,
    high: Expression,
    mean: Expression,
    shift: Expression,
    stretch: Expression,
    stream: Expression,
) -> Expression:
    """Whole numbers before they are stretched and shifted; as many terms as the bounds allow.

    Where these allow more than `_MOST_COUNTED`, a mean of up to half of that still leaves less
    above it than the generators can tell from nothing; a larger mean gives NaN.
    """
    fewest, most = ((bound[1] - shift[1]) / (stretch[1] or 1.0) for bound in (low, high))
    first, last = max(0, math.ceil(fewest)), min(math.floor(most), _MOST_COUNTED)
    if not first <= last:
        raise ValueError(f"bounds of {low[1]:g} and {high[1]:g}, between which nothing is counted")
    chance: Expression = ("exp", ("neg", mean))
    below: Expression = ZERO
    upto: list[Expression] = []
    for count in range(last + 1):
        below = scope.share("upto", ("+", below, chance))
        upto.append(below)
        chance = scope.share("chance", ("/", ("*", chance, mean), constant(count + 1)))
    least = upto[first - 1] if first else ZERO
    whole = upto[last] if most <= _MOST_COUNTED else ONE
    place = ("+", least, ("*", ("-", whole, least), between_0_and_1(scope, stream)))
    place = scope.share("place", place)
    count_: Expression = constant(first)
    for bound in upto[first:last]:
        count_ = ("+", count_, ("if", (">", place, bound), ONE, ZERO))
    if most > _MOST_COUNTED:
        few = ("<=", mean, constant(_MOST_COUNTED / 2))
        count_ = ("if", few, count_, constant(math.nan))
    return ("+", shift, ("*", stretch, count_))


def between_0_and_1(scope: Scope, stream: Expression = ZERO) -> Expression:
    """A number that is never 0 and never 1, another one at each time step."""
    salt = zlib.crc32(scope.name().encode())
    parts = [
        scope.remember("sample", "random", _start(scope, stream, salt, place), _next_of(*generator))
        for place, generator in enumerate((_FIRST, _SECOND))
    ]
    apart = scope.share("apart", ("-", *parts))
    around = constant(_FIRST[1] - 1)
    whole = ("if", ("<", apart, ONE), ("+", apart, around), apart)
    return ("/", whole, constant(_FIRST[1]))


def _next_of(multiplier: float, modulus: float) -> Rate:
    return lambda held: ("mod", ("*", constant(multiplier), held), constant(modulus))


def _start(scope: Scope, stream: Expression, salt: int, place: int) -> Expression:
    """A whole number from 1 up to the modulus, scattered over neighbouring seeds and streams."""
    multiplier, modulus = (_FIRST, _SECOND)[place]
    seed, named = (
        ("mod", ("trunc", ("abs", e)), constant(2**31)) for e in (variable(SEED), stream)
    )
    known = ("+", ("*", seed, constant(69069)), ("*", named, constant(16807)))
    value: Expression = ("mod", ("+", known, constant(salt % 2**31 + place)), constant(modulus - 1))
    for _ in range(3):
        # The square of the last 16 bits, so that neighbours do not stay in step.
        value = scope.share("seed", value)
        last = scope.share("last", ("mod", value, constant(2**16)))
        mixed = ("+", ("*", constant(multiplier), value), ("*", constant(8191), ("*", last, last)))
        value = ("mod", mixed, constant(modulus - 1))
    return ("+", value, ONE)


def _within(low: Expression, high: Expression, value: Expression) -> Expression:
    return ("max", low, ("min", high, value))


def _polynomial(coefficients: Sequence[float], x: Expression) -> Expression:
    """By Horner's rule, the constant first."""
    *lower, highest = map(constant, coefficients)
    return functools.reduce(lambda sum_, c: ("+", ("*", sum_, x), c), reversed(lower), highest)


def _probability(scope: Scope, x: Expression) -> Expression:
    """How much of the standard normal distribution lies below x."""
    x = scope.share("gap", x)
    far = scope.share("far", ("abs", x))
    bell = ("exp", ("neg", ("/", ("*", far, far), constant(2))))
    near = ("/", ("*", bell, _polynomial(_BELOW, far)), _polynomial(_UNDER, far))
    tail: Expression = ("+", far, constant(0.65))
    for place in (4, 3, 2, 1):
        tail = ("+", far, ("/", constant(place), tail))
    distant = ("/", bell, ("*", tail, constant(2.506628274631)))
    # Beyond 37 standard deviations nothing is left, infinite bounds included.
    outside = ("if", ("<", far, constant(37)), distant, ZERO)
    above = ("if", ("<", far, constant(7.07106781186547)), near, outside)
    above = scope.share("above", above)
    return scope.share("below", ("if", (">", x, ZERO), ("-", ONE, above), above))


def _quantile(scope: Scope, p: Expression) -> Expression:
    """The inverse of `_probability`."""
    p = scope.share("place", p)
    middle = scope.share("middle", ("-", p, _HALF))
    square = scope.share("square", ("-", constant(0.180625), ("*", middle, middle)))
    central = (
        "*",
        middle,
        ("/", _polynomial(_CENTRAL[0], square), _polynomial(_CENTRAL[1], square)),
    )
    root = scope.share("root", ("sqrt", ("neg", ("log", ("min", p, ("-", ONE, p))))))
    sides = []
    for (top, bottom), start in ((_NEAR, 1.6), (_FAR, 5.0)):
        r = ("-", root, constant(start))
        sides.append(("/", _polynomial(top, r), _polynomial(bottom, r)))
    side = scope.share("side", ("if", ("<=", root, constant(5)), *sides))
    signed = ("if", ("<", middle, ZERO), ("neg", side), side)
    return ("if", ("<=", ("abs", middle), constant(0.425)), central, signed)


_BELOW = (
    *(220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383),
    *(6.37396220353165, 0.700383064443688, 0.0352624965998911),
)
_UNDER = (
    *(440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674),
    *(86.7807322029461, 16.064177579207, 1.75566716318264, 0.0883883476483184),
)
_CENTRAL = (
    (
        *(3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3),
        *(1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4),
        *(3.3430575583588128105e4, 2.5090809287301226727e3),
    ),
    (
        *(1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3),
        *(2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4),
        5.2264952788528545610e3,
    ),
)
_NEAR = (
    (
        *(1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0),
        *(3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1),
        *(2.27238449892691845833e-2, 7.74545014278341407640e-4),
    ),
    (
        *(1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1),
        *(1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4),
        1.05075007164441684324e-9,
    ),
)
_FAR = (
    (
        *(6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0),
        *(2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3),
        *(2.71155556874348757815e-5, 2.01033439929228813265e-7),
    ),
    (
        *(1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2),
        *(7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7),
        2.04426310338993978564e-15,
    ),
)
