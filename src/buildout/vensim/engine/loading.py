"""Loading a model file, from the cache if it was loaded before."""

import hashlib
import os
from pathlib import Path

from buildout.errors import InputError
from buildout.vensim.engine import cache
from buildout.vensim.engine.ir.stored import read_system, write_system
from buildout.vensim.engine.ir.system import System


def load(source: str | os.PathLike) -> System:
    """Load a Vensim model.

    Parameters
    ----------
    source : path or str
        Path of an `.mdl` file, or its text (a string of more than one line).

    Returns
    -------
    System

    Raises
    ------
    InputError
        When the file is missing or is not a Vensim model.
    UnsupportedError
        When the model uses what the engine does not have; names variable, function and a way out.

    Examples
    --------
    >>> system = load('''tank = INTEG(-tank, 1) ~ ~ |
    ... INITIAL TIME = 0 ~ ~ |
    ... FINAL TIME = 1 ~ ~ |
    ... TIME STEP = 0.5 ~ ~ |
    ... SAVEPER = TIME STEP ~ ~ |''')
    >>> system.variables["tank"].kind
    'stock'
    """
    text = _read(source)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    name = cache.fingerprint(sha256, cache.code_version("pysd", "numpy"))
    return cache.keep(
        f"system-{name[:40]}.json",
        lambda: _lower(text, sha256),
        write_system,
        lambda data: read_system(data, text, sha256),
    )


def _lower(text: str, sha256: str) -> System:
    # Parsing needs PySD, whose import alone takes a second: not for models in the cache.
    from buildout.vensim.engine.frontend.lower import lower
    from buildout.vensim.engine.ir.schedule import plan

    system = lower(text, sha256)
    # Planned once, so that circles among equations are found when the model is loaded.
    plan(system)
    return system


def _read(source: str | os.PathLike) -> str:
    if isinstance(source, str) and "\n" in source:
        return source
    try:
        return Path(source).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"The model file `{source}` cannot be read: {error.strerror}.",
            "The path of an `.mdl` file is accepted.",
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"The model file `{source}` is not UTF-8 text.", "Save it as UTF-8 in Vensim."
        ) from error
