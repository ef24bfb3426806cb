"""Files that nobody but this user can have written, for what is run as code when it is read.

A checksum tells that a file is whole, not who wrote it: whoever can write a file can write its
checksum too. So a file is trusted for its owner and its mode, asked of the open file and not of
its name, which somebody could change in between. Where the operating system has no owners to ask
for (Windows), links and anything but plain files are refused, and folders count as private, as
those in a user's profile are.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MOST_LINKS = 40
# Absent on Windows, where they are nothing; a FIFO is opened without waiting for its other end.
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_BY_FOLDER = {os.open, os.stat, os.unlink, os.mkdir} <= os.supports_dir_fd


def make_folder(path: Path) -> bool:
    """Whether a folder is this user's own and can be written; made, for this user only, if absent.

    Parameters
    ----------
    path : Path
        Missing folders above it are made for this user only as well.
    """
    made: list[Path] = []
    try:
        path = Path(os.path.abspath(path))
        with contextlib.suppress(FileNotFoundError):
            path.lstat()  # A name that is too long is refused here, before half of it is made.
        for folder in reversed([path, *path.parents]):
            if not os.path.lexists(folder):
                folder.mkdir(mode=0o700, exist_ok=True)
                made.append(folder)
        with _opened(path):
            return os.access(path, os.W_OK)
    except (OSError, ValueError):
        # No half of a way is left.
        with contextlib.suppress(OSError):
            for folder in reversed(made):
                folder.rmdir()
        return False


def read_private(path: Path, limit: int) -> bytes | None:
    """The content of a file that only this user can have written; else None.

    Parameters
    ----------
    path : Path
        In a folder that `make_folder` accepts.
    limit : int
        Bytes; a longer file is not read.
    """
    try:
        with _opened(path.parent) as folder:
            flags = os.O_RDONLY | _NOFOLLOW | _NONBLOCK | _BINARY
            if not _NOFOLLOW and path.is_symlink():
                return None
            with open(_open(path, flags, folder), "rb") as file:
                status = os.fstat(file.fileno())
                # A second name could be in a folder of somebody else.
                plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
                if not plain or not _is_ours(status) or status.st_size > limit:
                    return None
                data = file.read(limit + 1)
                return data if len(data) <= limit else None
    except OSError:
        return None


def write_private(path: Path, data: bytes) -> bool:
    """Write a file, whole or not at all, for this user only; whether that was possible.

    Parameters
    ----------
    path : Path
        In a folder that `make_folder` accepts; a file of that name is replaced.
    data : bytes
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        with _opened(path.parent) as folder:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY
            try:
                with open(_open(temporary, flags, folder), "wb") as file:
                    file.write(data)
                # Fails if the folder has another name by now.
                os.replace(temporary, path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary if folder is None else temporary.name, dir_fd=folder)
    except OSError:
        return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    """A folder of this user, held open so that its name cannot come to mean another one.

    Raises
    ------
    PermissionError
        When somebody else may have put files there.
    """
    if not _links_are_safe(path):
        raise PermissionError(f"{path} leads through a link that others can change")
    if not _BY_FOLDER:
        if path.is_symlink() or not path.is_dir():
            raise PermissionError(f"{path} is not a folder")
        yield None
        return
    folder = os.open(path, os.O_RDONLY | _DIRECTORY | _NOFOLLOW)
    try:
        if not _is_ours(os.fstat(folder)):
            raise PermissionError(f"{path} can be written by others")
        yield folder
    finally:
        os.close(folder)


def _open(path: Path, flags: int, folder: int | None) -> int:
    return os.open(path if folder is None else path.name, flags, 0o600, dir_fd=folder)


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _links_are_safe(path: Path) -> bool:
    """Whether no link on the way to a folder stands where others could have put it."""
    path = Path(os.path.abspath(path))
    here, rest = Path(path.anchor), list(path.parts[1:])
    for _ in range(_MOST_LINKS):
        while rest and not (here / rest[0]).is_symlink():
            here /= rest.pop(0)
        if not rest:
            return True
        if hasattr(os, "geteuid") and here.stat().st_mode & _OTHERS_WRITE:
            return False
        target = here / os.readlink(here / rest.pop(0))
        target = Path(os.path.normpath(target))
        here, rest = Path(target.anchor), [*target.parts[1:], *rest]
    return False
