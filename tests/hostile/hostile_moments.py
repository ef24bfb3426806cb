"""Commands that are killed, meet a full disk, or share a folder: one process, many copies.

`python hostile_moments.py TINY FOLDER WHAT` prints what came of it as JSON. Whatever happens, a
folder holds the earlier result or the new one, whole, once the next command has looked at it.
"""

import contextlib
import hashlib
import importlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

from buildout._util import files, manifest
from buildout.cli.main import main
from buildout.errors import BuildoutError
from buildout.inputs import places
from buildout.inputs.model import load_model

CHANGING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
EARLIER = ["run", "status-quo", "--out", "out"]
RUN = ["run", "status-quo", "mobilization", "--out", "out"]
SWEEP = ["sweep", "status-quo", "--outputs", "total capacity", "--at", "2027,2030", "--draws", "64"]
SWEEP += ["--out", "out"]


def report(pathways):
    """A report of the project's model but for its last step, as this is where files are changed."""
    from buildout import simulate
    from buildout.analysis.worlds import ask_draws
    from buildout.report import save_report

    kept = []
    with mock.patch.object(manifest, "write_result", lambda *asked: kept.append(asked) or []):
        save_report(ask_draws(simulate(pathways), 0, None), "out", command="buildout report")
    (asked,) = kept

    def put():
        try:
            manifest.write_result(*asked)
        except BuildoutError:
            return 2

    return put


def counted(number):
    """Kill this process at its n-th step that changes a file; how many there were in the end."""
    steps = itertools.count(1)
    state = {"last": 0}

    def hook(event, arguments):
        writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if writing or event in CHANGING:
            state["last"] = next(steps)
            if state["last"] == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return state


def in_copy(do, *, step=None, after=None, pipe=None, quiet=True):
    """Run something in a copy of this process; its exit code, or minus the signal."""
    number = os.fork()
    if number:
        return number
    code = 99
    try:
        if quiet:
            # What was said stands in the files' place of a fault.
            said = os.open("../said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for stream in (1, 2):
                os.dup2(said, stream)
        if pipe is not None:
            os.close(pipe[1])
            os.read(pipe[0], 1)  # Returns when the parent lets go: all begin together.
        state = counted(step) if step is not None else {}
        if after is not None:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, after)
        code = do() or 0
        if step == 0:
            Path("../steps").write_text(str(state["last"]))
    finally:
        os._exit(code)


def knowing(do):
    """All that something imports, imported here too, so that no copy has to."""
    here = Path("modules").absolute()

    def listed():
        code = do()
        here.write_text("\n".join(sys.modules))
        return code

    assert waited(in_copy(listed)) == 0
    for name in here.read_text().split():
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    here.unlink()


def waited(number):
    """The exit code of a copy, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def ran(*words):
    return lambda: main(list(words))


def held(folder):
    """Every file below a folder, hidden ones too, by name."""
    found = sorted(path for path in folder.rglob("*") if not path.is_dir())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
    }


class Place:
    """A folder with an earlier result, laid out anew for each try."""

    def __init__(self, root, begin):
        self.root, self.base = root, root.parent / f"{root.name}-base"
        self.base.mkdir(parents=True)
        os.chdir(self.base)
        knowing(begin or ran("sweep", *SWEEP[1:]))
        if begin is None:
            shutil.rmtree("out")
        self.old = held(self.base)

    def anew(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.base, self.root)
        os.chdir(self.root)

    def seen(self):
        """What there is once another command has looked."""
        if Path("out").is_dir():
            assert waited(in_copy(lambda: files.output_folder("out") and None)) == 0
        return held(self.root)


def killed(root, begin, do, times, *, resume=None):
    """Kill at moments spread over all steps, and over all the time."""
    place = Place(root, begin)
    place.anew()
    began = time.monotonic()
    assert waited(in_copy(do, step=0)) == 0
    lasted, steps = time.monotonic() - began, int(Path("../steps").read_text())
    new = place.seen()
    half = times // 2
    moments = [{"step": 1 + n * steps // half} for n in range(half)]
    moments += [
        {"after": max(lasted * (n + 0.5) / (times - half), 1e-4)} for n in range(times - half)
    ]
    ends = {
        "old": 0,
        "new": 0,
        "mixed": [],
        "killed": 0,
        "steps": steps,
        "seconds": round(lasted, 2),
    }
    for moment in moments:
        place.anew()
        ends["killed"] += waited(in_copy(do, **moment)) < 0
        if resume is not None:
            waited(in_copy(resume))
        there = place.seen()
        if there == new:
            ends["new"] += 1
        elif there == place.old and resume is None:
            ends["old"] += 1
        else:
            ends["mixed"].append([moment, sorted(there.items() ^ new.items())[:4]])
    return ends


@contextlib.contextmanager
def disk(root, kilobytes):
    """A disk of its own where one can be mounted; else no file may be longer."""
    root.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(root)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        os.chdir("/")
        if mounted:
            subprocess.run(["umount", str(root)], check=True)
        shutil.rmtree(root, ignore_errors=True)


def room_of(folder):
    """What a folder takes on a disk of pages of 4 kB, in kB."""
    return sum(4 * -(-path.lstat().st_size // 4096) for path in folder.rglob("*") if path.is_file())


def full(root, begin, do, sizes, *, more=40, resume=None):
    """Meet the end of a disk at many sizes; the check of its room beforehand is left out."""
    place = Place(root, begin)
    place.anew()
    assert waited(in_copy(do)) == 0
    new = place.seen()
    before, taken = room_of(place.base), room_of(root)
    files.SPARE_BYTES = -1e15
    ends = {"old": 0, "new": 0, "mixed": [], "codes": [], "mounted": False, "kB": [before, taken]}
    shutil.rmtree(root)
    for n in range(sizes):
        room = before + 8 + (taken + more) * n // (sizes - 1)
        with disk(root, room) as ends["mounted"]:
            if not ends["mounted"]:
                break
            shutil.copytree(place.base, root, dirs_exist_ok=True)
            os.chdir(root)
            code = waited(in_copy(do))
            there = place.seen()
            ends["codes"].append(code)
            if resume is not None and code:
                there = {name: there[name] for name in there if "blocks" not in name}
                there.pop("out/sweep.json", None)
            if there == new:
                ends["new"] += 1
            elif there == place.old:
                ends["old"] += 1
            else:
                ends["mixed"].append([room, code, sorted(there.items() ^ place.old.items())[:4]])
    return ends


def together(root, begin, doing, times, *, allowed):
    """Start several at once into one folder; whoever is refused leaves no trace."""
    place = Place(root, begin)
    wholes = []
    for do in doing:
        place.anew()
        assert waited(in_copy(do)) == 0
        wholes.append(place.seen())
    ends = {"whole": 0, "mixed": [], "refused": 0, "faults": []}
    for _ in range(times):
        place.anew()
        Path("../said").write_text("")
        pipe = os.pipe()
        numbers = [in_copy(do, pipe=pipe) for do in doing]
        for end in pipe:
            os.close(end)
        codes = [waited(number) for number in numbers]
        ends["refused"] += codes.count(2)
        there = place.seen()
        if not set(codes) <= {0, 2} or (codes.count(2) and not allowed):
            ends["faults"].append([codes, Path("../said").read_text()[-600:]])
        if there in wholes:
            ends["whole"] += 1
        else:
            ends["mixed"].append([codes, sorted(there.items() ^ wholes[0].items())[:4]])
    return ends


def tiny(folder):
    places.model_file = lambda: folder / "model" / "buildout.mdl"
    places.calibration_folder = lambda: folder / "calibration"
    places.pathways_folder = lambda: folder / "pathways"


def asked(what, root):
    """One of the measurements."""
    resumed, swept = (small_blocks(ran(*SWEEP, *more)) for more in (["--resume"], []))
    if what in OF_THE_PROJECT:
        return asked_of_the_project(what, root)
    return {
        "kill run": lambda: killed(root, ran(*EARLIER), ran(*RUN), 50),
        "kill sweep": lambda: killed(root, None, swept, 100, resume=resumed),
        "full run": lambda: full(root, ran(*EARLIER), ran(*RUN), 20),
        "full sweep": lambda: full(root, None, swept, 20, more=120, resume=resumed),
        "run beside run": lambda: together(
            root, ran(*EARLIER), [ran(*RUN), ran(*EARLIER)], 25, allowed=False
        ),
        "sweep beside sweep": lambda: together(root, None, [resumed, resumed], 25, allowed=True),
        "run beside sweep": lambda: together(root, None, [ran(*RUN), resumed], 25, allowed=True),
    }[what]()


OF_THE_PROJECT = ("kill report", "full report", "report beside report", "run beside report")


def asked_of_the_project(what, root):
    """One of the measurements that need all outputs."""
    one, two = report("status-quo"), report(["status-quo", "mobilization"])
    run = ran("run", "china-deal", "--draws", "0", "--out", "out")
    return {
        "kill report": lambda: killed(root, one, two, 50),
        "full report": lambda: full(root, one, two, 20),
        "report beside report": lambda: together(root, one, [one, two], 10, allowed=False),
        "run beside report": lambda: together(root, one, [run, two], 8, allowed=False),
    }[what]()


def small_blocks(do):
    """Many small blocks, so that there are many moments."""
    from buildout.sweeps import request

    size = request.SweepRequest.chunk_size

    def done():
        with mock.patch.object(
            request.SweepRequest, "chunk_size", lambda self, n=None: size(self, n or 4)
        ):
            return do()

    return done


if __name__ == "__main__":
    if sys.argv[3] not in OF_THE_PROJECT:
        tiny(Path(sys.argv[1]))
    load_model()
    answer = asked(sys.argv[3], Path(sys.argv[2]) / "try")
    print(json.dumps(answer))
