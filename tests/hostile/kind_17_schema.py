"""Broken pathway files: the JSON Schema refuses what the reader refuses, or it is said why not."""

import functools
import json
import tomllib

from hostile_rows import Row
from jsonschema import Draft7Validator

from buildout.errors import BuildoutError
from buildout.inputs import places
from buildout.inputs.model import load_model
from buildout.inputs.pathway import pathway
from buildout.inputs.pathway_schema import SCHEMA_NAME
from buildout.inputs.validation import check_values

SET = "[[set]]\n"
ONE = SET + "lever = 'contract end'\nvalue = 2030\n"


@functools.cache
def _validator():
    return Draft7Validator(json.loads((places.pathways_folder() / SCHEMA_NAME).read_text()))


def _both(text):
    """What the schema says of a file, and what the reader."""

    def call(folder):
        path = folder / "mine.toml"
        path.write_text(text, encoding="utf-8")
        by_schema = _validator().is_valid(tomllib.loads(text))
        try:
            check_values(load_model(), pathway(path).settings)
        except BuildoutError as told:
            return f"schema {'takes' if by_schema else 'refuses'}, reader refuses: {told}"
        return f"schema {'takes' if by_schema else 'refuses'}, reader takes"

    return call


# Refused by both; what the reader says of it.
BOTH = {
    "a key of the whole misspelt": ("titel = 'x'", "titel"),
    "a key of the whole in capitals": ("Title = 'x'", "Title"),
    "a title that is a number": ("title = 3", "title"),
    "a title that is a list": ("title = ['x']", "title"),
    "a title that is a date": ("title = 2030-01-01", "title"),
    "a title without end": (f"title = '{'x' * 301}'", "title"),
    "a description that is a table": ("[description]\na = 1", "description"),
    "a description that is true": ("description = true", "description"),
    "extends a number": ("extends = 3", "extends"),
    "extends a table": ("[extends]\na = 1", "extends"),
    "extends numbers": ("extends = ['status-quo', 1]", "extends"),
    "shared as a text": ("shared = 'yes'", "shared"),
    "shared as a number": ("shared = 1", "shared"),
    "a start as a text": ("initial_time = '2018'", "initial_time"),
    "a start as a list": ("initial_time = [2018]", "initial_time"),
    "a start that is true": ("initial_time = true", "initial_time"),
    "an end beyond all years": ("final_time = 2e6", "final_time"),
    "an end as a date": ("final_time = 2030-01-01", "final_time"),
    "set as a table": ("[set]\nlever = 'contract end'\nvalue = 2030", "set"),
    "set as a number": ("set = 1", "set"),
    "set of numbers": ("set = [1]", "set"),
    "set of lists": ("set = [[]]", "set"),
    "a setting of nothing": (SET, "lever"),
    "a setting without value": (SET + "lever = 'contract end'", "value"),
    "a setting without lever": (SET + "value = 3", "lever"),
    "a lever that is a number": (SET + "lever = 3\nvalue = 3", "lever"),
    "a lever that is empty": (SET + "lever = ''\nvalue = 3", "lever"),
    "levers that are none": (SET + "lever = []\nvalue = 3", "lever"),
    "levers that are numbers": (SET + "lever = [1]\nvalue = 3", "lever"),
    "a lever misspelt": (SET + "lever = 'contract ende'\nvalue = 2030", "contract end"),
    "a lever that the model computes": (
        SET + "lever = 'effective capacity'\nvalue = 1",
        "effective capacity",
    ),
    "a lever that is the step": (SET + "lever = 'time step'\nvalue = 1", "time step"),
    "an element that it does not have": (
        SET + "lever = 'contract end[US]'\nvalue = 2030",
        "contract end",
    ),
    "an element misspelt": (SET + "lever = 'floor price[NdPd]'\nvalue = 30", "NdPd"),
    "too many elements": (SET + "lever = 'contract end[*, *]'\nvalue = 2030", "contract end"),
    "a star within an element": (SET + "lever = 'contract end[m*]'\nvalue = 2030", "contract end"),
    "a star within a name": (SET + "lever = 'contract * level'\nvalue = 0.5", "contract"),
    "a bracket left open": (SET + "lever = 'contract end[US'\nvalue = 2030", "contract end"),
    "a value as a text": (SET + "lever = 'contract end'\nvalue = '2030'", "2030"),
    "a value that is true": (SET + "lever = 'contract end'\nvalue = true", "true or false"),
    "a value as a list": (SET + "lever = 'contract end'\nvalue = [2030]", "value"),
    "a value as a table": (SET + "lever = 'contract end'\n[set.value]\na = 1", "value"),
    "a value as a date": (SET + "lever = 'contract end'\nvalue = 2030-01-01", "value"),
    "a regime for a date": (SET + "lever = 'contract end'\nvalue = 'B'", "contract end"),
    "a regime that there is not": (SET + "lever = 'rule regime'\nvalue = 'Z'", "rule regime"),
    "a regime for another lever too": (
        SET + "lever = ['rule regime', 'contract end']\nvalue = 'B'",
        "contract end",
    ),
    "a source as a list": (ONE + "source = ['S01']", "source"),
    "a note as a number": (ONE + "note = 7", "note"),
    "a unit as a number": (ONE + "unit = 7", "unit"),
    "a key of a setting misspelt": (ONE + "sauce = 'S01'", "sauce"),
    "levers without any": (SET + "levers = {}", "levers"),
    "levers as a list": (SET + "levers = ['contract end']", "levers"),
    "levers and a value": (SET + "levers = {'contract end' = 2030}\nvalue = 2030", "value"),
    "levers and a lever": (
        SET + "lever = 'contract end'\nlevers = {'contract end' = 2030}",
        "lever",
    ),
    "a note among levers": (SET + "[set.levers]\n'contract end' = 2030\nnote = 'x'", "note"),
    "a regime among levers for a date": (
        SET + "[set.levers]\n'contract end' = 'B'",
        "contract end",
    ),
    "a list among levers": (SET + "[set.levers]\n'contract end' = [2030]", "contract end"),
}
# A schema sees one file, without the others, the table of constants and what stands beside.
READER = {
    "extends what there is not: the schema sees no other file": (
        "extends = 'status-qo'",
        "status-quo",
    ),
    "extends itself: the schema sees no other file": ("extends = 'mine.toml'", "extends"),
    "a value beyond its range: ranges are no part of the schema": (
        SET + "lever = 'grant share level'\nvalue = 99",
        "range|accepted",
    ),
    "a share of a switch: ranges are no part of the schema": (
        SET + "lever = 'rule regime'\nvalue = 1.5",
        "rule regime",
    ),
    "a lever twice: a schema compares no two settings": (ONE + ONE, "twice|two"),
    "a lever in two spellings: a schema compares no two": (
        ONE + SET + "lever = 'Contract_End'\nvalue = 2031",
        "twice|two",
    ),
    "another unit: units are in the model": (ONE + "unit = 'USD'", "the model has it in"),
    "a value that is not finite: JSON has no such number": (
        SET + "lever = 'contract end'\nvalue = nan",
        "finite",
    ),
    "a control character: the schema does not read letters": (
        'title = "a\\u001bb"',
        "title|control",
    ),
}

ROWS = [
    *(
        Row(
            f"schema and reader: {what}",
            call=_both(text),
            code=0,
            says=f"schema refuses, reader refuses: .*(?i:{says})",
            world="project",
        )
        for what, (text, says) in BOTH.items()
    ),
    *(
        Row(
            f"the reader alone: {what}",
            call=_both(text),
            code=0,
            says=f"schema takes, reader refuses: .*(?i:{says})",
            world="project",
        )
        for what, (text, says) in READER.items()
    ),
]
