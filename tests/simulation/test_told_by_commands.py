"""Commands say, and tell by their exit code, what is not sound, coarse or without effect."""

import json

import pytest

from buildout import checks, figures, load_results, report, save_results, simulate
from buildout.cli.main import main
from buildout.simulation.soundness import told_status

BROKEN = ["status-quo", "--beyond-range", "--set", "collection level=-1"]
#: Of what is said of the single run, the draws beside it change nothing.
NO_DRAWS = ["--draws", "0"]
#: Other inputs of the kind: each drives a stock below zero.
MORE = [
    ["china-deal", "--beyond-range", "--set", "collection level=-0.5"],
    ["status-quo", "--beyond-range", "--set", "initial oxide full chain=-5"],
    ["status-quo", "--beyond-range", "--set", "trainee share at start=-0.1"],
]


@pytest.fixture
def command(tmp_path, capsys):
    """Run a command: exit code, what it printed, what it said."""

    def run(name, *arguments):
        code = main([name, *arguments, "--out", str(tmp_path / "out")])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.mark.parametrize("name", ["run", "deadline"])
def test_a_broken_run_is_told_on_screen_in_json_and_by_the_exit_code(command, name, tmp_path):
    code, out, err = command(name, *BROKEN)
    assert code == 1
    assert err.count("Not sound, and not to be relied on: pathway `status-quo`") == 1
    assert "negative_stock" in out
    code, out, err = command(name, *BROKEN, *NO_DRAWS, "--json")
    assert code == 1
    assert {row["status"] for row in json.loads(out)} == {"negative_stock"}
    [saved] = (tmp_path / "out").glob("[vd]e*[!s][te].json")
    assert {row["status"] for row in json.loads(saved.read_text())} == {"negative_stock"}


@pytest.mark.parametrize("arguments", MORE, ids=lambda a: a[-1])
def test_whatever_breaks_a_run_is_told(command, arguments):
    code, _, err = command("deadline", *arguments, *NO_DRAWS)
    assert code == 1
    assert "Not sound" in err


def test_a_broken_run_beside_a_sound_one_is_told_alone(command, tmp_path):
    worse = tmp_path / "worse.toml"
    worse.write_text(
        'extends = "status-quo"\n[[set]]\nlever = "trainee share at start"\nvalue = -0.1\n'
    )
    both = ["status-quo", str(worse), "--beyond-range"]
    code, out, err = command("deadline", *both, *NO_DRAWS, "--json")
    assert code == 1
    assert {(row["pathway"], row["status"]) for row in json.loads(out)} == {
        ("status-quo", "ok"),
        ("worse", "negative_stock"),
    }
    assert "pathway `status-quo`" not in err


def test_a_sound_run_says_nothing_and_shows_no_status(command):
    code, out, err = command("deadline", "status-quo")
    assert code == 0
    assert "status " not in out.splitlines()[0]
    assert "Not sound" not in err
    assert "changed nothing" not in err


def test_a_setting_without_effect_is_told_in_one_sentence(command):
    late = ["--set", "added contract start=2026"]
    code, _, err = command("deadline", "status-quo", *late, *NO_DRAWS)
    assert code == 0
    assert err.count("changed nothing") == 1
    assert "`added contract start` changed nothing: `added contract cover` is 0." in err


@pytest.mark.parametrize("setting", ["regime drawn=1", "switch hazards=0"])
def test_a_setting_that_moves_the_draws_only_is_told_so(command, setting):
    code, _, err = command("deadline", "status-quo", *NO_DRAWS, "--set", setting)
    assert code == 0
    lever = setting.partition("=")[0]
    assert f"`{lever}` moves the draws only: a single run is the same." in err
    assert "changed nothing" not in err


def test_an_option_that_is_about_the_draws_needs_no_word(command):
    _, _, err = command("deadline", "status-quo", *NO_DRAWS, "--regime", "drawn")
    assert "moves the draws only" not in err
    assert "changed nothing" not in err


def test_what_moves_neither_the_run_nor_the_draws_changed_nothing(command):
    _, _, err = command("deadline", "status-quo", *NO_DRAWS, "--set", "regime drawn=0")
    assert "`regime drawn` changed nothing: it is 0 already." in err


def test_a_check_tells_a_setting_without_effect_too(command, monkeypatch):
    monkeypatch.setattr(checks, "check_resolved", lambda *_, **__: [])
    _, _, err = command("check", "status-quo", "--set", "secondment start=2030")
    assert "`secondment start` changed nothing: `secondment level` is 0." in err


def test_a_coarse_step_is_told(command):
    code, _, err = command("deadline", "status-quo", *NO_DRAWS, "--time-step", "0.125")
    assert code == 0
    assert "4 times the model's own" in err


@pytest.mark.quick_for("figures")
@pytest.mark.parametrize(
    ("name", "module", "writer"),
    [("figures", figures, "save_figures"), ("report", report, "save_report")],
)
def test_what_is_drawn_of_a_broken_run_is_told_too(command, monkeypatch, name, module, writer):
    monkeypatch.setattr(module, writer, lambda *_, **__: ["a page"])
    code, _, err = command(name, *BROKEN, *NO_DRAWS)
    assert code == 1
    assert "Not sound" in err
    assert "falls below zero in 20" in err


@pytest.mark.slow
def test_results_of_a_broken_run_are_told_when_they_are_read_again(command, tmp_path):
    ds = simulate(
        "status-quo",
        settings={"trainee share at start": -0.1},
        beyond_range=True,
        final_time=2027.5,
        save_every=0.5,
    )
    save_results(ds, tmp_path, command="buildout run")
    assert told_status(load_results(tmp_path))
