"""Words of the field, explained where each first stands on the page."""

import re
from collections.abc import Callable, Sequence
from html import escape

from buildout._util.names import key
from buildout.inputs.glossary import GlossaryTerm


class Explained:
    """Marks each term of the glossary once on a page, at its first stand in running text.

    A term becomes a button that opens its meaning: by mouse, keyboard and touch, without script.
    On paper, and in browsers that do not know popovers, the meaning stands behind it in brackets.
    """

    def __init__(self, glossary: Sequence[GlossaryTerm]) -> None:
        self._by_form = {form: entry for entry in glossary for form in entry.forms}
        # The longest first, so that `rule regime` is not taken for `regime`.
        forms = sorted(self._by_form, key=lambda form: (-len(form), form))
        words = "|".join(map(re.escape, forms))
        self._pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if forms else None
        self._seen: set[str] = set()

    def marked(self, text: str, written: Callable[[str], str]) -> str:
        """Text as HTML, with the terms that stand there first explained.

        Parameters
        ----------
        text : str
            Plain text.
        written : callable
            Plain text -> HTML.
        """
        if self._pattern is None:
            return written(text)
        parts, end = [], 0
        for match in self._pattern.finditer(text):
            entry = self._by_form[match[0]]
            if entry.term in self._seen:
                continue
            self._seen.add(entry.term)
            parts += [written(text[end : match.start()]), self._button(entry, match[0])]
            end = match.end()
        return "".join([*parts, written(text[end:])])

    @staticmethod
    def _button(entry: GlossaryTerm, form: str) -> str:
        place = f"is-{key(entry.term)}"
        return (
            f'<button type="button" class="term" popovertarget="{place}">{escape(form)}</button>'
            f'<span popover id="{place}" class="meaning">{escape(entry.meaning)}</span>'
        )
