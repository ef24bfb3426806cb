"""Computed things kept between sessions: a file that is not exactly right is made again."""

import contextlib
import hashlib
import pickle
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from buildout._util import files
from buildout.errors import OutputError

Kept = TypeVar("Kept")


def fingerprint(*parts: str | bytes) -> str:
    """One short name for all that a result depends on."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def versions(*packages: str) -> str:
    """Versions of packages and a fingerprint of the engine's own code."""
    own = sorted(Path(__file__).parent.rglob("*.py"))
    code = fingerprint(*(path.read_bytes() for path in own))
    return " ".join([code, *(metadata.version(package) for package in packages)])


def keep(name: str, make: Callable[[], Kept]) -> Kept:
    """Load a cached value, or make it and keep it.

    The file is the sha256 of its content, then the content; one that was cut short, altered or
    put there by something else fails the comparison and is replaced without a word. Writing is
    atomic, so two processes at once cannot harm each other, and a folder that cannot be written
    costs time only.

    Parameters
    ----------
    name : str
        File name; must change with everything the value depends on.
    make : callable
        Makes the value, which must be picklable.
    """
    try:
        path = files.cache_folder() / name
    except OutputError:
        return make()
    found = _load(path)
    if found is not None:
        return found[0]
    value = make()
    data = sealed(pickle.dumps((name, value), protocol=pickle.HIGHEST_PROTOCOL))
    with contextlib.suppress(OutputError):
        files.write_atomically(path, lambda temporary: temporary.write_bytes(data))
    return value


def sealed(payload: bytes) -> bytes:
    """Content with the fingerprint by which it is known to be whole."""
    return hashlib.sha256(payload).digest() + payload


def _load(path: Path) -> tuple | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if data != sealed(data[32:]):
        return None
    try:
        name, value = pickle.loads(data[32:])
    except Exception:
        # Whatever a whole but foreign file holds, making the value again is the answer.
        return None
    return (value,) if name == path.name else None
