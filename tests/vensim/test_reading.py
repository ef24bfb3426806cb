"""A model is given by a path or by its text, and neither is taken for the other."""

import os
from pathlib import Path

import pytest

from buildout.errors import BuildoutError, InputError
from buildout.vensim import engine, units

TEXT = """{UTF-8}
tank = INTEG(-tank / life, 8) ~ m3 ~ |
life = 2 ~ Year ~ |
INITIAL TIME = 0 ~ Year ~ |
FINAL TIME = 2 ~ Year ~ |
TIME STEP = 1 ~ Year ~ |
SAVEPER = 1 ~ Year ~ |
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "x.mdl").write_text(TEXT)
    return tmp_path


DOORS = {"units": units.check, "engine": engine.load}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("as_type", [str, Path])
def test_a_path_may_begin_at_home(home, door, as_type):
    door(as_type("~/x.mdl"))
    with pytest.raises(InputError, match=r"the model file `.*y\.mdl`"):
        door(as_type("~/y.mdl"))


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_text_is_given_by_name_or_has_several_lines(home, door):
    door(text=TEXT)
    door(TEXT)
    door(text=TEXT.replace("\n", " "))
    for neither in ({}, {"text": TEXT, "source" if door is engine.load else "model": "x.mdl"}):
        with pytest.raises(InputError, match="by its path or by its text"):
            door(**neither)


ENCODED = {
    "a byte-order mark": TEXT.encode("utf-8-sig"),
    "line ends of Windows": TEXT.replace("\n", "\r\n").encode(),
    "line ends of old": TEXT.replace("\n", "\r").encode(),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_a_file_is_the_same_model_however_it_was_saved(home, data):
    (home / "y.mdl").write_bytes(data)
    assert engine.load(home / "y.mdl") == engine.load(home / "x.mdl")
    assert units.check(home / "y.mdl") == units.check(home / "x.mdl")


UNREADABLE = {
    "nothing": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "a queue": lambda path: os.mkfifo(path),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "another encoding": lambda path: path.write_bytes(TEXT.replace("m3", "m\xb3").encode("cp1252")),
    "two bytes a letter": lambda path: path.write_bytes(TEXT.encode("utf-16")),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "no end": lambda path: (path.write_bytes(b""), os.truncate(path, 2**40)),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes and devices as files")
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_text_is_refused_at_once(home, door, make):
    make(home / "y.mdl")
    with pytest.raises(InputError, match=r"y\.mdl"):
        door(home / "y.mdl")


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("name", ["", ".", "tank = 1 ~ m3 ~ |", "a" * 5000, "nul\0byte"])
def test_a_line_that_is_no_path_is_refused_as_one(home, door, name):
    with pytest.raises(BuildoutError, match="model file"):
        door(name)
