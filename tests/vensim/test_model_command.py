"""`buildout model` runs a model of anything, and says what it cannot."""

import csv
import json
from pathlib import Path

import pytest

from buildout.cli.main import main
from buildout.vensim import engine

MODELS = Path(__file__).parent / "engine" / "models"
DECAY, SUBSCRIPTS = str(MODELS / "decay.mdl"), str(MODELS / "subscripts.mdl")


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "series.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_model_is_run_and_shown_at_its_first_middle_and_last_date(capsys):
    assert main(["model", DECAY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["output", "unit", "0", "5", "10"]
    assert [line.split()[0] for line in lines[2:]] == ["tank", "outflow"]
    assert lines[2].split()[:3] == ["tank", "m3", "100"]


@pytest.mark.parametrize("runs", ["batch", "reference"])
def test_constants_and_times_are_set_and_both_engines_agree(capsys, runs):
    settings = ["--set", "Initial Volume = 8", "--set", "life=1", "--set", "saveper=1"]
    more = ["--time-step", "0.5", "--final-time", "2", "--engine", runs, "--json"]
    assert main(["model", DECAY, *settings, *more, "--outputs", "tank"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "status": "ok",
        "times": [0, 1, 2],
        "outputs": [{"output": "tank", "unit": "m3", "values": [8, 2, 0.5]}],
    }


def test_data_variables_take_their_numbers_from_a_file(tmp_path, capsys):
    text = Path(DECAY).read_text(encoding="utf-8").replace("{UTF-8}", "{UTF-8}\nrain ~~|\n", 1)
    (tmp_path / "rainy.mdl").write_text(text, encoding="utf-8")
    (tmp_path / "rain.csv").write_text("Time,rain\n0,1\n10,3\n")
    asked = ["model", str(tmp_path / "rainy.mdl"), "--outputs", "rain"]
    given = ["--data", str(tmp_path / "rain.csv"), "--out", str(tmp_path / "made")]
    assert main([*asked, *given]) == 0
    assert capsys.readouterr().out.splitlines()[2].split()[-3:] == ["1", "2", "3"]
    facts = json.loads((tmp_path / "made" / "manifest.json").read_text(encoding="utf-8"))
    assert "--data rain.csv" in json.dumps(facts)
    assert main(asked) == 2
    assert "--data" in capsys.readouterr().err


def test_one_element_is_set_and_shown_by_its_subscripts(tmp_path, capsys):
    system = engine.load(SUBSCRIPTS)
    scalar = next(s for s in system.constants if "[" in s)
    assert main(["model", SUBSCRIPTS, "--set", f"{scalar}=41", "--outputs", scalar]) == 0
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.split()[-1] == "41"


def test_all_series_are_saved_with_what_made_them(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["model", DECAY, "--set", "life=2", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "series.csv"]
    rows = table(out)
    assert list(rows[0]) == ["time", "tank", "outflow", "life", "initial volume"]
    ran = engine.Batch().run(engine.load(Path(DECAY)), {"life": 2})
    assert [float(row["tank"]) for row in rows] == ran["tank"][:, 0].tolist()
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["command"] == "buildout model decay.mdl --set life=2"
    assert (manifest["status"], manifest["set"]) == ("ok", {"life": 2})
    assert list(manifest["outputs"]) == ["series.csv"]
    assert main(["model", DECAY, "--out", str(out), "--outputs", "tank"]) == 0
    assert list(table(out)[0]) == ["time", "tank"]


REFUSED = {
    "an unknown constant": (["--set", "lief=2"], "Unknown variable `lief`. Nearest: `life`"),
    "an unknown output": (["--outputs", "tnak"], "Unknown variable `tnak`. Nearest: `tank`"),
    "an unknown element": (["--set", "life[US]=2"], "Unknown element `life[US]`"),
    "what is computed": (["--set", "outflow=2"], "constant `outflow`: an equation"),
    "what is a stock": (["--set", "tank=2"], "constant `tank`: an equation"),
    "no number": (["--set", "life=long"], "`life` is `long`. A number is accepted"),
    "a decimal comma": (["--set", "life=0,8"], "Write `0.8`"),
    "no value": (["--set", "life="], '"name=value"'),
    "no name": (["--set", "=3"], '"name=value"'),
    "one constant twice": (["--set", "life=2", "--set", "Life=3"], "`life` is set twice"),
    "one time twice": (["--set", "time step=1", "--time-step", "2"], "`time_step` is set twice"),
    "no step": (["--time-step", "0"], "greater than zero"),
    "a step without end": (["--time-step", "1e-300"], "time steps"),
    "the end before the beginning": (["--final-time", "-1"], "before"),
    "what is not a step": (["--time-step", "fast"], "`time_step` is `fast`"),
}


@pytest.mark.parametrize(("options", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_and_nothing_written(tmp_path, capsys, options, said):
    out = tmp_path / "out"
    assert main(["model", DECAY, *options, "--out", str(out)]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert not list(out.glob("*"))


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("x = RANDOM GAMMA(0, 1, 0, 1, 7) ~~|", "RANDOM GAMMA"),
        ("x = GET DIRECT CONSTANTS('a.xlsx', 'b', 'C1') ~~|", "GET DIRECT CONSTANTS"),
        (":MACRO: TWICE(y)\nTWICE = 2 * y ~~|\n:END OF MACRO:\nx = TWICE() ~~|", "MACRO"),
    ],
)
def test_what_the_engine_lacks_is_refused_by_name(tmp_path, capsys, equation, said):
    path = tmp_path / "x.mdl"
    path.write_text(Path(DECAY).read_text().replace("{UTF-8}", "{UTF-8}\n" + equation, 1))
    assert main(["model", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_no_model_is_refused(tmp_path, capsys):
    assert main(["model", str(tmp_path / "none.mdl")]) == 2
    assert "Cannot read the model file" in capsys.readouterr().err
    (tmp_path / "x.mdl").write_text("hello")
    assert main(["model", str(tmp_path / "x.mdl")]) == 2


def test_a_run_that_is_not_sound_is_told_so_and_leaves_with_one(tmp_path, capsys):
    argv = ["model", DECAY, "--set", "initial volume=-1", "--out", str(tmp_path / "out")]
    assert main(argv) == 1
    assert "not sound (negative_stock)" in capsys.readouterr().err
    assert (
        json.loads((tmp_path / "out" / "manifest.json").read_text())["status"] == "negative_stock"
    )


def test_results_of_another_kind_are_left_alone(tmp_path, capsys):
    (tmp_path / "manifest.json").write_text("{}")
    assert main(["model", DECAY, "--out", str(tmp_path)]) == 2
    assert (tmp_path / "manifest.json").read_text() == "{}"
