"""Reading a model's text with PySD's parser: its tree, and what is said where it cannot be read."""

import functools
import re
import tempfile
import warnings
from pathlib import Path
from typing import Any, TypeAlias

with warnings.catch_warnings():
    # PySD imports chardet by a name that chardet has deprecated.
    warnings.filterwarnings("ignore", "chardet", DeprecationWarning)
    import pysd

import numpy as np
from pysd.translators.structures import abstract_expressions as ae
from pysd.translators.structures import abstract_model as am
from pysd.translators.vensim import vensim_element
from pysd.translators.vensim.vensim_file import VensimFile

from buildout._util import names
from buildout.errors import InputError
from buildout.vensim.engine.frontend.literals import ensure_ranges_are_listed, read_literal
from buildout.vensim.engine.frontend.plain import Plain

__all__ = ["ae", "am", "parsed", "pysd", "texts"]

#: Its classes come without types.
PysdTree: TypeAlias = Any


class _Numpy:
    """NumPy for PySD's parser, with an order of lookups that keeps points of the same x in turn."""

    argsort = staticmethod(functools.partial(np.argsort, kind="stable"))

    def __getattr__(self, name: str) -> object:
        return getattr(np, name)


vensim_element.np = _Numpy()

# PySD 3.14 reads numbers, and whatever stands in the brackets of a lookup, with Python's `eval`,
# so that a file could run what it likes when it is loaded. Here its parser sees this one instead.
vensim_element.eval = read_literal

#: What parsimonious was at, in the tree that it prints.
_NEAR = re.compile(r'matching "((?:[^\n])*)">\s+<-- \*\*\*')

# Said by the parser about things that do not touch what is computed.
_HARMLESS = ("No encoding specified", "':CONSTRAINT:' detected", "':TEST INPUT:' detected")


def parsed(readable: Plain) -> VensimFile:
    """PySD's reading of a model file.

    Raises
    ------
    InputError
        When the text is not an `.mdl` file.
    """
    ensure_ranges_are_listed(readable.text)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        path = Path(folder) / "model.mdl"
        path.write_text(readable.text, encoding="utf-8")
        try:
            file = VensimFile(path, encoding="utf-8")
            file.parse()
        except RecursionError as error:
            raise InputError(
                "The model file has an equation whose parts are nested too deeply.",
                cure="Split it into several variables.",
            ) from error
        except Exception as error:
            # PySD's parser stops in many ways at what it does not know; which equation it was is
            # found by reading them one by one.
            raise _unreadable(readable, error) from error
    for warning in said:
        message = str(warning.message).strip()
        if not message.startswith(_HARMLESS):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, 0)
    return file


def _unreadable(readable: Plain, error: Exception) -> InputError:
    for block in readable.entries:
        try:
            element = vensim_element.Element(block.equation, block.unit, "")
            component = element.parse()
            if hasattr(component, "parse"):
                component.parse()
        except Exception as fault:
            return InputError(
                f"Line {block.line}: `{block.name}` cannot be read: {_reason(fault)}.",
                cure="Write it as the functions of Vensim's manual are written.",
            )
    return InputError(
        f"The model file cannot be parsed: {_reason(error)}.",
        "A Vensim `.mdl` file is accepted.",
    )


def _reason(error: Exception) -> str:
    """What the parser says, without its tree."""
    message, _, tree = str(error).partition("Parse tree:")
    message = " ".join(message.split())
    # What failed inside the parser is named by its class: `IndexError: too many indices`.
    kind, _, words = message.partition(": ")
    if kind == "ValueError":
        return words.rstrip(".")
    if near := _NEAR.search(tree):
        return f"{names.quoted(' '.join(near[1].split()))} is not what can stand there"
    return names.quoted(message.rstrip(".")).strip("`")


def texts(section: PysdTree) -> dict[str, list[str]]:
    """The equations as written in the file, by key of the variable."""
    texts: dict[str, list[str]] = {}
    for component in section.components:
        inner, excepted = component.subscripts
        left = names.join(component.name, (" ".join(part.split()) for part in inner))
        if excepted:
            left += " :EXCEPT: " + ", ".join(f"[{','.join(group)}]" for group in excepted)
        right = " ".join(str(component.expression).replace("\\", " ").split())
        # A lookup is written without an equals sign, its points in parentheses.
        between = "" if type(component).__name__ == "Lookup" else " = "
        texts.setdefault(names.key(component.name), []).append(f"{left}{between}{right}")
    return texts
