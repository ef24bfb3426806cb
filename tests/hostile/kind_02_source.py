"""Kind 2: the text of a user's file is never source: of Python, of a model, of a shell."""

import json

from hostile_files import forged
from hostile_models import HEAD, TABLE, cell, loaded, mdl, workbook
from hostile_rows import Row

RUN = '__import__("os").system("touch ran")'
OPEN = "open('ran', 'w')"
STARS = "*" * 56
SKETCH = (
    "\\\\\\---/// Sketch information - do not modify anything except names\n"
    "V300\n*{}\n///---\\\\\\\n"
)

# Where text stands in a model that is harmless there, and stays text; each with its own way out of
# a string, a comment or a line.
TEXT = {
    "comment": f'a = 1 ~~ """ + str({RUN}) + """|',
    "comment of a lookup": f"f((0,0),(1,1)) ~~ '''\n{RUN}\n'''|\na = f(1)~~|",
    "comment of a macro": f":MACRO: M(x)\nM = x*2 ~~ \\N{{A}} {RUN}|\n:END OF MACRO:\na = M(2)~~|",
    "comment of a range": f"s: A, B ~~ # \r{OPEN}|\na[s] = 1, 2~~|",
    "unit": f'a = 1 ~ """ + {OPEN} ~|',
    "limits of a unit": f"a = 1 ~ {OPEN} [0, 2] ~|",
    "group header": f'{STARS}\n\t.""" + str({RUN})\n{STARS}~\n|\na = 1~~|',
    "comment in braces": f"a {{ {RUN} }} = 1~~|",
    "name in quotes": f'"{OPEN}" = 1~~|\na = "{OPEN}" * 2~~|',
    "name with escapes": r'"x\"+print(1)+\"" = 1~~|' + "\na = 1~~|",
    "element in quotes": f's: A, "{OPEN}"~~|\na[s] = 1, 2~~|',
    "range in quotes": f'"{OPEN}": A, B~~|\na["{OPEN}"] = 1, 2~~|',
    "sketch": f"a = 1~~|\n{HEAD}{SKETCH.format(RUN)}",
    "name of a stock": f'"{OPEN}" = INTEG(1, 0)~~|\na = 1~~|',
    "name of a delay": f'"\'; {OPEN} #" = DELAY1(Time, 2)~~|\na = 1~~|',
    "name as a dunder": "__builtins__ = 1~~|\n__import__ = 2~~|\na = __import__~~|",
    "keyword of Python": "import = 1~~|\nlambda = 2~~|\na = import + lambda~~|",
    "line separators": f"a = 1 ~~ \u2028{OPEN}\x85{OPEN}\x0c{OPEN}|",
}
# What would have to be run, or is an expression of Python, where a number or a name is due.
REFUSED = {
    "function of Python": (f"a = {OPEN}~~|", "Line 2: `a`"),
    "function by its attribute": ("a = os.system(1)~~|", "cannot be read.*system"),
    "function with text": (f"a = {RUN}~~|", "Line 2: `a` cannot be read"),
    "function of PySD": ("a = load(1)~~|", "the function `LOAD`, which is not supported"),
    "function of NumPy": ("a = np.load(1)~~|", "cannot be read.*load"),
    "text in a condition": (f"a = IF THEN ELSE('{OPEN}' = 1, 1, 2)~~|", "Line 2: `a`"),
    "numbers of a list": (f"s: A, B~~|\na[s] = 1, {OPEN}~~|", "Line 3: `a` cannot be read"),
    "powers in a list": ("s: A, B~~|\na[s] = 1, 9**9**9~~|", "Line 3: `a` cannot be read"),
    "points of a lookup": (f"f((0,0),({OPEN},1))~~|\na = f(1)~~|", "Line 2: `f` cannot be read"),
    "range of a lookup": (f"f([(0,0)-({OPEN},1)],(0,0),(1,1))~~|", "Line 2: `f` cannot be read"),
    "numbered range": (f"s: (A1-A{OPEN})~~|\na[s] = 1~~|", "Line 2: `s` cannot be read"),
    "mapping of a range": (f"s: A, B -> {OPEN}~~|\na[s] = 1~~|", "Line 2: `s`"),
    "name of a macro": (
        f":MACRO: {OPEN}(x)\nM = x~~|\n:END OF MACRO:\na = M(2)~~|",
        "the function `M`, which is not supported",
    ),
    "attribute of a name": ("b = 1~~|\na = b.__class__~~|", "cannot be read.*__class__"),
    "subscript of Python": ("b = 1~~|\na = b[__import__]~~|", "Line 3: `a`"),
    "curly format": ("a = {0.__class__} + f'{1}'~~|", "Line 2: `a`"),
}
# Cells that would become equations, or several names, of the model that reads them.
CELLS = {
    "an entry": ("x ~~|\nevil = 5 ~~|\nt: y", "is no name of an element"),
    "a quote": ('x", "y', "is no name of an element"),
    "a backslash": ("\\---/// Sketch", "is no name of an element"),
    "a control character": ("\x1b[31mA", r"`\\x1b\[31mA` is no name"),
    "turned writing": ("A\u202eB", r"`A\\u202eB` is no name"),
    "a macro": (":MACRO: M", "cannot be parsed"),
    "a line end": ("A\nB", r"`A\\nB` is no name"),
}
KEPT = {
    "a comma": "A, B",
    "a bar": "x | y",
    "an equation": "=1+1",
    "a numbered range": "(A1-A9999)",
    "a mapping": "x -> y",
    "brackets": "[x]",
    "a comment": "{c}",
}
ELEMENTS = "s: GET DIRECT SUBSCRIPT('d.csv', ';', 'A1', 'A', '')~~|\na[s] = 1~~|"
CONSTANT = "a = GET DIRECT CONSTANTS('{}', ',', 'A2')~~|"
PATHWAY = 'title = "T"\ndescription = "D."\nextends = ["status-quo"]\n'


def _column(text):
    return '"' + text.replace('"', '""') + '"\nB9\n'


def _elements(text):
    """How many elements a column of two cells makes."""

    def call(folder):
        (folder / "d.csv").write_text(_column(text), encoding="utf-8")
        (folder / "m.mdl").write_text(mdl(ELEMENTS), encoding="utf-8")
        from buildout.vensim import engine

        return list(engine.load(folder / "m.mdl").owners.values()).count("a")

    return call


def _again(words):
    """A manifest whose words are others."""

    def make(path):
        content = json.loads(path.read_text())
        content["again"]["words"] = words
        path.write_text(json.dumps(content))

    return make


def _beside(text):
    return {"m.mdl": mdl(text), "d.csv": TABLE}


ROWS = [
    *(
        Row(f"{where}, compiled", call=loaded(text), code=0, holds=lambda _, out: "'a'" in out)
        for where, text in TEXT.items()
    ),
    *(
        Row(
            f"{where}, PySD",
            "model m.mdl --engine reference --json",
            '"status": "ok"',
            code=0,
            files={"m.mdl": mdl(text)},
            slow=True,
        )
        for where, text in TEXT.items()
    ),
    *(
        Row(where, "model m.mdl --out new", says, files={"m.mdl": mdl(text)})
        for where, (text, says) in REFUSED.items()
    ),
    *(
        Row(
            f"cell that is {what}",
            "model m.mdl --out new",
            says,
            files={"m.mdl": mdl(ELEMENTS), "d.csv": _column(text)},
        )
        for what, (text, says) in CELLS.items()
    ),
    *(
        Row(f"cell that is {what}", call=_elements(text), says="^2$", code=0)
        for what, text in KEPT.items()
    ),
    Row(
        "cell of a number",
        "model m.mdl",
        "holds no number",
        files={"m.mdl": mdl(CONSTANT.format("d.csv")), "d.csv": f"a\n{OPEN}\n"},
    ),
    Row(
        "cell of a number as Python writes it",
        "model m.mdl",
        "holds no number",
        files={"m.mdl": mdl(CONSTANT.format("d.csv")), "d.csv": "a\n1_000\n"},
    ),
    Row(
        "cell that is no finite number",
        "model m.mdl",
        "holds no number",
        files={"m.mdl": mdl(CONSTANT.format("d.csv")), "d.csv": "a\nnan\n"},
    ),
    Row(
        "cell of a workbook",
        "model m.mdl",
        "holds no number",
        files={
            "m.mdl": mdl("a = GET DIRECT CONSTANTS('d.xlsx', 'a', 'A2')~~|"),
            "d.xlsx": workbook(cell(f"<v>{OPEN}</v>", ' t="str"')),
        },
    ),
    Row(
        "formula of a workbook",
        "model m.mdl",
        "holds no number",
        files={
            "m.mdl": mdl("a = GET DIRECT CONSTANTS('d.xlsx', 'a', 'A2')~~|"),
            "d.xlsx": workbook(cell('<f>SHELL("touch ran")</f>')),
        },
    ),
    Row(
        "file that a model names: absolute",
        "model m.mdl",
        "lies outside the folder",
        files=_beside(CONSTANT.format("/etc/passwd")),
    ),
    Row(
        "file that a model names: above",
        "model m.mdl",
        "lies outside the folder",
        files=_beside(CONSTANT.format("../../d.csv")),
    ),
    Row(
        "file that a model names: backslashes",
        "model m.mdl",
        "lies outside the folder",
        files=_beside(CONSTANT.format("..\\..\\d.csv")),
    ),
    Row(
        "file that a model names: a command",
        "model m.mdl",
        "No such file",
        files=_beside(CONSTANT.format("`touch ran`")),
    ),
    Row(
        "file that a model names: an address",
        "model m.mdl",
        "No such file",
        files=_beside(CONSTANT.format("http://localhost/d.csv")),
    ),
    Row(
        "cells that a model names",
        "model m.mdl",
        "is no cell",
        files=_beside(f"a = GET DIRECT CONSTANTS('d.csv', ',', '{OPEN.replace(chr(39), '')}')~~|"),
    ),
    Row(
        "head of --data",
        "model m.mdl --data d.csv",
        "no column `a`",
        files={"m.mdl": mdl("a~~|\nb = a~~|"), "d.csv": f'time,"{OPEN}"\n0,1\n1,2\n'},
    ),
    Row(
        "cell of --data",
        "model m.mdl --data d.csv",
        "is `open.*A number is accepted",
        files={"m.mdl": mdl("a~~|\nb = a~~|"), "d.csv": f'time,a\n0,"{OPEN}"\n1,2\n'},
    ),
    Row(
        "model --set",
        ("model", "m.mdl", "--set", f"a={RUN}"),
        "A number is accepted",
        files={"m.mdl": mdl("a = 1~~|")},
    ),
    Row(
        "model --set, the name",
        ("model", "m.mdl", "--set", f"{OPEN}=1"),
        "Unknown|unknown",
        files={"m.mdl": mdl("a = 1~~|")},
    ),
    Row(
        "model --outputs",
        ("model", "m.mdl", "--outputs", OPEN),
        "Unknown|unknown",
        files={"m.mdl": mdl("a = 1~~|")},
    ),
    Row(
        "model --final-time",
        ("model", "m.mdl", "--final-time", RUN),
        "A number is accepted",
        files={"m.mdl": mdl("a = 1~~|")},
    ),
    Row("run --set", ("run", "--set", f"subsidy={RUN}"), "number"),
    Row("sweep --vary", ("sweep", "--draws", "4", "--vary", RUN), "(?i)no.*matches|unknown"),
    Row("sweep --vary with values", ("sweep", "--vary", f"subsidy={RUN}"), "number"),
    Row("sweep --outputs", ("sweep", "--draws", "4", "--outputs", RUN), "Unknown"),
    Row("sweep --at", ("sweep", "--draws", "4", "--at", RUN), "number"),
    Row("pathway by its word", ("run", f"{RUN}.toml"), "pathway"),
    Row("pathway by a shell's word", ("run", "$(touch ran)"), r"holds `\$`"),
    Row("explain", ("explain", RUN), "Unknown"),
    Row(
        "value of a pathway file",
        "run p.toml",
        "number",
        files={"p.toml": f'{PATHWAY}[[set]]\nlever = "subsidy"\nvalue = \'{RUN}\'\nsource = "U"\n'},
    ),
    Row(
        "name of a lever in a file",
        "run p.toml",
        "Unknown",
        files={
            "p.toml": f'{PATHWAY}[[set]]\nlever = "{OPEN}"\nvalue = 1.0\nsource = "judgement"\n'
        },
    ),
    Row(
        "extends of a file",
        "run p.toml",
        "pathway",
        files={"p.toml": PATHWAY.replace("status-quo", "|touch ran")},
    ),
    Row(
        "words of a manifest",
        "reproduce out --out new",
        "Unknown|unknown|too many|pathway",
        files={"out/manifest.json": _again(["$(touch ran)"])},
        world="results",
    ),
    Row(
        "options of a manifest",
        "reproduce out --out new",
        "not for a manifest to set",
        files={"out/manifest.json": _again(["status-quo", "--out", "ran"])},
        world="results",
    ),
    Row(
        "settings in NetCDF",
        "figures --from out --out new",
        "settings",
        files={
            "out/results.nc": forged(lambda ds: ds.assign_attrs(settings=RUN)),
            "out/manifest.json": lambda path: path.unlink(),
        },
        world="results",
    ),
]
