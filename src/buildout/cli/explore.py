"""`buildout explore`: the page of sliders, the compiled model in a browser as one file."""

import argparse
from pathlib import Path
from typing import Any

from buildout.cli import common, recorded
from buildout.cli.parsing import StoreOnce, non_empty

FOLDER = "results/explore"
ENDINGS = (".html", ".htm")


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "explore",
        run_explore,
        "Write the page of sliders: the model in a browser, offline, with its levers to move.",
    )
    common.add_pathways(command, "the canonical ones", first="shown first, before all others: ")
    command.add_argument(
        "--out",
        metavar="FILE.html",
        type=non_empty,
        default=FOLDER,
        help=f"the page, or a folder for it (default: {FOLDER})",
    )
    command.add_argument(
        "--file",
        action=StoreOnce,
        metavar="NAME.html",
        type=non_empty,
        default=None,
        help="what the page is called in a folder (default: explore.html)",
    )
    common.add_json(command)


def run_explore(arguments: argparse.Namespace) -> int:
    """Put the page together, write it with its manifest, say where it is."""
    folder = _place(arguments)

    from buildout._util import manifest
    from buildout.page.bundle import PAGE_FILE
    from buildout.page.explore import explore

    name = arguments.file or PAGE_FILE
    _refuse_of_others(folder, name)
    own = recorded.own_manifest(Path(name).stem)
    manifest.refuse_foreign(folder, [name, own], own)
    page = explore(
        arguments.pathways,
        settings=common.typed_settings(arguments) or None,
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    # A page whose first run has no answer is written, and that is told as of any run.
    ran = common.simulated(arguments, outputs=["US magnet output total"])

    def write(temporary: Path) -> None:
        (temporary / name).write_text(page, encoding="utf-8")

    made = recorded.write_recorded(folder, arguments, write, called=Path(name).stem)
    size = (folder / name).stat().st_size
    if arguments.json:
        common.print_json({"page": str(folder / name), "kB": round(size / 1000, 1)})
    else:
        print(f"Page of sliders: {folder / name} ({size / 1e6:.1f} MB); open it in a browser.")
    common.tell_saved(made)
    return common.tell(ran)


def _place(arguments: argparse.Namespace) -> Path:
    """The folder of the page; a file that was typed is split into folder and name."""
    from buildout._util.names import quoted
    from buildout.errors import InputError

    if arguments.file is not None:
        plain = Path(arguments.file).name == arguments.file
        if not (plain and arguments.file.lower().endswith(ENDINGS)):
            raise InputError(
                f"`--file` is {quoted(arguments.file)}.", "A name like `NAME.html` is accepted."
            )
    out = Path(arguments.out)
    if out.is_dir() or not (out.suffix or arguments.out == "-"):
        return out
    if out.suffix.lower() not in ENDINGS:
        raise InputError(
            f"`--out` is {quoted(arguments.out)}.",
            "A file like `NAME.html` is accepted, or a folder: one that is there, or a name "
            "without an ending.",
        )
    if arguments.file is not None:
        raise InputError(
            "`--out` names a file, and `--file` another.", cure="Give `--out` a folder, or one."
        )
    arguments.file = out.name
    return out.parent


def _refuse_of_others(folder: Path, name: str) -> None:
    """Leave alone the page that stands in the list of other results, such as a report's."""
    from buildout._util.manifest import ELSEWHERE, read_manifest
    from buildout.errors import OutputError

    listed = read_manifest(folder)
    if listed and name in listed["outputs"]:
        raise OutputError(f"`{folder / name}` belongs to the results beside it.", cure=ELSEWHERE)
