"""Errors a user can act on: what was found, what is accepted, what cures it.

Every error that a user can cause is a `BuildoutError`; the command line prints its message
without a traceback and leaves with code 2. Anything else is a fault of the program.
"""


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
        return " ".join(part for part in (self.found, self.accepted, self.cure) if part)


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


def together(problems: list[BuildoutError], where: str) -> BuildoutError:
    """All problems of one place as one error, so that a file is corrected in one go.

    Parameters
    ----------
    problems : list of BuildoutError
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
    lines = "".join(f"\n  - {problem}" for problem in problems)
    return kind(f"{where} has {len(problems)} problems:{lines}")
