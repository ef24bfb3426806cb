"""Files arrive whole or not at all, whatever happens on the way."""

import errno
import os
import subprocess
import sys

import pytest

from buildout._util import files
from buildout._util.progress import progress
from buildout.errors import OutputError


def test_a_file_is_replaced_only_by_a_complete_one(tmp_path):
    target = files.write_text(tmp_path / "a.csv", "old")
    assert target.read_text() == "old"

    def fails(path):
        path.write_text("half")
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        files.write_atomically(target, fails)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.csv"]


def test_the_temporary_file_keeps_the_suffix_since_libraries_choose_formats_by_it(tmp_path):
    files.write_atomically(tmp_path / "a.svg", lambda path: path.write_text(path.suffix))
    assert (tmp_path / "a.svg").read_text() == ".svg"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_several_files_are_all_replaced_or_none(tmp_path, stop):
    files.write_together(tmp_path, lambda folder: (folder / "a").write_text("old"))

    def fails(folder):
        (folder / "a").write_text("new")
        (folder / "b").write_text("new")
        raise stop

    with pytest.raises(stop):
        files.write_together(tmp_path, fails)
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_files_written_together_are_named_and_others_stay(tmp_path):
    (tmp_path / "mine").write_text("kept")

    def writes(folder):
        (folder / "b").write_text("2")
        (folder / "a").write_text("1")

    made = files.write_together(tmp_path, writes)
    assert [path.name for path in made] == ["a", "b"]
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "mine"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "not permitted"),
    ],
)
def test_a_disk_that_refuses_is_told_with_its_reason(tmp_path, code, reason):
    (tmp_path / "a").write_text("old")

    def refuses(_):
        raise OSError(code, os.strerror(code))

    with pytest.raises(OutputError, match=reason):
        files.write_atomically(tmp_path / "a", refuses)
    with pytest.raises(OutputError, match=reason):
        files.write_together(tmp_path, refuses)
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_an_output_folder_under_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="in the way"):
        files.output_folder(tmp_path / "file" / "results")


def test_the_fingerprint_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert files.sha256(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_the_cache_folder_is_chosen_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("BUILDOUT_CACHE", str(tmp_path / "mine"))
    assert files.cache_folder() == tmp_path / "mine"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BUILDOUT_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    assert files.cache_folder() == tmp_path / "shared" / "buildout"


def test_progress_passes_items_through_and_is_silent_away_from_a_terminal(capsys):
    assert list(progress(iter([1, 2, 3]), total=3, label="Counting")) == [1, 2, 3]
    assert capsys.readouterr() == ("", "")


def test_progress_is_silent_at_a_terminal_too_when_it_is_quick(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(progress([1, 2], label="Counting")) == [1, 2]
    assert capsys.readouterr().err.strip() == ""


def test_a_full_disk_leaves_earlier_results(tmp_path):
    """A limit on file size stands for the full disk: the operating system refuses the same way."""
    (tmp_path / "a").write_text("old")
    script = (
        "import resource, signal, sys\n"
        "from buildout._util import files; from buildout.errors import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n  files.write_text(sys.argv[1], 'x' * 10_000)\n"
        "except OutputError as error:\n  print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "a"], capture_output=True, text=True, check=True
    )
    assert "Cannot write" in done.stdout
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"
