"""What is kept between sessions is right or made again, whoever else writes there."""

import contextlib
import hashlib
import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from buildout._util import files
from buildout.errors import OutputError
from buildout.vensim import engine
from buildout.vensim.engine import cache, loading
from buildout.vensim.engine.backends.llvm import machine
from buildout.vensim.engine.backends.llvm.stored import read_kernel
from buildout.vensim.engine.ir.stored import read_system, write_system

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
    monkeypatch.setattr(machine, "schedule", None)
    assert answer() == [8, 4, 2]


def test_files_used_longest_ago_go_when_there_are_too_many(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 3)
    keep = folder / "kernel-notes.txt", folder / f"system-{'a' * 40}.json"
    for path in keep:
        path.write_text("mine")
    old = [folder / f"kernel-{digit * 40}.o" for digit in "0123456789"]
    for age, path in enumerate(old):
        path.write_bytes(b"")
        os.utime(path, (age, age))
    assert answer() == [8, 4, 2]
    left = {path.name for path in folder.iterdir()}
    assert {path.name for path in keep} < left
    assert [path.name in left for path in old] == [False] * 8 + [True] * 2
    # What is read counts as used.
    (used,) = (p for p in folder.glob("kernel-*.o") if p not in old)
    os.utime(used, (0, 0))
    machine.machine.cache_clear()
    answer()
    assert used.stat().st_mtime > 1e9


class Planted:
    """A pickle that leaves a trace when it is loaded."""

    def __reduce__(self):
        return (exec, ("import os; os.environ['PLANTED'] = 'yes'",))


def content(data: bytes) -> bytes:
    return data[32:]


def head(data: bytes) -> bytes:
    """What stands before the object code."""
    return content(data)[: 8 + int.from_bytes(content(data)[:8], "little")]


DAMAGE = {
    "emptied": lambda name, data: b"",
    "cut short": lambda name, data: data[: len(data) // 2],
    "one byte changed": lambda name, data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "foreign": lambda name, data: b"\x89PNG\r\n" * 50,
    "of another model": lambda name, data: cache.sealed("system-x", content(data)),
    "a pickle": lambda name, data: cache.sealed(name, pickle.dumps(Planted())),
    "code of others with a right checksum": lambda name, data: (
        bytes.fromhex(cache.digest_of(name, content(data)[:-10])) + content(data)[:-10]
    ),
    "sealed by another user": lambda name, data: cache._sealed(
        name, content(data)[:-10], b"another secret"
    ),
    "a pickle sealed as in 0.1": lambda name, data: (
        hashlib.sha256(pickle.dumps((name, Planted()))).digest() + pickle.dumps((name, Planted()))
    ),
    "no text": lambda name, data: cache.sealed(name, b"\xff\xfe\x00"),
    "nested without end": lambda name, data: cache.sealed(name, b"[" * 100_000),
    "other data": lambda name, data: cache.sealed(name, b'{"dims": {}}'),
    "a number": lambda name, data: cache.sealed(name, b"1"),
    "other than object code": lambda name, data: cache.sealed(name, head(data) + b"junk" * 99),
    "code cut off": lambda name, data: cache.sealed(name, head(data) if ".o" in name else b""),
}


@pytest.mark.quick_for("cut short", "one byte changed", "foreign")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_again(damage, folder):
    answer()
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for path, data in whole.items():
        path.write_bytes(DAMAGE[damage](path.name, data))
    machine.machine.cache_clear()
    assert answer() == [8, 4, 2]
    assert "PLANTED" not in os.environ
    for path, data in whole.items():
        assert path.stat().st_size == pytest.approx(len(data), rel=0.01)


def test_the_secret_of_the_seal_does_not_lie_in_the_cache(folder, tmp_path_factory, monkeypatch):
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    answer()
    secret = (state / "buildout" / cache.SECRET).read_bytes()
    assert (state / "buildout" / cache.SECRET).stat().st_mode & 0o777 == 0o600
    assert not any(secret in path.read_bytes() for path in folder.iterdir())
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    # A cache that was brought from elsewhere is bytes, and made again.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("elsewhere")))
    machine.machine.cache_clear()
    assert answer() == [8, 4, 2]
    assert all(path.read_bytes()[:32] != data[:32] for path, data in whole.items())


def test_where_no_secret_can_be_kept_everything_is_computed(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_places", lambda *_: iter(()))
    assert answer() == [8, 4, 2]
    assert not list(folder.iterdir())


def stored(folder, kind: str) -> bytes:
    answer()
    return content(next(folder.glob(f"{kind}-*")).read_bytes())


HOSTILE = (None, True, -1, 10**9, 10**400, 0.5, "x", [], [0], [["c", 1.0]], {}, {"x": 1})


def altered(value):
    """The value with one part in it replaced, once for each part and each hostile value."""
    yield from HOSTILE
    if isinstance(value, dict):
        for key, part in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: other} for other in altered(part))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield value[:place] + value[place + 1 :]
            yield from ([*value[:place], other, *value[place + 1 :]] for other in altered(part))


@pytest.mark.parametrize("kind", ["system", "kernel"])
def test_a_file_altered_anywhere_is_a_value_or_refused_and_nothing_else(folder, kind):
    data = stored(folder, kind)
    length = int.from_bytes(data[:8], "little")
    head = data if kind == "system" else data[8 : 8 + length]
    for other in altered(json.loads(head)):
        written = json.dumps(other).encode()
        with contextlib.suppress(ValueError):
            if kind == "system":
                read_system(written, TEXT, "0")
            else:
                read_kernel(len(written).to_bytes(8, "little") + written)


CRAFTED = {
    "an operator of its own": [["__import__", 0]],
    "too few parts": [["v", "life"], ["+", 0]],
    "a part of itself": [["neg", 0]],
    "a number where a condition belongs": [["c", 1.0], ["if", 0, 0, 0]],
    "a condition where a number belongs": [["c", 1.0], ["<", 0, 0], ["neg", 1]],
    "a name that the model lacks": [["v", "os"]],
    "longer than any memory": [["c", 1.0], *(["+", k, k] for k in range(60))],
    "deeper than any stack": [["c", 1.0], *(["neg", k] for k in range(5000))],
}


@pytest.mark.parametrize("crafted", CRAFTED)
def test_expressions_are_of_our_operators_and_of_bounded_size(folder, crafted):
    system = json.loads(stored(folder, "system"))
    system["parts"] += [
        [row[0], *(len(system["parts"]) + x if type(x) is int else x for x in row[1:])]
        for row in CRAFTED[crafted]
    ]
    with pytest.raises(ValueError):  # noqa: PT011 - told apart by nobody, as all are made again
        read_system(json.dumps(system).encode(), TEXT, "0")


def test_what_is_stored_is_the_system_to_the_bit(folder, load):
    for name in ("memory", "subscripts", "lookups", "events", "delays"):
        system = load(name)
        again = read_system(write_system(system), system.text, system.sha256)
        assert repr(vars(again)) == repr(vars(system)), name
        # What `repr` cannot tell: a whole number in place of a floating-point one.
        assert write_system(again) == write_system(system)


def test_zero_and_minus_zero_stay_apart(folder):
    text = TEXT.replace(
        "life = 2", "a = 0 * Time\n\t~\n\t~\t|\nb = -0 * Time\n\t~\n\t~\t|\nlife = 2"
    )
    system = engine.load(text)
    again = read_system(write_system(system), text, system.sha256)
    assert repr(again.equations) == repr(system.equations)


FOLDERS = {
    "others can write there": lambda path: path.chmod(0o777),
    "the group can write there": lambda path: path.chmod(0o770),
    "it is a link": lambda path: (path.rename(f"{path}-real"), path.symlink_to(f"{path}-real")),
    "it is a file": lambda path: (path.rename(f"{path}-real"), path.write_text("")),
}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no owners to ask for")
@pytest.mark.parametrize("why", FOLDERS)
def test_a_folder_that_others_could_have_filled_is_not_used(tmp_path, monkeypatch, why):
    place = tmp_path / "cache"
    place.mkdir()
    monkeypatch.setenv("BUILDOUT_CACHE", str(place))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    FOLDERS[why](place)
    assert files.cache_folder() == tmp_path / "other" / "buildout"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no owners to ask for")
def test_without_a_home_the_temporary_folder_that_somebody_else_made_is_not_used(
    tmp_path, monkeypatch
):
    for name in ("BUILDOUT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    # Predictable, and there already: of another owner than the one who runs.
    (tmp_path / f"buildout-{os.geteuid()}").mkdir()
    with pytest.raises(OutputError, match="this user only"):
        files.cache_folder()
    assert answer() == [8, 4, 2]
    monkeypatch.undo()
    assert not list(tmp_path.glob("*/*"))


def test_another_model_or_version_has_another_file(folder, monkeypatch):
    engine.load(TEXT)
    engine.load(TEXT.replace("8)", "9)"))
    monkeypatch.setattr(cache, "code_version", lambda *packages: "of the future")
    engine.load(TEXT)
    assert len(list(folder.iterdir())) == 3


def test_a_cache_that_cannot_be_written_costs_time_only(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert answer() == [8, 4, 2]
    assert list(folder.iterdir()) == []


@pytest.mark.slow
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
