"""Fields of a pathway file: texts that figures and pages will show, and keys that nobody knows."""

from collections.abc import Mapping
from typing import Any

from buildout._util.arguments import kind_in_words
from buildout._util.names import quoted, unknown
from buildout.errors import BuildoutError, PathwayFileError, visible

LONGEST_NAME = 100
LONGEST_TITLE, LONGEST_TEXT = 300, 100_000


def text_field(
    table: Mapping[str, Any], key: str, problems: list[BuildoutError], longest: int = LONGEST_TEXT
) -> str:
    """The text under a key, empty where there is none; what is wrong joins the problems."""
    value = table.get(key, "")
    if wrong := text_problem(key, value, longest):
        problems.append(wrong)
    return value if isinstance(value, str) else ""


def text_problem(key: str, value: object, longest: int) -> PathwayFileError | None:
    """What is wrong with a title, note or the like, which figures and pages will show."""
    if not isinstance(value, str):
        return PathwayFileError(f"`{key}` is {kind_in_words(value)}.", "Text is accepted.")
    if visible(value, lines=True) != value.replace("\r\n", "\n"):
        shown = quoted(value)
        return PathwayFileError(f"`{key}` holds a control character: {shown}.", "Text is accepted.")
    if len(value) > longest:
        return PathwayFileError(
            f"`{key}` has {len(value):,} characters.", f"Up to {longest:,} are accepted."
        )
    return None


def unknown_keys(
    table: Mapping[str, Any], accepted: tuple[str, ...], place: str
) -> list[BuildoutError]:
    """One error for each key that is not accepted, with the nearest that is."""
    problems: list[BuildoutError] = []
    for key in table:
        if key not in accepted:
            near = unknown("key", key, accepted).accepted if len(key) <= LONGEST_NAME else ""
            near = near if near.startswith("Nearest") else ""
            problems.append(
                PathwayFileError(
                    f"{place} has the key {quoted(key)}.",
                    f"Accepted: {', '.join(accepted)}.",
                    near,
                )
            )
    return problems
