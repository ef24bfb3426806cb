"""Kind 4: that a file is there proves nothing of what it holds, or of which run it is."""

import json
import shutil

import numpy as np
from hostile_files import (
    cut,
    draws,
    edit,
    flip,
    folder,
    forged,
    go,
    goes_on,
    gone,
    huge,
    link,
    more,
    pipe,
    stopped,
)
from hostile_rows import Row

from buildout._util import seal
from buildout.sampling.saved import load_design, save_design
from buildout.simulation.store import load_results
from buildout.sweeps.load import load_sweep
from buildout.vensim import engine

RESUME = "sweep status-quo --outputs 'total capacity' --at 2027,2030 --resume --out swept --draws"
DAMAGED = r"results\.nc` is (damaged|not what)"
MODEL = """tank = INTEG(-tank, 1) ~ ~ |
INITIAL TIME = 0 ~ ~ |
FINAL TIME = {} ~ ~ |
TIME STEP = 0.5 ~ ~ |
SAVEPER = TIME STEP ~ ~ |"""


def _block(place, number):
    return place / "out" / "blocks" / f"{number:06d}.npz"


def _harmed(harm, **more):
    """A sweep of four blocks, stopped after two and harmed; what was computed in the end."""

    def call(place):
        stopped(place / "out", **more)
        harm(place)
        return goes_on(place / "out", **more)

    return call


def _on(number, damage):
    return lambda place: damage(_block(place, number))


def _exchanged(place):
    one, two = _block(place, 0), _block(place, 1)
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)


def _of_another(**change):
    """A block of a sweep that differs in one thing, in place of the first."""

    def harm(place):
        stopped(place / "other", **change)
        shutil.copy(place / "other/blocks/000000.npz", _block(place, 0))

    return harm


def _rewritten(change, *, sealed=True, about=True):
    """The first block with other arrays, sealed again."""

    def harm(place):
        file = _block(place, 0)
        content = seal.unsealed(file)
        file.write_bytes(content)
        with np.load(file) as stored:
            arrays = dict(stored)
        told = arrays.pop("#about")
        arrays = change(arrays)
        if about:
            arrays["#about"] = told
        with open(file, "wb") as opened:
            np.savez(opened, **arrays)
        if sealed:
            seal.seal_file(file)

    return harm


def _all_gone_but_blocks(place):
    for path in (place / "out").iterdir():
        if path.is_file():
            path.unlink()


def _begun_anew(place):
    """Another seed into a folder in which only the blocks of an earlier one are left."""
    stopped(place / "out")
    _all_gone_but_blocks(place)
    return go(place / "out", seed=8).identical(go(None, seed=8))


def _finished(harm, **more):
    def call(place):
        go(place / "out")
        harm(place / "out")
        return goes_on(place / "out", **more)

    return call


ANEW, SAME = r"\(\[0, 4, 6\], True\)", r"\(\[4, 6\], True\)"
BLOCKS = {
    "two are exchanged": (_exchanged, r"\(\[0, 2, 4, 6\], True\)"),
    "one is there twice": (lambda at: shutil.copy(_block(at, 1), _block(at, 0)), ANEW),
    "one is there under the number of one to come": (
        lambda at: shutil.copy(_block(at, 1), _block(at, 2)),
        SAME,
    ),
    "one is of another seed": (_of_another(seed=8), ANEW),
    "one is of more draws": (_of_another(size=10), ANEW),
    "one is of another size of block": (_of_another(block=3), ANEW),
    "one is of another output": (_of_another(outputs="capacity"), ANEW),
    "one is of another pathway": (_of_another(pathways="mobilization"), ANEW),
    "one is of another engine": (_of_another(engine=engine.Batch(backend="numpy")), ANEW),
    "one is of another time step": (_of_another(time_step=0.25), ANEW),
    "one is of another end": (_of_another(final_time=2035), ANEW),
    "one is cut in half": (_on(0, cut(0.5)), ANEW),
    "one lacks its last byte": (_on(0, cut(0.999)), ANEW),
    "one is empty": (_on(0, cut(0)), ANEW),
    "one has a byte more": (_on(0, more(b"\0")), ANEW),
    "one is twice itself": (
        lambda at: _block(at, 0).write_bytes(2 * _block(at, 0).read_bytes()),
        ANEW,
    ),
    "the first bit of one is flipped": (_on(0, flip(0)), ANEW),
    "a bit in the middle of one is flipped": (_on(0, flip(0.5)), ANEW),
    "the last bit of one is flipped": (_on(0, flip(1)), ANEW),
    "one is gone": (_on(0, gone), ANEW),
    "one is a terabyte of nothing": (_on(0, huge), ANEW),
    "one holds NaN, without a seal": (
        _rewritten(lambda a: {n: np.full_like(v, 0) for n, v in a.items()}, sealed=False),
        ANEW,
    ),
    "one has another shape": (
        _rewritten(lambda a: {n: v[:1] for n, v in a.items()}, about=True),
        r"True\)|not of",
    ),
    "one has another kind of number": (
        _rewritten(lambda a: {n: v.astype(np.float32) for n, v in a.items()}),
        ANEW,
    ),
    "one lacks an array": (_rewritten(lambda a: dict(list(a.items())[:1])), ANEW),
    "one has an array more": (_rewritten(lambda a: a | {"more": np.zeros(2)}), ANEW),
    "one does not say of what it is": (_rewritten(lambda a: a, about=False), ANEW),
    "one holds objects": (_rewritten(lambda a: a | {"more": np.array([{}], dtype=object)}), ANEW),
}


def _cached(harm):
    """A model from a cache in which its file was replaced."""

    def call(place):
        (place / "cache").mkdir(mode=0o700)
        engine.load(text=MODEL.format(1))
        (first,) = (place / "cache").iterdir()
        engine.load(text=MODEL.format(2))
        other = next(p for p in (place / "cache").iterdir() if p != first)
        harm(first, other)
        return engine.load(text=MODEL.format(1)).controls["final_time"]

    return call


def _design(change):
    """A design that was saved, and changed since."""

    def call(place):
        table, beside = save_design(draws(), place / "new" / "d.csv")
        change(table, beside)
        return load_design(table)

    return call


def _swept(change):
    def call(place):
        change(place / "swept")
        return load_sweep(place / "swept")

    return call


def _ran(change):
    def call(place):
        change(place / "out")
        return load_results(place / "out")

    return call


def _to_other(name, source):
    return lambda at: shutil.copy(at.parent / source / name, at / name)


def _record(**change):
    def harm(at):
        record = json.loads((at / "sweep.json").read_text())
        record["asked"] |= change
        (at / "sweep.json").write_text(json.dumps(record))

    return harm


def _attrs(**change):
    return forged(lambda ds: ds.assign_attrs(change))


SWEPT = {
    "of the other kind": (
        _to_other("results.nc", "out"),
        "(not what|not as buildout makes it|not of the sweep)",
    ),
    "cut": (lambda at: cut(0.7)(at / "results.nc"), DAMAGED),
    "with a bit flipped": (lambda at: flip(0.3)(at / "results.nc"), DAMAGED),
    "a terabyte of nothing": (lambda at: huge(at / "results.nc"), DAMAGED),
    "a pipe": (lambda at: pipe(at / "results.nc"), "is not finished"),
    "a folder": (lambda at: folder(at / "results.nc"), "is not finished"),
    "gone": (lambda at: gone(at / "results.nc"), "is not finished"),
    "a link to nothing": (lambda at: link("nowhere")(at / "results.nc"), "is not finished"),
    "beside a record of another seed": (_record(design={"seed": 8}), "(not what|not of the sweep)"),
    "beside no record": (lambda at: gone(at / "sweep.json"), "(not of the sweep|not what)"),
    "beside a record without end": (
        lambda at: link("/dev/zero")(at / "sweep.json"),
        "not of the sweep",
    ),
    "beside another summary": (
        lambda at: more(b"x,1\n")(at / "summary.csv"),
        r"summary\.csv` is not what",
    ),
}
ALONE = {
    "of another model": (_attrs(model_sha256="0" * 64), "another version of the model"),
    "of another sweep": (_attrs(sweep_sha256="0" * 64), "not of the sweep that"),
    "without its clock": (forged(lambda ds: ds.drop_attrs()), "not as buildout makes it"),
    "with a clock that is none": (_attrs(controls="[1]"), "`controls` cannot be read"),
    "without how its runs ended": (forged(lambda ds: ds.drop_vars("status")), "how its runs ended"),
    "without pathways": (forged(lambda ds: ds.rename(pathway="case")), "no pathways"),
}


def _alone(harm):
    """Of a sweep without a manifest, as Python makes it, so that only what is inside can tell."""

    def change(at):
        gone(at / "sweep.manifest.json")
        harm(at / "results.nc")

    return change


ROWS = [
    *(
        Row(f"blocks of a sweep that goes on: {what}", call=_harmed(harm), code=0, says=says)
        for what, (harm, says) in BLOCKS.items()
    ),
    Row("blocks of an earlier sweep without its record", call=_begun_anew, code=0, says="True"),
    Row(
        "a finished sweep goes on", call=_finished(lambda at: None), code=0, says=r"\(\[\], True\)"
    ),
    *(
        Row(
            f"a finished sweep goes on: results {what}",
            call=_finished(harm),
            says=says,
            changes=("out", "out/results.nc", "out/sweep.json"),
        )
        for what, harm, says in (
            ("cut", lambda at: cut(0.5)(at / "results.nc"), "is damaged"),
            ("empty", lambda at: cut(0)(at / "results.nc"), "is damaged"),
            ("with a bit flipped", lambda at: flip(0.5)(at / "results.nc"), "is damaged"),
            (
                "of another sweep",
                lambda at: _attrs(sweep_sha256="0")(at / "results.nc"),
                "is of another sweep",
            ),
            ("a pipe", lambda at: pipe(at / "results.nc"), "is damaged"),
            ("a link to nothing", lambda at: link("x")(at / "results.nc"), "is damaged"),
        )
    ),
    *(
        Row(f"sweep --resume: {what}", f"{RESUME} {words}", says, world="results")
        for what, words, says in (
            ("another number of draws", "7", "its draws is 6, now 7"),
            ("another seed", "6 --seed 3", "its seed is 1, now 3"),
            ("another design", "8 --design sobol", "its kind is latin hypercube, now sobol"),
            ("another step", "6 --time-step 0.5", "its time_step is"),
            ("another engine", "6 --engine reference", "its engine is"),
            ("another set of parameters", "6 --vary cost", "its parameters differ"),
            ("another end", "6 --final-time 2031", "its final_time is"),
        )
    ),
    Row(
        "sweep --resume: another pathway",
        f"{RESUME} 6".replace("status-quo", "mobilization"),
        "its pathways differ",
        world="results",
    ),
    *(
        Row(
            f"record of a sweep: {what}",
            f"{RESUME} 6",
            says,
            files={"swept/sweep.json": made},
            world="results",
        )
        for what, made, says in (
            ("of nothing", "", "Cannot read `swept/sweep.json`"),
            ("a list", "[]", "Cannot read `swept/sweep.json`"),
            ("nested without end", "[" * 99_999, "Cannot read `swept/sweep.json`"),
            ("without end", link("/dev/zero"), "Cannot read `swept/sweep.json`.*a device"),
            ("a pipe", pipe, "Cannot read `swept/sweep.json`.*a named pipe"),
            ("a folder", folder, "Cannot read `swept/sweep.json`.*a folder"),
            ("a link to nothing", link("nowhere"), "Cannot read `swept/sweep.json`"),
            ("blocks of no draws", edit(block=0), "(Cannot read|another sweep)"),
            ("blocks of a text", edit(block="\x1b[31m"), "Cannot read `swept/sweep.json`"),
            ("blocks without number", edit(block=1e400), "(Cannot read|another sweep)"),
            ("asks for a text", edit(asked="x"), "Cannot read `swept/sweep.json`"),
            ("asks for nothing", edit(asked={}), "holds another sweep"),
            (
                "of thousands of names",
                edit(asked={f"\x1b{n}": "x" * 999 for n in range(999)}),
                "holds another sweep",
            ),
        )
    ),
    *(
        Row(
            f"figures --from a sweep: {what}",
            call=_swept(harm),
            says=says,
            world="results",
            changes=("swept/results.nc", "swept/sweep.json", "swept/summary.csv"),
        )
        for what, (harm, says) in SWEPT.items()
    ),
    *(
        Row(
            f"a sweep made by Python: {what}",
            call=_swept(_alone(harm)),
            says=says,
            world="results",
            changes=("swept/results.nc", "swept/sweep.manifest.json"),
        )
        for what, (harm, says) in ALONE.items()
    ),
    *(
        Row(
            f"results of a run: {what}",
            call=_ran(harm),
            says=says,
            world="results",
            changes=("out/results.nc", "out/kpis.csv", "out/manifest.json"),
        )
        for what, harm, says in (
            ("those of a sweep", _to_other("results.nc", "swept"), r"results\.nc` is not what"),
            (
                "a table of another run",
                lambda at: more(b"x,1\n")(at / "kpis.csv"),
                r"kpis\.csv` is not what",
            ),
            (
                "a manifest that is none",
                lambda at: cut(0.5)(at / "manifest.json"),
                "was not made by buildout",
            ),
            ("nothing", lambda at: gone(at / "results.nc"), "There are no results"),
        )
    ),
    *(
        Row(
            f"the cache: {what}",
            call=_cached(harm),
            code=0,
            says="1.0",
            env={"BUILDOUT_CACHE": "cache"},
        )
        for what, harm in (
            ("a model under the name of another", lambda one, two: shutil.copy(two, one)),
            ("a model cut short", lambda one, _: cut(0.5)(one)),
            ("a model with a bit flipped", lambda one, _: flip(0.6)(one)),
            (
                "a model's seal under another content",
                lambda one, two: one.write_bytes(one.read_bytes()[:32] + two.read_bytes()[32:]),
            ),
            ("a pipe", lambda one, _: pipe(one)),
            ("a folder", lambda one, _: folder(one)),
            ("a link to another model", lambda one, two: link(two)(one)),
            ("a terabyte of nothing", lambda one, _: huge(one)),
            (
                "a second name of another file",
                lambda one, two: (one.unlink(), one.hardlink_to(two)),
            ),
        )
    ),
    *(
        Row(
            f"a design on file: {what}",
            call=_design(change),
            says=says,
            changes=("new", "new/d.csv", "new/d.json"),
        )
        for what, change, says in (
            (
                "one draw less",
                lambda table, _: cut(0.9)(table),
                "not what `d.json` beside it tells of",
            ),
            ("a digit changed", lambda table, _: flip(0.9)(table), "not what `d.json`"),
            (
                "another seed in the record",
                lambda _, beside: edit(seed=8)(beside),
                "was changed or damaged",
            ),
            (
                "another kind in the record",
                lambda _, beside: edit(kind="sobol")(beside),
                "was changed or damaged",
            ),
            (
                "the record of another form",
                lambda _, beside: edit(form="x")(beside),
                "was changed or damaged",
            ),
            (
                "a record without its seal",
                lambda _, beside: edit(record_sha256=None)(beside),
                "was changed or damaged",
            ),
            ("the record cut short", lambda _, beside: cut(0.5)(beside), "is no JSON"),
            ("an empty record", lambda _, beside: cut(0)(beside), "is no JSON"),
            ("a record without end", lambda _, beside: link("/dev/zero")(beside), "a device"),
            ("the record a pipe", lambda _, beside: pipe(beside), "a named pipe"),
            (
                "another model in the record",
                lambda _, beside: edit(model_sha256="0" * 64)(beside),
                "(another version|was changed)",
            ),
        )
    ),
]
