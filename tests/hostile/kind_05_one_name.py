"""Kind 5: one name does not stand for two things, in whatever order they come."""

import json

from hostile_files import edit, folder, go, gone, link, listing, stopped
from hostile_rows import Row

import buildout as bo
from buildout._util import manifest

SWEEP = "sweep status-quo --outputs 'total capacity' --at 2027,2030 --draws"
MINE = "is in the way, and is not known to be made by buildout"


def _of(kind, **more):
    facts = {"kind": kind, "versions": {"buildout": "0.2"}, "outputs": {}, "model_sha256": "0"}
    return json.dumps({key: value for key, value in (facts | more).items() if value is not None})


# What a folder may hold, as files of a row, and how it is told.
HELD = {
    "figures": ({"x/manifest.json": _of("figures"), "x/README.md": "f"}, "figures"),
    "a model's run": ({"x/manifest.json": _of("model")}, "a run of a model file"),
    "a design": ({"x/manifest.json": _of("design")}, "a design"),
    "a run": ({"x/manifest.json": _of("results")}, "simulated pathways"),
    "a run of 0.1": ({"x/manifest.json": _of(None)}, "simulated pathways"),
    "a sweep": ({"x/sweep.json": "{}"}, "a sweep"),
    "a sweep of somebody else": ({"x/sweep.json": "mine"}, "a sweep"),
    "a link to a sweep's record": ({"x/sweep.json": link("nowhere")}, "a sweep"),
    "something of later": ({"x/manifest.json": _of("kind of later")}, "kind of later"),
}
# Commands that take a folder for themselves, by the kind that they put there.
TAKES = {
    "run status-quo": "simulated pathways",
    "report status-quo": "simulated pathways",
    "figures status-quo": "figures",
    "condition --observations o.csv --until 2020": "a design",
    "model m.mdl": "a run of a model file",
}
SAME = {
    ("run status-quo", "a run"),
    ("run status-quo", "a run of 0.1"),
    ("report status-quo", "a run"),
    ("report status-quo", "a run of 0.1"),
    ("figures status-quo", "figures"),
    ("condition --observations o.csv --until 2020", "a design"),
    ("model m.mdl", "a model's run"),
}


def _orders():
    for words, taken in TAKES.items():
        for what, (there, told) in HELD.items():
            if (words, what) not in SAME:
                yield Row(
                    f"{words.split()[0]} after {what}",
                    f"{words} --out x",
                    f"`x` holds {told}. A folder takes {taken} or none",
                    files=there,
                )
    for what, (there, _) in HELD.items():
        for more in ("", " --resume"):
            swept = "sweep.json" in "".join(there)
            says = "(holds a sweep already|Cannot read)" if swept else "is not of a sweep"
            yield Row(f"sweep{more} after {what}", f"{SWEEP} 4{more} --out x", says, files=there)


def _again(place):
    """The same sweep begun twice, stopped in between."""
    stopped(place / "x")
    return go(place / "x")


OWN = 'title = "mine"\nextends = "status-quo"\n'

ROWS = [
    *_orders(),
    Row(
        "run after run, by a link",
        "run status-quo --out alias",
        "Saved",
        0,
        files={"alias": link("out")},
        world="results",
        holds=lambda at, _: (at / "alias").is_symlink(),
    ),
    Row(
        "run after sweep, by a link",
        "run status-quo --out alias",
        "holds a sweep",
        files={"alias": link("swept")},
        world="results",
    ),
    Row(
        "run after sweep, by another spelling",
        "run status-quo --out swept/../swept/.",
        "holds a sweep",
        world="results",
    ),
    Row(
        "figures after sweep, by a slash",
        "figures status-quo --out swept///",
        "holds a sweep",
        world="results",
    ),
    Row(
        "report after sweep, by its place",
        "report status-quo --out ./swept",
        "holds a sweep",
        world="results",
    ),
    Row(
        "sweep after run, by a link",
        f"{SWEEP} 4 --out alias",
        "is not of a sweep",
        files={"alias": link("out")},
        world="results",
    ),
    Row(
        "sweep after the same sweep",
        f"{SWEEP} 6 --out swept",
        "holds a sweep already",
        world="results",
    ),
    Row(
        "sweep after another sweep",
        f"{SWEEP} 5 --resume --out swept",
        "its draws is 6, now 5",
        world="results",
    ),
    Row(
        "sweep after a sweep whose record is lost",
        f"{SWEEP} 6 --out swept",
        "that is not of a sweep",
        files={"swept/sweep.json": gone},
        world="results",
    ),
    Row(
        "sweep --resume after a sweep whose record is lost",
        f"{SWEEP} 6 --resume --out swept",
        "that is not of a sweep",
        files={"swept/sweep.json": gone},
        world="results",
    ),
    Row(
        "sweep --resume of the same",
        f"{SWEEP} 6 --resume --out swept --json",
        "Saved",
        0,
        world="results",
    ),
    Row(
        "sweep --resume: its table was edited",
        f"{SWEEP} 6 --resume --out swept",
        r"summary\.csv` is in the way, and was changed",
        files={"swept/summary.csv": "mine"},
        world="results",
    ),
    Row(
        "sweep --resume: a list that is not ours",
        f"{SWEEP} 6 --resume --out swept",
        rf"(summary\.csv|sweep\.manifest\.json)` {MINE}",
        files={"swept/sweep.manifest.json": "{}"},
        world="results",
    ),
    Row(
        "sweep(out=) begun twice",
        call=_again,
        says="holds a sweep already",
        changes=("x", "x/sweep.json", "x/blocks", "x/blocks/000000.npz", "x/blocks/000001.npz"),
    ),
    Row(
        "save_results after a sweep",
        call=lambda at: bo.save_results(bo.simulate("status-quo"), at / "swept", command="x"),
        says="holds a sweep",
        world="results",
    ),
    Row(
        "load_results of figures",
        call=lambda at: bo.load_results(at / "x"),
        files=HELD["figures"][0],
        says="There are no results",
    ),
    Row(
        "result_kind of a list in the place of a kind",
        call=lambda at: manifest.claim_folder(at / "x", "results"),
        files={"x/manifest.json": _of([1])},
        says="was not made by buildout",
    ),
    Row(
        "figures --from: figures",
        "figures --from x --out y",
        "There are no results",
        files=HELD["figures"][0],
    ),
    Row("report --from: a sweep", "report --from swept --out y", "holds a sweep", world="results"),
    Row(
        "report --from: a design",
        "report --from x --out y",
        "There are no results",
        files=HELD["a design"][0],
    ),
    Row(
        "figures --from: a sweep that is none",
        "figures --from out --out y",
        "(not of the sweep|not as buildout)",
        files={"out/sweep.json": "{}"},
        world="results",
    ),
    Row(
        "compare: a run with the record of a sweep",
        "compare out status-quo --out y",
        "(not of the sweep|not as buildout)",
        files={"out/sweep.json": "{}"},
        world="results",
    ),
    Row(
        "compare: figures",
        "compare x status-quo --out y",
        "holds no results of",
        files=HELD["figures"][0],
    ),
    Row(
        "compare: a sweep beside a run",
        "compare swept out --out y",
        "A sweep and something that is none",
        world="results",
    ),
    Row(
        "export: a sweep beside a run",
        "export swept out --format csv --out y",
        "are to be exported together",
        world="results",
    ),
    Row(
        "export: a run with the record of a sweep",
        "export out --format csv --out y",
        "(no tables|not of the sweep|not as buildout)",
        files={"out/sweep.json": "{}"},
        world="results",
    ),
    Row(
        "explore: into the folder of a page of the same name",
        "explore --out x",
        r"explore\.html` " + MINE,
        files={"x/explore.html": "mine"},
        world="project",
    ),
    Row(
        "explore: the page is a folder",
        "explore --out x",
        "(in the way)",
        files={"x/explore.html": folder},
        world="project",
    ),
    Row(
        "run: two files of one name",
        "run a/mine.toml b/mine.toml --out x",
        "mine",
        files={"a/mine.toml": OWN, "b/mine.toml": OWN},
    ),
    Row(
        "sweep: two files of one name",
        SWEEP.replace("status-quo", "a/mine.toml b/mine.toml") + " 4 --out x",
        "mine",
        files={"a/mine.toml": OWN, "b/mine.toml": OWN},
    ),
    Row("run: a pathway twice", "run status-quo status-quo --out x", "status-quo"),
    Row(
        "run: a file of a name that is ours",
        "run status-quo.toml status-quo --out x",
        "status-quo",
        files={"status-quo.toml": OWN},
    ),
    Row(
        "run: a folder of results where a pathway is due", "run out --out x", "out", world="results"
    ),
    Row(
        "deadline: two files of one name",
        "deadline a/mine.toml b/mine.toml",
        "mine",
        files={"a/mine.toml": OWN, "b/mine.toml": OWN},
    ),
    Row(
        "reproduce: two manifests in one folder",
        "reproduce x --out y",
        "holds 2 manifests",
        files={"x/a.manifest.json": "{}", "x/b.manifest.json": "{}"},
    ),
    Row(
        "reproduce: figures made by hand",
        "reproduce x --out y",
        "does not say how it was made",
        files=HELD["figures"][0],
    ),
    Row(
        "run again: the list says of a file what another is",
        "run status-quo --out out",
        "was changed since buildout",
        files={"out/manifest.json": listing(**{"kpis.csv": "0" * 64})},
        world="results",
    ),
    Row(
        "run: the list names itself",
        "run status-quo --out out",
        "Saved",
        0,
        files={"out/manifest.json": listing(**{"manifest.json": "0"})},
        world="results",
    ),
    Row(
        "run: the list gives its kind as a number",
        "run status-quo --out out",
        "was not made by buildout",
        files={"out/manifest.json": edit(kind=5)},
        world="results",
    ),
]
