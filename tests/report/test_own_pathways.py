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


def test_a_file_named_like_a_packaged_pathway_keeps_its_own_title(tmp_path, monkeypatch, capsys):
    """W2: the packaged title and text were printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hybrid.toml").write_text(
        'title = "Magnets by lottery"\ndescription = "Drawn on Tuesdays."\n'
    )
    assert main(["report", "./hybrid.toml", "--out", "out"]) == 0
    for page in ("report.md", "report.html"):
        text = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert "Magnets by lottery" in text
        assert "Drawn on Tuesdays." in text
        assert "a deal and a build" not in text


def test_what_a_file_says_is_shown_and_never_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
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
    assert main(["report", "mine.toml", "status-quo", "--out", "out"]) == 0
    for page in ("report.md", "report.html", "figures/README.md"):
        text = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert "<script" not in text
        assert page.endswith("html") or "](javascript" not in text
    markdown = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    rows = [line for line in markdown.splitlines() if "alert(1)" in line and line[:1] == "|"]
    assert len({line.count("|") - line.count("\\|") for line in rows}) == 2  # two tables


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
        verdict = text.split("The verdict")[-1]
        said = verdict.index("Not sound, and not to be relied on:")
        assert said < verdict.index("Under rule regime")
        assert "china-deal" in verdict[said : said + 120]


def test_control_characters_reach_no_page(three, pages):
    titles = ["a\x1b[31m", "b\u202e", "c\x00"]
    for text in pages(three.assign_coords(pathway_title=("pathway", titles))):
        assert not {"\x1b", "\u202e", "\x00"} & set(text)
        assert "a\\x1b[31m" in text.replace("\\\\", "\\")


def test_a_report_on_results_needs_no_pathway_file(three, pages, monkeypatch):
    def gone():
        raise AssertionError("a report went back to the pathway files")

    monkeypatch.setattr(places, "pathways_folder", gone)
    assert "ten years of civil access" in pages(three)[0]
