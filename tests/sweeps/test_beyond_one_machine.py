"""The page's paragraph on many machines, run as it stands: a scheduler, two workers, a sweep."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from buildout.cli.main import main

pytest.importorskip("distributed")

PAGE = Path(__file__).parents[2] / "src" / "buildout" / "sweeps" / "README.md"
LINES = re.search(
    r"^## Beyond one machine$.*?^```shell\n(.*?)^```$",
    PAGE.read_text(encoding="utf-8"),
    re.M | re.S,
)[1]
PORT = "8786"


@pytest.fixture
def port():
    """A port that is free here and now, in place of the usual one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def environment(tmp_path):
    """Commands as an activated environment has them, for the Python that runs the tests."""
    for name in ("buildout", "dask"):
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {name} "$@"\n')
        script.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def asked() -> list[str]:
    """Words of the sweep, without where it runs and where it goes."""
    (line,) = [line for line in LINES.splitlines() if line.startswith("buildout sweep ")]
    words = shlex.split(line)[1:]
    for option in ("--dask", "--out"):
        place = words.index(option)
        del words[place : place + 2]
    return words


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the lines are for a shell of Linux or macOS")
def test_the_lines_of_the_readme_give_the_bytes_of_one_machine(port, environment, tmp_path, capsys):
    with open(tmp_path / "log", "w+") as log:
        shell = subprocess.Popen(
            ["bash", "-c", LINES.replace(PORT, str(port))],
            cwd=tmp_path, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        try:
            # Ends when scheduler and workers have, which write to the same pipe.
            printed, _ = shell.communicate(timeout=200)
        finally:
            if shell.poll() is None:
                os.killpg(shell.pid, signal.SIGKILL)
        log.seek(0)
        told = log.read()
    assert shell.returncode == 0, told
    # What Dask says of its own end is not ours.
    assert "Traceback" not in told.partition("Saved: ")[0]
    (out,) = [path.parent for path in tmp_path.rglob("results.nc")]
    assert main([*asked(), "--out", str(tmp_path / "here")]) == 0
    assert capsys.readouterr().out == printed
    for name in ("results.nc", "summary.csv", "sweep.json"):
        assert (out / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_the_lines_of_the_readme_are_of_commands_that_there_are():
    words = [shlex.split(line)[0] for line in LINES.splitlines()]
    assert words == ["dask", "dask", "buildout", "kill"]
    assert asked()[0] == "sweep"
