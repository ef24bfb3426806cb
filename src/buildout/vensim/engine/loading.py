"""Loading a model file, from the cache if it was loaded before."""

import hashlib
import os
from pathlib import Path

from buildout.errors import InputError
from buildout.vensim.engine import cache
from buildout.vensim.engine.frontend.outside import with_outside
from buildout.vensim.engine.frontend.tables import read_data
from buildout.vensim.engine.ir.stored import read_system, write_system
from buildout.vensim.engine.ir.system import System
from buildout.vensim.source import model_text


def load(
    source: str | os.PathLike[str] | None = None,
    *,
    text: str | None = None,
    data: str | os.PathLike[str] | None = None,
) -> System:
    """Load a Vensim model.

    Parameters
    ----------
    source : path or str
        Path of an `.mdl` file. A string of more than one line is the text of one.
    text : str
        The text of one, in place of a path.
    data : path, optional
        A CSV file for the model's data variables: the time in its first column, and a column for
        each, with its elements (`births[north]`); empty cells and `:NA:` are gaps.

    Returns
    -------
    System

    Raises
    ------
    InputError
        When the file is missing, too large, not UTF-8 or not a Vensim model.
    UnsupportedError
        When the model uses what the engine does not have; names variable, function and a way out.

    Examples
    --------
    >>> system = load(text='''tank = INTEG(-tank, 1) ~ ~ |
    ... INITIAL TIME = 0 ~ ~ |
    ... FINAL TIME = 1 ~ ~ |
    ... TIME STEP = 0.5 ~ ~ |
    ... SAVEPER = TIME STEP ~ ~ |''')
    >>> system.variables["tank"].kind
    'stock'
    """
    folder = None if source is None or "\n" in str(source) else Path(source).expanduser().parent
    text = model_text(source, text)
    given = read_data(data) if data is not None else None
    text = with_outside(text, folder, given)
    # Numbers of other files are part of the text by now, and so of what it is known by.
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    name = cache.digest_of(sha256, cache.code_version("pysd", "numpy"))
    return cache.keep(
        f"system-{name[:40]}.json",
        lambda: _lower(text, sha256),
        write_system,
        lambda data: read_system(data, text, sha256),
    )


def _lower(text: str, sha256: str) -> System:
    # Parsing needs PySD, whose import alone takes a second: not for models in the cache.
    from buildout.vensim.engine.frontend.lower import lower
    from buildout.vensim.engine.ir.schedule import schedule

    try:
        system = lower(text, sha256)
        # Planned once, so that circles among equations are found when the model is loaded.
        schedule(system)
    except RecursionError:
        # The traceback of a thousand equal frames helps nobody.
        raise InputError(
            "The model file has an equation whose parts are nested too deeply.",
            cure="Split it into several variables.",
        ) from None
    return system
