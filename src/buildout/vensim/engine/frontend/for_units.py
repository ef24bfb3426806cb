"""A model's text as the unit checker reads it: without macros, comments and other files."""

import re
from dataclasses import replace
from pathlib import Path

from buildout.vensim.blocks import TextBlock, text_blocks
from buildout.vensim.engine.frontend.macros import written_out
from buildout.vensim.engine.frontend.plain import is_bare, plain
from buildout.vensim.source import EMPTY_SKETCH, model_text, split_sketch
from buildout.vensim.unit_rules import UNLOOKED

_OUTSIDE = re.compile(r":=|\bGET[ _](?:DIRECT|XLS)[ _](\w*)", re.IGNORECASE)
_KEYWORD = re.compile(r":[A-Z ]+:$", re.IGNORECASE)
_LEFT = re.compile(r'("(?:[^"\\]|\\.)*"|[^=\[\]():<"]+)\s*(\[[^\]]*\])?')


def text_for_units(path: Path) -> str:
    """The equations of a model file, each with its unit, and its unit synonyms.

    What a macro computes has the units of where it is called, so its variables are not looked at;
    nor are numbers of other files and tables, which have those of their variable.

    Parameters
    ----------
    path : path

    Returns
    -------
    str

    Raises
    ------
    BuildoutError
        As `buildout.vensim.engine.load` does.
    """
    text = model_text(path)
    equations, _, settings = split_sketch(text)
    blocks = list(text_blocks(equations))
    own = {block.name for block in blocks}
    entries = [_known(block) for block in written_out(blocks) if block.kind == "entry"]
    tidy = plain("{UTF-8}\n" + "".join(map(_written, entries))).entries
    made = (b if b.name in own else replace(b, unit=UNLOOKED) for b in tidy)
    return f"{{UTF-8}}\n{''.join(map(_written, made))}{EMPTY_SKETCH}{settings}"


def _known(block: TextBlock) -> TextBlock:
    """An entry; as a constant, lookup or range where data or another file gives what is in it."""
    outside, left = _OUTSIDE.search(block.equation), _LEFT.match(block.equation)
    bare = is_bare(replace(block, equation=_KEYWORD.sub("", block.equation)))
    if left is None or not (outside or bare):
        return block
    kind = (outside[1] or "").upper() if outside else ""
    right = {"LOOKUPS": "((0,0),(1,0))", "SUBSCRIPT": f': "of {block.name}"'}.get(kind, " = 0")
    return replace(block, equation=left[0].strip() + right)


def _written(block: TextBlock) -> str:
    return f"{block.equation}\n\t~\t{block.unit}\n\t~\t|\n\n"
