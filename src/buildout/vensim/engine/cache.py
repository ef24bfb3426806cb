"""Computed things kept between sessions: a file that is not exactly right is made again.

A file is a seal over its name and content, then the content, which is read by a decoder that only
ever builds what it knows: no pickle, nothing that runs while it is read. Machine code is code all
the same. Two things guard against foreign code: who owns folder and file, which `_util.private`
asks before anything is read, and the seal, which is made with a secret of this user that does not
lie in the cache. So a cache that was copied, restored or written by another program is no more
than bytes; where anything is in doubt, everything is computed again.
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from buildout._util import files, private
from buildout.errors import OutputError

Kept = TypeVar("Kept")

#: Bytes; a hundred times what the largest models known need.
LARGEST = 2**27
#: Files of a kind that are kept: those used last.
MOST = 64
SECRET = "cache-secret"
_SEAL = hashlib.sha256().digest_size


def digest_of(*parts: str | bytes) -> str:
    """One short name for all that a result depends on."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def code_version(*packages: str) -> str:
    """Versions of packages and a fingerprint of the engine's own code."""
    own = sorted(Path(__file__).parent.rglob("*.py"))
    code = digest_of(*(path.read_bytes() for path in own))
    return " ".join([code, *(metadata.version(package) for package in packages)])


def keep(
    name: str,
    make: Callable[[], Kept],
    encode: Callable[[Kept], bytes],
    decode: Callable[[bytes], Kept],
) -> Kept:
    """Load a cached value, or make it and keep it.

    A file that was cut short, altered or put there by something else is replaced without a word.
    Writing is atomic, so two processes at once cannot harm each other, and a folder that cannot be
    written or trusted costs time only.

    Parameters
    ----------
    name : str
        File name; must change with everything the value depends on.
    make : callable
        Makes the value.
    encode, decode : callable
        The value as bytes, and back; `decode` must raise ValueError for bytes that are no value,
        and must run nothing that stands in them.
    """
    try:
        path = files.cache_folder() / name
        secret = _secret(files.secret_folder())
    except OutputError:
        return make()
    content = _content(path, secret)
    if content is not None:
        # Whole, but not ours: making the value again is the answer.
        with contextlib.suppress(ValueError):
            known = decode(content)
            with contextlib.suppress(OSError):
                os.utime(path)
            return known
    value = make()
    content = encode(value)
    if len(content) + _SEAL <= LARGEST:
        private.write_private(path, _sealed(name, content, secret))
        _forget_old(path)
    return value


def _forget_old(path: Path) -> None:
    """Remove the files of this one's kind that were used longest ago, beyond `MOST`."""
    kind, _, _ = path.name.partition("-")
    ours = re.compile(rf"{re.escape(kind)}-[0-9a-f]{{40}}{re.escape(path.suffix)}")
    # Another process may be at the same.
    with contextlib.suppress(OSError):
        files = [other for other in path.parent.iterdir() if ours.fullmatch(other.name)]
        files.sort(key=lambda other: other.lstat().st_mtime)
        for old in files[:-MOST]:
            old.unlink(missing_ok=True)


def holds(name: str) -> bool:
    """Whether a file of that name is there, whatever it is worth."""
    try:
        return (files.cache_folder() / name).exists()
    except OutputError:
        return False


def sealed(name: str, content: bytes) -> bytes:
    """Content with the seal by which it is known to be whole, of that name, and written by us."""
    return _sealed(name, content, _secret(files.secret_folder()))


def _sealed(name: str, content: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, bytes.fromhex(digest_of(name, content)), "sha256") + content


def _content(path: Path, secret: bytes) -> bytes | None:
    data = private.read_private(path, LARGEST)
    if data is None or not hmac.compare_digest(data, _sealed(path.name, data[_SEAL:], secret)):
        return None
    return data[_SEAL:]


@cache
def _secret(folder: Path) -> bytes:
    """This user's secret; made if absent.

    Two processes that make it at once may each use their own for a while: what the one has sealed
    the other computes again.
    """
    path = folder / SECRET
    length = hashlib.sha256().block_size
    secret = private.read_private(path, length)
    if secret is None or len(secret) != length:
        private.write_private(path, secrets.token_bytes(length))
        secret = private.read_private(path, length)
    if secret is None or len(secret) != length:
        raise OutputError(f"No secret for the cache can be kept in `{folder}`.")
    return secret
