"""The chunks of a sweep as Dask tasks, for users who outgrow one machine."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from buildout.errors import InputError
from buildout.sweeps.chunks import Chunk, Span
from buildout.sweeps.request import SweepRequest
from buildout.sweeps.store import SweepFolder, store_chunk
from buildout.vensim.engine import Engine

# Tasks that wait with the scheduler: enough for many workers, and few beside a million chunks.
AHEAD = 1000


def on_cluster(
    client: Any,
    request: SweepRequest,
    engine: Engine,
    todo: Iterable[tuple[int, Span]],
    folder: SweepFolder | None,
) -> Iterator[Chunk]:
    """Chunks as the workers finish them.

    Parameters
    ----------
    client : distributed.Client
    request, engine
        Sent to every worker once.
    todo : iterable of (int, (int, int))
        Numbers of chunks and their draws.
    folder : SweepFolder or None
        Workers write there themselves; without it the arrays come back.

    Raises
    ------
    InputError
        When Dask is not installed, or what was given is not a client of it.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise InputError(
            "Dask is not installed.", cure='Install it: `pip install "buildout[dask]"`.'
        ) from error
    if not isinstance(client, Client):
        raise InputError(f"`client` is {client!r}.", "A `distributed.Client` is accepted.")
    # Keys of their own: with keys made from content, a second sweep of the same client could meet
    # the first one's copies as the scheduler lets go of them.
    # Its library comes without types.
    cluster: Any = client
    completed: Any = as_completed
    shared = cluster.scatter((request, engine), broadcast=True, hash=False)
    waiting = iter(todo)

    def submitted(most: int) -> list[Any]:
        asked = itertools.islice(waiting, most)
        return [cluster.submit(_task, shared, number, span, folder) for number, span in asked]

    tasks = completed(submitted(AHEAD))
    try:
        for task in tasks:
            yield task.result()
            # Its arrays need not stay with the worker.
            task.release()
            tasks.update(submitted(1))
    finally:
        cluster.cancel(list(tasks.futures))


def _task(
    shared: tuple[SweepRequest, Engine], number: int, span: Span, folder: SweepFolder | None
) -> Chunk:
    request, engine = shared
    return store_chunk(request, engine, number, span, folder)
