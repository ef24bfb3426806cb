"""The chunks of a sweep as Dask tasks, for users who outgrow one machine."""

import dataclasses
import itertools
import time
from collections.abc import Iterable, Iterator
from typing import Any

from buildout.errors import BuildoutError, InputError
from buildout.sweeps.chunks import Chunk, Span
from buildout.sweeps.dask_client import SAME_PLACE
from buildout.sweeps.request import SweepRequest
from buildout.sweeps.store import SweepFolder
from buildout.sweeps.worker import (
    Assignment,
    Token,
    chunk_task,
    first_runs,
    hand_over,
    worker_versions,
)
from buildout.vensim.engine import Batch, Engine

# Tasks that wait with the scheduler: enough for many workers, and few beside a million chunks.
AHEAD = 1000
# Seconds. Workers that are replaced may wait for their turn in the queue of a computing centre.
LOOKS_EVERY, GONE_FOR = 5.0, 120.0
KEPT = (
    "Finished blocks stay in the folder of results; `--resume` (`resume=True`) goes on with them."
)


def on_cluster(
    client: Any,
    request: SweepRequest,
    engine: Engine,
    todo: Iterable[tuple[int, Span]],
    folder: SweepFolder | None,
    token: Token | None,
) -> Iterator[Chunk]:
    """Chunks as the workers finish them.

    Parameters
    ----------
    client : distributed.Client
        Of a checked cluster.
    request, engine
        Sent to every worker once. An engine that may use all cores uses one for each task, since a
        worker runs as many tasks at a time as it has threads.
    todo : iterable of (int, (int, int))
        Numbers of chunks and their draws.
    folder : SweepFolder or None
        Workers write there themselves; without it the arrays come back.
    token : Token or None
        In that folder.

    Raises
    ------
    BuildoutError
        When scheduler or workers are lost, or one of them may not take part.
    """
    from distributed import as_completed

    if isinstance(engine, Batch) and engine.threads is None:
        engine = dataclasses.replace(engine, threads=1)
    if folder is not None:
        folder = dataclasses.replace(folder, path=folder.path.absolute())
    assignment = Assignment(
        request, engine, folder, token, worker_versions(), first_runs(request, engine)
    )
    # As a task, and not as scattered data, which is gone with the last worker that holds it. Keys
    # are not made from content, as a second sweep could meet the first one's leavings.
    shared = _submit(client, hand_over, assignment)
    waiting = iter(todo)

    def submitted(most: int) -> list[Any]:
        return [_submit(client, chunk_task, shared, *c) for c in itertools.islice(waiting, most)]

    completed: Any = as_completed
    tasks = completed(submitted(AHEAD), loop=client.loop)
    try:
        while not tasks.is_empty():
            _wait(client, tasks)
            task = next(tasks)
            yield _chunk_of(task)
            # Its arrays need not stay with the worker.
            task.release()
            tasks.update(submitted(1))
    finally:
        if client.status == "running":
            client.cancel([shared, *tasks.futures])


def _submit(client: Any, function: Any, *arguments: object) -> Any:
    import dask

    # Draws that were given as numbers may be large; they are sent once.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
        return client.submit(function, *arguments, pure=False)


def _wait(client: Any, tasks: Any) -> None:
    """Wait until a task has ended, as long as there is somebody to end it."""
    seen = looked = time.monotonic()
    while not tasks.has_ready():
        time.sleep(0.02)
        now = time.monotonic()
        if now - looked < LOOKS_EVERY:
            continue
        looked = now
        if client.status == "closed":
            raise _lost("The scheduler is gone.")
        if _workers(client):
            seen = now
        elif now - seen > GONE_FOR:
            raise _lost(f"All workers have been gone for {GONE_FOR:g} seconds.")


def _workers(client: Any) -> int:
    try:
        return len(client.nthreads())
    # Between a scheduler that is lost and a client that has given up on it.
    except (OSError, RuntimeError, ValueError):
        return 0


def _chunk_of(task: Any) -> Chunk:
    from distributed import CancelledError, KilledWorker

    try:
        chunk: Chunk = task.result()
    except KilledWorker as error:
        raise _lost(
            f"A block was given up after {error.allowed_failures + 1} workers died over it; too "
            "little memory is the usual cause.",
        ) from error
    except CancelledError as error:
        raise _lost("The scheduler is gone, or has dropped the sweep.") from error
    except ImportError as error:
        raise InputError(f"A worker cannot run buildout: {error}.", cure=SAME_PLACE) from error
    return chunk


def _lost(what: str) -> BuildoutError:
    return BuildoutError(what, cure=KEPT)
