"""`buildout sweep` at the command line, on the small world."""

import csv
import json

import numpy as np
import pytest
import xarray as xr

from buildout import sweep
from buildout.analysis.total_order import total_order
from buildout.cli.main import main
from buildout.sampling import defaults, design
from buildout.sweeps import At
from buildout.sweeps import store as folder


@pytest.fixture
def command(tiny_world, tmp_path, capsys):
    """Runs the command in the small world; gives its code, output and messages."""

    def run(*words, out=True):
        usual = {"--outputs": "total capacity", "--at": "2027,2030", "--draws": "8"}
        asked = [(name, value) for name, value in usual.items() if name not in words]
        words = ["sweep", *(word for pair in asked for word in pair), *words]
        code = main([*words, *(["--out", str(tmp_path / "out")] if out else [])])
        return code, *capsys.readouterr()

    return run


def test_it_writes_results_and_shows_the_table_that_it_saved(command, tmp_path):
    code, printed, told = command("status-quo", "--json")
    assert code == 0
    rows = json.loads(printed)
    assert [(row["outcome"], row["year"], row["draws"]) for row in rows] == [
        ("total_capacity", 2027, 8),
        ("total_capacity", 2030, 8),
    ]
    with open(tmp_path / "out" / "summary.csv", newline="") as file:
        saved = list(csv.DictReader(file))
    assert [float(row["p50"]) for row in saved] == [row["p50"] for row in rows]
    with xr.open_dataset(tmp_path / "out" / "results.nc") as ds:
        values = ds["total_capacity"].sel(pathway="status-quo", year=2027)
        assert rows[0]["p50"] == np.median(values)
    assert "results.nc" in told
    assert "`status-quo` settles what is drawn elsewhere: lifetime." in told


def test_it_gives_what_python_gives(command, tiny, tmp_path):
    command("--design", "sobol", "--seed", "5", "--vary", "subsidy*", "--vary", "cost")
    draws = design.sobol(8, seed=5, vary=["subsidy*", "cost"], model=tiny)
    expected = sweep(draws, outputs="total capacity", reductions=At([2027, 2030]), model=tiny)
    with xr.open_dataset(tmp_path / "out" / "results.nc") as ds:
        xr.testing.assert_identical(ds.load(), expected)


def test_a_grid_is_the_finest_within_the_draws(command, tmp_path):
    command("--design", "grid", "--draws", "10", "--vary", "subsidy", "--vary", "cost")
    with xr.open_dataset(tmp_path / "out" / "results.nc") as ds:
        assert ds.sizes["draw"] == 9
        assert np.unique(ds["drawn"][:, 0]).tolist() == [0, 50, 100]


def test_a_saltelli_design_has_as_many_pairs_as_the_draws_allow_and_no_odds(command, tmp_path):
    vary = ("--vary", "subsidy", "--vary", "cost")
    command("--design", "saltelli", "--draws", "100", *vary)
    with xr.open_dataset(tmp_path / "out" / "results.nc") as ds:
        assert ds.sizes["draw"] == 16 * (2 + 2)
        assert total_order(ds, "total_capacity")["factor"].values.tolist() == ["subsidy", "cost"]


def test_every_design_has_a_number_of_draws_that_suits_it(tiny_world, tmp_path, capsys):
    words = ["sweep", "status-quo", "--outputs", "total capacity"]
    for kind, draws in (("lhs", defaults.DRAWS), ("sobol", 64)):
        out = ["--at", "2030", "--json", "--design", kind, "--out", str(tmp_path / kind)]
        assert main([*words, *out]) == 0
        assert json.loads(capsys.readouterr().out)[0]["draws"] == draws


def test_it_goes_on_where_it_stopped(command, tmp_path):
    assert command()[0] == 0
    code, _, told = command()
    assert (code, "`--resume`" in told) == (2, True)
    assert command("--resume")[0] == 0
    code, _, told = command("--resume", "--seed", "2")
    assert (code, "seed is 1, now 2" in told) == (2, True)


def test_ctrl_c_says_how_to_go_on(command, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "run_chunk", stop)
    code, printed, told = command()
    assert (code, printed) == (130, "")
    assert "the same command with `--resume` goes on" in told


def test_names_are_split_at_commas_outside_brackets(tiny_world, tmp_path, capsys):
    out = ["--out", str(tmp_path / "out"), "--draws", "2", "--at", "2030", "--json"]
    assert main(["sweep", "--outputs", "capacity[US,mining],total capacity", *out]) == 0
    outcomes = {row["outcome"] for row in json.loads(capsys.readouterr().out)}
    assert outcomes == {"capacity", "total_capacity"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--outputs", "total capacty"], "Unknown output `total capacty`. Nearest: `total capac"),
        (["mobilisation"], "Nearest: `mobilization`"),
        (["--vary", "liftime"], "Nearest: `lifetime`"),
        (["--vary", "capacity"], "not a constant"),
        (["--set", "subsidi=1"], "Nearest: `subsidy`"),
        (["--set", "cost=1"], "`cost` is set, and the design draws `cost`"),
        (["--set", "subsidy=1e9"], "Accepted: 0 to 100"),
        (["--at", "2026.9"], "2026.9 is not a saved date"),
        (["--at", "soon"], "A number is accepted"),
        (["--at", ","], "No date is given"),
        (["--draws", "0"], "A whole number from 1"),
        (["--draws", "many"], "A whole number is accepted"),
        (["--design", "sobol", "--draws", "1000"], "Take 512 or 1024 draws"),
        (["--design", "saltelli", "--draws", "30"], "Take 40 draws, or fewer parameters"),
        (["--design", "grid", "--draws", "3"], "A grid of 2 parameters has at least 2^2 draws"),
        (["--draws", "1" + 12 * "0"], "Up to 10,000,000,000 are accepted"),
        (["--draws", 400 * "9"], "A whole number is accepted"),
        (["--design", "grid", "--vary", "cost", "--draws", "1e12"], "Up to 1,000,000 are"),
        (["--seed", "-1"], "The seed is -1"),
        (["--jobs", "0"], "`--jobs` is 0"),
        (["--jobs", "1e9"], "A whole number from 1 to 1024"),
        (["--jobs", "two"], "A whole number is accepted"),
        (["--time-step", "0"], "above zero"),
    ],
)
def test_wrong_input_gives_one_message_and_writes_nothing(command, tmp_path, words, message):
    code, printed, told = command(*words)
    assert (code, printed) == (2, "")
    assert message in told
    assert "Traceback" not in told
    assert not (tmp_path / "out" / "results.nc").exists()


def test_broken_draws_are_counted_and_left_out(command, tmp_path):
    code, printed, told = command(
        "--outputs", "inverse", "--vary", "cost", "--set", "guard=0", "--json"
    )
    assert code == 0
    assert "24 of 24 runs broke down" in told
    assert {(row["draws"], row["p50"]) for row in json.loads(printed)} == {(0, None)}
