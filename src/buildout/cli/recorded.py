"""What was typed, and the files it names, so that a result can be made again from its manifest."""

import argparse
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from buildout._util import files, manifest
from buildout._util.reading import read_bytes
from buildout.cli.parsing import CommandParser
from buildout.inputs import places

#: Arguments that name a pathway or its file.
PATHWAYS = ("pathways", "pathway", "base", "other", "sources", "like")
#: Arguments that name another file, or a folder.
OTHER_FILES = ("design", "observations", "table", "results")
#: Commands and arguments for which the name of a pathway may be that of a folder of results.
TAKE_FOLDERS = (
    ("attribute", "base"),
    ("attribute", "other"),
    ("compare", "pathways"),
    ("export", "sources"),
)
#: Packages that the results of single commands depend on.
NEEDED_BESIDES = {"frontier": ("pymoo",)}
#: Options that decide where and how quickly, not what; no manifest holds or sets them.
NOT_REPEATED = ("help", "out", "json", "resume", "dask", "jobs")
#: A larger file does not travel in a manifest: it is known by its fingerprint alone.
LARGEST_CARRIED = 2**20
_LARGEST = 2**30


def record_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What a manifest holds so that its command can be run again.

    Parameters
    ----------
    arguments : Namespace
        As parsed.

    Returns
    -------
    dict
        `command`; `words`, in one order whatever was typed, files by names without the places of
        this machine; `files`: by these names the sha256, and the text of what is not too large;
        `folders`: by name what tells their content.
    """
    parser: CommandParser = arguments.parser
    command = command_of(arguments)
    names = _Names()
    words = parser.words_of(
        arguments,
        leave_out=NOT_REPEATED,
        spelled=lambda dest, word: names.of(command, dest, word),
    )
    return {
        "command": command,
        "words": words,
        "files": {name: _carried(path) for name, path in names.files.items()},
        "folders": {name: folder_marks(path) for name, path in names.folders.items()},
    }


def command_of(arguments: argparse.Namespace) -> str:
    """The name of the command that was typed."""
    return str(arguments.parser.prog.split()[-1])


def claim_beside(arguments: argparse.Namespace, *, called: str | None = None) -> Path:
    """The folder for files that may lie beside those of other commands, before any work is done.

    Parameters
    ----------
    arguments : Namespace
        As parsed.
    called : str, optional
        What the files are named after; by default the command.

    Returns
    -------
    Path
        It need not be there yet.

    Raises
    ------
    OutputError
        When it cannot be written, or when what the command is going to write is there already and
        is not known to be of an earlier result of the same name.
    """
    folder = files.writable_folder(arguments.out)
    name = called or command_of(arguments)
    own = own_manifest(name)
    usual = [f"{name}.{ending}" for ending in ("csv", "json", "xlsx", "pptx", "docx")]
    manifest.refuse_foreign(folder, [own, *usual], own)
    return folder


def write_recorded(
    folder: Path,
    arguments: argparse.Namespace,
    writer: Callable[[Path], object],
    *,
    called: str | None = None,
) -> list[Path]:
    """Write files that may lie beside those of other commands, with a manifest of their own.

    Parameters
    ----------
    folder : Path
    arguments : Namespace
        As parsed.
    writer : callable
        Takes an empty temporary folder and writes the files there.
    called : str, optional
        What the manifest is named after, where a folder holds several of one command; by default
        the command.

    Returns
    -------
    list of Path
        The files written, and `NAME.manifest.json` of that name.
    """
    command = command_of(arguments)
    name = own_manifest(called or command)
    return manifest.write_beside(folder, name, writer, command, facts_of(arguments))


def own_manifest(name: str) -> str:
    """What the manifest is called of files that share a folder with others."""
    return f"{name}.{manifest.MANIFEST}"


def facts_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What a manifest says beside the files."""
    from buildout.inputs.model import load_model

    return {
        "model_sha256": load_model().sha256,
        "versions": versions_here(command_of(arguments)),
        manifest.AGAIN: record_of(arguments),
    }


def versions_here(command: str = "") -> dict[str, str]:
    """Versions of all that results can depend on, pictures among them.

    Parameters
    ----------
    command : str
        With what this command needs besides, as far as it is installed.
    """
    from buildout.simulation.dataset import versions

    own = NEEDED_BESIDES.get(command, ())
    here = [package for package in own if find_spec(package)]
    return versions() | {name: metadata.version(name) for name in ("matplotlib", *here)}


def folder_marks(folder: Path) -> dict[str, str]:
    """Fingerprints of the files that tell what a folder of results holds."""
    own = sorted(path.name for path in folder.glob(f"*{manifest.MANIFEST}"))
    marks = own or ["sweep.json", "results.nc"]
    return {name: _mark(folder / name) for name in marks if (folder / name).is_file()}


def _mark(path: Path) -> str:
    if path.suffix != ".json":
        return files.sha256(path)
    # No list of files is longer, whatever lies there.
    return hashlib.sha256(read_bytes(path, what="the manifest")).hexdigest()


class _Names:
    """Names for the files of a command that say nothing of where they lie on this machine."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.folders: dict[str, Path] = {}

    def of(self, command: str, dest: str, word: str) -> str:
        """The word itself, or the name of the file or folder that it stands for."""
        path = Path(word)
        if dest in PATHWAYS:
            if (command, dest) in TAKE_FOLDERS and path.is_dir():
                return self._named({path.resolve().name: path.resolve()}, self.folders)
            if word.endswith(".toml") or "/" in word or os.sep in word:
                return self._pathway(path)
        elif dest in OTHER_FILES and path.is_dir():
            return self._named({path.resolve().name: path.resolve()}, self.folders)
        elif dest in OTHER_FILES and path.is_file():
            beside = path.with_suffix(".json")
            kin = [path, *([beside] if dest == "design" and beside.is_file() else [])]
            return self._named({each.name: each for each in kin}, self.files)
        return word

    def _pathway(self, path: Path) -> str:
        """A pathway's file and those it extends, whose places beside one another are kept."""
        from buildout.inputs.pathway import pathway

        packaged = places.pathways_folder().resolve()
        own = [p for p in pathway(path).files if p.parent != packaged]
        if not own:
            return path.stem
        above = Path(os.path.commonpath([p.parent for p in own]))
        named = {p.relative_to(above).as_posix(): p for p in [own[-1], *own]}
        return self._named(named, self.files)

    def _named(self, wanted: Mapping[str, Path], into: dict[str, Path]) -> str:
        """Give names that belong to no other file; the first is the one to be typed."""
        taken = {**self.files, **self.folders}
        for number in range(1, 2 + len(taken)):
            place = "" if number == 1 else f"{number}/"
            if all(taken.get(place + name, path) == path for name, path in wanted.items()):
                break
        into.update({place + name: path for name, path in wanted.items()})
        return place + next(iter(wanted))


def _carried(path: Path) -> dict[str, str]:
    if path.stat().st_size > LARGEST_CARRIED:
        return {"sha256": files.sha256(path)}
    data = read_bytes(path, what="the file", limit=_LARGEST)
    known = {"sha256": hashlib.sha256(data).hexdigest()}
    try:
        return {**known, "text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return known


def plain_words(words: Sequence[object]) -> list[str]:
    """Options among some words that no manifest may set."""
    refused = {f"--{name}" for name in NOT_REPEATED}
    return [str(w) for w in words if str(w).partition("=")[0] in refused or w == "-h"]
