"""What is read from runs that begin at another time than the model, and what is refused of them."""

import pytest

from buildout import figures
from buildout.checks import simulate_every_step
from buildout.cli.main import main
from buildout.errors import ResultsError
from buildout.outcomes.deadline import answers, deadline

PAST = 'title = "Past"\ninitial_time = 2018.0\nfinal_time = 2019.0\n'


@pytest.fixture(scope="module")
def ds(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "past.toml"
    path.write_text(PAST.replace("2019.0", "2028.0"))
    return simulate_every_step(path)


def test_readers_of_the_rule_refuse_another_start_in_words(ds):
    assert not answers(ds)
    for read in (deadline, figures.capacity, figures.deadline_card):
        with pytest.raises(ResultsError, match="start in 2018, a time of their own"):
            read(ds)


@pytest.mark.slow
def test_run_leaves_the_verdict_out_and_says_so(tmp_path, capsys):
    past = tmp_path / "past.toml"
    past.write_text(PAST)
    assert main(["run", str(past), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no verdict. These results start in 2018" in shown.err
    assert (tmp_path / "out" / "results.nc").is_file()


@pytest.mark.slow
def test_check_holds_for_another_start(tmp_path, capsys):
    past = tmp_path / "past.toml"
    past.write_text(PAST)
    argv = ["check", str(past), "--no-halving", "--out", str(tmp_path / "out")]
    assert main(argv) == 0, capsys.readouterr().out
