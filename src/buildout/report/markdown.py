"""Blocks as Markdown, with the charts as files beside it."""

from collections.abc import Sequence

from buildout.report.blocks import (
    Block,
    Bullets,
    Heading,
    Link,
    Paragraph,
    Picture,
    Table,
    Text,
)


def to_markdown(blocks: Sequence[Block], *, kind: str = "svg") -> str:
    """The same content as the page.

    Parameters
    ----------
    blocks : sequence of Block
    kind : str
        Suffix of the charts in the folder `figures`.
    """
    return "\n\n".join(_block(block, kind) for block in blocks) + "\n"


def _block(block: Block, kind: str) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    if isinstance(block, Paragraph):
        return _text(block.text)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_text(item)}" for item in block.items)
    if isinstance(block, Picture):
        picture = f"![{_plain(block.alt)}](figures/{block.name}.{kind})"
        return f"{picture}\n\n{block.caption} Data: `figures/{block.name}.csv`"
    return _table(block)


def _table(block: Table) -> str:
    rule = ["---:" if i in block.numbers else "---" for i in range(len(block.columns))]
    lines = [block.columns, rule, *block.rows]
    table = "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)
    return f"### {block.folded}\n\n{table}" if block.folded else table


def _cell(text: Text) -> str:
    return _text(text).replace("|", "\\|").replace("\n", " ")


def _text(text: Text) -> str:
    pieces = (text,) if isinstance(text, str) else text
    return "".join(f"[{p.text}](<{p.url}>)" if isinstance(p, Link) else p for p in pieces)


def _plain(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")
