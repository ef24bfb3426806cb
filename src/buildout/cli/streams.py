"""Standard output and error as they may be: closed, full, read by nobody, short of letters."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from buildout._util.names import quoted
from buildout.errors import OutputError

_REFUSALS = (
    errno.ENAMETOOLONG,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EROFS,
    errno.ENOSPC,
    errno.EDQUOT,
)


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """Make every print succeed where it can, and be told where it cannot.

    A stream that the shell closed (`>&-`) becomes one that swallows all, so that no file opened
    later takes its number. A console that lacks a letter, such as one of Windows that meets a
    Chinese name, shows a replacement character. Where nothing can be written, as on a full disk,
    `OutputError` is raised, which `OSError` alone would not tell from one of our own files.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
    before = sys.stdout, sys.stderr
    with contextlib.ExitStack() as swallowing:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is None:
                stream = swallowing.enter_context(open(os.devnull, "w", encoding="utf-8"))
                setattr(sys, name, stream)
            elif isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace" if name == "stdout" else "backslashreplace")
        sys.stdout = cast("TextIO", _Told(sys.stdout))
        sys.stderr = cast("TextIO", _Lenient(sys.stderr))
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


def leave_stdout() -> None:
    """Point standard output elsewhere once it takes nothing more.

    Python flushes it at exit, and would complain once more.
    """
    _leave(sys.stdout)


def _leave(stream: TextIO) -> None:
    """Point a stream elsewhere: what waits in it goes there, and Python's exit meets no refusal."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def refused_file(error: Exception) -> str | None:
    """What to tell when the system refuses a file for its name or its rights; None for all else."""
    if not isinstance(error, OSError) or error.filename is None or error.errno not in _REFUSALS:
        return None
    return f"Cannot use {quoted(error.filename)}: {error.strerror}."


def say(message: str) -> None:
    """Tell what went wrong; the code tells it too, where standard error takes nothing either."""
    with contextlib.suppress(OSError):
        print(f"buildout: {message}", file=sys.stderr, flush=True)


class _Told:
    """A stream whose refusal to be written is an error of ours."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with _telling():
            return self._stream.write(text)

    def flush(self) -> None:
        with _telling():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Lenient:
    """A stream for remarks: where it takes none, as on a full disk, the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            _leave(self._stream)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            _leave(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        leave_stdout()
        raise OutputError(f"Cannot write to standard output: {error.strerror}.") from error
