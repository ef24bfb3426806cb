"""What lies in a sweep's folder is ours, whole and of this sweep, or it is not used or touched."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from buildout._util import processes, seal
from buildout.errors import InputError, OutputError, ResultsError
from buildout.sampling import design
from buildout.sweeps import At, Final, Quantiles, Trajectory, price, run
from buildout.sweeps import store as folder

KEPT = [At([1, 2]), Final()]


@pytest.fixture
def draws(tank):
    """Forty draws of rate and exponent."""
    return design.latin_hypercube(40, seed=7, model=tank)


@pytest.fixture
def begin(swept, draws, tmp_path):
    """Begins or continues a sweep, ten draws a chunk."""

    def go(what=draws, reductions=KEPT, **more):
        more = {"outputs": ["tank", "bent"], "block": 10, "out": tmp_path / "out", **more}
        return swept(what, reductions, **more)

    return go


@pytest.fixture
def runs(monkeypatch):
    """First draws of the chunks that are computed from now on."""
    made = []
    compute = folder.run_chunk

    def counted(request, engine, start, stop):
        made.append(start)
        return compute(request, engine, start, stop)

    monkeypatch.setattr(folder, "run_chunk", counted)
    return made


@pytest.fixture
def stopped(begin, monkeypatch):
    """Stops a sweep after three of its four chunks; gives the folder of the chunks."""

    def stop(what=None, out=None):
        left = iter(range(3))
        compute = folder.run_chunk

        def stopping(*args):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return compute(*args)

        with monkeypatch.context() as patch:
            patch.setattr(folder, "run_chunk", stopping)
            with pytest.raises(KeyboardInterrupt):
                begin(**({"what": what} if what else {}), **({"out": out} if out else {}))

    return stop


def test_a_foreign_folder_named_like_ours_survives(begin, tmp_path):
    mine = tmp_path / "out" / "blocks"
    mine.mkdir(parents=True)
    (mine / "thesis.txt").write_text("years of work")
    for resume in (False, True):
        with pytest.raises(OutputError, match=r"holds `thesis.txt`, which is not of a sweep"):
            begin(resume=resume)
    assert (mine / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("name", ["000000.npz", "000007.npz", ".git", "000000.npz.bak", "sub"])
def test_nothing_is_taken_for_ours_by_its_name_alone(begin, tmp_path, name):
    mine = tmp_path / "out" / "blocks"
    mine.mkdir(parents=True)
    if name == "sub":
        (mine / name).mkdir()
    else:
        (mine / name).write_text("mine")
    with pytest.raises(OutputError, match="not of a sweep"):
        begin()
    assert os.listdir(mine) == [name]


@pytest.mark.parametrize("resume", [False, True])
def test_a_link_in_place_of_the_chunks_is_refused(begin, stopped, tmp_path, resume):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "000000.npz").write_text("mine")
    if resume:
        stopped()
        shutil.rmtree(tmp_path / "out" / "blocks")
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / "blocks").symlink_to(mine)
    with pytest.raises(OutputError, match="is a link"):
        begin(resume=resume)
    assert (mine / "000000.npz").read_text() == "mine"


def test_what_was_put_beside_the_chunks_in_between_stays(begin, stopped, tmp_path):
    stopped()
    (tmp_path / "out" / "blocks" / "notes.txt").write_text("mine")
    (tmp_path / "out" / "blocks" / "000099.npz").write_text("mine too")
    begin(resume=True)
    left = {p.name: p.read_text() for p in (tmp_path / "out" / "blocks").iterdir()}
    assert left == {"notes.txt": "mine", "000099.npz": "mine too"}


def test_chunks_of_another_seed_are_not_taken_over(begin, stopped, tank, tmp_path, runs):
    stopped()
    # What `rm out/*` does: the folder of the chunks stays.
    (tmp_path / "out" / "sweep.json").unlink()
    other = design.latin_hypercube(40, seed=8, model=tank)
    del runs[:]
    xr.testing.assert_identical(begin(other), begin(other, out=None))
    assert runs[:4] == [0, 10, 20, 30]


def harm_swap(chunks, _):
    one, two = (chunks / f"{n:06d}.npz" for n in (0, 1))
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    return {0, 10}


def harm_copy(chunks, _):
    shutil.copy(chunks / "000000.npz", chunks / "000002.npz")
    return {20}


def harm_other_sweep(chunks, other):
    shutil.copy(other / "blocks" / "000001.npz", chunks / "000001.npz")
    return {10}


def rewritten(chunks, change):
    file = chunks / "000001.npz"
    with np.load(file) as stored:
        arrays = dict(stored)
    np.savez(file, **change(arrays))
    return {10}


def harm_nan(chunks, _):
    return rewritten(
        chunks, lambda a: a | {"tank": np.full_like(a["tank"], np.nan)} if "tank" in a else {}
    )


def harm_shape(chunks, _):
    return rewritten(chunks, lambda a: {name: array[:1] for name, array in a.items()})


def harm_fewer(chunks, _):
    return rewritten(chunks, lambda a: dict(list(a.items())[:1]))


def harm_cut(chunks, _):
    file = chunks / "000001.npz"
    file.write_bytes(file.read_bytes()[:-1])
    return {10}


def harm_longer(chunks, _):
    file = chunks / "000001.npz"
    file.write_bytes(file.read_bytes() + b"\0")
    return {10}


def harm_bit(chunks, _):
    file = chunks / "000001.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 1
    file.write_bytes(content)
    return {10}


HARMS = [
    harm_swap,
    harm_copy,
    harm_other_sweep,
    harm_nan,
    harm_shape,
    harm_fewer,
    harm_cut,
    harm_longer,
    harm_bit,
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_chunk_that_is_not_what_was_written_is_computed_again(
    begin, stopped, tank, tmp_path, runs, harm
):
    expected = begin(out=None)
    stopped()
    stopped(design.latin_hypercube(40, seed=8, model=tank), tmp_path / "other")
    again = harm(tmp_path / "out" / "blocks", tmp_path / "other")
    del runs[:]
    xr.testing.assert_identical(begin(resume=True), expected)
    assert set(runs) == {30} | again


def test_every_bit_of_a_chunk_counts(begin, stopped, draws, tmp_path):
    stopped()
    file = tmp_path / "out" / "blocks" / "000001.npz"
    whole = file.read_bytes()
    for place in np.linspace(0, len(whole) - 1, 40).astype(int):
        content = bytearray(whole)
        content[place] ^= 1 << (place % 8)
        file.write_bytes(content)
        assert seal.unsealed(file) is None
        file.write_bytes(whole[:place])
        assert seal.unsealed(file) is None


def test_a_chunk_that_changes_before_the_end_is_not_merged(begin, tmp_path, monkeypatch):
    def meddle(*_):
        (tmp_path / "out" / "blocks" / "000002.npz").write_bytes(b"other")

    to_file = run.to_file
    monkeypatch.setattr(run, "to_file", lambda *a: (meddle(), to_file(*a)))
    with pytest.raises(ResultsError, match="was changed while the sweep ran"):
        begin()
    monkeypatch.setattr(run, "to_file", to_file)
    xr.testing.assert_identical(begin(resume=True), begin(out=None))


@pytest.mark.parametrize("harm", ["cut", "bit", "foreign", "other sweep", "link to nothing"])
def test_results_that_are_not_of_this_sweep_are_not_read(begin, tank, tmp_path, harm):
    begin()
    results = tmp_path / "out" / "results.nc"
    content = bytearray(results.read_bytes())
    if harm == "cut":
        results.write_bytes(content[:-1])
    elif harm == "bit":
        content[len(content) // 2] ^= 16
        results.write_bytes(content)
    elif harm == "foreign":
        results.write_text("not ours")
    elif harm == "other sweep":
        begin(design.latin_hypercube(40, seed=8, model=tank), out=tmp_path / "b")
        shutil.copy(tmp_path / "b" / "results.nc", results)
    else:
        results.unlink()
        results.symlink_to(tmp_path / "nothing")
    with pytest.raises((ResultsError, OutputError), match=r"is damaged|of another sweep"):
        begin(resume=True)
    results.unlink()
    xr.testing.assert_identical(begin(resume=True), begin(out=None))


@pytest.mark.parametrize("name", ["numpy", "llvmlite", "code", "processor"])
def test_what_other_versions_computed_is_not_mixed_in(begin, stopped, tmp_path, name):
    stopped()
    asked = tmp_path / "out" / "sweep.json"
    told = json.loads(asked.read_text())
    told["asked"]["versions"][name] = "another"
    asked.write_text(json.dumps(told))
    with pytest.raises(InputError, match=f"its {name} is another, now "):
        begin(resume=True)


@pytest.mark.parametrize("name", ["results.nc", "summary.csv", "manifest.json"])
def test_a_folder_with_files_that_a_sweep_would_replace_is_refused(begin, tmp_path, name):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    with pytest.raises(InputError, match=f"holds a `{name}` that is not of a sweep"):
        begin()
    assert os.listdir(tmp_path / "out") == [name]


def test_two_processes_do_not_sweep_into_one_folder(begin, tmp_path):
    (tmp_path / "out").mkdir()
    lock = tmp_path / "out" / ".sweep.lock"
    parent = {"pid": os.getppid(), "host": processes.this_process()["host"]}
    for holder in (parent, {"pid": 1, "host": "elsewhere"}, processes.this_process()):
        lock.write_text(json.dumps(holder))
        with pytest.raises(OutputError, match=rf"Process {holder['pid']} on .*delete"):
            begin(resume=True)
    assert os.listdir(tmp_path / "out") == [".sweep.lock"]


def test_the_lock_of_a_dead_process_is_taken_over(begin, tmp_path):
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    (tmp_path / "out").mkdir()
    lock = tmp_path / "out" / ".sweep.lock"
    host = processes.this_process()["host"]
    recycled = {"pid": os.getppid(), "host": host, "began": "1"}
    for holder in ({"pid": done.pid, "host": host}, recycled):
        lock.write_text(json.dumps(holder))
        begin(resume=True)
        assert not lock.exists()


def test_the_lock_is_given_back_when_a_sweep_stops(stopped, tmp_path):
    stopped()
    assert not (tmp_path / "out" / ".sweep.lock").exists()


def test_numbers_beyond_all_means_are_refused_at_once(begin, tank, tmp_path):
    many = design.latin_hypercube(10**12, seed=1, model=tank)
    for out in (None, tmp_path / "out"):
        with pytest.raises(InputError, match=r"1,000,000,000,000 draws of one pathway are 1,000"):
            begin(many, out=out)
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match=r"computed in 400,000,000 parts"):
        begin(design.latin_hypercube(400_000_000, seed=1, model=tank), block=1)


def test_a_sweep_is_priced_in_memory_and_on_disk(begin, tank, tmp_path, monkeypatch):
    many = design.latin_hypercube(10_000_000, seed=1, model=tank)
    monkeypatch.setattr(price, "_memory", lambda: 1e8)
    with pytest.raises(InputError, match=r"take 0.8 GB of memory\. Up to 0.1 GB.*`out=`"):
        begin(many, reductions=[At([1, 2, 3, 4])], out=None)
    usage = shutil.disk_usage(tmp_path)._replace(free=10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OutputError, match=r"take 1.6 GB.*0.1 GB free.*make room"):
        begin(many, reductions=[At([1, 2, 3, 4])])
    assert not (tmp_path / "out").exists()


def test_the_price_is_what_the_result_takes(begin, draws, swept, tank, monkeypatch):
    asked = []
    check = price.price
    monkeypatch.setattr(price, "price", lambda *a: asked.append(check(*a)) or asked[-1])
    for kept in (KEPT, [Trajectory()], [Quantiles()]):
        ds = begin(reductions=kept, out=None)
        data = sum(ds[name].nbytes for name in ds.data_vars if "quantile" not in ds[name].dims)
        if kept == [Quantiles()]:
            assert asked[-1].result > data
        else:
            assert asked[-1].result == data
        assert asked[-1].runs == 40
        assert asked[-1].chunks == 4


def test_chunks_are_counted_without_being_listed():
    spans = folder.Spans(10**15 + 1, 1024)
    assert len(spans) == 976562500001
    assert spans[0] == (0, 1024)
    assert spans[len(spans) - 1] == (10**15, 10**15 + 1)
    assert list(folder.Spans(5, 2)) == [(0, 2), (2, 4), (4, 5)]
    with pytest.raises(IndexError):
        spans[len(spans)]


def test_a_killed_sweep_leaves_no_litter_behind(begin, stopped, tmp_path):
    stopped()
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    machine = processes._machine()
    dead = f".000003.{done.pid}-{machine}-0123abcd.partial.npz"
    alive = f".000003.{os.getppid()}-{machine}-0123abcd.partial.npz"
    for name in (dead, alive):
        (tmp_path / "out" / "blocks" / name).write_bytes(b"half")
    begin(resume=True)
    assert os.listdir(tmp_path / "out" / "blocks") == [alive]


def test_a_result_can_be_read_as_any_netcdf_file(begin, tmp_path):
    ds = begin()
    with xr.open_dataset(tmp_path / "out" / "results.nc") as opened:
        xr.testing.assert_identical(opened.load(), ds)
