"""Numbers of other files: constants, lookups, data and elements, from CSV and Excel."""

import numpy as np
import pytest

from buildout.errors import BuildoutError, InputError
from buildout.vensim import engine
from buildout.vensim.engine.ir.expressions import NOT_AVAILABLE

TABLE = ",x1,x2,t\nr1,1,2,0\nr2,3,4,1\nr3,5,,3\n"
EQUATIONS = (
    "r: r1, r2",
    "c: GET DIRECT SUBSCRIPT('FILE', 'tab', 'B1', 'C1', '')",
    "k[r, c] = GET DIRECT CONSTANTS('FILE', 'tab', 'B2')",
    "turned[c, r] = GET XLS CONSTANTS('FILE', 'tab', 'B2*')",
    "one = GET DIRECT CONSTANTS('FILE', 'tab', 'b4')",
    "f[c](GET DIRECT LOOKUPS('FILE', 'tab', 'D', 'B2'))",
    "d[c] :HOLD BACKWARD: := GET DIRECT DATA('FILE', 'tab', 'D', 'B2')",
    "y[c] = f[c](Time) + d[c]",
)


def model(tmp_path, write, *equations, file="a.csv", tab=","):
    path = tmp_path / "model.mdl"
    written = [e.replace("FILE", file).replace("'tab'", f"'{tab}'") for e in equations]
    path.write_text(write(*written, end=3))
    return path


def workbook(path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Numbers"
    for line in TABLE.splitlines():
        cells = [cell or None for cell in line.split(",")]
        sheet.append([int(c) if c and c.isdigit() else c for c in cells])
    book.save(path)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_model_takes_its_numbers_from_a_file_beside_it(kind, tmp_path, write, agree):
    if kind == "csv":
        (tmp_path / "a.csv").write_text(TABLE)
        path = model(tmp_path, write, *EQUATIONS)
    else:
        workbook(tmp_path / "a.xlsx")
        path = model(tmp_path, write, *EQUATIONS, file="a.xlsx", tab="numbers")
    run = agree(engine.load(path))
    first = {name: run[name][0, 0] for name in run.outputs}
    assert [first[f"k[{e}]"] for e in ("r1,x1", "r1,x2", "r2,x1", "r2,x2")] == [1, 2, 3, 4]
    assert (first["turned[x1,r2]"], first["one"]) == (3, 5)
    assert run["d[x1]"][:, 0].tolist() == [1, 1, 3, 3, 3, 3, 5]
    assert run["y[x2]"][:, 0].tolist() == [4, 5, 8, 8, 8, 8, 8]


def test_other_numbers_in_the_file_are_another_model(tmp_path, write):
    (tmp_path / "a.csv").write_text(TABLE)
    path = model(tmp_path, write, EQUATIONS[4])
    before = engine.load(path)
    (tmp_path / "a.csv").write_text(TABLE.replace("5", "6"))
    assert before.constants["one"] == 5
    assert engine.load(path).constants["one"] == 6


DATA = "Time,e,g[a],g[b]\n0,1,1,0\n2,3,:NA:,0\n3,,7,0\n"
GONE = NOT_AVAILABLE
HELD = {
    "e": [1, 1.5, 2, 2.5, 3, 3, 3],
    "e :INTERPOLATE:": [1, 1.5, 2, 2.5, 3, 3, 3],
    "e :HOLD BACKWARD:": [1, 1, 1, 1, 3, 3, 3],
    "e :LOOK FORWARD:": [1, 3, 3, 3, 3, 3, 3],
    "e :RAW:": [1, GONE, GONE, GONE, 3, GONE, GONE],
}


@pytest.mark.parametrize("equation", HELD)
def test_data_variables_take_their_numbers_from_a_table(equation, tmp_path, write, agree):
    (tmp_path / "data.csv").write_text(DATA)
    path = model(tmp_path, write, equation, "x = e * 2", "line: a, b", "g[line]")
    run = agree(engine.load(path, data=tmp_path / "data.csv"))
    np.testing.assert_allclose(run["e"][:, 0], HELD[equation])
    np.testing.assert_allclose(run["g[a]"][:, 0], [1, 2, 3, 4, 5, 6, 7])


# At 0, 2 and 3 `part` is 2, 9, 6 in a and 1, 3, 3 in b; `whole` is 1, 3, 2; `share` 2, 3, 3.
PARTS = "Time,part[a],part[b],whole\n0,2,1,1\n2,9,3,3\n3,6,3,2\n"
COMPUTED = {
    "x := share[a]": [2, 2.25, 2.5, 2.75, 3, 3, 3],
    "x := SUM( part[line!] ) / whole * two": [6, 6.5, 7, 7.5, 8, 8.5, 9],
    "x :HOLD BACKWARD: := share[a] + 1": [3, 3, 3, 3, 4, 4, 4],
    "x :LOOK FORWARD: := whole ^ 2": [1, 9, 9, 9, 9, 4, 4],
    "x :RAW: := whole": [1, GONE, GONE, GONE, 3, GONE, 2],
    "x := whole * Time": [0, 1.5, 3, 4.5, 6, 6, 6],
    "x := two + 1": [3] * 7,
}


@pytest.mark.quick_for("x := share[a]")
@pytest.mark.parametrize("equation", COMPUTED)
def test_an_equation_of_data_holds_at_their_times_and_is_read_between(
    equation, tmp_path, write, agree
):
    (tmp_path / "data.csv").write_text(PARTS)
    share = "share[line] := part[line] / whole"
    path = model(tmp_path, write, "line: a, b", "two = 2", "part[line]", "whole", share, equation)
    run = agree(engine.load(path, data=tmp_path / "data.csv"))
    np.testing.assert_allclose(run["x"][:, 0], COMPUTED[equation])


def test_data_may_have_exceptions(tmp_path, write):
    (tmp_path / "data.csv").write_text(PARTS)
    path = model(
        *(tmp_path, write, "line: a, b", "part[line] :EXCEPT: [b]", "part[b] = 5", "whole"),
        *("x[line] :EXCEPT: [b] := part[line] / whole", "x[b] = 7"),
    )
    run = engine.Batch().run(engine.load(path, data=tmp_path / "data.csv"))
    np.testing.assert_allclose(run["x[a]"][:, 0], COMPUTED["x := share[a]"])
    assert run["x[b]"][:, 0].tolist() == [7] * 7
    assert run["part[b]"][:, 0].tolist() == [5] * 7


def test_an_equation_of_data_with_other_times_is_refused(tmp_path, write):
    (tmp_path / "data.csv").write_text(DATA)
    path = model(tmp_path, write, "line: a, b", "e", "g[line]", "x := e + g[b]")
    with pytest.raises(InputError, match=r"Line 14: `x`, data: .*different times.*Fill the gaps"):
        engine.load(path, data=tmp_path / "data.csv")


def test_an_equation_of_data_may_stand_in_a_macro(tmp_path, write):
    """As in macros that measure a fit: what is read there is there at the times of the data."""
    (tmp_path / "data.csv").write_text(DATA)
    macro = (
        ":MACRO: SEEN(given)",
        "SEEN = IF THEN ELSE(points = :NA:, 0, points)",
        "points :RAW: := given",
        ":END OF MACRO:",
    )
    text = "\n".join(f"{e} ~~|" if "=" in e else e for e in macro) + "\n"
    path = tmp_path / "model.mdl"
    path.write_text(write("e", "x = SEEN(e)", "y = MISSING", before=text, end=3))
    with pytest.raises(BuildoutError, match="Line 14: `y` uses `missing`"):
        engine.load(path, data=tmp_path / "data.csv")
    path.write_text(write("e", "x = SEEN(e)", before=text, end=3))
    run = engine.Batch().run(engine.load(path, data=tmp_path / "data.csv"))
    assert run["x"][:, 0].tolist() == [1, 0, 0, 0, 3, 0, 0]


def test_settings_say_which_file_a_question_mark_stands_for(tmp_path, write):
    (tmp_path / "a.csv").write_text(TABLE)
    path = model(tmp_path, write, "x = GET DIRECT CONSTANTS('?numbers', ',', 'B2')")
    sketch = "\\\\\\---/// Sketch information\n///---\\\\\\\n"
    path.write_text(path.read_text() + sketch + ":L\x7f<%^E!@\n30:?numbers=a.csv\n15:0,0\n")
    assert engine.load(path).constants["x"] == 1


REFUSED = {
    "x = GET DIRECT CONSTANTS('../a.csv', ',', 'A1')": "outside the folder",
    "x = GET DIRECT CONSTANTS('/etc/passwd', ',', 'A1')": "outside the folder",
    "x = GET DIRECT CONSTANTS('link.csv', ',', 'A1')": "outside the folder",
    "x = GET DIRECT CONSTANTS('none.csv', ',', 'A1')": "No such file",
    "x = GET DIRECT CONSTANTS('a.csv', ',', 'A1')": "holds no number",
    "x = GET DIRECT CONSTANTS('a.csv', ',', 'first')": "`first` is no cell",
    "x = GET DIRECT CONSTANTS('a.csv', ',', 'B2') * 2": "beside something else",
    "x = GET DIRECT CONSTANTS('?a', ',', 'B2')": "settings do not name",
    "x = GET DIRECT CONSTANTS('a.xls', 'b', 'B2')": "before 2007",
    "x = GET DIRECT CONSTANTS('a.xlsx', 'b', 'B2')": "no workbook of Excel",
    "x := GET DIRECT DATA('a.csv', ',', 'A', 'B2')": "no series",
    "x := GET DIRECT DATA('bad.csv', ',', 'A', 'B2')": "holds `oops` at 1",
    "x :SOON: := GET DIRECT DATA('a.csv', ',', 'D', 'B2')": "`:SOON:`",
}


@pytest.mark.parametrize("equation", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_by_line_and_variable(equation, tmp_path, write):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "a.csv").write_text(TABLE)
    for name in ("a.csv", "a.xls", "a.xlsx"):
        (folder / name).write_text(TABLE)
    (folder / "bad.csv").write_text("t,v\n0,1\n1,oops\n")
    (folder / "link.csv").symlink_to(tmp_path / "a.csv")
    pytest.importorskip("openpyxl")
    with pytest.raises(BuildoutError, match=r"Line 2: `x`, `GET DIRECT") as caught:
        engine.load(model(folder, write, equation))
    assert REFUSED[equation] in str(caught.value)


def test_a_model_as_text_reads_no_files(write):
    with pytest.raises(InputError, match="Load the model from its file"):
        engine.load(write("x = GET DIRECT CONSTANTS('a.csv', ',', 'A1')"))


def test_a_table_without_a_variable_of_the_model_is_refused(tmp_path, write):
    (tmp_path / "data.csv").write_text(DATA)
    with pytest.raises(InputError, match=r"Line 2: `h`, data: .* no column `h`"):
        engine.load(model(tmp_path, write, "h"), data=tmp_path / "data.csv")
