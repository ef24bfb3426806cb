"""What a row of the table of hostile inputs is; the table is put together of the modules `kind_*`.

`python tests/hostile/hostile_rows.py` prints how many rows and code paths each kind has.
"""

import importlib
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
Made = str | bytes | Callable[[Path], object] | None


@dataclass(frozen=True)
class Row:
    """One hostile input, the door that it knocks at, and what is answered.

    Attributes
    ----------
    path
        The code path that reads it, in a few words: ``sweep --draws``, ``reader of TOML``.
    argv
        The command, run in a folder of its own; one text is parted as a shell parts it.
    code
        Exit code: 2 refused, 1 told as unsound, 0 harmless.
    says
        Pattern that is searched in what is said: standard error for a refusal, else standard
        output and error.
    files
        What lies in the folder before: text, bytes, a folder (None), or a function that makes it
        of its path.
    world
        ``tiny``: the small model of the tests. ``results``: that, and an earlier run `out` and
        sweep `swept` in the folder. ``project``: the model that comes with buildout.
    call
        In place of `argv`, a function of the folder: a way through the Python API. A
        `BuildoutError` is code 2; what it gives is shown as text.
    holds
        A value to find: a function of the folder and of what was shown, true when all is well.
    env
        Variables of the environment.
    changes
        Names of files that may differ afterwards though the input was refused.
    slow
        Takes more than a tenth of a second: asked by the slow test alone.
    """

    path: str
    argv: str | tuple[str, ...] = ()
    says: str = ""
    code: int = 2
    files: Mapping[str, Made] = field(default_factory=dict)
    world: str = "tiny"
    call: Callable[[Path], object] | None = None
    holds: Callable[[Path, str], object] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    slow: bool = False

    @property
    def words(self) -> list[str]:
        """The command, word by word."""
        return shlex.split(self.argv) if isinstance(self.argv, str) else list(self.argv)


def modules() -> list[str]:
    """Names of the modules with rows."""
    return sorted(file.stem for file in HERE.glob("kind_*.py"))


def rows_of(name: str) -> list[Row]:
    """The rows of one module."""
    rows: list[Row] = importlib.import_module(name).ROWS
    return rows


def sample(name: str) -> list[Row]:
    """A spread of the quick rows of one module: the first of each command and exit code."""
    first: dict[tuple[str, int], Row] = {}
    for row in rows_of(name):
        if not row.slow:
            first.setdefault(("" if row.call else row.words[0] if row.words else "", row.code), row)
    return list(first.values())


def kinds() -> Iterator[tuple[str, list[Row]]]:
    """Each kind, by the name that its modules share, with all its rows."""
    found: dict[str, list[Row]] = {}
    for name in modules():
        found.setdefault("_".join(name.split("_")[:2]), []).extend(rows_of(name))
    yield from found.items()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    total = 0
    for kind, rows in kinds():
        total += len(rows)
        paths = {row.path for row in rows}
        codes = {code: sum(row.code == code for row in rows) for code in (0, 1, 2)}
        print(f"{kind}: {len(rows)} rows, {len(paths)} code paths, by exit code {codes}")
    print(f"{total} rows")
