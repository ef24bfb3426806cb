"""`python -m buildout` and the console command `buildout`."""

import sys

from buildout.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
