"""What the functions of Vensim ask of the units of their arguments, and the unit they give."""

from collections.abc import Callable, Sequence

from pint.util import UnitsContainer

from buildout.vensim.syntax import Tree

DIMENSIONLESS = UnitsContainer()
# The unit of a literal 0, and of what has been reported already: it fits any other.
ANY = None
Unit = UnitsContainer | None
#: In place of a unit in a model: what its variable is measured in is not looked at.
UNLOOKED = "?"
UnitRule = tuple[str, Callable[[list[Unit], UnitsContainer], Unit]]


def _same(units: list[Unit], time: UnitsContainer) -> Unit:
    return units[0]


def _none(units: list[Unit], time: UnitsContainer) -> Unit:
    return DIMENSIONLESS


def _any(units: list[Unit], time: UnitsContainer) -> Unit:
    return ANY


def unit_quotient(units: list[Unit], time: UnitsContainer) -> Unit:
    over, under = units
    return ANY if over is ANY or under is ANY else over / under


def unit_product(unit: Unit, other: Unit) -> Unit:
    return ANY if unit is ANY or other is ANY else unit * other


def unit_power(unit: Unit, power: float) -> Unit:
    raised: Unit = ANY if unit is ANY else unit**power
    return raised


def _root(units: list[Unit], time: UnitsContainer) -> Unit:
    return unit_power(units[0], 0.5)


def _per_time(units: list[Unit], time: UnitsContainer) -> Unit:
    return UnitsContainer(DIMENSIONLESS / time)


def _times_time(units: list[Unit], time: UnitsContainer) -> Unit:
    return unit_product(units[0], time)


# Per function the roles of its arguments and the unit of its result. Roles: `x` a value, alike
# wherever it stands; `1` dimensionless; `t` a time; `u` any unit; `/` a divisor; `q` the quotient's
# unit; `.` not looked at. The last role goes on for further arguments.
UNIT_RULES: dict[str, UnitRule] = {
    "MIN": ("x", _same),
    "MAX": ("x", _same),
    "IF THEN ELSE": ("1xx", _same),
    "SUM": ("x", _same),
    "VMIN": ("x", _same),
    "VMAX": ("x", _same),
    "PROD": ("1", _none),
    "ELMCOUNT": (".", _none),
    "ABS": ("x", _same),
    "INTEGER": ("x", _same),
    "MODULO": ("x", _same),
    "QUANTUM": ("x", _same),
    "SQRT": ("u", _root),
    "ZIDZ": ("u/", unit_quotient),
    "XIDZ": ("u/q", unit_quotient),
    "INITIAL": ("x", _same),
    "ACTIVE INITIAL": ("x", _same),
    "SAMPLE IF TRUE": ("1xx", _same),
    "SMOOTH": ("xt", _same),
    "SMOOTH3": ("xt", _same),
    "SMOOTHI": ("xtx", _same),
    "SMOOTH3I": ("xtx", _same),
    "DELAY1": ("xt", _same),
    "DELAY3": ("xt", _same),
    "DELAY1I": ("xtx", _same),
    "DELAY3I": ("xtx", _same),
    "DELAY FIXED": ("xtx", _same),
    "DELAY MATERIAL": ("xtxx", _same),
    "DELAY INFORMATION": ("xtx", _same),
    "SINTEG": ("ux.", _same),
    "NPV": ("u..1", _times_time),
    "VECTOR SELECT": ("1x.", _same),
    "VECTOR LOOKUP": ("x.", _same),
    "VECTOR ELM MAP": ("x1", _same),
    "VECTOR SORT ORDER": ("u1", _none),
    "SMOOTH N": ("xtx1", _same),
    "DELAY N": ("xtx1", _same),
    "RANDOM 0 1": (".", _none),
    "RANDOM UNIFORM": ("xx.", _same),
    "RANDOM NORMAL": ("xxxx.", _same),
    "RANDOM EXPONENTIAL": ("xxxx.", _same),
    "RANDOM POISSON": ("xxxxx.", _same),
    "FORECAST": ("xt", _same),
    "TREND": ("ut1", _per_time),
    "STEP": ("xt", _same),
    "RAMP": ("ut", _times_time),
    "PULSE": ("t", _none),
    "PULSE TRAIN": ("t", _none),
    "WITH LOOKUP": ("1.", _any),
    "GAME": ("x", _same),
    **dict.fromkeys(("EXP", "LN", "LOG", "SIN", "COS", "TAN", "SINH", "COSH"), ("1", _none)),
    **dict.fromkeys(("TANH", "ARCSIN", "ARCCOS", "ARCTAN", "POWER"), ("1", _none)),
}


def roles_of(shape: str, arguments: Sequence[Tree]) -> str:
    return (shape + shape[-1] * (len(arguments) - len(shape)))[: len(arguments)]
