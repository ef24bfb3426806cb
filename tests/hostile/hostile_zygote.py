"""A process that has everything imported and answers each request in a copy of itself.

A line of JSON in (`folder`, `argv`, `env`, `tiny`), a line out (`code`, `seconds`, `megabytes`);
what was printed lies in files beside the folder. A new interpreter for each of a thousand inputs
would take half an hour.
"""

import json
import os
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path


def child(asked):
    """The copy: never returns."""
    code = 99
    try:
        folder = Path(asked["folder"])
        os.chdir(folder)
        os.environ.update(asked["env"])
        streams = [os.open(os.devnull, os.O_RDONLY)]
        for end in ("out", "said"):
            name = f"{folder}.{end}"
            streams.append(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        if asked["tiny"]:
            from buildout.inputs import places

            tiny = Path(asked["tiny"])
            places.model_file = lambda: tiny / "model" / "buildout.mdl"
            places.calibration_folder = lambda: tiny / "calibration"
            places.pathways_folder = lambda: tiny / "pathways"
        from buildout.cli.main import main

        try:
            code = main(asked["argv"])
        except SystemExit as left:
            code = left.code
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 98)


def answer(asked):
    """Run one request in a copy; what it cost."""
    begun = time.monotonic()
    number = os.fork()
    if number == 0:
        child(asked)
    while True:
        done, status, usage = os.wait4(number, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > asked["seconds"]:
            os.kill(number, signal.SIGKILL)
            _, status, usage = os.wait4(number, 0)
            break
        time.sleep(0.002)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": time.monotonic() - begun,
        "megabytes": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "chardet.universaldetector", DeprecationWarning)
    import buildout.cli.main
    import buildout.report
    import buildout.sweeps  # noqa: F401
    from buildout.simulation.simulate import simulate

    simulate("status-quo")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
