"""What is exported holds the numbers of the commands, reads back, and looks as it should."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from itertools import pairwise

import docx
import numpy as np
import openpyxl
import pandas as pd
import pptx
import pytest

import buildout as bo
from buildout.cli.main import main
from buildout.documents import policies
from buildout.documents.book import Book, BookChart, BookPicture, BookTable, Column, Curve
from buildout.documents.excel import to_xlsx
from buildout.documents.iamc import iamc_rows, iamc_table
from buildout.documents.plain import tidy_by_shape
from buildout.documents.slides import EDGE, TALL, WIDE, rows_of, to_pptx
from buildout.documents.words import to_docx
from buildout.errors import BuildoutError, OutputError

BOTH = ["status-quo", "mobilization"]
DRAWS = 24
HOSTILE = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "a\x07b",
    "\u202eabc",
    "x" * 40_000,
]
INCH = 914_400


def dot():
    """A picture of one kind of grey."""
    from matplotlib.figure import Figure

    file = io.BytesIO()
    Figure(figsize=(4, 3)).savefig(file, format="png")
    return file.getvalue()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Two policies in every format, with a grey dot for the pictures."""
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        picture = BookPicture("A dot", dot(), "Grey.")
        patch.setattr(policies, "_pictures", lambda _: [picture])
        words = [*BOTH, "--format", "xlsx,pptx,docx,iamc", "--draws", str(DRAWS)]
        assert main(["export", *words, "--out", str(folder)]) == 0
    made = {path.suffix for path in folder.iterdir()}
    assert made == {".xlsx", ".pptx", ".docx", ".csv", ".json"}
    return folder


@pytest.fixture(scope="module")
def workbook(exported):
    """Its workbook, opened again."""
    return openpyxl.load_workbook(exported / "export.xlsx")


@pytest.fixture(scope="module")
def run():
    """The same two policies as `run` has them."""
    return bo.simulate(BOTH)


@pytest.fixture
def hostile():
    """A book all of whose texts would like to be something else."""
    column = (Column("text", "=heading"), Column("number", "number", "number"))
    rows = [{"text": text, "number": place} for place, text in enumerate(HOSTILE)]
    table = BookTable("a/b:c[*]?" * 9, HOSTILE[0], column, rows, HOSTILE[1])
    words = [{"text": text[:300], "number": "1"} for text in HOSTILE]
    chart = BookChart(HOSTILE[5], "", "t", [2025, 2026], [Curve("=a", "#112233", [1.0, np.nan])])
    return Book(
        HOSTILE[0],
        HOSTILE[:5],
        [("=note", text) for text in HOSTILE[:6]],
        [table, table],
        [BookTable("t", "t", column, words)],
        [chart],
        [BookPicture(HOSTILE[6], dot(), "")],
        "=source",
    )


def sheet_rows(workbook, name):
    """Rows of a sheet by the headings."""
    lines = list(workbook[name].iter_rows(min_row=4, values_only=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.mark.slow
def test_the_workbook_has_the_numbers_of_the_commands(workbook, run):
    odds = bo.odds(run, draws=DRAWS)
    for row in sheet_rows(workbook, "Verdict"):
        place = {"pathway": row["pathway"], "magnet_class": row["magnet class"]}
        own = odds.sel(place)
        met = row["draws with the whole need met on 1 Jan 2027"]
        assert met == pytest.approx(own["share_covered_2027"].item())
        short = bo.deadline(run)["shortfall_2027"].sel(place).item()
        assert row["short on 1 Jan 2027, single run (t/yr)"] == pytest.approx(short)
    compared = bo.compare(BOTH, draws=DRAWS).isel(pathway=0)
    rows = sheet_rows(workbook, "Outcomes")
    differs = compared["differs"].values > 0
    assert len(rows) == differs.sum()
    for key, head in {"value": "value", "p05": "5% of draws", "p95": "95% of draws"}.items():
        expected = compared[key].values[differs]
        shown = np.array([row[head] for row in rows], dtype=float)
        np.testing.assert_allclose(shown, expected, rtol=1e-12)
    by_year = sheet_rows(workbook, "Curves by year")
    row = next(r for r in by_year if r["variable"] == "US magnet output total")
    assert row["unit"] == "t/yr"
    assert row["2035"] == pytest.approx(
        run["us_magnet_output_total"].sel(pathway=row["pathway"], time=2035).item()
    )


@pytest.mark.slow
def test_every_sheet_says_what_it_holds(workbook):
    assert workbook.sheetnames[0] == "Notes"
    notes = " ".join(str(c.value) for row in workbook["Notes"] for c in row if c.value)
    model = bo.load_model().sha256
    for words in (f"buildout {bo.__version__}", model[:12], "seed 1", "Cite as", "Coverage:"):
        assert words in notes
    for page in workbook.worksheets[1:-1]:
        assert page.freeze_panes, page.title
        assert page.auto_filter.ref, page.title
        heads = [cell.value for cell in page[4]]
        assert all(heads), page.title
        assert len(set(heads)) == len(heads), page.title
    stocks = sheet_rows(workbook, "Stocks by year")
    meanings = {row["variable"]: row["meaning"] for row in sheet_rows(workbook, "Variables")}
    assert {row["variable"].partition("[")[0] for row in stocks} <= set(meanings)
    known = {row["source id"] for row in sheet_rows(workbook, "Sources")}
    cited = {row["source"] for row in sheet_rows(workbook, "Constants")} - {"judgement"}
    assert {each for ids in cited for each in ids.split("; ")} <= known


def test_no_text_becomes_a_formula(hostile):
    workbook = openpyxl.load_workbook(io.BytesIO(to_xlsx(hostile)))
    cells = [cell for page in workbook for row in page for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    texts = {cell.value for cell in cells}
    assert {"=1+1", "+1", "-1+2", "@SUM(A1)", r"a\x07b"} <= texts
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(tuple("=+-@")))


def test_csv_guards_the_same_text(hostile):
    from buildout.documents.plain import to_csv_files

    [content] = to_csv_files(hostile).values()
    assert b"\n'=1+1," in content
    assert b"\n=" not in content


@pytest.mark.parametrize("write", [to_xlsx, to_pptx, to_docx])
def test_the_same_book_gives_the_same_bytes_on_any_day(hostile, write, monkeypatch):
    data = write(hostile)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    later = pd.Timestamp("2031-05-06 07:08:09").to_pydatetime().timetuple()
    monkeypatch.setattr("time.localtime", lambda *_: later)
    assert write(hostile) == data
    assert b"2026" not in _properties(data)
    inside = zipfile.ZipFile(io.BytesIO(data))
    assert {info.date_time[0] for info in inside.infolist()} == {1980}
    for name in inside.namelist():
        if name.endswith(".xlsx"):  # The numbers of a chart.
            assert b"2026" not in _properties(inside.read(name))


def _properties(data):
    return zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml")


def boxes(slide):
    """The places of all that a slide shows, in inches."""
    return {
        shape.name: tuple(v / INCH for v in (shape.left, shape.top, shape.width, shape.height))
        for shape in slide.shapes
    }


@pytest.fixture(params=["policies", "hostile"])
def show(request, exported, hostile):
    if request.param == "policies":
        return pptx.Presentation(exported / "export.pptx")
    return pptx.Presentation(io.BytesIO(to_pptx(hostile)))


def test_nothing_on_a_slide_overlaps_or_runs_out(show):
    assert show.slide_width / show.slide_height == pytest.approx(16 / 9, rel=1e-3)
    for slide in show.slides:
        placed = boxes(slide)
        for left, top, wide, tall in placed.values():
            assert left >= EDGE - 0.01
            assert left + wide <= WIDE - EDGE + 0.01
            assert top > 0
            assert top + tall <= TALL
        spans = sorted((top, top + tall) for _, top, _, tall in placed.values())
        assert all(a[1] <= b[0] + 0.01 for a, b in pairwise(spans))


def test_every_text_of_a_slide_fits_its_box(exported):
    show = pptx.Presentation(exported / "export.pptx")
    for slide in show.slides:
        for shape in slide.shapes:
            if not shape.has_text_frame:
                continue
            lines = 0.0
            for paragraph in shape.text_frame.paragraphs:
                size = max((run.font.size.pt for run in paragraph.runs), default=0)
                text = "".join(run.text for run in paragraph.runs)
                lines += rows_of(text, shape.width / INCH - 0.2, size) * 1.2 * size / 72
                assert not size or size >= 7
            assert lines <= shape.height / INCH, shape.text_frame.text


def test_charts_of_the_slides_can_be_changed_and_hold_the_numbers(exported, run):
    show = pptx.Presentation(exported / "export.pptx")
    charts = [s.chart for slide in show.slides for s in slide.shapes if s.has_chart]
    assert len(charts) == len(policies.CURVES)
    first = charts[0].plots[0]
    expected = run["us_magnet_output_total"].sel(time=[float(c) for c in first.categories])
    for path, series in zip(BOTH, first.series, strict=True):
        np.testing.assert_allclose(series.values, expected.sel(pathway=path).values)
    for slide in show.slides:
        assert slide.shapes.title.text_frame.text
        assert f"buildout {bo.__version__}" in slide.notes_slide.notes_text_frame.text


def test_the_document_reads_back_with_the_tables_of_the_slides(exported):
    document = docx.Document(exported / "export.docx")
    show = pptx.Presentation(exported / "export.pptx")
    on_slides = [
        [cell.text for cell in row.cells]
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
    ]
    written = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert all(line in on_slides for line in written)
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert "US defense need met on 1 January 2027, by magnet class" in headings
    assert headings[-1] == "Notes"
    assert len(document.inline_shapes) == 1
    assert any(p.text.startswith("Figure 1. A dot.") for p in document.paragraphs)


@pytest.mark.slow
def test_the_table_of_the_iamc_is_whole(exported, workbook, run):
    table = pd.read_csv(exported / "export_iamc.csv")
    assert list(table)[:5] == ["Model", "Scenario", "Region", "Variable", "Unit"]
    assert list(table)[5:] == [str(year) for year in range(2025, 2046)]
    assert not table.duplicated(["Model", "Scenario", "Region", "Variable"]).any()
    assert not table.isna().any().any()
    assert set(table["Region"]) == {"US", "Allies", "China", "World"}
    heads = {line["variable"].partition("|{")[0] for line in iamc_table()}
    assert all(any(name.startswith(head) for head in heads) for name in table["Variable"])
    row = table.set_index(["Scenario", "Region", "Variable"])["2035"]
    total = row["mobilization", "US", "Production|Magnets"]
    assert total == pytest.approx(
        run["us_magnet_output_total"].sel(pathway="mobilization", time=2035).item()
    )
    parts = [row["mobilization", "US", f"Production|Magnets|{kind}"] for kind in
             run["magnet_class"].values]  # fmt: skip
    assert total == pytest.approx(sum(parts))
    heads, *lines = workbook["data"].iter_rows(values_only=True)
    sheet = pd.DataFrame(lines, columns=heads)
    pd.testing.assert_frame_equal(sheet, table, rtol=1e-12, check_dtype=False)


def test_tidy_tables_hold_each_value_once_and_no_empty_cell(run):
    part = run[["us_magnet_output_total", "effective_capacity", "floor_price"]]
    made = tidy_by_shape(part.sel(time=[2025.0, 2035.0]))
    assert set(made) == {"whole", "by_region_line"}  # The constant stands among the settings.
    table = pd.read_csv(io.StringIO(made["by_region_line"]))
    assert len(table) == 2 * 2 * 7 * 2
    assert not table.isna().any().any()


@pytest.mark.slow
def test_a_folder_of_other_results_is_exported_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *BOTH, "--draws", "0", "--out", "c"]) == 0
    assert main(["export", "c", "--format", "xlsx,pptx", "--format", "docx,csv", "--out", "e"]) == 0
    saved = json.loads((tmp_path / "c" / "compare.json").read_text())
    rows = sheet_rows(openpyxl.load_workbook("e/export.xlsx"), "compare")
    assert [row["value"] for row in rows] == pytest.approx(
        [row["value"] for row in saved["outcomes"]], nan_ok=True, rel=1e-12
    )
    show = pptx.Presentation("e/export.pptx")
    assert sum(shape.shape_type == 13 for slide in show.slides for shape in slide.shapes) == 1
    again = capsys.readouterr()
    assert "export.docx" in again.out
    assert main(["attribute", *BOTH, "--outcome", "vulnerability", "--year", "2035"]) == 0
    assert main(["export", "results", "--format", "docx", "--out", "a"]) == 0
    with open("results/attribute.csv", newline="") as file:
        first = next(csv.DictReader(file))
    [table] = docx.Document("a/export.docx").tables
    heads, cells = ([cell.text for cell in row.cells] for row in table.rows[:2])
    assert cells[0] == first["instrument"]
    assert "5% of draws" not in heads  # Nothing was drawn.


@pytest.mark.parametrize(
    ("sources", "more", "message"),
    [
        (["status-quo"], {"formats": "xslx"}, "Unknown format `xslx`. Nearest: `xlsx`"),
        (["status-quo"], {"formats": "parquet"}, "pyarrow"),
        (["status-quo"], {"formats": ""}, "No format is named"),
        ([], {}, "Nothing is named to export"),
        ([3], {}, "cannot be exported"),
        (["nowhere"], {}, "Unknown pathway `nowhere`"),
        (["status-quo", "empty"], {}, "Pathways and folders of other results"),
        (["empty"], {}, "holds no tables"),
        (["empty"], {"formats": "iamc"}, "holds runs"),
        (["empty"], {"draws": 3}, "settings or draws are given"),
    ],
)
def test_what_cannot_be_exported_is_refused_before_anything_is_written(
    sources, more, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildoutError, match=re.escape(message)):
        bo.export(sources, "out", **more)
    assert not (tmp_path / "out").exists()


def test_units_of_the_table_of_the_iamc_are_checked(run, monkeypatch):
    wrong = run.copy()
    wrong["vulnerability"] = run["vulnerability"].assign_attrs(units="t")
    with pytest.raises(BuildoutError, match="`vulnerability` is in t, not in 1"):
        iamc_rows(wrong)


@pytest.mark.slow
def test_pyam_reads_the_table(tmp_path):
    # It warns when it is imported, so it is read elsewhere.
    able = [sys.executable, "-W", "ignore", "-c", "import pyam"]
    tried = subprocess.run(able, capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"pyam, of the extra `iamc`, is not there: {tried.stderr.strip()[-100:]}")
    bo.export(BOTH, tmp_path, formats="iamc,xlsx", draws=0)
    script = (
        "import sys, pyam\n"
        "for name in ('export_iamc.csv', 'export.xlsx'):\n"
        "    df = pyam.IamDataFrame(f'{sys.argv[1]}/{name}')\n"
        "    row = df.filter(scenario='mobilization', region='US',\n"
        "                    variable='Production|Magnets', year=2035)\n"
        "    print(df.scenario, sorted(df.region), repr(float(row.data['value'].item())))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    made = bo.simulate("mobilization", outputs=["US magnet output total"])
    expected = made["us_magnet_output_total"].sel(time=2035).item()
    lines = done.stdout.strip().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "['mobilization', 'status-quo'] ['Allies', 'China', 'US', 'World']" in line
        assert float(line.rpartition(" ")[2]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.slow
def test_an_export_with_all_its_pictures_is_made_again_byte_for_byte(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    argv = "export status-quo mobilization --format xlsx,pptx,docx,csv,iamc --draws 40 --out e"
    assert main(argv.split()) == 0
    show = pptx.Presentation("e/export.pptx")
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert any(title.startswith("Most public money stays unspent") for title in titles)
    assert main(["run", *BOTH, "--draws", "40", "--out", "r"]) == 0
    assert main(["export", "r", "--out", "f"]) == 0
    verdicts = [sheet_rows(openpyxl.load_workbook(f"{x}/export.xlsx"), "Verdict") for x in "ef"]
    assert verdicts[0] == verdicts[1]
    capsys.readouterr()
    for folder in "ef":
        assert main(["reproduce", folder, "--out", f"again {folder}", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["equal"]


@pytest.mark.slow
def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(tmp_path):
    for _ in range(2):
        bo.export("status-quo", tmp_path, formats="iamc", draws=0)
    own = tmp_path / "export_iamc.csv"
    own.write_text("mine")
    with pytest.raises(OutputError, match=r"export_iamc\.csv` is in the way"):
        bo.export("status-quo", tmp_path, formats="iamc", draws=0)
    assert own.read_text() == "mine"
