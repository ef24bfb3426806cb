"""What nobody foresaw, kept in a file for a report rather than thrown at the user."""

import contextlib
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator

from buildout._util import files
from buildout._util.names import quoted
from buildout.errors import BuildoutError


def write_crash_report(error: Exception) -> str:
    """Write the traceback of an error to a file.

    Returns
    -------
    str
        What to tell the user: that the program is at fault, and where the file is.
    """
    brief = quoted(f"{type(error).__name__}: {error}".rstrip(": "))
    message = f"Something unexpected happened, a fault of this program: {brief}."
    path = _written(_report(error))
    if path is None:
        return message
    return f"{message} Please report it with the file `{path}`."


def _report(error: Exception) -> str:
    from buildout import __version__

    lines = [
        f"buildout {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"arguments: {sys.argv[1:]!r}",
        "",
        *traceback.format_exception(error),
    ]
    return "\n".join(line.rstrip("\n") for line in lines) + "\n"


def _written(report: str) -> str | None:
    """Where the report is; None when no folder takes it, as on a full disk."""
    for folder in _folders():
        try:
            # Made for this user only: a report may quote files.
            handle, path = tempfile.mkstemp(prefix="buildout-crash-", suffix=".txt", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(report)
        except OSError:
            continue
        return path
    return None


def _folders() -> Iterator[str | None]:
    with contextlib.suppress(BuildoutError, OSError, RuntimeError):
        yield str(files.cache_folder())
    yield None  # The system's folder for temporary files.
