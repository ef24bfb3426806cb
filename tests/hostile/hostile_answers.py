"""Give a row's input to the program, and say what was wrong with the answer."""

import hashlib
import os
import re
import shutil
import signal
import stat
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from buildout.cli.main import main
from buildout.errors import BuildoutError

SECONDS, MEGABYTES = 10, 1024
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LARGEST = 2**26  # Bytes; what is larger is known by its size.
RAN = "ran"  # Hostile code leaves a file of this name.
WATCHED = {"os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "pickle.find_class"}
_watch: list[str] | None = None


@dataclass
class Answer:
    """What came of a row: exit code, what was shown and said, which code was run."""

    code: int
    out: str
    said: str
    ran: list[str]
    seconds: float
    megabytes: float = 0.0


def _heard(event, arguments):
    if _watch is not None and event in WATCHED:
        _watch.append(f"{event} {arguments!r}"[:200])


sys.addaudithook(_heard)


@contextmanager
def _watching():
    """Notes what would run code."""
    global _watch
    _watch = heard = []
    try:
        yield heard
    finally:
        _watch = None


@contextmanager
def _timed():
    """Raise where a row takes longer than it may."""

    def late(*_):
        raise TimeoutError(f"longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def prepare(row, folder, results):
    """Lay out the files of a row."""
    if row.world == "results":
        shutil.copytree(results, folder, symlinks=True, dirs_exist_ok=True)
    for name, made in row.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if made is None:
            path.mkdir(exist_ok=True)
        elif isinstance(made, str):
            path.write_text(made, encoding="utf-8")
        elif isinstance(made, bytes):
            path.write_bytes(made)
        else:
            made(path)


def tree(folder):
    """What lies in a folder: each name with what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        name = str(path.relative_to(folder))
        if about.st_size > LARGEST:
            found[name] = f"{about.st_size} bytes"
        elif stat.S_ISREG(about.st_mode) and about.st_mode & 0o400:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif stat.S_ISLNK(about.st_mode):
            found[name] = os.readlink(path)
        else:
            found[name] = oct(stat.S_IFMT(about.st_mode))
    return found


def called(row, folder):
    """Exit code and text of a way through the Python API."""
    try:
        return 0, repr(row.call(folder)), ""
    except BuildoutError as error:
        return 2, "", str(error)


def in_process(row, folder, monkeypatch, capfd):
    """Answer a row in this process."""
    monkeypatch.chdir(folder)
    for name, value in row.env.items():
        monkeypatch.setenv(name, value)
    begun = time.perf_counter()
    with _watching() as ran, _timed():
        if row.call is not None:
            code, out, said = called(row, folder)
        else:
            try:
                code = main(row.words)
            except SystemExit as left:
                code = left.code
            out, said = capfd.readouterr()
    return Answer(code, out, said, ran, time.perf_counter() - begun)


def faults(row, answer, before, after, folder):
    """All that was wrong with an answer, in words; empty when nothing was."""
    both = answer.out + answer.said
    shown = answer.said if row.code == 2 else both
    ran = answer.ran or any(Path(name).name == RAN for name in after)
    found = {
        f"exit code {answer.code}, wanted {row.code}": answer.code != row.code,
        f"`{row.says}` is not said": not re.search(row.says, shown, re.DOTALL),
        "traceback": "Traceback" in both,
        "control characters are shown": CONTROL.search(both),
        f"code was run: {answer.ran}": ran,
        f"{answer.seconds:.1f} s": answer.seconds > SECONDS,
        f"{answer.megabytes:.0f} MB": answer.megabytes > MEGABYTES,
    }
    wrong = [words for words, is_so in found.items() if is_so]
    if row.code == 2:
        wrong += _faults_of_a_refusal(row, answer, before, after)
    if not wrong and row.holds is not None and not row.holds(folder, answer.out):
        wrong = ["the value is another"]
    if wrong:
        wrong.append(f"out: {answer.out[:200]!r} said: {answer.said[:400]!r}")
    return wrong


def _faults_of_a_refusal(row, answer, before, after):
    differing = sorted(
        name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name) and name not in row.changes
    )
    found = {
        "a refusal prints results": row.call is None and answer.out,
        f"a message of {len(answer.said)} letters": len(answer.said) > 1500,
        f"changed though refused: {differing[:5]}": differing,
    }
    return [words for words, is_so in found.items() if is_so]
