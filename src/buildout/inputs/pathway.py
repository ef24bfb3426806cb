"""Pathways: files of ordered settings on the model's defaults, which may extend one another."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout.errors import PathwayFileError
from buildout.inputs import places
from buildout.inputs.pathway_fields import LONGEST_TEXT, LONGEST_TITLE, text_problem
from buildout.inputs.pathway_files import PathwayFile, check_pathway_name, read_pathway_file
from buildout.inputs.settings import Setting, Settings, as_settings

CANONICAL = ("status-quo", "mobilization", "china-deal")
# Far beyond what a person would write; what is more multiplies without end.
DEEPEST, MOST_FILES, MOST_SETTINGS = 50, 500, 4_000


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
    initial_time, final_time : float or None, Year
        When its runs begin and end, as its file or the last of those it extends says; None for
        the model's own. A pathway with an initial time of its own restates the model's state at
        that time, so parameters.csv, whose ranges are about the model's own start, does not bind
        its values; see `buildout.inputs.ranges.check_range`.
    """

    name: str
    title: str = ""
    description: str = ""
    settings: tuple[Setting, ...] = ()
    files: tuple[Path, ...] = ()
    shared: bool = False
    digests: tuple[str, ...] = ()
    initial_time: float | None = None
    final_time: float | None = None

    def __post_init__(self) -> None:
        check_pathway_name(self.name)
        lengths = {"title": LONGEST_TITLE, "description": LONGEST_TEXT}
        for key, longest in lengths.items():
            if wrong := text_problem(key, getattr(self, key), longest):
                raise wrong

    def __repr__(self) -> str:
        title = f", {self.title[:60]!r}" if self.title else ""
        return f"Pathway({self.name[:60]!r}{title}, {len(self.settings)} settings)"

    def with_settings(
        self,
        settings: Settings,
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
    reading = _Reading()
    return [p if isinstance(p, Pathway) else reading.pathway(p) for p in given]


def packaged_pathways(*, own_start: bool = False) -> list[Pathway]:
    """The pathways that come with buildout: canonical ones first, then by the alphabet.

    Parameters
    ----------
    own_start : bool
        Those that begin at a time of their own, such as runs of the past, which are no policy for
        the time ahead; False: all others.
    """
    read = read_pathways(pathway_names(shared=True))
    return [p for p in read if not p.shared and (p.initial_time is not None) == own_start]


def pathway_names(*, shared: bool = False) -> list[str]:
    """Names of the pathways that come with buildout: canonical ones first, then by the alphabet.

    Parameters
    ----------
    shared : bool
        With the files that are no policy by themselves: those that only others extend, and those
        with an initial time of their own.

    Returns
    -------
    list of str

    Examples
    --------
    >>> pathway_names()[:3]
    ['status-quo', 'mobilization', 'china-deal']
    """
    if not shared:
        return [p.name for p in packaged_pathways()]
    known = sorted(path.stem for path in places.pathways_folder().glob("*.toml"))
    first = [name for name in CANONICAL if name in known]
    return first + [name for name in known if name not in first]


class _Reading:
    """Files put together with what they extend, each read once."""

    def __init__(self) -> None:
        self.files: dict[Path, PathwayFile] = {}

    def pathway(self, name: str | Path) -> Pathway:
        self.included = 0
        path = _locate(name, near=None, above=())
        own = self._file(path)
        settings, read = self._together(path, ())
        return Pathway(
            name=path.stem,
            title=own.title,
            description=own.description,
            settings=tuple(settings),
            files=tuple(read),
            shared=own.shared,
            digests=tuple(self.files[file].digest for file in read),
            initial_time=_last(self.files[file].initial_time for file in read),
            final_time=_last(self.files[file].final_time for file in read),
        )

    def _together(self, path: Path, above: tuple[Path, ...]) -> tuple[list[Setting], list[Path]]:
        """Settings in order, those of extended files first, and the files they come from."""
        self._limit(path, above)
        settings: list[Setting] = []
        read: list[Path] = []
        for name in self._file(path).extends:
            parent = _locate(name, near=path.parent, above=(*above, path))
            more, files = self._together(parent, (*above, path))
            settings += more
            read += files
        settings += self.files[path].settings
        if len(settings) > MOST_SETTINGS:
            raise PathwayFileError(
                f"{quoted(path.name)} with what it extends has more than {MOST_SETTINGS:,} "
                "settings.",
                cure="Extend each file once.",
            )
        return settings, list(dict.fromkeys([*read, path]))

    def _limit(self, path: Path, above: tuple[Path, ...]) -> None:
        # Two files that each extend the next one twice double the work with every level.
        self.included += 1
        if len(above) >= DEEPEST or self.included > MOST_FILES:
            top = quoted((*above, path)[0].name)
            raise PathwayFileError(
                f"{top} extends files {MOST_FILES} times or {DEEPEST} deep.",
                "Less is accepted; a file that is extended twice counts twice.",
                "Extend each file once.",
            )

    def _file(self, path: Path) -> PathwayFile:
        if path not in self.files:
            self.files[path] = read_pathway_file(path)
        return self.files[path]


def _last(years: Iterable[float | None]) -> float | None:
    """What the last of some files says, of those that say something."""
    said = [year for year in years if year is not None]
    return said[-1] if said else None


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or os.sep in name


def _locate(name: str | Path, near: Path | None, above: tuple[Path, ...]) -> Path:
    """The file meant by a name: beside the file that names it, then among our own.

    A name never means a file that is being extended already: a `status-quo.toml` of one's own that
    extends `status-quo` means the one that comes with buildout.
    """
    name = str(name)
    if _is_path(name):
        return _not_above(_resolved(near / name if near else Path(name)), above)
    check_pathway_name(name)
    own = places.pathways_folder()
    beside = [_resolved(folder / f"{name}.toml") for folder in (near, own) if folder]
    there = [path for path in beside if path.is_file()]
    for path in there:
        if path not in above:
            return path
    if there:
        return _not_above(there[0], above)
    known = {path.stem for path in own.glob("*.toml")}
    raise names.unknown("pathway", name, sorted(known))


def _not_above(path: Path, above: tuple[Path, ...]) -> Path:
    if path not in above:
        return path
    circle = " -> ".join(quoted(p.name) for p in (*above[above.index(path) :], path))
    packaged = (places.pathways_folder() / path.name).is_file()
    raise PathwayFileError(
        f"Pathway files extend one another in a circle: {circle}.",
        cure=f'`extends = "{path.stem}"` means the one that comes with buildout.'
        if packaged
        else "Remove one `extends`.",
    )


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # A circle of links; a NUL in the name.
        raise PathwayFileError(
            f"Cannot read the pathway file {quoted(path)}: {error}.",
            cure="Give the path of a `.toml` file, or a name that `buildout pathways` lists.",
        ) from error
