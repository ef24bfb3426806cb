"""The table of variables is complete and as fresh as the model."""

import pytest

from buildout.inputs import places
from buildout.inputs.parameters import Parameter
from buildout.pages import variables as variables_doc
from buildout.vensim.source import read_source

SMALL = """
stage: first, second ~ ~ Steps |
****
    .Chain
****~
    From ore to magnet
|
stock[stage]= INTEG(inflow[stage], 0) ~ t ~ In store |
inflow[first]= rate ~~|
inflow[second]= 2 * rate ~ t/Year ~ What comes in |
rate= 3 ~ t/Year [0,9] ~ Speed a|b of it |
****
    .Control
****~
    Control
|
TIME STEP= 0.5 ~ Year ~ Step |
""".replace("a|b", "or size")


def page(parameters=()) -> list[str]:
    return variables_doc.variables_page(read_source(SMALL), tuple(parameters)).splitlines()


def test_the_committed_page_is_fresh():
    path = places.model_file().with_name("VARIABLES.md")
    assert path.read_text(encoding="utf-8") == variables_doc.current_page(), (
        "run `buildout generate variables`"
    )


def test_every_variable_stands_in_the_page_once():
    text = variables_doc.current_page()
    source = read_source(places.model_file().read_text(encoding="utf-8"))
    firsts = [line.split(" | ")[0].strip("| ") for line in text.splitlines() if line[:2] == "| "]
    shown = [first.strip("*").split(" (")[0].split("[")[0].strip("*") for first in firsts]
    for entry in source.variables():
        assert shown.count(entry.name) == 1, entry.name


def test_every_variable_of_the_model_has_a_unit_and_a_meaning_on_one_line():
    source = read_source(places.model_file().read_text(encoding="utf-8"))
    for entry in source.variables():
        assert entry.unit, entry.name
        assert entry.meaning, entry.name


def test_stocks_and_flows_are_marked_and_elements_keep_their_equations():
    lines = page()
    assert "| **stock[stage]** (stock) | t | In store | `INTEG(inflow[stage], 0)` |" in lines
    assert (
        "| **inflow** (flow) | t/Year | What comes in | [first]: `rate`<br>[second]: `2 * rate` |"
        in lines
    )


def test_constants_show_value_range_and_source():
    row = Parameter(
        "rate", "t/Year", 3, 1, 5, "uniform", "uncertainty", ("P001", "P002"), "B", "seen"
    )
    assert "| rate | 3 | t/Year | Speed or size of it | 1 to 5 | B P001, P002 |" in page([row])
    assert "| rate | 3 | t/Year | Speed or size of it |  |  |" in page()


@pytest.mark.parametrize("values", ["1,2,3", "1,2,3,4,5,6,7,8,9,10"])
def test_long_tables_show_their_span_only(values):
    text = f"****\n.Chain\n****~\nx\n|\nmany[stage]= {values} ~ t ~ Many |"
    (line,) = [
        line
        for line in variables_doc.variables_page(read_source(text), ()).splitlines()
        if line.startswith("| many")
    ]
    assert ("1 to 10, by element" in line) == (len(values) > 10)
