"""A reader's own pathways: their titles and needs on the page, and nothing in them that runs."""

import pytest

from buildout.cli.main import main
from buildout.inputs import places
from buildout.inputs.model import load_model
from buildout.inputs.sources import read_sources
from buildout.report.content import content
from buildout.report.html import to_html
from buildout.report.markdown import to_markdown

pytestmark = pytest.mark.usefixtures("short_gallery")

HOSTILE = "<script>alert(1)</script> | `a` [x](javascript:y) $1$"


@pytest.fixture
def written(tmp_path, monkeypatch, capsys):
    """A report of a file named like a packaged pathway, and of a hostile one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hybrid.toml").write_text(
        'title = "Magnets by lottery"\ndescription = "Drawn on Tuesdays."\n'
    )
    (tmp_path / "mine.toml").write_text(
        f"""title = '''{HOSTILE}'''
description = '''{HOSTILE}'''
[[set]]
lever = "qualification time[new maker]"
value = 1.0
unit = "Year"
source = '''{HOSTILE}'''
note = '''{HOSTILE}'''
"""
    )
    argv = ["report", "./hybrid.toml", "mine.toml", "--draws", "0", "--out", "out"]
    assert main(argv) == 0
    return tmp_path / "out"


def test_a_readers_files_are_shown_by_their_own_words_and_nothing_in_them_runs(written):
    for page in ("report.md", "report.html"):
        text = (written / page).read_text(encoding="utf-8")
        # W2: the packaged title and text were printed.
        assert "Magnets by lottery" in text
        assert "Drawn on Tuesdays." in text
        assert "a deal and a build" not in text
    for page in ("report.md", "report.html", "figures/README.md"):
        text = (written / page).read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert page.endswith("html") or "](javascript" not in text
    text = (written / "report.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if "alert(1)" in line and line[:1] == "|"]
    assert len(rows) == 1


@pytest.fixture(scope="module")
def pages():
    """A Dataset as page and as text, without charts."""
    model, sources = load_model(), read_sources()

    def made(ds) -> tuple[str, str]:
        blocks = content(ds, model, [], sources)
        return to_html(blocks, {}), to_markdown(blocks)

    return made


def test_each_pathway_has_its_own_need_in_the_verdict(three, pages):
    need = three["defense_need_in_2025"].copy()
    need[1] = 3000.0
    for text in pages(three.assign(defense_need_in_2025=need)):
        assert "defense need of 350 (status-quo, china-deal), 3,000 (mobilization) t" in text


def test_a_run_that_is_not_sound_is_said_before_the_verdict(three, pages):
    status = three["status"].copy()
    status[2] = 2
    for text in pages(three.assign(status=status)):
        said = text.index("Not sound, and not to be relied on:")
        assert said < text.index("Light magnets")
        assert "china-deal" in text[said : said + 120]


def test_control_characters_reach_no_page(three, pages):
    titles = ["a\x1b[31m", "b\u202e", "c\x00"]
    for text in pages(three.assign_coords(pathway_title=("pathway", titles))):
        assert not {"\x1b", "\u202e", "\x00"} & set(text)
        assert "a\\x1b[31m" in text.replace("\\\\", "\\")


@pytest.mark.slow
def test_a_report_on_results_needs_no_pathway_file(three, pages, monkeypatch):
    def gone():
        raise AssertionError("a report went back to the pathway files")

    monkeypatch.setattr(places, "pathways_folder", gone)
    assert "ten years of civil access" in pages(three)[0]
