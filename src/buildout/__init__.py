"""How fast the United States and allies can build the rare-earth chain from ore to magnet."""

__version__ = "0.1.0"
