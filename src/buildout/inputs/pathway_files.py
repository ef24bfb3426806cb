"""One pathway file: what it may say, and how everything else is refused.

Names of pathways come from names of files and end up in figures, tables, pages and commands, so
what a name may be is decided here, once.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from buildout._util.arguments import kind_in_words
from buildout._util.names import quoted
from buildout._util.reading import as_text, read_bytes
from buildout.errors import BuildoutError, PathwayFileError, together
from buildout.inputs.pathway_fields import (
    LONGEST_NAME,
    LONGEST_TITLE,
    text_field,
    unknown_keys,
)
from buildout.inputs.pathway_sets import read_sets
from buildout.inputs.settings import Setting

FILE_KEYS = ("title", "description", "extends", "shared", "initial_time", "final_time", "set")
LARGEST_PATHWAY_FILE = 2**20
LONGEST_PATH = 4096  # What Linux takes.
LATEST_YEAR = 1e6  # Beyond it a year is no year.
# A key of many parts, `a.a.a`, costs the square of their number in memory.
_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{50}}")
# Signs that mean something to file systems, shells, typesetting or pages.
_RESERVED = frozenset('$\\/<>:"|?*`')
_JOINERS = "\u200c\u200d"  # Without shape, and part of ordinary writing in several scripts.
_NOT_PRINTED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True)
class PathwayFile:
    """What one file says, before anything that it extends.

    Attributes
    ----------
    path : Path
        Where it lies.
    title, description : str
        For people.
    extends : tuple of str
        Names or paths as written.
    shared : bool
        True for a part that only others extend.
    initial_time, final_time : float or None, Year
        When its runs begin and end; None where it does not say.
    settings : tuple of Setting
        Its own.
    digest : str
        The sha256 of its bytes.
    """

    path: Path
    title: str
    description: str
    extends: tuple[str, ...]
    shared: bool
    initial_time: float | None
    final_time: float | None
    settings: tuple[Setting, ...]
    digest: str


def check_pathway_name(name: str) -> None:
    """Refuse what cannot be the name of a pathway.

    Letters of every script, digits, blanks and most signs are accepted.

    Raises
    ------
    PathwayFileError
    """
    first = name[:1]
    if not name.strip():
        wrong = "is empty"
    elif len(name) > LONGEST_NAME:
        wrong = f"has {len(name)} characters"
    elif signs := [sign for sign in name if _reserved(sign)]:
        wrong = f"holds {quoted(signs[0])}"
    elif name != name.strip() or (first.isascii() and not first.isalnum() and first != "_"):
        wrong = "begins or ends with a blank or a sign"
    else:
        return
    raise PathwayFileError(
        f"The name {quoted(name)} of a pathway {wrong}.",
        f"Up to {LONGEST_NAME} letters, digits, blanks and signs such as `-` and `_` are accepted.",
        "Choose another name; the name of a file is that of its pathway.",
    )


def _reserved(sign: str) -> bool:
    return sign in _RESERVED or (
        unicodedata.category(sign) in _NOT_PRINTED and sign not in _JOINERS
    )


def read_pathway_file(path: Path) -> PathwayFile:
    """Read one file.

    Raises
    ------
    PathwayFileError
        When it is missing, no file, no TOML, or says something that is not accepted; all of the
        latter together.
    """
    check_pathway_name(path.stem)
    try:
        data = read_bytes(
            path, what="the pathway file", limit=LARGEST_PATHWAY_FILE, error=PathwayFileError
        )
    except PathwayFileError as error:
        cure = "Give the path of a `.toml` file, or a name that `buildout pathways` lists."
        raise PathwayFileError(error.found, error.accepted, cure) from error
    return _said(path, data)


# A session asks for the same few files at every verb; they are understood anew when they change.
@lru_cache(maxsize=64)
def _said(path: Path, data: bytes) -> PathwayFile:
    """What the bytes of a file say."""
    content = _toml(path, data)
    problems = unknown_keys(content, FILE_KEYS, "the file")
    file = PathwayFile(
        path=path,
        title=" ".join(text_field(content, "title", problems, LONGEST_TITLE).split()) or path.stem,
        description=text_field(content, "description", problems).strip(),
        extends=tuple(_extends(content, problems)),
        shared=_flag(content, "shared", problems),
        initial_time=_year(content, "initial_time", problems),
        final_time=_year(content, "final_time", problems),
        settings=read_sets(content, path.name, problems),
        digest=hashlib.sha256(data).hexdigest(),
    )
    if problems:
        raise together(problems, quoted(path.name))
    return file


def _toml(path: Path, data: bytes) -> dict[str, Any]:
    text = as_text(data, where=quoted(path.name), error=PathwayFileError)
    if _DEEP_KEY.search(text):
        raise _too_deep(path)
    where = f"{quoted(path)} is not valid TOML"
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The parser's message ends with the line and column.
        raise PathwayFileError(f"{where}: {_short(error)}.") from error
    except ValueError as error:
        raise PathwayFileError(f"{where}: a whole number has thousands of digits.") from error
    except RecursionError:
        # The traceback of a thousand equal frames helps nobody.
        raise _too_deep(path) from None


def _too_deep(path: Path) -> PathwayFileError:
    return PathwayFileError(
        f"{quoted(path.name)} is nested too deeply to be read.",
        "A pathway file is a list of `[[set]]` tables.",
    )


def _short(error: Exception) -> str:
    return quoted(str(error).rstrip(".")).strip("`")


def _flag(table: Mapping[str, Any], key: str, problems: list[BuildoutError]) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        problems.append(
            PathwayFileError(
                f"`{key}` is {kind_in_words(value)}.", "`true` or `false` is accepted."
            )
        )
    return value is True


def _year(table: Mapping[str, Any], key: str, problems: list[BuildoutError]) -> float | None:
    if key not in table:
        return None
    value = table[key]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) < LATEST_YEAR:
        problems.append(
            PathwayFileError(
                f"`{key}` is {quoted(value) if is_number else kind_in_words(value)}.",
                f"A year such as `{key} = 2018.0` is accepted.",
            )
        )
        return None
    return float(value)


def _extends(content: Mapping[str, Any], problems: list[BuildoutError]) -> list[str]:
    extends = content.get("extends", [])
    extends = [extends] if isinstance(extends, str) else extends
    if not isinstance(extends, list) or not all(isinstance(name, str) for name in extends):
        shown = f"`{extends}`" if isinstance(extends, int | float) else kind_in_words(extends)
        problems.append(
            PathwayFileError(f"`extends` is {shown}.", "A name or a list of names is accepted.")
        )
        return []
    if long := [name for name in extends if len(name) > LONGEST_PATH]:
        problems.append(
            PathwayFileError(
                f"`extends` has a name of {len(long[0]):,} letters.",
                f"Up to {LONGEST_PATH:,} are accepted.",
            )
        )
    return extends
