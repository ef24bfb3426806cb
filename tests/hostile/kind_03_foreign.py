"""Kind 3: nothing is removed or replaced that we did not make."""

import hashlib
import json
import os
from unittest import mock

from hostile_files import draws, folder, go, goes_on, link, listing, pipe, stopped
from hostile_rows import Row

import buildout as bo
from buildout._util import files, swap
from buildout._util.processes import partial_name
from buildout.sampling.saved import save_design

# Commands that put their files beside those of others, and what they are named after.
BESIDE = {
    "attribute status-quo mobilization --outcome x": "attribute",
    "check": "check",
    "claims": "claims",
    "compare status-quo mobilization": "compare",
    "deadline status-quo": "deadline",
    "delay status-quo": "delay",
    "export status-quo": "export",
    "frontier": "frontier",
    "hindcast": "hindcast",
    "loops status-quo": "loops",
    "money status-quo": "money",
    "need": "need",
    "sweep --vary 'grant share level=0:1:2'": "response",
    "uncertainties": "uncertainties",
    "validate observations.csv": "validate",
    "why status-quo": "why",
}
MINE = "is in the way, and is not known to be made by buildout"
CHANGED = "is in the way, and was changed since buildout wrote it"
SWEEP = "sweep status-quo --outputs 'total capacity' --at 2030 --draws 4"
RUN = "run status-quo --out out"


def _beside():
    for words, name in BESIDE.items():
        command = words.split()[0]
        yield Row(
            f"{command}: {name}.csv of somebody else",
            f"{words} --out mine",
            rf"mine/{name}\.csv` {MINE}",
            files={f"mine/{name}.csv": "mine"},
        )
        if command in ("attribute", "check", "export", "loops", "money", "why"):
            yield Row(
                f"{command}: a manifest of somebody else",
                f"{words} --out mine",
                rf"mine/{name}\.manifest\.json` {MINE}",
                files={f"mine/{name}.manifest.json": '{"mine": 1}'},
            )
        if command in ("claims", "compare", "need", "sweep"):
            yield Row(
                f"{command}: a link of our name",
                f"{words} --out mine",
                rf"mine/{name}\.json` {MINE}",
                files={f"mine/{name}.json": link("../keep.json"), "keep.json": "mine"},
            )


def _listed_run(path):
    """A file of ours that the person has edited since."""
    path.write_text(path.read_text() + "\nmy note,1\n")


def _own_litter(age):
    def make(path):
        place = path.parent / partial_name(path).name.replace(str(os.getpid()), age)
        place.write_text("mine")

    return make


def _swap_stale(**stale):
    def make(path):
        (path / swap.NEW).mkdir(parents=True)
        told = {"owner": {}, "files": [], "stale": stale}
        (path / swap.JOURNAL).write_text(json.dumps(told))

    return make


def _stale_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _resumed_beside(name, text):
    """What stands among the blocks of a stopped sweep is there in the end."""

    def call(place):
        stopped(place / "out")
        (place / "out" / "blocks" / name).write_text(text)
        made, same = goes_on(place / "out")
        assert same
        assert made == [4, 6]
        return (place / "out" / "blocks" / name).read_text()

    return call


def _cache_with(name):
    def call(place):
        (place / "cache").mkdir(mode=0o700)
        (place / "cache" / name).write_text("mine")
        from buildout.vensim.engine import cache

        for number in range(8):
            digest = hashlib.sha256(str(number).encode()).hexdigest()[:40]
            with mock.patch.object(cache, "MOST", 4):
                cache.keep(f"page-{digest}.wasm", lambda: b"x", bytes, bytes)
        return (place / "cache" / name).read_text(), len(list((place / "cache").iterdir()))

    return call


def _design(place):
    return save_design(draws(), place / "d.csv")


def _again(place):
    first = files.write_together(place / "x", lambda at: (at / "a").write_text("1"))
    (place / "x" / "mine").write_text("mine")
    files.write_together(
        place / "x",
        lambda at: (at / "b").write_text("2"),
        stale=lambda _: {"a": _stale_of("1"), "mine": _stale_of("other")},
    )
    return len(first), sorted(path.name for path in (place / "x").iterdir())


BLOCKS = {
    "a text": {"out/blocks/thesis.txt": "mine"},
    "a block's name alone": {"out/blocks/000000.npz": "mine"},
    "a hidden file": {"out/blocks/.git": "mine"},
    "a folder": {"out/blocks/000001.npz": folder},
    "a link of a block's name": {"out/blocks/000000.npz": link("/etc/hostname")},
    "a pipe of a block's name": {"out/blocks/000000.npz": pipe},
    "another spelling": {"out/blocks/000000.NPZ": "mine"},
}

ROWS = [
    *_beside(),
    *(
        Row(
            f"sweep: blocks that hold {what}",
            f"{SWEEP} --out out",
            "which is not of a sweep",
            files=f,
        )
        for what, f in BLOCKS.items()
    ),
    *(
        Row(f"sweep: blocks is {what}", f"{SWEEP} --out out", says, files={"out/blocks": made})
        for what, made, says in (
            ("a link to a folder", link("../mine"), "`out/blocks` is a link"),
            ("a link to nothing", link("nowhere"), "`out/blocks` is a link"),
            ("a file", "mine", "a file of that name is in the way"),
            ("a pipe", pipe, "a file of that name is in the way"),
        )
    ),
    *(
        Row(
            f"sweep: {name}",
            f"{SWEEP} --out out",
            f"holds a `{name}` that is not of a sweep",
            files={f"out/{name}": made},
        )
        for name, made in (
            ("results.nc", "mine"),
            ("summary.csv", link("nowhere")),
            ("odds.csv", "mine"),
            ("sweep.manifest.json", "{}"),
            ("manifest.json", pipe),
        )
    ),
    Row(
        "sweep --resume: blocks is a link",
        f"{SWEEP} --resume --out swept",
        "(another sweep|is a link)",
        files={"swept/blocks": link("../out")},
        world="results",
    ),
    Row(
        "sweep: its folder is a file",
        f"{SWEEP} --out mine",
        "a file of that name is in the way",
        files={"mine": "mine"},
    ),
    Row(
        "sweep: below a file",
        f"{SWEEP} --out mine/a/b",
        "a file of that name is in the way",
        files={"mine": "mine"},
    ),
    Row(
        "sweep: its folder is a link to nothing",
        f"{SWEEP} --out mine",
        "Cannot write `mine`",
        files={"mine": link("nowhere")},
    ),
    *(
        Row(
            f"run: {name} of somebody else",
            RUN,
            rf"out/{name}` {MINE}",
            files={f"out/{name}": made},
        )
        for name, made in (
            ("results.nc", "mine"),
            ("kpis.csv", "mine"),
            ("stages.csv", link("/etc/hostname")),
            ("verdict.csv", link("nowhere")),
            ("verdict.json", pipe),
        )
    ),
    Row(
        "run: a folder of our name",
        RUN,
        "(in the way|is in the way)",
        files={"out/kpis.csv": folder},
    ),
    Row(
        "run: the manifest is a folder",
        RUN,
        "was not made by buildout",
        files={"out/manifest.json": folder},
    ),
    Row(
        "run: the manifest is a pipe",
        RUN,
        "was not made by buildout",
        files={"out/manifest.json": pipe},
    ),
    Row(
        "run: the manifest is without end",
        RUN,
        "was not made by buildout",
        files={"out/manifest.json": link("/dev/zero")},
    ),
    Row(
        "run: the manifest of an extension",
        RUN,
        "was not made by buildout",
        files={"out/manifest.json": '{"name": "x", "version": "1"}'},
    ),
    *(
        Row(
            f"run again: {name} was edited",
            RUN,
            rf"out/{name}` {CHANGED}",
            files={f"out/{name}": _listed_run},
            world="results",
        )
        for name in ("kpis.csv", "stages.csv", "verdict.csv", "verdict.json")
    ),
    Row(
        "run again: ours became a link",
        RUN,
        MINE,
        files={"out/kpis.csv": link("../keep"), "keep": "mine"},
        world="results",
    ),
    Row(
        "run again: ours became a folder",
        RUN,
        "in the way",
        files={"out/kpis.csv": folder},
        world="results",
    ),
    Row(
        "run again: a note of the person stays",
        f"{RUN} --json",
        "Saved",
        0,
        files={"out/notes.txt": "mine"},
        world="results",
        holds=lambda at, _: (at / "out/notes.txt").read_text() == "mine",
    ),
    Row(
        "run again: a listed file that was edited stays",
        RUN,
        "Saved",
        0,
        files={
            "out/report.html": "mine",
            "out/manifest.json": listing(**{"report.html": "0" * 64}),
        },
        world="results",
        holds=lambda at, _: (at / "out/report.html").read_text() == "mine",
    ),
    Row(
        "run again: a list that leads out of the folder",
        RUN,
        "Saved",
        0,
        files={
            "mine.txt": "mine",
            "out/manifest.json": listing(
                **{
                    "../mine.txt": _stale_of("mine"),
                    "/etc/hostname": "0",
                    "a/../../mine.txt": _stale_of("mine"),
                }
            ),
        },
        world="results",
        holds=lambda at, _: (at / "mine.txt").read_text() == "mine",
    ),
    Row(
        "run again: a listed name through a link",
        RUN,
        "(Saved|link)",
        0,
        files={
            "far/x.csv": "mine",
            "out/sub": link("../far"),
            "out/manifest.json": listing(**{"sub/x.csv": _stale_of("mine")}),
        },
        world="results",
        holds=lambda at, _: (at / "far/x.csv").exists(),
    ),
    Row(
        "run again: a name that no disk takes is listed",
        RUN,
        "Saved",
        0,
        files={
            "out/manifest.json": listing(**{"a" * 300: "0", "b\0": "0", "/".join("c" * 3000): "0"})
        },
        world="results",
    ),
    Row(
        "figures: into a folder of somebody else",
        "figures --out out",
        "was not made by buildout",
        files={"out/manifest.json": "[]"},
    ),
    Row(
        "report: into a folder of somebody else",
        "report --out out",
        "was not made by buildout",
        files={"out/manifest.json": '{"versions": {"buildout": 1}}'},
    ),
    Row(
        "condition: into a folder of somebody else",
        "condition --observations x.csv --until 2020 --out out",
        "was not made by buildout",
        files={"out/manifest.json": "mine"},
    ),
    Row(
        "model --out: into a folder of somebody else",
        "model m.mdl --out out",
        "was not made by buildout",
        files={"out/manifest.json": "{}"},
    ),
    Row(
        "explore: a page of somebody else",
        "explore --out mine.html",
        rf"mine\.html` {MINE}",
        files={"mine.html": "mine"},
        world="project",
    ),
    Row(
        "explore: the page of a report",
        "explore --out out",
        "belongs to the results beside it",
        files={
            "out/explore.html": "x",
            "out/manifest.json": listing(**{"explore.html": _stale_of("x")}),
        },
        world="results",
    ),
    Row(
        "explore: a manifest of somebody else",
        "explore --out mine",
        rf"explore\.manifest\.json` {MINE}",
        files={"mine/explore.manifest.json": "{}"},
        world="project",
    ),
    Row(
        "pathways --schema: over a pathway",
        "pathways --schema mine.toml",
        "A file `NAME.json` is accepted",
        files={"mine.toml": "title = 'x'"},
    ),
    Row(
        "reproduce: into a folder that is not empty",
        "reproduce out --out keep",
        "is not empty",
        files={"keep/thesis.txt": "mine"},
        world="results",
    ),
    Row(
        "reproduce: into its own folder",
        "reproduce out --out out",
        "holds the manifest itself",
        world="results",
    ),
    Row(
        "reproduce: into its own folder by a link",
        "reproduce out --out alias",
        "holds the manifest itself",
        files={"alias": link("out")},
        world="results",
    ),
    Row(
        "predictions --score: scores of somebody else",
        "predictions --score o.csv --out mine",
        MINE,
        files={"mine/predictions_scored.csv": "mine", "o.csv": "x"},
        world="project",
    ),
    Row(
        "the list of a swap: a file with another content",
        RUN,
        "Saved",
        0,
        files={
            "out/.buildout-swap": _swap_stale(**{"mine.txt": _stale_of("other")}),
            "out/mine.txt": "mine",
        },
        holds=lambda at, _: (at / "out/mine.txt").read_text() == "mine",
    ),
    Row(
        "the list of a swap: a name that no disk takes",
        RUN,
        "Saved",
        0,
        files={"out/.buildout-swap": _swap_stale(**{"a" * 300: "0"})},
        holds=lambda at, _: not (at / "out/.buildout-swap").exists(),
    ),
    Row(
        "the list of a swap: a link",
        RUN,
        "Saved",
        0,
        files={
            "out/.buildout-swap": _swap_stale(mine=_stale_of("mine")),
            "out/mine": link("../far"),
            "far": "mine",
        },
        holds=lambda at, _: (at / "far").read_text() == "mine" and (at / "out/mine").is_symlink(),
    ),
    Row(
        "litter: of a process that lives",
        RUN,
        "Saved",
        0,
        files={"out/x": _own_litter("1")},
        holds=lambda at, _: any(p.name.endswith(".partial") for p in (at / "out").iterdir()),
    ),
    Row(
        "litter: a name that is nearly ours",
        RUN,
        "Saved",
        0,
        files={"out/.files.99999999-00000000-00000000.partial/thesis": "mine"},
        holds=lambda at, _: (at / "out/.files.99999999-00000000-00000000.partial/thesis").exists(),
    ),
    *(
        Row(
            f"blocks of a sweep that goes on: {what}",
            call=_resumed_beside(name, "mine"),
            code=0,
            says="'mine'",
        )
        for what, name in (
            ("a note", "notes.txt"),
            ("a block beyond the last", "000099.npz"),
            ("half a block of another machine", ".000001.1-00000000-00000000.partial.npz"),
        )
    ),
    *(
        Row(
            f"the cache: {what}",
            call=_cache_with(name),
            code=0,
            says=r"'mine', 5",
            env={"BUILDOUT_CACHE": "cache"},
        )
        for what, name in (
            ("a file of another name", "notes.txt"),
            ("a name that is nearly ours", "page-" + "0" * 39 + ".wasm"),
        )
    ),
    Row(
        "save_design: the file beside is of somebody else",
        call=_design,
        files={"d.json": '{"mine": 1}'},
        says=rf"d\.json` {MINE}",
    ),
    Row(
        "save_design: the file beside is no JSON",
        call=_design,
        files={"d.json": "mine"},
        says=rf"d\.json` {MINE}",
    ),
    Row(
        "save_results: a file of our name",
        call=lambda at: bo.save_results(bo.simulate("status-quo"), at, command="x"),
        files={"kpis.csv": "mine"},
        says=MINE,
    ),
    Row(
        "sweep(out=): a folder of our name",
        call=lambda at: go(at),
        files={"blocks/thesis.txt": "mine"},
        says="which is not of a sweep",
    ),
    Row(
        "write_together: earlier files only as they were",
        call=_again,
        code=0,
        says=r"1, \['b', 'mine'\]",
    ),
]
