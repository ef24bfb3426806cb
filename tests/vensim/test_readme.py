"""The examples of the library's README run as printed."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from buildout import vensim
from buildout.cli.main import main
from buildout.vensim import engine
from buildout.vensim.engine.frontend.functions import AGGREGATES, FUNCTIONS

README = (Path(vensim.__file__).parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (text,) = (block for kind, block in BLOCKS if kind == "mdl")
    Path("tank.mdl").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_python_examples_print_what_stands_below_them(folder, capsys):
    printed = [block for kind, block in BLOCKS if kind == "text"]
    examples = [block for kind, block in BLOCKS if kind == "python"]
    assert len(examples) == len(printed) == 5
    scope: dict = {}
    with np.printoptions(precision=5):
        for example, wanted in zip(examples, printed, strict=True):
            exec(compile(example, "README.md", "exec"), scope)
            assert capsys.readouterr().out == wanted


def test_the_command_lines_run(folder, capsys):
    (lines,) = (block for kind, block in BLOCKS if kind == "sh")
    for line in lines.strip().splitlines():
        name, *argv = shlex.split(line)
        assert name == "buildout"
        # The initial value of the tank is a plain number, as the example of Python says.
        assert main(argv) == ("--units" in argv)
    found = sorted(str(path) for path in Path().glob("*/*"))
    assert found == [
        "ran/manifest.json",
        "ran/series.csv",
        "swept/bands.csv",
        "swept/draws.csv",
        "swept/manifest.json",
        "views/manifest.json",
        "views/model.svg",
    ]


def test_every_function_and_status_is_listed():
    assert not [
        f.name for f in FUNCTIONS.values() if f"`{re.split(' or | N$', f.name)[0]}" not in README
    ]
    assert not [name for name in AGGREGATES if f"`{name.upper()}`" not in README]
    for number, name in engine.STATUS.items():
        assert f"| {number} | `{name}` |" in README


# Words of what this project is about, which the library does not know.
DOMAIN = re.compile(
    r"\b(rare|earths?|oxides?|REO|NdPr|NdFeB|SmCo|magnets?|magnetic|dysprosium|terbium|neodymium|"
    r"praseodymium|samarium|China|Chinese|mobili[sz]ation|pathways?|levers?|deadline|"
    r"mines?|mining|metals?|alloys?|smelters?|refiner(?:y|ies)|separation|offtake|allied|defen[cs]e|"
    r"tariffs?|permits?|permitting|quotas?|stockpiles?|MUSD|policy|policies|supply chain)\b",
    re.IGNORECASE,
)
FILES = [p for s in ("*.py", "*.pyi", "*.md") for p in Path(vensim.__file__).parent.rglob(s)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_library_knows_nothing_of_what_a_model_is_about(path):
    text = path.read_text(encoding="utf-8")
    assert not [text[m.start() - 20 : m.end() + 20] for m in DOMAIN.finditer(text)]
