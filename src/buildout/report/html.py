"""Blocks as one page that needs nothing else: styles and charts are inside it."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from buildout._util.names import key
from buildout.errors import visible
from buildout.report.blocks import (
    Bullets,
    Heading,
    Link,
    Paragraph,
    Picture,
    ReportBlock,
    ReportTable,
    Text,
)

PAGE = Template(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<main>
$body
</main>
</body>
</html>
"""
)


def to_html(blocks: Sequence[ReportBlock], charts: Mapping[str, bytes]) -> str:
    """A self-contained page.

    Parameters
    ----------
    blocks : sequence of ReportBlock
    charts : mapping of str to bytes
        SVG of each picture, by its name.

    Returns
    -------
    str
        HTML that loads nothing from elsewhere; links to sources are only followed by a click.
    """
    title = next(b.text for b in blocks if isinstance(b, Heading) and b.level == 1)
    headings = [b for b in blocks if isinstance(b, Heading) and b.level == 2]
    parts = []
    for block in blocks:
        parts.append(_block(block, charts))
        if isinstance(block, Paragraph) and block.lead and len(parts) == 2:
            parts.append(_contents(headings))
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8").strip()
    return PAGE.substitute(title=_escape(title), style=style, body="\n".join(parts))


def _contents(headings: Sequence[Heading]) -> str:
    items = "".join(f'<a href="#{key(h.text)}">{_escape(h.text)}</a> ' for h in headings)
    return f'<nav aria-label="Contents">{items}</nav>'


def _block(block: ReportBlock, charts: Mapping[str, bytes]) -> str:
    if isinstance(block, Heading):
        return f'<h{block.level} id="{key(block.text)}">{_escape(block.text)}</h{block.level}>'
    if isinstance(block, Paragraph):
        kind = ' class="lead"' if block.lead else ""
        return f"<p{kind}>{_text(block.text)}</p>"
    if isinstance(block, Bullets):
        return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Picture):
        return _picture(block, charts[block.name])
    return _table(block)


def _picture(picture: Picture, chart: bytes) -> str:
    data = base64.b64encode(chart).decode("ascii")
    return (
        f'<figure id="{picture.name}"><div class="wide"><img alt="{_escape(picture.alt)}" '
        f'src="data:image/svg+xml;base64,{data}"></div>'
        f"<figcaption>{_text(picture.caption)} Data: <code>figures/{picture.name}.csv</code>"
        "</figcaption></figure>"
    )


def _table(block: ReportTable) -> str:
    heads = "".join(
        f"<th{_side(block, i)}>{_escape(column)}</th>" for i, column in enumerate(block.columns)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f'<td{_side(block, i)} data-label="{_escape(column)}">{_text(cell)}</td>'
            for i, (column, cell) in enumerate(zip(block.columns, row, strict=True))
        )
        + "</tr>"
        for row in block.rows
    )
    table = f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    if not block.folded:
        return table
    return f"<details><summary>{_escape(block.folded)}</summary>\n{table}</details>"


def _side(block: ReportTable, column: int) -> str:
    return ' class="number"' if column in block.numbers else ""


def _text(text: Text) -> str:
    pieces = (text,) if isinstance(text, str) else text
    return "".join(
        f'<a href="{_escape(p.url)}" title="{_escape(p.hint)}">{_escape(p.text)}</a>'
        if isinstance(p, Link)
        else _code(_escape(p))
        for p in pieces
    )


def _escape(text: str) -> str:
    return escape(visible(text, lines=True))


def _code(text: str) -> str:
    """Words in backticks as code; the date in one piece."""
    text = text.replace("1 January 2027", "1&nbsp;January&nbsp;2027")
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return text
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))
