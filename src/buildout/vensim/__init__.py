"""Vensim models: read, checked for units, drawn, and run many times at once.

A library of its own inside the house: it knows nothing of what a model is about, and may import
nothing of buildout but `_util` and `errors`. The names below are loaded on first use; `README.md`
tells strangers how to run a model of their own.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
