"""A seal at the end of a file, by which every cut and every flipped bit is noticed.

The last 48 bytes are the sha256 of all bytes before them, their number, and a mark. Readers of
NetCDF and of zip archives look at the beginning, or search for their own end, and pass over them;
tests hold that with every library that reads our files. A seal tells damage from wholeness. It is
no signature: whoever wants to can make one.
"""

import hashlib
import os
from typing import BinaryIO, Literal

MARK = b"buildout"
SIZE = 32 + 8 + len(MARK)
STEP = 1 << 20

SealState = Literal["whole", "damaged", "absent"]


def seal_bytes(content: bytes) -> bytes:
    """Content with its seal."""
    return content + _tail(hashlib.sha256(content).digest(), len(content))


def seal_file(path: str | os.PathLike[str]) -> None:
    """Put a seal at the end of a finished file."""
    with open(path, "r+b") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        size = file.seek(0, os.SEEK_END)
        file.write(_tail(digest, size))


def seal_state(path: str | os.PathLike[str]) -> SealState:
    """Whether a file is as it was sealed; read in pieces, whatever its size."""
    # A pipe or a device would be read without end.
    if not os.path.isfile(path):
        return "absent"
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END) - SIZE
        # The end tells at once of most that is no sealed file, however large.
        if not _read_tail(file).endswith(MARK) or size < 0:
            return "absent"
        if not _says(file, size):
            return "damaged"
        file.seek(0)
        left, digest = size, hashlib.sha256()
        while left and (piece := file.read(min(left, STEP))):
            digest.update(piece)
            left -= len(piece)
        return "whole" if file.read(SIZE) == _tail(digest.digest(), size) else "damaged"


def has_seal(path: str | os.PathLike[str]) -> bool:
    """Whether we wrote a file, by its mark alone: it may have been damaged since."""
    with open(path, "rb") as file:
        return _read_tail(file).endswith(MARK)


def unsealed(path: str | os.PathLike[str]) -> bytes | None:
    """The content of a whole sealed file; None for any other."""
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END) - SIZE
        if not _says(file, size):
            return None
        file.seek(0)
        data = file.read(size + SIZE)
    content = data[:-SIZE]
    return content if data == seal_bytes(content) else None


def _read_tail(file: BinaryIO) -> bytes:
    file.seek(max(file.seek(0, os.SEEK_END) - SIZE, 0))
    return file.read(SIZE)


def _says(file: BinaryIO, size: int) -> bool:
    """Whether the end of a file says that this many bytes are before it."""
    return size >= 0 and _read_tail(file)[32:] == _tail(bytes(32), size)[32:]


def _tail(digest: bytes, size: int) -> bytes:
    return digest + size.to_bytes(8, "big") + MARK
