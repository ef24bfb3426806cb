"""Which variables and dates stand for a run: one list for each use, here and nowhere else."""

from buildout.outcomes.rule import RULE_DATE

#: Dates at which headlines are read.
HEADLINE_DATES = (RULE_DATE, 2030.0, 2035.0)
#: The same, with the end of the model's horizon.
LONG_DATES = (*HEADLINE_DATES, 2045.0)

COVERAGE, OUTPUT = "defense coverage", "US magnet output total"
SELF_SUFFICIENCY = "self sufficiency of direct market"

#: What the verdict is read from; ask `simulate` for these alone when nothing else is wanted.
NEEDS = (
    COVERAGE,
    "defense shortfall",
    "defense gap by cause",
    SELF_SUFFICIENCY,
    "missing by constraint",
    "rule regime",
    "defense need in 2025",
)

#: What a sweep keeps when nobody says.
SWEPT = (
    COVERAGE,
    "defense shortfall",
    OUTPUT,
    SELF_SUFFICIENCY,
    "vulnerability",
)

#: What `stages` is read from.
STAGE_NEEDS = (SELF_SUFFICIENCY, "line output")

#: What `cut_losses` is read from.
CUT_NEEDS = (
    "direct demand",
    "supply in a cut",
    "unmet civil demand",
    "defense shortfall",
    "leakage",
    "full chain requirement",
    "US used by defense",
    "allied used by defense",
    "year of a cut",
    "hazard of a cut",
    "length of a cut by chance",
)
