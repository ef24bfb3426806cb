"""Each row of the table of hostile inputs is answered as it says, here and by processes."""

import json
import subprocess
import sys
from pathlib import Path

import hostile_rows
import pytest
from hostile_answers import SECONDS, Answer, faults, in_process, prepare, tree

from buildout.cli.main import main
from buildout.inputs import places
from buildout.inputs.model import load_model
from buildout.simulation.simulate import simulate

TINY = Path(__file__).parents[1] / "tiny"


def tiny_places(patch):
    """The small model in place of the one that comes with buildout."""
    patch.setattr(places, "model_file", lambda: TINY / "model" / "buildout.mdl")
    patch.setattr(places, "calibration_folder", lambda: TINY / "calibration")
    patch.setattr(places, "pathways_folder", lambda: TINY / "pathways")


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """An earlier run, sweep and report of the small model."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        tiny_places(patch)
        patch.chdir(folder)
        assert main(["run", "status-quo", "mobilization", "--out", "out"]) == 0
        swept = ["--outputs", "total capacity", "--at", "2027,2030", "--draws", "6"]
        assert main(["sweep", "status-quo", *swept, "--out", "swept"]) == 0
    return folder


def _told(wrong):
    return "\n".join(
        f"{number}: {row.path} {row.words}: {'; '.join(told)}" for number, row, told in wrong
    )


@pytest.mark.parametrize("name", hostile_rows.modules())
def test_a_spread_of_rows_is_answered(name, results, tmp_path, capfd):
    spread = hostile_rows.sample(name)
    answer_here(name, results, tmp_path, capfd, wanted=lambda row: any(row is s for s in spread))


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile_rows.modules())
def test_rows_are_answered(name, results, tmp_path, capfd):
    answer_here(name, results, tmp_path, capfd, wanted=lambda row: not row.slow)


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile_rows.modules())
def test_slow_rows_of_the_api_are_answered(name, results, tmp_path, capfd):
    answer_here(name, results, tmp_path, capfd, wanted=lambda row: row.slow and row.call)


def answer_here(name, results, tmp_path, capfd, *, wanted):
    """Answer some rows of a module in this process."""
    wrong = []
    if any(row.world == "project" for row in hostile_rows.rows_of(name)):
        # Read once, however long that takes: a row is not to wait for it.
        load_model()
    for number, row in enumerate(hostile_rows.rows_of(name)):
        if not wanted(row):
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        prepare(row, folder, results)
        before = tree(folder)
        capfd.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            if row.world != "project":
                tiny_places(patch)
            try:
                given = in_process(row, folder, patch, capfd)
            except Exception as error:
                given = Answer(99, "", f"Traceback: {error!r}", [], 0.0)
        if told := faults(row, given, before, tree(folder), folder):
            wrong.append((number, row, told))
    assert not wrong, _told(wrong)


@pytest.fixture(scope="module")
def zygote():
    """Answers rows in processes of their own, none of which reads or compiles the model anew."""
    simulate("status-quo")
    command = [sys.executable, str(Path(__file__).parent / "hostile_zygote.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile_rows.modules())
def test_rows_are_answered_by_processes(name, results, zygote, tmp_path):
    wrong = []
    for number, row in enumerate(hostile_rows.rows_of(name)):
        if row.call is not None:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        prepare(row, folder, results)
        before = tree(folder)
        asked = {
            "folder": str(folder),
            "argv": row.words,
            "env": dict(row.env),
            "tiny": None if row.world == "project" else str(TINY),
            "seconds": SECONDS,
        }
        zygote.stdin.write(json.dumps(asked) + "\n")
        zygote.stdin.flush()
        done = json.loads(zygote.stdout.readline())
        shown = [
            Path(f"{folder}.{end}").read_bytes().decode("utf-8", "backslashreplace")
            for end in ("out", "said")
        ]
        given = Answer(done["code"], *shown, [], done["seconds"], done["megabytes"])
        if told := faults(row, given, before, tree(folder), folder):
            wrong.append((number, row, told))
    assert not wrong, _told(wrong)
