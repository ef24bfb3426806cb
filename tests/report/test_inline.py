"""Charts inside the page: small, apart from each other, legible by night; words explained once."""

import re
from html import escape

import pytest

from buildout.inputs.glossary import GlossaryTerm, read_glossary
from buildout.report.blocks import Heading, Paragraph
from buildout.report.dark import by_night, contrast
from buildout.report.html import to_html
from buildout.report.inline import Inlined
from buildout.report.terms import Explained

CHART = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="9pt" viewBox="0 0 9 9"><metadata>x
</metadata><defs><style>*{fill: red}</style><clipPath id="clip"><path d="M 0 0"/></clipPath></defs>
<g id="figure_1"><path id="line" d="M 0.123456 1
L 2.5 3 " clip-path="url(#clip)" style="fill: #1b2f45; stroke: #ffffff"/><use xlink:href="#line"/>
<text style="fill: #1B2F45">a &lt; b</text></g></svg>"""


def test_two_copies_of_a_chart_share_styles_and_no_ids():
    inlined = Inlined()
    first, second = (inlined.svg(CHART, key, "what it says") for key in ("one", "two"))
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, second)]
    assert len(ids[0]) == len(ids[1]) == 2
    assert not ids[0] & ids[1]
    assert set(re.findall(r"#([\w-]+)", first)) == ids[0]
    assert first.replace("one-", "two-") == second
    assert 'd="M0.12 1L2.5 3"' in first
    assert "a &lt; b</text>" in first
    assert "style" not in first
    assert list(inlined.colors) == ["#1b2f45", "#ffffff"]
    assert inlined.style().count("--ffffff:") == 2  # By day and by night.


def test_by_night_what_is_light_is_dark_and_scales_keep_their_order():
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 15)]
    bright = [contrast(by_night(grey), "#000000") for grey in greys]
    assert bright == sorted(bright, reverse=True)


@pytest.mark.parametrize("color", ["#1f2328", "#6b7178", "#1b2f45", "#d9480f", "#3fa7dd"])
def test_letters_of_charts_are_legible_by_night(color):
    assert contrast(by_night(color), by_night("#ffffff")) >= 4.5


def test_a_word_is_explained_at_its_first_stand_alone_and_the_longer_word_wins():
    terms = [
        GlossaryTerm("feed", "What a plant <works> on.", ("feed",)),
        GlossaryTerm("own feed", "Its own.", ("own feed",)),
    ]
    explained = Explained(terms)
    page = explained.marked("own feed, feeding, feed, feed & feed", escape)
    assert re.findall(r'class="term" popovertarget="([\w-]+)">(.*?)</button>', page) == [
        ("is-own_feed", "own feed"),
        ("is-feed", "feed"),
    ]
    assert "What a plant &lt;works&gt; on." in page
    assert page.endswith(", feed &amp; feed")


def test_no_two_words_of_the_glossary_share_a_form():
    forms = [form for entry in read_glossary() for form in entry.forms]
    assert len(set(forms)) == len(forms)


def test_a_name_cannot_end_the_style_or_the_script_of_the_page():
    page = to_html([Heading("</style><script>alert(1)</script>", level=1), Paragraph("a")], {})
    assert page.count("<script") == 1
    assert page.count("</style>") == 1
