"""The verb `export`: pathways or folders of results, in the formats that others work with."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from buildout._util import files, manifest, tables
from buildout._util.arguments import given_list, kind_in_words
from buildout._util.extras import needed
from buildout._util.names import unknown
from buildout.analysis.compare import compare
from buildout.analysis.odds import odds, odds_if_any
from buildout.analysis.sides import Given, Side, read_sides
from buildout.analysis.worlds import ask_draws
from buildout.documents.book import Book
from buildout.documents.excel import to_xlsx
from buildout.documents.folders import folder_book
from buildout.documents.iamc import iamc_rows, whole_years
from buildout.documents.plain import to_csv_files
from buildout.documents.policies import Policies, policies_book
from buildout.documents.slides import to_pptx
from buildout.documents.words import to_docx
from buildout.errors import InputError, OutputError, ResultsError
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import Settings
from buildout.outcomes.home_odds import with_home_odds
from buildout.outcomes.indicators import kpis
from buildout.outcomes.stages import stage_rows
from buildout.sampling.draws import Design
from buildout.simulation.dataset import versions
from buildout.simulation.simulate import simulate_resolved
from buildout.simulation.soundness import told_status
from buildout.simulation.store import RESULTS_KIND, load_results, verdict_rows
from buildout.sweeps.load import read_sweep
from buildout.sweeps.store import RESULTS

EXPORT_FORMATS = ("xlsx", "pptx", "docx", "csv", "iamc")
STEM = "export"
#: What each office format is written with.
PACKAGES = {"xlsx": "openpyxl", "pptx": "pptx", "docx": "docx"}
_KINDS = "Pathways, folders of `buildout run`, or folders of other results are accepted."


@dataclass(frozen=True)
class AskedRuns:
    """How policies are run and drawn."""

    draws: int | None = None
    seed: int | None = None
    design: Design | None = None
    settings: Settings | None = None
    known_until: float | None = None
    beyond_range: bool = False


def export(
    sources: Iterable[Given],
    out: str | os.PathLike[str] = "results",
    *,
    formats: str | Iterable[str] = "xlsx",
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
    date: str = "",
) -> list[Path]:
    """Write policies, or results on disk, in formats that others work with.

    Parameters
    ----------
    sources : iterable of str, path or Pathway
        Pathways, `.toml` files, folders of `buildout run`: their verdict with odds, what differs
        from the first of them, settings, values by year, pictures. Or folders that other commands
        saved: their tables and pictures as they are.
    out : path
        A folder, made if absent.
    formats : str or iterable of str
        `xlsx` (every number, with units, meanings and sources), `pptx` (a chart, table or picture
        on each slide, its finding as title), `docx` (the same to read), `csv` (each table, and all
        values by year as tidy tables), `iamc` (the table that pyam reads).
    draws, seed, design, settings, known_until, beyond_range
        As in `compare`; not for folders of other commands.
    date : str
        For the notes. Without it the same inputs give the same bytes on any day.

    Returns
    -------
    list of Path
        The files written, the manifest among them.

    Raises
    ------
    InputError
        For an unknown format, a package that is not installed, sources that do not go together.
    ResultsError
        For a folder without results of this model.
    OutputError
        When the folder cannot be written, or holds what would be replaced and is not known to be of
        an earlier export; it is then as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = export(["status-quo"], folder, formats="iamc", draws=0)
    ...     [path.name for path in made]
    ['export.manifest.json', 'export_iamc.csv']
    """
    chosen = chosen_formats(formats)
    folder, own = files.writable_folder(out), f"{STEM}.{manifest.MANIFEST}"
    manifest.refuse_foreign(folder, [own, *(f"{STEM}.{name}" for name in chosen)], own)
    asked = AskedRuns(draws, seed, design, settings, known_until, beyond_range)
    contents, _ = exported_files(sources, chosen, asked, date=date)
    facts = {"model_sha256": load_model().sha256, "versions": versions()}
    return manifest.write_beside(
        folder, own, lambda place: write_files(place, contents), STEM, facts
    )


def write_files(place: Path, contents: Mapping[str, bytes]) -> None:
    """Files by name into a folder that is there."""
    for name, data in contents.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)


def chosen_formats(formats: str | Iterable[str]) -> list[str]:
    """Formats by name, each once.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    InputError
        Where the package that writes one is not installed.
    """
    listed = formats.split(",") if isinstance(formats, str) else list(formats)
    chosen = list(dict.fromkeys(each.strip() for each in listed if each.strip()))
    if not chosen:
        raise InputError("No format is named.", f"Accepted: {', '.join(EXPORT_FORMATS)}.")
    for name in chosen:
        if name == "parquet":
            raise InputError(
                "`parquet` is not written, as it needs a package of 40 MB (pyarrow).",
                cure="Take `csv`; `pandas.read_csv(...).to_parquet(...)` makes it.",
            )
        if name not in EXPORT_FORMATS:
            raise unknown("format", name, EXPORT_FORMATS)
        if name in PACKAGES:
            needed(PACKAGES[name])
    return chosen


def exported_files(
    sources: Iterable[Given], formats: Sequence[str], asked: AskedRuns, *, date: str = ""
) -> tuple[dict[str, bytes], list[str]]:
    """The content of every file, by its name, and a sentence for each run that is not sound."""
    given: list[Given] = []
    for item in given_list(sources, "What is exported", "Names, paths and `Pathway`s"):
        if not isinstance(item, str | Path | Pathway):
            raise InputError(f"{kind_in_words(item)} cannot be exported.".capitalize(), _KINDS)
        given.append(item)
    if not given:
        raise InputError("Nothing is named to export.", _KINDS)
    others = [item for item in given if _other_results(item)]
    if others and len(others) < len(given):
        raise InputError(
            "Pathways and folders of other results are to be exported together.", _KINDS
        )
    if others:
        return _of_folders([Path(str(item)) for item in others], formats, asked, date), []
    model = load_model()
    ds = _run(model, given, asked)
    notes = told_status(ds, model=model)
    rows = iamc_rows(ds) if "iamc" in formats else []
    if set(formats) == {"iamc"}:
        return _written(None, formats, rows, None), notes
    pictures = not {"pptx", "docx"}.isdisjoint(formats)
    book = policies_book(_policies(model, ds, given, asked), date=date, pictures=pictures)
    values = ds.sel(time=[float(year) for year in whole_years(ds)]) if "csv" in formats else None
    return _written(book, formats, rows, values), notes


def _written(
    book: Book | None,
    formats: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    values: xr.Dataset | None,
) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    if "iamc" in formats:
        made[f"{STEM}_iamc.csv"] = tables.to_csv(rows).encode()
    if book is None:
        return made
    if "xlsx" in formats:
        made[f"{STEM}.xlsx"] = to_xlsx(book, rows)
    if "pptx" in formats:
        made[f"{STEM}.pptx"] = to_pptx(book)
    if "docx" in formats:
        made[f"{STEM}.docx"] = to_docx(book)
    if "csv" in formats:
        made |= to_csv_files(book, values)
    return made


def _other_results(item: Given) -> bool:
    """Whether something is a folder of other results than those of `run`."""
    if isinstance(item, Pathway) or not Path(item).is_dir():
        return False
    try:
        return manifest.result_kind(Path(item)) != RESULTS_KIND
    except OutputError as error:
        raise ResultsError(error.found) from error


def _of_folders(
    folders: Sequence[Path], formats: Sequence[str], asked: AskedRuns, date: str
) -> dict[str, bytes]:
    if asked != AskedRuns():
        raise InputError(
            "Folders of results are exported as they are, and settings or draws are given.",
            cure="Leave them out, or name pathways in place of the folders.",
        )
    if "iamc" in formats:
        raise InputError(
            "The table of the IAMC holds runs, and the folders hold other results.",
            cure="Name pathways, or a folder of `buildout run`.",
        )
    made: dict[str, bytes] = {}
    for number, folder in enumerate(folders, start=1):
        values = read_sweep(folder) if _swept(folder) and "csv" in formats else None
        own = _written(folder_book(folder, date=date), formats, [], values)
        place = "" if len(folders) == 1 else f"{number} {folder.absolute().name}/"
        made |= {place + name: data for name, data in own.items()}
    return made


def _swept(folder: Path) -> bool:
    return manifest.result_kind(folder) == "sweep" and (folder / RESULTS).is_file()


def _run(model: Model, given: Sequence[Given], asked: AskedRuns) -> xr.Dataset:
    """The runs: those of one folder as they are, else made here, all in one."""
    first = given[0]
    if len(given) == 1 and not isinstance(first, Pathway) and Path(first).is_dir():
        if asked.settings or asked.known_until is not None:
            raise InputError(
                "Results are to be read, and settings are given.",
                cure="Name pathways in place of the folder, or leave the settings out.",
            )
        return load_results(Path(first), model=model)
    sides = read_sides(model, given) if len(given) > 1 else [Side(read_pathways(given)[0])]
    steps, ends = ({getattr(s, n) for s in sides} - {None} for n in ("time_step", "final_time"))
    return simulate_resolved(
        resolve(
            model,
            [side.pathway for side in sides],
            asked.settings,
            known_until=asked.known_until,
            time_step=next(iter(steps), None),
            final_time=next(iter(ends), None),
            beyond_range=asked.beyond_range or bool(steps),
        )
    )


def _policies(model: Model, ds: xr.Dataset, given: Sequence[Given], asked: AskedRuns) -> Policies:
    """Runs with their odds and what differs, each as its own command reads it."""
    ds = ask_draws(ds, asked.draws, asked.seed)
    drawn = odds(ds, design=asked.design) if asked.design else odds_if_any(ds)
    return Policies(
        ds=ds,
        verdict=verdict_rows(ds, drawn),
        indicators=kpis(ds, odds=drawn),
        stages=with_home_odds(stage_rows(ds), drawn),
        compared=_compared(given, asked) if ds.sizes["pathway"] > 1 else None,
        drawn="" if drawn is None else str(drawn.attrs["drawn"]),
        model=model,
    )


def _compared(given: Sequence[Given], asked: AskedRuns) -> xr.Dataset:
    return compare(
        given,
        draws=asked.draws,
        seed=asked.seed,
        design=asked.design,
        settings=asked.settings,
        known_until=asked.known_until,
        beyond_range=asked.beyond_range,
    )
