"""An installed buildout works like a checkout: model, tables and pathways are in the wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_all_that_a_run_needs(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("buildout-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "site")
    # What is no Python too: tables, and the page of sliders with its compiled model.
    package = ROOT / "src" / "buildout"
    kept = {p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    names = {p.relative_to(package) for p in kept if p.suffix != ".pyc"}
    installed = tmp_path / "site" / "buildout"
    assert {str(name) for name in names if not (installed / name).is_file()} == set()
    run = [sys.executable, "-m", "buildout", "run", "--out", tmp_path / "results"]
    # Away from the checkout, and with the unpacked wheel before any linked one.
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(
        run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "mobilization" in done.stdout
    found = subprocess.run(
        [sys.executable, "-c", "from buildout.inputs import places; print(places.model_file())"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path / "site") in found.stdout
