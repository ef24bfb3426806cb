"""A folder of results and the list of what belongs to it, written last and compared on reading.

`manifest.json` names what made the folder and every file in it with its sha256. It is by this list
that we know our own files: what it does not name, or what has been changed since, is never
replaced or removed.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from buildout._util import files, tables
from buildout._util.reading import read_text
from buildout.errors import InputError, OutputError, ResultsError

MANIFEST = "manifest.json"
#: Where a manifest holds what its command needs to run again.
AGAIN = "again"
RECORD_OF_SWEEP = "sweep.json"
# What lies in a folder, in words.
RESULT_KINDS = {
    "results": "simulated pathways",
    "figures": "figures",
    "sweep": "a sweep",
    "model": "a run of a model file",
    "design": "a design",
}
# Written by 0.1 beside its list without being named in it.
UNLISTED = ("report.html", "report.md")
ELSEWHERE = "Choose another folder with `--out`, or move what is there away."

log = logging.getLogger(__name__)


def claim_folder(path: str | os.PathLike[str], kind: str) -> Path:
    """A folder for one kind of results, made if absent, before any work is done for it.

    Parameters
    ----------
    path : path
    kind : str
        A key of `RESULT_KINDS`.

    Raises
    ------
    OutputError
        When it cannot be written, or holds results of another kind, or a manifest of others.
    """
    folder = files.output_folder(path)
    present = result_kind(folder)
    if present is not None and present != kind:
        raise OutputError(
            f"`{folder}` holds {RESULT_KINDS.get(present, present)}.",
            f"A folder takes {RESULT_KINDS[kind]} or none.",
            ELSEWHERE,
        )
    return folder


def result_kind(folder: Path) -> str | None:
    """What kind of results a folder holds; None for none of ours.

    Raises
    ------
    OutputError
        When its manifest is not ours.
    """
    if (folder / RECORD_OF_SWEEP).exists():
        return "sweep"
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    # 0.1 wrote no kind.
    return str(manifest.get("kind", "results" if "model_sha256" in manifest else "figures"))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What is said of a folder; None where nothing is.

    Raises
    ------
    OutputError
        When the file is none of ours.
    """
    path = folder / MANIFEST
    if not os.path.lexists(path):
        return None
    try:
        manifest = json.loads(read_text(path, what="the manifest"))
        if "buildout" in manifest["versions"] and _digests(manifest["outputs"]):
            return dict(manifest)
    except (InputError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise OutputError(f"`{path}` was not made by buildout.", cure=ELSEWHERE)


def write_manifest(
    folder: Path, kind: str, facts: Mapping[str, Any], *, name: str = MANIFEST
) -> None:
    """List all files below a folder, with what else is to be known of them."""
    below = files.files_below(folder)
    outputs = {each: files.sha256(folder / each) for each in below}
    text = tables.to_json({"kind": kind, **facts, "outputs": outputs})
    (folder / name).write_text(text, encoding="utf-8")


def write_result(
    folder: str | os.PathLike[str],
    kind: str,
    writer: Callable[[Path], object],
    facts: Mapping[str, Any],
) -> list[Path]:
    """Write a result of several files so that it replaces an earlier one as a whole.

    Files of the earlier result that the new one does not have are removed, unless they have been
    changed since.

    Parameters
    ----------
    folder : path
        Made if absent.
    kind : str
        A key of `RESULT_KINDS`.
    writer : callable
        Takes an empty temporary folder and writes the files there.
    facts : mapping
        For the manifest: command, inputs, versions and the like.

    Returns
    -------
    list of Path
        The files written, the manifest among them.

    Raises
    ------
    OutputError
        When the folder cannot be written or is not free for this; it is then as it was.
    """
    folder = claim_folder(folder, kind)
    earlier = _listed(folder)

    def write(temporary: Path) -> None:
        writer(temporary)
        write_manifest(temporary, kind, facts)

    def stale(names: Sequence[str]) -> dict[str, str]:
        _refuse_foreign(folder, names, earlier)
        kept = {*names, *_listed_above(folder)}
        return {name: digest for name, digest in earlier.items() if name not in kept}

    made = files.write_together(folder, write, stale=stale)
    _tell_left(folder, earlier, made)
    return made


def compare_with_manifest(folder: Path) -> None:
    """Hold the files of a folder against its manifest, if it has one; those below it apart.

    Raises
    ------
    ResultsError
        When one is not what was written.
    """
    try:
        manifest = read_manifest(folder)
    except OutputError as error:
        raise ResultsError(error.found, cure="Make the results anew in another folder.") from error
    for name, digest in (manifest or {"outputs": {}})["outputs"].items():
        path = folder / name
        if path.parent == folder and path.is_file() and files.sha256(path) != digest:
            raise ResultsError(
                f"`{path}` is not what `{MANIFEST}` beside it lists: changed, or of another run.",
                cure="Make the results anew, or name the one file that you trust.",
            )


def _listed(folder: Path) -> dict[str, str]:
    manifest = read_manifest(folder)
    if manifest is None:
        return {}
    listed = {name: digest for name, digest in manifest["outputs"].items() if is_plain(name)}
    return listed | {MANIFEST: files.sha256(folder / MANIFEST)}


def _listed_above(folder: Path) -> set[str]:
    """Files that also belong to a result one folder up, such as the charts of a report."""
    try:
        above = read_manifest(folder.absolute().parent)
    except OutputError:
        return set()
    place = f"{folder.absolute().name}/"
    listed = above["outputs"] if above else {}
    return {name.removeprefix(place) for name in listed if name.startswith(place)}


def _refuse_foreign(folder: Path, names: Sequence[str], earlier: Mapping[str, str]) -> None:
    """See that nothing is replaced which we did not write."""
    known = set(earlier)
    for place in {Path(name).parent.as_posix() for name in names} - {"."}:
        known |= {f"{place}/{name}" for name in _listed(folder / place)}
    if earlier and "kind" not in (read_manifest(folder) or {}):
        known |= set(UNLISTED)
    for name in names:
        if name not in known and os.path.lexists(folder / name):
            raise OutputError(
                f"`{folder / name}` is in the way, and is not known to be made by buildout.",
                cure=ELSEWHERE,
            )


def _tell_left(folder: Path, earlier: Mapping[str, str], made: Sequence[Path]) -> None:
    """Say which files beside a new result are not of it, though they look so."""
    left = [name for name in [*earlier, *UNLISTED] if (folder / name).exists()]
    left = [name for name in dict.fromkeys(left) if folder / name not in made]
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        log.warning(
            "`%s`%s in `%s` are from before, and changed since or of unknown origin: not part of "
            "the new result, and left.",
            left[0],
            more,
            folder,
        )


def _digests(outputs: Any) -> bool:
    return isinstance(outputs, dict) and all(isinstance(d, str) for d in outputs.values())


def is_plain(name: str) -> bool:
    """Whether a name of a list stays in its folder."""
    parts = name.split("/")
    return bool(name) and not any(p in ("", ".", "..") or "\\" in p or ":" in p for p in parts)
