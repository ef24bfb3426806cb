"""What the README, and the pages of rooms that it leads to, show works as shown."""

import ast
import inspect
import re
import shlex
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

import pytest

import buildout as bo
from buildout.cli.main import main, parser
from buildout.inputs.resolve import pathway_values

README = Path(__file__).parents[2] / "README.md"
ROOMS = README.parent / "src" / "buildout"
PAGES = (README, ROOMS / "cli" / "README.md", ROOMS / "sweeps" / "README.md")
VERB = re.compile(r"bo(\.\w+)+")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, pages: Sequence[Path] = PAGES) -> list[str]:
    found = [block for page in pages for block in BLOCK.findall(page.read_text())]
    return [text for kind, text in found if kind == language]


def commands() -> list[str]:
    lines = dict.fromkeys(line for block in blocks("console") for line in block.splitlines())
    return [line.removeprefix("$ buildout ") for line in lines if line.startswith("$ buildout ")]


@pytest.fixture
def shown_files(tmp_path, monkeypatch):
    """A folder with the table of observations that the README shows."""
    monkeypatch.chdir(tmp_path)
    [seen] = blocks("csv")
    (tmp_path / "seen.csv").write_text(seen, encoding="utf-8")


def test_the_readme_has_examples_of_both_faces():
    assert blocks("python")
    assert commands()


@pytest.mark.usefixtures("shown_files")
@pytest.mark.parametrize(
    "page",
    # The commands' page has every verb, and takes as long as all of them.
    [README, pytest.param(PAGES[1], marks=pytest.mark.slow), PAGES[2]],
    ids=["README", "cli", "sweeps"],
)
def test_python_examples_run_in_order(page):
    namespace: dict = {"__name__": "readme"}
    for block in blocks("python", [page]):
        exec(compile(block, page.name, "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_python_examples_call_what_there_is(page):
    """Every verb by its name, with as many arguments and such names of them as it takes."""
    for block in blocks("python", [page]):
        for call in ast.walk(ast.parse(block)):
            if isinstance(call, ast.Call) and VERB.fullmatch(ast.unparse(call.func)):
                verb = attrgetter(ast.unparse(call.func).removeprefix("bo."))(bo)
                named = {word.arg: word.value for word in call.keywords}
                inspect.signature(verb).bind(*call.args, **named)


@pytest.mark.parametrize("page", PAGES[:2], ids=["README", "cli"])
def test_the_pathway_file_that_is_shown_is_one_that_fits_the_model(page, tmp_path, model):
    mine = tmp_path / "my.toml"
    mine.write_text("\n".join(blocks("toml", [page])), encoding="utf-8")
    assert pathway_values(model, mine)["qualification_time[new maker]"] == 1.0


#: Verbs that run thousands of worlds; each has quick tests of its own and is run here in slow ones.
LONG = (
    "attribute",
    "compare",
    "hindcast",
    "explore",
    "why",
    "money",
    "delay",
    "loops",
    "frontier",
    "condition",
    "figures",
    "uncertainties",
    "explain",
    "deadline",
    "run",
    "validate",
    "need",
    "sweep",
)


def answered(capsys) -> bool:
    """Whether there was an answer; `figures` has none but what it saved."""
    printed = capsys.readouterr()
    return bool(printed.out) or printed.err.startswith("Saved: ")


# Pictures of the verbs are painted in tests of their own, and here in the next but one.
@pytest.mark.usefixtures("shown_files", "unpainted")
@pytest.mark.parametrize("command", [c for c in commands() if not c.startswith(LONG)])
def test_a_command_of_the_readme_ends_well(command, capsys):
    assert main(shlex.split(command)) == 0
    assert answered(capsys)


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith(LONG)])
def test_a_long_command_of_the_readme_is_one_that_there_is(command):
    assert parser().parse_args(shlex.split(command)).func


@pytest.mark.slow
@pytest.mark.usefixtures("shown_files")
@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_ends_well_with_its_pictures(command, capsys, tmp_path):
    assert main(shlex.split(command)) == 0
    assert answered(capsys)
    assert all(path.stat().st_size for path in tmp_path.rglob("*.png"))


WALKED = re.findall(
    r"`buildout ((?:explain|run) [^`]+)`", README.with_name("CONTRIBUTING.md").read_text()
)


@pytest.mark.slow
@pytest.mark.parametrize("command", WALKED)
def test_a_command_of_the_walked_recipe_ends_well(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out


def test_the_readme_says_where_the_command_lives_on_each_system():
    first = blocks("console")[0].splitlines()[0]
    assert first == "$ source .venv/bin/activate"
    for words in ("Windows", "macOS", "Linux", r".venv\Scripts\activate", ".venv/bin/buildout"):
        assert words in README.read_text()


def test_make_targets_of_the_readme_exist():
    targets = re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    makefile = (README.parent / "Makefile").read_text()
    assert set(targets) >= {"report", "test"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_files_that_a_page_links_to_exist(page):
    for target, heading in re.findall(r"\]\((?!https?://|#)([^)#]+)(#[^)]+)?\)", page.read_text()):
        assert (page.parent / target).exists(), target
        if heading and target.endswith(".md"):
            headings = re.findall(r"^#+ (.*)$", (page.parent / target).read_text(), re.MULTILINE)
            assert heading[1:] in {
                re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings
            }
