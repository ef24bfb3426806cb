"""A sweep on disk: what was asked for, the finished chunks, and in the end one file of results.

- `sweep.json`: what decides the numbers, and how many draws a chunk has
- `blocks/*.npz`: finished chunks; each appears whole or not at all, so a kill loses at most one.
  It says which sweep and which draws it is of, under a seal: presence alone proves nothing
- `results.nc`: in place of the chunks, once all are there; says which sweep it is of, sealed too
- `.sweep.lock`: while a process is at work there
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from buildout._util import files
from buildout._util.manifest import RECORD_OF_SWEEP
from buildout._util.processes import locked
from buildout._util.reading import read_text
from buildout._util.seal import has_seal, seal_bytes, seal_state, unsealed
from buildout._util.swap import alone_in
from buildout.errors import InputError, OutputError, ResultsError
from buildout.sweeps.chunks import Chunk, Span, Spans, chunk_shapes, run_chunk
from buildout.sweeps.price import refuse_beyond_means
from buildout.sweeps.request import SweepRequest
from buildout.vensim.engine import Engine

CHUNKS = "blocks"
LOCK = ".sweep.lock"
RESULTS = "results.nc"
SUMMARY = "summary.csv"
SWEEP_MANIFEST = "sweep.manifest.json"
ODDS = "odds.csv"
# Attribute of the results, and member of a chunk: which sweep they are of.
IDENTITY = "sweep_sha256"
ABOUT = "#about"
CHUNK_NAME = re.compile(r"\d{6,}\.npz")
AGAIN = "Choose another folder with `--out` (`out=`), or delete this one."
# Differences of two sweeps that are told, and letters of each.
MOST_TOLD, MOST_SHOWN = 6, 60
GO_ON = "Make room, then continue with `--resume` (`resume=True`); finished blocks are kept."


@dataclass(frozen=True)
class SweepFolder:
    """The place of one sweep.

    Attributes
    ----------
    path : Path
    spans : Spans
        First draw of each chunk, and the one after its last.
    sha256 : str
        Fingerprint of what was asked for.
    """

    path: Path
    spans: Spans
    sha256: str

    @property
    def results(self) -> Path:
        """The one file in the end."""
        return self.path / RESULTS

    def file(self, number: int) -> Path:
        """Where a chunk goes."""
        return self.path / CHUNKS / f"{number:06d}.npz"

    def has_results(self) -> bool:
        """Whether the sweep is finished.

        Raises
        ------
        ResultsError
            When there are results, but damaged, or of something else.
        """
        if not os.path.lexists(self.results):
            return False
        if seal_state(self.results) != "whole":
            fault = "is damaged"
        elif _identity(self.results) != self.sha256:
            fault = "is of another sweep"
        else:
            return True
        raise ResultsError(
            f"`{self.results}` {fault}.",
            cure="Move it away or delete it; `--resume` (`resume=True`) then computes it anew.",
        )

    def unfinished(self, request: SweepRequest) -> list[int]:
        """Numbers of the chunks still to be computed.

        What is broken, of other draws or of another sweep counts as not there.
        """
        return [n for n in range(len(self.spans)) if not self._sound(n, request)]

    def _sound(self, number: int, request: SweepRequest) -> bool:
        arrays = self._stored(number, ())
        if arrays is None:
            return False
        start, stop = self.spans[number]
        shapes = {name: (array.shape, array.dtype) for name, array in arrays.items()}
        asked = chunk_shapes(request, stop - start)
        return shapes == {name: (shape, np.dtype(kind)) for name, (shape, kind) in asked.items()}

    def save(self, number: int, arrays: dict[str, np.ndarray]) -> None:
        """Write a finished chunk.

        Raises
        ------
        OutputError
            When the disk is full or the folder read-only; finished chunks stay.
        """
        about = np.frombuffer(self._about(number).encode(), np.uint8)

        def write(temporary: Path) -> None:
            content = io.BytesIO()
            # Its stub takes the names of arrays for options.
            savez: Callable[..., None] = np.savez
            savez(content, **arrays, **{ABOUT: about})
            temporary.write_bytes(seal_bytes(content.getvalue()))

        try:
            files.write_atomically(self.file(number), write)
        except OutputError as error:
            raise OutputError(error.found, cure=GO_ON) from error

    def load(self, number: int, *names: str) -> dict[str, np.ndarray]:
        """Some arrays of a finished chunk, by default all.

        Raises
        ------
        ResultsError
            When it is no more what was written.
        """
        arrays = self._stored(number, names)
        if arrays is None:
            raise ResultsError(
                f"`{self.file(number)}` was changed while the sweep ran.",
                cure="`--resume` (`resume=True`) computes it anew.",
            )
        return arrays

    def chunks(self, *names: str) -> Iterator[Chunk]:
        """First draw, the one after the last, and arrays, chunk by chunk."""
        for number, (start, stop) in enumerate(self.spans):
            yield start, stop, self.load(number, *names)

    def forget_chunks(self) -> None:
        """Remove the chunks, whose content is in the results, and nothing else."""
        place = self.path / CHUNKS
        if place.is_symlink() or not place.is_dir():
            return
        for file in list(place.iterdir()):
            if _is_chunk(file):
                file.unlink()
        if not any(place.iterdir()):
            place.rmdir()

    def chunk_bytes(self) -> int:
        """What the finished chunks take on disk."""
        place = self.path / CHUNKS
        return sum(p.stat().st_size for p in place.iterdir()) if place.is_dir() else 0

    def _about(self, number: int) -> str:
        return json.dumps({"sweep": self.sha256, "draws": list(self.spans[number])})

    def _stored(self, number: int, names: tuple[str, ...]) -> dict[str, np.ndarray] | None:
        """Arrays of a chunk; None unless it is whole, and of these draws of this sweep."""
        try:
            content = unsealed(self.file(number))
            if content is None:
                return None
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                if stored[ABOUT].tobytes() != self._about(number).encode():
                    return None
                wanted = names or [name for name in stored.files if name != ABOUT]
                return {name: stored[name] for name in wanted}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None


def store_chunk(
    request: SweepRequest, engine: Engine, number: int, span: Span, folder: SweepFolder | None
) -> Chunk:
    """Compute a chunk, and save it where there is a folder: the unit of work of every sweep."""
    arrays = run_chunk(request, engine, *span)
    if folder is None:
        return (*span, arrays)
    folder.save(number, arrays)
    return (*span, {})


@contextmanager
def open_sweep(
    path: str | Path, request: SweepRequest, chunk: int | None, resume: bool
) -> Iterator[SweepFolder]:
    """Begin a sweep in a folder, or go on with the one that is there, and keep others out.

    Parameters
    ----------
    path : path
        Made if absent.
    request : SweepRequest
    chunk : int or None
        Draws in a chunk; a sweep that goes on keeps the size it began with.
    resume : bool
        Go on with what is there, if anything is.

    Raises
    ------
    InputError
        When another sweep is there, or the same and `resume` is not asked for.
    OutputError
        When the folder cannot be written, is in use, or holds what we did not make.
    """
    path = Path(path)
    if not os.path.lexists(path / RECORD_OF_SWEEP):
        # Before anything is made; a sweep that is there is compared first.
        refuse_beyond_means(request, request.chunk_size(chunk), path, 0)
    with files.folder_to_fill(path), locked(path / LOCK, f"sweeps into `{path}`"):
        # A run that is about to be put there comes before, or is refused.
        with alone_in(path):
            if os.path.lexists(path / RECORD_OF_SWEEP):
                folder = _known(path, request, resume)
            else:
                folder = _begun(path, request, request.chunk_size(chunk))
        yield folder


def _begun(path: Path, request: SweepRequest, size: int) -> SweepFolder:
    for name in (RESULTS, SUMMARY, ODDS, SWEEP_MANIFEST, "manifest.json"):
        if os.path.lexists(path / name):
            raise InputError(f"`{path}` holds a `{name}` that is not of a sweep.", cure=AGAIN)
    _refuse_foreign(path / CHUNKS)
    folder = SweepFolder(path, Spans(request.design.size, size), request.sha256)
    record = json.dumps({"block": size, "asked": request.identity()}, indent=1, allow_nan=False)
    with files.folder_to_fill(path / CHUNKS):
        files.write_text(path / RECORD_OF_SWEEP, record + "\n")
    return folder


def _known(path: Path, request: SweepRequest, resume: bool) -> SweepFolder:
    if not resume:
        raise InputError(
            f"`{path}` holds a sweep already.",
            cure=f"`--resume` (`resume=True`) goes on with it. {AGAIN}",
        )
    asked = path / RECORD_OF_SWEEP
    try:
        record = json.loads(read_text(asked, what="the record of the sweep"))
        before, size = record["asked"], request.chunk_size(record["block"])
        differing = _differences(before, request.identity())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InputError) as error:
        raise ResultsError(
            f"Cannot read `{asked}`: {str(error).rstrip('.')}.", cure=AGAIN
        ) from error
    if differing:
        raise InputError(
            f"`{path}` holds another sweep: {'; '.join(differing[:MOST_TOLD])}.",
            "The same model, design, pathways, outputs, engine and versions are accepted.",
            AGAIN,
        )
    _refuse_link(path / CHUNKS)
    folder = SweepFolder(path, Spans(request.design.size, size), request.sha256)
    if not os.path.lexists(folder.results):
        files.output_folder(path / CHUNKS)
        refuse_beyond_means(request, size, path, folder.chunk_bytes())
    return folder


def _differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between two sweeps, in words."""
    differing: list[str] = []
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key), now.get(key)
        if old == new or (key == "sha256" and differing):
            continue
        nested = key in ("design", "controls", "versions")
        if nested and isinstance(old, dict) and isinstance(new, dict):
            differing += _differences(old, new)
        elif key in ("model", "sha256") or isinstance(old, dict | list):
            noun = {"sha256": "values"}.get(key, _short(key))
            differing.append(f"its {noun} {'differ' if noun.endswith('s') else 'differs'}")
        else:
            differing.append(f"its {_short(key)} is {_short(old)}, now {_short(new)}")
    return differing


def _short(value: object) -> str:
    """A value of a record, which may have been changed to anything, for a message."""
    return str(value)[:MOST_SHOWN]


def _refuse_link(place: Path) -> None:
    if place.is_symlink():
        raise OutputError(
            f"`{place}` is a link; a sweep makes that folder, and removes it in the end.",
            cure="Remove the link, or choose another folder with `--out` (`out=`).",
        )


def _refuse_foreign(place: Path) -> None:
    """Leave a folder alone that holds anything but chunks that we wrote."""
    _refuse_link(place)
    if not place.is_dir():
        return
    files.output_folder(place)
    for file in sorted(place.iterdir()):
        if not _is_chunk(file):
            raise OutputError(
                f"`{place}` holds `{file.name}`, which is not of a sweep.",
                cure="Move it away, or choose another folder with `--out` (`out=`).",
            )


def _is_chunk(file: Path) -> bool:
    """Whether we wrote a file: by its name and its seal."""
    plain = file.is_file() and not file.is_symlink()
    return bool(CHUNK_NAME.fullmatch(file.name)) and plain and has_seal(file)


def _identity(path: Path) -> str | None:
    """Which sweep a file of results says it is of."""
    try:
        with netCDF4.Dataset(path) as file:
            return str(getattr(file, IDENTITY, None))
    except OSError:
        return None
