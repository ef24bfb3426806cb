"""What a report says, as blocks."""

import json
from collections.abc import Mapping

import xarray as xr

from buildout._util import files
from buildout.inputs import places
from buildout.inputs.model import Model
from buildout.report.assumptions import assumptions_section
from buildout.report.blocks import Bullets, Heading, Paragraph, Picture, ReportBlock, Text, table_of
from buildout.report.deciders import deciders_section
from buildout.report.limits import LIMITS
from buildout.report.settings import settings_section
from buildout.report.stages import cuts_section, stages_section
from buildout.report.validation import validation_section
from buildout.report.verdict import verdict_section

TITLE = "US rare-earth magnets and the rule of 1 January 2027"
QUESTION = (
    "From 1 January 2027 US defense may not buy rare-earth magnets that were mined, refined, "
    "separated, melted or produced in China. How fast can the United States and its allies build "
    "the chain from ore to magnet, is the rule met on its date, and what binds when it is not? "
    "This page gives what a system-dynamics model of that chain answers for each policy pathway. "
    "It is conditional on its assumptions, all of which are listed, sourced and open to change."
)


def content(
    ds: xr.Dataset,
    model: Model,
    pictures: list[Picture],
    sources: Mapping[str, Mapping[str, str]],
    *,
    command: str = "",
    odds: xr.Dataset | None = None,
) -> list[ReportBlock]:
    """All blocks of a report, in order.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    model : Model
        That made it.
    pictures : list of Picture
        The charts.
    sources : mapping
        From `read_sources`.
    command : str
        What made the report, so that a reader can make it again.
    odds : Dataset, optional
        Of the same run.
    """
    return [
        Heading(TITLE, level=1),
        Paragraph(QUESTION, lead=True),
        *verdict_section(ds, odds),
        *deciders_section(ds, odds),
        *_pathways(ds),
        *stages_section(ds, odds),
        *cuts_section(ds),
        Heading("Charts"),
        Paragraph(
            "Each chart comes with the data that it plots, as CSV in the folder `figures`. The "
            "dotted upright line marks 1 January 2027."
        ),
        *pictures,
        *settings_section(ds, sources),
        *assumptions_section(model, sources),
        *validation_section(),
        Heading("What the model cannot answer"),
        Bullets(LIMITS),
        *_origin(ds, command, odds),
    ]


def _pathways(ds: xr.Dataset) -> list[ReportBlock]:
    rows: list[dict[str, Text]] = [
        {"pathway": name, "title": _line(title), "what it means": _line(text)}
        for name, title, text in zip(
            ds["pathway"].values.tolist(),
            ds["pathway_title"].values.tolist(),
            ds["pathway_description"].values.tolist(),
            strict=True,
        )
    ]
    return [Heading("The pathways"), table_of(rows)]


def _line(text: str) -> str:
    return " ".join(text.split())


def _origin(ds: xr.Dataset, command: str, odds: xr.Dataset | None) -> list[ReportBlock]:
    versions = json.loads(ds.attrs["versions"])
    facts = {
        "made by": command or "buildout report",
        "model": f"buildout.mdl, sha256 {ds.attrs['model_sha256']}",
        "engine": f"{ds.attrs['engine']}, Euler, step {ds.attrs['time_step']:g} year",
        "table of constants": f"parameters.csv, sha256 {_fingerprint('parameters.csv')}",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "chance": f"seed: {ds.attrs['seed']}",
        **({} if odds is None else {"odds": odds.attrs["drawn"]}),
    }
    return [
        Heading("How this page was made"),
        table_of([{"what": name, "which": text} for name, text in facts.items()]),
    ]


def _fingerprint(name: str) -> str:
    return files.sha256(places.calibration_folder() / name)
