"""Blocks as Markdown, with the charts as files beside it."""

from collections.abc import Sequence

from buildout._util.tables import Markup, code, escaped, markdown
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


def to_markdown(blocks: Sequence[ReportBlock], *, kind: str = "svg") -> str:
    """The same content as the page.

    Parameters
    ----------
    blocks : sequence of ReportBlock
        Words in backticks become code; nothing else in them is taken for Markdown or HTML.
    kind : str
        Suffix of the charts in the folder `figures`.
    """
    return "\n\n".join(_block(block, kind) for block in blocks) + "\n"


def _block(block: ReportBlock, kind: str) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {escaped(block.text)}"
    if isinstance(block, Paragraph):
        return _text(block.text)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_text(item)}" for item in block.items)
    if isinstance(block, Picture):
        picture = f"![{escaped(block.alt)}](figures/{block.name}.{kind})"
        return f"{picture}\n\n{_text(block.caption)} Data: `figures/{block.name}.csv`"
    return _table(block)


def _table(block: ReportTable) -> str:
    rows = [[_text(cell) for cell in row] for row in block.rows]
    table = markdown(block.columns, rows, right=block.numbers).rstrip()
    return f"### {escaped(block.folded)}\n\n{table}" if block.folded else table


def _text(text: Text) -> Markup:
    pieces = (text,) if isinstance(text, str) else text
    return Markup("".join(_link(p) if isinstance(p, Link) else _words(p) for p in pieces))


def _link(link: Link) -> str:
    return f"[{escaped(link.text)}](<{escaped(link.url)}>)"


def _words(text: str) -> str:
    """Words in backticks as code, where each has its partner; all else letter by letter."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    return "".join(code(part) if place % 2 else escaped(part) for place, part in enumerate(parts))
