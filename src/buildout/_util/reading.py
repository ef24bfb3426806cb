"""The one reader of what users give: files, tables and numbers, each refused with its cure."""

import csv
import errno
import io
import math
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from buildout._util.hints import NUMBER, number_hint
from buildout._util.names import quoted
from buildout.errors import BuildoutError, InputError, together

LIMIT = 16 * 2**20
_MARK = b"\xef\xbb\xbf"
_CALLED = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFSOCK: "a socket",
}
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_LONGEST_WHOLE = 30  # Digits; Python refuses to read thousands, and nothing counts so far.


def read_bytes(
    path: str | os.PathLike[str],
    *,
    what: str,
    limit: int = LIMIT,
    error: type[BuildoutError] = InputError,
) -> bytes:
    """The bytes of a regular file of bounded size.

    Parameters
    ----------
    path : path
        The file; a link to a file is followed.
    what : str
        What it should be, as it stands in the message: "the pathway file".
    limit : int, bytes
        A larger file is refused.
    error : type of BuildoutError
        What is raised.

    Returns
    -------
    bytes

    Raises
    ------
    BuildoutError
        Of the class `error`: the file is missing, is no regular file (a pipe would be waited for
        without end, a device read without end), or is too large.
    """
    with opened_file(path, what=what, error=error) as file:
        # One byte more than is accepted tells whether there is more, even where the system
        # does not know the size.
        data = file.read(limit + 1)
    if len(data) > limit:
        raise error(
            f"Cannot read {what} {quoted(path)}: it is larger than {_size(limit)}.",
            f"At most {limit:,} bytes are accepted.",
        )
    return data


@contextmanager
def opened_file(
    path: str | os.PathLike[str], *, what: str, error: type[BuildoutError] = InputError
) -> Iterator[io.BufferedReader]:
    """A regular file to be read in pieces; parameters and errors are those of `read_bytes`."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as problem:
        raise _unreadable(path, what, problem, error) from problem
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            kind = _CALLED.get(stat.S_IFMT(mode), "no file")
            message = f"Cannot read {what} {quoted(path)}: it is {kind}."
            raise error(message, "A regular file is accepted.")
        with open(handle, "rb", closefd=False) as file:
            yield file
    except OSError as problem:
        raise _unreadable(path, what, problem, error) from problem
    finally:
        os.close(handle)


def read_text(
    path: str | os.PathLike[str],
    *,
    what: str,
    limit: int = LIMIT,
    error: type[BuildoutError] = InputError,
) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark.

    Parameters and errors are those of `read_bytes`; text in another encoding is refused too.

    Returns
    -------
    str
        Line ends as they stand in the file; the byte-order mark is left out.
    """
    data = read_bytes(path, what=what, limit=limit, error=error)
    return as_text(data, where=quoted(Path(path).name), error=error)


def as_text(data: bytes, *, where: str, error: type[BuildoutError] = InputError) -> str:
    """Bytes of a file as `read_text` gives them; `where` is the file's name in messages."""
    accepted = "UTF-8 text is accepted, with or without a byte-order mark."
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(data):
        raise error(
            f"{where} is not UTF-8 text: it looks like UTF-16.", accepted, "Save it as UTF-8."
        )
    if (nul := data.find(b"\x00")) >= 0:
        raise error(f"{where} is not text: line {_line(data, nul)} holds a NUL byte.", accepted)
    try:
        return data.removeprefix(_MARK).decode("utf-8")
    except UnicodeDecodeError as problem:
        place = f"line {_line(data, problem.start)}"
        raise error(
            f"{where} is not UTF-8 text: {place} looks like Latin-1 or Windows-1252.",
            accepted,
            "Save it as UTF-8.",
        ) from problem


def read_rows(
    path: str | os.PathLike[str],
    columns: Sequence[str],
    *,
    what: str,
    limit: int = LIMIT,
    error: type[BuildoutError] = InputError,
) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file whose first line names its columns.

    Parameters
    ----------
    columns : sequence of str
        Columns that must be there; others may be, and are kept.

    Other parameters and errors are those of `read_text`; a row with too few or too many cells, a
    missing column or one named twice is refused too, all problems together.

    Returns
    -------
    list of (int, dict of str to str)
        Line on which the row ends, counted from 1, and its cells by column.
    """
    text = read_text(path, what=what, limit=limit, error=error)
    where = quoted(Path(path).name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heads = [head.strip() for head in next(reader, [])]
        _check_heads(heads, columns, where, error)
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as problem:
        raise error(
            f"{where}, line {reader.line_num}: {problem}.",
            "Cells with commas, quotes or line ends stand in double quotes.",
        ) from problem
    problems: list[BuildoutError] = [
        error(f"Line {line} has {_counted(len(cells), 'cell')}.", f"{len(heads)} are accepted.")
        for line, cells in lines
        if len(cells) != len(heads)
    ]
    if problems:
        raise together(problems, where)
    return [(line, dict(zip(heads, cells, strict=True))) for line, cells in lines]


def read_number(written: str, *, what: str) -> float:
    """A finite number as people write it to a program: `0.8`, `-3`, `1e3`.

    Parameters
    ----------
    written : str
        What the user typed; blanks around it are ignored.
    what : str
        What it is for, as it opens the message: "`--year`".

    Returns
    -------
    float

    Raises
    ------
    InputError
        For anything else, with a hint where it is plain what was meant.

    Examples
    --------
    >>> read_number("1e3", what="`--year`")
    1000.0
    >>> read_number("0,8", what="`--set`")
    Traceback (most recent call last):
    buildout.errors.InputError: `--set` is `0,8`. A number is accepted. Write `0.8`.
    """
    text = written.strip()
    message = f"{what} is {quoted(text)}."
    if not NUMBER.fullmatch(text):
        if re.fullmatch(r"[+-]?(nan|inf|infinity)", text, re.IGNORECASE):
            raise InputError(message, "A finite number is accepted.")
        raise InputError(message, "A number is accepted.", number_hint(text))
    value = float(text)
    if not math.isfinite(value):
        raise InputError(message, "A finite number is accepted, up to about 1e308.")
    if value == 0 and re.search(r"[1-9]", re.split(r"[eE]", text)[0]):
        raise InputError(message, "It is too small to differ from 0: write `0`.")
    return value


def read_whole(
    written: str, *, what: str, least: int | None = None, most: int | None = None
) -> int:
    """A whole number; `1e6` is one too.

    Parameters
    ----------
    written, what
        As for `read_number`.
    least, most : int, optional
        Where the accepted numbers begin and end.

    Returns
    -------
    int

    Raises
    ------
    InputError
        For anything else.
    """
    text = written.strip()
    accepted = f"A whole number{_between(least, most)} is accepted."
    message = f"{what} is {quoted(text)}."
    if _WHOLE.fullmatch(text):
        if len(text) > _LONGEST_WHOLE:
            raise InputError(message, accepted)
        value = int(text)
    else:
        if not NUMBER.fullmatch(text):
            raise InputError(message, accepted, number_hint(text))
        number = read_number(text, what=what)
        # Beyond this not every whole number is a float, so what was typed may be another one.
        if not number.is_integer() or abs(number) > 2**53:
            raise InputError(message, accepted)
        value = int(number)
    if (least is not None and value < least) or (most is not None and value > most):
        raise InputError(message, accepted)
    return value


def read_quantity(written: str, *, what: str) -> tuple[float, str]:
    """A number and the unit behind it, if any: `150 USD/kg`, `150USD/kg`, `150`.

    Returns
    -------
    float, str
        The unit is as written, to be checked by the caller; empty when there is none.

    Raises
    ------
    InputError
        As for `read_number`.
    """
    text = written.strip()
    begin = NUMBER.match(text)
    if begin and re.match(r"(?![xX]\d)[^\W\d_]|[$€£(]", text[begin.end() :]):
        return read_number(begin[0], what=what), text[begin.end() :]
    number, _, unit = text.partition(" ")
    # A unit begins with a letter, a currency sign or a bracket, or is an inverse (`1/Year`).
    if re.match(r"[^\W\d_]|[$€£(]|1\s*/", unit.strip()):
        return read_number(number, what=what), unit.strip()
    return read_number(text, what=what), ""


def _check_heads(
    heads: Sequence[str], columns: Sequence[str], where: str, error: type[BuildoutError]
) -> None:
    needed = f"It needs {', '.join(columns)}."
    missing = [column for column in columns if column not in heads]
    if missing and len(heads) == 1 and re.search(r"[;\t]", heads[0]):
        raise error(f"{where} is not separated by commas.", needed, "Save it as CSV with commas.")
    if missing:
        listed = ", ".join(f"`{column}`" for column in missing)
        raise error(f"{where} lacks the columns {listed}.", needed)
    twice = [head for head, count in Counter(heads).items() if count > 1]
    if twice:
        raise error(f"{where} has the column {quoted(twice[0])} twice.", needed, "Keep one.")


def _unreadable(
    path: str | os.PathLike[str], what: str, problem: Exception, error: type[BuildoutError]
) -> BuildoutError:
    reason = getattr(problem, "strerror", None) or str(problem)
    if getattr(problem, "errno", None) == errno.ENXIO:  # How Linux opens a socket.
        reason = "it is no file"
    return error(f"Cannot read {what} {quoted(path)}: {reason}.")


def _looks_like_utf16(data: bytes) -> bool:
    """Whether every other byte of the beginning is NUL, as in UTF-16 without a mark."""
    head = data[:64]
    return len(head) >= 4 and (not any(head[::2]) or not any(head[1::2]))


def _line(data: bytes, place: int) -> int:
    return data[:place].count(b"\n") + 1


def _size(limit: int) -> str:
    return f"{limit / 2**20:g} MiB" if limit >= 2**20 else f"{limit:,} bytes"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _between(least: int | None, most: int | None) -> str:
    return (f" from {least:,}" if least is not None else "") + (
        f" to {most:,}" if most is not None else ""
    )
