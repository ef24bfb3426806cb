"""A sweep that is stopped goes on without loss or repetition."""

import errno
import json
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
import xarray as xr

from buildout.errors import InputError, OutputError, ResultsError
from buildout.sampling import design
from buildout.sweeps import At, Crossing, Final, Quantiles
from buildout.sweeps import assemble as gather
from buildout.sweeps import store as folder
from buildout.vensim.engine import Batch
from buildout.vensim.engine.backends.llvm import machine
from buildout.vensim.engine.request import clock

KEPT = [At([1, 2]), Final(), Crossing(2), Quantiles()]


@pytest.fixture
def draws(tank):
    """Eighty draws of rate and exponent."""
    return design.latin_hypercube(80, seed=7, model=tank)


@pytest.fixture
def begin(swept, draws, tmp_path):
    """Begins or continues one and the same sweep, ten draws a block."""

    def run(what=draws, reductions=KEPT, **more):
        more = {"outputs": ["tank", "bent"], "block": 10, "out": tmp_path / "out", **more}
        return swept(what, reductions, **more)

    return run


def stop_after(monkeypatch, blocks, exception):
    """Let the writing of a later block fail."""
    written = iter(range(blocks))
    save = folder.np.savez

    def failing(file, **arrays):
        if next(written, None) is None:
            raise exception
        save(file, **arrays)

    monkeypatch.setattr(folder.np, "savez", failing)


def count_runs(monkeypatch):
    """Sizes of the batches that an engine is given from now on."""
    sizes = []
    run = Batch.run

    def counted(self, *args, **options):
        result = run(self, *args, **options)
        sizes.append(len(result.status))
        return result

    monkeypatch.setattr(Batch, "run", counted)
    return sizes


def test_code_of_its_own_may_take_over_in_the_middle_or_with_the_second_half(
    begin, swept, draws, tank, monkeypatch
):
    expected = swept(draws, KEPT, outputs=["tank", "bent"])
    steps = len(clock(tank.system).steps)
    monkeypatch.setattr(machine, "_steps_so_far", {})
    monkeypatch.setattr(machine, "LOOKED_FOR", 10 * steps)
    monkeypatch.setattr(machine, "MADE", 25 * steps)
    kernels = []
    suited = machine.suited
    monkeypatch.setattr(
        machine, "suited", lambda *asked: kernels.append(suited(*asked)) or kernels[-1]
    )
    with monkeypatch.context() as patch:
        stop_after(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            begin()
    general, own = kernels[0], kernels[-1]
    assert general is not own
    before = len(kernels)
    assert begin(resume=True).identical(expected)
    assert set(kernels[before:]) == {own}


@pytest.mark.parametrize(
    ("exception", "raised"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(errno.ENOSPC, "full"), OutputError),
        (ZeroDivisionError(), ZeroDivisionError),
    ],
)
def test_what_was_finished_is_kept_and_not_computed_again(
    begin, draws, tmp_path, monkeypatch, exception, raised
):
    expected = begin(out=None)
    with monkeypatch.context() as patch:
        stop_after(patch, 3, exception)
        with pytest.raises(raised):
            begin()
    left = sorted(p.name for p in (tmp_path / "out" / "blocks").iterdir())
    assert left == ["000000.npz", "000001.npz", "000002.npz"]
    sizes = count_runs(monkeypatch)
    xr.testing.assert_identical(begin(resume=True), expected)
    assert sizes == [10] * 5


def test_a_full_disk_says_how_to_go_on(begin, monkeypatch):
    stop_after(monkeypatch, 2, OSError(errno.ENOSPC, "full"))
    with pytest.raises(OutputError, match=r"the disk is full\. Make room, then continue with"):
        begin()


@pytest.mark.parametrize("exception", [OSError(errno.ENOSPC, "full"), RuntimeError("HDF error")])
def test_a_disk_that_fills_at_the_very_end_costs_nothing(begin, tmp_path, monkeypatch, exception):
    with monkeypatch.context() as patch:

        def fail(*_, **__):
            raise exception

        patch.setattr(gather, "_define", fail)
        with pytest.raises(OutputError, match="Make room"):
            begin()
    assert not [p for p in (tmp_path / "out").iterdir() if p.suffix == ".nc"]
    sizes = count_runs(monkeypatch)
    xr.testing.assert_identical(begin(resume=True), begin(out=None))
    assert len(sizes) == 8, "only the comparison in memory ran"


@pytest.mark.parametrize("harm", ["truncate", "empty", "scramble"])
def test_a_broken_block_is_computed_again(begin, tmp_path, monkeypatch, harm):
    with monkeypatch.context() as patch:
        stop_after(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            begin()
    block = tmp_path / "out" / "blocks" / "000001.npz"
    content = bytearray(block.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8] = b"\xff" * 8
    block.write_bytes({"truncate": content[:middle], "empty": b"", "scramble": content}[harm])
    sizes = count_runs(monkeypatch)
    xr.testing.assert_identical(begin(resume=True), begin(out=None))
    assert len(sizes) == 6 + 8


def test_another_block_size_goes_on_with_the_first(begin, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            begin()
    xr.testing.assert_identical(begin(resume=True, block=64), begin(out=None))


def test_a_finished_sweep_is_only_read_again(begin, monkeypatch):
    first = begin()
    sizes = count_runs(monkeypatch)
    xr.testing.assert_identical(begin(resume=True), first)
    assert not sizes


def test_resuming_where_nothing_is_begins(begin, tmp_path):
    begin(resume=True)
    assert (tmp_path / "out" / "results.nc").exists()


def test_what_is_there_is_not_overwritten(begin, tmp_path):
    begin()
    before = (tmp_path / "out" / "results.nc").read_bytes()
    with pytest.raises(InputError, match="holds a sweep already"):
        begin()
    assert (tmp_path / "out" / "results.nc").read_bytes() == before


def test_results_of_another_kind_are_not_overwritten(begin, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.nc").write_text("precious")
    with pytest.raises(InputError, match="not of a sweep"):
        begin(resume=True)
    assert (tmp_path / "out" / "results.nc").read_text() == "precious"


@pytest.mark.quick_for("seed is 7, now 8", "its parameters differ")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: {"what": design.latin_hypercube(80, seed=8, model=m)}, "seed is 7, now 8"),
        (lambda m: {"what": design.latin_hypercube(90, seed=7, model=m)}, "draws is 80, now 90"),
        (lambda m: {"what": design.sobol(64, seed=7, model=m)}, "kind is latin hypercube, now sob"),
        (
            lambda m: {"what": design.latin_hypercube(80, seed=7, vary={"rate": (0, 1)}, model=m)},
            "its parameters differ",
        ),
        (lambda m: {"reductions": Final()}, "its outputs differ"),
        (lambda m: {"outputs": "tank"}, "its outputs differ"),
        (lambda m: {"pathways": "settled"}, "its pathways differ"),
        (lambda m: {"settings": {"guard": 0.5}}, "its pathways differ"),
        (lambda m: {"time_step": 0.25}, "its time_step is 0.125, now 0.25"),
        (lambda m: {"engine": Batch(backend="numpy")}, "engine is Batch llvm, now Batch numpy"),
    ],
)
def test_another_sweep_is_not_mixed_in(begin, tank, change, message):
    begin(engine=Batch(backend="llvm"))
    with pytest.raises(InputError, match=message):
        begin(**{"engine": Batch(backend="llvm"), "resume": True, **change(tank)})


def test_another_model_is_not_mixed_in(begin, tmp_path):
    begin()
    asked = tmp_path / "out" / "sweep.json"
    told = json.loads(asked.read_text())
    told["asked"]["model"] = "0" * 64
    asked.write_text(json.dumps(told))
    with pytest.raises(InputError, match="its model differs"):
        begin(resume=True)


def test_own_numbers_that_differ_are_another_sweep(begin, tank):
    begin(design.given({"rate": [1, 2, 3]}, model=tank))
    with pytest.raises(InputError, match="its values differ"):
        begin(design.given({"rate": [1, 2, 2.5]}, model=tank), resume=True)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"asked": {}, "block": "x"}', "\xff"])
def test_a_broken_record_is_reported(begin, tmp_path, content):
    begin()
    (tmp_path / "out" / "sweep.json").write_text(content, encoding="latin-1")
    with pytest.raises(ResultsError, match=r"Cannot read .*Choose another folder"):
        begin(resume=True)


def test_a_file_in_the_way_of_the_folder_is_reported(begin, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="a file of that name is in the way"):
        begin()


SCRIPT = """
    import signal
    # A shell that runs the tests in the background has its children ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import sys
    from pathlib import Path
    from buildout.sampling import design
    from buildout.inputs import places
    from buildout import sweep
    from buildout.inputs.model import load_model
    from buildout.sweeps import Final
    tank, table, pathways, out = map(Path, sys.argv[1:])
    places.pathways_folder = lambda: pathways
    model = load_model(tank, table)
    draws = design.latin_hypercube(6_000, seed=7, model=model)
    sweep(draws, "free", outputs="bent", reductions=Final(), model=model, out=out, block=10)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_process_loses_nothing_that_was_finished(
    tank, tank_files, swept, pathways, tmp_path, monkeypatch, how
):
    out = tmp_path / "out"
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), *map(str, tank_files)]
    command += [str(tmp_path / "pathways"), str(out)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    # A file that is being written has a dot before its name.
    while len(list((out / "blocks").glob("[!.]*"))) < 20:
        assert process.poll() is None, "it ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(how)
    assert process.wait(60) != 0
    finished = [p.name for p in (out / "blocks").iterdir() if not p.name.startswith(".")]
    assert 20 <= len(finished) < 600
    draws = design.latin_hypercube(6_000, seed=7, model=tank)
    sizes = count_runs(monkeypatch)
    ds = swept(draws, Final(), outputs="bent", out=out, resume=True)
    assert len(sizes) == 600 - len(finished)
    np.testing.assert_array_equal(
        ds["bent_final"], swept(draws, Final(), outputs="bent")["bent_final"]
    )
    # A block that was being written when the process was killed is gone with the blocks.
    assert sorted(p.name for p in out.iterdir()) == ["results.nc", "sweep.json"]
