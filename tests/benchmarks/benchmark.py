"""Measures the engines against each other in one run, and writes RESULTS.md beside this file.

    python tests/benchmarks/benchmark.py [--quick] [--against PATH] [--sde PATH]
        [--long] [--million] [--print]

`--quick` takes small sizes and leaves out PySD on the project's model, which takes minutes a run.
`--against PATH` names a checkout of 0.1 (093986c), whose code is measured in turn with ours; both
then run its model with its table and pathways. `--sde PATH` names a folder in which SDEverywhere is
installed (see `sde`). `--long` adds a sweep of 131,072 draws on two threads by both versions,
`--million` one of a million by ours.

Times are those of the processor, which depend little on what else the machine does; ratios within
one run depend less. Runs on Linux, whose accounts of processes it reads.
"""

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
OWN = HERE.parents[1] / "src"
sys.path.insert(0, str(OWN))

from cases import files_of, own_files  # noqa: E402  (the path to the package is set above)
from clocks import OURS, Version  # noqa: E402
from collecting import collect  # noqa: E402
from report import report  # noqa: E402
from sizes import LONG, MILLION, QUICK, Sizes  # noqa: E402


def main() -> None:
    """Measure, show, and write the table."""
    options = _options()
    versions = [Version(OURS, OWN)]
    files = own_files()
    if options.against:
        versions.append(Version(_version(options.against), options.against / "src"))
        files = files_of(options.against)
    sizes = replace(
        QUICK if options.quick else Sizes(),
        long=LONG if options.long else 0,
        million=MILLION if options.million else 0,
    )
    results = collect(versions, files, sizes, options.sde)
    # Where things lie on this machine is nobody's business.
    paths = {str(options.against), str(options.sde)}
    asked = ["PATH" if word in paths else word for word in sys.argv[1:]]
    text = report(results, asked)
    print(text)
    if not options.print:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")


def _version(checkout: Path) -> str:
    """What the package there calls itself."""
    face = (checkout / "src" / "buildout" / "__init__.py").read_text(encoding="utf-8")
    named = re.search(r'^__version__ = "(.+)"$', face, re.MULTILINE)
    return named[1] if named else "the other"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="minutes instead of an hour")
    parser.add_argument("--against", type=Path, help="a checkout of 0.1")
    parser.add_argument("--sde", type=Path, help="a folder in which SDEverywhere is installed")
    parser.add_argument("--long", action="store_true", help="131,072 draws on two threads")
    parser.add_argument("--million", action="store_true", help="a million draws, ours alone")
    parser.add_argument("--print", action="store_true", help="leave RESULTS.md as it is")
    return parser.parse_args()


if __name__ == "__main__":
    main()
