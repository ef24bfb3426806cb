"""What a report says, as blocks."""

from collections.abc import Mapping, Sequence

import xarray as xr

from buildout.inputs.glossary import read_glossary
from buildout.inputs.model import Model
from buildout.report.assumptions import assumptions_section
from buildout.report.blocks import Bullets, Entries, Heading, Paragraph, Picture, ReportBlock
from buildout.report.citations import source_list
from buildout.report.deciders import deciders_section
from buildout.report.front import front
from buildout.report.limits import LIMITS
from buildout.report.origin import origin_section
from buildout.report.outlook import outlook_section
from buildout.report.settings import settings_section
from buildout.report.stages import cuts_section, stages_section
from buildout.report.validation import validation_section
from buildout.report.verdict import verdict_section


def content(
    ds: xr.Dataset,
    model: Model,
    pictures: list[Picture],
    sources: Mapping[str, Mapping[str, str]],
    *,
    command: str = "",
    odds: xr.Dataset | None = None,
    workbook: str = "",
    sliders: str = "",
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
    workbook : str
        Name of the Excel file beside the page; empty for none.
    sliders : str
        Name of the page of sliders beside it; empty for none.
    """
    inside = [picture for picture in pictures if picture.inside]
    blocks: list[ReportBlock] = [
        *front(ds, odds, sliders),
        *verdict_section(ds, odds),
        *inside[:1],
        *deciders_section(ds, odds, model),
        *outlook_section(ds, model),
        *inside[1:],
        *stages_section(ds, odds),
        *cuts_section(ds),
        *_beside(pictures),
        Heading("What the model cannot answer"),
        Bullets(LIMITS),
        *validation_section(),
        *settings_section(ds, sources),
        *assumptions_section(model, sources),
        Heading("Glossary"),
        Paragraph("The words of the field as this page uses them."),
        _glossary(),
    ]
    return [
        *blocks,
        Heading("Sources"),
        source_list(blocks, sources),
        *origin_section(ds, command, odds, workbook, sliders),
    ]


def _glossary() -> Entries:
    terms = sorted(read_glossary(), key=lambda entry: entry.term.casefold())
    return Entries(tuple((entry.term, entry.meaning) for entry in terms), glossary=True)


def _beside(pictures: Sequence[Picture]) -> list[ReportBlock]:
    """Charts that are linked, under a heading if there are any."""
    linked = [picture for picture in pictures if not picture.inside]
    return [Heading("More charts"), *linked] if linked else []
