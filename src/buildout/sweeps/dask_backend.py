"""The blocks of a sweep as Dask tasks, for users who outgrow one machine."""

from collections.abc import Iterator
from typing import Any

from buildout.errors import InputError
from buildout.sweeps.chunks import Block
from buildout.sweeps.request import Plan
from buildout.sweeps.store import Folder, one_block


def on_cluster(
    client: Any,
    plan: Plan,
    engine: Any,
    todo: list[tuple[int, tuple[int, int]]],
    folder: Folder | None,
) -> Iterator[Block]:
    """Blocks as the workers finish them.

    Parameters
    ----------
    client : distributed.Client
    plan, engine
        Sent to every worker once.
    todo : list of (int, (int, int))
        Numbers of blocks and their draws.
    folder : Folder or None
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
    shared = client.scatter((plan, engine), broadcast=True, hash=False)
    tasks = [client.submit(_task, shared, number, span, folder) for number, span in todo]
    try:
        for task in as_completed(tasks):
            yield task.result()
            # Its arrays need not stay with the worker.
            task.release()
    finally:
        client.cancel(tasks)


def _task(
    shared: tuple[Plan, Any], number: int, span: tuple[int, int], folder: Folder | None
) -> Block:
    plan, engine = shared
    return one_block(plan, engine, number, span, folder)
