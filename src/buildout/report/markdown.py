"""Blocks as Markdown, with the charts as files beside it."""

from collections.abc import Sequence

from buildout._util.tables import Markup, code, escaped, markdown
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
    if isinstance(block, Picture):
        return _picture(block, kind)
    if isinstance(block, ReportTable):
        return _table(block)
    points = "\n".join(f"- {item}" for item in _items(block))
    if isinstance(block, Bullets) and block.folded:
        return f"### {escaped(block.folded)}\n\n{points}"
    return points


def _items(block: ClassAnswers | Bullets | Entries | SourceList) -> list[str]:
    """Each point of a list."""
    if isinstance(block, ClassAnswers):
        return [
            f"**{escaped(row.name)}** ({escaped(row.meaning.rstrip('.'))}): "
            f"**{escaped(row.answer)}.** {_text(row.says)}"
            for row in block.rows
        ]
    if isinstance(block, Entries):
        return [f"**{escaped(word)}**: {_text(text)}" for word, text in block.items]
    if isinstance(block, SourceList):
        return [
            f"{escaped(name)}: [{escaped(words)}](<{escaped(url)}>)"
            for name, words, url in block.rows
        ]
    return [_text(item) for item in block.items]


def _picture(block: Picture, kind: str) -> str:
    picture = f"![{escaped(block.alt)}](figures/{block.name}.{kind})"
    return f"{picture}\n\n{_text(block.caption)} Data: `figures/{block.name}.csv`"


def _table(block: ReportTable) -> str:
    rows = [[_text(cell) for cell in row] for row in block.rows]
    table = markdown(block.columns, rows, right=block.numbers).rstrip()
    head = f"### {escaped(block.caption)}" if block.folded else _text(block.caption)
    return f"{head}\n\n{table}"


def _text(text: Text) -> Markup:
    pieces = (text,) if isinstance(text, str) else text
    return Markup("".join(_words(p) if isinstance(p, str) else _link(p) for p in pieces))


def _link(link: Link | Cite) -> str:
    words = link.source if isinstance(link, Cite) else link.text
    return f"[{escaped(words)}](<{escaped(link.url)}>)"


def _words(text: str) -> str:
    """Words in backticks as code, where each has its partner; all else letter by letter."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    return "".join(code(part) if place % 2 else escaped(part) for place, part in enumerate(parts))
