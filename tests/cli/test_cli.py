"""The command line: what it prints, what it saves, and how it refuses."""

import errno
import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from buildout.cli.main import command_names, main
from buildout.simulation import store as results

pytestmark = pytest.mark.usefixtures("tiny_world")


def run_python(script):
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True)


@pytest.fixture
def refused(capsys):
    """Run a command that must fail: code 2, one message, nothing on stdout, no traceback."""

    def run(*argv):
        assert main([str(word) for word in argv]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.startswith("buildout: ")
        assert "Traceback" not in shown.err
        return shown.err

    return run


def test_run_saves_everything_that_it_shows(tmp_path, capsys):
    assert main(["run", "--out", str(tmp_path / "out"), "--json"]) == 0
    shown = capsys.readouterr()
    saved = json.loads((tmp_path / "out" / "verdict.json").read_text())
    assert json.loads(shown.out) == saved
    assert "results.nc" in shown.err


def test_run_notes_the_command_without_paths_of_this_machine(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text('extends = "status-quo"')
    argv = [
        "run",
        str(tmp_path / "mine.toml"),
        "--set",
        "subsidy=3",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(argv) == 0
    manifest = (tmp_path / "out" / "manifest.json").read_text()
    assert json.loads(manifest)["command"] == "buildout run mine.toml --set subsidy=3"
    assert str(tmp_path) not in manifest


def test_run_takes_settings_dates_engines_and_steps(tmp_path, capsys):
    from buildout.simulation.store import load_results

    argv = "run china-deal --known-until 2025 --engine reference --time-step 0.25 --final-time 2026"
    assert main([*argv.split(), "--set", "subsidy=7", "--out", str(tmp_path)]) == 0
    ds = load_results(tmp_path)
    assert ds["subsidy"].item() == 7
    assert ds["projects_known_until"].item() == 2025
    assert ds.attrs["engine"] == "Reference"
    assert ds.attrs["time_step"] == 0.25
    assert float(ds["time"][-1]) == 2026


@pytest.mark.parametrize(
    ("argv", "messages"),
    [
        ("run mobilisation", ["Unknown pathway `mobilisation`", "Nearest: `mobilization`"]),
        ("run none.toml", ["Cannot read the pathway file", "No such file"]),
        ("run status-quo status-quo", ["given twice"]),
        ("run --set subsidi=3", ["Unknown lever `subsidi`", "Nearest: `subsidy`"]),
        ("run --set cost[USA,metal]=3", ["cost[USA,metal]", "Nearest"]),
        ("run --set subsidy=much", ["`much`", "A number is accepted"]),
        ("run --set subsidy", ['"lever=value"']),
        ("run --set subsidy=nan", ["`nan`", "finite number"]),
        ("run --set subsidy=-inf", ["`-inf`", "finite number"]),
        ("run --set subsidy=1e9", ["1e+09 MUSD/Year", "0 to 100 MUSD/Year", "--beyond-range"]),
        ("run --set subsidy_start=2029", ["`subsidy start` is 2029, after `subsidy end`"]),
        ("run --known-until soon", ["`--known-until` is `soon`"]),
        ("run --known-until 1900", ["Accepted: 2020 to 2030"]),
        ("run --time-step 0", ["above zero"]),
        ("run --final-time 2020", ["after 2025"]),
        ("run --set guard=0", ["breaks down", "`inverse`"]),
        ("variables prices", ["Unknown variable `prices`"]),
        ("levers subsidies", ["Unknown lever `subsidies`", "Nearest: `subsidy`"]),
        ("explain completions", ["Unknown variable `completions`", "Nearest: `completion`"]),
        ("explain completion --year 1990", ["Accepted: 2025 to 2030"]),
        ("explain completion --year late", ["`--year` is `late`"]),
        ("explain completion --pathway x", ["Unknown pathway `x`"]),
    ],
)
def test_wrong_input_gets_one_message_and_code_2(refused, tmp_path, argv, messages):
    command, *rest = argv.split()
    out = ["--out", tmp_path / "out"] if command == "run" else []
    said = refused(command, *rest, *out)
    for message in messages:
        assert message in said
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("title = = 3", ["mine.toml", "line 1", "not valid TOML"]),
        ('extends = "mine"', ["circle"]),
        ("[[set]]\nlever='subsidi'\nvalue=3", ["Pathway `mine`", "Nearest: `subsidy`"]),
        ("[[set]]\nlever='subsidy'\nvalue='3'", ["Pathway `mine`", "text"]),
        ("[[set]]\nlever='subsidy'\nvalue=3\nunit='USD'", ["`USD`", "`MUSD/Year`"]),
        ("[[set]]\nlever='subsidy'\nvalue=nan", ["finite"]),
        ("[[set]]\nlever='subsidy'\nvalue=300", ["0 to 100"]),
        (
            "[[set]]\nlever='subsidy start'\nvalue=2029\n[[set]]\nlever='subsidy end'\nvalue=2027",
            ["`subsidy start` is 2029, after `subsidy end`, which is 2027"],
        ),
        ("[[set]]\nlever='a'\nvalue=3\n[[set]]\nlever='b'\nvalue=3", ["2 problems"]),
    ],
)
def test_a_wrong_pathway_file_gets_one_message_and_code_2(refused, tmp_path, text, messages):
    (tmp_path / "mine.toml").write_text(text)
    said = refused("run", tmp_path / "mine.toml", "--out", tmp_path / "out")
    for message in messages:
        assert message in said
    assert not list(tmp_path.glob("out/*"))


def test_an_unknown_command_or_option_is_refused_by_code_2():
    for argv in (["runn"], ["run", "--sett", "a=1"], []):
        with pytest.raises(SystemExit) as left:
            main(argv)
        assert left.value.code == 2


def test_a_refused_run_leaves_earlier_results_as_they_were(refused, tmp_path, capsys):
    assert main(["run", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    refused("run", "--set", "subsidi=3", "--out", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_computed(refused, tmp_path):
    (tmp_path / "file").write_text("")
    assert "Cannot write" in refused("run", "--out", tmp_path / "file" / "out")


def test_a_disk_that_fills_up_leaves_earlier_results(refused, tmp_path, capsys, monkeypatch):
    assert main(["run", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(_, path):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(results, "_write_netcdf", full)
    assert "the disk is full" in refused("run", "mobilization", "--out", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.slow
def test_a_limit_that_the_netcdf_library_meets_is_told_too(tmp_path, tiny_world):
    script = (
        (
            "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "import netCDF4\nfrom buildout.inputs import places\n"
            "from buildout.vensim import engine\n"
            "from buildout.cli.main import main\n"
            "from pathlib import Path; world = Path(TINY)\n"
            "places.model_file = lambda: world / 'model' / 'buildout.mdl'\n"
            "places.calibration_folder = lambda: world / 'calibration'\n"
            "places.pathways_folder = lambda: world / 'pathways'\n"
            "engine.load(places.model_file())\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
            "raise SystemExit(main(['run', '--out', OUT]))\n"
        )
        .replace("TINY", repr(str(tiny_world)))
        .replace("OUT", repr(str(tmp_path / "out")))
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "Cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_interrupt_leaves_code_130_and_earlier_results(tmp_path, capsys, monkeypatch):
    assert main(["run", "--out", str(tmp_path)]) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def stop(_, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(results, "_write_netcdf", stop)
    assert main(["run", "china-deal", "--out", str(tmp_path)]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_ctrl_c_ends_a_real_process_with_code_130(tmp_path):
    script = (
        "import signal, sys, time; from buildout.cli import main as m, pathways\n"
        # A shell that runs the tests in the background has its children ignore Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def wait(arguments):\n  print('ready', flush=True); time.sleep(60)\n"
        "pathways.list_pathways = wait\nraise SystemExit(m.main(['pathways']))\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m buildout pathways --json | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == "[0\n"


def test_the_schema_of_pathway_files_is_printed_or_written_and_writes_over_no_pathway(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["pathways", "--schema"]) == 0
    printed = capsys.readouterr().out
    assert "subsidy" in json.dumps(json.loads(printed)["definitions"])
    assert main(["pathways", "--schema", "here/pathway.schema.json"]) == 0
    assert (tmp_path / "here" / "pathway.schema.json").read_text() == printed
    (tmp_path / "mine.toml").write_text("title = 'Mine'")
    assert main(["pathways", "--schema", "here/pathway.schema.json"]) == 0
    for content in ("{}", "[]", "no JSON"):
        (tmp_path / "mine.json").write_text(content)
        assert main(["pathways", "--schema", "mine.json"]) == 2
        assert (tmp_path / "mine.json").read_text() == content
    assert main(["pathways", "--schema", "mine.toml"]) == 2
    assert (tmp_path / "mine.toml").read_text() == "title = 'Mine'"
    assert "`NAME.json` is accepted" in capsys.readouterr().err


def test_pathways_levers_and_variables_are_listed(capsys):
    assert main(["pathways"]) == 0
    assert "More money" in capsys.readouterr().out
    assert main(["pathways", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["pathway"] for row in rows] == ["status-quo", "mobilization", "china-deal"]
    assert main(["levers", "subsidy", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "lever": "subsidy",
        "unit": "MUSD/Year",
        "low": 0,
        "high": 100,
        "default": 5,
        "meaning": "Public money while it is paid.",
    }
    assert main(["variables", "*capacity", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["variable"] for row in rows] == [
        "capacity[region,line]",
        "total capacity",
        "initial capacity[region,line]",
    ]
    assert main(["variables", "total_cap"]) == 0
    assert "All capacity and announced projects together." in capsys.readouterr().out


def test_explain_prints_a_page_or_json(capsys):
    argv = ["explain", "completion[US,metal]", "--pathway", "mobilization", "--year", "2027"]
    assert main(argv) == 0
    page = capsys.readouterr().out
    for part in ("Equation", "subsidy active", "judgement (mobilization.toml)", "Used by"):
        assert part in page
    assert main([*argv, "--json"]) == 0
    assert np.isclose(json.loads(capsys.readouterr().out)["values"][0]["value"], 37.5)


@pytest.mark.parametrize("command", command_names())
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "usage: buildout" in capsys.readouterr().out


def test_help_is_quick_since_nothing_heavy_is_imported():
    script = (
        "import sys; from buildout.cli.main import parser; parser()\n"
        "heavy = {'numpy', 'xarray', 'pysd', 'matplotlib', 'scipy', 'llvmlite'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_the_public_face_holds_verbs_whatever_was_imported_before():
    script = (
        "import buildout.sweeps.run, buildout.inputs.pathway, buildout as bo\n"
        "from buildout.simulation.simulate import simulate\n"
        "assert bo.simulate is simulate\n"
        "assert callable(bo.pathway) and callable(bo.explain)\n"
        "assert set(bo.__all__) <= set(dir(bo))\n"
        "assert all(getattr(bo, name) is not None for name in bo.__all__)\n"
        "try:\n  bo.nothing\nexcept AttributeError as error:\n  print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "attribute nothing" in done.stdout


def test_luck_is_listed_after_uncertainties_and_not_counted_among_them(capsys):
    assert main(["uncertainties"]) == 0
    shown = capsys.readouterr().out
    assert "Luck (6 draws), no uncertainty: it acts where `switch luck` is 1" in shown
    table, luck = shown.split("\nLuck")
    assert "luck" not in table
    assert "luck of date          3      0.5" in luck
    assert main(["uncertainties", "--json"]) == 0
    assert "luck" not in capsys.readouterr().out


@pytest.mark.parametrize("command", ["levers", "uncertainties"])
def test_luck_is_found_by_its_name_alone(capsys, refused, command):
    assert main([command, "luck of decision"]) == 0
    shown = capsys.readouterr().out
    assert "Luck (3 draws)" in shown
    assert "luck of date " not in shown
    assert "Unknown" in refused(command, "luck of decision", "--json")
