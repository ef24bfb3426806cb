"""Killed, on a full disk, beside another process: the earlier result or the new one, whole."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TINY = HERE.parent / "tiny"
KILLED = {"kill run": 50, "kill sweep": 100, "kill report": 50}
FULL = ("full run", "full sweep", "full report")
BESIDE = {
    "run beside run": 25,
    "sweep beside sweep": 25,
    "run beside sweep": 25,
    "report beside report": 10,
    "run beside report": 8,
}

pytestmark = pytest.mark.slow


@pytest.fixture
def measured():
    """What came of it, from a process of its own, in memory where that can be."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        yield lambda what: _measured(what, place)


def _measured(what, place):
    command = [sys.executable, str(HERE / "hostile_moments.py"), str(TINY), place, what]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("what", KILLED)
def test_a_kill_leaves_the_earlier_result_or_the_new_one(measured, what):
    ends = measured(what)
    assert ends["mixed"] == []
    assert ends["old"] + ends["new"] == KILLED[what]
    assert ends["killed"] > 0.7 * KILLED[what]
    # A sweep goes on, and ends as if it had never been stopped.
    assert (ends["old"] == 0) == (what == "kill sweep")


@pytest.mark.parametrize("what", FULL)
def test_a_full_disk_leaves_the_earlier_result(measured, what):
    ends = measured(what)
    if not ends["mounted"]:
        pytest.skip("no disk of its own can be mounted here")
    assert ends["mixed"] == []
    assert set(ends["codes"]) == {0, 2}
    assert (ends["old"], ends["new"]) == (ends["codes"].count(2), ends["codes"].count(0))


@pytest.mark.parametrize("what", BESIDE)
def test_two_processes_in_one_folder_leave_one_whole_result(measured, what):
    ends = measured(what)
    assert ends["mixed"] == []
    assert ends["faults"] == []
    assert ends["whole"] == BESIDE[what]
