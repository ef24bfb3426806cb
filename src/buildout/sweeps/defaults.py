"""What a sweep keeps when nobody says: the headline outcomes."""

from buildout.sweeps.reductions import At, Crossing, Final, Reduction

# The first as the deadline asks it: all of the defense need, for a year.
COVERED = Crossing(1.0, sustained=1.0)
YEARS = At((2027.0, 2030.0, 2035.0))


def headline(years: At = YEARS) -> dict[str, tuple[Reduction, ...]]:
    """Outcomes by name, with what is kept of each.

    Parameters
    ----------
    years : At
        Dates at which all of them are kept.
    """
    return {
        "defense coverage": (years, COVERED),
        "defense shortfall": (years,),
        "US magnet output total": (years, Final()),
        "self sufficiency of direct market": (years,),
        "vulnerability": (years,),
    }
