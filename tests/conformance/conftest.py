"""Lets the tests find the script's own modules, which are no part of the package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
