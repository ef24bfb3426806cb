"""How fast the United States and allies can build the rare-earth chain from ore to magnet.

What is public stands in the stub beside this file, `__init__.pyi`, which type checkers read and
from which each name is loaded on first use, so that `buildout --help` is quick.

Examples
--------
>>> import buildout as bo
>>> ds = bo.simulate("status-quo", outputs=["effective capacity"])
>>> ds["effective_capacity"].dims
('pathway', 'region', 'line', 'time')
"""

import lazy_loader

__version__ = "0.2.0.dev0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
