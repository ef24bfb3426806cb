"""How results reach the disk whole or not at all, and where computed things are kept."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from buildout._util import private
from buildout._util.names import quoted
from buildout._util.processes import partial_name, sweep_litter
from buildout._util.reading import opened_file
from buildout._util.swap import NEW, alone_in, commit, finish_swap
from buildout.errors import OutputError

# Room that is left on a disk for everyone else.
SPARE_BYTES = 50e6


def cache_folder() -> Path:
    """Path of a folder for what can be computed again, which only this user can write to.

    `BUILDOUT_CACHE` overrides the usual place (`XDG_CACHE_HOME`, else `.cache` in the home
    folder). Where that cannot be written, or others could write there too, a folder for this user
    under the system's temporary one serves, so that a read-only home never stops a run.

    Raises
    ------
    OutputError
        When none of them will do, as when somebody else was first to make the last one.
    """
    for place in _cache_places():
        if private.make_folder(place):
            return place
    raise OutputError(
        "No folder for cached files can be written by this user only.",
        cure="Set `BUILDOUT_CACHE` to a folder that can.",
    )


def secret_folder() -> Path:
    """Path of a folder for what only this user may read, apart from the cache where that can be.

    `XDG_STATE_HOME`, else `.local/state` in the home folder; without a home the folder under the
    system's temporary one that also serves as cache.

    Raises
    ------
    OutputError
        When neither will do.
    """
    for place in _places("XDG_STATE_HOME", Path(".local", "state")):
        if private.make_folder(place):
            return place
    raise OutputError("No folder for a secret can be written by this user only.")


def _cache_places() -> Iterator[Path]:
    if chosen := os.environ.get("BUILDOUT_CACHE"):
        yield Path(chosen)
    yield from _places("XDG_CACHE_HOME", Path(".cache"))


def _places(variable: str, below_home: Path) -> Iterator[Path]:
    # Users without an entry in the password file have no home, and machines may lack a folder for
    # temporary files.
    with contextlib.suppress(RuntimeError):
        yield Path(os.environ.get(variable) or Path.home() / below_home) / "buildout"
    user = os.geteuid() if hasattr(os, "geteuid") else "user"
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir()) / f"buildout-{user}"


def sha256(path: str | os.PathLike[str]) -> str:
    """Fingerprint of a file's bytes, as 64 hexadecimal digits."""
    with opened_file(path, what="the file") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def writable_folder(path: str | os.PathLike[str]) -> Path:
    """A folder that results can be written to, asked before any work is done for it.

    One that is not there yet is not made: what is refused later leaves nothing. In one that is
    there, what an earlier command was stopped in is ended, and what it left half written removed.

    Raises
    ------
    OutputError
        When it cannot be made or written to.
    """
    folder = Path(path)
    there = folder.absolute()
    try:
        while not _is_there(there):
            there = there.parent
        # Asking the disk is the only sure test: access rights do not tell of read-only mounts.
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise _output_error(folder, error) from error
    except ValueError as error:
        raise OutputError(f"{quoted(folder)} cannot be a folder: {error}.") from error
    if folder.is_dir():
        finish_swap(folder)
        sweep_litter(folder)
    return folder


def output_folder(path: str | os.PathLike[str]) -> Path:
    """A folder that results are written to now, made if absent; else as `writable_folder`."""
    folder = writable_folder(path)
    _make(folder)
    return folder


@contextlib.contextmanager
def folder_to_fill(path: str | os.PathLike[str]) -> Iterator[Path]:
    """An `output_folder`; what was made for it is removed again where nothing came of it."""
    folder = writable_folder(path)
    made = _make(folder)
    try:
        yield folder
    except BaseException:
        for each in reversed(made):
            with contextlib.suppress(OSError):
                each.rmdir()
        raise


def _make(folder: Path) -> list[Path]:
    """The folders that were made, and not by another process in the same moment."""
    made: list[Path] = []
    try:
        for each in reversed([folder, *folder.parents]):
            if not each.is_dir():
                with contextlib.suppress(FileExistsError):
                    each.mkdir()
                    made.append(each)
        # A file of that name is none.
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _output_error(folder, error) from error
    return made


def _is_there(path: Path) -> bool:
    """Whether a name is taken; a name that no disk takes is an error."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def require_room(folder: Path, size: float) -> None:
    """Refuse to begin what the disk has no room for.

    Parameters
    ----------
    folder : Path
        Where the files are to go; it need not exist yet.
    size : float
        Bytes that they take.

    Raises
    ------
    OutputError
    """
    there = folder.absolute()
    while not os.path.exists(there) and there != there.parent:
        there = there.parent
    free = shutil.disk_usage(there).free
    if size + SPARE_BYTES > free:
        raise OutputError(
            f"The results take {size / 1e9:,.1f} GB, and the disk of `{folder}` has "
            f"{free / 1e9:,.1f} GB free.",
            cure="Choose another folder with `--out`, make room, or ask for less.",
        )


def write_atomically(path: str | os.PathLike[str], writer: Callable[[Path], object]) -> Path:
    """Write a file so that it is either complete or as it was before.

    Parameters
    ----------
    path : path
        The file to make or replace; its folder must exist.
    writer : callable
        Takes the path of a temporary file in the same folder and with the same suffix, and
        writes it.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        When the folder is read-only or the disk is full. The temporary file is removed on this
        and any other exception, Ctrl-C included.
    """
    path = Path(path)
    temporary = partial_name(path)
    try:
        writer(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise _output_error(path, error) from error
    finally:
        # It may lie where nothing can be asked for either.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return path


def write_together(
    folder: str | os.PathLike[str],
    writer: Callable[[Path], object],
    *,
    stale: Callable[[Sequence[str]], Mapping[str, str]] | None = None,
) -> list[Path]:
    """Write several files into a folder so that all are replaced, or none.

    A process that is killed while they are put in place leaves a list of what is to be moved, and
    the next command that uses the folder moves it (see `swap`).

    Parameters
    ----------
    folder : path
        Where they go; made if absent. Other files in it stay.
    writer : callable
        Takes the path of an empty temporary folder and writes the files there, in folders if need
        be.
    stale : callable, optional
        Takes the names of the files written and gives the earlier ones that are to go, each with
        the sha256 by which it is known not to have been changed since. May refuse by raising. It
        is asked in the moment before they are put in place, while no other process does the same.

    Returns
    -------
    list of Path
        The files written, in the order of their names.

    Raises
    ------
    OutputError
        When the folder is read-only or the disk is full. What was half written is removed on
        this and any other exception, Ctrl-C included.
    """
    with folder_to_fill(folder) as made:
        return _written_together(made, writer, stale)


def _written_together(
    folder: Path,
    writer: Callable[[Path], object],
    stale: Callable[[Sequence[str]], Mapping[str, str]] | None,
) -> list[Path]:
    temporary = partial_name(folder / "files")
    try:
        (temporary / NEW).mkdir(parents=True)
        writer(temporary / NEW)
        names = files_below(temporary / NEW)
        # What tells of the others comes last.
        moved = sorted(names, key=lambda name: name.endswith("manifest.json"))
        with alone_in(folder):
            finish_swap(folder)
            _refuse_obstacles(folder, names)
            commit(folder, temporary, moved, stale(names) if stale else {})
        return [folder / name for name in names]
    except OSError as error:
        raise _output_error(folder, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def files_below(folder: Path) -> list[str]:
    """Names of all files below a folder, with slashes; those of the folder itself first."""
    names = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    return sorted(names, key=lambda name: ("/" in name, name))


def _refuse_obstacles(folder: Path, names: Sequence[str]) -> None:
    """See before anything is moved that all can be: no folder or link is where a file goes."""
    for name in names:
        target = folder / name
        if target.is_dir() and not target.is_symlink():
            raise OSError(errno.EEXIST, "in the way", str(target))
        above = target.parent
        if above != folder and (above.is_symlink() or (above.exists() and not above.is_dir())):
            raise OutputError(
                f"`{above}` is a link or a file where a folder is to be.",
                cure="Remove it, or choose another folder with `--out`.",
            )


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write a text file, whole or not at all (see `write_atomically`)."""
    return write_atomically(path, lambda file: file.write_text(text, encoding="utf-8"))


def _output_error(path: Path, error: OSError) -> OutputError:
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EACCES: "writing there is not permitted",
        errno.EPERM: "writing there is not permitted",
        errno.EROFS: "the file system is read-only",
        errno.EEXIST: "a file of that name is in the way",
        errno.ENOTDIR: "a file of that name is in the way",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return OutputError(
        f"Cannot write `{path}`: {reason}.",
        cure="Choose another folder with `--out`, or make room; earlier results are untouched.",
    )
