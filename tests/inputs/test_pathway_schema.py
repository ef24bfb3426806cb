"""The JSON Schema of pathway files: it takes what the reader takes, and refuses what it refuses."""

import json
import random
import re
import tomllib

import pytest
from jsonschema import Draft7Validator

from buildout.errors import BuildoutError
from buildout.inputs import places
from buildout.inputs.pathway import pathway
from buildout.inputs.pathway_schema import SCHEMA_NAME, pathway_schema
from buildout.inputs.pathway_text import pathway_text
from buildout.inputs.settings import Setting
from buildout.inputs.validation import check_values

PACKAGED = sorted(places.pathways_folder().glob("*.toml"))


@pytest.fixture(scope="module")
def schema():
    return json.loads((places.pathways_folder() / SCHEMA_NAME).read_text())


@pytest.fixture(scope="module")
def validator(schema):
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def taken(folder, text, model):
    """Whether the reader takes a file, with what it sets."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    try:
        check_values(model, pathway(path).settings)
    except BuildoutError:
        return False
    return True


def test_the_schema_that_is_shipped_is_that_of_the_model(schema, model):
    assert schema == json.loads(json.dumps(pathway_schema(model)))


def test_editors_find_all_parts_and_what_each_lever_is(schema, model):
    # Taplo reads a reference as an address, in which a blank would stand escaped.
    for part in re.findall(r'"#/definitions/([^"]+)"', json.dumps(schema)):
        assert re.fullmatch(r"\w+", part)
        assert part in schema["definitions"]
    levers = schema["properties"]["set"]["items"]["properties"]["levers"]["properties"]
    assert [lever.name for lever in model.levers] == list(levers)
    told = levers["floor price[NdPr]"]["description"]
    assert told.startswith("USD/kg: ")
    assert " to " in told


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: path.stem)
def test_every_file_that_comes_with_buildout_is_taken(path, validator):
    assert not list(validator.iter_errors(tomllib.loads(path.read_text())))


SET = "[[set]]\n"
GOOD = (
    "",
    "title = 'x'\ndescription = 'y'\nextends = 'status-quo'\nshared = true",
    "extends = ['status-quo', 'truce-lapses']",
    "initial_time = 2018\nfinal_time = 2025.0",
    SET + "lever = 'rule regime'\nvalue = 'B'",
    SET + "lever = ['Rule Regime']\nvalue = ' C '",
    SET + "lever = ['contract end[*]', 'contract_start']\nvalue = 2030\nunit = 'year'",
    SET + "lever = 'tariff on Chinese magnets level[Allies]'\nvalue = 0\nsource = 'judgement'",
    SET + "note = 'n'\n[set.levers]\n'contract cover level[ us ,*]' = 0.5\n'rule regime' = 'A'",
    SET + "levers = {'contract cover level[US, decision line]' = 0.5}",
)
BROKEN = (
    "titel = 'x'",
    "title = 3",
    f"title = '{'x' * 301}'",
    "extends = 3",
    "extends = ['a', 1]",
    "shared = 'yes'",
    "initial_time = '2018'",
    "final_time = 2e6",
    "[set]\nlever = 'contract end'\nvalue = 2030",
    "set = [1]",
    SET + "lever = 'contract end'",
    SET + "value = 3",
    SET + "lever = []\nvalue = 3",
    SET + "lever = 'contract ende'\nvalue = 2030",
    SET + "lever = 'effective capacity'\nvalue = 1",
    SET + "lever = 'time step'\nvalue = 1",
    SET + "lever = 'contract end[US]'\nvalue = 2030",
    SET + "lever = 'contract end[*, *]'\nvalue = 2030",
    SET + "lever = 'contract end[m*]'\nvalue = 2030",
    SET + "lever = 'contract * level'\nvalue = 0.5",
    SET + "lever = 'contract end'\nvalue = '2030'",
    SET + "lever = 'contract end'\nvalue = true",
    SET + "lever = 'contract end'\nvalue = 'B'",
    SET + "lever = ['rule regime', 'contract end']\nvalue = 'B'",
    SET + "lever = 'contract end'\nvalue = 2030\nsource = ['S01']",
    SET + "lever = 'contract end'\nvalue = 2030\nsauce = 'S01'",
    SET + "levers = {}",
    SET + "levers = ['contract end']",
    SET + "levers = {'contract end' = 2030}\nvalue = 2030",
    SET + "lever = 'contract end'\nlevers = {'contract end' = 2030}",
    SET + "[set.levers]\n'contract end' = 2030\nnote = 'x'",
    SET + "[set.levers]\n'contract end' = 'B'",
)


@pytest.mark.parametrize("text", GOOD)
def test_what_the_reader_takes_is_taken(text, validator, model, tmp_path):
    assert taken(tmp_path, text, model)
    assert validator.is_valid(tomllib.loads(text))


@pytest.mark.parametrize("text", BROKEN)
def test_what_the_schema_refuses_the_reader_refuses_too(text, validator, model, tmp_path):
    assert not validator.is_valid(tomllib.loads(text))
    assert not taken(tmp_path, text, model)


def test_a_pathway_that_the_program_writes_is_taken(validator):
    settings = [Setting("rule regime", 2.0), Setting("contract end[*]", 2030.0, note="n")]
    assert validator.is_valid(tomllib.loads(pathway_text("x", "y", ["status-quo"], settings)))


def changed(name, chance):
    """A name as somebody could write it, rightly or wrongly."""
    at = chance.randrange(len(name))
    ways = (
        name.upper(),
        name.replace(" ", "_").replace(",", " ,  "),
        f' "{name}"_',
        name.replace(" ", "-"),
        re.sub(r"\[[^,\]]*", "[*", name),
        name[:at] + name[at + 1 :],
        name[:at] + chance.choice('-_*[]"(x ,') + name[at:],
        name.partition("[")[0],
    )
    return chance.choice(ways)


@pytest.mark.slow
def test_schema_and_reader_agree_on_names_in_any_spelling(schema, model):
    names = Draft7Validator({**schema["definitions"]["name"], "definitions": schema["definitions"]})
    chance = random.Random(7)
    settable = [v for v in model.variables.values() if v.kind == "constant"]
    known = [model.spelled(scalar) for v in settable for scalar in v.members.values()]
    verdicts = []
    for _ in range(150):
        name = changed(chance.choice(known), chance)
        try:
            takes = bool(model.scalars(name))
        except BuildoutError:
            takes = False
        assert names.is_valid(name) == takes, name
        verdicts.append(takes)
    assert {True, False} == set(verdicts)
