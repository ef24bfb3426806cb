"""What is kept between sessions is right or made again, whoever else writes there."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from buildout.vensim import engine
from buildout.vensim.engine import cache, loading
from buildout.vensim.engine.backends.llvm import machine

TEXT = """{UTF-8}
tank = INTEG(-tank / life, 8)
	~
	~	|
life = 2
	~
	~	|
INITIAL TIME = 0
	~
	~	|
FINAL TIME = 2
	~
	~	|
TIME STEP = 1
	~
	~	|
SAVEPER = 1
	~
	~	|
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache of its own, and nothing remembered in memory."""
    monkeypatch.setenv("BUILDOUT_CACHE", str(tmp_path))
    machine.machine.cache_clear()
    yield tmp_path
    machine.machine.cache_clear()


def answer() -> list[float]:
    return engine.Batch().run(engine.load(TEXT), outputs=["tank"])["tank"][:, 0].tolist()


def test_loading_and_compiling_leave_one_file_each(folder):
    assert answer() == [8, 4, 2]
    assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == ["kernel", "system"]


def test_a_second_session_neither_parses_nor_compiles(folder, monkeypatch):
    answer()
    machine.machine.cache_clear()
    monkeypatch.setattr(loading, "_lower", None)
    monkeypatch.setattr(machine, "plan", None)
    assert answer() == [8, 4, 2]


DAMAGE = {
    "emptied": lambda data: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "one byte changed": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "foreign": lambda data: b"\x89PNG\r\n" * 50,
    "a pickle of something else": lambda data: cache.sealed(pickle.dumps(["hello"])),
    "a file of another model": lambda data: cache.sealed(pickle.dumps(("system-x", 1))),
    "a pickle that does not load": lambda data: cache.sealed(b"cno_such_module\nthing\n."),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_again(damage, folder):
    answer()
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for path, data in whole.items():
        path.write_bytes(DAMAGE[damage](data))
    machine.machine.cache_clear()
    assert answer() == [8, 4, 2]
    for path, data in whole.items():
        assert path.stat().st_size == pytest.approx(len(data), rel=0.01)


def test_another_model_or_version_has_another_file(folder, monkeypatch):
    engine.load(TEXT)
    engine.load(TEXT.replace("8)", "9)"))
    monkeypatch.setattr(cache, "versions", lambda *packages: "of the future")
    engine.load(TEXT)
    assert len(list(folder.iterdir())) == 3


def test_a_cache_that_cannot_be_written_costs_time_only(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert answer() == [8, 4, 2]
    assert list(folder.iterdir()) == []


def test_processes_that_start_at_once_do_not_harm_each_other(folder):
    script = (
        "import sys; from buildout.vensim import engine\n"
        "print(engine.Batch().run(engine.load(sys.argv[1]), outputs=['tank'])['tank'][:, 0])"
    )
    command = [sys.executable, "-W", "error", "-c", script, TEXT]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [run.communicate(timeout=100)[0] for run in runs] == ["[8. 4. 2.]\n"] * 3
    assert [run.returncode for run in runs] == [0] * 3
    assert len(list(folder.iterdir())) == 2


def test_threads_may_share_a_model(folder):
    system = engine.load(TEXT)

    def run(life):
        return engine.Batch(threads=2).run(system, {"life": np.full(20, life)})["tank"][-1, 7]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(run, [2.0, 4.0] * 20))
    assert found == [2.0, 4.5] * 20


def test_a_warm_start_needs_no_pysd(folder):
    answer()
    script = (
        "import sys; from buildout.vensim import engine\n"
        "engine.Batch().run(engine.load(sys.argv[1]))\n"
        "assert not {'pysd', 'pandas', 'xarray'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script, TEXT], check=True)
