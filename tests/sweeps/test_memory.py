"""A million draws of three pathways stay within a gigabyte."""

import json
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
    import json, sys
    from pathlib import Path
    from buildout.sampling import design
    from buildout.inputs import places
    from buildout import sweep
    from buildout.inputs.model import load_model
    from buildout.sweeps import At, Cumulative, Crossing, Final, Maximum, Minimum
    tank, table, pathways, out = map(Path, sys.argv[1:])
    places.pathways_folder = lambda: pathways
    model = load_model(tank, table)
    draws = design.latin_hypercube(1_000_000, seed=7, model=model)
    kept = [At([1, 2, 3]), Cumulative(), Crossing(2), Final(), Maximum(), Minimum()]
    three = ["free", "settled", "third"]
    ds = sweep(draws, three, outputs={"tank": kept, "bent": Final()}, model=model, out=out)
    # Not getrusage: its peak counts what the process that started this one held.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    print(json.dumps([peak, ds.nbytes, int((ds["status"] == 0).sum())]))
"""


def test_a_million_draws_with_ten_outcomes_take_less_than_a_gigabyte(
    tank_files, pathways, tmp_path
):
    (tmp_path / "pathways" / "third.toml").write_text('[[set]]\nlever = "exponent"\nvalue = 2\n')
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), *map(str, tank_files)]
    command += [str(tmp_path / "pathways"), str(tmp_path / "out")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    peak, size, sound = json.loads(done.stdout)
    assert sound == 3_000_000
    assert size > 3e6 * 9 * 8, "nine numbers, and whether the threshold is reached"
    assert peak < 1e9, f"{peak / 1e6:.0f} MB"
