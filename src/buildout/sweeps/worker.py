"""What happens on a worker of a cluster: it is held against the client, then computes chunks.

A worker may join, or take the place of a dead one, at any time. So each looks for itself, before
its first chunk of a sweep, at its versions, at the folder of results, and at its arithmetic.
"""

import hashlib
import platform
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from buildout._util import files
from buildout._util.processes import partial_name
from buildout.errors import BuildoutError, InputError, OutputError
from buildout.sweeps.chunks import Chunk, Span, run_chunk
from buildout.sweeps.request import SweepRequest, deciding_versions
from buildout.sweeps.store import SweepFolder, store_chunk
from buildout.vensim.engine import Batch, Engine

# Runs by which two machines are compared: the lanes of one vector, some milliseconds.
FEW = 8


@dataclass(frozen=True)
class Token:
    """A file in the folder of results: who reads its secret sees that folder and no other.

    Attributes
    ----------
    path : Path
    secret : str
    """

    path: Path
    secret: str


@dataclass(frozen=True, eq=False)
class Assignment:
    """What all chunks of a sweep have in common, sent to each worker once.

    Attributes
    ----------
    request : SweepRequest
    engine : Batch or Reference
    folder : SweepFolder or None
        With an absolute path; without a folder the arrays go back to the client.
    token : Token or None
        In that folder.
    versions : dict of str to str
        Of the client.
    first : str
        What the first runs give there (see `first_runs`).
    """

    request: SweepRequest
    engine: Engine
    folder: SweepFolder | None
    token: Token | None
    versions: dict[str, str]
    first: str


@contextmanager
def shown_folder(out: Path) -> Iterator[Token]:
    """Make the folder of results, and leave a token in it for as long as workers may ask for it.

    A folder that is still empty in the end, as after a refusal, is removed again.
    """
    out = out.absolute()
    made = not out.exists()
    files.output_folder(out)
    # A name of a kind that is cleared away even if this process is killed.
    token = Token(partial_name(out / "token"), secrets.token_hex(16))
    try:
        files.write_text(token.path, token.secret)
        yield token
    finally:
        token.path.unlink(missing_ok=True)
        if made:
            with suppress(OSError):
                out.rmdir()


def worker_versions() -> dict[str, str]:
    """Versions of all that must be the same on every machine of a sweep."""
    return {
        **deciding_versions(),
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "distributed": metadata.version("distributed"),
    }


def refusal(versions: dict[str, str], token: Token | None) -> BuildoutError | None:
    """Why this process may not take part in a sweep; None if it may.

    Parameters
    ----------
    versions : dict of str to str
        Of the client.
    token : Token or None
        Of the folder of results, where there is one.
    """
    here = worker_versions()
    differing = [
        "the code of buildout" if name == "code" else f"{name} ({here.get(name)}, not {wanted})"
        for name, wanted in versions.items()
        if here.get(name) != wanted
    ]
    if differing:
        return InputError(
            f"`{platform.node()}` differs from where the sweep was begun: {', '.join(differing)}.",
            "The same versions everywhere are accepted, since results could differ.",
            "Start scheduler and workers from the same environment as `buildout`.",
        )
    return None if token is None else _unseen(token)


def _unseen(token: Token) -> BuildoutError | None:
    folder = token.path.parent
    try:
        seen = token.path.read_text(encoding="utf-8") == token.secret
    except (OSError, ValueError):
        seen = False
    if not seen:
        return OutputError(
            f"A worker on `{platform.node()}` does not find in `{folder}` what lies there where "
            "the sweep was begun.",
            "A folder that all machines see under the same path is accepted.",
            "Choose one with `--out` (`out=`).",
        )
    try:
        files.output_folder(folder)
    except OutputError as error:
        return OutputError(f"On `{platform.node()}`: {error.found}", cure=error.cure)
    return None


def first_runs(request: SweepRequest, engine: Engine) -> str:
    """Fingerprint of what the first few draws give, bit for bit.

    Compiled code and NumPy take what a processor has, so two machines with the same versions may
    still differ in last digits. Empty for the reference engine, which takes minutes.
    """
    if not isinstance(engine, Batch):
        return ""
    kept = run_chunk(request, engine, 0, min(FEW, request.design.size))
    digest = hashlib.sha256()
    for name in sorted(kept):
        digest.update(name.encode() + kept[name].tobytes())
    return digest.hexdigest()


def chunk_task(assignment: Assignment, number: int, span: Span) -> Chunk:
    """Compute a chunk on a worker, and save it there where there is a folder."""
    _admit(assignment)
    return store_chunk(assignment.request, assignment.engine, number, span, assignment.folder)


def hand_over(assignment: Assignment) -> Assignment:
    """The task on which all chunks wait: what it gives goes from worker to worker."""
    return assignment


# Two, as two sweeps may take turns on a worker.
@lru_cache(maxsize=2)
def _admit(assignment: Assignment) -> None:
    """Raise what speaks against this process, once for a sweep."""
    if (problem := refusal(assignment.versions, assignment.token)) is not None:
        raise problem
    if first_runs(assignment.request, assignment.engine) != assignment.first:
        raise InputError(
            f"A worker on `{platform.node()}` gives other last digits than the machine where the "
            "sweep was begun.",
            "Machines that agree bit for bit are accepted; processors of one kind do.",
            "Leave out that worker, or begin the sweep on a machine like it.",
        )
