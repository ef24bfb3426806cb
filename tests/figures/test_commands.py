"""`buildout figures` and `buildout report`: what they write, and how they refuse."""

import builtins
import json
import os
from pathlib import Path

import pytest

from buildout import report
from buildout._util import files
from buildout.cli.figures import FORMATS as FORMATS_OF_THE_COMMAND
from buildout.cli.main import main
from buildout.figures import FORMATS
from buildout.inputs import places
from buildout.simulation.store import save_results


@pytest.fixture(scope="module")
def saved(three, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    save_results(three, folder, command="buildout run")
    return folder


@pytest.fixture(scope="module")
def kept_drawings():
    """What `drawn_once` has drawn."""
    return {}


@pytest.fixture
def drawn_once(short_gallery, kept_drawings, monkeypatch):
    """Draws for the first report only, in tests of how reports reach the disk."""
    draw = report.pictured

    def once(ds):
        if not kept_drawings:
            kept_drawings["all"] = draw(ds)
        return kept_drawings["all"]

    monkeypatch.setattr(report, "pictured", once)


@pytest.fixture
def refused(capsys):
    def run(*argv):
        assert main([str(word) for word in argv]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.startswith("buildout: ")
        assert "Traceback" not in shown.err
        return shown.err

    return run


def test_figures_come_with_their_data_and_a_manifest(saved, tmp_path, capsys, short_gallery):
    argv = ["figures", "--from", saved, "--out", tmp_path, "--format", "svg"]
    assert main([str(word) for word in argv]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    expected = {f"{drawing.name}.{kind}" for drawing in short_gallery for kind in ("svg", "csv")}
    assert names == expected | {"manifest.json", "README.md"}
    page = (tmp_path / "README.md").read_text()
    for drawing in short_gallery:
        assert f"]({drawing.name}.svg)" in page
        assert drawing.caption in page
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["command"] == f"buildout figures --from {saved.name} --format svg"
    assert manifest["inputs"]["buildout.mdl"] == files.sha256(places.model_file())
    assert "mobilization.toml" in manifest["inputs"]
    for name, digest in manifest["outputs"].items():
        assert files.sha256(tmp_path / name) == digest
    assert manifest["versions"]["matplotlib"]


@pytest.mark.slow
@pytest.mark.usefixtures("drawn_once")
def test_a_page_of_earlier_results_does_not_stand_beside_new_ones(saved, three, tmp_path, caplog):
    out = tmp_path / "out"
    argv = ["report", "--from", saved, "--out", out]
    assert main([str(word) for word in argv]) == 0
    (out / "mine.txt").write_text("mine")
    save_results(three, out, command="buildout run")
    made = {"results.nc", "kpis.csv", "stages.csv", "verdict.csv", "verdict.json", "manifest.json"}
    assert {path.name for path in out.iterdir()} == made | {"mine.txt"}
    assert main([str(word) for word in argv]) == 0
    (out / "report.html").write_text("edited")
    (out / "figures" / "README.md").write_text("edited")
    save_results(three, out, command="buildout run")
    assert (out / "report.html").read_text() == "edited"
    assert [path.name for path in (out / "figures").iterdir()] == ["README.md"]
    assert "and 1 more in" in caplog.text


@pytest.mark.slow
@pytest.mark.usefixtures("drawn_once")
def test_a_report_shows_what_it_saves_and_appears_as_a_whole_or_not_at_all(
    saved, tmp_path, monkeypatch, refused, capsys
):
    out = tmp_path / "out"
    argv = ["report", "--from", saved, "--out", out, "--json"]
    assert main([str(word) for word in argv]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == json.loads((out / "verdict.json").read_text())
    assert "report.html" in shown.err
    written = {path.name for path in out.iterdir()}
    assert {"report.html", "report.md", "results.nc", "kpis.csv", "figures"} <= written
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for place in ("report.pictures.write_gallery", "_util.files.commit"):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(f"buildout.{place}", full)
            assert "the disk is full" in refused(*argv)
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.slow
@pytest.mark.usefixtures("drawn_once")
def test_names_inside_results_are_never_opened_as_files(three, tmp_path, monkeypatch):
    (tmp_path / "secret.toml").write_text('title = "secret"\n')
    names = [str(tmp_path / "secret.toml"), "secret.toml", "/dev/zero"]
    monkeypatch.chdir(tmp_path)
    opened = []
    for home, name in ((builtins, "open"), (os, "open")):
        call = getattr(home, name)

        def watched(path, *args, call=call, **options):
            opened.append(str(path))
            return call(path, *args, **options)

        monkeypatch.setattr(home, name, watched)
    report.save_report(three.assign_coords(pathway=names), tmp_path / "out")
    assert opened
    assert not [path for path in opened if "secret" in path or "zero" in path]


@pytest.mark.quick_for("figures")
@pytest.mark.parametrize("command", ["figures", "report"])
def test_results_of_another_model_version_are_refused(command, three, refused, tmp_path):
    other = three.assign_attrs(model_sha256="0" * 64)
    save_results(other, tmp_path / "old", command="buildout run")
    said = refused(command, "--from", tmp_path / "old", "--out", tmp_path / "out")
    assert "another version of the model" in said
    assert "buildout run" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["figures", "report"])
@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["mobilisation"], "Nearest: `mobilization`"),
        (["--from", "nowhere"], "nowhere"),
        (["--from", "nowhere", "status-quo"], "Leave out `--from`"),
        (["--set", "coordination levl=1"], "Nearest: `coordination level`"),
    ],
)
def test_wrong_input_gets_one_message_and_nothing_is_written(
    command, argv, message, refused, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert message in refused(command, *argv, "--out", "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["figures", "report"])
def test_a_folder_that_cannot_be_written_is_told_before_any_work(command, refused, tmp_path):
    (tmp_path / "file").write_text("")
    assert "Cannot write" in refused(command, "--out", tmp_path / "file" / "out")


def test_the_command_knows_the_formats_without_loading_the_drawing_library():
    assert FORMATS_OF_THE_COMMAND is FORMATS


def test_another_format_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["figures", "--format", "bmp", "--out", str(tmp_path / "out")])
    assert left.value.code == 2
    assert "png" in capsys.readouterr().err


@pytest.mark.slow
def test_an_interrupt_leaves_the_earlier_gallery(saved, tmp_path, capsys, monkeypatch):
    (tmp_path / "prices.png").write_bytes(b"earlier")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("buildout.figures.painting.render", stop)
    assert main(["figures", "--from", str(saved), "--out", str(tmp_path)]) == 130
    assert (tmp_path / "prices.png").read_bytes() == b"earlier"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_committed_gallery_shows_the_model_as_it_is():
    committed = Path(places.__file__).parents[3] / "figures"
    manifest = json.loads((committed / "manifest.json").read_text())
    found = (places.model_file().parent, places.calibration_folder(), places.pathways_folder())
    for name, digest in manifest["inputs"].items():
        [place] = [folder / name for folder in found if (folder / name).is_file()]
        assert files.sha256(place) == digest, f"{name} has changed: run `make figures`"
    for name, digest in manifest["outputs"].items():
        assert files.sha256(committed / name) == digest, f"{name} is not what was made"
