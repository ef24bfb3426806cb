"""What a sweep keeps when nobody says: the headline outcomes."""

from buildout.outcomes.headlines import COVERAGE, HEADLINE_DATES, OUTPUT, SELF_SUFFICIENCY, SWEPT
from buildout.outcomes.rule import FULL, RULE_DATE, SUSTAINED
from buildout.sweeps.reductions import At, Crossing, Final, Reduction

YEARS = At(HEADLINE_DATES)
# As `deadline` asks it: all of the defense need, for a year, from the rule's date on.
COVERED = Crossing(FULL, sustained=SUSTAINED, since=RULE_DATE)
# As `stages` asks it: all that the direct market needs of a stage, for a year, from the start on.
FROM_HOME = Crossing(FULL, sustained=SUSTAINED)
# The same of a half.
HALF_FROM_HOME = Crossing(FULL / 2, sustained=SUSTAINED)
# What is kept of an outcome besides its values at the dates.
BESIDES: dict[str, tuple[Reduction, ...]] = {
    COVERAGE: (COVERED,),
    OUTPUT: (Final(),),
    SELF_SUFFICIENCY: (FROM_HOME,),
}


def headline(years: At = YEARS) -> dict[str, tuple[Reduction, ...]]:
    """Outcomes by name, with what is kept of each.

    Parameters
    ----------
    years : At
        Dates at which all of them are kept.
    """
    return {name: (years, *BESIDES.get(name, ())) for name in SWEPT}
