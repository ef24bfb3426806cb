"""A report has the page of its own run beside it, links it, or says in a sentence why not."""

import json
import re

import pytest

import buildout as bo
from buildout.cli import report as command
from buildout.errors import OutputError, ResultsError, UnsupportedError
from buildout.page.bundle import PAGE_FILE
from buildout.page.explore import explore, explore_of_run, save_explore
from buildout.report.blocks import Link
from buildout.report.front import front
from buildout.report.origin import origin_section

SETTINGS = {"rule regime": "B", "requalification share": 0.5}


@pytest.fixture(scope="module", autouse=True)
def quick():
    """No run for each control: `test_controls` looks at what they move."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "buildout.page.content.idle_controls", lambda _, pathways, __: [{} for _ in pathways]
        )
        yield


@pytest.fixture(scope="module")
def ds():
    return bo.simulate(["hybrid", "status-quo"], settings=SETTINGS)


def held(page):
    """The content of a page."""
    [text] = re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.S)
    return json.loads(text)


@pytest.mark.slow
def test_the_page_of_a_run_is_that_of_its_pathways(ds):
    of_run = held(explore_of_run(ds, report="report.html"))
    asked = held(explore(["hybrid", "status-quo"], settings=SETTINGS))
    assert of_run["report"] == "report.html"
    assert asked["report"] is None
    for one, other in zip(of_run["pathways"][:2], asked["pathways"], strict=False):
        # A run says of a constant that is set to its default nothing but what draws would move.
        assert one["values"] == other["values"]
        assert one["on_top"] == other["on_top"] == {"rule regime": 2, "requalification share": 0.5}
        assert one["extends"] == other["extends"] == one["name"]
        assert one["title"] == other["title"]


def test_runs_by_other_times_have_no_page(ds):
    with pytest.raises(ResultsError, match=r"end in 2044.*own times, here 2045"):
        explore_of_run(ds.sel(time=slice(None, 2044)))
    with pytest.raises(ResultsError, match=r"a time step of 0\.0625 years"):
        explore_of_run(ds.assign_attrs(time_step=0.0625))
    with pytest.raises(ResultsError, match="another version of the model"):
        explore_of_run(ds.assign_attrs(model_sha256="0"))


@pytest.mark.slow
def test_without_a_kernel_the_report_says_so_and_goes_on(ds, monkeypatch, capsys):
    def none(*_):
        raise UnsupportedError("The kernel is another.", cure="Install a linker.")

    monkeypatch.setattr("buildout.page.explore.page_kernel", none)
    assert command._sliders(ds) == ""
    assert capsys.readouterr().err == (
        "buildout: no page of sliders. The kernel is another. Install a linker.\n"
    )


def test_the_report_links_the_page_near_the_front_and_among_its_files(ds):
    link = Link("the page of sliders", PAGE_FILE)
    assert link in front(ds, None, PAGE_FILE)[-1].text
    assert len(front(ds)) + 1 == len(front(ds, None, PAGE_FILE))
    files = origin_section(ds, "", None, "", PAGE_FILE)[1].items
    assert any(Link(PAGE_FILE, PAGE_FILE) in item for item in files)


@pytest.mark.slow
def test_a_page_is_saved_where_it_is_asked_for(tmp_path):
    path = save_explore(tmp_path / "new" / "page.html", "hybrid")
    assert held(path.read_text(encoding="utf-8"))["first"] == "hybrid"
    save_explore(path, "mobilization")
    assert held(path.read_text(encoding="utf-8"))["first"] == "mobilization"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"page\.html` is in the way"):
        save_explore(path, "hybrid")
    assert path.read_text(encoding="utf-8") == "mine"
