"""What a page that takes minutes to make was made from, recorded on the page itself."""

import hashlib
import re
from pathlib import Path

from buildout.inputs import places
from buildout.inputs.pathway import packaged_pathways
from buildout.vensim.source import split_sketch

RECORDED = re.compile(r"\n<!-- inputs: ([0-9a-f]{64}) -->\n\Z")
CODE = (".py", ".toml", ".csv")
CALIBRATION_TABLES = "tables:"


def recorded(page: str, *code: str) -> str:
    """A page with the fingerprint of its inputs as its last line, which browsers do not show."""
    return f"{page}\n<!-- inputs: {fingerprint(*code)} -->\n"


def is_of_these_inputs(page: str, *code: str) -> bool:
    """Whether a page was made from the inputs as they are now."""
    record = RECORDED.search(page)
    return record is not None and record[1] == fingerprint(*code)


def fingerprint(*code: str) -> str:
    """Of equations, table of constants and policies, and of the code that decides a page's numbers.

    Parameters
    ----------
    *code : str
        Files and rooms of the package, or tables of `calibration/` as `tables:*.csv`. The engine
        is left out: its results are the same to the last bit from version to version, which tests
        of its own hold. So are the views of the model, which only show it.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    model = places.model_file()
    equations, *_ = split_sketch(model.read_text(encoding="utf-8"))
    parts = {model.name: equations.rstrip().encode()}
    files = [places.calibration_folder() / "parameters.csv"]
    files += {file for pathway in packaged_pathways() for file in pathway.files}
    for name in code:
        files += _files(name)
    # Names only: a checkout lies in another folder on each machine.
    parts |= {f"{file.parent.name}/{file.name}": file.read_bytes() for file in files}
    whole = hashlib.sha256()
    for name in sorted(parts):
        whole.update(f"{name} {len(parts[name])}\n".encode())
        whole.update(parts[name])
    return whole.hexdigest()


def _files(name: str) -> list[Path]:
    if name.startswith(CALIBRATION_TABLES):
        return sorted(places.calibration_folder().glob(name.removeprefix(CALIBRATION_TABLES)))
    place = places.PACKAGE / name
    return [place] if place.is_file() else _code(place)


def _code(room: Path) -> list[Path]:
    return [file for file in room.rglob("*") if file.suffix in CODE]
