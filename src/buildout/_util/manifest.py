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
    """A folder for one kind of results, asked before any work is done for it, and not made yet.

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
    folder = files.writable_folder(path)
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
    if os.path.lexists(folder / RECORD_OF_SWEEP):
        return "sweep"
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    # 0.1 wrote no kind.
    return str(manifest.get("kind", "results" if "model_sha256" in manifest else "figures"))


def read_manifest(folder: Path, name: str = MANIFEST) -> dict[str, Any] | None:
    """What is said of a folder, or of the files of one command in it; None where nothing is.

    Raises
    ------
    OutputError
        When the file is none of ours.
    """
    path = folder / name
    if not os.path.lexists(path):
        return None
    try:
        manifest = json.loads(read_text(path, what="the manifest"))
        kind = manifest.get("kind", "") if isinstance(manifest, dict) else None
        if (
            isinstance(kind, str)
            and "buildout" in manifest["versions"]
            and _digests(manifest["outputs"])
        ):
            return dict(manifest)
    except (InputError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise OutputError(f"`{path}` was not made by buildout.", cure=ELSEWHERE)


def write_manifest(
    folder: Path,
    kind: str,
    facts: Mapping[str, Any],
    *,
    name: str = MANIFEST,
    beside: Sequence[Path] = (),
) -> None:
    """List all files below a folder, and others, with what else is to be known of them."""
    below = files.files_below(folder)
    outputs = {each.name: files.sha256(each) for each in beside}
    outputs |= {each: files.sha256(folder / each) for each in below}
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
    earlier: dict[str, str] = {}

    def write(temporary: Path) -> None:
        writer(temporary)
        write_manifest(temporary, kind, facts)

    def stale(names: Sequence[str]) -> dict[str, str]:
        # Another process may have been quicker since.
        claim_folder(folder, kind)
        refuse_foreign(folder, names)
        earlier.update(_listed(folder))
        kept = {*names, *_listed_above(folder)}
        return {name: digest for name, digest in earlier.items() if name not in kept}

    made = files.write_together(folder, write, stale=stale)
    _tell_left(folder, earlier, made)
    return made


def write_beside(
    folder: Path,
    name: str,
    writer: Callable[[Path], object],
    command: str,
    facts: Mapping[str, Any],
    *,
    listed: Sequence[str] = (),
) -> list[Path]:
    """Write files of one command that may lie beside those of others, with a manifest of their own.

    Parameters
    ----------
    folder : Path
        Made if absent.
    name : str
        What the manifest is called.
    writer, facts
        As in `write_result`.
    command : str
        What made them.
    listed : sequence of str
        Files that are in the folder already, and of the same result.

    Returns
    -------
    list of Path
        The files written, the manifest among them. Files that it listed before and that are not
        made again are removed, unless they have been changed since.

    Raises
    ------
    OutputError
        When the folder cannot be written, or holds what would be replaced and is not known to be
        of an earlier result of the same name; it is then as it was.
    """

    def write(place: Path) -> None:
        writer(place)
        write_manifest(place, command, facts, name=name, beside=[folder / each for each in listed])

    def stale(names: Sequence[str]) -> dict[str, str]:
        refuse_foreign(folder, names, name)
        earlier = (_ours(folder, name) or {"outputs": {}})["outputs"]
        return {n: d for n, d in earlier.items() if is_plain(n) and n not in {*names, *listed}}

    return files.write_together(folder, write, stale=stale)


def compare_with_manifest(folder: Path, name: str = MANIFEST) -> None:
    """Hold the files of a folder against a manifest, if it has it; those below it apart.

    Raises
    ------
    ResultsError
        When one is not what was written.
    """
    try:
        manifest = read_manifest(folder, name)
    except OutputError as error:
        raise ResultsError(error.found, cure="Make the results anew in another folder.") from error
    for listed, digest in (manifest or {"outputs": {}})["outputs"].items():
        path = folder / listed
        if path.parent == folder and os.path.isfile(path) and files.sha256(path) != digest:
            raise ResultsError(
                f"`{path}` is not what `{name}` beside it lists: changed, or of another run.",
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


def refuse_foreign(folder: Path, names: Sequence[str], manifest: str = MANIFEST) -> None:
    """See that nothing is replaced which we did not write, or which was changed since.

    Parameters
    ----------
    folder : Path
    names : sequence of str
        Files that are to be put into it, with slashes.
    manifest : str
        The list that says which of them are there from before.

    Raises
    ------
    OutputError
        For the first that is there and is not, byte for byte, what the list says, or that of the
        folder in which it lies.
    """
    known = _known(folder, names, manifest)
    for name in names:
        path = folder / name
        if not os.path.lexists(path):
            continue
        plain = not os.path.islink(path) and os.path.isfile(path)
        if plain and path.name.endswith(MANIFEST) and _ours(path.parent, path.name):
            continue
        if not plain or name not in known:
            raise OutputError(
                f"`{path}` is in the way, and is not known to be made by buildout.",
                cure=ELSEWHERE,
            )
        if known[name] and files.sha256(path) not in known[name]:
            raise OutputError(
                f"`{path}` is in the way, and was changed since buildout wrote it.",
                cure=ELSEWHERE,
            )


def _known(folder: Path, names: Sequence[str], manifest: str) -> dict[str, set[str]]:
    """Files that we wrote, with the sha256 that each may have; none where any will do."""
    own = _ours(folder, manifest)
    known = {name: {digest} for name, digest in (own or {"outputs": {}})["outputs"].items()}
    if own and manifest == MANIFEST and "kind" not in own:
        known |= {name: set() for name in UNLISTED}
    for place in {name.rpartition("/")[0] for name in names} - {""}:
        for name, digest in (_ours(folder / place, MANIFEST) or {"outputs": {}})["outputs"].items():
            known.setdefault(f"{place}/{name}", set()).add(digest)
    return known


def _ours(folder: Path, name: str) -> dict[str, Any] | None:
    try:
        return read_manifest(folder, name)
    except OutputError:
        return None


def _tell_left(folder: Path, earlier: Mapping[str, str], made: Sequence[Path]) -> None:
    """Say which files beside a new result are not of it, though they look so."""
    left = [name for name in [*earlier, *UNLISTED] if os.path.exists(folder / name)]
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
