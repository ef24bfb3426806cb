"""Runs any supported Vensim model for many sets of parameters at once.

`load` turns an `.mdl` file into a `System`; `Reference` (PySD) and `Batch` (compiled) run it and
agree. Nothing here knows what a model is about.
"""

from buildout.vensim.engine.backends.pysd_reference import Reference
from buildout.vensim.engine.batch import Batch
from buildout.vensim.engine.choice import given_engine
from buildout.vensim.engine.derivatives.forward import Jacobian, forward_jacobian
from buildout.vensim.engine.ir.schedule import Schedule, schedule
from buildout.vensim.engine.ir.system import System, Variable
from buildout.vensim.engine.loading import load
from buildout.vensim.engine.ode import RightHandSide, right_hand_side
from buildout.vensim.engine.request import STATUS, Engine, Trajectories

__all__ = [
    "STATUS",
    "Batch",
    "Engine",
    "Jacobian",
    "Reference",
    "RightHandSide",
    "Schedule",
    "System",
    "Trajectories",
    "Variable",
    "forward_jacobian",
    "given_engine",
    "load",
    "right_hand_side",
    "schedule",
]


def __dir__() -> list[str]:
    return __all__
