"""Both sides of every equation have the same unit, and a planted error of any kind is found."""

import pytest

from buildout.errors import UnknownNameError, UnsupportedError
from buildout.inputs import places
from buildout.vensim import units
from buildout.vensim.source import read_source

WORLD = """
one: a, b ~ ~ |
mass= 2 ~ t |
light mass= 3 ~ kg |
money= 5 ~ MUSD |
rate= 1 ~ t/Year |
delay= 4 ~ Year |
share= 0.3 ~ Dmnl |
heads= 7 ~ person |
masses[one]= 1, 2 ~ t |
shares[one]= 0.5, 0.5 ~ Dmnl |
price table((0,1),(1,2)) ~ MUSD/t |
TIME STEP= 0.125 ~ Year |
INITIAL TIME= 2025 ~ Year |
"""


def findings(*equations: str) -> list[units.UnitMismatch]:
    return units.check(WORLD + "\n".join(equation + " |" for equation in equations))


RIGHT = [
    "x= mass + 2 * mass ~ t",
    "x= mass / delay ~ t/Year",
    "x= -rate * delay + MAX(0, mass) ~ t",
    "x= 0 ~ person",
    "x= 12.5 ~ MUSD*Year/t",
    "x= -3 ~ 1/Year",
    "x[one]= 1, 2 ~ USD/kg",
    "x= INTEG(rate - mass / delay, 0) ~ t",
    "x= INTEG(2 * rate, mass) ~ t",
    "x= IF THEN ELSE(mass > 0 :AND: share < 0.5, mass, 0) ~ t",
    "x= IF THEN ELSE(:NOT: (Time >= INITIAL TIME + delay), 1, share) ~ Dmnl",
    "x= EXP(-share) + LN(mass / mass) + SQRT(share) ~ Dmnl",
    "x= SQRT(mass * mass) + (mass^2)^0.5 ~ t",
    "x= share ^ share * (rate * delay / mass) ^ (-0.23) ~ Dmnl",
    "x= mass ^ -1 ~ 1/t",
    "x= ZIDZ(mass, delay) + XIDZ(mass, delay, rate) ~ t/Year",
    "x= SMOOTHI(rate, delay, 0) + DELAY3(rate, delay) + SMOOTH(rate, TIME STEP) ~ t/Year",
    "x= STEP(mass, Time) + RAMP(rate, INITIAL TIME, INITIAL TIME + delay) ~ t",
    "x= PULSE(INITIAL TIME, TIME STEP) * mass ~ t",
    "x= SUM(masses[one!] * shares[one!]) / ELMCOUNT(one) ~ t",
    "x= VMIN(masses[one!]) + masses[a] ~ t",
    "x= price table(share) * mass ~ MUSD",
    "x= WITH LOOKUP(share, ([(0,0)-(1,1)],(0,0),(1,1))) ~ person",
    "x= MODULO(Time, delay) + INITIAL(delay) ~ Year",
    "x[a]= 5 ~~| x[b]= mass ~ t",
    "x= money * delay / (mass * heads) ~ MUSD*Year/(t*person)",
]


@pytest.mark.parametrize("equation", RIGHT)
def test_a_right_equation_has_no_finding(equation):
    assert findings(equation) == []


WRONG = {
    "the declared unit": ("x= mass / delay ~ t", "mass / delay", "t/Year", "t"),
    "a factor that looks like one": ("x= light mass ~ t", "light mass", "kg", "t"),
    "a sum": ("x= mass + rate ~ t", "rate", "t/Year", "t"),
    "a difference with a number": ("x= Time - 2025 ~ Year", "2025", "Dmnl", "Year"),
    "MIN": ("x= MIN(mass, 1) ~ t", "1", "Dmnl", "t"),
    "MAX of variables": ("x= MAX(rate, mass) ~ t/Year", "mass", "t", "t/Year"),
    "a condition": ("x= IF THEN ELSE(mass, 1, 2) ~ Dmnl", "mass", "t", "Dmnl"),
    "a branch": ("x= IF THEN ELSE(mass > 0, mass, rate) ~ t", "rate", "t/Year", "t"),
    "a comparison": ("x= IF THEN ELSE(mass > delay, 1, 2) ~ Dmnl", "delay", "Year", "t"),
    "an operand of AND": (
        "x= IF THEN ELSE(share > 0 :AND: mass, 1, 2) ~ Dmnl",
        "mass",
        "t",
        "Dmnl",
    ),
    "an operand of NOT": ("x= IF THEN ELSE(:NOT: mass, 1, 2) ~ Dmnl", "mass", "t", "Dmnl"),
    "EXP": ("x= EXP(mass) ~ Dmnl", "mass", "t", "Dmnl"),
    "LN": ("x= LN(delay) ~ Dmnl", "delay", "Year", "Dmnl"),
    "an exponent": ("x= share ^ mass ~ Dmnl", "mass", "t", "Dmnl"),
    "the base of a power": ("x= mass ^ share ~ t", "mass", "t", "Dmnl"),
    "a literal power": ("x= mass ^ 2 ~ t", "mass^2", "t^2", "t"),
    "a net flow": ("x= INTEG(mass, 0) ~ t", "mass", "t", "t/Year"),
    "a net flow of numbers": ("x= INTEG(1, 0) ~ t", "1", "Dmnl", "t/Year"),
    "an initial value": ("x= INTEG(rate, money) ~ t", "money", "MUSD", "t"),
    "a literal initial value": ("x= INTEG(rate, 10) ~ t", "10", "Dmnl", "t"),
    "the time of a delay": ("x= SMOOTH(mass, share) ~ t", "share", "Dmnl", "Year"),
    "the start of a delay": ("x= DELAY3I(mass, delay, rate) ~ t", "rate", "t/Year", "t"),
    "the date of a step": ("x= STEP(mass, 2027) ~ t", "2027", "Dmnl", "Year"),
    "the default of XIDZ": ("x= XIDZ(mass, delay, mass) ~ t/Year", "mass", "t", "t/Year"),
    "the input of a lookup": ("x= price table(mass) ~ MUSD/t", "mass", "t", "Dmnl"),
    "the output of a lookup": ("x= price table(share) ~ t", "PRICE TABLE(share)", "MUSD/t", "t"),
    "an inline lookup": ("x= WITH LOOKUP(mass, ((0,0),(1,1))) ~ t", "mass", "t", "Dmnl"),
    "a sum over a range": ("x= SUM(masses[one!]) ~ kg", "SUM(masses[one!])", "t", "kg"),
    "one of several equations": ("x[a]= mass ~~| x[b]= rate ~ t", "rate", "t/Year", "t"),
    "a time in PULSE": ("x= PULSE(Time, 1) ~ Dmnl", "1", "Dmnl", "Year"),
    "an unspoken conversion": ("x= money / mass ~ USD/kg", "money / mass", "MUSD/t", "USD/kg"),
}


@pytest.mark.parametrize("place", WRONG)
def test_a_planted_error_is_found_once_and_named(place):
    equation, expression, found, expected = WRONG[place]
    (finding,) = findings(equation)
    assert (finding.variable, finding.expression) == ("x", expression)
    assert (finding.unit, finding.expected) == (found, expected)


def test_a_finding_reads_as_a_sentence():
    (finding,) = findings("x= mass + rate ~ t")
    assert str(finding) == ("`x`: `rate` has the unit t/Year, `+` between `mass` and it needs t.")


def test_a_variable_without_a_unit_is_a_finding():
    (finding,) = findings("x= mass ~ ")
    assert (finding.variable, finding.unit) == ("x", "none")


def test_an_error_inside_does_not_multiply():
    assert len(findings("x= EXP(mass) * mass + mass ~ t", "y= x / delay ~ t/Year")) == 1


def test_an_unreadable_unit_is_refused_with_its_variable():
    with pytest.raises(UnsupportedError, match=r"`x` has the unit `t per \(Year`"):
        findings("x= 1 ~ t per (Year")


def test_an_unknown_function_is_refused_with_its_variable():
    with pytest.raises(UnsupportedError, match="`x` uses the function `RANDOM GAMMA`"):
        findings("x= RANDOM GAMMA(0, 1, 7) ~ Dmnl")


def test_an_unknown_variable_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Nearest: `mass`"):
        findings("x= mas + mass ~ t")


def test_the_model_has_no_findings():
    found = units.check(places.model_file())
    assert found == [], "\n".join(map(str, found))


def test_every_unit_of_the_model_is_made_of_a_few():
    text = places.model_file().read_text(encoding="utf-8")
    reader = units._Reader({})
    entries = [e for e in read_source(text).entries.values() if e.kind != "range"]
    used = {name for entry in entries for name in reader.read(entry.unit)}
    assert used <= {"t", "kg", "MUSD", "USD", "person", "Year", "Month", "day"}
