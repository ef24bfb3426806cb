"""Every sector has a view that shows all its variables, causes and flows, and stays legible."""

import re
from collections import Counter
from functools import cache
from itertools import combinations

import pysd
import pytest
from pysd.translators.vensim.vensim_file import VensimFile

from buildout._util import names
from buildout.errors import UnsupportedError
from buildout.figures import sector_views as pictures
from buildout.inputs import places
from buildout.vensim import sketch
from buildout.vensim.sketch.diagram import CONTROL_KEYS
from buildout.vensim.source import read_source, split_sketch

SMALL = """{UTF-8}
region: US, Allies ~ ~ Where |
********************************************************
	.Chain
********************************************************~
		From order to plant
	|
order[region]= wanted[region] / time to order ~ t/Year ~ a |
building[region]= INTEG(order[region] - finishing[region], in hand) ~ t ~ b |
finishing[region]= building[region] / time to build ~ t/Year ~ c |
plants[region]= INTEG(finishing[region] - plants[region] / plant life, 0) ~ t ~ d |
time to order= 1 ~ Year ~ e |
time to build= 3 ~ Year ~ f |
plant life= 20 ~ Year ~ g |
in hand= 5 ~ t ~ h |
orders so far= INTEG(SUM(order[region!]), 0) ~ t ~ i |
********************************************************
	.Market
********************************************************~
		What is wanted
	|
wanted[region]= growth * (Time - INITIAL TIME) * response(SUM(plants[region!]) / size) ~ t ~ j |
growth= 1 ~ t/Year ~ k |
size= 100 ~ t ~ l |
unused= 2 ~ t ~ m |
response((0,1),(10,0)) ~ Dmnl ~ n |
********************************************************
	.Control
********************************************************~
		Simulation Control Parameters
	|
FINAL TIME= 10 ~ Year ~ o |
INITIAL TIME= 0 ~ Year ~ p |
SAVEPER= 1 ~ Year ~ q |
TIME STEP= 0.5 ~ Year ~ r |
"""


@cache
def drawn_small() -> str:
    return sketch.draw_views(SMALL)


def small_view(name: str) -> sketch.View:
    return next(view for view in sketch.read_views(drawn_small()) if view.name == name)


@cache
def model_text() -> str:
    return places.model_file().read_text(encoding="utf-8")


@cache
def model_views() -> list[sketch.View]:
    return sketch.read_views(model_text())


def joined(view: sketch.View) -> set[tuple[str, str]]:
    """Cause and effect of every arrow; the end of a flow's arrow is its valve or its name."""

    def key(number: int) -> str:
        shape = view.shapes[number]
        if shape.kind == "valve" and shape.attached:
            shape = view.shapes[number + 1]
        return names.key(shape.name)

    return {(key(a.tail), key(a.head)) for a in view.arrows if not a.pipe}


# The project's model


def test_every_sector_has_a_view_in_the_order_of_the_file():
    source = read_source(model_text())
    sectors = [group.name for group in source.groups if source.variables(group.name)]
    assert [view.name for view in model_views()] == sectors


@pytest.mark.slow
def test_every_variable_stands_in_exactly_one_view_as_pysd_reads_them():
    file = VensimFile(places.model_file())
    file.parse(parse_all=False)
    file.parse_sketch(None)
    read = file.sections[0].views_dict
    found = Counter(names.key(name) for view in read.values() for name in view)
    source = read_source(model_text())
    assert found == Counter(entry.key for entry in source.variables())


def test_the_views_show_what_the_equations_say():
    assert sketch.stale_views(model_text()) == [], "run `python -m buildout.sketch`"


def named_at(view, number):
    """A shape's name; that of a valve stands beside it."""
    shape = view.shapes[number]
    valve = shape.kind == "valve" and shape.attached
    return names.key(view.shapes[number + 1].name if valve else shape.name)


def test_arrows_and_pipes_are_the_inputs_that_the_engine_finds(model):
    causes: dict[str, set[str]] = {}
    for view in model_views():
        for cause, effect in joined(view):
            causes.setdefault(effect, set()).add(cause)
        # A nameless valve stands for terms of its stock's equation.
        for arrow in (a for a in view.arrows if a.pipe and view.shapes[a.head].kind == "stock"):
            valve = view.shapes[arrow.tail]
            stock = causes.setdefault(names.key(view.shapes[arrow.head].name), set())
            if valve.attached:
                stock.add(named_at(view, arrow.tail))
            else:
                into = {a.tail for a in view.arrows if a.head == valve.number}
                stock |= {named_at(view, number) for number in into}
    for variable in model.system.variables.values():
        # The clock is left out of the views; a stock's own level needs no arrow.
        found = causes.get(variable.key, set()) - {variable.key}
        wanted = set(model.system.inputs_of(variable.key)) - {*CONTROL_KEYS, variable.key}
        assert found - {"time"} == wanted - {"time"}, variable.name


def test_stocks_are_boxes_and_all_that_fills_or_drains_them_are_valves_on_pipes(model):
    boxes = {
        names.key(shape.name)
        for view in model_views()
        for shape in view.shapes.values()
        if shape.kind == "stock"
    }
    assert boxes == {v.key for v in model.system.variables.values() if v.kind == "stock"}
    for view in model_views():
        piped = {arrow.head for arrow in view.arrows if arrow.pipe}
        for shape in view.shapes.values():
            if shape.kind in ("stock", "cloud"):
                assert shape.number in piped, f"{view.name}: {shape}"


def test_names_do_not_overlap():
    for view in model_views():
        shown = [s for s in view.shapes.values() if s.kind not in ("valve", "cloud", "comment")]
        for one, other in combinations(shown, 2):
            apart_x = abs(one.x - other.x) >= one.width + other.width - 8
            apart_y = abs(one.y - other.y) >= one.height + other.height - 4
            assert apart_x or apart_y, f"{view.name}: {one.name} on {other.name}"


def test_every_view_has_a_picture_that_shows_all_its_names():
    folder = places.model_file().parent / "views"
    wanted = {f"{pictures.file_name(view)}.svg" for view in model_views()}
    assert {path.name for path in folder.glob("*.svg")} == wanted
    for view in model_views():
        text = (folder / f"{pictures.file_name(view)}.svg").read_text(encoding="utf-8")
        shown = " ".join(re.findall(r">([^<>]+)</t(?:ext|span)>", text))
        for shape in view.shapes.values():
            assert shape.name.strip('"') in shown or shape.kind == "shadow", shape.name


# How views are made, on a small model


def test_the_text_reader_agrees_with_the_engine(model):
    source = read_source(model_text())
    variables = model.system.variables
    assert {e.key for e in source.entries.values() if e.kind != "range"} == {
        *variables,
        *CONTROL_KEYS,
    }
    for key, variable in variables.items():
        entry = source.entries[key]
        assert (entry.name, entry.unit) == (variable.name, variable.unit)
        assert entry.kind == variable.kind, key


@pytest.mark.slow
def test_a_view_shows_chains_of_stocks_with_their_flows_between():
    view = small_view("Chain")
    kinds = {s.name: s.kind for s in view.shapes.values() if s.kind != "shadow"}
    assert kinds["building"] == kinds["plants"] == kinds["orders so far"] == "stock"
    assert kinds["order"] == kinds["finishing"] == "flow"
    assert kinds["time to build"] == "constant"
    assert sorted(view.variables(shadows=True)) == ["order", "wanted"]
    place = {shape.name: (shape.x, shape.y) for shape in view.shapes.values()}
    assert place["building"][1] == place["plants"][1]
    assert place["building"][0] < place["finishing"][0] < place["plants"][0]
    # Outflow of plants without a name, source of orders, shadow of orders: three clouds.
    assert Counter(shape.kind for shape in view.shapes.values())["cloud"] == 3


@pytest.mark.slow
def test_a_view_joins_every_cause_to_its_effect():
    view = small_view("Chain")
    assert joined(view) == {
        ("wanted", "order"),
        ("time_to_order", "order"),
        ("building", "finishing"),
        ("time_to_build", "finishing"),
        ("in_hand", "building"),
        ("plants", ""),  # the outflow without a name
        ("plant_life", ""),
    }
    causes = {cause for cause, effect in joined(small_view("Market")) if effect == "wanted"}
    assert causes == {"growth", "time", "response", "plants", "size"}


def test_a_variable_that_nothing_uses_is_shown_all_the_same():
    assert "unused" in small_view("Market").variables(shadows=False)


@pytest.mark.slow
def test_drawing_again_changes_nothing_and_keeps_equations_and_settings():
    again = sketch.draw_views(drawn_small())
    assert again == drawn_small()
    assert split_sketch(again)[0].rstrip() == SMALL.rstrip()
    own = drawn_small().replace("9:Current", "9:My run")
    assert sketch.draw_views(own) == own


def test_a_view_is_stale_when_an_equation_changes_and_fresh_when_a_number_does():
    assert sketch.stale_views(drawn_small()) == []
    assert sketch.stale_views(drawn_small().replace("growth= 1", "growth= 2")) == []
    renamed = drawn_small().replace("= building[region] / time to build", "= order[region]")
    assert sketch.stale_views(renamed) == ["Chain"]
    assert sketch.stale_views(SMALL) == ["Chain", "Market"]
    assert sketch.stale_views(drawn_small().replace("\t.Market\n", "\t.Trade\n")) == [
        "Trade",
        "Market",
    ]


def test_pysd_splits_a_model_by_its_views(tmp_path):
    path = tmp_path / "small.mdl"
    path.write_text(drawn_small(), encoding="utf-8")
    pysd.read_vensim(path, split_views=True)
    modules = {p.stem: p.read_text(encoding="utf-8") for p in tmp_path.glob("modules_small/*.py")}
    assert {"chain", "market"} <= set(modules)
    assert "def finishing()" in modules["chain"]
    assert "def wanted()" in modules["market"]


def many_flows(count: int) -> str:
    flows = "".join(f"flow {n}= 1 ~ t/Year ~ x |\n" for n in range(count))
    net = " + ".join(f"flow {n}" for n in range(count))
    return f"****\n.Star\n****~\nx\n|\nstore= INTEG({net}, 0) ~ t ~ x |\n{flows}"


def test_a_stock_with_eight_flows_has_them_all_around_it():
    (view,) = sketch.read_views(sketch.draw_views(many_flows(8)))
    assert sum(arrow.pipe == "in" for arrow in view.arrows) == 8
    assert len({arrow.at for arrow in view.arrows if arrow.pipe == "in"}) == 8


def test_a_stock_with_too_many_flows_is_refused_by_name():
    with pytest.raises(UnsupportedError, match=r"no room for the flow `flow_\d+`"):
        sketch.draw_views(many_flows(20))


def test_a_broken_sketch_is_refused_with_its_line():
    broken = drawn_small().replace("*Chain\n", "*Chain\n10,9,lost,here\n")
    with pytest.raises(UnsupportedError, match="Cannot read the line `10,9,lost,here` of the view"):
        sketch.read_views(broken)


def test_pictures_are_the_same_on_every_run():
    first, second = (pictures.view_pictures(drawn_small()) for _ in range(2))
    assert list(first) == ["chain.svg", "market.svg"]
    assert first == second
