"""`python -m buildout.vensim.sketch MDL`: make the views of a model file anew."""

import argparse
import sys

from buildout.errors import BuildoutError
from buildout.vensim.sketch import write_views


def main() -> int:
    """Write the views; 2 when the file cannot be read or written."""
    parser = argparse.ArgumentParser(prog="python -m buildout.vensim.sketch", description=__doc__)
    parser.add_argument("mdl", help="model file")
    try:
        print(write_views(parser.parse_args().mdl))
    except BuildoutError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
