"""Runs any supported Vensim model for many sets of parameters at once.

`load` turns an `.mdl` file into a `System`; `Reference` (PySD) and `Batch` (compiled) run it and
agree. Nothing here knows what a model is about.
"""

from buildout.engine.batch import Batch
from buildout.engine.contract import STATUS, Trajectories
from buildout.engine.jacobian import Jacobian, jacobian
from buildout.engine.loading import load
from buildout.engine.plan import Plan, plan
from buildout.engine.reference import Reference
from buildout.engine.right_hand_side import RightHandSide, right_hand_side
from buildout.engine.system import System, Variable

__all__ = [
    "STATUS",
    "Batch",
    "Jacobian",
    "Plan",
    "Reference",
    "RightHandSide",
    "System",
    "Trajectories",
    "Variable",
    "jacobian",
    "load",
    "plan",
    "right_hand_side",
]
