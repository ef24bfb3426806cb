"""Pathways: files of ordered settings on the model's defaults, which may extend one another."""

import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from buildout._util import names
from buildout.errors import BuildoutError, PathwayFileError, together
from buildout.inputs import places
from buildout.inputs.settings import Setting, as_settings

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
    digests : tuple of str
        The sha256 of each of `files` when it was read; results record files that have one.
    """

    name: str
    title: str = ""
    description: str = ""
    settings: tuple[Setting, ...] = ()
    files: tuple[Path, ...] = ()
    shared: bool = False
    digests: tuple[str, ...] = ()

    def __repr__(self) -> str:
        title = f", {self.title[:60]!r}" if self.title else ""
        return f"Pathway({self.name[:60]!r}{title}, {len(self.settings)} settings)"

    def with_settings(
        self,
        settings: Mapping[str, Any] | Iterable[Setting],
        *,
        name: str = "",
        title: str = "",
        description: str = "",
    ) -> "Pathway":
        """A pathway of its own in memory: this one with more settings, which prevail.

        Parameters
        ----------
        settings : mapping or iterable of Setting
            Names of levers and values, on top of this pathway's.
        name, title, description : str, optional
            Those of this pathway by default. Two pathways of one run need two names; a new name
            is its own title and has no description unless they are given.

        Returns
        -------
        Pathway
            Not yet compared with the model; `simulate` does that.

        Examples
        --------
        >>> dearer = pathway("status-quo").with_settings(
        ...     {"floor price[NdPr]": 130}, name="dearer", title="Status quo, a higher floor"
        ... )
        >>> dearer.name, dearer.settings[-1].value
        ('dearer', 130)
        """
        return replace(
            self,
            name=name or self.name,
            title=title or name or self.title,
            description=description if description or name else self.description,
            settings=(*self.settings, *as_settings(settings)),
        )


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
    return read_pathways([name])[0]


def read_pathways(given: Iterable[str | Path | Pathway]) -> list[Pathway]:
    """Several pathways, each file read once however many of them extend it; see `pathway`."""
    known: dict[Path, Pathway] = {}
    return [
        p if isinstance(p, Pathway) else _read(_locate(str(p), near=None), (), known) for p in given
    ]


def packaged_pathways() -> list[Pathway]:
    """The pathways that come with buildout: canonical ones first, then by the alphabet."""
    return [found for found in read_pathways(pathway_names(shared=True)) if not found.shared]


def pathway_names(*, shared: bool = False) -> list[str]:
    """Names of the pathways that come with buildout: canonical ones first, then by the alphabet."""
    if not shared:
        return [found.name for found in packaged_pathways()]
    known = sorted(path.stem for path in places.pathways_folder().glob("*.toml"))
    first = [name for name in CANONICAL if name in known]
    return first + [name for name in known if name not in first]


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


def _read(path: Path, above: tuple[Path, ...], known: dict[Path, Pathway]) -> Pathway:
    if path in above:
        circle = " -> ".join(f"`{p.name}`" for p in (*above[above.index(path) :], path))
        raise PathwayFileError(
            f"Pathway files extend one another in a circle: {circle}.",
            cure="Remove one `extends`.",
        )
    if path in known:
        return known[path]
    content, digest = _toml(path)
    problems = _unknown_keys(content, FILE_KEYS, "the file")
    own = _own_settings(content, path, problems)
    parents = [
        _read(_locate(name, near=path.parent), (*above, path), known)
        for name in _extended(content, problems)
    ]
    if problems:
        raise together(problems, f"`{path.name}`")
    read = {f: d for p in parents for f, d in zip(p.files, p.digests, strict=False)} | {
        path: digest
    }
    known[path] = Pathway(
        name=path.stem,
        title=str(content.get("title", path.stem)),
        description=str(content.get("description", "")).strip(),
        settings=tuple(s for parent in parents for s in parent.settings) + tuple(own),
        files=tuple(read),
        shared=bool(content.get("shared", False)),
        digests=tuple(read.values()),
    )
    return known[path]


def _toml(path: Path) -> tuple[dict[str, Any], str]:
    """What a file says, and its sha256."""
    try:
        written = path.read_bytes()
        return tomllib.loads(written.decode("utf-8")), hashlib.sha256(written).hexdigest()
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


def _extended(content: Mapping[str, Any], problems: list[BuildoutError]) -> list[str]:
    extends = content.get("extends", [])
    extends = [extends] if isinstance(extends, str) else extends
    if not isinstance(extends, list) or not all(isinstance(name, str) for name in extends):
        problems.append(
            PathwayFileError(f"`extends` is `{extends}`.", "A name or a list of names is accepted.")
        )
        return []
    return extends


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
