"""The report needs nothing but itself, says the same twice, and agrees with the results."""

import json
import re
from html.parser import HTMLParser

import pytest

import buildout as bo
from buildout.analysis.worlds import ask_draws
from buildout.errors import ResultsError
from buildout.figures import GALLERY
from buildout.inputs.sources import read_sources
from buildout.outcomes.chances import rough_percent
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.odds import NAMED
from buildout.report import save_report
from buildout.report.blocks import Paragraph
from buildout.report.dark import by_night, contrast
from buildout.report.pictures import INSIDE
from buildout.report.settings import settings_section, value_words

# The whole page with its charts. What is around them is tried in test_own_pathways.
pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """What a page loads, links to, and holds."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.links, self.tables, self.alts, self.ids = [], [], [], [], []
        self.tags, self._cell, self._aside = [], None, 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.loaded += [
            attrs[name] for name in ("src", "srcset", "data", "poster") if name in attrs
        ]
        if tag == "link":
            self.loaded.append(attrs.get("href"))
        if tag == "a":
            self.links.append(attrs["href"])
        if tag == "svg":
            self.alts.append(attrs["aria-label"])
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self._cell = []
        if tag == "span" and "popover" in attrs:
            self._aside += 1

    def handle_data(self, data):
        if self._cell is not None and not self._aside:
            self._cell.append(data)

    def handle_endtag(self, tag):
        if tag == "span" and self._aside:
            self._aside -= 1
        if tag in ("td", "th"):
            self.tables[-1][-1].append("".join(self._cell))
            self._cell = None

    def table(self, heading):
        return next(table for table in self.tables if heading in table[0])


@pytest.fixture(scope="module")
def folder(reported):
    return reported


DRAWN = (*INSIDE, "prices")


@pytest.fixture(scope="module")
def text(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_the_page_loads_nothing_from_elsewhere(page, text):
    assert page.loaded == []
    assert page.tags.count("script") == 1  # Opens the folds for printing.
    assert "default-src 'none'" in text
    style = text[text.index("<style>") : text.index("</style>")]
    assert "@import" not in style
    assert set(re.findall(r"url\((.)", style)) <= {"#"}  # Hatches of charts.


def test_links_lead_to_sources_to_files_beside_the_page_or_to_places_on_it(page, folder):
    known = {row["url"] for row in read_sources().values()}
    outward = {link for link in page.links if not link.startswith("#")}
    beside = outward - known
    assert outward & known
    assert {"verdict.csv", "kpis.csv", "figures/money.png", "figures/prices.csv"} <= beside
    assert not [name for name in beside if not (folder / name).is_file()]
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_no_two_parts_of_the_page_have_one_id(page):
    assert len(set(page.ids)) == len(page.ids)


def test_the_page_is_small_and_keeps_what_it_links_beside_it(text):
    assert len(text.encode()) <= 1_500_000


def test_every_chart_is_there_with_words_for_those_who_do_not_see_it(page, folder):
    assert all(re.search(r"\d", alt) for alt in page.alts)
    for name in DRAWN:
        assert name in page.ids
        for suffix in ("svg", "csv", "png"):
            assert (folder / "figures" / f"{name}.{suffix}").stat().st_size > 100


def test_a_chart_of_the_page_stands_there_for_both_sizes_and_says_its_finding(text):
    for name in INSIDE:
        figure = text[text.index(f'<figure id="{name}">') :].partition("</figure>")[0]
        assert figure.count("<svg") == 2
        assert re.search(r'class="narrow"><svg viewBox="0 0 2\d\d', figure)
    assert 'id="prices"><strong>Outside China' in text


def test_the_letters_of_charts_are_legible_by_night(text):
    """Those on the paper, as those on a bar are white by day and follow it."""
    style = dict(re.findall(r"^\.(s\d+)\{(.*)\}$", text, re.MULTILINE))
    colors = {
        f"#{color}"
        for name in set(re.findall(r'<text[^>]* class="(s\d+)"', text))
        for color in re.findall(r"fill:var\(--(\w+)\)", style[name])
    } - {"#ffffff"}
    assert len(colors) >= 4
    assert min(contrast(by_night(color), by_night("#ffffff")) for color in colors) >= 4.5


def test_the_verdict_on_the_page_is_the_verdict(page, three):
    shown_rows = {
        (row[0], path): row
        for row in page.table("what holds it up")[1:]
        for path in row[1].split(", ")
    }
    rows = deadline_rows(three)
    assert len(shown_rows) == len(rows)
    for row in rows:
        cells = shown_rows[(row["magnet_class"], row["pathway"])]
        assert cells[-3] == f"{rough_percent(row['coverage_2027'])}%"
        assert cells[-2] == f"{row['shortfall_2027']:,.0f}"
        assert cells[-1] == row["binding"]


def test_the_table_of_settings_holds_all_that_differ_and_only_that(page, three):
    settings = json.loads(three.attrs["settings"])
    table = page.table("mobilization")
    paths = table[0][1:4]
    assert paths == ["status-quo", "mobilization", "china-deal"]
    assert all(len(set(strip(row[1:4]))) > 1 for row in table[1:])
    written = {(name.split(" [")[0], value) for name, *values in table[1:] for value in values[:3]}
    for path in paths:
        for name, row in settings[path].items():
            others = {settings[p].get(name, {"value": row["default"]})["value"] for p in paths}
            if len(others) > 1:
                assert (name.split("[")[0], value_words(row["value"])) in written


def strip(cells):
    return [cell.strip("()") for cell in cells]


def test_every_constant_is_among_the_assumptions(page):
    model = bo.load_model()
    listed = {row[0].split(":")[0] for t in page.tables if t[0][0] == "assumption" for row in t[1:]}
    assert listed == {model.variable(row.name).name for row in model.table}
    grades = page.table("meaning")[1:]
    assert sum(int(row[2]) for row in grades) == len(model.table)


def test_the_text_says_the_same_as_the_page(folder, text, page):
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    for heading in re.findall(r"<h[12][^>]*>(.*?)</h[12]>", text):
        words = re.escape(heading.replace("&nbsp;", " "))
        assert re.search(rf"^#+ {words}$", markdown, re.MULTILINE)
    for name in DRAWN:
        assert f"](figures/{name}.svg)" in markdown
    widths = [
        line.count("|") - line.count("\\|") for line in markdown.splitlines() if line[:1] == "|"
    ]
    tables = sum(len(table) + 1 for table in page.tables)
    assert len(widths) == tables
    assert markdown.count("not before") >= text.count("not before") - 3 * len(DRAWN)


def test_the_same_results_give_the_same_whole_report(three, tmp_path):
    for place in ("a", "b"):
        save_report(ask_draws(three, 100, 1), tmp_path / place, command="buildout report")
    first = tmp_path / "a"
    names = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    assert len(names) > 3 * len(GALLERY)
    for name in names:
        assert (first / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    page = Page((first / "report.html").read_text(encoding="utf-8"))
    assert {drawing.name for drawing in GALLERY} <= set(page.ids)
    assert (first / "report.html").stat().st_size <= 1_500_000


def test_the_report_names_no_place_of_this_machine(folder, text):
    assert str(folder) not in text
    assert str(folder) not in (folder / "manifest.json").read_text()


def test_a_single_pathway_has_no_settings_that_differ(three):
    blocks = settings_section(three.isel(pathway=[0]), {})
    assert blocks[1] == Paragraph("There are none: all pathways shown set the same.")


def test_results_of_another_model_are_refused_before_anything_is_written(three, tmp_path):
    with pytest.raises(ResultsError, match="another version of the model"):
        save_report(three.assign_attrs(model_sha256="0" * 64), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_page_has_the_odds_in_its_sentences_and_its_table(reported):
    text = (reported / "report.md").read_text()
    assert text.count("the whole need is covered on 1 January 2027 in ") == 3
    heads = "met in, of 100 draws | median | 5-95% | full from, 5-95% of draws | single run covers"
    assert heads in text
    assert "100 draws" in text
    assert (
        (reported / "verdict.csv").read_text().splitlines()[0].endswith(f"draws,{','.join(NAMED)}")
    )
