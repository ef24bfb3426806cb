"""Names are unique and are the field's words; the glossary and the list of banned words hold."""

import ast
import collections
import csv
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import buildout
from buildout.inputs import places

SOURCE = Path(buildout.__file__).parent
ROOT = SOURCE.parents[1]
#: Files that are found by their place all define these.
HOOKS = {"add_parser"}
#: `BuildoutError(found, accepted, cure)` is the form of every message.
EXEMPT = {("errors.py", "found")}
#: A reader may be told `what` it reads; a result is never called so.
ASKED = {"what"}


def read(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


GLOSSARY = read(places.calibration_folder() / "glossary.csv")
BANNED = read(Path(__file__).with_name("banned_words.csv"))


@functools.cache
def sources() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(SOURCE.rglob("*.py"))
    ]


def test_no_two_public_names_are_the_same_in_the_whole_package():
    homes = collections.defaultdict(list)
    for file, tree in sources():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in HOOKS:
                homes[node.name].append(file)
    twice = {name: files for name, files in homes.items() if len(files) > 1 and name[0] != "_"}
    assert not twice


def test_a_constant_that_others_import_has_one_home():
    homes, imported = collections.defaultdict(list), set()
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                imported |= {alias.name for alias in node.names}
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper():
                    homes[target.id].append(file)
    twice = {name: files for name, files in homes.items() if len(files) > 1 and name in imported}
    assert not twice


def written_names(tree: ast.Module) -> Iterator[str]:
    """Names that a file gives: of variables, parameters, fields, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg not in ASKED:
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def test_no_name_is_a_banned_word():
    banned = {row["word"]: row["instead"] for row in BANNED if row["where"] == "names"}
    used = {
        (file, name)
        for file, tree in sources()
        for name in written_names(tree)
        if name in banned and (file, name) not in EXEMPT
    }
    assert not used, "\n".join(f"{f}: `{n}`, rather {banned[n]}" for f, n in sorted(used))


PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "model").glob("*.md"),
    ROOT / "calibration" / "README.md",
    *SOURCE.rglob("*.md"),
    *SOURCE.rglob("*.py"),
    *(SOURCE / "inputs" / "pathways").glob("*.toml"),
]


INSTEAD = {row["word"]: row["instead"] for row in BANNED if row["where"] == "prose"} | {
    word.strip().casefold(): row["term"]
    for row in GLOSSARY
    for word in row["instead_of"].split(";")
    if word.strip()
}


@functools.cache
def whole(word: str) -> re.Pattern[str]:
    """The word, and not a part of a longer one."""
    return re.compile(rf"\b{re.escape(word)}\b")


@pytest.mark.parametrize(
    "folder", sorted({path.parent.relative_to(ROOT).as_posix() for path in PAGES})
)
def test_no_page_uses_a_banned_word(folder):
    used = []
    for path in (path for path in PAGES if path.parent == ROOT / folder):
        text = path.read_text(encoding="utf-8").casefold()
        found = (word for word in INSTEAD if word in text and whole(word).search(text))
        used += [f"{path.name}: `{word}`, rather {INSTEAD[word]}" for word in found]
    assert not used, "\n".join(used)


def test_the_glossary_explains_each_term_once_in_a_sentence():
    terms = [row["term"].casefold() for row in GLOSSARY]
    assert len(set(terms)) == len(terms)
    for row in GLOSSARY:
        assert row["meaning"].endswith("."), row
        assert len(row["meaning"]) > 30, row


@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row["term"])
def test_a_term_of_the_glossary_is_used(row):
    pages = [ROOT / "README.md", ROOT / "model" / "README.md", places.model_file()]
    pages += [
        places.calibration_folder() / "README.md",
        places.calibration_folder() / "parameters.csv",
    ]
    pages += sorted(SOURCE.rglob("*.py"))
    term = re.escape(row["term"].casefold()).replace(r"\-", "[- ]")
    assert any(re.search(term, p.read_text(encoding="utf-8").casefold()) for p in pages)
