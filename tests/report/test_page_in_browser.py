"""The page in a browser: first screen, telephone, night, paper, and who reads it otherwise."""

import json
import re

import pytest

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SIZES = {"wide": WIDE, "narrow": NARROW}
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}, "resultTypes": ["violations"]}
# What stands where in the window.
BOXES = """selector => [...document.querySelectorAll(selector)].map(e => {
    const box = e.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom];
})"""

FOLDS = "open => document.querySelectorAll('details').forEach(fold => fold.open = open)"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(browser, reported):
    """The page in both sizes by day, with the addresses that it asked for."""
    opened = {}
    for size, window in SIZES.items():
        page = browser.new_page(viewport=window, color_scheme="light")
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto((reported / "report.html").as_uri())
        opened[size] = page, asked
    yield opened
    for page, _ in opened.values():
        page.close()


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options=AXE).response
    return [
        (rule["id"], [node["html"][:200] for node in rule["nodes"]])
        for rule in answer["violations"]
    ]


@pytest.mark.parametrize("size", SIZES)
def test_the_first_screen_holds_question_answers_odds_and_picture(pages, size):
    page, _ = pages[size]
    window = SIZES[size]
    parts = ("h1", ".answers .says", ".answers .odds", ".answers svg")
    counts = {part: page.evaluate(BOXES, part) for part in parts}
    assert [len(boxes) for boxes in counts.values()] == [1, 3, 3, 3]
    for left, top, right, bottom in (box for boxes in counts.values() for box in boxes):
        assert 0 <= left < right <= window["width"]
        assert 0 <= top < bottom <= window["height"]


def test_the_dots_are_as_many_as_the_odds_say(pages, reported):
    page, _ = pages["wide"]
    shares = [
        row["share_covered_2027"] for row in json.loads((reported / "verdict.json").read_text())
    ]
    filled = "li => [...li.querySelectorAll('circle.yes, circle.some')].length"
    dots = [item.evaluate(filled) for item in page.locator(".answers li").all()]
    assert dots == [round(100 * share) for share in shares[:3]]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_window_with_all_folds_open(pages, size):
    page, _ = pages[size]
    page.evaluate(FOLDS, True)
    widest = page.evaluate("document.documentElement.scrollWidth")
    ends = page.evaluate(BOXES, "main p, main li, td, tbody th, dd, summary, figure svg, caption")
    page.evaluate(FOLDS, False)
    assert widest == SIZES[size]["width"]
    assert len(ends) > 1000
    assert max(right for _, _, right, _ in ends) <= widest


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_nothing_bars_the_way_for_those_who_read_it_otherwise(pages, size, scheme):
    page, _ = pages[size]
    page.emulate_media(color_scheme=scheme)
    assert violations(page) == []
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_do_other_lights_and_open_folds(browser, reported, size, scheme):
    page = browser.new_page(viewport=SIZES[size], color_scheme=scheme)
    page.goto((reported / "report.html").as_uri())
    assert violations(page) == []
    page.evaluate(FOLDS, True)
    assert violations(page) == []
    page.close()


def test_nothing_is_asked_of_the_network(pages):
    for _, asked in pages.values():
        assert len(asked) == 1
        assert asked[0].startswith("file://")


def test_by_night_the_paper_is_dark_and_the_charts_follow(pages):
    page, _ = pages["wide"]
    colors = "[document.body, ...document.querySelectorAll('figure svg path')].slice(0, 2)"
    seen = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen[scheme] = page.evaluate(
            f"{colors}.map((e, i) => getComputedStyle(e)[i ? 'fill' : 'backgroundColor'])"
        )
    page.emulate_media(color_scheme="light")
    # The first shape of a chart is its paper.
    assert seen["light"] == 2 * ["rgb(255, 255, 255)"]
    assert seen["dark"] == 2 * ["rgb(20, 20, 20)"]


def test_a_word_is_explained_where_it_first_stands_by_the_keyboard_alone(pages):
    page, _ = pages["narrow"]
    button = page.locator(".lead .term").first
    meaning = page.locator(f"#{button.get_attribute('popovertarget')}")
    assert not meaning.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert meaning.is_visible()
    left, _, right, bottom = page.evaluate(BOXES, ".meaning:popover-open")[0]
    assert 0 <= left < right <= NARROW["width"]
    assert bottom <= NARROW["height"]
    page.keyboard.press("Escape")
    assert not meaning.is_visible()


def test_paper_gets_the_folds_open_and_numbered_pages_without_a_script(browser, reported):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reported / "report.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("details[open]").count() == 0
    assert page.locator("details td").first.is_visible()
    assert not page.locator("nav").is_visible()
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    context.close()
    assert sheets > 10
    assert "counter(page)" in (reported / "report.html").read_text(encoding="utf-8")
