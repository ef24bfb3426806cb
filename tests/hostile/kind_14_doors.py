"""Kind 14: every door reads numbers, names and files alike, and one net is below them all."""

import contextlib
import io
import os
import sys
from unittest import mock

from hostile_files import folder, huge, link, pipe
from hostile_models import mdl
from hostile_rows import Row

from buildout.cli.main import main

TITLE = 'title = "T"\n'
MODEL = {"m.mdl": mdl("a = 1~~|")}
WHOLE, NUMBER = "whole number", "A (finite )?number is accepted"

# One number in a wrong spelling for each door; no two doors get the same.
NUMBERS = {
    "sweep --draws": ("sweep --out new", "nan", WHOLE),
    "sweep --seed": ("sweep --draws 4 --out new", "1.5", WHOLE),
    "sweep --at": ("sweep --draws 4 --out new", "2030;2035", NUMBER),
    "sweep --jobs": ("sweep --draws 4 --out new", "0x10", WHOLE),
    "sweep --time-step": ("sweep --draws 4 --out new", "1e-400", "too small to differ from 0"),
    "sweep --final-time": ("sweep --draws 4 --out new", "2030-01-01", "year with decimals"),
    "sweep --known-until": ("sweep --draws 4 --out new", "1e999", "up to about 1e308"),
    "run --draws": ("run --out new", "1_000", "Write `1000`"),
    "run --seed": ("run --draws 4 --out new", "9" * 400, WHOLE),
    "run --time-step": ("run --out new", "0,5", r"Write `0\.5`"),
    "run --final-time": ("run --out new", "\uff12\uff10\uff13\uff10", NUMBER),
    "run --known-until": ("run --out new", "\u00bd", r"Write `0\.5`"),
    "deadline --final-time": ("deadline --out new", "-", NUMBER),
    "deadline --known-until": ("deadline --out new", "True", NUMBER),
    "deadline --defense-need": ("deadline --out new", "many t", NUMBER),
    "deadline --time-step": ("deadline --out new", "\u22125", "Write `-5`"),
    "need --draws": ("need --out new", "1e999", "up to about 1e308"),
    "need --year": ("need --draws 4 --out new", "2035.5", "Accepted: 2025"),
    "need --seed": ("need --draws 4 --out new", "None", WHOLE),
    "figures --draws": ("figures --out new", "1,000", "1000"),
    "figures --time-step": ("figures --out new", "1/8", NUMBER),
    "report --final-time": ("report --out new", "2030 CE", NUMBER),
    "explore --known-until": ("explore --out new", "today", NUMBER),
    "compare --draws": ("compare status-quo mobilization --out new", "\u0663", WHOLE),
    "compare --known-until": (
        "compare status-quo mobilization --out new",
        "\x1b[31m",
        r"`\\x1b\[31m`",
    ),
    "attribute --year": ("attribute a b --outcome x --out new", "2035,5", r"2035\.5"),
    "condition --until": ("condition --observations o.csv --out new", "2\u202e0", r"2\\u202e0"),
    "condition --model-error": ("condition --observations o.csv --until 2026", "80 %", r"0\.8"),
    "condition --draws": ("condition --observations o.csv --until 2026", "-5", WHOLE),
    "explain --year": ("explain lifetime", "2030 Q1", NUMBER),
    "hindcast --draws": ("hindcast --out new", "1e-3", WHOLE),
    "validate --since": ("validate o.csv --out new", "20 30", NUMBER),
    "predictions --head": ("predictions", "few", "No row has the sha256"),
    "claims --draws": ("claims --out new", "nan", WHOLE),
    "delay --years": ("delay status-quo --out new", "1;2", NUMBER),
    "frontier --generations": ("frontier --out new", "0b1", WHOLE),
    "money --billions": ("money status-quo --out new", "1e3000", "finite|number"),
    "why --by": ("why coverage --out new", "soon", NUMBER),
    "loops --draws": ("loops --out new", "+-3", WHOLE),
    "model --time-step": ("model m.mdl --out new", "0.1.2", NUMBER),
    "model --final-time": ("model m.mdl --out new", "infinity", "finite number"),
    "model --set": ("model m.mdl --out new", "a=1e", NUMBER),
}
# One name that is none for each door.
NAMES = {
    "run PATHWAY, long": (("run", "p" * 300), "100 letters|Unknown pathway"),
    "run PATHWAY, path of 5000 letters": (
        ("run", "d/" * 2500 + "p.toml"),
        "File name too long|oo long",
    ),
    "run PATHWAY, empty": (("run", ""), "pathway"),
    "run PATHWAY, a folder": (("run", "."), "pathway"),
    "run PATHWAY, a nul in a file": (("run", "nul.toml"), "NUL byte"),
    "run --set, no lever": (("run", "--set", "=1"), "Accepted: `--set"),
    "run --set, brackets": (("run", "--set", "lifetime[[US]]=1"), "(?i)unknown|holds"),
    "run --set, a dash": (("run", "--set=--"), "expected one argument"),
    "explain, signs": (("explain", "((("), "Unknown"),
    "levers PATTERN, a wrong one": (("levers", "zzz"), "(?i)no lever|nothing|unknown"),
    "sweep --vary": (
        ("sweep", "--vary", "[a-", "--out", "new"),
        "(?i)no parameter|matches|unknown",
    ),
    "sweep --design": (("sweep", "--design", "lhs2", "--out", "new"), "Accepted: lhs"),
    "sweep --outputs": (("sweep", "--draws", "4", "--outputs", "x[", "--out", "new"), "Unknown"),
    "command": (("swep",), "Nearest: `sweep`"),
    "command of control characters": (("\x1b]0;x\x07",), r"`\\x1b\]0;x\\x07`"),
    "option": (("run", "--ouput", "x"), "Nearest: `--out"),
    "compare PATHWAY": (("compare", "status-quo", "x\ny", "--out", "new"), r"x\\ny"),
    "attribute OUTCOME": (
        ("attribute", "status-quo", "mobilization", "--outcome", "", "--out", "new"),
        "empty",
    ),
    "completion SHELL": (("completion", "cmd"), "Accepted"),
    "--out, empty": (("run", "--out", " "), "it is empty"),
    "--out, below a file": (("run", "--out", "m.mdl/x"), "in the way|Not a directory|folder"),
    "--out, too long": (("run", "--out", "o" * 300), "File name too long"),
    "--out of a file": (("run", "--out", "m.mdl"), "in the way|folder"),
}
LATIN = 'title = "Stra\xdfe"\n'.encode("latin-1")
# What a reader of text meets, by door: the command, the file's name, its content, what is said.
FILES = {
    "TOML in Latin-1": ("run p.toml", LATIN, "line 1 looks like Latin-1"),
    "TOML in UTF-16": ("run p.toml", TITLE.encode("utf-16"), "looks like UTF-16"),
    "TOML in UTF-16 without a mark": ("run p.toml", TITLE.encode("utf-16-le"), "looks like UTF-16"),
    "TOML with NUL": ("run p.toml", b"title = 'a\0b'\n", "holds a NUL byte"),
    "TOML with a number of 5,000 digits": (
        "run p.toml",
        "final_time = " + "9" * 5000,
        "thousands of digits",
    ),
    "TOML 5,000 deep": ("run p.toml", "extends = " + "[" * 5000 + "]" * 5000, "`p.toml`"),
    "TOML of tables 5,000 deep": ("run p.toml", "[" + "a." * 5000 + "b]\nx = 1\n", "`p.toml`"),
    "TOML with a key twice": ("run p.toml", TITLE + TITLE, "is not valid TOML: Cannot overwrite"),
    "TOML without a text's end": ("run p.toml", 'title = "T', "is not valid TOML: Unterminated"),
    "TOML with a date": ("run p.toml", TITLE + "final_time = 2030-01-01\n", "a date"),
    "TOML that is a pipe": ("run p.toml", pipe, "named pipe"),
    "TOML that is a folder": ("run p.toml", folder, "it is a folder"),
    "TOML of a terabyte": ("run p.toml", huge, "larger than"),
    "TOML on a device": ("run p.toml", link("/dev/zero"), "it is a device"),
    "TOML by a link to itself": ("run p.toml", link("p.toml"), "Symlink loop"),
    "design in Latin-1": (
        "sweep --design d.csv --out new",
        b"lifetime\n2\xdf\n",
        "looks like Latin-1",
    ),
    "design in UTF-16": (
        "sweep --design d.csv --out new",
        "lifetime\n20\n".encode("utf-16"),
        "UTF-16",
    ),
    "design with short rows": (
        "sweep --design d.csv --out new",
        "lifetime,subsidy\n20\n",
        "Line 2: 1 values",
    ),
    "design with semicolons": (
        "sweep --design d.csv --out new",
        "lifetime;subsidy\n20;1\n",
        "omma|column",
    ),
    "design with a decimal comma": (
        "sweep --design d.csv --out new",
        'lifetime\n"20,5"\n',
        r"20\.5|number",
    ),
    "design with an open quote": (
        "sweep --design d.csv --out new",
        'lifetime\n"20\n',
        "`d.csv`|number",
    ),
    "design without rows": ("sweep --design d.csv --out new", "lifetime\n", "draw"),
    "design without anything": ("sweep --design d.csv --out new", "", "`d.csv`|empty|draw"),
    "design that is a pipe": ("sweep --design d.csv --out new", pipe, "named pipe"),
    "design of a terabyte": ("sweep --design d.csv --out new", huge, "larger than"),
    "design with a column twice": (
        "sweep --design d.csv --out new",
        "lifetime,lifetime\n20,20\n",
        "are the same",
    ),
    "model in Latin-1": ("model x.mdl", "a = 1 ~ ~ \xdf|".encode("latin-1"), "looks like Latin-1"),
    "model in UTF-16": ("model x.mdl", "a = 1~~|".encode("utf-16"), "looks like UTF-16"),
    "model with NUL": ("model x.mdl", b"a = 1\0~~|", "NUL byte"),
    "model that is a pipe": ("model x.mdl", pipe, "named pipe"),
    "model that is a folder": ("model x.mdl", folder, "it is a folder"),
    "model of a terabyte": ("model x.mdl", huge, "larger than"),
    "model that is a workbook": ("model x.mdl", b"PK\x03\x04" + bytes(60), "not text|UTF"),
    "model without anything": ("model x.mdl", "", "cannot be parsed"),
    "model nested 3,000 deep": (
        "model x.mdl",
        mdl(f"a = {'(' * 3000}1{')' * 3000}~~|"),
        "nested too deep",
    ),
    "data in Latin-1": ("model m.mdl --data d.csv", b"time,a\n0,\xdf\n", "looks like Latin-1"),
    "data with short rows": ("model m.mdl --data d.csv", "time,a\n0\n1,2\n", "Line 2 has 1 cell"),
    "data with an open quote": ("model m.mdl --data d.csv", 'time,a\n0,"1\n', "double quotes"),
    "data that is a device": ("model m.mdl --data d.csv", link("/dev/zero"), "it is a device"),
    "observations in Latin-1": (
        "condition --observations d.csv --until 2026",
        b"variable,a\nx,\xdf\n",
        "looks like Latin-1",
    ),
    "observations with short rows": (
        "condition --observations d.csv --until 2026",
        "a,b\n1\n",
        "lacks the columns|cell",
    ),
    "observations that are a pipe": (
        "condition --observations d.csv --until 2026",
        pipe,
        "named pipe",
    ),
    "series in UTF-16": (
        "validate d.csv",
        "year,x\n2020,1\n".encode("utf-16"),
        "looks like UTF-16",
    ),
    "series with NUL": ("validate d.csv", b"year,x\n2020,\0\n", "NUL byte"),
    "series that is a folder": ("validate d.csv", folder, "it is a folder"),
    "predictions in Latin-1": ("predictions --table d.csv", b"id\n\xdf\n", "looks like Latin-1"),
    "predictions of a terabyte": ("predictions --table d.csv", huge, "larger than"),
    "needs in UTF-16": ("need --table d.csv", "a,b\n".encode("utf-16"), "looks like UTF-16"),
    "needs with a column twice": ("need --table d.csv", "a,a\n1,2\n", "twice|lacks"),
    "needs that are a pipe": ("need --table d.csv", pipe, "named pipe"),
    "manifest in UTF-16": ("reproduce d.json", "{}".encode("utf-16"), "looks like UTF-16"),
    "manifest 100,000 deep": ("reproduce d.json", "[" * 100_000, "does not say how it was made"),
    "manifest with a number of 5,000 digits": ("reproduce d.json", "9" * 5000, "does not say"),
    "manifest that is a pipe": ("reproduce d.json", pipe, "named pipe"),
    "manifest of a terabyte": ("reproduce d.json", huge, "larger than"),
}


# Commands that need tables of the project's own.
OF_THE_PROJECT = ("condition", "validate", "predictions")


def _file_of(command):
    return next(word for word in command.split() if "." in word and word not in MODEL)


def _to(stream, *words):
    """The exit code of a command whose standard output is a stream."""

    def call(place):
        with contextlib.ExitStack() as held:
            out = held.enter_context(open(stream, "w")) if isinstance(stream, str) else stream
            held.enter_context(mock.patch.object(sys, "stdout", out))
            return main(list(words))

    return call


def _nobody(place):
    """A user without a home and without an entry among the users."""
    given = dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME"), "") | {"TMPDIR": str(place)}
    with (
        mock.patch.dict(os.environ, given),
        mock.patch("pathlib.Path.home", side_effect=RuntimeError("no home")),
    ):
        return main(["model", "~/m.mdl"])


def _net(error):
    """What is below all doors: an error that nobody foresaw."""

    def call(place):
        said = io.StringIO()
        with (
            mock.patch("platform.platform", return_value="anywhere"),
            mock.patch("buildout.cli.main.parser", side_effect=error),
            mock.patch.dict(os.environ, {"BUILDOUT_CACHE": str(place / "cache")}),
            contextlib.redirect_stderr(said),
        ):
            code = main(["levers"])
        return code, said.getvalue()

    return call


ROWS = [
    *(
        Row(
            door,
            (*words.split(), f"{door.split()[1]}={written}"),
            says,
            files=MODEL,
            world="project" if door.startswith(OF_THE_PROJECT) else "tiny",
        )
        for door, (words, written, says) in NUMBERS.items()
    ),
    *(
        Row(door, words, says, files={**MODEL, "nul.toml": b"\0", "t.csv": "a\n1\n"})
        for door, (words, says) in NAMES.items()
    ),
    *(
        Row(
            door,
            command,
            says,
            files={**MODEL, _file_of(command): made},
            world="project" if command.startswith(OF_THE_PROJECT) else "tiny",
        )
        for door, (command, made, says) in FILES.items()
    ),
    Row(
        "TOML with a mark of its order",
        "run p.toml --out new",
        "no verdict",
        code=0,
        files={"p.toml": b"\xef\xbb\xbf" + b'title = "T"\nextends = "status-quo"\n'},
    ),
    Row(
        "design with a mark and Windows' lines",
        "run status-quo --design d.csv --out new",
        "Saved",
        code=0,
        files={"d.csv": b"\xef\xbb\xbflifetime\r\n20\r\n21\r\n"},
    ),
    Row("output on a full disk", call=_to("/dev/full", "levers"), says="^2$", code=0),
    Row("output that nobody takes", call=_to(None, "levers"), says="^0$", code=0),
    Row("JSON on a full disk", call=_to("/dev/full", "variables", "--json"), says="^2$", code=0),
    Row("help on a full disk", call=_to("/dev/full", "completion", "bash"), says="^2$", code=0),
    Row("no home", call=_nobody, says="^2$", code=0),
    Row(
        "net: a value",
        call=_net(ValueError("x\x1b[31m")),
        code=0,
        says=r"\(70, .*a fault of this program: `ValueError: x\\\\x1b\[31m`.*crash",
    ),
    Row("net: depth", call=_net(RecursionError("deep")), code=0, says=r"\(70, .*RecursionError"),
    Row("net: memory", call=_net(MemoryError()), code=0, says=r"\(70, .*`MemoryError`"),
    Row("net: Ctrl-C", call=_net(KeyboardInterrupt()), code=0, says=r"\(130, .*interrupted"),
    Row("net: a pipe that closed", call=_net(BrokenPipeError()), code=0, says=r"\(0, "),
    Row(
        "net: a file that the system refuses",
        call=_net(PermissionError(13, "Permission denied", "x\ny")),
        code=0,
        says=r"\(2, .*Cannot use `x\\\\ny`: Permission denied",
    ),
]
