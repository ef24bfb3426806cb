"""`buildout condition`: what it saves and shows, and what it refuses in one message."""

import csv
import json

import pytest

from buildout.cli.main import main
from buildout.sampling.saved import load_design

SEEN = """series,from,to,value,unit,sd
us_ree_mine_production_t,2019,2020,28000,t REO,
us_ree_mine_production_t,2020,2021,39000,t REO,
us_ree_mine_production_t,2023,2024,41600,t REO,
mp_headcount,2020.0,2020.0,200,person,10
"""
QUICK = ["--draws", "150", "--prior-draws", "600"]


@pytest.fixture
def answer(tmp_path, monkeypatch, capsys):
    """Run the command in a folder with `seen.csv`: its code, what it printed, what it said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seen.csv").write_text(SEEN)

    def run(*argv):
        try:
            code = main([str(word) for word in argv])
        except SystemExit as left:
            code = left.code
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out, shown.err

    return run


def asked(*more):
    return ("condition", "hindcast-2018", "--observations", "seen.csv", "--until", "2022", *more)


@pytest.mark.slow
def test_the_folder_is_a_design_that_other_commands_take(answer, tmp_path):
    code, shown, said = answer(*asked(*QUICK, "--luck", "kept"))
    assert code == 0
    assert "Conditioned on 3 observations of 2 series until 2022 by importance" in shown
    assert "luck of operation[US,mining]" in shown
    assert "buildout deadline --design results/conditioned" in shown
    assert "Left out, outside the dates asked for: line 4." in said
    folder = tmp_path / "results" / "conditioned"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"].startswith(
        "buildout condition hindcast-2018 --observations seen.csv --until 2022"
    )
    assert set(manifest["outputs"]) == {
        "condition.json",
        "design.csv",
        "design.json",
        "observations.csv",
        "parameters.csv",
    }
    code, shown, _ = answer("deadline", "status-quo", "--design", folder, "--json")
    assert code == 0
    assert json.loads(shown)[0]["draws"] == 150
    code, *_ = answer("run", "status-quo", "--design", folder, "--out", "run")
    facts = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert facts["odds"].startswith("150 draws, conditioned on 3 observations of 2 series until")


def test_json_holds_what_the_files_do(answer, tmp_path):
    code, shown, _ = answer(*asked(*QUICK, "--json", "--seed", "3"))
    told = json.loads(shown)
    assert code == 0
    folder = tmp_path / "results" / "conditioned"
    assert told == json.loads((folder / "condition.json").read_text())
    assert told["sha256"] == load_design(folder).sha256
    assert told["prior"] == {"design": "latin hypercube", "draws": 600, "seed": 3}
    assert 1 < told["effective_sample_size"] <= 600
    assert told["distinct"] <= 150
    with open(folder / "observations.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["sd"]) for row in rows] == [row["sd"] for row in told["observations"]]


@pytest.mark.slow
def test_the_smoother_says_that_it_is_one(answer):
    code, shown, _ = answer(*asked("--method", "smoother", "--draws", "150"))
    assert code == 0
    assert "by an ensemble smoother in 4 steps" in shown
    assert "150 draws, of which 150 differ" in shown


@pytest.mark.slow
def test_what_is_set_stays_set(answer, tmp_path):
    name = "ramp time to nameplate[mining]"
    code, shown, _ = answer(*asked(*QUICK, "--set", f"{name}=2", "--json"))
    assert code == 0
    told = json.loads(shown)
    assert told["settings"] == {name: 2.0}
    assert name not in [row["parameter"] for row in told["parameters"]]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("condition", "following arguments are required: --observations, --until"),
        ("condition --observations seen.csv", "required: --until"),
        ("condition --observations no.csv --until 2022", "Cannot read the file of observations"),
        ("condition --observations seen.csv --until then", "`--until` is `then`"),
        ("condition --observations seen.csv --until 2018", "holds nothing to score"),
        ("condition --observations seen.csv --until 2030", "outside the run of `status-quo`"),
        ("condition hindcst-2018 --observations seen.csv --until 2022", "hindcast-2018"),
        ("condition --observations seen.csv --until 2022 --method magic", "Accepted: importance"),
        ("condition --observations seen.csv --until 2022 --draws 3", "`3`"),
        ("condition --observations seen.csv --until 2022 --draws many", "`--draws` is `many`"),
        ("condition --observations seen.csv --until 2022 --prior-draws 30", "from 1,000"),
        ("condition --observations seen.csv --until 2022 --model-error -1", "A share from 0"),
        ("condition --observations seen.csv --until 2022 --model-error nan", "finite"),
        ("condition --observations seen.csv --until 2022 --seed x", "`--seed` is `x`"),
        ("condition --observations seen.csv --until 2022 --until 2023", "given twice"),
        (
            "condition --observations seen.csv --until 2022 --method smoother --prior-draws 5000",
            "are for importance resampling",
        ),
        ("condition --observations bad.csv --until 2022", "Unknown series `us_ree_mine_prod"),
    ],
)
def test_what_cannot_be_conditioned_is_one_message_and_earlier_results_stay(
    argv, message, answer, tmp_path, monkeypatch
):
    # As outside the tests, whose runs are shown beside a few draws.
    monkeypatch.setattr("buildout.sampling.defaults.DRAWS", 1000)
    earlier = tmp_path / "results" / "conditioned" / "mine.txt"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("kept")
    (tmp_path / "bad.csv").write_text(SEEN.replace("production", "prodction"))
    code, shown, said = answer(*argv.split())
    assert code == 2
    assert message in said
    assert not shown
    assert [path.name for path in earlier.parent.iterdir()] == ["mine.txt"]


@pytest.mark.slow
def test_results_of_another_kind_are_not_overwritten(answer, tmp_path):
    assert answer("run", "--draws", "0", "--out", "results/conditioned")[0] == 0
    before = sorted((tmp_path / "results" / "conditioned").iterdir())
    code, _, said = answer(*asked(*QUICK))
    assert code == 2
    assert "holds simulated pathways" in said
    assert sorted((tmp_path / "results" / "conditioned").iterdir()) == before
