"""A JSON Schema of pathway files, so that an editor completes names and marks what is wrong.

It refuses nothing that the reader takes: names in any spelling, all forms of `[[set]]`. What a
schema cannot say, such as units, ranges, dates and what stands twice, stands in the descriptions
or is left to the reader.
"""

import json
from collections.abc import Iterable
from typing import Any

from buildout._util import names
from buildout.inputs.model import Lever, Model
from buildout.inputs.pathway_fields import LONGEST_TEXT, LONGEST_TITLE
from buildout.inputs.pathway_files import LATEST_YEAR, LONGEST_PATH
from buildout.inputs.pathway_sets import MOST_SETTINGS_OF_A_FILE
from buildout.inputs.regimes import REGIME_LEVER, REGIMES

SCHEMA_NAME = "pathway.schema.json"
#: What editors know best.
DIALECT = "http://json-schema.org/draft-07/schema#"

# No sign is escaped that need not be: editors read patterns strictly.
_BLANKS = r'[\s_"-]'
_BEFORE, _BETWEEN, _AFTER = rf'\s*(?:[_"]{_BLANKS}*)?', f"{_BLANKS}+", f"{_BLANKS}*"
_NAME, _LETTER_TOO = ({"$ref": f"#/definitions/{part}"} for part in ("name", "value"))
_NUMBER = {"type": "number"}
_LETTER = {"type": "string", "pattern": rf"^\s*[{''.join(REGIMES)}]\s*$"}
_REASON = {
    "unit": "The unit of the value, checked against the model's.",
    "source": 'Source ids of calibration/sources.csv, several with ";", or "judgement".',
    "note": "Why this value, and the range in which it lies.",
}


def pathway_schema_text(model: Model) -> str:
    """The schema as the text of a file."""
    return json.dumps(pathway_schema(model), indent=1, ensure_ascii=True) + "\n"


def pathway_schema(model: Model) -> dict[str, Any]:
    """What a pathway file may say, with each lever's unit, range, default and meaning.

    Parameters
    ----------
    model : Model
        Whose constants can be set.

    Returns
    -------
    dict
        A JSON Schema.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> sorted(pathway_schema(load_model())["properties"])[:2]
    ['description', 'extends']
    """
    path = {"type": "string", "maxLength": LONGEST_PATH}
    year = {"type": "number", "exclusiveMinimum": -LATEST_YEAR, "exclusiveMaximum": LATEST_YEAR}
    return {
        "$schema": DIALECT,
        "title": "A pathway of buildout",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "title": _text("Shown in legends and tables.", LONGEST_TITLE),
            "description": _text("What the pathway is, in a few sentences."),
            "extends": {
                "description": "Pathways whose settings come first: names or files.",
                "anyOf": [path, {"type": "array", "items": path}],
            },
            "shared": {"type": "boolean", "description": "A part that only others extend."},
            "initial_time": {**year, "description": "When runs begin, if not with the model."},
            "final_time": {**year, "description": "When runs end, if not with the model."},
            "set": {
                "description": "Settings; what has one unit, source and note stands together.",
                "type": "array",
                "maxItems": MOST_SETTINGS_OF_A_FILE,
                "items": _set(model),
            },
        },
        "definitions": {
            "name": {
                "type": "string",
                "anyOf": [
                    {"enum": [lever.name for lever in model.levers]},
                    *({"pattern": pattern} for pattern in _patterns(model)),
                ],
            },
            "value": {"anyOf": [_NUMBER, _LETTER]},
        },
    }


def _text(description: str, longest: int = LONGEST_TEXT) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, "description": description}


def _set(model: Model) -> dict[str, Any]:
    """One `[[set]]`: one lever, several of one value, or a table of values."""
    regime = {"pattern": f"^{_either([REGIME_LEVER])}$"}
    only_regime = {"anyOf": [{"type": "string", **regime}, {"type": "array", "items": regime}]}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "lever": {
                "description": "A name, or names that take the same value; `*` is all elements.",
                "anyOf": [_NAME, {"type": "array", "minItems": 1, "items": _NAME}],
            },
            "value": {"description": "In the model's unit."},
            "levers": {
                "description": "Names and values; unit, source and note stand above.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": _NAME,
                "properties": {lever.name: _described(lever) for lever in model.levers},
                "patternProperties": {regime["pattern"]: _LETTER_TOO},
                "additionalProperties": _NUMBER,
            },
            **{key: _text(description) for key, description in _REASON.items()},
        },
        "oneOf": [
            {"required": ["lever", "value"], "not": {"required": ["levers"]}},
            {
                "required": ["levers"],
                "not": {"anyOf": [{"required": ["lever"]}, {"required": ["value"]}]},
            },
        ],
        "if": {"required": ["lever"], "properties": {"lever": only_regime}},
        "then": {"properties": {"value": _LETTER_TOO}},
        "else": {"properties": {"value": _NUMBER}},
    }


def _described(lever: Lever) -> dict[str, Any]:
    span = f"{lever.low:g} to {lever.high:g}"
    text = f"{lever.unit}: {span}, {lever.default:g} where no pathway sets it. {lever.meaning}"
    is_regime = names.key(lever.name) == names.key(REGIME_LEVER)
    return {"description": text} if is_regime else {**_NUMBER, "description": text}


def _patterns(model: Model) -> list[str]:
    """Names of all constants in every spelling, one pattern for those of the same subscripts."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for variable in model.variables.values():
        if variable.kind == "constant":
            alike.setdefault(variable.dims, []).append(variable.name)
    patterns = []
    for dims, bases in sorted(alike.items()):
        parts = ",".join(rf"(?:\s*\*\s*|{_either(_elements(model, dim), _AFTER)})" for dim in dims)
        subscripts = rf"(?:\[{parts}\]\s*)?" if dims else ""
        patterns.append(f"^{_either(sorted(bases))}{subscripts}$")
    return patterns


def _elements(model: Model, dim: str) -> list[str]:
    """Elements of a subscript, and ranges that share some with it."""
    own = model.system.dims[dim]
    ranges = [name for name, elements in model.system.dims.items() if set(elements) & set(own)]
    return list(dict.fromkeys([*own, *ranges]))


def _either(several: Iterable[str], before: str = _BEFORE) -> str:
    """Names in every spelling that means them: case, blanks, underscores and quotes are free."""
    return f"{before}(?:{'|'.join(map(_loose, several))}){_AFTER}"


def _loose(name: str) -> str:
    words = names.key(name).split("_")
    return _BETWEEN.join("".join(map(_sign, word)) for word in words)


def _sign(sign: str) -> str:
    return f"[{sign}{sign.upper()}]" if sign.isalpha() else sign
