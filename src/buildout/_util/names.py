"""Names as Vensim spells them, as Python spells them, and the nearest one to a typing error."""

import difflib
import os
import re
from collections.abc import Iterable
from functools import lru_cache

from buildout.errors import UnknownNameError, visible

LONGEST_QUOTED = 120
#: In place of a subscript: all its elements.
WILDCARD = "*"


# A run asks for the same few thousand names tens of thousands of times.
@lru_cache(maxsize=16_384)
def key(name: str) -> str:
    """The one Python spelling of a Vensim name, which ignores case, quotes and blanks.

    Parameters
    ----------
    name : str
        A name without subscripts, in either spelling.

    Returns
    -------
    str
        Lower case, every run of blanks, underscores and other signs one underscore.

    Examples
    --------
    >>> key('"Final investment  decision (US)"')
    'final_investment_decision_us'
    """
    return re.sub(r"[\W_]+", "_", name.strip().strip('"').casefold()).strip("_")


def split(name: str) -> tuple[str, tuple[str, ...]]:
    """Part a name from its subscripts.

    Examples
    --------
    >>> split("capital cost[US, NdPr separation]")
    ('capital cost', ('US', 'NdPr separation'))
    >>> split("labor")
    ('labor', ())
    """
    match = re.fullmatch(r"\s*([^\[\]]*?)\s*\[([^\[\]]*)\]\s*", name)
    if match is None:
        return name.strip(), ()
    return match[1], tuple(part.strip() for part in match[2].split(","))


def join(name: str, elements: Iterable[str]) -> str:
    """Put a name and its subscripts together, the way engines spell scalars.

    Examples
    --------
    >>> join("capital_cost", ("US", "NdPr separation"))
    'capital_cost[US,NdPr separation]'
    """
    inner = ",".join(elements)
    return f"{name}[{inner}]" if inner else name


def alike(name: str) -> str:
    """One spelling for a name with its subscripts, however it was written.

    Examples
    --------
    >>> alike(" Capital  cost [US, NdPr separation]") == alike("capital_cost[us,ndpr_separation]")
    True
    """
    base, elements = split(name)
    return join(key(base), map(key, elements))


def strays(written: str, known: str) -> set[str]:
    """Signs of a written name that a spelling may not leave out: in `x[` the bracket.

    Parameters
    ----------
    written : str
        A name as the user wrote it.
    known : str
        The name that it was taken for; signs that stand there are no strays.

    Examples
    --------
    >>> strays("US-made!", "US made"), strays("use (US)", "use (US)")
    ({'!'}, set())
    """
    # A hyphen may join words; before them it is a sign.
    begin = set(written.strip()[:1]) & {"-"}
    return (set(re.sub(r'[\w\s"-]+', "", written)) | begin) - set(known)


def quoted(text: object) -> str:
    """What a user wrote, as messages quote it: in backticks, harmless to print, never long.

    Examples
    --------
    >>> quoted("a\\x1bb"), len(quoted("x" * 999))
    ('`a\\\\x1bb`', 122)
    """
    shown = visible(os.fspath(text) if isinstance(text, os.PathLike) else str(text))
    if len(shown) > LONGEST_QUOTED:
        half = LONGEST_QUOTED // 2
        shown = f"{shown[: half - 1]}...{shown[-half + 2 :]}"
    return f"`{shown}`"


def nearest(name: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """The candidates most like a name, best first; empty when none is near.

    Examples
    --------
    >>> nearest("permiting delay", ["permitting delay", "price floor"])
    ['permitting delay']
    """
    by_key = {key(candidate): candidate for candidate in candidates}
    wanted = key(name)
    close = difflib.get_close_matches(wanted, by_key, n=n, cutoff=0.6)
    # A part of a long name is a common way to ask for it ("floor" for "price floor cover").
    holding = [k for k in sorted(by_key, key=len) if len(wanted) > 2 and wanted in k]
    return [by_key[k] for k in dict.fromkeys(close + holding)][:n]


def unknown(kind: str, name: str, candidates: Iterable[str]) -> UnknownNameError:
    """The error for a name that does not exist, offering the nearest ones that do.

    Parameters
    ----------
    kind : str
        What was looked for, such as "pathway" or "lever".
    name : str
        The name as the user wrote it.
    candidates : iterable of str
        All names that would have been accepted.

    Returns
    -------
    UnknownNameError
        To be raised by the caller.

    Examples
    --------
    >>> print(unknown("pathway", "mobilisation", ["mobilization", "status-quo"]))
    Unknown pathway `mobilisation`. Nearest: `mobilization`.
    """
    candidates = list(candidates)
    close = nearest(name, candidates)
    message = f"Unknown {kind} {quoted(name)}."
    if close:
        return UnknownNameError(message, "Nearest: " + ", ".join(f"`{c}`" for c in close) + ".")
    if 0 < len(candidates) <= 12:
        return UnknownNameError(message, "Known: " + ", ".join(f"`{c}`" for c in candidates) + ".")
    some = ", ".join(f"`{c}`" for c in candidates[:3])
    return UnknownNameError(message, f"Known are, among others, {some}." if some else "")


def matches(pattern: str, *texts: str) -> bool:
    """Whether a part of some text is meant by a word, whatever its case."""
    return pattern.casefold() in " ".join(texts).casefold()
