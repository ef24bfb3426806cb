"""Kind 8: what a request costs is known before the work, and refused with the number."""

import itertools
import shutil
from types import SimpleNamespace
from unittest import mock

from hostile_files import huge
from hostile_models import HEAD, cell, mdl, tab, workbook
from hostile_rows import Row

from buildout import At, Trajectory, grid, latin_hypercube, simulate, sobol, sweep
from buildout.sampling.saltelli import saltelli
from buildout.vensim import engine

MANY = "1" + 12 * "0"
KEPT = "--outputs 'total capacity' --at 2027"
PRICED = (
    "1,000,000,000,000 (draws|runs)|is `1000000000000`. A whole number from .* to .* is accepted"
)
PATHWAY = 'title = "T"\nextends = {}\n'
COLUMN = "s: GET DIRECT SUBSCRIPT('d.xlsx', 'a', 'A1', 'A', '')~~|\nx[s] = 1~~|"
BOOK = "x = GET DIRECT CONSTANTS('d.xlsx', 'a', 'A2')~~|"
FAR = '<row r="{0}"><c r="XFD{0}"><v>1</v></c></row>'
CLOCK = "INITIAL TIME = 0~~|\nTIME STEP = {}~~|\nSAVEPER = TIME STEP~~|\nFINAL TIME = {}~~|\n"

# A model of few letters that becomes large, or takes steps without end.
MODELS = {
    "numbered range": ("s: (A1-A999999999)~~|\nx[s] = 1~~|", "Up to 300,000 are accepted"),
    "numbered range, 5,000 digits": (f"s: (A1-A{'9' * 5000})~~|\nx[s] = 1~~|", "Up to 300,000"),
    "product of ranges": (
        "s: (A1-A999)~~|\nt: (B1-B999)~~|\nu: (C1-C999)~~|\nx[s,t,u] = 1~~|",
        "Up to 300,000 are accepted",
    ),
    "order of a delay": (
        "x = DELAY N(Time, 1, 0, 1e9)~~|",
        "order of 1e\\+09, but 1000 is the highest",
    ),
    "text of a list": (
        "s: A, B~~|\nx[s] = " + "1," * 200_000 + "1~~|",
        "has 400,00. letters. Up to 100,000",
    ),
    "parentheses": (f"x = {'(' * 4_000}1{')' * 4_000}~~|", "nested too deep"),
    "signs": (f"x = {'-' * 4_000}1~~|", "Line 2: `x` cannot be read"),
    "powers": ("x = 9" + "^9" * 500 + "~~|", "nested too deeply"),
    "circle of ranges": ("s: t~~|\nt: s~~|\nx[s] = 1~~|", "holds itself"),
    "circle of ranges, with data": (
        "s: t~~|\nt: s~~|\nx[s] := GET DIRECT DATA('d.csv', ',', 'A', 'B1')~~|",
        "holds itself",
    ),
    "quotes after backslashes": ("x = " + '\\"' * 40_000 + "~~|", "quotes after a backslash"),
    "macro that calls itself": (
        ":MACRO: M(a)\nM = M(a)~~|\n:END OF MACRO:\nx = M(1)~~|",
        "calls itself, or others 20 deep",
    ),
    "macros that double": (
        ":MACRO: M1(a)\nM1 = a + a~~|\n:END OF MACRO:\n"
        + "".join(
            f":MACRO: M{n}(a)\nM{n} = M{n - 1}(a) + M{n - 1}(a + 1)~~|\n:END OF MACRO:\n"
            for n in range(2, 26)
        )
        + "x = M25(1)~~|",
        "calls itself, or others 20 deep",
    ),
}
CLOCKS = {
    "a short step": (CLOCK.format("1e-9", 100), "100,000,000,000 time steps"),
    "the shortest step": (CLOCK.format("1e-320", 1), "endless time steps"),
    "a late end": (CLOCK.format(1, "1e12"), "1,000,000,000,000 time steps"),
    "a step lost in rounding": (
        "INITIAL TIME = 1e9~~|\nTIME STEP = 1e-9~~|\nSAVEPER = TIME STEP~~|\n"
        "FINAL TIME = 1e9 + 1e-7~~|\n",
        "lost in rounding|time steps|not a number",
    ),
}
OPTIONS = {
    "--time-step": ("run --time-step 1e-12 --out new", "time steps"),
    "--time-step, the shortest": (
        "run --time-step 1e-320 --out new",
        "time steps|too small|endless",
    ),
    "--final-time": ("run --final-time 1e12 --out new", "time steps|year"),
    "deadline --time-step": ("deadline --time-step 1e-9 --out new", "time steps|Unknown output"),
    "sweep --time-step": (f"sweep --draws 4 --time-step 1e-9 {KEPT} --out new", "time steps"),
    "sweep --draws": (f"sweep --draws {MANY} {KEPT} --out new", "1,000,000,000,000 draws"),
    "sweep --draws, 30 digits": (f"sweep --draws {'9' * 30} --out new", "draws"),
    "sweep --design sobol": (f"sweep --design sobol --draws {2**60} --out new", "draws"),
    "sweep --design saltelli": (
        f"sweep --design saltelli --draws {MANY} --out new",
        "draws|points",
    ),
    "sweep --design grid": (
        f"sweep --design grid --draws {MANY} --vary lifetime --out new",
        "1,000,000,000,000 values of one parameter.*Up to 1,000,000",
    ),
    "sweep --vary, stars": (
        ("sweep", "--draws", "4", "--vary", "*" * 10_000 + "z", "--out", "new"),
        "10001 letters. Up to 200 are accepted",
    ),
    "sweep --vary, stars and letters": (
        ("sweep", "--draws", "4", "--vary", "*a" * 3_000 + "z", "--out", "new"),
        "6001 letters. Up to 200 are accepted",
    ),
    "sweep --vary, brackets": (
        ("sweep", "--draws", "4", "--vary", "[a-z]" * 5_000, "--out", "new"),
        "[Uu]nknown|matches|No parameter|no parameter",
    ),
    "sweep --vary, braces": (
        ("sweep", "--draws", "4", "--vary", "{a,b}" * 30, "--out", "new"),
        "[Uu]nknown|matches|No parameter|no parameter",
    ),
    "sweep --vary, values": (
        ("sweep", "--vary", "lifetime=10:20:1000000000", "--out", "new"),
        "1,000,000,000 points. From 2 to 1,001",
    ),
    "sweep --vary, two of values": (
        ("sweep", "--vary", "lifetime=10:20:9999", "--vary", "subsidy=0:1:9999", "--out", "new"),
        "9,999 points. From 2 to 1,001",
    ),
    "sweep --jobs": ("sweep --draws 4 --jobs 1000000000 --out new", "from 1 to 1024"),
    "sweep --at": (
        (
            "sweep",
            "--draws",
            "4",
            "--outputs",
            "total capacity",
            "--at",
            ",".join(f"{2026 + n / 1e5:.5f}" for n in range(5_000)),
            "--out",
            "new",
        ),
        "is not a saved date",
    ),
    "run --set": (
        ("run", *(w for n in range(300) for w in ("--set", f"x{n}=1")), "--out", "new"),
        "have 300 problems.*and 2.. more",
    ),
    "explain": (("explain", "x" * 100_000), "Unknown"),
    "levers": (("levers", "*" * 50_000), "[Nn]o lever|[Uu]nknown|[Nn]othing"),
}
PROJECT = {
    "compare --draws": f"compare status-quo mobilization --draws {MANY} --out new",
    "delay --draws": f"delay china-deal --draws {MANY} --out new",
    "money --draws": f"money status-quo --draws {MANY} --out new",
    "loops --draws": f"loops --draws {MANY} --out new",
    "why --draws": f"why 'coverage: SmCo' --at-least 0.5 --by 2030 --draws {MANY} --out new",
    "claims --draws": f"claims --draws {MANY} --out new",
    "hindcast --draws": f"hindcast --draws {MANY} --out new",
    "need --draws": f"need --draws {MANY} --out new",
    "frontier --draws": f"frontier --draws {MANY} --out new",
    "frontier --generations": f"frontier --generations {MANY} --out new",
    "frontier --population": f"frontier --population {MANY} --out new",
    "condition --draws": f"condition --observations china_prices.csv --until 2026 --draws {MANY}",
    "attribute --draws": "attribute status-quo mobilization --outcome 'US magnet output' "
    f"--year 2035 --draws {MANY} --out new",
}


def _extending(folder):
    """Pathways that extend each other twice, 26 deep: a thousand lines become 67 million."""
    folder.mkdir()
    for n in range(26):
        both = '["a25.toml"]' if n == 25 else f'["a{n + 1}.toml", "b{n + 1}.toml"]'
        for letter in "ab":
            (folder / f"{letter}{n}.toml").write_text(
                PATHWAY.format(both if n < 25 else '["common"]')
            )


def _chain(folder):
    folder.mkdir()
    for n in range(200):
        (folder / f"c{n}.toml").write_text(PATHWAY.format(f'"c{n + 1}.toml"'))


def _small_disk(free):
    """A disk with little room left."""

    def call(folder):
        usage = SimpleNamespace(total=10**12, used=10**12, free=free)
        with mock.patch.object(shutil, "disk_usage", return_value=usage):
            return sweep(
                latin_hypercube(20_000, seed=1),
                "status-quo",
                outputs="total capacity",
                reductions=At([2027]),
                out=folder / "new",
            )

    return call


def _run(text, **more):
    return lambda folder: engine.Batch().run(engine.load(text=text), **more).values.size


def _tab(rows):
    return workbook(tab(rows))


def _bomb(path):
    path.write_bytes(_tab('<row r="2"><c r="A2" t="str"><v>' + "a" * 80_000_000 + "</v></c></row>"))


BOOKS = {
    "cell far away": (_tab(FAR.format(1_048_576)), "rows of cells. Up to 4,194,304"),
    "row beyond all": (
        _tab('<row r="99999999999"><c r="A1"><v>1</v></c></row>'),
        "Up to 4,194,304",
    ),
    "many wide rows": (_tab("".join(FAR.format(n) for n in range(1, 2_000))), "Up to 4,194,304"),
    "a bomb": (_bomb, "unpacks to 76 MiB.*Up to 64 MiB"),
    "a stated size": (
        workbook(
            tab('<row r="2"><c r="A2"><v>x</v></c></row>', '<dimension ref="A1:XFD1048576"/>')
        ),
        "no workbook|no number",
    ),
    "entities": (
        workbook(
            '<!DOCTYPE x [<!ENTITY a "' + "a" * 99 + '"><!ENTITY b "' + "&a;" * 99 + '">'
            '<!ENTITY c "'
            + "&b;" * 99
            + '"><!ENTITY d "'
            + "&c;" * 99
            + '">]>'
            + cell("<v>&d;</v>", ' t="str"')
        ),
        "no workbook|no number",
    ),
}

ROWS = [
    *(
        Row(
            f"model: {what}",
            "model m.mdl --out new",
            says,
            files={"m.mdl": mdl(text), "d.csv": "1\n"},
        )
        for what, (text, says) in MODELS.items()
    ),
    *(
        Row(
            f"clock of a model: {what}",
            "model m.mdl --out new",
            says,
            files={"m.mdl": "x = 1~~|\n" + text},
        )
        for what, (text, says) in CLOCKS.items()
    ),
    *(Row(door, words, says) for door, (words, says) in OPTIONS.items()),
    *(Row(door, words, PRICED, world="project") for door, words in PROJECT.items()),
    *(
        Row(
            f"workbook: {what}",
            "model m.mdl --out new",
            says,
            files={"m.mdl": mdl(BOOK), "d.xlsx": made},
            slow=what in ("cell far away", "row beyond all", "many wide rows", "a bomb"),
        )
        for what, (made, says) in BOOKS.items()
    ),
    Row(
        "cells that a model names",
        "model m.mdl",
        "is no cell",
        files={
            "m.mdl": mdl(COLUMN.replace("'A', ''", "'99999999999', ''")),
            "d.xlsx": workbook(cell("<v>1</v>", place="A1")),
        },
    ),
    Row(
        "model --vary",
        ("model", "m.mdl", "--vary", "x=0:1", "--draws", MANY),
        "to 1,000,000",
        files={"m.mdl": mdl("x = 1~~|")},
    ),
    Row(
        "pathways that extend twice",
        "run p/a0.toml --out new",
        "extends|extend",
        files={"p": _extending},
    ),
    Row("chain of pathways", "run p/c0.toml --out new", "extends|extend|deep", files={"p": _chain}),
    Row("pathways, many", ("run", *(["status-quo"] * 300), "--out", "new"), "twice|given"),
    Row("disk of a sweep", call=_small_disk(10**7), says=r"results take 0\.\d GB.*0\.0 GB free"),
    Row(
        "trajectories of a sweep",
        call=lambda folder: sweep(
            latin_hypercube(10**9, seed=1),
            "status-quo",
            outputs="total capacity",
            reductions=Trajectory(),
            out=folder / "new",
        ),
        says="trajectories asked for take .* GB",
    ),
    Row(
        "memory of a sweep",
        call=lambda folder: sweep(
            latin_hypercube(10**10, seed=1),
            "status-quo",
            outputs="total capacity",
            reductions=At([2027]),
        ),
        says="2,441,407 parts. Up to 1,000,000",
    ),
    Row(
        "latin_hypercube",
        call=lambda folder: sweep(
            latin_hypercube(10**14, seed=1),
            "status-quo",
            outputs="total capacity",
            reductions=At([2027]),
        ),
        says="runs|draws",
    ),
    Row("sobol", call=lambda folder: sobol(2**64, seed=1), says="draws|2\\^|points"),
    Row("saltelli", call=lambda folder: saltelli(2**62, seed=1), says="draws|points|pairs"),
    Row("grid", call=lambda folder: grid(["lifetime"], points=10**10), says="points|values"),
    Row("grid of all", call=lambda folder: grid(points=10**9), says="points|draws|values"),
    Row(
        "generator of pathways",
        call=lambda folder: simulate(itertools.repeat("status-quo")),
        says="more than|twice",
    ),
    Row(
        "generator of numbers",
        call=lambda folder: At(float(n) for n in itertools.count()),
        says="more than 100,000",
    ),
    Row(
        "engine: runs",
        call=_run(
            "x = INTEG(k, 0)~~|\nk = 1~~|\n" + HEAD,
            parameters={"k": [1.0] * 10**5},
            controls={"final_time": 5e5},
        ),
        says="GiB are accepted",
    ),
    Row(
        "engine: steps",
        call=_run("x = INTEG(1, 0)~~|\n" + HEAD, controls={"time_step": 1e-7}),
        says="20,000,000 time steps",
    ),
    Row(
        "manifest of a terabyte",
        "figures --from out --out new",
        "not made by buildout|larger|manifest",
        files={"out/manifest.json": huge},
        world="results",
    ),
    Row(
        "record of a sweep of a terabyte",
        f"sweep status-quo --draws 6 {KEPT} --out swept --resume",
        "larger than|Cannot read",
        files={"swept/sweep.json": huge},
        world="results",
    ),
]
