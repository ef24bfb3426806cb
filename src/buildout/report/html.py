"""Blocks as one page that needs nothing else: styles and charts are inside it."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from buildout._util.names import key
from buildout.errors import visible
from buildout.inputs.glossary import GlossaryTerm
from buildout.report.answers_html import answers_html
from buildout.report.blocks import (
    Bullets,
    Cite,
    ClassAnswers,
    Entries,
    Heading,
    Link,
    Paragraph,
    Picture,
    ReportBlock,
    ReportTable,
    SourceList,
    Text,
)
from buildout.report.inline import Inlined
from buildout.report.terms import Explained

PAGE = Template(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'; script-src 'sha256-$digest'">
<title>$title</title>
<style>
$style
</style>
<script>$script</script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><p>$head</p></header>
<main id="content">
$body
</main>
<footer><p>$foot</p></footer>
</body>
</html>
"""
)
# Tables of so many rows are not broken over pages of paper.
SHORT = 15
# Browsers print a closed fold closed where they do not know `::details-content`.
SCRIPT = (
    'addEventListener("beforeprint",()=>{for(const d of document.querySelectorAll('
    '"details:not([open])"))d.open=d.dataset.shut=true});'
    'addEventListener("afterprint",()=>{for(const d of document.querySelectorAll('
    '"details[data-shut]")){d.open=false;delete d.dataset.shut}})'
)


@dataclass(frozen=True)
class Chart:
    """A chart as SVG.

    Attributes
    ----------
    wide : bytes
        For a screen of a desk.
    narrow : bytes or None
        For a telephone, where there is one.
    """

    wide: bytes
    narrow: bytes | None = None


@dataclass(frozen=True)
class Frame:
    """What stands around the blocks.

    Attributes
    ----------
    head : tuple of str
        Two sentences, of which a telephone shows the first.
    foot : str
    glossary : sequence of GlossaryTerm
        Words that are explained where they first stand.
    """

    head: tuple[str, str] = ("", "")
    foot: str = ""
    glossary: Sequence[GlossaryTerm] = ()


def to_html(
    blocks: Sequence[ReportBlock], charts: Mapping[str, Chart], frame: Frame | None = None
) -> str:
    """A self-contained page.

    Parameters
    ----------
    blocks : sequence of ReportBlock
    charts : mapping of str to Chart
        Each picture that stands in the page, by its name.
    frame : Frame, optional

    Returns
    -------
    str
        HTML that loads nothing from elsewhere; links to sources are only followed by a click.
    """
    frame = frame or Frame()
    writer = _Writer(charts, Explained(frame.glossary))
    title = next(b.text for b in blocks if isinstance(b, Heading) and b.level == 1)
    chapters = [b for b in blocks if isinstance(b, Heading) and b.level == 2]
    parts = []
    for block in blocks:
        if chapters and block is chapters[0]:
            parts.append(_contents(chapters))
        parts.append(writer.block(block))
    page_style = Path(__file__).with_name("page.css").read_text(encoding="utf-8").strip()
    return PAGE.substitute(
        title=_escape(title),
        style="\n".join([page_style, *writer.styles, writer.inlined.style()]),
        digest=base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode(),
        script=SCRIPT,
        head=f'{_written(frame.head[0])} <span class="more">{_written(frame.head[1])}</span>',
        body="\n".join(parts),
        foot=_written(frame.foot),
    )


def _contents(headings: Sequence[Heading]) -> str:
    items = "".join(f'<li><a href="#{key(h.text)}">{_escape(h.text)}</a></li>' for h in headings)
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


class _Writer:
    """Writes one page, and keeps the styles that its tables and charts need."""

    def __init__(self, charts: Mapping[str, Chart], explained: Explained) -> None:
        self.charts, self.explained = charts, explained
        self.inlined, self.styles = Inlined(), list[str]()
        self._tables = 0
        self._writers: dict[type, Callable[..., str]] = {
            Heading: lambda b: f'<h{b.level} id="{key(b.text)}">{_written(b.text)}</h{b.level}>',
            Paragraph: self._paragraph,
            Bullets: self._bullets,
            Entries: self._entries,
            ClassAnswers: lambda b: answers_html(b, self._text),
            Picture: self._picture,
            SourceList: _sources,
            ReportTable: self._table,
        }

    def block(self, block: ReportBlock) -> str:
        """A block as HTML."""
        return self._writers[type(block)](block)

    def _paragraph(self, block: Paragraph) -> str:
        kind = ' class="lead"' * block.lead + ' class="quiet"' * block.quiet
        return f"<p{kind}>{self._text(block.text)}</p>"

    def _bullets(self, block: Bullets) -> str:
        points = f"<ul>{''.join(f'<li>{self._text(item)}</li>' for item in block.items)}</ul>"
        return _fold(block.folded, points) if block.folded else points

    def _entries(self, block: Entries) -> str:
        write = _unmarked if block.glossary else self._text
        items = "".join(
            f"<div><dt>{_escape(word)}</dt><dd>{write(text)}</dd></div>"
            for word, text in block.items
        )
        return f"<dl{' class=glossary' * block.glossary}>{items}</dl>"

    def _picture(self, picture: Picture) -> str:
        files = _escape(f"figures/{picture.name}")
        links = (
            f'<a href="{files}.png">PNG</a> <a href="{files}.svg">SVG</a> '
            f'<a href="{files}.csv">CSV</a>'
        )
        # A chart that stands in the page says its title itself.
        title = "" if picture.inside else f"<strong>{_escape(picture.title)}.</strong> "
        caption = (
            f"{title}{self._text(picture.caption)} "
            f'<span class="files" role="group" aria-label="{_escape(picture.title)} as files">'
            f"{links}</span>"
        )
        if not picture.inside:
            return f'<p class="beside" id="{picture.name}">{caption}</p>'
        chart, label = self.charts[picture.name], visible(picture.alt, lines=True)
        wide = self.inlined.svg(chart.wide, f"{picture.name}-w", label)
        if chart.narrow is None:
            drawn = f'<div class="only">{wide}</div>'
        else:
            narrow = self.inlined.svg(chart.narrow, f"{picture.name}-n", label)
            drawn = f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>'
        return f'<figure id="{picture.name}">{drawn}<figcaption>{caption}</figcaption></figure>'

    def _table(self, block: ReportTable) -> str:
        self._tables += 1
        place = f"t{self._tables}"
        self.styles.append(_labels(place, block))
        heads = "".join(
            f'<th scope="col"{_side(block, i)}>{_escape(column)}</th>'
            for i, column in enumerate(block.columns)
        )
        rows = "\n".join(f"<tr>{self._cells(block, row)}</tr>" for row in block.rows)
        caption = "" if block.folded else f"<caption>{self._text(block.caption)}</caption>"
        named = f' aria-label="{_escape(block.caption)}"' if block.folded else ""
        short = ' class="short"' * (len(block.rows) <= SHORT)
        table = (
            f'<table id="{place}"{short}{named}>{caption}<thead><tr>{heads}</tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody></table>"
        )
        if not block.folded:
            return table
        return _fold(block.caption, table)

    def _cells(self, block: ReportTable, row: Sequence[Text]) -> str:
        first, *others = row
        cells = "".join(
            f"<td{_side(block, i)}>{self._text(cell)}</td>" for i, cell in enumerate(others, 1)
        )
        return f'<th scope="row"{_side(block, 0)}>{self._text(first)}</th>{cells}'

    def _text(self, text: Text) -> str:
        pieces = (text,) if isinstance(text, str) else text
        return "".join(
            self._words(piece) if isinstance(piece, str) else _link(piece) for piece in pieces
        )

    def _words(self, text: str) -> str:
        """Words in backticks as code, where each has its partner; terms explained in the rest."""
        parts = text.split("`")
        if len(parts) % 2 == 0:
            return self.explained.marked(text, _written)
        return "".join(
            f"<code>{_escape(part)}</code>" if i % 2 else self.explained.marked(part, _written)
            for i, part in enumerate(parts)
        )


def _labels(place: str, block: ReportTable) -> str:
    """On a telephone a row is a card, and each cell says what it is."""
    rules = "".join(
        f"#{place} tr>:nth-child({i}):before{{content:{_css(column)}}}"
        for i, column in enumerate(block.columns, 1)
        if i > 1
    )
    return f"@media (max-width:46rem){{{rules}}}"


def _css(text: str) -> str:
    """Text as a string of CSS, with all that could end it spelled by number."""
    return '"' + "".join(c if c.isalnum() or c in " ,-%/" else f"\\{ord(c):x} " for c in text) + '"'


def _sources(block: SourceList) -> str:
    items = "".join(
        f'<li id="source-{_escape(name)}"><span>{_escape(name)}</span> '
        f'<a href="{_escape(url)}">{_escape(words)}</a></li>'
        for name, words, url in block.rows
    )
    return _fold(f"{len(block.rows)} sources", f'<ol class="sources">{items}</ol>')


def _fold(summary: str, inside: str) -> str:
    return f"<details><summary>{_escape(summary)}</summary>\n{inside}</details>"


def _link(piece: Link | Cite) -> str:
    if isinstance(piece, Cite):
        return f'<a href="#source-{_escape(piece.source)}">{_escape(piece.source)}</a>'
    return f'<a href="{_escape(piece.url)}">{_escape(piece.text)}</a>'


def _unmarked(text: Text) -> str:
    pieces = (text,) if isinstance(text, str) else text
    return "".join(_written(p) if isinstance(p, str) else _link(p) for p in pieces)


def _side(block: ReportTable, column: int) -> str:
    return ' class="number"' if column in block.numbers else ""


def _escape(text: str) -> str:
    return escape(visible(text, lines=True))


def _written(text: str) -> str:
    """Plain text; the date in one piece."""
    return _escape(text).replace("1 January 2027", "1&nbsp;January&nbsp;2027")
