"""Which process made a file and whether it still lives: for locks, and for litter of the dead."""

import contextlib
import json
import os
import platform
import re
import secrets
import shutil
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

from buildout.errors import OutputError

# Nothing but our own names match: process, machine, and a token that makes them unique.
PARTIAL = re.compile(r"\.(?:.*\.)?(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.partial(?:\.[^.]*)?")
Owner = dict[str, str | int]


def this_process() -> Owner:
    """What tells this process from all others: number, machine, and when it began."""
    return {"pid": os.getpid(), "host": _host(), "began": _began(os.getpid())}


def may_live(owner: Owner) -> bool:
    """Whether the process that wrote this may still run; only a proof of the contrary counts."""
    if not owner:
        return False
    if owner.get("host") != _host():
        return True
    pid = owner.get("pid")
    if not isinstance(pid, int) or pid <= 0:
        return False
    if os.name == "nt":
        # There, signal 0 is Ctrl-C and not a question.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    # Numbers are given anew; the moment of the start tells the later process from the earlier.
    began = owner.get("began") or ""
    return not began or _began(pid) in ("", began)


def partial_name(path: Path) -> Path:
    """A name beside a file for what is not finished.

    With the same suffix, as libraries choose formats by it.
    """
    token = f"{os.getpid()}-{_machine()}-{secrets.token_hex(4)}"
    stem = f".{path.stem}" if path.stem else ""
    return path.with_name(f"{stem}.{token}.partial{path.suffix}")


def sweep_litter(folder: Path) -> None:
    """Remove what processes of this machine left half written in a folder when they died."""
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            made = PARTIAL.fullmatch(entry.name)
            if not made or made[2] != _machine() or entry.is_symlink():
                continue
            if may_live({"pid": int(made[1]), "host": _host()}):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)


@contextlib.contextmanager
def locked(path: Path, doing: str) -> Iterator[None]:
    """Hold a lock file while something is done to its folder.

    A lock that a dead process of this machine left behind is taken over.

    Parameters
    ----------
    path : Path
        The lock file; its folder must exist.
    doing : str
        What the holder does, for the message, such as "sweeps into `results`".

    Raises
    ------
    OutputError
        When another process holds it, or may; when something else lies in its place.
    """
    _take(path, doing)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _take(path: Path, doing: str) -> None:
    mine = partial_name(path)
    try:
        mine.write_text(json.dumps(this_process()), encoding="utf-8")
        while not _linked(mine, path):
            content = _read(path)
            if content is None:
                if os.path.islink(path):
                    raise OutputError(f"`{path}` is a link to nothing.", cure=f"Delete `{path}`.")
                continue
            holder = _owner(content)
            if may_live(holder):
                raise OutputError(
                    f"Process {holder.get('pid')} on `{holder.get('host')}` {doing}.",
                    cure="Wait for it, or choose another folder. "
                    f"If it runs no more, delete `{path}`.",
                )
            _set_aside(path, content)
    except OSError as error:
        raise OutputError(f"Cannot write `{path}`: {error.strerror}.") from error
    finally:
        mine.unlink(missing_ok=True)


def _linked(mine: Path, path: Path) -> bool:
    """Put a whole file where none may be, at once; False where one is."""
    try:
        os.link(mine, path)
    except FileExistsError:
        return False
    except OSError:
        # A file system without links; a kill in between leaves an empty lock, which is told.
        try:
            with open(path, "x", encoding="utf-8") as file:
                file.write(mine.read_text(encoding="utf-8"))
        except FileExistsError:
            return False
    return True


def _set_aside(path: Path, content: bytes) -> None:
    """Remove the lock of a dead process, but not the one that another has put there since."""
    aside = partial_name(path)
    with contextlib.suppress(FileNotFoundError):
        os.rename(path, aside)
        if aside.read_bytes() != content:
            _linked(aside, path)
        aside.unlink()


def _read(path: Path) -> bytes | None:
    """What a lock says; None where it has just been given back."""
    try:
        # A pipe in its place would be waited for without end.
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            raise OutputError(f"`{path}` is no regular file.", cure=f"Delete `{path}`.")
        with open(path, "rb") as file:
            return file.read(1000)
    except FileNotFoundError:
        return None


def _owner(content: bytes) -> Owner:
    try:
        owner = json.loads(content)
    except (ValueError, RecursionError):
        owner = None
    return owner if isinstance(owner, dict) else {"pid": "unknown", "host": "unknown"}


def _host() -> str:
    return platform.node() or "this machine"


def _machine() -> str:
    # Eight digits in place of a name, which may hold anything.
    return f"{zlib.crc32(_host().encode('utf-8', 'replace')):08x}"


def _began(pid: int) -> str:
    """When a process began, in the clock of its system; empty where that cannot be asked."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return line.rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""
