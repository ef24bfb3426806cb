"""A pathway as the text of a `.toml` file that every command accepts."""

import json
from collections.abc import Iterable, Sequence

from buildout.inputs.settings import Setting


def pathway_text(
    title: str,
    description: str,
    extends: Sequence[str],
    settings: Iterable[Setting],
    *,
    comments: Sequence[str] = (),
) -> str:
    """A pathway file: comments above, then what it extends, then its settings in order.

    Parameters
    ----------
    title, description : str
    extends : sequence of str
    settings : iterable of Setting
    comments : sequence of str
        Lines for whoever opens the file.

    Examples
    --------
    >>> print(pathway_text("Mine", "", ["status-quo"], [Setting("rule regime", 2.0)]))
    title = "Mine"
    extends = ["status-quo"]
    <BLANKLINE>
    [[set]]
    lever = "rule regime"
    value = 2.0
    <BLANKLINE>
    """
    head = [f"# {line}".rstrip() for line in comments]
    head += [f"title = {_quoted_text(title)}"]
    head += [f"description = {_quoted_text(description)}"] if description else []
    head += [f"extends = [{', '.join(map(_quoted_text, extends))}]"]
    blocks = ["\n".join(head), *map(_block, settings)]
    return "\n\n".join(blocks) + "\n"


def _block(setting: Setting) -> str:
    lines = ["[[set]]", f"lever = {_quoted_text(setting.lever)}", f"value = {setting.value!r}"]
    texts = ("unit", setting.unit), ("source", setting.source), ("note", setting.note)
    return "\n".join([*lines, *(f"{key} = {_quoted_text(text)}" for key, text in texts if text)])


def _quoted_text(text: str) -> str:
    # What JSON escapes, TOML reads the same.
    return json.dumps(text, ensure_ascii=False)
