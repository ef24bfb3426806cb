"""What a sweep costs, told before it begins: runs, files, memory, disk."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from buildout._util import files
from buildout.errors import InputError
from buildout.sweeps.request import SweepRequest

# Some hours of work for a hundred machines, or a folder that file systems still list.
MOST_RUNS = 10**10
MOST_CHUNKS = 10**6
# Whole trajectories are for sweeps that fit beside everything else on a laptop.
TRAJECTORY_BYTES = 2e9
# Where the system does not tell how much memory there is.
USUAL_MEMORY = 8e9


@dataclass(frozen=True)
class SweepPrice:
    """What a sweep takes.

    Attributes
    ----------
    runs : int
        Draws times pathways.
    chunks : int
        Parts that are computed, and written, at a time.
    result : int, bytes
        Of all that is kept.
    trajectories : int, bytes
        Of whole trajectories, which are among what is kept, or become quantiles in the end.
    held : int, bytes
        Of what is gathered at once where the result is written to disk part by part.
    """

    runs: int
    chunks: int
    result: int
    trajectories: int
    held: int


def price(request: SweepRequest, chunk: int) -> SweepPrice:
    """What a sweep takes, when so many draws are computed together."""
    draws, pathways = request.design.size, len(request.pathways)
    runs = draws * pathways
    # Combinations of elements that do not exist take room too.
    sizes = [(f, math.prod(o.shape) * max(len(f.axis), 1)) for o, f in request.fields.values()]
    kept = sum(size * (1 if field.dtype is bool else 8) for field, size in sizes)
    trajectories = sum(
        8 * len(output.scalars) * len(field.axis)
        for output, field in request.fields.values()
        if field.axis_name == "time"
    )
    drawn = 8 * draws * len(request.design.names) if request.keeps_draws else 0
    # Of quantiles over draws: how each run ended, and one number of each draw.
    gathered = runs + 8 * draws if any(field.over_draws for field, _ in sizes) else 0
    return SweepPrice(
        runs=runs,
        chunks=-(-draws // chunk),
        result=runs * (kept + 1) + drawn,
        trajectories=runs * trajectories,
        held=gathered,
    )


def refuse_beyond_means(request: SweepRequest, chunk: int, out: Path | None, there: int) -> None:
    """Refuse a sweep that this machine cannot finish, with the number that says so.

    Parameters
    ----------
    request : SweepRequest
    chunk : int
        Draws computed together.
    out : Path or None
        Where it is written; None for memory.
    there : int, bytes
        Of it that are on disk already.

    Raises
    ------
    InputError
        For too many runs, parts or trajectories, or too much memory.
    OutputError
        When the disk has no room.
    """
    asked = price(request, chunk)
    if asked.runs > MOST_RUNS:
        several = len(request.pathways)
        pathways = "one pathway" if several == 1 else f"{several} pathways"
        raise InputError(
            f"{request.design.size:,} draws of {pathways} are {asked.runs:,} runs.",
            f"Up to {MOST_RUNS:,} are accepted.",
            "Take fewer draws.",
        )
    if asked.chunks > MOST_CHUNKS:
        raise InputError(
            f"The sweep would be computed in {asked.chunks:,} parts.",
            f"Up to {MOST_CHUNKS:,} are accepted.",
            "Take more draws in a block, or fewer in all.",
        )
    if asked.trajectories > TRAJECTORY_BYTES:
        raise InputError(
            f"The trajectories asked for take {asked.trajectories / 1e9:.1f} GB.",
            f"Up to {TRAJECTORY_BYTES / 1e9:g} GB are accepted.",
            "Take fewer draws or outputs, or dates instead of trajectories or quantiles.",
        )
    memory = asked.held if out is not None else asked.held + asked.result
    if memory > _memory():
        raise InputError(
            f"The results take {memory / 1e9:,.1f} GB of memory.",
            f"Up to {_memory() / 1e9:,.1f} GB are accepted, half of what this machine has.",
            "Take fewer draws or outputs, or write them to a folder (`out=`).",
        )
    if out is not None:
        # The parts stay until all of them are in the result.
        files.require_room(out, 2 * asked.result - there)


def _memory() -> float:
    try:
        return 0.5 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return USUAL_MEMORY
