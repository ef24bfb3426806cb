"""A manifest is enough to make the same bytes again, and can do nothing else."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from buildout._util.files import sha256
from buildout.cli import recorded
from buildout.cli.main import command_names, main
from buildout.cli.recorded import LARGEST_CARRIED
from buildout.cli.repeatable import REPEATED

OWN = 'title = "Mine"\nextends = "below/base.toml"\n[[set]]\nlever = "subsidy"\nvalue = 7\n'
BASE = 'extends = "status-quo"\n[[set]]\nlever = "subsidy end"\nvalue = 2029\n'


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A sceptic's pathway, which extends another file, in the folder where we are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below").mkdir()
    (tmp_path / "mine.toml").write_text(OWN)
    (tmp_path / "below" / "base.toml").write_text(BASE)
    return tmp_path / "mine.toml"


@pytest.fixture
def sent(own, tiny_world, capsys):
    """Only the folder that a run of it left, at a colleague's."""
    assert main(["run", str(own), "--out", "A"]) == 0
    shutil.copytree("A", "colleague/A")
    shutil.rmtree("A")
    shutil.rmtree("below")
    own.unlink()
    capsys.readouterr()
    return own.parent / "colleague" / "A" / "manifest.json"


def reproduced(path, *more, code=0):
    """What the command answers."""
    assert main(["reproduce", str(path), "--json", *more]) == code


def changed(path, **again):
    """The manifest with another record of its command."""
    content = json.loads(path.read_text())
    content["again"] |= again
    path.write_text(json.dumps(content))


def test_a_folder_that_is_sent_holds_all_that_makes_it_again(sent, capsys):
    reproduced(sent)
    answer = json.loads(capsys.readouterr().out)
    assert answer["equal"]
    assert answer["why"] == []
    assert {row["file"] for row in answer["files"]} >= {"results.nc", "verdict.json"}
    assert {row["made"] for row in answer["files"]} == {"equal"}
    assert (
        json.loads((sent.parents[2] / "reproduced" / "manifest.json").read_text())["again"]
        == (json.loads(sent.read_text())["again"])
    )


def test_the_manifest_alone_is_enough(sent, capsys):
    shutil.copy(sent, "alone.json")
    reproduced("alone.json")
    assert {row["there"] for row in json.loads(capsys.readouterr().out)["files"]} == {"not there"}


@pytest.mark.parametrize(
    "argv",
    [
        "sweep mine.toml --draws 8 --seed 3 --outputs capacity --at 2030",
        "sweep --design grid --draws 9 --vary subsidy* --outputs capacity --at 2030",
    ],
)
def test_a_sweep_is_made_again_with_its_seed(own, tiny_world, argv, capsys):
    assert main([*argv.split(), "--out", "s", "--jobs", "1"]) == 0
    capsys.readouterr()
    reproduced("s", "--out", "again")
    answer = json.loads(capsys.readouterr().out)
    assert {"results.nc", "summary.csv", "sweep.json"} <= {row["file"] for row in answer["files"]}


def test_a_file_that_was_changed_is_named(sent, capsys):
    kpis = sent.parent / "kpis.csv"
    kpis.write_text(kpis.read_text() + " ")
    reproduced(sent, code=1)
    answer = json.loads(capsys.readouterr().out)
    assert not answer["equal"]
    assert "`kpis.csv` beside the manifest: changed since" in answer["why"][-1]


def test_another_version_is_said_first(sent, capsys):
    content = json.loads(sent.read_text())
    content["versions"]["numpy"] = "1.0"
    content["outputs"]["results.nc"] = "0" * 64
    table = sent.parent / "kpis.csv"
    table.write_text("pathway,value\nmine,1\n")
    content["outputs"]["kpis.csv"] = sha256(table)
    sent.write_text(json.dumps(content))
    assert main(["reproduce", str(sent)]) == 1
    shown = capsys.readouterr().out
    assert "numpy 1.0 then" in shown.splitlines()[1]
    assert "results.nc" in shown
    assert re.search(r"kpis.csv +differs +as listed +other cells", shown)
    assert "differs" in shown


def test_a_pathway_that_was_changed_beside_it_is_said_and_not_used(sent, capsys):
    (sent.parent / "mine.toml").write_text(OWN.replace("7", "8"))
    reproduced(sent)
    assert "was changed since; what the manifest holds of it" in capsys.readouterr().out


def test_a_design_too_large_for_a_manifest_is_looked_for_beside_it(own, tiny_world, capsys):
    from buildout import latin_hypercube, save_design

    design = latin_hypercube(4, seed=1, vary=["uncertainty"])
    save_design(design, "d/draws.csv")
    with open("d/draws.csv", "a") as file:
        file.write("\n" * LARGEST_CARRIED)
    (own.parent / "d" / "draws.json").unlink()
    argv = "sweep --design d/draws.csv --outputs capacity --at 2030 --out s"
    assert main(argv.split()) == 0
    assert main(["reproduce", "s"]) == 2
    assert "`draws.csv`, which is not beside the manifest" in capsys.readouterr().err
    shutil.copy("d/draws.csv", "s/draws.csv")
    reproduced("s", "--out", "again")


@pytest.mark.parametrize(
    ("again", "message"),
    [
        ({"command": "generate"}, "is no command that makes results"),
        ({"command": "model"}, "is no command that makes results"),
        ({"words": ["--out=/tmp"]}, "`--out=/tmp` is not for a manifest to set"),
        ({"words": ["--out", "x"]}, "not for a manifest to set"),
        ({"words": ["--nonsense"]}, "Unknown option `--nonsense`"),
        ({"words": ["secret.toml"]}, "`secret.toml` and does not hold its content"),
        ({"words": ["--design", "/etc/passwd"]}, "does not hold its content"),
        ({"words": "run"}, "not as buildout writes it"),
        ({"words": [1]}, "its words are no text"),
        ({"files": {"../x.toml": {"sha256": "0"}}}, "no name of a file"),
        ({"files": {"x.toml": {"sha256": "0", "text": "a"}}}, "not what its fingerprint says"),
        ({"folders": {"x": {"../manifest.json": "0"}}}, "no name of a folder"),
        ({"folders": {"x": {"manifest.json": "0"}}}, "which is not beside the manifest"),
    ],
)
def test_a_manifest_cannot_do_anything_else(sent, again, message, capsys):
    (sent.parents[2] / "secret.toml").write_text("title = 'no'")
    changed(sent, **again)
    assert main(["reproduce", str(sent)]) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", '{"again": 1}', '{"again": {}}'])
def test_what_is_no_manifest_is_refused(tmp_path, text, capsys):
    (tmp_path / "manifest.json").write_text(text)
    assert main(["reproduce", str(tmp_path / "manifest.json"), "--out", str(tmp_path / "o")]) == 2
    assert "manifest.json`" in capsys.readouterr().err


def test_nothing_that_is_there_is_written_over(sent, capsys):
    before = {path: path.read_bytes() for path in sent.parent.iterdir()}
    assert main(["reproduce", str(sent), "--out", str(sent.parent)]) == 2
    assert "holds the manifest itself" in capsys.readouterr().err
    (sent.parents[2] / "full").mkdir()
    (sent.parents[2] / "full" / "note.txt").write_text("mine")
    assert main(["reproduce", str(sent), "--out", "full"]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in sent.parent.iterdir()}


def test_every_command_that_records_what_it_was_asked_can_be_made_again():
    folder = Path(recorded.__file__).parent
    texts = {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in command_names()}
    signs = ("recorded.", "save_and_show(")
    recording = {n for n, text in texts.items() if any(sign in text for sign in signs)}
    recording -= {"reproduce"}
    assert recording > {"run", "compare"}
    assert recording <= set(REPEATED)


def test_a_folder_of_several_results_asks_which(own, tiny_world, capsys):
    (own.parent / "a.manifest.json").write_text("{}")
    (own.parent / "b.manifest.json").write_text("{}")
    assert main(["reproduce", str(own.parent)]) == 2
    assert "holds 2 manifests" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "argv",
    [
        "run status-quo mobilization --draws 40",
        "run status-quo --design own/draws.csv",
        "deadline --regime B --defense-need 800 --draws 40",
        "compare status-quo mobilization --draws 40",
        'attribute status-quo mobilization --outcome "vulnerability" --year 2035',
        "sweep --draws 16 --seed 7",
        "need --table own_need.csv --draws 1000",
        "figures status-quo --draws 40",
        "report status-quo --draws 40",
    ],
)
def test_every_command_that_saves_is_made_again_byte_for_byte(argv, tmp_path, monkeypatch, capsys):
    from buildout import latin_hypercube, save_design
    from buildout.inputs import places

    monkeypatch.chdir(tmp_path)
    shutil.copy(places.calibration_folder() / "defense_need.csv", "own_need.csv")
    save_design(latin_hypercube(40, seed=3), "own/draws.csv")
    assert main([*shlex.split(argv), "--out", "a"]) == 0
    (tmp_path / "own_need.csv").unlink()
    shutil.rmtree("own")
    capsys.readouterr()
    reproduced("a", "--out", "b")
    answer = json.loads(capsys.readouterr().out)
    assert answer["equal"]
    assert len(answer["files"]) >= 2
