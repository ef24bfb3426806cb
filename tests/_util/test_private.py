"""What only this user can have written is read, and nothing else."""

import os

import pytest

from buildout._util import private

LARGEST = 2**20


def planted_link(path, data):
    path.with_suffix(".real").write_bytes(data)
    path.symlink_to(path.with_suffix(".real"))


def planted_second_name(path, data):
    path.with_suffix(".real").write_bytes(data)
    os.link(path.with_suffix(".real"), path)


def planted_too_long(path, data):
    path.write_bytes(data)
    os.truncate(path, LARGEST + 1)


def planted_open_to_others(path, data):
    path.write_bytes(data)
    path.chmod(0o666)


FILES = {
    "a link": planted_link,
    "a second name of a file": planted_second_name,
    "a queue that never ends": lambda path, data: os.mkfifo(path),
    "a folder": lambda path, data: path.mkdir(),
    "longer than anything of ours": planted_too_long,
    "open to others": planted_open_to_others,
}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no owners to ask for")
@pytest.mark.parametrize("what", FILES)
def test_a_file_is_read_only_if_nobody_else_can_have_written_it(tmp_path, what):
    tmp_path.chmod(0o700)
    FILES[what](tmp_path / "kept", b"content")
    assert private.read_private(tmp_path / "kept", LARGEST) is None


def test_a_link_that_others_could_turn_elsewhere_is_not_followed(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "open").mkdir()
    (tmp_path / "shut").mkdir()
    for name in ("open", "shut"):
        (tmp_path / name / "link").symlink_to(tmp_path / "mine")
    (tmp_path / "open").chmod(0o1777)
    assert private.make_folder(tmp_path / "shut" / "link" / "cache")
    assert not private.make_folder(tmp_path / "open" / "link" / "cache")


def test_folders_are_made_for_this_user_only(tmp_path):
    assert private.make_folder(tmp_path / "a" / "b")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b")] == [0o700, 0o700]
    assert private.write_private(tmp_path / "a" / "kept", b"content")
    assert (tmp_path / "a" / "kept").stat().st_mode & 0o777 == 0o600
    assert private.read_private(tmp_path / "a" / "kept", 7) == b"content"
    assert private.read_private(tmp_path / "a" / "kept", 6) is None
