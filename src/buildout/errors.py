"""Errors a user can act on: what was found, what is accepted, what cures it.

Every error that a user can cause is a `BuildoutError`; the command line prints its message
without a traceback and leaves with code 2. Anything else is a fault of the program.

Messages quote what users wrote, so this is also where signs that would steer a terminal, turn the
direction of writing or cannot be printed are made visible.
"""

import re
from collections.abc import Sequence

#: The one place of problems that is many.
THE_SETTINGS = "The settings"
# A file wrong in every line needs no list of every line.
PROBLEMS_SHOWN, LETTERS_SHOWN = 20, 1200
#: Signs without shape that turn or hide what stands beside them (Unicode's category Cf). The two
# joiners, U+200C and U+200D, are part of ordinary writing in several scripts.
# Two that no page may hold (XML 1.0), though they have no shape either: U+FFFE and U+FFFF.
_TURNING = "\ufffe\uffff\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
HIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}\ud800-\udfff]")


# A name in backticks that nobody would read to its end.
_LONG_NAME = re.compile(r"`[^`\n]{400,}`")


def visible(text: str, *, lines: bool = False) -> str:
    """Text that is harmless to print: control characters stand as their escapes.

    Parameters
    ----------
    text : str
        Anything, such as a title of a user's file.
    lines : bool
        Keep line ends and tabs, for text of several lines.

    Returns
    -------
    str
        All scripts are kept as they are; `\\x1b`, `\\n` and the like are written out.

    Examples
    --------
    >>> print(visible("a" + chr(27) + "[31mb"))
    a\\x1b[31mb
    """
    kept = "\n\t" if lines else ""
    return HIDDEN.sub(lambda sign: sign[0] if sign[0] in kept else _escaped(sign[0]), text)


def _escaped(sign: str) -> str:
    code = ord(sign)
    # Python keeps a byte of a file name that is no text as one of these.
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if sign in "\t\n\r":
        return repr(sign)[1:-1]
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


class BuildoutError(Exception):
    """Something a user can put right.

    Parameters
    ----------
    found : str
        What was met, as a sentence, with names in backticks.
    accepted : str, optional
        What would have been accepted, as a sentence.
    cure : str, optional
        What to do about it, as a sentence.

    Examples
    --------
    >>> print(BuildoutError("Found `1O`.", "A number is accepted."))
    Found `1O`. A number is accepted.
    """

    def __init__(self, found: str, accepted: str = "", cure: str = ""):
        self.found = found
        self.accepted = accepted
        self.cure = cure
        super().__init__(found, accepted, cure)

    def __str__(self) -> str:
        parts = (self.found, self.accepted, self.cure)
        message = visible(" ".join(part for part in parts if part), lines=True)
        return _LONG_NAME.sub(lambda name: f"{name[0][:60]}...{name[0][-60:]}", message)


class UnknownNameError(BuildoutError):
    """A pathway, lever, variable, element or class that does not exist."""


class InputError(BuildoutError):
    """A value of the wrong type, unit or size, or dates in the wrong order."""


class PathwayFileError(BuildoutError):
    """A pathway file that cannot be read: missing, malformed, or extending itself."""


class UnsupportedError(BuildoutError):
    """A feature of the model file that an engine refuses rather than approximates."""


class OutputError(BuildoutError):
    """A result that cannot be written: folder read-only, disk full."""


class ResultsError(BuildoutError):
    """A results file that is not ours, is broken, or comes from another model version."""


def together(problems: Sequence[BuildoutError], where: str) -> BuildoutError:
    """All problems of one place as one error, so that a file is corrected in one go.

    Parameters
    ----------
    problems : sequence of BuildoutError
        At least one.
    where : str
        The place as it should open the message, such as "`my.toml`".

    Returns
    -------
    BuildoutError
        Of the class that all problems share, else `InputError`.

    Examples
    --------
    >>> print(together([InputError("No."), InputError("Neither.")], "`my.toml`"))
    `my.toml` has 2 problems:
      - No.
      - Neither.
    """
    kinds = {type(problem) for problem in problems}
    kind = kinds.pop() if len(kinds) == 1 else InputError
    if len(problems) == 1:
        return kind(f"{where}: {problems[0]}")
    lines, shown = "", 0
    for problem in problems[:PROBLEMS_SHOWN]:
        line = f"\n  - {problem}"
        if shown and len(lines) + len(line) > LETTERS_SHOWN:
            break
        lines, shown = lines + line, shown + 1
    if len(problems) > shown:
        lines += f"\n  - and {len(problems) - shown} more."
    have = "have" if where == THE_SETTINGS else "has"
    return kind(f"{where} {have} {len(problems)} problems:{lines}")
