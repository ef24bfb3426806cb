"""`buildout hindcast`: its files tell all that its table is made of."""

import csv
import json

import numpy as np
import pytest

from buildout.cli.main import main


@pytest.fixture
def made(tmp_path, monkeypatch, capsys, unpainted):
    """A run of few draws, its files read, without the picture."""
    monkeypatch.chdir(tmp_path)
    assert main(["hindcast", "--start", "2021", "--draws", "20", "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    with open("results/hindcast.csv", newline="", encoding="utf-8") as file:
        return lines, list(csv.DictReader(file))


def test_the_table_can_be_made_again_from_the_rows(made):
    lines, rows = made
    assert sum(line["count"] for line in lines) == len(rows)
    for line in lines:
        own = [row for row in rows if row["group"] == line["group"]]
        assert {row["role"] for row in own} == {line["role"]}
        level = np.mean([float(row["observed"]) for row in own])
        for name, column in (
            ("crps", "crps"),
            ("persistence", "crps_persistence"),
            ("random_walk", "crps_random_walk"),
        ):
            mean = np.mean([float(row[column]) for row in own])
            assert line[name] == pytest.approx(mean / level), line["group"]
        errors = np.array([float(row["run"]) - float(row["observed"]) for row in own])
        assert line["mean_error"] == pytest.approx(errors.mean() / level)
        assert line["root_mean_square"] == pytest.approx(np.sqrt((errors**2).mean()) / level)


@pytest.mark.slow
def test_the_last_sentence_counts_what_tells_the_same_once(
    tmp_path, monkeypatch, capsys, unpainted
):
    monkeypatch.chdir(tmp_path)
    assert main(["hindcast", "--draws", "20"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("The draws were nearer than both naive forecasts on ")
    assert last.endswith(" of 8 if those that tell the same count once.")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("study delay\n" + "-5\n" * 20, "study delay"),
        ("study delay\n" + "0.5\n" * 19, "holds 19 draws. At least 20 are accepted"),
    ],
)
def test_draws_outside_their_range_and_too_few_of_them_are_refused(
    tmp_path, monkeypatch, capsys, table, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "draws.csv").write_text(table)
    assert main(["hindcast", "--design", "draws.csv"]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("results/*"))
