"""Many draws of what we do not know, for every pathway, reduced as they are computed."""

from buildout.sweeps.reductions import (
    At,
    Crossing,
    Cumulative,
    Final,
    Maximum,
    Minimum,
    Quantiles,
    Reduction,
    Trajectory,
)
from buildout.sweeps.run import sweep

__all__ = [
    "At",
    "Crossing",
    "Cumulative",
    "Final",
    "Maximum",
    "Minimum",
    "Quantiles",
    "Reduction",
    "Trajectory",
    "sweep",
]
