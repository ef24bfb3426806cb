"""Generated files are fresh, are made by one command, and only in a checkout."""

import re
import shutil

import pytest

import buildout as bo
from buildout.cli.main import main
from buildout.errors import OutputError, UnknownNameError
from buildout.figures import FORMATS
from buildout.inputs import places
from buildout.pages import generated, recorded
from buildout.pages.generated import GENERATED, Generated, checkout, chosen
from buildout.pages.marked import filled, marks
from buildout.sampling import defaults

ROOT = checkout()
# Those whose quick comparison reads what is recorded stand in the slow test, made anew; `make lint`
# asks all.
KINDS = ("light NdFeB", "heavy NdFeB", "SmCo")
QUICK = [one for one in GENERATED if one.name in ("variables", "model-readme", "fit")]


@pytest.fixture(autouse=True)
def _draws_as_made(draws_for_readers, monkeypatch):
    monkeypatch.setattr(defaults, "DRAWS", draws_for_readers)


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.quick_for("variables")
@pytest.mark.parametrize("one", QUICK, ids=lambda one: one.name)
def test_what_is_quick_to_make_is_fresh(one):
    assert not one.stale(ROOT), f"run `buildout generate {one.name}`"


def test_the_views_show_what_the_equations_say_and_each_has_its_picture():
    (sketches,) = chosen(["sketches"])
    assert not sketches.stale(ROOT)
    shown = {path.name for path in (ROOT / "model" / "views").glob("*.svg")}
    assert set(re.findall(r"views/([\w-]+\.svg)", (ROOT / "model/README.md").read_text())) == shown


@pytest.mark.slow
@pytest.mark.parametrize("one", GENERATED, ids=lambda one: one.name)
def test_everything_generated_is_what_would_be_made_now(one):
    """If this fails: `buildout generate NAME`, and read what has changed."""
    stale = one.stale(ROOT, thorough=True)
    if one.name == "figures":
        # Pictures and the versions that drew them differ from one matplotlib to the next.
        stale = [name for name in stale if name.rpartition(".")[2] not in (*FORMATS, "json")]
    assert not stale


def test_every_number_of_a_run_in_the_readme_stands_between_marks():
    section = readme().split("## What it says")[1].split("\n## ")[0]
    around = re.sub(r"<!-- made.*?<!-- end -->", "", section, flags=re.DOTALL)
    assert not re.findall(r"[\d,.]+ (?:percent|times|t\b|draws|uncertainties)", around)
    assert len(marks(readme())) > 15


def test_the_readme_counts_the_uncertainties_that_are_drawn():
    count = len(bo.latin_hypercube(1, vary="uncertainty").names)
    assert f"draws of all <!-- made: uncertainties -->{count}<!-- end --> uncertainties" in readme()
    assert f"over all {count} uncertainties" in (ROOT / "model/ROBUSTNESS.md").read_text()


def test_the_verdict_of_the_readme_leads_with_the_odds_and_says_the_run_last():
    table = readme().split("buildout generate: verdict -->")[1].split("<!-- end -->")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if "|" in line][2:]
    cells = {head.strip(): [cell.strip() for cell in row] for head, *row in lines}
    assert next(iter(cells)) == "the whole need is met on 1 January 2027 in"
    verdict = bo.deadline(bo.simulate("status-quo"))["coverage_2027"].values[0]
    for cell, share in zip(cells["a single run at expected dates"], verdict, strict=True):
        if cell == "over 5 times":
            assert share > 5
            continue
        number, unit = cell.split()
        assert float(number) == pytest.approx(share / {"times": 1, "percent": 0.01}[unit], rel=0.2)


def test_the_readme_says_one_share_of_draws_of_each_class_everywhere():
    table = next(line for line in readme().splitlines() if "met on 1 January 2027 in" in line)
    for kind, cell in zip(KINDS, table.strip("| ").split(" | ")[1:], strict=True):
        share = re.search(rf"made: {kind} in draws -->(.*?) percent<", readme())[1]
        assert cell.startswith(f"{share}% of ") or " of 1,000" in cell


def test_what_stands_between_marks_is_replaced_and_the_rest_is_kept():
    text = (
        "a <!-- made: x -->old<!-- end --> b\n<!-- made by buildout generate: t -->\n<!-- end -->"
    )
    once = filled(text, {"x": "new", "t": "| a |\n|---|\n"})
    assert once == (
        "a <!-- made: x -->new<!-- end --> b\n"
        "<!-- made by buildout generate: t -->\n\n| a |\n|---|\n\n<!-- end -->"
    )
    assert filled(once, {"x": "new", "t": "| a |\n|---|\n"}) == once


def test_a_mark_of_an_unknown_name_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="Nearest: `draws`"):
        filled("<!-- made: drawss --><!-- end -->", {"draws": "1"})


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A checkout with two generated files, one of which is stale."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "model").mkdir()
    (tmp_path / "a.md").write_text("old")
    (tmp_path / "b.md").write_text("b")
    (tmp_path / "left.svg").write_text("of a sector that is gone")
    monkeypatch.setattr(places, "model_file", lambda: tmp_path / "model" / "buildout.mdl")
    made = (
        Generated("first", "a", lambda root: {"a.md": b"new"}),
        Generated("second", "b", lambda root: {"b.md": b"b"}, owned=("*.svg",)),
    )
    monkeypatch.setattr(generated, "GENERATED", made)
    return tmp_path


def test_check_names_what_is_stale_and_writes_nothing(two, capsys):
    assert main(["generate", "--check"]) == 1
    shown = capsys.readouterr().out
    assert "a.md is stale; `buildout generate first` makes it anew." in shown
    assert "left.svg is stale; `buildout generate second`" in shown
    assert "b.md is" not in shown
    assert (two / "a.md").read_text() == "old"
    assert (two / "left.svg").exists()


def test_generate_makes_what_is_stale_and_removes_what_is_made_no_more(two, capsys):
    assert main(["generate"]) == 0
    assert capsys.readouterr().out.split() == ["a.md", "left.svg"]
    assert (two / "a.md").read_text() == "new"
    assert not (two / "left.svg").exists()
    assert main(["generate", "--check"]) == 0
    assert main(["generate", "first"]) == 0
    assert "Nothing has changed." in capsys.readouterr().out


def test_a_name_that_is_none_is_refused_with_the_nearest(capsys):
    assert main(["generate", "effect", "--check"]) == 2
    assert "Unknown generated file `effect`. Nearest: `effects`." in capsys.readouterr().err


def test_an_installed_package_is_refused_with_a_cure(two, capsys):
    (two / "pyproject.toml").unlink()
    for argv in (["generate"], ["generate", "--check"]):
        assert main(argv) == 2
        said = capsys.readouterr().err
        assert "installed package" in said
        assert "Clone the repository" in said
    assert (two / "a.md").read_text() == "old"


def test_a_model_edited_while_its_views_are_drawn_is_not_overwritten(two, monkeypatch):
    path = two / "model" / "buildout.mdl"
    path.write_text("x= 1 ~ t ~ a |")

    def draw(text):
        path.write_text("x= 2 ~ t ~ a |")
        return text

    monkeypatch.setattr(generated, "draw_views", draw)
    sketches = next(one for one in GENERATED if one.name == "sketches")
    with pytest.raises(OutputError, match=r"changed while its views were drawn"):
        sketches.write(two)
    assert path.read_text() == "x= 2 ~ t ~ a |"


def test_a_slow_page_is_stale_when_an_input_has_changed_but_not_for_another_drawing(
    tmp_path, monkeypatch
):
    model = tmp_path / "model" / "buildout.mdl"
    model.parent.mkdir()
    (tmp_path / "parameters.csv").write_text("name\n")
    sketch = "\n\n\\\\\\---/// Sketch information\nV300\n*View\n///---\\\\\\\n"
    model.write_text("x= 1 ~ t ~ a |" + sketch)
    monkeypatch.setattr(places, "model_file", lambda: model)
    monkeypatch.setattr(places, "calibration_folder", lambda: tmp_path)
    page = recorded.recorded("# Page\n", "experiments")
    assert recorded.is_of_these_inputs(page, "experiments")
    model.write_text("x= 1 ~ t ~ a |" + sketch.replace("*View", "*Other"))
    assert recorded.is_of_these_inputs(page, "experiments")
    assert not recorded.is_of_these_inputs(page, "outcomes")
    assert not recorded.is_of_these_inputs("# Page\n", "experiments")
    (tmp_path / "parameters.csv").write_text("name\nx\n")
    assert not recorded.is_of_these_inputs(page, "experiments")


def test_there_is_one_program_and_no_hidden_one():
    programs = [
        path.relative_to(places.PACKAGE).as_posix()
        for path in places.PACKAGE.rglob("*.py")
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    ]
    assert programs == ["__main__.py"]
    told = [ROOT / "Makefile", ROOT / "README.md", *places.PACKAGE.rglob("*.py")]
    for path in told:
        assert not re.search(r"python -m buildout\.", path.read_text(encoding="utf-8")), path


def test_a_run_of_the_past_makes_no_page_stale_and_a_policy_does(tmp_path, monkeypatch):
    folder = tmp_path / "pathways"
    shutil.copytree(places.pathways_folder(), folder)
    before = recorded.fingerprint()
    monkeypatch.setattr(places, "pathways_folder", lambda: folder)
    (folder / "past.toml").write_text("initial_time = 2018.0")
    assert recorded.fingerprint() == before
    (folder / "policy.toml").write_text('extends = "status-quo"')
    assert recorded.fingerprint() != before
