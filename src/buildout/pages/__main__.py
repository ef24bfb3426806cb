"""`python -m buildout.effects [FOLDER]`: make EFFECTS.md and ROBUSTNESS.md anew."""

import argparse
import sys

from buildout.errors import BuildoutError
from buildout.pages import write_pages


def main() -> int:
    """Write the pages; 2 when they cannot be made or written."""
    parser = argparse.ArgumentParser(prog="python -m buildout.effects", description=__doc__)
    parser.add_argument("folder", nargs="?", help="where to; beside the model by default")
    try:
        for path in write_pages(parser.parse_args().folder):
            print(path)
    except BuildoutError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
