"""`--design FILE`: the same draws for every command that draws."""

import csv
import json

import numpy as np
import pytest
import xarray as xr

import buildout as bo
from buildout.analysis.worlds import ask_design, asked_draws, worlds
from buildout.cli.main import main
from buildout.errors import ResultsError


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("design") / "mine.csv"
    bo.save_design(bo.latin_hypercube(120, seed=5), path)
    return path


@pytest.mark.slow
def test_a_sweep_takes_the_draws_of_a_file(table, tmp_path, capsys):
    out = tmp_path / "out"
    argv = ["sweep", "status-quo", "--design", str(table), "--out", str(out)]
    assert main(argv) == 0
    shown = capsys.readouterr().out
    with xr.open_dataset(out / "results.nc") as ds:
        assert np.array_equal(ds["drawn"].values, bo.load_design(table).values)
    assert "The whole need on 1 January 2027" in shown


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("sweep --design {table} --draws 9", "`--draws` and the file of `--design` are both given"),
        ("sweep --design {table} --vary luck", "`--vary` and the file of `--design`"),
        ("sweep --design {table} --seed 0", "`--seed` and the file of `--design`"),
        ("deadline --design {table} --draws 0", "`--draws` and the file of `--design`"),
        (
            "sweep --design lsh",
            "`--design` is `lsh`. Accepted: lhs, sobol, saltelli, grid, or ",
        ),
        ("sweep --design none.csv", "Cannot read the design `none.csv`"),
        ("run --design none.csv", "Cannot read the design `none.csv`"),
        ("deadline --design {table} --design {table}", "`--design` is given twice"),
        ("report --design", "expected one argument"),
        ("sweep --design {table} --set {drawn}=0.1", "is set, and the design draws"),
    ],
)
def test_what_cannot_be_drawn_is_one_message_and_writes_nothing(
    argv, message, table, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    drawn = bo.latin_hypercube(1).names[0]
    words = [word.format(table=table, drawn=drawn) for word in argv.split()]
    try:
        code = main(words)
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert message in capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("command", ["run", "deadline", "report", "figures", "export"])
@pytest.mark.parametrize("draws", ["--draws few", "--seed -1", "--design none.csv"])
def test_draws_are_read_before_anything_is_run(command, draws, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for place in ("cli.common.simulated", "documents.handed_on.simulate_resolved"):
        monkeypatch.setattr(f"buildout.{place}", lambda *_, **__: pytest.fail("a run was made"))
    assert main([command, "status-quo", *draws.split()]) == 2
    assert draws.split()[1] in capsys.readouterr().err


@pytest.mark.slow
def test_the_verdict_of_deadline_and_run_is_that_of_the_sweep(table, tmp_path, capsys):
    verdicts = []
    for command in ("deadline", "run"):
        folder = tmp_path / command
        argv = [command, "status-quo", "--design", str(table), "--out", str(folder), "--json"]
        assert main(argv) == 0
        verdicts.append(json.loads(capsys.readouterr().out))
    argv = ["sweep", "status-quo", "--design", str(table)]
    assert main([*argv, "--out", str(tmp_path / "sweep")]) == 0
    with open(tmp_path / "sweep" / "odds.csv", newline="") as file:
        swept = list(csv.DictReader(file))
    for row, other, odds in zip(*verdicts, swept, strict=True):
        assert row["share_covered_2027"] == other["share_covered_2027"]
        assert row["share_covered_2027"] == float(odds["share_covered_2027"])
        assert row["draws"] == 120
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["odds"].startswith("120 draws, latin hypercube")
    assert "--design mine.csv" in manifest["command"]


@pytest.mark.slow
def test_results_remember_their_design_and_say_when_it_is_gone(table, tmp_path, capsys):
    own = tmp_path / "own.csv"
    bo.save_design(bo.latin_hypercube(40, seed=9), own)
    ds = ask_design(bo.simulate("status-quo"), own)
    assert worlds(ds).sizes["draw"] == 40
    assert set(asked_draws(ds)) == {"design", "sha256"}
    bo.save_design(bo.latin_hypercube(41, seed=9), own)
    ask_design(ds, own)  # Another design under the old name, in memory beside the first.
    from buildout.analysis import worlds as module

    module._on_file.cache_clear()
    with pytest.raises(ResultsError, match="has changed since the run"):
        bo.odds(ds)
    own.unlink()
    with pytest.raises(ResultsError, match="Give the draws anew, with `--design FILE`"):
        bo.odds(ds)


@pytest.mark.slow
def test_odds_take_a_design_in_memory(three):
    design = bo.latin_hypercube(50, seed=4)
    given = bo.odds(three, design=design)
    drawn = bo.odds(three, draws=50, seed=4)
    assert given["share_covered_2027"].equals(drawn["share_covered_2027"])


@pytest.mark.slow
def test_draws_of_ones_own_are_known_by_their_fingerprint(three):
    few = bo.given({"price adjustment time": np.linspace(0.3, 1.0, 40)})
    words = bo.odds(three, design=few).attrs["drawn"]
    assert words == f"40 draws, given, sha256 {few.sha256[:12]}"
