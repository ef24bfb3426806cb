"""Many files put in place as one step: after a kill in between, the next visitor ends it.

The new files lie whole in a folder of their own beside the old ones, with a list of what is to
move where. Renaming that folder to `.buildout-swap` is the one moment at which the new result
counts; what follows can be repeated by anyone until it is done.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from buildout._util.processes import Owner, may_live, this_process
from buildout._util.reading import read_bytes
from buildout.errors import InputError, OutputError

if sys.platform != "win32":
    import fcntl

SWAP = ".buildout-swap"
NEW, JOURNAL = "new", "journal.json"
# Renaming some files takes milliseconds; who is not done by then has been stopped, or is stuck.
MOST_TRIES = 100
PATIENCE, PAUSE = 4.0, 0.02

_swapping = threading.RLock()


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes from looking at a folder and putting files into it in the same moment.

    The system gives the hold back however this process ends. Where it knows no such thing, or
    another process stands still with it, the work goes on all the same: each swap is whole.
    """
    if sys.platform == "win32":
        yield
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(PAUSE)
            except OSError:  # As on some disks that are shared by machines.
                break
        yield
    finally:
        os.close(number)


def commit(folder: Path, staged: Path, names: Sequence[str], stale: Mapping[str, str]) -> None:
    """Put the files of `staged`/new in place of earlier ones.

    Parameters
    ----------
    folder, staged : Path
        The result's folder, and a folder in it.
    names : sequence of str
        The files, with slashes; they move in this order.
    stale : mapping of str to str
        Files to remove, with the sha256 that each must have for that.

    Raises
    ------
    OSError
        When the disk refuses before anything is replaced.
    OutputError
        When it refuses later; the new files are then whole and wait to be moved.
    """
    # A list of somebody else may name anything; what could not be read back is left where it is.
    gone = {name: digest for name, digest in stale.items() if _is_inside(folder, name)}
    journal = {"owner": this_process(), "files": list(names), "stale": gone}
    (staged / JOURNAL).write_text(json.dumps(journal), encoding="utf-8")
    for path in [staged / JOURNAL, *(staged / NEW / name for name in names)]:
        _on_disk(path)
    with _swapping:
        _become(staged, folder / SWAP)
        _end(folder)


def finish_swap(folder: Path) -> None:
    """End the swap that another process was stopped in, if there is one.

    One that is under way is waited for. What is not done then is of a process that stands still, or
    of another machine, and is ended too: both would move the same files to the same places.

    Raises
    ------
    OutputError
        When it cannot be ended.
    """
    swap = folder / SWAP
    if not os.path.lexists(swap):
        return
    with _swapping:
        until = time.monotonic() + PATIENCE
        while os.path.lexists(swap) and _of_another(_journal(folder)["owner"]):
            if time.monotonic() > until:
                break
            time.sleep(PAUSE)
        if os.path.lexists(swap):
            _end(folder)


def _of_another(owner: Owner) -> bool:
    """Whether another process is at it; what this one left, it may end."""
    return owner != this_process() and may_live(owner)


def _become(staged: Path, swap: Path) -> None:
    for _ in range(MOST_TRIES):
        try:
            # Fails where another swap is under way, since its folder is not empty.
            os.rename(staged, swap)
            return
        except OSError:
            if not os.path.lexists(swap):
                raise
        finish_swap(swap.parent)
    raise OutputError(f"`{swap}` cannot be removed.", cure="Remove it, or choose another folder.")


def _end(folder: Path) -> None:
    try:
        _move(folder)
    except OSError as error:
        raise OutputError(
            f"Cannot put the new files into `{folder}`: {error.strerror or error}.",
            cure=f"They are whole, in `{folder / SWAP}`; the next command that uses the folder "
            "moves them.",
        ) from error
    except BaseException:
        # Ctrl-C: what has begun is ended, which takes milliseconds.
        _move(folder)
        raise


def _move(folder: Path) -> None:
    swap = folder / SWAP
    if not os.path.lexists(swap):
        return
    journal = _journal(folder)
    for name in journal["files"]:
        source, target = swap / NEW / name, folder / name
        if os.path.lexists(source):
            target.parent.mkdir(exist_ok=True, parents=True)
            os.replace(source, target)
    for name, digest in journal["stale"].items():
        _remove(folder / name, digest, folder)
    with contextlib.suppress(OSError):
        _on_disk(folder)
    # Whoever else has ended this swap may have begun another.
    if _journal(folder) == journal:
        _clear(swap)


def _clear(swap: Path) -> None:
    """Remove what is left of a swap that is done; where the disk refuses, the next visitor does."""
    shutil.rmtree(swap / NEW, ignore_errors=True)
    # Without its list it would be of an unknown kind.
    if not os.path.lexists(swap / NEW):
        with contextlib.suppress(OSError):
            (swap / JOURNAL).unlink(missing_ok=True)
            swap.rmdir()


def _remove(path: Path, digest: str, folder: Path) -> None:
    """Remove a file that is still what we wrote, and its folder when that is empty then."""
    # Of a name that no disk takes there is nothing to remove.
    if os.path.islink(path) or not os.path.isfile(path):
        return
    with open(path, "rb") as file:
        same = hashlib.file_digest(file, "sha256").hexdigest() == digest
    if same:
        path.unlink()
        if path.parent != folder:
            with contextlib.suppress(OSError):
                path.parent.rmdir()


def _journal(folder: Path) -> dict[str, Any]:
    """What is to be moved; nothing that a folder holds may lead out of it."""
    swap = folder / SWAP
    try:
        if swap.is_symlink():
            raise ValueError("it is a link")
        if not os.listdir(swap):
            return {"owner": {}, "files": [], "stale": {}}
        journal = json.loads(read_bytes(swap / JOURNAL, what="the list"))
        owner, names, stale = journal["owner"], journal["files"], journal["stale"]
        if not (isinstance(owner, dict) and isinstance(names, list) and isinstance(stale, dict)):
            raise ValueError("its list is none")
        for name in [*names, *stale]:
            _inside(folder, name)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, InputError) as error:
        listed = os.path.lexists(swap / JOURNAL)
        plain = os.path.isdir(swap) and not os.path.islink(swap)
        empty = plain and not (listed or os.path.lexists(swap / NEW))
        if empty or not os.path.lexists(swap):
            return {"owner": {}, "files": [], "stale": {}}
        why = str(error).rstrip(".") if listed or not plain else "it holds no list of its files"
        raise OutputError(
            f"Cannot read `{swap}`: {why}.", cure="Remove it, or choose another folder."
        ) from error
    return {"owner": owner, "files": names, "stale": stale}


def _inside(folder: Path, name: str) -> None:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or ":" in name:
        raise ValueError(f"`{name}` is no file of this folder")
    for above in _parents(folder, parts):
        if above.is_symlink():
            raise ValueError(f"`{above}` is a link")


def _is_inside(folder: Path, name: str) -> bool:
    try:
        _inside(folder, name)
        return os.path.isfile(folder / name)
    except (OSError, ValueError):
        return False


def _parents(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    for part in parts[:-1]:
        folder = folder / part
        yield folder


def _on_disk(path: Path) -> None:
    """Have the system write what it holds of a file or folder, for the sake of a power cut."""
    if path.is_dir() and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)
