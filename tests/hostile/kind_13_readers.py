"""Kind 13: a text of a user is shown, letter by letter, to every reader: none obeys it."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

from hostile_models import HEAD
from hostile_rows import Row

from buildout._util import names, tables
from buildout.documents.book import Book, BookTable, Column
from buildout.errors import HIDDEN, InputError, visible
from buildout.page.bundle import _as_json
from buildout.report.blocks import Entries, Heading, Paragraph
from buildout.report.html import to_html
from buildout.report.markdown import to_markdown

SCRIPT, CLOSED = "<script>alert(1)</script>", "</text></script><img src=x onerror=alert(1)>"
ANSI, TITLE_OF_TERMINAL = "\x1b[31mred\x1b[0m", "\x1b]0;owned\x07"
TURNED, BELL, NEXT_LINE = "\u202egnp.exe", "a\x07b\x08c", "a\x85b\u2028c"
NO_XML, HALF = "a\ufffeb\x0bc", "a\ud800b"
FORMULA, DDE, TAB = '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "\t=1+1"
MATHS, MARKS, BAR = r"$\frac{1}{0}$", "*a* _b_ `c` [d](e) ~~f~~", "a | b"
ENTITY, CDATA, COMMENT = "&lt;b&gt; &amp; &#60;", "]]> <![CDATA[", "<!-- -->"


# -- what would obey -----------------------------------------------------------------------------


def _no_hidden(text):
    return not HIDDEN.search(text.replace("\n", "").replace("\t", ""))


class _Page(HTMLParser):
    """What a browser would see: elements, and words."""

    def __init__(self):
        super().__init__()
        self.elements, self.words, self.addresses = set(), "", []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.addresses += [value for name, value in attrs if name == "href"]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.words += data


def _page(text):
    page = _Page()
    page.feed(text[text.index("<body") :])
    return page


def _html_shows(text):
    def call(folder):
        page = _page(to_html([Heading("T", 1), Paragraph(text), Entries(((text, text),))], {}))
        assert not page.elements & {"script", "img", "b"}, page.elements
        assert page.words.count(visible(text)) >= 3, page.words[-300:]
        return True

    return call


def _markdown_shows(text):
    def call(folder):
        written = to_markdown([Heading(text, 1), Paragraph(text), Entries(((text, text),))])
        assert _no_hidden(written)
        assert "<script" not in written
        assert "<img" not in written
        return True

    return call


def _csv_holds(text):
    def call(folder):
        for written in csv.reader(io.StringIO(tables.to_csv([{text: text}]), newline="")):
            assert not written[0].startswith(("=", "+", "-", "@", "\t", "\r")), written
            assert _no_hidden(written[0])
        return True

    return call


def _json_holds(text):
    def call(folder):
        written = tables.to_json({"a": text})
        assert _no_hidden(written)
        return json.loads(written)["a"] == text

    return call


def _table_shows(text):
    def call(folder):
        written = tables.text([{text: text, "n": 1}], widths={text: 30})
        assert _no_hidden(written)
        return len(written.splitlines()) == 3

    return call


def _markdown_table_shows(text):
    def call(folder):
        written = tables.markdown([text], [[text], [tables.code(text)]])
        assert _no_hidden(written)
        assert not re.search(r"<\w", written)
        return {len(re.findall(r"(?<!\\)\|", line)) for line in written.splitlines()} == {2}

    return call


def _page_of_sliders_holds(text):
    def call(folder):
        written = _as_json({"title": text})
        assert "<" not in written
        assert "\u2028" not in written
        return json.loads(written)["title"].encode("utf-8", "surrogatepass") is not None

    return call


def _message_shows(text):
    def call(folder):
        said = str(InputError(f"Found {names.quoted(text)}.", f"`{text}`", text))
        assert _no_hidden(said)
        return len(said) < 4 * len(visible(text)) + 100

    return call


def _document(kind, text):
    """A document whose parts are XML, with the text in all places that show one."""

    def call(folder):
        from buildout.documents import excel, slides, words

        column = (Column("a", text), Column("n", "n", "number"))
        sheet = BookTable(text[:20], text, column, [{"a": text, "n": 1.0}], text)
        asked = BookTable("t", "t", column, [{"a": text, "n": "1"}])
        book = Book(text, [text], [(text, text)], [sheet], [asked], source=text)
        write = {"xlsx": excel.to_xlsx, "docx": words.to_docx, "pptx": slides.to_pptx}[kind]
        with zipfile.ZipFile(io.BytesIO(write(book))) as packed:
            parts = [packed.read(n) for n in packed.namelist() if n.endswith((".xml", ".rels"))]
        trees = [ElementTree.fromstring(part) for part in parts]
        assert not any(element.tag.endswith("}f") for tree in trees for element in tree.iter())
        return any(b"onerror" not in part for part in parts)

    return call


# -- a model whose texts are such ----------------------------------------------------------------


def _model(text, *, unit="m", comment="c"):
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    body = f'"{quoted}" = 1 ~ {unit} ~ {comment}|\nt = INTEG("{quoted}", 1) ~ {unit} ~|\n'
    return {"m.mdl": "{UTF-8}\n" + body + HEAD}


def _saved(name, check):
    def holds(folder, out):
        return check((folder / "new" / name).read_text(encoding="utf-8"))

    return holds


def _heads_are_text(written):
    heads = next(csv.reader(io.StringIO(written)))
    return _no_hidden("".join(heads)) and not any(h.startswith(("=", "+", "-", "@")) for h in heads)


def _picture(*shown):
    def holds(folder, out):
        [picture] = (folder / "new").glob("*.svg")
        tree = ElementTree.parse(picture)
        words = " ".join("".join(e.itertext()) for e in tree.iter() if e.tag.endswith("}text"))
        assert not any(e.tag.endswith("}script") for e in tree.iter())
        return all(word in words for word in shown)

    return holds


SKETCH = (
    "\\\\\\---/// Sketch information - do not modify anything except names\n"
    "V300  Do not put anything below this section - it will be ignored\n*{}\n"
    "$192-192-192,0,Times New Roman|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,5,0\n"
    "10,1,a,100,100,40,20,3,3,0,0,0,0,0,0\n///---\\\\\\\n"
)


def _named_view(name):
    return {"m.mdl": "{UTF-8}\na = 1~~|\n" + HEAD + SKETCH.format(name)}


def _files(*expected):
    return lambda folder, out: {p.name for p in (folder / "new").iterdir()} == set(expected)


FIELDS = 'title = "T"\nextends = "status-quo"\n'
SET = '[[set]]\nlever = "subsidy"\nvalue = 1\nunit = "MUSD/Year"\nsource = "judgement"\n'
PATHWAYS = {
    "title, colour": (
        'title = "\\u001b[31mred"\n' + 'extends = "status-quo"\n',
        "control character",
    ),
    "description, turned": (FIELDS + 'description = "\\u202e"\n', "control character"),
    "note, a bell": (FIELDS + SET + 'note = "a\\u0007"\n', "control character"),
    "source, end of line": (
        FIELDS + SET.replace("judgement", "a\\u2028"),
        "control character|source",
    ),
    "unit, colour": (FIELDS + SET.replace("MUSD/Year", "\\u001b[1m"), r"\\x1b\[1m"),
    "name of a lever": (FIELDS + SET.replace("subsidy", "\\u001b]0;x"), r"\\x1b\]0;x"),
    "a key": (FIELDS + '"\\u001b[2J" = 1\n', r"\\x1b\[2J"),
    "what it extends": (FIELDS.replace("status-quo", "\\u001b[2J"), r"\\x1b\[2J"),
    "title, no XML": ('title = "a\\ufffe"\n', "control character"),
    "title, too long": (f'title = "{"x" * 400}"\n', "400 characters"),
    "description, no end": (FIELDS + f'description = "{"x" * 200_000}"\n', "200,000 characters"),
}
NAMES = {
    "maths": ("$x$.toml", r"holds `\$`"),
    "script": ("<b>.toml", "holds `<`"),
    "formula": ("=1.toml", "holds `=`|`=1`"),
    "quote": ('a"b.toml', "holds"),
    "end of line": ("a\nb.toml", r"a\\nb"),
    "colour": ("\x1b[31m.toml", r"\\x1b\[31m"),
    "turned": ("\u202egnp.toml", r"\\u202egnp"),
    "no UTF-8": ("a\udcff.toml", r"a\\xff"),
    "bar": ("a|b.toml", r"holds `\|`"),
    "backtick": ("a`b.toml", "holds"),
}

ROWS = [
    *(
        Row(f"{where}: {what}", call=write(text), says="True", code=0)
        for where, write, texts in (
            ("report.html", _html_shows, (SCRIPT, CLOSED, ENTITY, COMMENT, ANSI, TURNED)),
            ("report.md", _markdown_shows, (SCRIPT, CLOSED, MARKS, ANSI, NEXT_LINE)),
            ("CSV", _csv_holds, (FORMULA, DDE, TAB, "-1+1", "@SUM(1)", "\r=1", ANSI, TURNED)),
            ("JSON", _json_holds, (ANSI, TURNED, NEXT_LINE, NO_XML, HALF, '"}\n')),
            ("table on screen", _table_shows, (ANSI, TITLE_OF_TERMINAL, BELL, TURNED, NO_XML)),
            ("table in Markdown", _markdown_table_shows, (BAR, SCRIPT, MARKS, "a\\|b", ANSI)),
            ("page of sliders", _page_of_sliders_holds, (SCRIPT, CDATA, NEXT_LINE, HALF)),
            ("message", _message_shows, (ANSI, TITLE_OF_TERMINAL, TURNED, HALF, "x" * 9000)),
            ("workbook", lambda t: _document("xlsx", t), (FORMULA, NO_XML, CLOSED)),
            ("Word", lambda t: _document("docx", t), (NO_XML, CDATA)),
            ("slides", lambda t: _document("pptx", t), (BELL, ENTITY)),
        )
        for what, text in ((repr(t[:16]), t) for t in texts)
    ),
    *(
        Row(f"pathway file: {what}", "run p.toml --out new", says, files={"p.toml": made})
        for what, (made, says) in PATHWAYS.items()
    ),
    *(
        Row(
            f"name of a file: {what}",
            ("run", name, "--out", "new"),
            says,
            files={} if "\udcff" in name else {name: FIELDS},
        )
        for what, (name, says) in NAMES.items()
    ),
    Row("model, table", "model m.mdl --outputs t --outputs x", r"Unknown", files=_model(ANSI)),
    Row(
        "model, units: turned",
        "model m.mdl --units",
        r"\\u202egnp",
        code=1,
        files=_model("x", unit="m*\u202egnp"),
    ),
    Row(
        "model, units: letters of two ways",
        "model m.mdl --units",
        r"\\u061c",
        code=1,
        files=_model("x", unit="m*a\u061cb"),
    ),
    Row(
        "model, units as JSON",
        "model m.mdl --units --json",
        r"\\u061c",
        code=1,
        files=_model("x", unit="m*a\u061cb"),
    ),
    Row("model, --set", ("model", "m.mdl", "--set", f"{ANSI}=x"), r"x1b\[31m", files=_model("x")),
    Row(
        "model, --outputs",
        ("model", "m.mdl", "--outputs", TITLE_OF_TERMINAL),
        r"x1b\]0;owned",
        files=_model("x"),
    ),
    Row(
        "model, --vary",
        ("model", "m.mdl", "--vary", f"{TURNED}=1:2"),
        r"u202egnp",
        files=_model("x"),
    ),
    Row(
        "model, --data", ("model", "m.mdl", "--data", f"{BELL}.csv"), r"a\\x07b", files=_model("x")
    ),
    Row("model, its file", ("model", f"{ANSI}.mdl"), r"x1b\[31m"),
    Row(
        "model, JSON",
        "model m.mdl --json",
        r"\\u061c",
        code=0,
        files=_model("x", unit="m\u061cb"),
        slow=True,
    ),
    Row(
        "model, series.csv: a formula",
        "model m.mdl --out new",
        "Saved",
        code=0,
        slow=True,
        files=_model(DDE),
        holds=_saved("series.csv", _heads_are_text),
    ),
    Row(
        "model, series.csv: colour",
        "model m.mdl --out new",
        "Saved",
        code=0,
        slow=True,
        files=_model(ANSI),
        holds=_saved("series.csv", _heads_are_text),
    ),
    Row(
        "model, draws.csv",
        ("model", "m.mdl", "--vary", f'"{DDE}"=0:2', "--draws", "4", "--out", "new"),
        "Saved",
        code=0,
        slow=True,
        files=_model(DDE),
        holds=_saved("draws.csv", _heads_are_text),
    ),
    Row(
        "model, sensitivity",
        "model m.mdl --sensitivity all",
        r"x1b\[31mred",
        code=0,
        slow=True,
        files=_model(ANSI),
    ),
    *(
        Row(
            f"diagram: {what}",
            "model m.mdl --diagram new",
            "Saved",
            code=0,
            slow=True,
            files=_model(text),
            holds=_picture(*shown),
        )
        for what, text, shown in (
            ("maths", MATHS, ("\\frac{1}{0}$",)),
            ("half of maths", "$x^", ("$x^",)),
            ("script", SCRIPT, ("script>",)),
            ("an end", "</text><text>", ("</text><text>",)),
            ("an entity", ENTITY, ("&lt;b&gt;",)),
            ("colour", ANSI, ("\\x1b[31mred",)),
            ("no XML", NO_XML, ("\\ufffe",)),
        )
    ),
    *(
        Row(
            f"file of a diagram: {what}",
            "model m.mdl --diagram new",
            "Saved",
            code=0,
            slow=True,
            files=_named_view(name),
            holds=_files("manifest.json", made),
        )
        for what, name, made in (
            ("above", "../../evil", "evil.svg"),
            ("absolute", "/tmp/evil", "tmp-evil.svg"),
            ("dots", "..", "view.svg"),
            ("signs", "<!--", "view.svg"),
            ("long", "x" * 5000, "x" * 60 + ".svg"),
            ("the manifest's", "manifest", "manifest.svg"),
            ("hidden", ".hidden", "hidden.svg"),
        )
    ),
]
