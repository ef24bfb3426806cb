"""The page of sliders in a browser: moved, compared, shared, taken along, read otherwise."""

import csv
import io
import json
import math

import pytest

import buildout as bo
from buildout.cli.main import main
from buildout.outcomes.chances import outside_the_middle
from buildout.outcomes.short_answers import QUESTION

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SIZES = {"wide": WIDE, "narrow": NARROW}
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}, "resultTypes": ["violations"]}
FOLDS = "open => document.querySelectorAll('details').forEach(fold => fold.open = open)"
BOXES = """selector => [...document.querySelectorAll(selector)].map(e => {
    const box = e.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom];
}).filter(([left, , right]) => right > left)"""
# When the draws of what is shown are counted.
DONE = "body.ready:not(.counting)"
MOVED = "#v=1&p=mobilization&set=allied-access:0.55,ramp:0.4,tariff:0.123456789012345"
PINNED = f"{MOVED}&pin=status-quo&pinset=requalification:0.25"

# A browser for some minutes.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The page, made once."""
    from buildout.page.explore import save_explore

    path = tmp_path_factory.mktemp("explore") / "explore.html"
    slow = bo.pathway("hybrid").with_settings(
        {"ramp factor[addition]": 0.5}, name="slow", title="Slow ramps"
    )
    return save_explore(path, ["status-quo", "mobilization", slow], report="report.html")


@pytest.fixture(scope="module")
def page(browser, built):
    """The page on a desk by day; tests leave it as they like and open it anew."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", accept_downloads=True)
    page = context.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(built.as_uri())
    yield page
    assert page.errors == []
    context.close()


def go(page, address=""):
    """Gives the open page another address, as a link or the arrow back does."""
    page.evaluate("address => { location.hash = address; }", address)
    page.wait_for_selector(DONE)


def text(page, selector):
    return page.locator(selector).inner_text()


def value(page, control):
    return page.locator(f"#field-{control}").input_value()


def saved(page, button):
    """What a button gives as a file: its name and its text."""
    with page.expect_download() as waited:
        page.locator(f"#{button}").click()
    return waited.value.suggested_filename, waited.value.path().read_bytes()


def table_of(page):
    """The saved numbers by quantity, series and year."""
    _, data = saved(page, "save-csv")
    lines = [line for line in data.decode().splitlines() if not line.startswith("#")]
    rows = csv.DictReader(io.StringIO("\n".join(lines)))
    return {(row["quantity"], row["series"], row["year"]): row for row in rows}


def number(cell):
    return None if cell == "" else float(cell)


def deadline(capsys, *arguments):
    """The verdict of the command line."""
    capsys.readouterr()
    assert main(["deadline", *arguments, "--draws", "100", "--seed", "1", "--json"]) == 0
    return {row["magnet_class"]: row for row in json.loads(capsys.readouterr().out)}


def near(left, right):
    if left is None or right is None:
        return left is None and right is None
    return math.isclose(left, right, rel_tol=1e-10, abs_tol=1e-10)


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options=AXE).response
    return [
        (rule["id"], [node["html"][:200] for node in rule["nodes"]])
        for rule in answer["violations"]
    ]


def test_a_link_opens_what_was_shown(page):
    go(page, PINNED)
    assert page.locator("#pathway").input_value() == "mobilization"
    fields = [value(page, control) for control in ("allied-access", "ramp", "tariff")]
    assert fields == ["0.55", "0.4", "0.123457"]
    assert "Pinned: Status quo with 1 change." in text(page, "#pinned")
    # What the page writes itself opens the same again, to the last digit.
    page.locator("#slide-study-delay").fill("0.5")
    page.wait_for_timeout(600)
    written = page.evaluate("location.hash")
    assert "tariff:0.123456789012345" in written
    assert "study-delay:0.5" in written
    assert "&pin=status-quo&pinset=requalification:0.25" in written
    before = table_of(page)
    go(page)
    go(page, written)
    assert page.evaluate("location.hash") == written
    assert table_of(page) == before
    assert not page.locator("#ignored").is_visible()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("#%ZZ", "does not say its version"),
        ("#v=7&p=mobilization", "version “7” is not known"),
        ("#v=1&p=__proto__&set=ramp:0.2", "“__proto__”"),
        ("#v=1&set=constructor:1,toString:2", "“constructor:1”"),
        ("#v=1&set=ramp:1e999", "0.1 to 0.6 is accepted"),
        ("#v=1&set=ramp:NaN", "0.1 to 0.6 is accepted"),
        ("#v=1&set=rule-regime:1.5", "one of 1, 2, 3 is accepted"),
        ("#v=1&nonsense=<img src=x onerror=alert(1)>", "nonsense"),
        (f"#v=1&set={'ramp:9,' * 2000}", "more than an address has"),
    ],
)
def test_a_mangled_address_opens_the_page_as_it_is_and_says_what_it_ignored(page, address, named):
    go(page, address)
    assert named in text(page, "#ignored")
    assert page.locator("#pathway").input_value() == "status-quo"
    assert page.locator(".control.moved").count() == 0


def test_what_turns_the_text_around_it_is_not_repeated(page):
    go(page, "#v=1&p=%E2%80%AEgnp")
    assert "pathway “?gnp”" in text(page, "#ignored")


def test_a_link_of_another_model_says_so_and_is_opened(page):
    go(page, "#v=1&m=00000000&set=ramp:0.2")
    assert "another version of the model" in text(page, "#ignored")
    assert value(page, "ramp") == "0.2"


@pytest.mark.parametrize(
    "address", [pytest.param("#v=1&p=status-quo", marks=pytest.mark.slow), MOVED]
)
def test_the_file_that_is_saved_gives_the_page_s_verdict_at_the_command_line(
    page, address, tmp_path, capsys
):
    go(page, address)
    shown = table_of(page)
    name, data = saved(page, "save-toml")
    (tmp_path / name).write_bytes(data)
    assert name in text(page, "#command")
    rows = deadline(capsys, str(tmp_path / name))
    for kind, row in rows.items():
        covered = shown["coverage", kind, "2027"]
        assert near(float(covered["this run"]), row["coverage_2027"])
        for share, key in ((5, "p05"), (50, "p50"), (95, "p95")):
            band = f"{share}% of draws below"
            assert near(float(covered[band]), row[f"coverage_2027_{key}"])
            dates = shown["full coverage from; empty: not before the end", kind, ""]
            assert near(number(dates[band]), row[f"full_coverage_year_{key}"])
        assert near(number(dates["this run"]), row["full_coverage_year"])
        short = shown["shortfall", kind, "2027"]
        assert near(float(short["this run"]), row["shortfall_2027"])
        drawn = shown["share of draws covered", kind, "2027"]
        assert float(drawn["this run"]) == row["share_covered_2027"]
        for end in ("low", "high"):
            interval = shown[f"its 95% interval, {end}", kind, "2027"]
            assert float(interval["this run"]) == row[f"share_covered_2027_{end}"]
        place = shown["percentile of the run among its draws", kind, "2027"]
        assert float(place["this run"]) == row["percentile_of_run"]
    odds = [line.inner_text() for line in page.locator("#answers .odds").all()]
    assert odds == [f"{round(100 * row['share_covered_2027'])} of 100" for row in rows.values()]
    sure = [line.inner_text() for line in page.locator("#answers .sure").all()]
    ends = [
        [round(100 * row[f"share_covered_2027_{e}"]) for e in ("low", "high")]
        for row in rows.values()
    ]
    assert sure == [f"futures ({low} to {high})" for low, high in ends]
    places = [line.inner_text() for line in page.locator("#answers .place").all()]
    outside = [outside_the_middle(row["percentile_of_run"]) for row in rows.values()]
    assert [bool(place) for place in places] == outside
    held = [row["binding"] for row in rows.values() if row["binding"] != "none"]
    assert all(f"What holds it up: {words}." in text(page, "#answers") for words in held)


def test_a_number_out_of_its_range_is_refused_at_its_field(page):
    go(page)
    field = page.locator("#field-ramp")
    for typed in ("9", "1e999", "half", "0,3", ""):
        field.fill(typed)
        field.press("Enter")
        assert field.get_attribute("aria-invalid") == "true"
        assert "0.1 to 0.6 is accepted" in text(page, f"#{field.get_attribute('aria-describedby')}")
        assert page.locator(".control.moved").count() == 0
    field.fill("0.31")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") is None
    assert text(page, "#refused-ramp") == ""
    assert "Ramp of additions 0.31" in text(page, "#changed")


def test_escape_brings_back_what_a_field_held(page):
    go(page)
    for control in ("ramp", "listed-share"):
        field = page.locator(f"#field-{control}")
        before = field.input_value()
        field.fill("9")
        field.press("Enter")
        field.press("Escape")
        assert field.input_value() == before
        assert field.get_attribute("aria-invalid") is None


def test_all_is_done_by_the_keyboard_alone(page, built):
    page.goto("about:blank")
    page.goto(built.as_uri())
    page.wait_for_selector(DONE)
    focused = "document.activeElement.id"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "levers"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "pathway"
    page.keyboard.press("m")
    assert page.locator("#pathway").input_value() == "mobilization"
    reached = set()
    while "save-toml" not in reached:
        page.keyboard.press("Tab")
        place = page.evaluate(focused)
        assert place == "" or place not in reached
        reached.add(place)
        if place == "slide-allied-access":
            page.keyboard.press("ArrowRight")
            assert value(page, "allied-access") == "0.42"
        if place == "pin":
            page.keyboard.press("Enter")
    of_controls = "[...document.querySelectorAll('.control :is(input, select)')].map(e => e.id)"
    sliders = page.evaluate(of_controls)
    assert set(sliders) | {"pin", "copy", "save-csv", "save-png", "save-toml"} <= reached
    assert page.locator("#pin").inner_text() == "Unpin"
    page.locator("#aloud", has_text="Heavy magnets: ").wait_for(state="attached")


def test_a_pinned_run_is_drawn_and_told_apart(page):
    go(page, "#v=1&p=status-quo")
    assert page.locator("#answers .delta").all_inner_texts() == 3 * [""]
    page.locator("#pin").click()
    page.locator("#slide-defense-need").fill("700")
    page.wait_for_selector(DONE)
    told = text(page, "#answers")
    assert told.count("Against the pinned run: \N{MINUS SIGN}") == 3
    pinned = page.locator("#coverage path.pinned").all()
    assert all(path.get_attribute("d").startswith("M") for path in pinned)
    assert page.locator(".view-output .delta").first.inner_text() != ""
    page.locator("#pin").click()
    assert "pinned" not in text(page, "#answers")
    assert page.locator("#coverage path.pinned[d^=M]").count() == 0


def test_a_state_looks_alike_however_it_was_reached(page, built):
    height = "document.getElementById('coverage').style.height"
    page.goto("about:blank")
    page.goto(built.as_uri())
    page.locator("#pin").click()
    page.locator("#slide-defense-need").fill("700")
    page.wait_for_timeout(600)
    page.wait_for_selector(DONE)
    by_hand, address = page.evaluate(height), page.evaluate("location.hash")
    page.goto("about:blank")
    page.goto(built.as_uri() + address)
    page.wait_for_selector(DONE)
    assert page.evaluate(height) == by_hand


def test_what_leaves_the_scale_is_said(page):
    go(page, "#v=1&p=mobilization&set=allied-access:1,rule-regime:3,defense-need:150")
    assert "off the scale: over 100 times" in page.locator("#coverage").text_content()
    assert "over 50 times the need" in text(page, "#answers li:nth-child(1)")
    page.evaluate(FOLDS, True)
    assert ">50 times" in text(page, "#coverage-numbers table")
    page.evaluate(FOLDS, False)


def test_a_need_that_is_covered_and_lost_again_is_told(page):
    # Enough on the day, and not for long; in the pinned run for good.
    go(page, "#v=1&p=china-deal&set=allied-access:-1,rule-regime:2,defense-need:700&pin=china-deal")
    heavy = text(page, "#answers li:nth-child(2)")
    assert "on the day; enough from 1 January 2027 to 2028 Q1." in heavy
    assert heavy.endswith("lost again in 2028 Q1.")
    table = table_of(page)
    lost = table["lost again; empty: not before the end", "heavy NdFeB", ""]
    assert 2028 <= float(lost["this run"]) < 2028.25
    assert lost["pinned run"] == ""
    assert table["what holds it up", "heavy NdFeB", "2027"]["this run"] == "none"
    # Enough on the day, and never for a year.
    moved = "defense-need:722,samarium-circuits:0.4,allied-access:-0.36"
    go(page, f"#v=1&p=upstream-orders&set={moved}")
    assert "on the day; enough to last: not before 2045." in text(page, "#answers li:nth-child(1)")


def test_what_a_lever_switches_on_besides_is_told(page):
    go(page, "#v=1&p=status-quo-2025&set=contracts-at-home:0.3")
    assert "0.3 (0, and with it standing appropriation" in text(page, "#changed")
    go(page, "#v=1&p=status-quo&set=contracts-at-home:0.3")
    assert text(page, "#changed").endswith("0.3 (0).")


def test_sources_of_a_pathway_s_value_are_named_one_by_one(page):
    go(page, "#v=1&p=section-232")
    fold = page.locator("#control-later-cut details")
    fold.locator("summary").click()
    told = fold.inner_text()
    fold.locator("summary").click()
    assert "P045" not in told.partition("Sources")[0]


def test_back_takes_the_last_move_back(page, built):
    page.goto("about:blank")
    page.goto(built.as_uri())
    page.locator("#slide-ramp").fill("0.5")
    page.wait_for_timeout(450)
    page.locator("#pathway").select_option("mobilization")
    page.wait_for_timeout(500)
    assert "p=mobilization&set=ramp:0.5" in page.evaluate("location.hash")
    page.evaluate("history.back()")
    page.wait_for_timeout(100)
    assert page.locator("#pathway").input_value() == "status-quo"
    assert value(page, "ramp") == "0.5"
    page.evaluate("history.back()")
    page.wait_for_timeout(100)
    assert page.locator(".control.moved").count() == 0


def test_what_another_pathway_has_anyway_is_not_held_there(page):
    go(page, "#v=1&p=slow&set=ramp:0.3,requalification:0.2")
    page.locator("#pathway").select_option("status-quo")
    assert text(page, "#changed") == "Changed: New oxide that waits for an approval 0.2 (0.5)."


def test_only_the_odds_of_the_last_move_are_shown(page):
    go(page, "#v=1&p=status-quo&set=defense-need:900")
    at_the_end = page.locator("#answers .odds").all_inner_texts()
    go(page)
    drag = """() => { const slider = document.getElementById('slide-defense-need');
        for (let need = 150; need <= 900; need += 50) {
            slider.value = need; slider.dispatchEvent(new Event('input')); } }"""
    page.evaluate(drag)
    page.wait_for_selector(DONE)
    assert page.locator("#answers .odds").all_inner_texts() == at_the_end


def test_the_chart_is_saved_as_a_picture_with_its_own_bands(page):
    go(page)
    page.locator("#slide-ramp").fill("0.5")
    assert page.locator("body.counting").count() == 1
    name, data = saved(page, "save-png")
    assert page.locator("body.counting").count() == 0
    assert name.endswith(".png")
    assert data.startswith(b"\x89PNG")
    assert len(data) > 20_000


def test_the_first_screen_holds_answer_chart_and_levers(page, built):
    page.goto("about:blank")
    page.goto(built.as_uri())
    page.wait_for_selector(DONE)
    counts = {"h1": 1, "#answers .odds": 3, "#answers .run": 3, "#coverage": 1, "#pathway": 1}
    for size in SIZES.values():
        page.set_viewport_size(size)
        page.wait_for_timeout(50)
        boxes = {part: page.evaluate(BOXES, part) for part in counts}
        assert {part: len(places) for part, places in boxes.items()} == counts
        first = page.evaluate(BOXES, ".control input[type=range]")[:1]
        for left, top, right, bottom in (b for places in (*boxes.values(), first) for b in places):
            assert 0 <= left < right <= size["width"]
            assert 0 <= top < bottom <= size["height"]
    page.set_viewport_size(WIDE)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_window(page, size):
    page.set_viewport_size(SIZES[size])
    go(page, PINNED)
    page.evaluate(FOLDS, True)
    page.wait_for_timeout(50)
    ends = page.evaluate(BOXES, "main p, main li, td, th, dd, summary, svg, input, select, button")
    page.evaluate(FOLDS, False)
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size]["width"]
    assert max(right for _, _, right, _ in ends) <= SIZES[size]["width"]


def test_on_a_telephone_the_chart_stays_above_a_focused_lever(page):
    page.set_viewport_size(NARROW)
    go(page, PINNED)
    for control in ("know-how", "listed-share"):
        page.locator(f"#slide-{control}").focus()
        [[_, top, _, _]] = page.evaluate(BOXES, f"#slide-{control}")
        [[_, chart, _, end]] = page.evaluate(BOXES, ".sticks")
        assert chart == 0
        assert end <= top < NARROW["height"]


def test_nothing_bars_the_way_for_those_who_read_it_otherwise(page):
    look(page, "narrow", "dark", False)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("folds", [True, False])
def test_nor_do_other_lights_and_folds(page, size, scheme, folds):
    look(page, size, scheme, folds)


def look(page, size, scheme, folds):
    """A page with all that it can show has no violation."""
    page.set_viewport_size(SIZES[size])
    page.emulate_media(color_scheme=scheme)
    go(page, f"{PINNED}&nonsense")
    page.locator("#field-ramp").fill("9")
    page.locator("#field-ramp").press("Enter")
    page.evaluate(FOLDS, folds)
    assert violations(page) == []
    page.evaluate(FOLDS, False)
    page.emulate_media(color_scheme="light")


def test_without_workers_or_what_unpacks_the_page_still_answers(browser, built):
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.add_init_script("delete window.Worker")
    page.goto(built.as_uri())
    page.wait_for_selector(DONE)
    assert "of 100" in page.locator("#answers .odds").first.inner_text()
    page.close()
    for lacking, words in (
        ("delete window.DecompressionStream", "cannot unpack the model"),
        ("WebAssembly.validate = () => false", "it lacks WebAssembly with vectors"),
    ):
        page = context.new_page()
        page.add_init_script(lacking)
        page.goto(built.as_uri())
        page.wait_for_selector("#trouble:not([hidden])")
        assert words in page.locator("#trouble").inner_text()
        assert page.locator(".to-report a").first.is_visible()
        page.close()
    context.close()


def test_where_nothing_was_shown_before_nothing_is_said_of_it(browser, built, tmp_path):
    head, start, rest = built.read_text(encoding="utf-8").partition('id="content">')
    data, end, tail = rest.partition("</script>")
    content = json.loads(data)
    content["pathways"][0]["values"] |= {"defense_need_in_2025": -1e300, "initial_time": 1e300}
    broken = tmp_path / "broken.html"
    broken.write_text(head + start + json.dumps(content) + end + tail, encoding="utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    page.wait_for_selector("body.ready")
    assert page.locator("#unsound").inner_text().endswith("So there is nothing to show yet.")
    page.locator("#pathway").select_option("mobilization")
    page.wait_for_selector(DONE)
    page.locator("#pathway").select_option(content["first"])
    assert page.locator("#unsound").inner_text().endswith("What is shown is the run before.")
    page.close()


def test_without_script_one_sentence_says_so(browser, built):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(built.as_uri())
    assert "need JavaScript" in page.locator("noscript").inner_text()
    assert page.locator("h1").inner_text() == QUESTION
    context.close()


def test_nothing_is_asked_of_the_network(page, built):
    # Last: of all that the page did before. Files that it gives are made in the page.
    made = ("blob:", "data:", "about:blank")
    asked = {url.partition("#")[0] for url in page.asked if not url.startswith(made)}
    assert asked == {built.as_uri()}
