"""A sweep on disk: what was asked for, the finished blocks, and in the end one file of results.

- `sweep.json`: what decides the numbers, and the block size
- `blocks/*.npz`: finished blocks; each appears whole or not at all, so a kill loses at most one
- `results.nc`: in place of the blocks, once all are there
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from buildout._util import files
from buildout.errors import InputError, OutputError, ResultsError
from buildout.sweeps.chunks import Block, run_block, spans
from buildout.sweeps.request import Plan

ASKED = "sweep.json"
BLOCKS = "blocks"
RESULTS = "results.nc"
AGAIN = "Choose another folder with `--out` (`out=`), or delete this one."
GO_ON = "Make room, then continue with `--resume` (`resume=True`); finished blocks are kept."


@dataclass(frozen=True)
class Folder:
    """The place of one sweep.

    Attributes
    ----------
    path : Path
    spans : tuple of (int, int)
        First draw of each block, and the one after its last.
    """

    path: Path
    spans: tuple[tuple[int, int], ...]

    @property
    def results(self) -> Path:
        """The one file in the end."""
        return self.path / RESULTS

    def file(self, number: int) -> Path:
        """Where a block goes."""
        return self.path / BLOCKS / f"{number:06d}.npz"

    def unfinished(self) -> list[int]:
        """Numbers of the blocks still to be computed; broken files count as not there."""
        if self.results.exists():
            return []
        return [n for n in range(len(self.spans)) if not _sound(self.file(n))]

    def save(self, number: int, arrays: dict[str, np.ndarray]) -> None:
        """Write a finished block.

        Raises
        ------
        OutputError
            When the disk is full or the folder read-only; finished blocks stay.
        """

        def write(temporary: Path) -> None:
            with open(temporary, "wb") as file:
                np.savez(file, **arrays)

        try:
            files.write_atomically(self.file(number), write)
        except OutputError as error:
            raise OutputError(error.found, cure=GO_ON) from error

    def load(self, number: int, *names: str) -> dict[str, np.ndarray]:
        """Some arrays of a finished block, by default all."""
        with np.load(self.file(number), allow_pickle=False) as stored:
            return {name: stored[name] for name in names or stored.files}

    def blocks(self, *names: str) -> Iterator[Block]:
        """First draw, the one after the last, and arrays, block by block."""
        for number, (start, stop) in enumerate(self.spans):
            yield start, stop, self.load(number, *names)

    def forget_blocks(self) -> None:
        """Remove the blocks, whose content is in the results."""
        if (self.path / BLOCKS).exists():
            for file in (self.path / BLOCKS).iterdir():
                file.unlink()
            (self.path / BLOCKS).rmdir()


def one_block(
    plan: Plan, engine: Any, number: int, span: tuple[int, int], folder: Folder | None
) -> Block:
    """Compute a block, and save it where there is a folder: the unit of work of every sweep."""
    arrays = run_block(plan, engine, *span)
    if folder is None:
        return (*span, arrays)
    folder.save(number, arrays)
    return (*span, {})


def open_folder(path: str | Path, plan: Plan, block: int | None, resume: bool) -> Folder:
    """Begin a sweep in a folder, or go on with the one that is there.

    Parameters
    ----------
    path : path
        Made if absent.
    plan : Plan
    block : int or None
        Draws in a block; a sweep that goes on keeps the size it began with.
    resume : bool
        Go on with what is there, if anything is.

    Raises
    ------
    InputError
        When another sweep is there, or the same and `resume` is not asked for.
    OutputError
        When the folder cannot be written.
    """
    asked = Path(path) / ASKED
    if asked.exists():
        return _known(asked, plan, resume)
    if (Path(path) / RESULTS).exists():
        raise InputError(f"`{path}` holds results that are not of a sweep.", cure=AGAIN)
    folder = files.output_folder(path)
    files.output_folder(folder / BLOCKS)
    size = plan.block_size(block)
    told = json.dumps({"block": size, "asked": plan.identity()}, indent=1, allow_nan=False)
    files.write_text(asked, told + "\n")
    return Folder(folder, tuple(spans(plan.design, size)))


def _known(asked: Path, plan: Plan, resume: bool) -> Folder:
    path = asked.parent
    if not resume:
        raise InputError(
            f"`{path}` holds a sweep already.",
            cure=f"`--resume` (`resume=True`) goes on with it. {AGAIN}",
        )
    try:
        told = json.loads(asked.read_text(encoding="utf-8"))
        before, size = told["asked"], plan.block_size(told["block"])
    except (OSError, ValueError, KeyError, TypeError, InputError) as error:
        raise ResultsError(f"Cannot read `{asked}`: {error}.", cure=AGAIN) from error
    differing = _differences(before, plan.identity())
    if differing:
        raise InputError(
            f"`{path}` holds another sweep: {'; '.join(differing)}.",
            "The same model, design, pathways, outputs and engine are accepted.",
            AGAIN,
        )
    found = files.output_folder(path)
    files.output_folder(found / BLOCKS)
    return Folder(found, tuple(spans(plan.design, size)))


def _differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between two sweeps, in words."""
    told: list[str] = []
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key), now.get(key)
        if old == new or (key == "sha256" and told):
            continue
        if key in ("design", "controls") and isinstance(old, dict):
            told += _differences(old, new)
        elif key in ("model", "sha256") or isinstance(old, dict | list):
            what = {"sha256": "values"}.get(key, key)
            told.append(f"its {what} {'differ' if what.endswith('s') else 'differs'}")
        else:
            told.append(f"its {key} is {old}, now {new}")
    return told


def _sound(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as opened:
            return opened.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False
