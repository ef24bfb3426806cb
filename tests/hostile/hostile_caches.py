"""A cache as somebody else may have left it, and what the engine then makes of a model."""

import os
import pickle
import socket
from pathlib import Path
from unittest import mock

from buildout._util import seal
from buildout.vensim import engine
from buildout.vensim.engine import cache
from buildout.vensim.engine.backends.llvm import machine

TEXT = "tank = INTEG(-tank / life, 8)~~|\nlife = {}~~|\nINITIAL TIME = 0~~|\nFINAL TIME = 2~~|\n"
TEXT += "TIME STEP = 1~~|\nSAVEPER = 1~~|\n"
OURS, THEIRS = TEXT.format(2), TEXT.format(4)
# The life of what is in the tank, and what it holds in the end.
RIGHT, THEIR_LIFE = {".json": 2.0, ".o": 2.0}, {".json": 4.0, ".o": 4.5}


class Runs:
    """Leaves a file when it is unpickled."""

    def __reduce__(self):
        return os.system, ("touch ran",)


def environment(place):
    """Variables that put cache and secret below a folder."""
    return {"BUILDOUT_CACHE": f"{place}/cache", "XDG_STATE_HOME": f"{place}/state"}


def used(text, *, compiled):
    """Load a model, and run it where its machine code is to be kept; what came of it."""
    if not compiled:
        return engine.load(text=text).constants["life"]
    machine.machine.cache_clear()
    try:
        ran = engine.Batch(threads=1).run(engine.load(text=text), outputs=["tank"])
        return float(ran["tank"][2, 0])
    finally:
        machine.machine.cache_clear()


def filled(place, suffix):
    """What a model of ours left in a cache, and the content of what another one left."""
    with mock.patch.dict(os.environ, environment(place)):
        used(THEIRS, compiled=suffix == ".o")
        [their] = (place / "cache").glob(f"*{suffix}")
        content = their.read_bytes()
        used(OURS, compiled=suffix == ".o")
        [own] = (path for path in (place / "cache").glob(f"*{suffix}") if path != their)
    return own, content


def sealed(path, theirs):
    """Put their content under our name with a seal of ours: right in all but who may write it."""
    with mock.patch.dict(os.environ, environment(path.parent.parent)):
        path.write_bytes(cache.sealed(path.name, theirs[32:]))
    path.chmod(0o600)


def moved(path):
    """A file under another name."""
    return path.rename(path.with_name("aside"))


def by_link(path):
    path.symlink_to(moved(path))


def by_second_name(path):
    os.link(path, path.with_name("aside"))


def mode(bits):
    return lambda path: path.chmod(bits)


def folder_mode(bits):
    return lambda path: path.parent.chmod(bits)


def folder_by_link(path):
    """The folder is a link in another where everybody may write."""
    place = path.parent
    away = place.rename(place.with_name("away"))
    place.symlink_to(away)
    place.parent.chmod(0o777)


def of_another(path):
    os.chown(path, 12345, 12345)


def folder_of_another(path):
    os.chown(path.parent, 12345, 12345)


#: Content is sound, and whoever else can write it is in doubt.
DOUBTED = {
    "a link": by_link,
    "a second name": by_second_name,
    "all may write it": mode(0o666),
    "a group may write it": mode(0o660),
    "all may write its folder": folder_mode(0o777),
    "a group may write its folder": folder_mode(0o770),
    "a sticky folder": folder_mode(0o1777),
    "a folder by a link that others can turn": folder_by_link,
}
if os.geteuid() == 0:
    DOUBTED |= {"a file of another": of_another, "a folder of another": folder_of_another}


def _bytes(make):
    return lambda path, theirs: path.write_bytes(make(path.read_bytes(), theirs))


def _instead(make):
    def put(path, theirs):
        path.unlink()
        make(path)

    return put


def _socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # The name of a socket is a hundred letters at most.
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("s")
        Path("s").rename(path.name)
    finally:
        os.chdir(here)


def _huge(path):
    with open(path, "wb") as file:
        file.truncate(2**40)


#: What lies there is not what we wrote.
DAMAGED = {
    "a pickle": _bytes(lambda own, their: pickle.dumps(Runs())),
    "a pickle behind the seal": _bytes(lambda own, their: own[:32] + pickle.dumps(Runs())),
    "a pickle with a checksum": _bytes(lambda own, their: seal.seal_bytes(pickle.dumps(Runs()))),
    "the file of another model": _bytes(lambda own, their: their),
    "their content behind our seal": _bytes(lambda own, their: own[:32] + their[32:]),
    "no seal": _bytes(lambda own, their: own[32:]),
    "a cut": _bytes(lambda own, their: own[:-1]),
    "a flipped bit": _bytes(lambda own, their: own[:-9] + bytes([own[-9] ^ 1]) + own[-8:]),
    "more at its end": _bytes(lambda own, their: own + b"\n"),
    "nothing": _bytes(lambda own, their: b""),
    "a seal alone": _bytes(lambda own, their: own[:32]),
    "a pipe": _instead(os.mkfifo),
    "a folder": _instead(os.mkdir),
    "a link to a device": _instead(lambda path: path.symlink_to("/dev/zero")),
    "a link to itself": _instead(lambda path: path.symlink_to(path.name)),
    "a link to nothing": _instead(lambda path: path.symlink_to("none")),
    "a socket": _instead(_socket),
    "a terabyte": _instead(_huge),
}


def with_cache(suffix, damage):
    """A way through the Python API beside a cache that somebody else was at."""

    def call(place):
        own, theirs = filled(place, suffix)
        damage(own, theirs)
        with mock.patch.dict(os.environ, environment(place)):
            return used(OURS, compiled=suffix == ".o")

    return call


def laid_open(doubt):
    def damage(path, theirs):
        sealed(path, theirs)
        doubt(path)

    return damage
