"""Results are read only as they were written, and replace only what we wrote."""

import hashlib
import json
import logging
import os
import shutil

import numpy as np
import pytest
import xarray as xr

from buildout import sweep
from buildout._util import seal
from buildout.cli.main import main
from buildout.errors import OutputError, ResultsError
from buildout.sampling import design
from buildout.simulation.simulate import simulate
from buildout.simulation.store import load_results, save_results

pytestmark = pytest.mark.usefixtures("tiny_world")


@pytest.fixture
def ds():
    return simulate()


@pytest.fixture
def saved(ds, tmp_path):
    """A folder with results."""
    save_results(ds, tmp_path / "out", command="buildout run")
    return tmp_path / "out"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_every_cut_and_every_flipped_bit_is_noticed_without_a_manifest_too(saved, tmp_path):
    whole = (saved / "results.nc").read_bytes()
    place = tmp_path / "copy.nc"
    rng = np.random.default_rng(1)
    cuts = [0, 1, len(whole) - 1, len(whole) - seal.SIZE, *rng.integers(0, len(whole), 50)]
    flips = [0, len(whole) - 1, *rng.integers(0, len(whole), 100)]
    for cut in cuts:
        place.write_bytes(whole[:cut])
        with pytest.raises(ResultsError, match=r"damaged|checksum|no NetCDF|not what"):
            load_results(place)
    for flip in flips:
        content = bytearray(whole)
        content[flip] ^= 1 << (flip % 8)
        place.write_bytes(content)
        with pytest.raises(ResultsError, match=r"damaged|checksum|no NetCDF|not what"):
            load_results(place)
    place.write_bytes(whole + b"\0")
    with pytest.raises(ResultsError):
        load_results(place)
    place.write_bytes(whole)
    load_results(place)


def test_damage_is_told_at_the_command_line(saved, capsys, tmp_path):
    content = bytearray((saved / "results.nc").read_bytes())
    content[len(content) // 2] ^= 4
    (saved / "results.nc").write_bytes(content)
    for command in ("figures", "report"):
        for results in (saved, saved / "results.nc"):
            out = tmp_path / "charts"
            assert main([command, "--from", str(results), "--out", str(out)]) == 2
            told = capsys.readouterr().err
            assert "results.nc" in told
            assert "buildout run" in told or "anew" in told
            assert not out.exists()


@pytest.mark.parametrize("engine", ["scipy", "netcdf4"])
def test_other_programs_read_it_as_any_netcdf_file(ds, saved, engine):
    with xr.open_dataset(saved / "results.nc", engine=engine) as opened:
        assert opened.load().identical(ds)


def test_files_of_two_runs_side_by_side_are_told(ds, saved, tmp_path):
    save_results(simulate("mobilization"), tmp_path / "other", command="buildout run")
    (tmp_path / "other" / "kpis.csv").write_text("of another run")
    for name in ("results.nc", "kpis.csv"):
        before = (saved / name).read_bytes()
        shutil.copy(tmp_path / "other" / name, saved / name)
        with pytest.raises(ResultsError, match=f"{name}` is not what `manifest.json` beside"):
            load_results(saved)
        (saved / name).write_bytes(before)
    (saved / "kpis.csv").unlink()
    assert load_results(saved).identical(ds)


def sealed_copy(ds, path, change):
    change(ds).to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    seal.seal_file(path)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ds: ds.drop_vars("status"), "how its runs ended"),
        (lambda ds: ds.assign(status=ds["status"] + 77), "how its runs ended"),
        (lambda ds: ds.rename(pathway="case"), "no pathways"),
        (lambda ds: ds.isel(pathway=[0, 0]), "a pathway is there twice"),
        (lambda ds: ds.assign_coords(pathway=[1, 2, 3]), "no pathways"),
        (lambda ds: ds.assign_attrs(settings="{"), "`settings` cannot be read"),
        (lambda ds: ds.assign_attrs(versions="[" * 50_000), "`versions` cannot be read"),
        (lambda ds: ds.drop_attrs(), "another version of the model"),
    ],
)
def test_a_sealed_file_of_another_form_is_refused(ds, tmp_path, change, message):
    with pytest.raises(ResultsError, match=message):
        load_results(sealed_copy(ds, tmp_path / "x.nc", change))


def test_a_pipe_or_a_folder_in_place_of_results_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.nc")
    (tmp_path / "out" / "results.nc").mkdir(parents=True)
    for path in (tmp_path / "pipe.nc", tmp_path / "out", "/dev/zero"):
        with pytest.raises(ResultsError, match="Cannot read"):
            load_results(path)


def test_a_sweep_and_a_run_do_not_share_a_folder(tmp_path, capsys):
    words = ["sweep", "--outputs", "total capacity", "--at", "2030", "--draws", "2"]
    assert main([*words, "--out", str(tmp_path / "sweep")]) == 0
    before = {name: (tmp_path / "sweep" / name).read_bytes() for name in names(tmp_path / "sweep")}
    capsys.readouterr()
    for command in ("run", "report", "figures"):
        assert main([command, "--out", str(tmp_path / "sweep")]) == 2
        assert "holds a sweep" in capsys.readouterr().err
    assert {n: (tmp_path / "sweep" / n).read_bytes() for n in names(tmp_path / "sweep")} == before
    assert main([*words, "--out", str(tmp_path / "sweep"), "--resume"]) == 0
    assert main(["run", "--out", str(tmp_path / "run")]) == 0
    before = names(tmp_path / "run")
    for more in ([], ["--resume"]):
        assert main([*words, "--out", str(tmp_path / "run"), *more]) == 2
        assert "not of a sweep" in capsys.readouterr().err
    assert names(tmp_path / "run") == before


def test_results_and_figures_do_not_share_a_folder(saved, capsys):
    assert main(["figures", "--out", str(saved)]) == 2
    assert "holds simulated pathways. A folder takes figures or none" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    ['{"name": "my extension"}', "mine", "[]", '{"versions": {"buildout": 1}}', "[" * 9999],
)
def test_a_manifest_of_others_is_left_alone(ds, tmp_path, content, capsys):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(OutputError, match=r"manifest.json` was not made by buildout\. Choose"):
        save_results(ds, tmp_path, command="buildout run")
    for command in ("run", "report", "figures"):
        assert main([command, "--out", str(tmp_path)]) == 2
        assert "not made by buildout" in capsys.readouterr().err
    assert (tmp_path / "manifest.json").read_text() == content
    assert names(tmp_path) == ["manifest.json"]


@pytest.mark.parametrize("name", ["results.nc", "kpis.csv", "verdict.json"])
def test_files_that_we_did_not_write_are_not_replaced(ds, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match=f"{name}` is in the way"):
        save_results(ds, tmp_path, command="buildout run")
    assert names(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_what_only_the_earlier_result_had_goes_and_what_was_edited_stays(saved, ds, caplog):
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "figures").mkdir()
    for name in ("report.html", "report.md", "figures/a.svg"):
        (saved / name).write_text("old")
        manifest["outputs"][name] = "2e45f1a06bdf9c5c4f5e9d1b2d8e0a1c" * 2
    (saved / "mine.txt").write_text("mine")
    for name in ("report.html", "figures/a.svg"):
        manifest["outputs"][name] = hashlib.sha256(b"old").hexdigest()
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with caplog.at_level(logging.WARNING):
        save_results(ds, saved, command="buildout run")
    kept = {"report.md", "mine.txt"}
    made = {"results.nc", "kpis.csv", "stages.csv", "verdict.csv", "verdict.json", "manifest.json"}
    assert set(names(saved)) == kept | made
    assert "`report.md`" in caplog.text
    assert "not part of the new result" in caplog.text


def test_a_list_that_names_files_elsewhere_removes_none_of_them(saved, ds, tmp_path):
    (tmp_path / "mine").write_text("old")
    manifest = json.loads((saved / "manifest.json").read_text())
    for name in ("../mine", str(tmp_path / "mine"), "./../mine", "..\\mine"):
        manifest["outputs"][name] = hashlib.sha256(b"old").hexdigest()
    (saved / "manifest.json").write_text(json.dumps(manifest))
    save_results(ds, saved, command="buildout run")
    assert (tmp_path / "mine").read_text() == "old"


def test_results_of_a_sweep_are_read_with_the_same_care(tiny, tmp_path):
    draws = design.latin_hypercube(2, seed=1, model=tiny)
    ds = sweep(draws, outputs="total capacity", model=tiny, out=tmp_path / "out")
    assert load_results(tmp_path / "out").identical(ds)
    content = bytearray((tmp_path / "out" / "results.nc").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "out" / "results.nc").write_bytes(content)
    with pytest.raises(ResultsError, match="is damaged"):
        load_results(tmp_path / "out")
