"""`buildout explore` writes one page, says where it is, and refuses what it cannot show."""

import json

import pytest

from buildout.cli.main import main
from buildout.errors import UnsupportedError


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No run for each control: `tests/page` looks at what they move."""
    monkeypatch.setattr(
        "buildout.page.content.idle_controls", lambda _, pathways, __: [{} for _ in pathways]
    )


def test_a_page_is_written_with_what_makes_it_again(tmp_path, capsys):
    place = tmp_path / "new" / "mine.html"
    words = ["explore", "hybrid", "--set", "rule regime=B", "--out", str(place)]
    assert main(words) == 0
    shown = capsys.readouterr()
    assert str(place) in shown.out
    assert "Saved:" in shown.err
    assert place.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert main(["reproduce", str(place.parent), "--out", str(tmp_path / "again")]) == 0
    assert "The file is equal" in capsys.readouterr().out


def test_json_tells_the_page_and_its_size(tmp_path, capsys):
    assert main(["explore", "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["page"] == str(tmp_path / "explore.html")
    assert told["kB"] < 1500


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mobilisation"], "Nearest: `mobilization`"),
        (["hindcast-2021-market"], "starts in 2021"),
        (["--set", "added allied access=7"], "Accepted: -1 to 1"),
        (["--file", "a/b.html"], "A name like `NAME.html` is accepted"),
        (["--file", "page.txt"], "A name like `NAME.html` is accepted"),
        (["--out", "x.html", "--file", "y.html"], "Give `--out` a folder, or one"),
        (["--out", "x.txt"], "A file like `NAME.html` is accepted, or a folder"),
        (["--out", "-"], "A file like `NAME.html` is accepted, or a folder"),
    ],
)
def test_what_cannot_be_shown_is_refused(words, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["explore", *words]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_pathway_with_a_time_of_its_own_is_refused(tmp_path, capsys):
    own = tmp_path / "late.toml"
    own.write_text('extends = ["status-quo"]\nfinal_time = 2035.0\n', encoding="utf-8")
    assert main(["explore", str(own), "--out", str(tmp_path)]) == 2
    assert "ends in 2035" in capsys.readouterr().err


def test_where_nothing_can_be_written_that_is_said(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["explore", "--out", str(tmp_path / "file" / "x.html")]) == 2
    assert "Cannot write" in capsys.readouterr().err


def test_without_a_fitting_kernel_there_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("buildout.page.explore.page_kernel", _no_kernel)
    assert main(["explore", "--out", str(tmp_path)]) == 2
    assert "no linker is here" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_page_of_a_report_is_left_to_the_report(tmp_path, capsys):
    (tmp_path / "manifest.json").write_text(
        json.dumps({"versions": {"buildout": "1"}, "outputs": {"explore.html": "0" * 64}})
    )
    assert main(["explore", "--out", str(tmp_path)]) == 2
    assert "belongs to the results beside it" in capsys.readouterr().err


def _no_kernel(*_):
    raise UnsupportedError("The kernel is another, and no linker is here to make it.")
