"""Designs as files: a table of draws that anybody can read, bring and change, and what made it.

The table is CSV, a column for each parameter as the model names it and a row for each draw, so that
reading it runs nothing. What made it stands beside it as JSON of the same name; draws of your own
need none.
"""

import csv
import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from buildout import __version__
from buildout._util import files, names, tables
from buildout._util.names import quoted
from buildout._util.reading import as_text, read_bytes, read_number, read_text
from buildout.errors import BuildoutError, InputError, OutputError, together
from buildout.inputs.model import Model, given_model
from buildout.inputs.validation import check_values
from buildout.sampling.design import given
from buildout.sampling.draws import DESIGN_KINDS, GIVEN, Design, GivenDraws
from buildout.vensim.arrays import Floats

DESIGN_FILE = "design.csv"
#: How the file beside the draws says that it is one of ours.
FORM = "buildout design 1"
#: Some 30,000 draws of all that is uncertain.
MOST_BYTES = 256 * 2**20
PROVENANCE_BYTES = 2**20
_SEAL = "record_sha256"
_WHAT = "the design"
_ACCEPTED = "A table of numbers is accepted: names of parameters in the first line, a draw in each."
_PLAIN = frozenset("0123456789+-.eE, \t\r\n")
_OWN = "remove `{beside}` to take the draws as your own."


def save_design(design: Design, path: str | Path, *, model: Model | None = None) -> list[Path]:
    """Write a design so that every command and `load_design` can read it.

    Parameters
    ----------
    design : Design
        Any whose draws set every parameter; `one_at_a_time` leaves most as a pathway has them.
    path : path
        Of the table, such as `draws.csv`; its folder is made if absent. What made it goes beside
        it, into `draws.json`.
    model : Model, optional
        Whose parameters they are; by default the one that comes with buildout.

    Returns
    -------
    list of Path
        The table, and what made it.

    Raises
    ------
    InputError
        For a design with gaps, or too large for a file.
    OutputError
        When it cannot be written; what was there is then as it was.

    Examples
    --------
    >>> import tempfile
    >>> from buildout.sampling.design import latin_hypercube
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table, _ = save_design(latin_hypercube(8, seed=7), f"{folder}/draws.csv")
    ...     load_design(table).size
    8
    """
    path = Path(path)
    if path.suffix != ".csv":
        raise InputError(f"The design is to go to {quoted(path)}.", "A name in `.csv` is accepted.")
    beside = _beside(path)
    if os.path.lexists(beside) and not _is_ours(beside):
        raise OutputError(
            f"{quoted(beside)} is in the way, and is not known to be made by buildout.",
            cure="Choose another name for the draws.",
        )
    files.write_together(
        path.parent, lambda folder: write_design(design, folder / path.name, model)
    )
    return [path, _beside(path)]


def write_design(design: Design, path: Path, model: Model | None = None) -> None:
    """The two files of `save_design`, into a folder that is there."""
    table = design_text(design).encode()
    record = tables.to_json(_sealed(_record(design, table, given_model(model))))
    path.write_bytes(table)
    _beside(path).write_text(record, encoding="utf-8")


def design_text(design: Design) -> str:
    """The table of a design's draws; each number reads back as the same, to the last bit.

    Raises
    ------
    InputError
        For a design with gaps, or too large for a file.
    """
    if 20 * design.size * len(design.names) > MOST_BYTES:
        raise InputError(
            f"{design.size:,} draws of {len(design.names)} parameters are too many for a file.",
            f"Up to {MOST_BYTES // 2**20} MiB are accepted.",
            "Save fewer draws, or keep the rule: its seed gives the same draws again.",
        )
    values = design.values
    if np.isnan(values).any():
        raise InputError(
            f"The design ({design.kind}) leaves parameters as a pathway has them.",
            "Draws that set every parameter are accepted.",
        )
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(design.names)
    file.writelines(",".join(map(repr, row)) + "\n" for row in values.tolist())
    return file.getvalue()


def load_design(
    path: str | Path, *, beyond_range: bool = False, model: Model | None = None
) -> Design:
    """Read draws from a file: those that `save_design` or `buildout condition` wrote, or your own.

    Parameters
    ----------
    path : path
        A CSV file, its first line the names of parameters as in the model, each other line a draw;
        or a folder with a `design.csv`.
    beyond_range : bool
        Let values leave the range that parameters.csv gives.
    model : Model, optional
        Whose parameters they are; by default the one that comes with buildout.

    Returns
    -------
    Design
        With luck in it, the switch of luck is 1 unless it is given too.

    Raises
    ------
    InputError, UnknownNameError
        For a file that is missing or no such table, names that the model does not have or has
        twice, and values that are no numbers or that the parameter does not take; when the file
        beside it says that the draws were changed since, or are of another model.
    """
    path = Path(path)
    if path.is_dir():
        path = path / DESIGN_FILE
    data = read_bytes(path, what=_WHAT, limit=MOST_BYTES)
    where = quoted(path.name)
    model = given_model(model)
    record = _read_record(path, data, model)
    labels, values = _table(as_text(data, where=where), model, where)
    try:
        design = given(dict(zip(labels, values.T, strict=True)), model=model)
        for ends in design.ends():
            drawn = dict(zip(design.names, ends, strict=True))
            check_values(model, drawn, beyond_range=beyond_range)
    except BuildoutError as problem:
        raise together([problem], where) from problem
    assert isinstance(design.source, GivenDraws)
    return Design(
        design.names,
        design.size,
        record.get("kind", GIVEN),
        record.get("seed"),
        design.source,
        provenance=record.get("provenance", {}),
    )


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _is_ours(beside: Path) -> bool:
    try:
        text = read_text(beside, what="the provenance", limit=PROVENANCE_BYTES)
        return _as_record(text, beside).get("form") == FORM
    except InputError:
        return False


def _record(design: Design, table: bytes, model: Model) -> dict[str, Any]:
    return {
        "form": FORM,
        "kind": design.kind,
        "draws": design.size,
        "parameters": len(design.names),
        "seed": design.seed,
        "sha256": hashlib.sha256(table).hexdigest(),
        "model_sha256": model.sha256,
        "buildout": __version__,
        "provenance": dict(design.provenance),
    }


def _read_record(path: Path, data: bytes, model: Model) -> dict[str, Any]:
    """What made a table, from the file beside it; nothing where there is none of ours."""
    beside = _beside(path)
    if not os.path.lexists(beside):
        return {}
    record = _as_record(read_text(beside, what="the provenance", limit=PROVENANCE_BYTES), beside)
    # Each of these alone tells that it is ours, so that no damage makes it somebody else's.
    if record.get("form") != FORM and not {"model_sha256", _SEAL} & set(record):
        return {}
    own = _OWN.format(beside=beside.name)
    if record.get("sha256") != hashlib.sha256(data).hexdigest():
        raise InputError(
            f"{quoted(path.name)} is not what {quoted(beside.name)} beside it tells of: changed "
            "since, or of another design.",
            cure=f"Make it anew, or {own}",
        )
    if record.get("model_sha256") != model.sha256:
        raise InputError(
            f"{quoted(path.name)} was drawn for another version of the model "
            f"({quoted(str(record.get('model_sha256'))[:12])}).",
            f"This one is `{model.sha256[:12]}`.",
            f"Make it anew, or {own}",
        )
    if record != _sealed(record):
        raise InputError(
            f"{quoted(beside.name)} was changed or damaged since buildout wrote it.",
            cure=f"Make it anew, or {own}",
        )
    seed, kind, provenance = (record.get(name) for name in ("seed", "kind", "provenance"))
    whole = seed is None or (isinstance(seed, int) and not isinstance(seed, bool))
    if kind not in DESIGN_KINDS or not whole or not isinstance(provenance, Mapping):
        raise InputError(
            f"{quoted(beside.name)} is not as buildout writes it.", cure=own.capitalize()
        )
    return record


def _sealed(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the fingerprint of all else in it, by which damage is noticed."""
    rest = {name: value for name, value in record.items() if name != _SEAL}
    text = json.dumps(rest, sort_keys=True)
    return {**rest, _SEAL: hashlib.sha256(text.encode()).hexdigest()}


def _as_record(text: str, beside: Path) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise InputError(
            f"{quoted(beside.name)} beside the draws is no JSON: cut short, or something else.",
            cure=f"Make it anew, or {_OWN.format(beside=beside.name)}",
        ) from problem
    return record if isinstance(record, dict) else {}


def _table(text: str, model: Model, where: str) -> tuple[list[str], Floats]:
    """Names and numbers of a table, (draws, names)."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        labels = [label.strip() for label in next(reader, [])]
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as problem:
        raise InputError(f"{where}, line {reader.line_num}: {problem}.", _ACCEPTED) from problem
    if not labels or not lines:
        raise InputError(f"{where} holds no draws.", _ACCEPTED)
    _check_names(labels, model, where)
    problems: list[BuildoutError] = []
    rows: list[list[float]] = []
    for line, cells in lines:
        try:
            rows.append(_draw(cells, labels))
        except InputError as problem:
            problems.append(InputError(f"Line {line}: {problem}"))
    if problems:
        raise together(problems, where)
    return labels, np.array(rows)


def _draw(cells: list[str], labels: list[str]) -> list[float]:
    if len(cells) != len(labels):
        raise InputError(f"{len(cells)} values.", f"{len(labels)} are accepted, one of each name.")
    # What Python takes for numbers besides, such as `1_000` or `nan`, is refused with a cure.
    if _PLAIN.issuperset("".join(cells)):
        try:
            row = list(map(float, cells))
        except ValueError:
            row = []
        if row and np.isfinite(row).all():
            return row
    return [
        read_number(cell, what=quoted(label)) for label, cell in zip(labels, cells, strict=True)
    ]


def _check_names(labels: list[str], model: Model, where: str) -> None:
    """Refuse what the model does not have, and what it has twice; all problems together."""
    if len(labels) == 1 and set(";\t") & set(labels[0]):
        raise InputError(
            f"{where} is not separated by commas.", _ACCEPTED, "Save it as CSV with commas."
        )
    problems: list[BuildoutError] = []
    meant: dict[tuple[str, ...], str] = {}
    for label in labels:
        try:
            scalars = tuple(sorted(model.scalars(_known(label, model))))
        except BuildoutError as problem:
            problems.append(problem)
            continue
        if scalars in meant:
            problems.append(
                InputError(
                    f"The columns {quoted(meant[scalars])} and {quoted(label)} are the same.",
                    cure="Keep one.",
                )
            )
        meant.setdefault(scalars, label)
    if problems:
        raise together(problems, where)


def _known(label: str, model: Model) -> str:
    """A name that the model has; the nearest are offered for others."""
    if not label:
        raise InputError("A column has no name.", "Names of parameters are accepted.")
    model.variable(names.split(label)[0], kind="parameter")
    return label
