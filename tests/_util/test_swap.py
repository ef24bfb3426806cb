"""Many files become the new result as one step, whatever stops the process in between."""

import itertools
import json
import os
import subprocess
import sys

import pytest

from buildout._util import files, swap
from buildout.errors import OutputError

NEW = {"a": "new", "b": "new", "c": "new", "manifest.json": "new", "sub/d": "new"}


def write(folder, content):
    """Write files, by their names."""

    def writer(place):
        for name, text in content.items():
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(text)

    return files.write_together(folder, writer)


def there(folder):
    """Content of all files below a folder, hidden ones too, by name."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


# Light, so that it can be started for one test: it dies at each step in turn.
SCRIPT = """
import os, pathlib, sys
from buildout._util import files, swap
folder = pathlib.Path(sys.argv[1])

def dying(name, count):
    do = getattr(os, name)
    left = [count]
    def step(*args, **options):
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)
        return do(*args, **options)
    setattr(os, name, step)

def writer(place):
    for name in ("a", "b", "c", "manifest.json", "sub/d"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("new")

for point in sys.argv[2:]:
    name, number = point.split("-")
    target = folder / point
    (target / "sub").mkdir(parents=True)
    for old in ("a", "b", "old", "sub/d"):
        (target / old).write_text("old")
    child = os.fork()
    if not child:
        dying(name, int(number))
        files.write_together(target, writer)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_a_kill_at_any_step_leaves_the_old_result_or_becomes_the_new_one(tmp_path):
    points = ["fsync-0", "rename-0", *(f"replace-{n}" for n in range(6)), "rmdir-0", "rmdir-1"]
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), *points]
    subprocess.run(command, check=True, timeout=60)
    old = {"a": "old", "b": "old", "old": "old", "sub/d": "old"}
    ends = []
    for folder in sorted(tmp_path.iterdir()):
        files.output_folder(folder)
        ends.append(there(folder))
        assert ends[-1] in (old, old | NEW), folder.name
    assert len(ends) == len(points)
    assert old in ends
    assert old | NEW in ends


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("step", range(5))
def test_ctrl_c_between_two_files_waits_until_all_are_in_place(tmp_path, monkeypatch, stop, step):
    write(tmp_path, {"a": "old", "b": "old"})
    steps = itertools.count()
    replace = os.replace

    def stopped(*args):
        if next(steps) == step:
            raise stop
        replace(*args)

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(stop):
        write(tmp_path, NEW)
    assert there(tmp_path) == NEW


def test_a_disk_that_refuses_in_between_is_told_and_made_up_for(tmp_path, monkeypatch):
    write(tmp_path, {"a": "old", "b": "old"})
    steps = itertools.count()
    replace = os.replace

    def failing(*args):
        if next(steps) >= 2:
            raise OSError(28, "No space left on device")
        replace(*args)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing)
        with pytest.raises(OutputError, match="They are whole") as told:
            write(tmp_path, NEW)
        assert "untouched" not in str(told.value)
    files.output_folder(tmp_path)
    assert there(tmp_path) == NEW


def test_what_cannot_be_put_in_place_replaces_nothing(tmp_path):
    write(tmp_path, {"a": "old"})
    (tmp_path / "c").mkdir()
    with pytest.raises(OutputError, match="in the way"):
        write(tmp_path, NEW)
    (tmp_path / "c").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="is a link"):
        write(tmp_path, NEW)
    assert there(tmp_path) == {"a": "old"}


def test_the_manifest_is_the_last_to_move(tmp_path, monkeypatch):
    moved = []
    replace = os.replace
    monkeypatch.setattr(
        os, "replace", lambda a, b: (moved.append(os.path.basename(b)), replace(a, b))
    )
    write(tmp_path, NEW)
    assert moved == ["a", "b", "c", "d", "manifest.json"]


def journal(folder, **change):
    place = folder / swap.SWAP
    (place / swap.NEW).mkdir(parents=True)
    (place / swap.NEW / "a").write_text("new")
    told = {"owner": {}, "files": ["a"], "stale": {}} | change
    (place / swap.JOURNAL).write_text(json.dumps(told))


@pytest.mark.parametrize(
    "change",
    [
        {"files": ["../a"]},
        {"files": ["/etc/passwd"]},
        {"files": ["sub/../../a"]},
        {"files": ["..\\a"]},
        {"files": ["link/a"]},
        {"files": [1]},
        {"files": None},
        {"stale": {"../mine": "0"}},
        {"stale": []},
        {"owner": "me"},
    ],
)
def test_a_list_that_leads_out_of_the_folder_moves_nothing(tmp_path, change):
    folder = tmp_path / "out"
    (folder).mkdir()
    (tmp_path / "a").write_text("mine")
    (folder / "link").symlink_to(tmp_path)
    journal(folder, **change)
    with pytest.raises(OutputError, match=r"Cannot read `.*Remove it"):
        files.output_folder(folder)
    assert (tmp_path / "a").read_text() == "mine"


def test_a_swap_that_is_a_link_or_holds_something_else_is_refused(tmp_path):
    (tmp_path / "mine" / "new").mkdir(parents=True)
    (tmp_path / "mine" / "new" / "a").write_text("mine")
    for folder in (tmp_path / "link", tmp_path / "foreign"):
        folder.mkdir()
    (tmp_path / "link" / swap.SWAP).symlink_to(tmp_path / "mine")
    (tmp_path / "foreign" / swap.SWAP / "new").mkdir(parents=True)
    for folder in (tmp_path / "link", tmp_path / "foreign"):
        with pytest.raises(OutputError, match="Remove it"):
            files.output_folder(folder)
    assert (tmp_path / "mine" / "new" / "a").read_text() == "mine"


def test_who_finds_another_process_at_it_waits_before_ending_it(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(swap.time, "sleep", waited.append)
    monkeypatch.setattr(swap, "PATIENCE", 0.2)
    for owner in ({"pid": os.getppid(), "host": swap.this_process()["host"]}, {"host": "other"}):
        waited.clear()
        journal(tmp_path, owner=owner)
        files.output_folder(tmp_path)
        assert waited
        assert there(tmp_path) == {"a": "new"}


def test_earlier_files_are_removed_only_as_they_were(tmp_path):
    write(tmp_path, {"gone": "old", "edited": "old", "sub/gone": "old"})
    digests = {name: files.sha256(tmp_path / name) for name in ("gone", "edited", "sub/gone")}
    (tmp_path / "edited").write_text("mine")
    files.write_together(
        tmp_path, lambda place: (place / "a").write_text("new"), stale=lambda _: digests
    )
    assert there(tmp_path) == {"a": "new", "edited": "mine"}
    assert not (tmp_path / "sub").exists()


def test_a_disk_without_room_is_told_before_the_work(tmp_path):
    files.require_room(tmp_path / "not" / "yet", 1)
    with pytest.raises(OutputError, match=r"take 1,000,000,000.0 GB.*make room"):
        files.require_room(tmp_path / "not" / "yet", 1e18)
