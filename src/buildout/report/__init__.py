"""The report: one page and the same as Markdown, with charts and data, from one Dataset."""

from collections.abc import Mapping
from pathlib import Path

import xarray as xr

from buildout._util import manifest
from buildout.analysis.odds import odds_if_any
from buildout.analysis.worlds import without_places
from buildout.errors import ResultsError
from buildout.inputs.glossary import read_glossary
from buildout.inputs.model import Model, given_model
from buildout.inputs.sources import read_sources
from buildout.page.bundle import PAGE_FILE
from buildout.report.content import content
from buildout.report.html import Frame, to_html
from buildout.report.markdown import to_markdown
from buildout.report.origin import citing_line, version_line
from buildout.report.pictures import pictured
from buildout.report.workbook import WORKBOOK, workbook_of
from buildout.simulation.store import RESULTS_KIND, result_facts, write_data

PAGE, TEXT, CHARTS, KIND = "report.html", "report.md", "figures", "svg"


def save_report(
    ds: xr.Dataset,
    folder: str | Path,
    *,
    command: str = "",
    model: Model | None = None,
    again: Mapping[str, object] | None = None,
    sliders: str = "",
) -> list[Path]:
    """Write the report, its charts, the data they plot and the results themselves.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with all outputs. Its odds are drawn, where it has any.
    folder : path
        Made if absent.
    command : str
        What made it, so that a reader can make it again.
    model : Model, optional
        That made the Dataset; the one that comes with buildout by default.
    again : mapping, optional
        For the manifest: what `buildout reproduce` needs, which the command knows.
    sliders : str
        The page of sliders of the same run, which goes beside the report and is linked; empty for
        none.

    Returns
    -------
    list of Path
        The page and the text first, then results and charts.

    Raises
    ------
    ResultsError
        When the Dataset comes from another version of the model, or lacks what is shown.
    OutputError
        When the folder cannot be written, or holds something else; it is then as it was.
    """
    model = given_model(model)
    if ds.attrs.get("model_sha256") != model.sha256:
        raise ResultsError(
            "These results were made by another version of the model.",
            cure="Make them anew with `buildout run`.",
        )
    # All is made before anything is written, so that what cannot be drawn replaces nothing.
    charts, odds = pictured(ds), odds_if_any(ds)
    workbook = workbook_of(ds, model, odds)
    blocks = content(
        ds,
        model,
        list(charts.pictures),
        read_sources(),
        command=command,
        odds=odds,
        workbook="" if workbook is None else WORKBOOK,
        sliders=PAGE_FILE if sliders else "",
    )
    frame = Frame(version_line(ds), citing_line(ds), read_glossary())
    page, text = to_html(blocks, charts.charts, frame), to_markdown(blocks)

    def write(place: Path) -> None:
        write_data(without_places(ds), place, odds)
        (place / PAGE).write_text(page, encoding="utf-8")
        (place / TEXT).write_text(text, encoding="utf-8")
        if sliders:
            (place / PAGE_FILE).write_text(sliders, encoding="utf-8")
        if workbook is not None:
            (place / WORKBOOK).write_bytes(workbook)
        (place / CHARTS).mkdir()
        charts.write(ds, place / CHARTS, command)

    facts = result_facts(ds, command, odds, again)
    made = manifest.write_result(folder, RESULTS_KIND, write, facts)
    return sorted(made, key=lambda path: path.name not in (PAGE, TEXT))
