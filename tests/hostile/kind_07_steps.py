"""Kind 7: a result appears as one step, whatever stops the process or fills the disk."""

import errno
import itertools
import json
import os
import platform
import zlib
from unittest import mock

import numpy as np
from hostile_files import folder, go, goes_on, link, pipe, stopped
from hostile_rows import Row

import buildout as bo
from buildout._util import files, swap
from buildout._util.processes import locked
from buildout.errors import BuildoutError

HERE = platform.node()
MACHINE = f"{zlib.crc32(HERE.encode()):08x}"
DEAD = 99_999_999
DOORS = {
    "run": "run status-quo --out out",
    "sweep": "sweep status-quo --outputs 'total capacity' --at 2030 --draws 4 --out out",
    "model": "model m.mdl --out out",
    "figures --from": "figures --from out --out y",
    "deadline": "deadline status-quo --out out",
    "condition": "condition --observations o.csv --until 2020 --out out",
}
OLD = {"a": "old", "b": "old", "sub/d": "old"}
NEW = {"a": "new", "c": "new", "sub/d": "new", "x.manifest.json": "new"}


def _swap(journal, *, new="new"):
    """A swap that another process was stopped in."""

    def make(path):
        (path / swap.NEW).mkdir(parents=True)
        if new is not None:
            (path / swap.NEW / "a").write_text(new)
        if callable(journal):
            journal(path / swap.JOURNAL)
        elif journal is not None:
            told = journal if isinstance(journal, str) else json.dumps(journal)
            (path / swap.JOURNAL).write_text(told)

    return make


def _of(**change):
    return {"owner": {}, "files": ["a"], "stale": {}} | change


UNREADABLE = {
    "that is a pipe": _swap(pipe),
    "without end": _swap(link("/dev/zero")),
    "nested without end": _swap("[" * 99_999),
    "cut short": _swap('{"owner": {}, "files": ["a"'),
    "that is a folder": _swap(folder),
    "that is missing": _swap(None),
    "that is no text": _swap("\udcff".encode("utf-8", "surrogatepass").decode("latin-1")),
    "that names a file above": _swap(_of(files=["../a"])),
    "that names a file by its place": _swap(_of(files=["/tmp/a"])),
    "that names the folder": _swap(_of(files=["."])),
    "that removes a file above": _swap(_of(stale={"../a": "0"})),
    "of numbers": _swap(_of(files=[1])),
    "of nothing": _swap("null"),
}
SWAPS = {
    "a file": "mine",
    "a pipe": pipe,
    "a link to a folder": link("../far"),
    "a link to nothing": link("nowhere"),
}
LOCKS = {
    "a pipe": (pipe, "no regular file"),
    "a folder": (folder, r"\.sweep\.lock`"),
    "a link to nothing": (link("nowhere"), "a link to nothing"),
    "a link to a device": (link("/dev/zero"), "no regular file"),
    "nested without end": ("[" * 99_999, "Process unknown"),
    "empty": ("", "Process unknown"),
    "of another machine": ('{"pid": 1, "host": "elsewhere"}', "Process 1 on `elsewhere`"),
    "of control characters": (
        '{"pid": "\\u001b[31m", "host": "\\u001b[2J"}',
        r"Process \\x1b\[31m",
    ),
    "of a process that lives": (
        json.dumps({"pid": os.getppid(), "host": HERE}),
        "sweeps into `out`",
    ),
    "of a number without end": (json.dumps({"pid": 10**40, "host": HERE}), "sweeps into `out`"),
}
DEAD_LOCKS = {
    "of a dead process": json.dumps({"pid": DEAD, "host": HERE}),
    "of no number": json.dumps({"pid": "x", "host": HERE}),
    "of a number below zero": json.dumps({"pid": -1, "host": HERE}),
    "of an earlier process of this number": json.dumps({"pid": 1, "host": HERE, "began": "0"}),
}


def _written(place, content):
    def writer(at):
        for name, text in content.items():
            (at / name).parent.mkdir(exist_ok=True)
            (at / name).write_text(text)

    return files.write_together(place, writer)


def _held(place):
    """Content by name, hidden files too."""
    found = (path for path in sorted(place.rglob("*")) if path.is_file())
    return {path.relative_to(place).as_posix(): path.read_text() for path in found}


def _failing(name, at, error=errno.ENOSPC):
    """A call of the system that refuses from a moment on; what is there then and at the next."""

    def call(place):
        _written(place / "x", OLD)
        real, count = getattr(os, name), itertools.count()

        def refusing(*args, **options):
            if next(count) >= at:
                raise OSError(error, os.strerror(error))
            return real(*args, **options)

        said = "nothing"
        with mock.patch.object(os, name, refusing):
            try:
                _written(place / "x", NEW)
            except BuildoutError as told:
                said = str(told)
        files.output_folder(place / "x")
        held = _held(place / "x")
        return held in (OLD, OLD | NEW), held == OLD, said.replace(str(place), "")

    return call


REFUSING = {
    ("mkdir", 1, errno.ENOSPC): (True, "the disk is full"),
    ("mkdir", 0, errno.EROFS): (True, "the file system is read-only"),
    ("fsync", 0, errno.EIO): (True, "Cannot write"),
    ("fsync", 3, errno.ENOSPC): (True, "the disk is full"),
    ("rename", 0, errno.EACCES): (True, "not permitted"),
    ("replace", 0, errno.ENOSPC): (False, "They are whole"),
    ("replace", 1, errno.EACCES): (False, "They are whole"),
    ("replace", 2, errno.EROFS): (False, "They are whole"),
    ("replace", 3, errno.EDQUOT): (False, "They are whole"),
    ("rmdir", 0, errno.EACCES): (False, "nothing"),
}


def _sweep_failing(name, at, error):
    """A sweep on a disk that refuses a call from a moment on, and its end later."""

    def call(place):
        target = {"savez": np, "replace": os, "write_text": None}[name]
        real, count = getattr(target, name), itertools.count()

        def refusing(*args, **options):
            if next(count) >= at:
                raise OSError(error, os.strerror(error))
            return real(*args, **options)

        said = "nothing"
        with mock.patch.object(target, name, refusing):
            try:
                go(place / "out")
            except BuildoutError as told:
                said = str(told).replace(str(place), "")
        _, same = goes_on(place / "out")
        return same, sorted(path.name for path in (place / "out").iterdir()), said

    return call


def _litter(place):
    """What dead processes left half written goes with the next visit, what others left stays."""
    place = place / "x"
    place.mkdir()
    names = {
        "dead": f".kpis.{DEAD}-{MACHINE}-0a0a0a0a.partial.csv",
        "of another machine": f".kpis.{DEAD}-00000000-0a0a0a0a.partial.csv",
        "alive": f".kpis.{os.getpid()}-{MACHINE}-0a0a0a0a.partial.csv",
        "of another form": f".kpis.{DEAD}-{MACHINE}-0a0a.partial.csv",
    }
    for name in names.values():
        (place / name).write_text("half")
    (place / f".files.{DEAD}-{MACHINE}-0a0a0a0a.partial").mkdir()
    (place / f".link.{DEAD}-{MACHINE}-0a0a0a0a.partial").symlink_to(place)
    files.output_folder(place)
    return [what for what, name in names.items() if (place / name).exists()], len(
        list(place.iterdir())
    )


def _without_rights(argv, how):
    """A command of a user who may not write there, asked in a process of its own."""

    def call(place):
        (place / "held").mkdir()
        (place / "held").chmod(0o555)
        number = os.fork()
        if number:
            return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), os.listdir(place / "held")
        code = 99
        try:
            os.setgid(65534)
            os.setuid(65534)
            try:
                how(place / "held")
            except BuildoutError as told:
                code = 0 if "not permitted" in str(told) else 98
        finally:
            os._exit(code)

    return call


def _two_locks(place):
    with locked(place / "lock", "works"):
        try:
            with locked(place / "lock", "works"):
                return "twice"
        except BuildoutError:
            return "once", os.listdir(place)


def _stopped_then(command):
    """What a stopped sweep's folder says to another sweep."""

    def call(place):
        stopped(place / "out")
        return command(place / "out")

    return call


def _after_half(place):
    """A process that dies between two of the files; the next looks at the folder."""
    _written(place / "x", OLD)
    number = os.fork()
    if not number:
        real, count = os.replace, itertools.count()

        def dying(*args):
            if next(count) == 1:
                os._exit(0)
            real(*args)

        with mock.patch.object(os, "replace", dying):
            _written(place / "x", NEW)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) == 0
    files.writable_folder(place / "x")
    return _held(place / "x") == OLD | NEW


ROWS = [
    *(
        Row(
            f"{door}: a list of a swap {what}",
            words,
            r"Cannot (read|put).*out/\.buildout-swap",
            files={"out/.buildout-swap": made},
        )
        for what, made in UNREADABLE.items()
        for door, words in (
            list(DOORS.items())
            if what in ("that is a pipe", "nested without end")
            else list(DOORS.items())[:2]
        )
    ),
    *(
        Row(
            f"{door}: in place of a swap {what}",
            DOORS[door],
            r"Cannot read `out/\.buildout-swap`",
            files={"out/.buildout-swap": made, "far/a": "mine"},
        )
        for what, made in SWAPS.items()
        for door in ("run", "sweep")
    ),
    *(
        Row(f"sweep: a lock {what}", DOORS["sweep"], says, files={"out/.sweep.lock": made})
        for what, (made, says) in LOCKS.items()
    ),
    *(
        Row(
            f"sweep: a lock {what}",
            DOORS["sweep"] + " --json",
            "Saved",
            0,
            files={"out/.sweep.lock": made},
            holds=lambda at, _: not (at / "out/.sweep.lock").exists(),
        )
        for what, made in DEAD_LOCKS.items()
    ),
    *(
        Row(
            f"run: a swap {what} is ended",
            DOORS["run"],
            "Saved",
            0,
            files=made,
            holds=lambda at, _: (
                not (at / "out/.buildout-swap").exists() and (at / "out/manifest.json").exists()
            ),
        )
        for what, made in (
            (
                "of a dead process",
                {"out/.buildout-swap": _swap(_of(owner={"pid": DEAD, "host": HERE}))},
            ),
            ("that was done but for its end", {"out/.buildout-swap": _swap(_of(), new=None)}),
            ("that has nothing left", {"out/.buildout-swap": None}),
            ("of files that are gone", {"out/.buildout-swap": _swap(_of(files=["a", "b", "c/d"]))}),
        )
    ),
    Row(
        "run: a swap of another machine is waited for, and ended",
        DOORS["run"],
        "Saved",
        0,
        files={"out/.buildout-swap": _swap(_of(owner={"pid": 1, "host": "elsewhere"}))},
        slow=True,
    ),
    Row(
        "run: a swap that cannot be ended",
        DOORS["run"],
        "They are whole, in `out/.buildout-swap`",
        files={"out/.buildout-swap": _swap(_of()), "out/a/keep": "mine"},
    ),
    *(
        Row(
            f"write_together: {name} refuses from time {at} on",
            call=_failing(name, at, error),
            code=0,
            says=rf"True, {old}, .*{says}",
        )
        for (name, at, error), (old, says) in REFUSING.items()
    ),
    *(
        Row(
            f"sweep(out=): {name} refuses from time {at} on",
            call=_sweep_failing(name, at, error),
            code=0,
            says=rf"True, \['results.nc', 'sweep.json'\], .*{says}",
        )
        for name, at, error, says in (
            ("savez", 0, errno.ENOSPC, "the disk is full"),
            ("savez", 2, errno.EDQUOT, "the disk quota is used up"),
            ("savez", 3, errno.EIO, "Cannot write"),
            ("replace", 0, errno.ENOSPC, "the disk is full"),
            ("replace", 1, errno.EACCES, "not permitted"),
            ("replace", 3, errno.EROFS, "the file system is read-only"),
            ("replace", 5, errno.ENOSPC, "Make room"),
        )
    ),
    Row(
        "litter of the dead goes, of others it stays",
        call=_litter,
        code=0,
        says=r"\['of another machine', 'alive', 'of another form'\], 4",
    ),
    Row("a lock is held once", call=_two_locks, code=0, says=r"'once', \['lock'\]"),
    Row("a death between two files", call=_after_half, code=0, says="True"),
    Row(
        "a stopped sweep: begun anew without a word",
        call=_stopped_then(go),
        says="holds a sweep already",
        changes=(
            "out",
            "out/sweep.json",
            "out/blocks",
            "out/blocks/000000.npz",
            "out/blocks/000001.npz",
        ),
    ),
    Row(
        "a stopped sweep: another seed goes on",
        call=_stopped_then(lambda at: go(at, seed=8, resume=True)),
        says="its seed is 7, now 8",
        changes=(
            "out",
            "out/sweep.json",
            "out/blocks",
            "out/blocks/000000.npz",
            "out/blocks/000001.npz",
        ),
    ),
    Row(
        "a stopped sweep: the same goes on",
        call=_stopped_then(goes_on),
        code=0,
        says=r"\[4, 6\], True",
    ),
    Row(
        "a stopped sweep: drawn",
        "figures --from out --out y",
        "is not finished",
        files={"out/sweep.json": "{}", "out/blocks/000000.npz": "x"},
    ),
    Row(
        "a stopped sweep: exported",
        "export out --format csv --out y",
        "no tables",
        files={"out/sweep.json": "{}"},
    ),
    *(
        Row(
            f"no right to write: {what}", call=_without_rights("", how), code=0, says=r"\(0, \[\]\)"
        )
        for what, how in (
            (
                "write_together",
                lambda at: files.write_together(
                    at / "x", lambda place: (place / "a").write_text("1")
                ),
            ),
            ("writable_folder", files.writable_folder),
            (
                "save_results",
                lambda at: bo.save_results(bo.simulate("status-quo"), at / "x", command="x"),
            ),
            ("sweep(out=)", lambda at: go(at / "x")),
            ("write_text", lambda at: files.write_text(at / "a", "1")),
        )
    ),
]
