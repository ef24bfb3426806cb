"""Whatever a model file says in words, none of it runs: not when loaded, not by either engine."""

import ast
import contextlib
import os
import re

import numpy as np
import pytest

from buildout.errors import BuildoutError
from buildout.vensim import engine
from buildout.vensim.engine.backends import numpy_backend, pysd_reference
from buildout.vensim.engine.backends.llvm import emit

# Each would set the variable if it came to stand in Python source, in one place or another.
RUN = "__import__('os').environ.update(PLANTED='yes')"
TEXTS = {
    "end of a comment": f'""" + str({RUN}) + """',
    "end of a comment, single quotes": f"''' + str({RUN}) + '''",
    "end of a text": f"' + str({RUN}) + '",
    "lines of its own": f'\\n"""\\n{RUN}\\n"""',
    "backslashes": f"\\\\\\{RUN}\\",
    "braces": "{" + RUN + "}",
    "a format": "%(" + RUN + ")s %s {0} {}",
    "other letters": f"\u200b\u202e\uff02{RUN}\uff02 \u540d",
    "a decorator": f"@{RUN}",
}
#: Words that the files below use for what they name; none may stand in what PySD translates.
WORDS = re.compile("secret|PLANTED|__import__|environ", re.IGNORECASE)


@pytest.fixture(autouse=True)
def nothing_planted():
    os.environ.pop("PLANTED", None)
    yield
    assert "PLANTED" not in os.environ


def model(*, comment="", unit="", group="secret group", name="secret stock", element="secret one"):
    return f"""{{UTF-8}}
********************************************************
	.{group}
********************************************************~
		{comment}
	|
secret range: {element}, secret two ~ {unit} ~ {comment} |
{name}[secret range] = INTEG(-{name}[secret range] / secret life[secret range], 8)
	~ {unit} [0,?] ~ {comment} :SUPPLEMENTARY |
secret life[secret range] = 2, 4 ~ {unit} ~ {comment} |
secret table([(0,0)-(10,10)],(0,0),(10,10)) ~ {unit} ~ {comment} |
secret total = secret table(SUM({name}[secret range!])) + secret range total ~ {unit} ~ {comment} |
secret range total = {name}[{element}] * 0 ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 2 ~~|
TIME STEP = 1 ~~|
SAVEPER = TIME STEP ~~|
\\\\\\---/// Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*View {comment}
///---\\\\\\
"""


def agreed(text: str) -> None:
    system = engine.load(text)
    slow, fast = engine.Reference().run(system), engine.Batch().run(system)
    np.testing.assert_allclose(slow.values, fast.values, rtol=1e-12)
    assert slow["secret_total"][0, 0] == 10


@pytest.mark.quick_for("end of a comment", "lines of its own")
@pytest.mark.parametrize("hostile", TEXTS)
def test_no_comment_unit_or_group_runs(hostile):
    agreed(model(**dict.fromkeys(("comment", "unit", "group"), TEXTS[hostile])))


@pytest.mark.quick_for("end of a comment", "lines of its own")
@pytest.mark.parametrize("hostile", TEXTS)
@pytest.mark.parametrize("where", ["name", "element"])
def test_no_name_of_a_variable_or_an_element_runs(where, hostile):
    quoted = TEXTS[hostile].replace('"', "").rstrip("\\")
    # Whether a name is one that can be read or not, it is never source.
    with contextlib.suppress(BuildoutError):
        agreed(model(**{where: f'"{quoted}"'}))


def test_no_text_of_the_file_stands_in_what_pysd_translates(tmp_path):
    system = engine.load(model(comment=TEXTS["end of a comment"], unit="secret unit"))
    pysd_reference._Model(system, tmp_path)
    (module,) = tmp_path.glob("**/*.py")
    assert "_integ_v" in module.read_text()
    assert not WORDS.findall(module.read_text())


def test_names_in_the_translation_are_numbers(load, tmp_path):
    pysd_reference._Model(load("subscripts"), tmp_path)
    tree = ast.parse((tmp_path / "model.py").read_text())
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    own = re.compile(
        r"v\d{6}|_init_outer_references|time|initial_time|final_time|time_step|saveper"
    )
    assert len(names) > 10
    assert all(map(own.fullmatch, names))


LIMITS = (
    f"[{RUN}],(0,0),(1,1)",
    f"[(0,0)-(1,1),{RUN}],(0,0),(1,1)",
    "[9**9**9],(0,0),(1,1)",
    "[(0,0)-(1,1)" + "(" * 300 + "],(0,0),(1,1)",
    "[x for x in y],(0,0),(1,1)",
)


@pytest.mark.parametrize("points", LIMITS)
@pytest.mark.parametrize("form", ["a({}) ~~|", "a = WITH LOOKUP(Time, ({})) ~~|"])
def test_what_stands_in_the_brackets_of_a_lookup_is_not_run(form, points):
    with pytest.raises(BuildoutError, match=r"cannot be (parsed|read)"):
        engine.load(model().replace("INITIAL TIME", f"{form.format(points)}\nINITIAL TIME", 1))


@pytest.mark.parametrize("text", [f"'{RUN}'", "'\\'", "'\\x'", "'{0}'"])
def test_no_text_argument_runs(text):
    call = f"GET DIRECT CONSTANTS({text}, 'a', 'b')"
    with pytest.raises(BuildoutError):
        engine.load(model().replace("+ secret", f"+ {call} + secret"))


def test_parts_nested_without_end_are_refused():
    deep = "(" * 3000 + "1" + ")" * 3000
    with pytest.raises(BuildoutError, match="nested too deeply"):
        engine.load(model().replace("* 0 ~~|", f"* {deep} ~~|"))


@pytest.mark.parametrize("encoding", ["nonsense", "rot13", "UTF-16", "UTF-8"])
def test_the_encoding_named_in_the_file_is_a_remark(encoding):
    agreed(model().replace("UTF-8", encoding))


def test_the_source_for_numpy_has_no_text_of_the_file_either(monkeypatch):
    seen = []

    def watched(text, *more):
        seen.append(text)
        return compile(text, *more)

    monkeypatch.setattr(numpy_backend, "compile", watched, raising=False)
    system = engine.load(model(comment="of secrets and numpy"))
    engine.Batch(backend="numpy").run(system)
    assert len(seen) == 1
    assert not WORDS.findall(seen[0])


def test_the_text_for_llvm_has_no_text_of_the_file_either():
    _, text = emit.kernel(engine.schedule(engine.load(model(comment="of secrets and LLVM"))))
    assert not WORDS.findall(text)
