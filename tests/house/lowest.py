"""The lowest versions that pyproject.toml allows, as constraints of pip: `>=` becomes `==`.

`python tests/house/lowest.py EXTRA ...` prints them for the package and its extras. `.ci/run`
installs exactly these in a folder of their own and asks `tests/lowest` there, since a bound that
nobody ever installed says nothing.
"""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def lowest(*extras):
    """Name and lowest version of each requirement; the second is None where it has no bound."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"]]
    for extra in extras:
        listed += project["optional-dependencies"][extra]
    found = {}
    for requirement in listed:
        name, bound = re.match(r"([\w.-]+)(?:>=([\w.]+))?", requirement).groups()
        found[name] = bound
    return found


if __name__ == "__main__":
    for name, bound in lowest(*sys.argv[1:]).items():
        if bound is not None:
            print(f"{name}=={bound}")
