"""Pathways: files of ordered settings on the model's defaults, which may extend one another."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildout._util import names
from buildout.errors import BuildoutError, PathwayFileError, together
from buildout.inputs import places
from buildout.inputs.settings import Setting

CANONICAL = ("status-quo", "mobilization", "china-deal")
FILE_KEYS = ("title", "description", "extends", "shared", "set")
SETTING_KEYS = ("lever", "value", "unit", "source", "note")


@dataclass(frozen=True)
class Pathway:
    """One setting of the levers.

    Attributes
    ----------
    name : str
        The file's name without `.toml`.
    title, description : str
        For people.
    settings : tuple of Setting
        In order, later ones prevailing; those of extended files come first.
    files : tuple of Path
        All files that were read, extended ones first, its own last.
    shared : bool
        True for a part that only others extend.
    """

    name: str
    title: str = ""
    description: str = ""
    settings: tuple[Setting, ...] = ()
    files: tuple[Path, ...] = ()
    shared: bool = False


def pathway(name: str | Path | Pathway) -> Pathway:
    """The pathway of a name, or of a file of your own.

    Parameters
    ----------
    name : str or path
        Name of a pathway that comes with buildout, or path of a `.toml` file.

    Returns
    -------
    Pathway
        Not yet compared with the model; `simulate` does that.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    PathwayFileError
        When the file or one it extends is missing or malformed, or they extend in a circle.

    Examples
    --------
    >>> pathway("mobilization").name
    'mobilization'
    """
    if isinstance(name, Pathway):
        return name
    return _read(_locate(str(name), near=None), ())


def pathway_names(*, shared: bool = False) -> list[str]:
    """Names of the pathways that come with buildout: canonical ones first, then by the alphabet."""
    found = sorted(path.stem for path in places.pathways_folder().glob("*.toml"))
    if not shared:
        found = [name for name in found if not pathway(name).shared]
    first = [name for name in CANONICAL if name in found]
    return first + [name for name in found if name not in first]


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or os.sep in name


def _locate(name: str, near: Path | None) -> Path:
    """The file meant by a name: beside the file that names it, then among our own."""
    if _is_path(name):
        return (near / name if near else Path(name)).resolve()
    for folder in (near, places.pathways_folder()):
        if folder and (folder / f"{name}.toml").is_file():
            return (folder / f"{name}.toml").resolve()
    known = {path.stem for path in places.pathways_folder().glob("*.toml")}
    raise names.unknown("pathway", name, sorted(known))


def _read(path: Path, above: tuple[Path, ...]) -> Pathway:
    if path in above:
        circle = " -> ".join(f"`{p.name}`" for p in (*above[above.index(path) :], path))
        raise PathwayFileError(
            f"Pathway files extend one another in a circle: {circle}.",
            cure="Remove one `extends`.",
        )
    content = _toml(path)
    problems = _unknown_keys(content, FILE_KEYS, "the file")
    own = _own_settings(content, path, problems)
    parents = _parents(content, path, problems, (*above, path))
    if problems:
        raise together(problems, f"`{path.name}`")
    return Pathway(
        name=path.stem,
        title=str(content.get("title", path.stem)),
        description=str(content.get("description", "")).strip(),
        settings=tuple(s for parent in parents for s in parent.settings) + tuple(own),
        files=tuple(dict.fromkeys([f for parent in parents for f in parent.files] + [path])),
        shared=bool(content.get("shared", False)),
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PathwayFileError(
            f"Cannot read the pathway file `{path}`: {error.strerror}.",
            cure="Give the path of a `.toml` file, or a name that `buildout pathways` lists.",
        ) from error
    except UnicodeDecodeError as error:
        raise PathwayFileError(f"`{path}` is not UTF-8 text.", "TOML is UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        # The parser's message ends with the line and column.
        raise PathwayFileError(f"`{path}` is not valid TOML: {error}.") from error


def _parents(
    content: Mapping[str, Any], path: Path, problems: list[BuildoutError], above: tuple[Path, ...]
) -> list[Pathway]:
    extends = content.get("extends", [])
    extends = [extends] if isinstance(extends, str) else extends
    if not isinstance(extends, list) or not all(isinstance(name, str) for name in extends):
        problems.append(
            PathwayFileError(f"`extends` is `{extends}`.", "A name or a list of names is accepted.")
        )
        return []
    return [_read(_locate(name, near=path.parent), above) for name in extends]


def _own_settings(
    content: Mapping[str, Any], path: Path, problems: list[BuildoutError]
) -> list[Setting]:
    tables = content.get("set", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        problems.append(PathwayFileError("`set` is not a list of tables.", "Write `[[set]]`."))
        return []
    settings: dict[str, Setting] = {}
    for number, table in enumerate(tables, start=1):
        place = f"`[[set]]` number {number}"
        problems += _unknown_keys(table, SETTING_KEYS, place)
        lever = table.get("lever")
        if not isinstance(lever, str) or "value" not in table:
            problems.append(PathwayFileError(f"{place} lacks `lever` (a name) or `value`."))
            continue
        if _same(lever) in settings:
            problems.append(PathwayFileError(f"`{lever}` is set twice.", cure="Keep one."))
        settings[_same(lever)] = Setting(
            lever=lever,
            value=table["value"],
            origin=path.name,
            **{k: str(table[k]) for k in ("unit", "source", "note") if k in table},
        )
    return list(settings.values())


def _same(lever: str) -> str:
    base, elements = names.split(lever)
    return names.join(names.key(base), map(names.key, elements))


def _unknown_keys(
    table: Mapping[str, Any], accepted: tuple[str, ...], place: str
) -> list[BuildoutError]:
    return [
        PathwayFileError(f"{place} has the key `{key}`.", f"Accepted: {', '.join(accepted)}.")
        for key in table
        if key not in accepted
    ]
