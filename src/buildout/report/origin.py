"""What stands beside the page, how to cite it, and how it was made."""

import json
from collections.abc import Sequence

import xarray as xr

from buildout._util import files
from buildout._util.numbers import number
from buildout.inputs import places
from buildout.inputs.citation import read_citation
from buildout.report.blocks import Bullets, Heading, Link, Paragraph, ReportBlock, table_of

#: The day after which the tables of sources and events hold nothing.
KNOWN_TO = "8 October 2026"


def version_line(ds: xr.Dataset) -> tuple[str, str]:
    """Version and its date, and what is said of it where there is room."""
    return (
        f"{ds.attrs['source']}, {_day(read_citation().released)}. Sources to {KNOWN_TO}.",
        "An open simulation model of the US rare-earth magnet chain.",
    )


def citing_line(ds: xr.Dataset) -> str:
    """How to cite what the page says."""
    cite = read_citation()
    return (
        f"Cite as: {cite.sentence(str(ds.attrs['source']).split()[-1])} {cite.license} licence. "
        f"Model {str(ds.attrs['model_sha256'])[:12]}."
    )


def origin_section(
    ds: xr.Dataset,
    command: str,
    odds: xr.Dataset | None,
    workbook: str = "",
    sliders: str = "",
) -> list[ReportBlock]:
    """Files, citation, and what made the page.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    command : str
        What made the report.
    odds : Dataset, optional
        Of the same run.
    workbook : str
        Name of the Excel file beside the page; empty for none.
    sliders : str
        Name of the page of sliders beside it; empty for none.
    """
    versions = json.loads(ds.attrs["versions"])
    facts = {
        "made by": command or "buildout report",
        "model": f"buildout.mdl, sha256 {ds.attrs['model_sha256']}",
        "engine": f"{ds.attrs['engine']}, Euler, step {ds.attrs['time_step']:g} year",
        "table of constants": f"parameters.csv, sha256 {_fingerprint('parameters.csv')}",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "chance in the runs": f"seed: {ds.attrs['seed']}",
        **({} if odds is None else {"odds": odds.attrs["drawn"]}),
    }
    return [
        Heading("Numbers to take along"),
        Bullets(tuple(_files(workbook, sliders))),
        Heading("How to cite, and how this page was made"),
        Paragraph(f"{citing_line(ds)} The same facts stand in CITATION.cff."),
        table_of(
            [{"what": name, "which": text} for name, text in facts.items()],
            "What made this page; with the same of all it is made again to the byte.",
        ),
    ]


def _files(workbook: str, sliders: str) -> Sequence[tuple[str | Link, ...]]:
    listed: list[tuple[str | Link, ...]] = [
        (
            *(Link("verdict.csv", "verdict.csv"), " and ", Link("verdict.json", "verdict.json")),
            ": the answer for each class and policy, with its odds",
        ),
        (Link("kpis.csv", "kpis.csv"), ": the headline numbers by year, with their bands"),
        (Link("stages.csv", "stages.csv"), ": since when each stage is served from home"),
        (Link("results.nc", "results.nc"), ": every variable at every date, as NetCDF"),
        (Link("report.md", "report.md"), ": this page as text"),
        (Link("manifest.json", "manifest.json"), ": inputs, versions, fingerprints"),
    ]
    if workbook:
        excel = (Link(workbook, workbook), ": verdict, settings and values by year, for Excel")
        listed.insert(0, excel)
    if sliders:
        listed.append(
            (Link(sliders, sliders), ": this model with its levers to move, in a browser")
        )
    return listed


def _day(date: str) -> str:
    """A date as people write it.

    Examples
    --------
    >>> _day("2026-11-22")
    '22 November 2026'
    """
    year, month, day = date.split("-")
    names = "January February March April May June July August September October November December"
    return f"{number(float(day))} {names.split()[int(month) - 1]} {year}"


def _fingerprint(name: str) -> str:
    return files.sha256(places.calibration_folder() / name)
