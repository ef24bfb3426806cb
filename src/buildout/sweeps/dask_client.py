"""A Dask cluster seen from the client: whether it is there, and whether its machines may serve."""

import asyncio
import logging
import re
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from buildout._util.arguments import kind_in_words
from buildout._util.extras import needed
from buildout._util.names import quoted
from buildout.errors import BuildoutError, InputError
from buildout.sweeps.worker import Token, refusal, shown_folder, worker_versions

#: Seconds.
ANSWERS_WITHIN, WORKERS_WITHIN = 10.0, 30.0
PORT = 8786
HOST = re.compile(r"[\w.:%-]+")
SCHEMES = "tcp", "tls", "inproc"
SHOWN = "A scheduler prints its address when it starts, as `tcp://HOST:8786`."
SAME_PLACE = "Start scheduler and workers where this version of `buildout[dask]` is installed."


@contextmanager
def cluster_at(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, as the command line takes it.

    Dask's own log is silent meanwhile: what matters of it is told in our words.

    Parameters
    ----------
    address : str
        `tcp://HOST:PORT`, `tls://HOST:PORT` (with the certificates that Dask's configuration
        names), `HOST:PORT` or `HOST`.

    Raises
    ------
    InputError
        When Dask is not installed, what was given is no address, or no scheduler answers there.
    """
    distributed = needed("distributed")
    place = _place(address)
    logging.disable(logging.CRITICAL)
    try:
        _knock(place)
        with warnings.catch_warnings():
            # Of versions that differ, which are told in our words.
            warnings.simplefilter("ignore")
            try:
                client = distributed.Client(place, timeout=ANSWERS_WITHIN, set_as_default=False)
            except OSError as error:
                raise _no_answer(place, _reason(error)) from error
        with client:
            yield client
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def checked_cluster(client: object, out: str | Path | None) -> Iterator[Token | None]:
    """See that all workers may take part; gives the token of the folder of results.

    Parameters
    ----------
    client : distributed.Client
    out : path or None
        Folder of results, which the workers must see under the same path.

    Raises
    ------
    InputError
        When Dask is not installed, for what is no client of it, for a cluster without workers, and
        for machines with other versions than here.
    OutputError
        When the folder cannot be written, here or on a worker, or is another one there.
    """
    distributed = needed("distributed")
    if not isinstance(client, distributed.Client):
        raise InputError(
            f"`client` is {kind_in_words(client)}.", "A `distributed.Client` is accepted."
        )
    # Its library comes without types.
    cluster: Any = client
    if cluster.asynchronous or cluster.status != "running":
        state = "asynchronous" if cluster.asynchronous else cluster.status
        raise InputError(f"`client` is {state}.", "A client that is connected and waits.")
    _check_versions(cluster)
    _await_worker(cluster)
    with ExitStack() as stack:
        token = None if out is None else stack.enter_context(shown_folder(Path(out)))
        answers = cluster.run(refusal, worker_versions(), token, on_error="return")
        _raise_first(answers, "The worker")
        yield token


def _place(address: str) -> str:
    """An address with its scheme and port."""
    comm = needed("distributed").comm
    written = address.strip()
    try:
        scheme, location = comm.parse_address(written)
        if scheme not in SCHEMES or not location:
            raise ValueError
        if scheme != "inproc":
            host, port = comm.parse_host_port(location, PORT)
            if not HOST.fullmatch(host) or not 0 < port < 2**16:
                raise ValueError
            location = comm.unparse_host_port(host, port)
    except ValueError as error:
        raise InputError(
            f"{quoted(address)} is not the address of a scheduler.",
            "`tcp://HOST:PORT`, `tls://HOST:PORT` and `HOST:PORT` are accepted.",
            SHOWN,
        ) from error
    return f"{scheme}://{location}"


def _knock(place: str) -> None:
    """See that a scheduler answers; Dask's client would wait forever for what speaks otherwise."""
    dask = needed("distributed")

    async def kind() -> object:
        arguments = dask.Security().get_connection_args("client")
        async with dask.rpc(place, connection_args=arguments, timeout=ANSWERS_WITHIN) as there:
            return (await there.identity())["type"]

    async def soon() -> object:
        # A little longer than Dask itself takes, whose error knows more.
        return await asyncio.wait_for(kind(), ANSWERS_WITHIN + 0.5)

    try:
        answered = asyncio.run(soon())
    except OSError as error:
        raise _no_answer(place, _reason(error)) from error
    except TypeError as error:
        raise InputError(
            f"`{place}` asks for certificates, and Dask's configuration names none.",
            cure="Name them there, under `distributed.comm.tls`.",
        ) from error
    # Encryption is what the configuration asks for.
    except RuntimeError as error:
        raise _no_answer(place, str(error)) from error
    # The bytes of a foreign service are taken for anything, such as an array of exabytes.
    except Exception as error:
        raise _no_answer(place, "what is there is no part of Dask") from error
    if answered != "Scheduler":
        raise InputError(f"At `{place}` is a {str(answered).lower()}, not a scheduler.", cure=SHOWN)


def _reason(error: OSError) -> str:
    """Why a connection failed, such as a name that is unknown, from what Dask makes of it."""
    cause = error.__cause__ or error
    text = str(cause).partition("\n")[0]
    if isinstance(cause, TimeoutError) or "Timed out" in text:
        return f"nothing within {ANSWERS_WITHIN:g} seconds"
    if not text:
        return "the connection fails, as where one side speaks `tls` and the other `tcp`"
    return text.rpartition(": ")[2].rpartition("] ")[2].rstrip(".")


def _no_answer(place: str, reason: str) -> InputError:
    return InputError(f"No scheduler answers at `{place}`: {reason}.", cure=SHOWN)


def _check_versions(cluster: Any) -> None:
    """Refuse other versions on the scheduler too, since it unpacks what passes through it."""
    try:
        problem = cluster.run_on_scheduler(refusal, worker_versions(), None)
    # Whatever keeps it from running one of our functions keeps it from passing on a sweep.
    except Exception as error:
        problem = error
    _raise_first({cluster.scheduler.address: problem}, "The scheduler")


def _await_worker(cluster: Any) -> None:
    """Wait for a worker to be there, busy or not."""
    # A cluster that grows on demand starts one for a task and for nothing else.
    demand = cluster.submit(time.monotonic, pure=False)
    began = time.monotonic()
    try:
        while not cluster.nthreads():
            if time.monotonic() - began > WORKERS_WITHIN:
                address = cluster.scheduler.address
                raise InputError(
                    f"The scheduler at `{address}` has had no worker for {WORKERS_WITHIN:g} "
                    "seconds.",
                    cure=f"Start some: `dask worker {address}`.",
                )
            time.sleep(0.1)
    finally:
        demand.cancel()


def _raise_first(answers: dict[str, object], role: str) -> None:
    """Raise what the first of some processes has against taking part."""
    for address, problem in answers.items():
        if isinstance(problem, BuildoutError):
            raise problem
        if problem is not None:
            # Dask wraps some errors in their own spelling.
            reason = re.sub(r"""^\w+\(["'](.*)["']\)$""", r"\1", str(problem).partition("\n")[0])
            raise InputError(
                f"{role} at `{address}` cannot run buildout: {reason.rstrip('.')}.", cure=SAME_PLACE
            )
