"""A pathway as the text of a `.toml` file that every command accepts."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

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

    Settings that follow one another and have the same reason stand together.

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
    together = groupby(settings, key=lambda setting: (setting.unit, setting.source, setting.note))
    blocks = ["\n".join(head), *(_block(list(several)) for _, several in together)]
    return "\n\n".join(blocks) + "\n"


def _block(settings: Sequence[Setting]) -> str:
    """Settings of one unit, source and note as one table."""
    first = settings[0]
    texts = ("unit", first.unit), ("source", first.source), ("note", first.note)
    reason = [f"{key} = {_quoted_text(text)}" for key, text in texts if text]
    if len(settings) == 1:
        own = [f"lever = {_quoted_text(first.lever)}", f"value = {first.value!r}"]
        return "\n".join(["[[set]]", *own, *reason])
    values = [f"{_quoted_text(setting.lever)} = {setting.value!r}" for setting in settings]
    return "\n".join(["[[set]]", *reason, "[set.levers]", *values])


def _quoted_text(text: str) -> str:
    # What JSON escapes, TOML reads the same.
    return json.dumps(text, ensure_ascii=False)
