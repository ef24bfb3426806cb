"""The kernel of the page of sliders says what the engine says, and knows when it does not fit."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from buildout.errors import UnsupportedError
from buildout.inputs.resolve import resolve, side_by_side_values
from buildout.page import kernel as kernels
from buildout.sampling.design import latin_hypercube
from buildout.vensim.engine import Batch, load
from buildout.vensim.engine.backends.llvm import webassembly

#: Relative; and where rounding is left of tonnes that cancel, relative to the largest value that
#: the variable takes in any of its elements.
PARITY, OF_LARGEST = 1e-10, 1e-14
PATHWAYS = ("status-quo", "mobilization", "china-deal", "hybrid")
SETTINGS = 100
#: Bytes, as a server sends it.
LARGEST = 150_000
MODEL = """
tank[tanks] = INTEG(inflow[tanks] - outflow[tanks], start[tanks]) ~ t [0,?] ~ |
tanks: a, b ~ ~ |
start[a] = 2 ~ t ~ |
start[b] = 3 ~ t ~ |
inflow[tanks] = MAX(0, rate * SIN(Time) + DELAY FIXED(rate, 1.5, 0.25)) ~ t/Year ~ |
outflow[tanks] = tank[tanks] ^ share * EXP(-share) + sunk[tanks] ~ t/Year ~ |
sunk[tanks] = LN(1 + tank[tanks]) / 10 + MODULO(Time, 2) / 9 ~ t/Year ~ |
rate = 0.7 ~ t/Year ~ |
share = 0.5 ~ Dmnl ~ |
INITIAL TIME = 0 ~ ~ |
FINAL TIME = 8 ~ ~ |
TIME STEP = 0.25 ~ ~ |
SAVEPER = 0.5 ~ ~ |
"""


@pytest.fixture(scope="module")
def shipped(runner):
    known = kernels.shipped()
    assert known is not None, "kernel.wasm or kernel.json is missing or not whole"
    return runner(known)


def random_settings(model, names, count, seed):
    """Settings anywhere in the ranges of parameters.csv, for constants that a kernel varies."""
    rng = np.random.default_rng(seed)
    rows = {name: model.parameters[name] for name in names if name in model.parameters}
    moved = {n: row for n, row in rows.items() if np.isfinite(row.high - row.low)}
    cases = []
    for _ in range(count):
        case = {name: rng.uniform(row.low, row.high) for name, row in moved.items()}
        whole = [name for name, row in moved.items() if row.distribution == "discrete"]
        cases.append(case | {name: float(round(case[name])) for name in whole})
    return cases


def worst_difference(system, values, reference):
    """The largest difference of any output from its reference, relative."""
    known = dict(zip(reference.outputs, reference.values, strict=True))
    largest = {}
    for name, one in known.items():
        sound = np.abs(one[np.isfinite(one)]).max(initial=0.0)
        largest[system.owners[name]] = max(largest.get(system.owners[name], 0.0), sound)
    worst = 0.0
    for name, one in known.items():
        nothing = OF_LARGEST / PARITY * largest[system.owners[name]]
        off = np.abs(values[name] - one) / np.maximum(np.abs(one), max(nothing, 1e-300))
        # What is infinite or no number is so in both.
        same = (values[name] == one) | (np.isnan(values[name]) & np.isnan(one))
        worst = max(worst, float(np.where(np.isfinite(one), off, ~same).max()))
    return worst


def compared(system, shipped, cases, columns):
    """Statuses of both, and the worst difference."""
    reference = Batch().run(system, columns, list(shipped.info["outputs"]))
    values, status = shipped.run(cases)
    return status, reference.status, worst_difference(system, values, reference)


@pytest.mark.slow
def test_a_hundred_random_settings_of_all_that_the_page_moves(model, shipped):
    """Everything that the kernel can vary, at once, over its whole range, upon the pathways."""
    paths = [scenario.values for scenario in resolve(model, PATHWAYS).scenarios]
    drawn = random_settings(model, shipped.info["parameters"], SETTINGS, seed=14)
    cases = [paths[place % len(paths)] | case for place, case in enumerate(drawn)]
    columns = side_by_side_values(model, cases)
    status, known, worst = compared(model.system, shipped, cases, columns)
    assert (status == known).all()
    assert worst <= PARITY


def test_pathways_and_their_draws(model, shipped):
    """What the fan of the page is made of."""
    design = latin_hypercube(6, seed=1)
    rows = design.values
    draws = [
        {s: row[place] for place, name in enumerate(design.names) for s in model.scalars(name)}
        for row in rows
    ]
    paths = [scenario.values for scenario in resolve(model, PATHWAYS).scenarios]
    cases = [*paths, *(draw | paths[1] for draw in draws)]
    columns = side_by_side_values(model, cases)
    status, known, worst = compared(model.system, shipped, cases, columns)
    assert not status.any()
    assert not known.any()
    assert worst <= PARITY


def test_the_kernel_varies_and_gives_what_the_page_asks_for(model):
    known = kernels.shipped()
    assert (
        kernels.page_kernel(model.system, ["rule_regime"], known.info["outputs"]).wasm == known.wasm
    )


def test_the_kernel_is_small_enough_to_be_sent():
    assert len(gzip.compress(kernels.shipped().wasm, 9)) <= LARGEST


@pytest.fixture
def no_linker(monkeypatch):
    monkeypatch.setattr(kernels, "linker", lambda: None)


def test_a_kernel_of_another_model_is_refused_where_none_can_be_made(no_linker):
    with pytest.raises(UnsupportedError, match=r"was made from another model.*lld"):
        kernels.page_kernel(load(MODEL), ["rate"], ["tank[a]"])


def test_a_kernel_that_lacks_something_is_refused_where_none_can_be_made(no_linker, model):
    with pytest.raises(UnsupportedError, match="does not vary `no_such`"):
        kernels.page_kernel(model.system, ["no_such"], [])
    with pytest.raises(UnsupportedError, match="does not give `no_such`"):
        kernels.page_kernel(model.system, [], ["no_such"])


@pytest.mark.slow
def test_a_model_that_only_looks_different_keeps_its_kernel(no_linker, model):
    """Sketches and comments move the file's fingerprint, and nothing that is computed."""
    known = kernels.shipped()
    redrawn = replace(model.system, sha256="0" * 64)
    assert kernels.page_kernel(redrawn, [], []).wasm == known.wasm
    names = known.info["parameters"], known.info["outputs"]
    assert kernels.made_kernel(redrawn, *names, known=known).info["model"] == "0" * 64


@pytest.mark.parametrize("broken", [b"", b"{}", b"[1]", b"\xff", "model", "outputs"])
def test_files_that_are_not_whole_are_no_kernel(tmp_path, broken):
    known = kernels.shipped()
    (tmp_path / kernels.MODULE).write_bytes(known.wasm)
    if isinstance(broken, str):
        rest = {name: value for name, value in known.info.items() if name != broken}
        broken = json.dumps(rest).encode()
    (tmp_path / kernels.INFO).write_bytes(broken)
    assert kernels.shipped(tmp_path) is None
    (tmp_path / kernels.INFO).write_text(known.written, encoding="utf-8")
    assert kernels.shipped(tmp_path).info == known.info
    (tmp_path / kernels.MODULE).write_bytes(known.wasm[:-1])
    assert kernels.shipped(tmp_path) is None


@pytest.mark.skipif(webassembly.linker() is None, reason="no linker for WebAssembly is installed")
def test_any_model_can_be_made_for_a_browser(runner):
    """Pipes, library functions, a stock below zero: what the project's model does not have too."""
    system = load(MODEL)
    outputs = ["tank[a]", "tank[b]", "outflow[a]"]
    made = kernels.made_kernel(system, ["rate", "share", "start[a]"], outputs)
    cases = [{}, {"rate": 0.1}, {"rate": 2.0, "share": 0.25}, {"rate": -9.0}, {"start[a]": 50.0}]
    columns = {
        name: [case.get(name, system.constants[name]) for case in cases]
        for name in ("rate", "share", "start[a]")
    }
    status, known, worst = compared(system, runner(made), cases, columns)
    assert (status == known).all()
    assert set(known) > {0}
    assert worst <= PARITY
    assert (
        made.written == kernels.made_kernel(system, ["rate", "share", "start[a]"], outputs).written
    )
