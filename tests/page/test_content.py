"""What the page holds is the model's, and gives with its draws what the command line gives."""

import base64
import json

import numpy as np
import pytest

import buildout as bo
from buildout.errors import InputError, UnknownNameError
from buildout.inputs.pathway import Pathway, pathway_names
from buildout.inputs.regimes import REGIMES
from buildout.outcomes.chances import MIDDLE, MOST_TIMES
from buildout.outcomes.deadline import CAUSES_WITH_A_LINE, CLASS_LINES, CONSTRAINTS, MAGNET_LINES
from buildout.outcomes.odds import value_quantiles
from buildout.outcomes.rule import RULE_DATE
from buildout.page.content import (
    asked_of_page,
    content_of,
    kernel_outputs,
    kernel_parameters,
)
from buildout.vensim.engine import Batch

OWN = """
title = "Mine: <b>bold</b> & more"
extends = ["mobilization"]
[[set]]
lever = "added allied access"
value = 0.7
source = "judgement"
note = "as I see it"
"""


@pytest.fixture(scope="module")
def content(still):
    return content_of(asked_of_page(), report="report.html")


@pytest.fixture(scope="module")
def still():
    """No run for each control: `test_controls` looks at what they move."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "buildout.page.content.idle_controls", lambda _, pathways, __: [{} for _ in pathways]
        )
        yield


def named_scalars(content):
    """Scalar ids that the page reads or sets, from wherever they stand in it."""
    verdict = content["verdict"]
    for kind in verdict["classes"]:
        yield from (kind["coverage"], kind["shortfall"], *kind["causes"].values())
    for constraints in verdict["missing"].values():
        yield from constraints.values()
    yield from verdict["self_sufficiency"].values()
    for view in content["views"]:
        for series in view["series"]:
            yield from series["scalars"]


def test_every_scalar_exists_and_the_kernel_is_asked_for_it(content, model):
    outputs = set(named_scalars(content))
    assert outputs <= set(kernel_outputs(model)) <= set(model.system.owners)
    needed = set(content["draws"]["scalars"])
    for pathway in content["pathways"]:
        needed |= set(pathway["values"])
    for control in content["controls"]:
        needed |= {*control["scalars"], *control["also"], *control["default"]}
    varied = set(kernel_parameters(model, asked_of_page(model=model)))
    assert needed <= varied <= set(model.constants)


def test_the_kernel_serves_what_a_pathway_of_ones_own_may_set(model):
    varied = set(kernel_parameters(model, asked_of_page(model=model)))
    assert {"floor_price[NdPr]", "training_end", "switch_ramp"} <= varied
    for row in bo.levers():
        assert set(model.scalars(row["lever"])) <= varied


def test_it_is_plain_json_with_all_packaged_pathways(content):
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert [pathway["name"] for pathway in content["pathways"]] == pathway_names()
    assert content["first"] == "status-quo"
    assert not any(pathway["on_top"] for pathway in content["pathways"])
    assert all(pathway["extends"] == pathway["name"] for pathway in content["pathways"])
    known = set(content["sources"])
    for control in content["controls"]:
        assert set(control["sources"]) <= known
        assert control["low"] < control["high"]
    assert {c["group"] for c in content["controls"]} == {g["id"] for g in content["groups"]}


def test_values_and_reasons_of_a_pathway_are_those_of_its_file(content, model):
    [shown] = [p for p in content["pathways"] if p["name"] == "mobilization"]
    rows = {row["lever"]: row for row in bo.values_in_force("mobilization")}
    assert shown["values"]["surge_total"] == rows["surge total"]["value"] == 500_000
    assert shown["why"]["surge_total"]["note"] == rows["surge total"]["note"]
    assert shown["text"] == " ".join(bo.pathway("mobilization").description.split())


@pytest.mark.slow
def test_a_sign_tells_pathways_of_one_name_apart(still, content):
    [here] = [p["sign"] for p in content["pathways"] if p["name"] == "hybrid"]
    [again] = [p["sign"] for p in content_of(asked_of_page())["pathways"] if p["name"] == "hybrid"]
    asked = asked_of_page("hybrid", settings={"requalification share": 0.25})
    moved = content_of(asked)["pathways"][0]
    assert here == again != moved["sign"]


def test_the_verdict_is_configured_by_the_outcomes_alone(content):
    verdict = content["verdict"]
    assert verdict["rule_date"] == RULE_DATE
    assert {kind["name"]: tuple(kind["lines"]) for kind in verdict["classes"]} == CLASS_LINES
    assert tuple(verdict["magnet_lines"]) == MAGNET_LINES
    assert tuple(verdict["causes_with_a_line"]) == CAUSES_WITH_A_LINE
    assert verdict["constraints"] == CONSTRAINTS
    assert (tuple(verdict["middle"]), verdict["most_times"]) == (MIDDLE, MOST_TIMES)
    assert set(verdict["missing"]) == {line for lines in CLASS_LINES.values() for line in lines}
    assert set(map(float, verdict["rule"]["readings"])) == set(REGIMES.values())


@pytest.mark.slow
def test_defaults_below_draw_below_pathway_give_the_odds_of_the_command_line(content, model):
    draws = content["draws"]
    values = np.frombuffer(base64.b64decode(draws["values"]), "<f8")
    columns = dict(zip(draws["scalars"], values.reshape(draws["size"], -1).T, strict=True))
    # A pathway that settles what the draws move, and one more setting, as a reader makes it.
    name, moved = "truce-like", {"requalification share": 0.25}
    pathway = Pathway(name, settings=bo.pathway("status-quo").settings)
    own = content_of(asked_of_page(pathway, settings=moved))["pathways"][0]["values"]
    scalar = content["verdict"]["classes"][2]["coverage"]
    run = Batch().run(model.system, columns | own, outputs=[scalar])
    coverage = run[scalar][run.times.tolist().index(RULE_DATE)]
    odds = bo.odds(
        bo.simulate(pathway, settings=moved), draws=draws["size"], seed=draws["seed"]
    ).sel(pathway=name, magnet_class="SmCo")
    for point, value in value_quantiles(coverage).items():
        assert float(odds[f"coverage_2027_{point}"]) == pytest.approx(value, rel=1e-12)
    assert draws["band"] == [0.05, 0.5, 0.95]
    assert values.reshape(draws["size"], -1).shape[1] == len(set(draws["scalars"]))


def test_only_what_nobody_chooses_is_drawn(content, model):
    kinds = {model.parameters[scalar].kind for scalar in content["draws"]["scalars"]}
    assert kinds <= {"uncertainty", "initial", "luck"}


def test_an_own_pathway_comes_first_and_says_how_its_file_is_extended(still, tmp_path):
    (tmp_path / "mine.toml").write_text(OWN, encoding="utf-8")
    content = content_of(asked_of_page([tmp_path / "mine.toml"], settings={"rule regime": "B"}))
    [mine, second, *_] = content["pathways"]
    assert content["first"] == mine["name"] == "mine"
    assert second["name"] == "status-quo"
    assert mine["title"] == "Mine: <b>bold</b> & more"
    assert (mine["extends"], mine["file"]) == ("mine.toml", "mine.toml")
    assert mine["on_top"] == second["on_top"] == {"rule regime": 2.0}
    assert mine["values"]["added_allied_access"] == 0.7
    assert mine["why"]["added_allied_access"] == {"source": "judgement", "note": "as I see it"}


def test_a_pathway_in_memory_extends_what_it_contains(still):
    changed = bo.pathway("hybrid").with_settings({"added allied access": 0.5})
    other = Pathway("nobody-knows", settings=changed.settings[-1:])
    [one, two] = content_of(asked_of_page([changed, other]))["pathways"][:2]
    assert (one["extends"], one["on_top"]) == ("hybrid", {"added allied access": 0.5})
    assert (two["extends"], two["on_top"]) == (None, {"added allied access": 0.5})


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ("mobilisation", UnknownNameError, "Nearest: `mobilization`"),
        ("hindcast-2018", InputError, "starts in 2018.*own start, 2025"),
        (Pathway("short", final_time=2035.0), InputError, "ends in 2035.*own end, 2045"),
    ],
)
def test_what_has_no_place_on_the_page_is_refused(asked, error, told):
    with pytest.raises(error, match=told):
        asked_of_page(asked)
