"""Of 500 cuts and flipped bits of each kind of file none gives another answer than the whole."""

import hashlib
import shutil

import numpy as np
import pytest
from hostile_files import draws, go, stopped
from test_hostile import tiny_places

from buildout._util import seal
from buildout.errors import BuildoutError
from buildout.page import kernel
from buildout.sampling.saved import load_design, save_design
from buildout.simulation.simulate import simulate
from buildout.simulation.store import load_results, save_results
from buildout.sweeps.load import load_sweep
from buildout.vensim import engine
from buildout.vensim.engine.ir.stored import write_system

pytestmark = pytest.mark.slow

CUTS, FLIPS = 250, 250
MODEL = """tank = INTEG(-tank / time to empty, 1) ~ t ~ what is there|
time to empty = 2 ~ Year ~ how long|
INITIAL TIME = 0 ~ ~ | FINAL TIME = 1 ~ ~ | TIME STEP = 0.5 ~ ~ | SAVEPER = TIME STEP ~ ~ |"""


def _of(ds):
    parts = [str(ds.attrs), *(f"{name} {ds[name].values.tolist()}" for name in ds.variables)]
    return hashlib.sha256("".join(map(str, parts)).encode()).hexdigest()


def _run(place):
    save_results(simulate("status-quo"), place / "out", command="buildout run")
    return place / "out" / "results.nc", lambda: _of(load_results(place / "out"))


def _run_alone(place):
    file, _ = _run(place)
    alone = shutil.move(file, place / "alone.nc")
    return place / "alone.nc", lambda: _of(load_results(alone))


def _manifest(place):
    _run(place)
    return place / "out" / "manifest.json", lambda: _of(load_results(place / "out"))


def _table(place):
    _run(place)
    return place / "out" / "verdict.json", lambda: _of(load_results(place / "out"))


def _sweep(place):
    go(place / "out")
    return place / "out" / "results.nc", lambda: _of(load_sweep(place / "out"))


def _record(place):
    go(place / "out")
    return place / "out" / "sweep.json", lambda: _of(load_sweep(place / "out"))


def _block(place):
    stopped(place / "out")
    file = place / "out" / "blocks" / "000000.npz"
    return file, lambda: seal.unsealed(file)


def _design(place):
    table, _ = save_design(draws(), place / "d.csv")
    return table, lambda: load_design(table).sha256


def _record_of_design(place):
    table, beside = save_design(draws(), place / "d.csv")

    def read():
        design = load_design(table)
        return design.sha256, design.seed, design.kind, str(design.provenance)

    return beside, read


def _kernel(name):
    def make(place):
        known = kernel.shipped()
        (place / kernel.MODULE).write_bytes(known.wasm)
        (place / kernel.INFO).write_text(known.written)

        def read():
            there = kernel.shipped(place)
            return None if there is None else (there.wasm, there.info)

        return place / name, read

    return make


def _cached(place, monkeypatch):
    (place / "cache").mkdir(mode=0o700)
    monkeypatch.setenv("BUILDOUT_CACHE", str(place / "cache"))
    engine.load(text=MODEL)
    (file,) = (place / "cache").iterdir()
    return file, lambda: write_system(engine.load(text=MODEL))


KINDS = {
    "results of a run": _run,
    "results of a run, alone": _run_alone,
    "manifest of a run": _manifest,
    "table of a run": _table,
    "results of a sweep": _sweep,
    "record of a sweep": _record,
    "block of a sweep": _block,
    "design": _design,
    "record of a design": _record_of_design,
    "kernel.json": _kernel(kernel.INFO),
    "kernel.wasm": _kernel(kernel.MODULE),
}


def _answers(file, read):
    """The answers to the whole file and to each damage that is not refused."""
    whole = file.read_bytes()
    right = read()
    chance = np.random.default_rng(1)
    cuts = {0, 1, len(whole) - 1, *chance.integers(0, len(whole), CUTS).tolist()}
    flips = {0, 8 * len(whole) - 1, *chance.integers(0, 8 * len(whole), FLIPS).tolist()}
    wrong, refused = [], 0
    for cut in cuts:
        file.write_bytes(whole[:cut])
        refused += _asked(read, right, wrong, f"cut to {cut}")
    for flip in flips:
        content = bytearray(whole)
        content[flip // 8] ^= 1 << (flip % 8)
        file.write_bytes(content)
        refused += _asked(read, right, wrong, f"bit {flip} flipped")
    return wrong, refused, len(cuts) + len(flips)


def _asked(read, right, wrong, what):
    try:
        answer = read()
    except BuildoutError:
        return True
    if answer is not None and answer != right:
        wrong.append(what)
    return answer is None


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_gives_another_answer(kind, tmp_path, monkeypatch):
    tiny_places(monkeypatch)
    wrong, refused, tried = _answers(*KINDS[kind](tmp_path))
    assert wrong == []
    # A cut of a table that nothing says the length of is what is left of it.
    assert refused > (0.3 if kind == "manifest of a run" else 0.9) * tried


def test_no_damage_of_the_cache_is_taken_over(tmp_path, monkeypatch):
    wrong, _, _ = _answers(*_cached(tmp_path, monkeypatch))
    assert wrong == []
