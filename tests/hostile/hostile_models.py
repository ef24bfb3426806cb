"""Vensim models of a few lines, files beside them, and workbooks made by hand."""

import io
import zipfile

from buildout.vensim import engine

HEAD = "INITIAL TIME = 0~~|\nFINAL TIME = 2~~|\nTIME STEP = 1~~|\nSAVEPER = 1~~|\n"
TABLE = "a,b,c\n1,2,3\n4,5,6\n"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/{{}}" Target="{{}}"/></Relationships>'
)
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"


def mdl(text):
    """A whole model."""
    return f"{{UTF-8}}\n{text}\n{HEAD}"


def loaded(text):
    """A way through the Python API: what the engine makes of a model."""

    def call(folder):
        (folder / "m.mdl").write_text(mdl(text), encoding="utf-8")
        system = engine.load(folder / "m.mdl")
        return sorted(name for name in system.variables if not name.endswith(("time", "per")))

    return call


def workbook(sheet, *, defined="", also=None):
    """A workbook of one tab `a`, from the XML of its rows."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        parts = "".join(
            f'<Override PartName="/xl/{name}.xml" ContentType="{_KIND.format(kind)}"/>'
            for name, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"))
        )
        rels = "application/vnd.openxmlformats-package.relationships+xml"
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="{rels}"/>{parts}</Types>',
        )
        packed.writestr("_rels/.rels", _RELATED.format("officeDocument", "xl/workbook.xml"))
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="a" sheetId="1" '
            f'r:id="rId1"/></sheets>{defined}</workbook>',
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels", _RELATED.format("worksheet", "worksheets/sheet1.xml")
        )
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in (also or {}).items():
            packed.writestr(name, content)
    return made.getvalue()


def tab(rows, size=""):
    """The XML of a tab."""
    return f'<worksheet xmlns="{_SHEET}">{size}<sheetData>{rows}</sheetData></worksheet>'


def cell(inner, kind="", place="A2"):
    """A row of one cell."""
    return tab(f'<row r="2"><c r="{place}"{kind}>{inner}</c></row>')
