"""Which engine computes: the caller's, or the compiled one."""

from buildout._util.arguments import kind_in_words
from buildout._util.names import quoted
from buildout.errors import InputError
from buildout.vensim.engine.batch import Batch
from buildout.vensim.engine.request import Engine


def given_engine(engine: Engine | None) -> Engine:
    """The engine that a caller gives, `Batch()` for none.

    Raises
    ------
    InputError
        For anything else, such as the name of one or its class.
    """
    if engine is None:
        return Batch()
    if isinstance(engine, type) or not callable(getattr(engine, "run", None)):
        named = quoted(engine) if isinstance(engine, str) else kind_in_words(engine)
        raise InputError(f"The engine is {named}.", "`Batch()` and `Reference()` are accepted.")
    return engine
