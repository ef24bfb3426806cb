"""How fast the United States and allies can build the rare-earth chain from ore to magnet.

Examples
--------
>>> import buildout as bo
>>> ds = bo.simulate("status-quo", outputs=["effective total"])
>>> ds["effective_total"].dims
('pathway', 'region', 'line', 'time')
"""

import importlib
import sys
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

# Public names and their modules, loaded on first use so that `buildout --help` is quick.
_FACE = {
    "Batch": "engine",
    "Reference": "engine",
    "Model": "model",
    "load_model": "model",
    "Setting": "settings",
    "Pathway": "pathway",
    "pathway": "pathway",
    "pathway_names": "pathway",
    "simulate": "simulate",
    "explain": "explain",
    "load_results": "results",
    "save_results": "results",
    "grid": "design",
    "latin_hypercube": "design",
    "sobol": "design",
    "one_at_a_time": "design",
    "sweep": "sweep",
    "At": "sweep",
    "Crossing": "sweep",
    "Cumulative": "sweep",
    "Final": "sweep",
    "Maximum": "sweep",
    "Minimum": "sweep",
    "Quantiles": "sweep",
    "Trajectory": "sweep",
    "first_order": "sensitivity",
    "rank_correlation": "sensitivity",
    "tornado": "sensitivity",
    "jacobian": "derivatives",
    "deadline": "deadline",
    "check_all": "checks",
    "BuildoutError": "errors",
}
_SUBPACKAGES = ("engine", "figures")

__all__ = [*_FACE, *_SUBPACKAGES]


def __getattr__(name: str) -> Any:
    if name in _FACE:
        return getattr(importlib.import_module(f"buildout.{_FACE[name]}"), name)
    if name in _SUBPACKAGES:
        return importlib.import_module(f"buildout.{name}")
    raise AttributeError(f"module 'buildout' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


class _Face(ModuleType):
    """Keeps `buildout.simulate` the verb, not the module of the same name.

    Python sets a package's attribute to each submodule it imports. For modules named after their
    verb (simulate, pathway, explain, sweep, deadline) the attribute becomes the verb instead;
    `from buildout.simulate import ...` works as ever.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType) and _FACE.get(name) == name:
            value = getattr(value, name, value)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
