"""The same blocks as Dask tasks: equal results, and machines that may not take part."""

import contextlib
import json
import logging
import re
import socket
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from buildout.cli.main import main
from buildout.errors import BuildoutError, InputError, OutputError
from buildout.sampling import design
from buildout.sweeps import At, Crossing, Final, Quantiles, dask_backend, dask_client, worker
from buildout.vensim.engine import Batch, Reference

distributed = pytest.importorskip("distributed")

KEPT = [At([1, 2]), Final(), Crossing(2), Quantiles()]
WORDS = ["--outputs", "total capacity", "--at", "2027,2030", "--draws", "8"]


@contextlib.contextmanager
def cluster(**more):
    """Workers in this process, without a port of their own."""
    options = {"n_workers": 1, "threads_per_worker": 2, "processes": False} | more
    with distributed.LocalCluster(dashboard_address=":0", **options) as local:
        yield local


@pytest.fixture(scope="module")
def workers():
    with cluster() as local:
        yield local


@pytest.fixture
def client(workers):
    with distributed.Client(workers) as client:
        yield client


@pytest.fixture
def command(tiny_world, tmp_path, capsys):
    """Runs the command in the small world; gives its code, output and messages."""

    def run(*words, out="out"):
        code = main(["sweep", *WORDS, "--out", str(tmp_path / out), *words])
        return code, *capsys.readouterr()

    return run


@pytest.mark.slow
def test_two_processes_give_the_same_dataset(tank, swept, tmp_path):
    draws = design.latin_hypercube(500, seed=7, model=tank)

    def run(**more):
        return swept(
            draws, KEPT, outputs=["tank", "bent"], pathways=["free", "settled"],
            engine=Batch(threads=1), **more,
        )  # fmt: skip

    expected = run()
    with (
        cluster(n_workers=2, threads_per_worker=1, processes=True) as local,
        distributed.Client(local) as client,
    ):
        xr.testing.assert_identical(run(client=client, block=64), expected)
        out = tmp_path / "out"
        xr.testing.assert_identical(run(client=client, block=64, out=out), expected)
        # A sweep begun by one machine can be finished by many, and the other way round.
        (out / "results.nc").unlink()
        xr.testing.assert_identical(run(client=client, out=out, resume=True), expected)
    assert json.loads((out / "sweep.json").read_text())["block"] == 64
    assert sorted(p.name for p in out.iterdir()) == ["results.nc", "sweep.json"]


def test_the_command_writes_the_same_bytes_on_a_cluster(command, workers, tmp_path):
    code, printed, told = command("--dask", workers.scheduler_address, out="there")
    assert code == 0
    assert "1 worker with 2 threads." in told
    assert command(out="here")[:2] == (0, printed)
    for name in ("results.nc", "summary.csv", "sweep.json"):
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert {p.name for p in (tmp_path / "there").iterdir()} == {
        "results.nc", "summary.csv", "sweep.json", "sweep.manifest.json"
    }  # fmt: skip


@pytest.mark.slow
def test_a_sweep_goes_on_where_it_stopped(command, workers, tmp_path):
    there = ["--dask", workers.scheduler_address]
    assert command()[0] == 0
    (tmp_path / "out" / "results.nc").unlink()
    code, _, told = command(*there)
    assert (code, "`--resume`" in told) == (2, True)
    assert command(*there, "--resume")[0] == 0
    assert command("--resume")[0] == 0


def test_a_task_uses_one_core_unless_more_are_asked_for(swept, client, monkeypatch):
    used = []

    def run_chunk(request, engine, start, stop):
        used.append(engine.threads)
        return compute(request, engine, start, stop)

    compute = worker.run_chunk
    monkeypatch.setattr(worker, "run_chunk", run_chunk)
    swept([1, 2], Final(), client=client)
    swept([1, 2], Final(), client=client, engine=Batch(threads=3))
    assert set(used) == {1, 3}


@pytest.mark.slow
def test_the_reference_engine_runs_on_two_threads_at_once(swept, client):
    rates = np.linspace(0, 1, 6)
    expected = swept(rates, Final(), engine=Reference())
    got = swept(rates, Final(), engine=Reference(), client=client, block=1)
    xr.testing.assert_identical(got, expected)


def test_ctrl_c_says_how_to_go_on(command, workers, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(dask_backend, "_wait", stop)
    code, printed, told = command("--dask", workers.scheduler_address)
    assert (code, printed) == (130, "")
    assert "the same command with `--resume` goes on" in told


def test_dask_logs_as_before_once_the_command_has_ended(command, workers):
    command("--dask", workers.scheduler_address)
    assert logging.root.manager.disable == logging.NOTSET


@pytest.mark.parametrize(
    "address",
    ["", " ", "http://localhost:8787", "tcp://", "localhost:port", ":8786", "a b", "/a.json",
     "127.0.0.1:99999", "\x1b[31m"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_made(command, tmp_path, address):
    code, printed, told = command(f"--dask={address}")
    assert (code, printed) == (2, "")
    assert "`tcp://HOST:PORT`, `tls://HOST:PORT` and `HOST:PORT` are accepted" in told
    assert "\x1b" not in told
    assert not (tmp_path / "out").exists()


def test_an_address_may_lack_its_scheme_and_port():
    assert dask_client._place("far.away") == "tcp://far.away:8786"
    assert dask_client._place("far.away:1234") == "tcp://far.away:1234"
    assert dask_client._place(" tls://far.away ") == "tls://far.away:8786"
    assert dask_client._place("[::1]:1234") == "tcp://[::1]:1234"


@pytest.fixture
def silent_port(monkeypatch):
    """A port at which something listens that never says a word."""
    monkeypatch.setattr(dask_client, "ANSWERS_WITHIN", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_speaks_otherwise_is_told_in_time(command, silent_port, tmp_path):
    code, _, told = command("--dask", f"127.0.0.1:{silent_port}")
    assert code == 2
    assert told.startswith("buildout: No scheduler answers at `tcp://127.0.0.1:")
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_port_that_speaks_nonsense_is_told(command, monkeypatch):
    def answer(server):
        with server.accept()[0] as connection:
            connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n" * 100)

    with socket.create_server(("127.0.0.1", 0)) as server:
        speaking = threading.Thread(target=answer, args=[server])
        speaking.start()
        code, _, told = command("--dask", f"127.0.0.1:{server.getsockname()[1]}")
        speaking.join()
    assert (code, told.count("\n")) == (2, 1)
    assert "No scheduler answers at" in told


def test_a_port_where_nobody_listens_is_told_in_time(command, monkeypatch):
    monkeypatch.setattr(dask_client, "ANSWERS_WITHIN", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    code, _, told = command("--dask", f"tcp://127.0.0.1:{port}")
    assert (code, told.count("\n")) == (2, 1)
    assert re.search(r"answers at `tcp://127.0.0.1:\d+`: (.*refused|nothing within 0.3)", told)


def test_certificates_that_are_not_configured_are_told(command):
    code, _, told = command("--dask", "tls://127.0.0.1:8786")
    assert code == 2
    assert "asks for certificates, and Dask's configuration names none" in told


def test_encryption_that_is_asked_for_is_told(command):
    import dask

    with dask.config.set({"distributed.comm.require-encryption": True}):
        code, _, told = command("--dask", "tcp://127.0.0.1:8786")
    assert code == 2
    assert "encryption required by Dask configuration" in told


def test_the_address_of_a_worker_is_told_from_that_of_a_scheduler(command, workers):
    code, _, told = command("--dask", workers.workers[0].address)
    assert code == 2
    assert "is a worker, not a scheduler" in told


def test_a_cluster_without_workers_is_told_after_a_while(command, monkeypatch, tmp_path):
    monkeypatch.setattr(dask_client, "WORKERS_WITHIN", 0.3)
    with cluster(n_workers=0) as nobody:
        code, _, told = command("--dask", nobody.scheduler_address)
    assert code == 2
    assert "no workers yet; waiting for one." in told
    assert re.search(r"has had no worker for 0.3 seconds. Start some: `dask worker inproc:", told)
    assert not (tmp_path / "out").exists()


def test_a_cluster_that_grows_on_demand_is_given_something_to_grow_for(swept):
    with cluster(n_workers=0) as local, distributed.Client(local) as client:
        local.adapt(minimum=0, maximum=1, interval="20ms")
        xr.testing.assert_identical(swept([1, 2], Final(), client=client), swept([1, 2], Final()))


def test_dask_may_be_missing(command, swept, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    code, _, told = command("--dask", "127.0.0.1")
    assert code == 2
    assert 'Dask is not installed. In the checkout: `pip install ".[dask]"`' in told
    with pytest.raises(InputError, match="Dask is not installed"):
        swept([1, 2], Final(), client="localhost")


def test_something_that_is_no_client_is_refused(swept):
    with pytest.raises(InputError, match=r"A `distributed.Client` is accepted"):
        swept([1, 2], Final(), client="localhost")


def test_a_client_that_is_closed_is_refused(swept, workers):
    client = distributed.Client(workers)
    client.close()
    with pytest.raises(InputError, match="`client` is closed"):
        swept([1, 2], Final(), client=client)


def test_other_versions_are_refused_with_their_names(swept, client, monkeypatch, tmp_path):
    # The worker lives in this process: it is the client that is made to differ.
    ours = {**worker.worker_versions(), "numpy": "1.0", "code": "abc"}
    monkeypatch.setattr(dask_client, "worker_versions", lambda: ours)
    told = rf"the code of buildout, numpy \({np.__version__}, not 1.0\)"
    with pytest.raises(InputError, match=told):
        swept([1, 2], Final(), client=client, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_worker_that_cannot_run_us_is_told_from_the_scheduler():
    inside = Exception("ModuleNotFoundError(\"No module named 'buildout'\")")
    with pytest.raises(InputError, match=r"worker at `tcp://x` cannot run buildout: No module na"):
        dask_client._raise_first({"tcp://w": None, "tcp://x": inside}, "The worker")


def test_a_worker_that_sees_another_folder_is_refused(swept, client, monkeypatch, tmp_path):
    monkeypatch.setattr(worker.Token, "__reduce__", lambda _: (worker.Token, (tmp_path / "a", "b")))
    with pytest.raises(OutputError, match=r"does not find in .* what lies there"):
        swept([1, 2], Final(), client=client, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_worker_looks_for_itself_before_its_first_block(swept, client, monkeypatch, tmp_path):
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(dask_backend, "worker_versions", lambda: {"numpy": "1.0"})
        with pytest.raises(InputError, match=r"numpy \(.*, not 1.0\)"):
            swept([1, 2], Final(), client=client, out=out)
    swept([1, 2], Final(), client=client, out=out, resume=True)


def test_a_processor_that_rounds_otherwise_is_refused(swept, client, monkeypatch):
    monkeypatch.setattr(dask_backend, "first_runs", lambda *_: "another")
    with pytest.raises(InputError, match="gives other last digits"):
        swept([1, 2], Final(), client=client)


def test_the_first_runs_show_a_single_bit(tank, monkeypatch):
    request = SimpleNamespace(design=design.given({"rate": np.arange(3.0)}, model=tank))
    kept = {"outcome": np.arange(3.0), "status": np.zeros(3, np.int8)}
    monkeypatch.setattr(worker, "run_chunk", lambda *_: kept)
    before = worker.first_runs(request, Batch())
    kept["outcome"][2] = np.nextafter(2, 3)
    assert worker.first_runs(request, Batch()) != before


def test_a_block_that_kills_workers_is_told():
    class Killed:
        def result(self):
            raise distributed.KilledWorker("block", None, 3)

    with pytest.raises(BuildoutError, match=r"given up after 4 workers died .* `--resume`"):
        dask_backend._chunk_of(Killed())


def test_workers_that_leave_for_good_are_told(swept, monkeypatch):
    monkeypatch.setattr(dask_backend, "GONE_FOR", 0.2)
    monkeypatch.setattr(dask_backend, "LOOKS_EVERY", 0.1)
    monkeypatch.setattr(dask_backend, "_workers", lambda _: 0)
    monkeypatch.setattr(dask_backend, "chunk_task", _forever)
    with (
        cluster() as local,
        distributed.Client(local) as client,
        pytest.raises(BuildoutError, match=r"All workers have been gone for 0.2 seconds"),
    ):
        swept([1, 2], Final(), client=client)


def test_a_scheduler_that_is_gone_is_told(swept, monkeypatch):
    monkeypatch.setattr(dask_backend, "chunk_task", _forever)
    with cluster() as local:
        client = distributed.Client(local, set_as_default=False)
        # What Dask's client comes to by itself, once it has tried in vain to connect again.
        monkeypatch.setattr(dask_backend, "_wait", lambda *_: client.close())
        with pytest.raises(BuildoutError, match="The scheduler is gone"):
            swept([1, 2], Final(), client=client)


def _forever(*_):
    import time

    time.sleep(1)
