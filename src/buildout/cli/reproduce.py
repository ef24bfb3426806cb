"""`buildout reproduce`: make a result again from its manifest, and compare every file with it."""

import argparse
import contextlib
import io
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from buildout._util import files, manifest, tables
from buildout._util.names import quoted
from buildout._util.reading import read_text
from buildout.cli import common, recorded
from buildout.cli.parsing import non_empty
from buildout.cli.repeatable import Recorded, read_record
from buildout.errors import InputError, OutputError, visible

EQUAL, DIFFERS, MISSING, MORE = "equal", "differs", "not made", "not in the manifest"
#: States of a file that lies beside the manifest.
AS_LISTED, CHANGED, ABSENT = "as listed", "changed", "not there"


class ComparedFile(TypedDict):
    """A file of a result: how the one made again is, and how the one beside the manifest is.

    `apart` is said of tables that differ while both are there: the largest difference of two
    numbers, relative to the larger one.
    """

    file: str
    made: str
    there: str
    apart: str


class Reproduction(TypedDict):
    """What came of making a result again."""

    command: str
    equal: bool
    why: list[str]
    files: list[ComparedFile]
    out: str


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "reproduce",
        run_reproduce,
        "Make a result again from its manifest, in another folder, and compare every file with it: "
        "code 0 when all are equal, 1 when not.",
    )
    command.add_argument(
        "manifest",
        metavar="MANIFEST.json",
        type=non_empty,
        help="beside the results, or the folder that holds one",
    )
    common.add_out(command, default="reproduced")
    common.add_json(command)


def run_reproduce(arguments: argparse.Namespace) -> int:
    """Run again, compare, show."""
    answer = reproduce(arguments.manifest, arguments.out)
    if arguments.json:
        common.print_json(answer)
    else:
        _show(answer)
    print(f"Saved: {arguments.out}", file=sys.stderr)
    return 0 if answer["equal"] else common.FAILED


def reproduce(path: str | Path, out: str | Path = "reproduced") -> Reproduction:
    """Run the command of a manifest again and compare what it makes, byte for byte.

    Parameters
    ----------
    path : path
        Of the manifest, or of the folder that holds one. The files that its command read are taken
        from it, or, where they are too large for it, looked for beside it.
    out : path
        A folder that is empty or not there.

    Returns
    -------
    dict
        `command`; `equal`, whether all files are; `why`, sentences on what is not as it was;
        `files`, for each `made` (equal, differs, not made, not in the manifest) and `there` (as
        listed, changed, not there: the file beside the manifest); `out`.

    Raises
    ------
    InputError
        When the manifest is none, holds no command, or sets what no manifest may; when a file or
        folder that it needs is not there any more.
    OutputError
        When `out` is not empty, or the folder of the manifest itself.
    """
    record = read_record(Path(path))
    folder = _free_folder(Path(out), record)
    why = _differing_versions(record)
    with tempfile.TemporaryDirectory() as place:
        given, remarks = _inputs(record, Path(place))
        _run_again(record, given, folder)
    rows = _compared(record, folder)
    why += remarks + _reasons(rows, why)
    return {
        "command": shlex.join(["buildout", record.command, *record.words]),
        "equal": all(row["made"] == EQUAL and row["there"] != CHANGED for row in rows),
        "why": why,
        "files": rows,
        "out": str(out),
    }


def _free_folder(out: Path, record: Recorded) -> Path:
    if out.absolute().resolve() == record.folder.resolve():
        raise OutputError(
            f"{quoted(out)} holds the manifest itself.", cure="Choose another folder with `--out`."
        )
    folder = files.writable_folder(out)
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError(
            f"{quoted(folder)} is not empty.",
            "A folder that is empty or not there is accepted.",
            "Choose another with `--out`, or delete what is there.",
        )
    return folder


def _differing_versions(record: Recorded) -> list[str]:
    """What is not as it was before anything is run: the model first, then packages."""
    from buildout.inputs.model import load_model

    here, own = recorded.versions_here(record.command), load_model().sha256
    why = []
    if record.model_sha256 != own:
        why.append(
            f"The model is another: {visible(record.model_sha256[:12])} then, {own[:12]} here."
        )
    apart = [
        f"{visible(name)} {visible(version)} then, {here.get(name, 'none')} here"
        for name, version in record.versions.items()
        if here.get(name) != version
    ]
    return why + ([f"Versions differ: {'; '.join(apart)}."] if apart else [])


def _inputs(record: Recorded, place: Path) -> tuple[dict[str, Path], list[str]]:
    """Where the files and folders lie that the words name, and remarks on them."""
    given: dict[str, Path] = {}
    remarks = []
    for name, text in record.texts.items():
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        near = _near(record.folder, name)
        same = [
            path for path in near if path.is_file() and files.sha256(path) == record.digests[name]
        ]
        if text is None:
            if not same:
                raise _lacking(name, near)
            shutil.copyfile(same[0], target)
        else:
            target.write_bytes(text)
        if near and not same:
            remarks.append(
                f"{quoted(near[0])} was changed since; what the manifest holds of it was used."
            )
        given[name] = target
    for name, marks in record.folders.items():
        near = [path for path in _near(record.folder, name) if path.is_dir()]
        same = [path for path in near if recorded.folder_marks(path) == marks]
        if not same:
            raise _lacking(name, near)
        given[name] = same[0]
    return given, remarks


def _near(folder: Path, name: str) -> list[Path]:
    """What has a name beside a manifest, up to two folders above it, or where we are."""
    places = dict.fromkeys([folder, *folder.parents[:2], Path.cwd()])
    return [place / name for place in places if (place / name).exists()]


def _lacking(name: str, near: list[Path]) -> InputError:
    if near:
        return InputError(
            f"{quoted(near[0])} is not what the command read: it was changed since.",
            cure="Put the one that was read beside the manifest.",
        )
    return InputError(
        f"The command read {quoted(name)}, which is not beside the manifest.",
        cure="Put it there; the manifest holds its fingerprint only.",
    )


def _run_again(record: Recorded, given: Mapping[str, Path], folder: Path) -> None:
    """Run the command in this process; what it shows is not shown again."""
    from buildout.cli.main import parser

    shown, noted = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(noted):
        try:
            words = [record.command, *record.words]
            arguments = parser().parse_args(words)
        except SystemExit as error:
            raise InputError(
                f"The words of the manifest are not accepted. {visible(noted.getvalue().strip())}"
            ) from error
        _put_in_place(arguments, given)
        arguments.out = str(folder)
        arguments.func(arguments)


def _put_in_place(arguments: argparse.Namespace, given: Mapping[str, Path]) -> None:
    """Replace names of files by where they lie; a file that the manifest does not hold is none."""
    for dest in (*recorded.PATHWAYS, *recorded.OTHER_FILES):
        value = getattr(arguments, dest, None)
        if isinstance(value, list):
            setattr(arguments, dest, [_placed(dest, word, given) for word in value])
        elif isinstance(value, str):
            setattr(arguments, dest, _placed(dest, value, given))


def _placed(dest: str, word: str, given: Mapping[str, Path]) -> str:
    if word in given:
        return str(given[word])
    rule = dest == "design" and word.isalpha()
    if not rule and (dest in recorded.OTHER_FILES or any(s in word for s in "/\\") or "." in word):
        raise InputError(
            f"The manifest names {quoted(word)} and does not hold its content.",
            "Files that it holds are accepted.",
        )
    return word


def _compared(record: Recorded, folder: Path) -> list[ComparedFile]:
    made = {name: files.sha256(folder / name) for name in files.files_below(folder)}
    new = {name for name in made if not name.endswith(manifest.MANIFEST)} - set(record.outputs)
    rows: list[ComparedFile] = []
    for name, digest in record.outputs.items():
        state = MISSING if name not in made else EQUAL if made[name] == digest else DIFFERS
        there = record.folder / name
        # Not asked of the path, as a list may hold names that no disk takes.
        absent = not os.path.isfile(there)
        kept = absent or files.sha256(there) == digest
        beside = ABSENT if absent else AS_LISTED if kept else CHANGED
        unequal = state == DIFFERS and beside == AS_LISTED
        apart = _apart(there, folder / name) if unequal else ""
        rows.append({"file": name, "made": state, "there": beside, "apart": apart})
    rows += [ComparedFile(file=name, made=MORE, there=ABSENT, apart="") for name in sorted(new)]
    return rows


def _apart(before: Path, now: Path) -> str:
    """How far the numbers of two tables lie apart."""
    if before.suffix != ".csv":
        return ""
    return tables.difference_of(*(read_text(path, what="the table") for path in (before, now)))


def _reasons(rows: list[ComparedFile], known: list[str]) -> list[str]:
    why = []
    if any(row["made"] != EQUAL for row in rows) and not known:
        why.append(
            "Model and versions are the same: the last digits may differ between kinds of "
            "processors; more is a fault."
        )
    if changed := [row["file"] for row in rows if row["there"] == CHANGED]:
        why.append(
            f"{', '.join(map(quoted, changed))} beside the manifest: changed since it was written."
        )
    return why


def _show(answer: Reproduction) -> None:
    count = len(answer["files"])
    print(f"`{visible(answer['command'])}`")
    for sentence in answer["why"]:
        print(sentence)
    unequal = [row for row in answer["files"] if row["made"] != EQUAL or row["there"] == CHANGED]
    if not unequal:
        said = "The file is" if count == 1 else f"All {count} files are"
        print(f"{said} equal, byte for byte.")
        return
    print(f"{count - len(unequal)} of {count} files are equal; not so:\n")
    common.print_rows(unequal, as_json=False)
