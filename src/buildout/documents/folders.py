"""A folder of results as a book: every table that lies in it, and every picture."""

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from buildout._util import manifest
from buildout._util.names import quoted
from buildout._util.pictures import PAPERS
from buildout._util.reading import read_bytes, read_text
from buildout.documents.book import Book, BookPicture, BookTable
from buildout.documents.columns import columns_of
from buildout.documents.side_by_side import table_as_words
from buildout.documents.told import DEFINITIONS, WHAT
from buildout.errors import InputError, ResultsError
from buildout.inputs.citation import read_citation

#: Pictures of other papers than the slide.
_OTHER_PAPERS = tuple(f"-{page}" for page in PAPERS[1:])
_ALT = re.compile(r"!\[(.*)\]\((\w+)\.\w+\)")
_LARGEST = 64 * 2**20
MOST_CELLS = 3_000_000
#: A larger table stands in the workbook alone.
MOST_ROWS_SHOWN, MOST_COLUMNS_SHOWN = 40, 11


def folder_book(folder: Path, *, date: str = "") -> Book:
    """All that a folder of results holds.

    Raises
    ------
    ResultsError
        When it holds no table of ours.
    """
    facts = manifests_of(folder)
    for each in facts:
        manifest.compare_with_manifest(folder, each["called"])
    listed = dict.fromkeys(name for each in facts for name in each["outputs"])
    paths = [folder / name for name in listed if name.endswith(".csv") and "/" not in name]
    tables = [path for path in paths if os.path.isfile(path)]
    if not tables:
        raise ResultsError(
            f"{quoted(folder)} holds no tables that buildout lists.",
            "A folder that `buildout run`, `sweep`, `compare` or the like saved is accepted.",
        )
    sheets = [_sheet(path) for path in tables]
    return Book(
        title=f"Results of buildout in {folder.absolute().name}",
        findings=[f"Made by: {command}." for command in dict.fromkeys(map(_command, facts))],
        notes=_notes(facts, date),
        sheets=[sheet for sheet in sheets if sheet.rows],
        shown=[table_as_words(sheet) for sheet in sheets if _short(sheet)],
        pictures=_pictures(folder, list(listed)),
        source=_source(facts),
    )


def manifests_of(folder: Path) -> list[dict[str, Any]]:
    """What the manifests of a folder say; what is none of ours is left out."""
    there = []
    for path in sorted(folder.glob(f"*{manifest.MANIFEST}")):
        try:
            content = json.loads(read_text(path, what="the manifest"))
        except (ValueError, InputError, RecursionError):
            continue
        outputs = content.get("outputs") if isinstance(content, dict) else None
        if isinstance(outputs, dict) and isinstance(content.get("versions"), dict):
            kept = {n: d for n, d in outputs.items() if manifest.is_plain(n)}
            there.append({**content, "outputs": kept, "called": path.name})
    return there


def _sheet(path: Path) -> BookTable:
    text = read_text(path, what="the table", limit=_LARGEST)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = [{str(k): _value(v) for k, v in row.items()} for row in reader]
    if rows and len(rows) * len(rows[0]) > MOST_CELLS:
        raise InputError(
            f"{quoted(path)} has {len(rows):,} rows.",
            "Up to three million cells are accepted.",
        )
    name = path.stem.replace("_", " ")
    return BookTable(name, f"{name} ({path.name})", columns_of(rows), rows)


def _value(written: object) -> str | float | None:
    """A cell as what it is; an apostrophe that guards text from spreadsheets is no part of it."""
    text = str(written or "")
    if not text:
        return None
    try:
        return float(text) if text.lower() not in ("nan", "inf", "-inf", "infinity") else text
    except ValueError:
        guarded = text[0] == "'" and text[1:2] in ("=", "+", "-", "@")
        return text[1:] if guarded else text


def _short(sheet: BookTable) -> bool:
    """Whether a page or a slide can show a table."""
    return 0 < len(sheet.rows) <= MOST_ROWS_SHOWN and len(sheet.columns) <= MOST_COLUMNS_SHOWN


def _pictures(folder: Path, listed: Sequence[str]) -> list[BookPicture]:
    titles = _titles(folder)
    pictures = []
    for name in listed:
        stem, _, kind = name.rpartition(".")
        path = folder / name
        if kind != "png" or stem.endswith(_OTHER_PAPERS) or "/" in name or not path.is_file():
            continue
        title, _, note = titles.get(stem, stem.replace("_", " ").capitalize()).partition(". ")
        data = read_bytes(path, what="the picture", limit=_LARGEST)
        pictures.append(BookPicture(title, data, note))
    return pictures


def _titles(folder: Path) -> dict[str, str]:
    """What the page of a gallery says that each picture shows."""
    page = folder / "README.md"
    if not page.is_file():
        return {}
    text = read_text(page, what="the page of the figures")
    return {stem: alt.replace("\\", "") for alt, stem in _ALT.findall(text)}


def _command(facts: dict[str, Any]) -> str:
    again = facts.get(manifest.AGAIN)
    if isinstance(again, dict):
        return " ".join(["buildout", str(again.get("command")), *map(str, again.get("words", []))])
    return str(facts.get("command", "buildout"))


def _version(facts: dict[str, Any]) -> str:
    inputs = facts.get("inputs", {})
    model = facts.get("model_sha256") or inputs.get("buildout.mdl", "")
    return f"buildout {facts['versions'].get('buildout', '')}, model {str(model)[:12]}"


def _source(facts: Sequence[dict[str, Any]]) -> str:
    return f"Source: {'; '.join(dict.fromkeys(map(_version, facts)))}."


def _notes(facts: Sequence[dict[str, Any]], date: str) -> list[tuple[str, str]]:
    versions = dict.fromkeys(map(_version, facts))
    notes = [
        ("What it is", WHAT),
        ("Made by", "; ".join(dict.fromkeys(map(_command, facts)))),
        (
            "Draws",
            "; ".join(dict.fromkeys(str(f["odds"]) for f in facts if "odds" in f)) or "see above",
        ),
        ("Definitions", DEFINITIONS),
        ("Version", "; ".join(versions)),
        ("Cite as", f"The buildout authors: {read_citation().title}, {'; '.join(versions)}."),
    ]
    return notes + ([("Date", date)] if date else [])
