"""Kind 1: no file is believed for where it lies, and nothing that lies there is run."""

import os
import stat
from unittest import mock

from hostile_caches import (
    DAMAGED,
    DOUBTED,
    OURS,
    RIGHT,
    THEIR_LIFE,
    environment,
    laid_open,
    sealed,
    used,
    with_cache,
)
from hostile_files import huge, link, pipe
from hostile_rows import Row

from buildout._util import files
from buildout.vensim.engine import cache

KEPT = {".json": "kept model", ".o": "kept machine code"}


def _is(value):
    return lambda folder, out: float(out) == value


def _with(**places):
    """A model loaded twice with variables of the environment below the folder."""

    def call(folder):
        given = {name: value.format(folder) for name, value in places.items()}
        with mock.patch.dict(os.environ, given):
            return used(OURS, compiled=False) + used(OURS, compiled=False)

    return call


def _secret(damage):
    """A cache whose secret was damaged after it had been used."""

    def call(folder):
        with mock.patch.dict(os.environ, environment(folder)):
            used(OURS, compiled=False)
            cache._secret.cache_clear()
            damage(folder / "state" / "buildout" / cache.SECRET)
            try:
                return used(OURS, compiled=False)
            finally:
                cache._secret.cache_clear()

    return call


def _without_home(make):
    """The folder that is tried where there is no home, after somebody else was there."""

    def call(folder):
        temporary = folder / "tmp"
        temporary.mkdir(mode=0o777)
        make(temporary / f"buildout-{os.geteuid()}")
        given = {"HOME": "/nonexistent", "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""}
        given["BUILDOUT_CACHE"] = ""
        with (
            mock.patch.dict(os.environ, given),
            mock.patch("tempfile.gettempdir", return_value=str(temporary)),
            mock.patch("buildout._util.private.make_folder", wraps=_only(temporary)),
        ):
            return used(OURS, compiled=False)

    return call


def _only(temporary):
    """Folders are made below the temporary one alone: a test leaves nothing elsewhere."""
    from buildout._util.private import make_folder

    return lambda path: temporary in path.parents and make_folder(path)


def _open_folder(path):
    path.mkdir()
    path.chmod(0o777)


def _made_private(folder):
    """Who may read what a cache holds."""
    with mock.patch.dict(os.environ, environment(folder)):
        used(OURS, compiled=False)
        made = [p for top in ("cache", "state") for p in (folder / top).rglob("*")]
        return {oct(stat.S_IMODE(path.stat().st_mode)) for path in [folder / "cache", *made]}


def _short(path):
    path.write_bytes(b"x")


def _again_and_again(folder):
    """A cache does not grow without end."""
    with (
        mock.patch.dict(os.environ, environment(folder)),
        mock.patch.object(cache, "MOST", 3),
    ):
        for life in range(2, 9):
            used(OURS.replace("life = 2", f"life = {life}"), compiled=False)
        return len(list((folder / "cache").iterdir()))


def _taken(name):
    """A cache in which a folder has the name of what is to be kept."""

    def call(folder):
        with mock.patch.dict(os.environ, environment(folder)):
            place = files.cache_folder()
            (place / name).mkdir()
            return used(OURS, compiled=False)

    return call


DRAWS = "lifetime,subsidy\n20,1\n30,2\n"
NOTE = '{"form": "buildout design 1", "kind": "Latin hypercube", "seed": 7}'

ROWS = [
    *(
        Row(
            f"{KEPT[suffix]} that is {what}",
            call=with_cache(suffix, damage),
            code=0,
            holds=_is(RIGHT[suffix]),
            slow=suffix == ".o",
        )
        for suffix in KEPT
        for what, damage in DAMAGED.items()
    ),
    *(
        Row(
            f"{KEPT[suffix]} in doubt: {what}",
            call=with_cache(suffix, laid_open(doubt)),
            code=0,
            holds=_is(RIGHT[suffix]),
            slow=suffix == ".o",
        )
        for suffix in KEPT
        for what, doubt in DOUBTED.items()
    ),
    # That the rows above would see it, were such a file believed.
    *(
        Row(
            f"{KEPT[suffix]} that only this user wrote",
            call=with_cache(suffix, sealed),
            code=0,
            holds=_is(THEIR_LIFE[suffix]),
            slow=suffix == ".o",
        )
        for suffix in KEPT
    ),
    *(
        Row(f"secret: {what}", call=_secret(damage), says=r"^2\.0$", code=0)
        for what, damage in {
            "gone": lambda path: path.unlink(),
            "short": _short,
            "a terabyte": huge,
            "a pipe": pipe,
            "a link": link("/etc/hostname"),
            "a device": link("/dev/zero"),
            "a folder": lambda path: (path.unlink(), path.mkdir()),
            "all may write it": lambda path: path.chmod(0o666),
            "its folder is open": lambda path: path.parent.chmod(0o777),
        }.items()
    ),
    *(
        Row(f"place of the cache: {what}", call=_with(**given), says=r"^4\.0$", code=0)
        for what, given in {
            "a file": {"BUILDOUT_CACHE": "/etc/hostname"},
            "a device": {"BUILDOUT_CACHE": "/dev/null"},
            "below a device": {"BUILDOUT_CACHE": "/dev/null/x"},
            "in the kernel's files": {"BUILDOUT_CACHE": "/proc/buildout"},
            "a long name": {"BUILDOUT_CACHE": "{}/" + "x" * 300},
            "a long path": {"BUILDOUT_CACHE": "{}" + "/xx" * 2000},
            "with control characters": {"BUILDOUT_CACHE": "{}/a\x1b[31m\nb"},
            "with no UTF-8": {"BUILDOUT_CACHE": "{}/\udce4"},
            "of the secret a file": {"BUILDOUT_CACHE": "{}/c", "XDG_STATE_HOME": "/etc/hostname"},
            "both one": {"BUILDOUT_CACHE": "{}/c/buildout", "XDG_STATE_HOME": "{}/c"},
        }.items()
    ),
    *(
        Row(f"without a home, {what}", call=_without_home(make), says=r"^2\.0$", code=0)
        for what, make in {
            "first there": lambda path: None,
            "a file was there": lambda path: path.write_text("x"),
            "an open folder was there": _open_folder,
            "a link was there": lambda path: path.symlink_to("/tmp"),
            "a link to nothing was there": lambda path: path.symlink_to("none"),
            "a pipe was there": os.mkfifo,
        }.items()
    ),
    Row("mode of what is kept", call=_made_private, says="^{'0o[67]00', '0o[67]00'}$", code=0),
    Row("how much is kept", call=_again_and_again, says="^3$", code=0),
    Row("a folder in the cache", call=_taken("system-x.json"), says=r"^2\.0$", code=0),
    *(
        Row(
            f"note of draws: {what}",
            "run status-quo --design d.csv --out new",
            says,
            files={"d.csv": DRAWS, "d.json": made},
        )
        for what, (made, says) in {
            "not of these draws": (NOTE, "`d.json`"),
            "a pickle": (b"\x80\x04\x95cposix\nsystem\n", "`d.json` is not"),
            "of a kind that nobody knows": (NOTE.replace("Latin", "x"), "`d.json`"),
            "code": ('__import__("os").system("touch ran")', "`d.json`"),
            "a pipe": (pipe, "it is a named pipe"),
            "a device": (link("/dev/zero"), "it is a device"),
            "a terabyte": (huge, "larger than 1 MiB"),
            "deep": ("[" * 100_000, "`d.json`"),
            "nothing but its form": ('{"form": "buildout design 1"}', "`d.json`"),
        }.items()
    ),
]
