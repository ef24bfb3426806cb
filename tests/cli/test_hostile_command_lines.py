"""Command lines and surroundings that nobody planned for: one message and the right code."""

import errno
import io
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from buildout.cli import pathways as pathways_command
from buildout.cli.main import command_names, main

pytestmark = pytest.mark.usefixtures("tiny_world")


@pytest.fixture
def answer(capsys):
    """Run a command: its code, what it printed, what it said."""

    def run(*argv):
        try:
            code = main([str(word) for word in argv])
        except SystemExit as left:
            code = left.code
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        assert "\x1b" not in shown.err
        return code, shown.out, shown.err

    return run


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("rum", "Unknown command `rum`. Nearest: `run`"),
        ("level", "Unknown command `level`. Nearest: `levers`"),
        ("zzz", "Unknown command `zzz`"),
        ("\x1b[31m", r"Unknown command `\x1b[31m`"),
        ("", "No command is given. Accepted: `run`, `deadline`, "),
        ("run --pathway status-quo", "`--pathway`. PATHWAY is written without one"),
        ("explain --variable=x", "`--variable`. VARIABLE is written without one"),
        ("why coverage status-quo", "A name of several words needs quotes"),
        ("sweep --pathway status-quo", "`--pathway`. PATHWAY is written without one"),
        ("deadline --defense-demand 300", "`--defense-demand` is now called `--defense-need`."),
        ("explain defense coverage", 'A name of several words needs quotes: "defense coverage"'),
        ("explain subsidy status-quo --year 2030", "one word too many"),
        ("levers floor price", 'needs quotes: "floor price"'),
        ("run --set allied access level=0.6", "A name of several words needs the quotes"),
        ("frontier --set allied access level=0.6", 'its option and quotes: `--set "lever=value"`'),
        ("run --set zzz=1", "Known are, among others, `"),
        ("run --known-until 2026-07-01", "A date is a year with decimals: `2026.5`"),
        ("run --set subsidy=1.200,5", "Write `1200.5`"),
        ("--versoin", "Unknown option `--versoin`. Nearest: `--version`"),
        ("run --sett subsidy=1", "Unknown option `--sett`. Nearest: `--set`"),
        ("run --know-until=2025", "Unknown option `--know-until`. Nearest: `--known-until`"),
        ("run --zzz", "Unknown option `--zzz`"),
        ("levers a b", "Found `b`, which is one word too many"),
        ("run --engine fast", "`--engine` is `fast`. Accepted: batch, reference"),
        ("deadline --regime D", "`--regime` is `D`. Accepted: A, B, C"),
        ("run --set", "expected one argument"),
        ("run --set=--", "expected one argument"),
        ("run --out=", "--out: it is empty"),
        ("run --known-until 2026 --known-until 2025", "`--known-until` is given twice. Keep one"),
        ("deadline --regime A --regime B", "`--regime` is given twice"),
        ("deadline --defense-need 1 --defense-need 2", "`--defense-need` is given twice"),
        ("run " + "--x" * 500, "Unknown option"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_right_one(answer, argv, message):
    code, out, said = answer(*argv.split())
    assert (code, out) == (2, "")
    assert said.startswith("buildout: ")
    assert message in said
    assert len(said) < 400


@pytest.mark.parametrize("command", ["run", "check", "levers", "explain"])
def test_help_says_what_is_taken_when_nothing_is_given(answer, command):
    code, shown, said = answer(command, "--help")
    words = " ".join(shown.split())
    assert (code, said) == (0, "")
    assert "pattern]" not in words  # What is to be filled in stands in capitals.
    assert ("all that come with buildout by default" in words) == (command == "check")
    assert ("the three canonical ones by default" in words) == (command == "run")


NUMBERS = [
    ("run", "--time-step"),
    ("run", "--final-time"),
    ("run", "--known-until"),
    ("sweep", "--draws"),
    ("sweep", "--seed"),
    ("sweep", "--jobs"),
    ("sweep", "--at"),
    ("sweep", "--time-step"),
    ("sweep", "--known-until"),
    ("claims", "--draws"),
    ("claims", "--seed"),
    ("deadline", "--defense-need"),
    ("need", "--draws"),
    ("need", "--seed"),
    ("explain completion", "--year"),
    ("check", "--known-until"),
    ("figures", "--final-time"),
    ("report", "--time-step"),
]
NO_NUMBERS = ["nan", "inf", "x", "1_000", "½", "9" * 400, "0x10", "80%"]


@pytest.mark.parametrize(("command", "option"), NUMBERS)
def test_every_option_reads_numbers_the_same_way(answer, tmp_path, monkeypatch, command, option):
    monkeypatch.chdir(tmp_path)
    for written in NO_NUMBERS:
        code, out, said = answer(*command.split(), option, written)
        assert (code, out) == (2, ""), (written, said)
        assert f"`{option}` is `" in said
        assert "number" in said
        assert len(said) < 400
    assert not list(tmp_path.rglob("*.nc"))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("run --set subsidy=1 --set subsidy=2", "set the same. Keep one"),
        (
            "run --known-until 2026 --set projects_known_until=2025",
            "`--set projects_known_until=2025` and `--known-until 2026` set the same",
        ),
        ("run --set subsidy=0,8", "Write `0.8`"),
        ("run --set subsidy=x --set cost=y", "The command has 2 problems"),
        ("run --set subsidy[=1", "Unknown lever `subsidy[`. Nearest: `subsidy`"),
        ("run none/none.toml", "Cannot read the pathway file"),
        ("run " + "x" * 300, "has 300 characters"),
        ("run /dev/zero", "a device"),
        ("run .", "Unknown pathway|begins or ends"),
        ("explain completion[", "Unknown variable `completion[`"),
        ("variables [", "Unknown variable `[`"),
        ("figures --from " + "x" * 300, "`: File name too long"),
        ("uncertainties zzz", "Unknown uncertainty `zzz`"),
    ],
)
def test_wrong_input_has_one_message(answer, tmp_path, argv, message):
    out = ["--out", tmp_path / "out"] if argv.startswith("run") else []
    code, shown, said = answer(*argv.split(), *out)
    assert (code, shown) == (2, "")
    assert any(part in said for part in message.split("|")), said
    assert not list(tmp_path.glob("out/*.nc"))


def test_two_options_for_one_lever_are_refused_with_both_named(answer, tmp_path, monkeypatch):
    monkeypatch.undo()  # The project's model, whose rule has regimes.
    for typed, option in [("rule regime=1", "--regime B"), ("rule regime=C", "--regime B")]:
        code, _, said = answer("deadline", "--set", typed, *option.split(), "--out", tmp_path)
        assert code == 2
        assert "`--regime B` set the same" in said
    demand = ["--set", "defense need in 2025=1000", "--defense-need", "900"]
    code, _, said = answer("deadline", *demand, "--out", tmp_path)
    assert (code, "`--defense-need 900` set the same" in said) == (2, True)


def test_what_nobody_foresaw_is_one_message_code_70_and_a_file(answer, monkeypatch, tmp_path):
    def fail(arguments):
        raise KeyError("x\x1b[31m")

    monkeypatch.setenv("BUILDOUT_CACHE", str(tmp_path))
    monkeypatch.setattr(pathways_command, "list_pathways", fail)
    code, out, said = answer("pathways")
    assert (code, out) == (70, "")
    assert len(said.splitlines()) == 1
    assert "a fault of this program" in said
    report = next(tmp_path.glob("buildout-crash-*.txt"))
    assert str(report) in said
    assert "Traceback" in report.read_text()
    assert "KeyError" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_where_no_report_can_be_written_the_message_stands_alone(answer, monkeypatch):
    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    def recurse(arguments):
        return recurse(arguments)

    monkeypatch.setattr("tempfile.mkstemp", fail)
    monkeypatch.setattr(pathways_command, "list_pathways", recurse)
    code, _, said = answer("pathways")
    assert code == 70
    assert "RecursionError" in said
    assert "report" not in said


def test_closed_streams_swallow_what_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["pathways", "--json"]) == 0
    assert main(["levers", "subsidies"]) == 2


@pytest.mark.quick_for(">&-")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&-"])
def test_a_shell_may_close_streams(closed):
    command = f"{sys.executable} -m buildout pathways {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.slow
def test_a_full_device_behind_standard_output_is_told():
    command = f"{sys.executable} -m buildout pathways > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "buildout: Cannot write to standard output: No space left on device."
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_a_console_without_the_letters_shows_others_and_results_are_kept(
    tmp_path, monkeypatch, encoding
):
    mine = tmp_path / "计划.toml"
    mine.write_text('title = "Größe"', encoding="utf-8")

    def printed(*argv):
        shown = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", shown)
        assert main([*argv, str(mine)]) == 0
        return shown.buffer.getvalue().decode(encoding)

    assert "pathway ??" in printed("explain", "completion", "--pathway")
    as_json = printed("explain", "completion", "--json", "--pathway")
    assert json.loads(as_json)["pathway"] == "计划"
    printed("run", "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "results.nc").is_file()


def test_a_user_without_home_or_entry_in_the_password_file_can_work(answer, monkeypatch):
    def unknown(_):
        raise KeyError("uid not found")

    for name in ("HOME", "BUILDOUT_CACHE", "XDG_CACHE_HOME", "USER", "LOGNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(RuntimeError):
        Path.home()
    assert answer("levers", "subsidy")[0] == 0


def test_a_word_of_no_text_is_shown_by_its_bytes(answer):
    code, _, said = answer("run", os.fsdecode(b"caf\xe9"))
    assert code == 2
    assert r"caf\xe9" in said


def test_levers_of_a_word_come_with_uncertainties_of_it(answer):
    code, out, _ = answer("levers", "lifetime")
    assert code == 0
    assert "Uncertainties (1)" in out
    assert "`buildout uncertainties lifetime`" not in out.split("Uncertainties")[0]
    assert "How long a plant lasts." in out
    code, out, _ = answer("levers")
    assert "`buildout uncertainties` lists them" in out


def test_uncertainties_are_listed_with_range_grade_and_users(answer):
    code, out, _ = answer("uncertainties", "lifetime", "--json")
    assert (code, json.loads(out)) == (
        0,
        [
            {
                "share": None,
                "weight": None,
                "moves": None,
                "source_ids": "S02",
                "rationale": "weak",
                "uncertainty": "lifetime",
                "unit": "Year",
                "low": 10,
                "high": 40,
                "default": 20,
                "kind": "uncertainty",
                "distribution": "triangular",
                "grade": "C",
                "meaning": "How long a plant lasts.",
                "used_by": "retirement",
            }
        ],
    )
    code, out, _ = answer("uncertainties")
    assert code == 0
    assert len(out.splitlines()) > 3


@pytest.mark.parametrize("command", command_names())
def test_every_command_refuses_an_unknown_option(answer, command):
    code, out, said = answer(command, "--jsn")
    assert (code, out) == (2, "")
    assert "Unknown option `--jsn`" in said


@pytest.mark.parametrize(
    "argv",
    [
        "run --time-step 0.5 --time-step 0.25",
        "run --final-time 2030 --final-time=2040",
        "run --known-until 2025 --known-until 2026",
        "deadline --regime A --regime B",
        "model x.mdl --time-step 1 --time-step 2",
    ],
)
def test_an_option_that_decides_the_run_is_given_once(answer, argv):
    code, out, err = answer(*argv.split())
    assert (code, out) == (2, "")
    assert "is given twice. Keep one." in err


def test_a_minus_before_a_name_is_not_overlooked(answer):
    code, _, err = answer("run", "status-quo", "--set=-subsidy=3")
    assert code == 2
    assert "Unknown lever `-subsidy`" in err


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a device")
def test_remarks_that_nobody_can_take_stop_nothing(tmp_path, tiny_world, capsys):
    """In a process of its own, with the small model; the remark is that there is no verdict."""
    assert main(["run", "status-quo", "--out", str(tmp_path / "told")]) == 0
    assert "no verdict" in capsys.readouterr().err
    start = f"""
import runpy
from pathlib import Path
from buildout.inputs import places
tiny = Path({str(tiny_world)!r})
places.model_file = lambda: tiny / "model" / "buildout.mdl"
places.calibration_folder = lambda: tiny / "calibration"
places.pathways_folder = lambda: tiny / "pathways"
runpy.run_module("buildout", run_name="__main__", alter_sys=True)
"""
    command = [sys.executable, "-c", start, "run", "status-quo", "--out"]
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [*command, tmp_path / "full"], stdout=subprocess.PIPE, stderr=full, check=False
        )
    assert ran.returncode == 0
    assert (tmp_path / "full" / "results.nc").is_file()
