"""The modules become one script in one scope, and the page one file that asks for nothing."""

import base64
import gzip
import json
import re

import pytest

from buildout.page.bundle import (
    PAGE_FOLDER,
    TEMPLATE,
    BundleError,
    bundled,
    filled_template,
    page_text,
)

NAMESPACE = "http://www.w3.org/2000/svg"
MAIN = 'import {b} from "./two.js";\n// Why.\nexport function main() {\n  return b();\n}\n'
TWO = "export const one = 1;\nexport async function b() {\n  const c = one;\n  return c;\n}\n"


@pytest.fixture
def modules(tmp_path):
    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture(scope="module")
def script():
    return bundled()


def test_our_modules_go_into_one_scope_with_unique_names(script):
    assert script.startswith('(() => {\n"use strict";\n')
    assert script.endswith("})();\n")
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    assert {path.name for path in PAGE_FOLDER.glob("*.js")} == set(
        re.findall(r"^// (\w+\.js)$", script, re.MULTILINE)
    )


def test_no_part_of_the_page_knows_an_address(script):
    template = (PAGE_FOLDER / TEMPLATE).read_text(encoding="utf-8")
    style = (PAGE_FOLDER / "explore.css").read_text(encoding="utf-8")
    for text in (script.replace(NAMESPACE, ""), template, style):
        assert "http" not in text.lower().replace("http-equiv", "")
    for word in ("eval(", "new Function", "fetch(", "XMLHttpRequest", "WebSocket", "innerHTML"):
        assert word not in script
    assert re.search(r"default-src\s+'none'", template)


def test_a_module_comes_after_what_it_imports(modules):
    script = bundled(modules(main=MAIN, two=TWO))
    assert script.index("// two.js") < script.index("// main.js")
    assert "\nasync function b() {" in script
    assert "\nfunction main() {" in script


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"main": MAIN, "two": TWO + 'import {main} from "./main.js";\n'}, "in a circle"),
        ({"main": MAIN, "two": TWO + "function main() {}\n"}, "`main` is declared in two.js and"),
        ({"main": MAIN, "two": TWO + "const {a: main} = {};\n"}, "`main` is declared"),
        ({"main": MAIN, "two": "export const one = 1;\n"}, "does not export"),
        ({"main": MAIN, "two": TWO + "export default 1;\n"}, "`two.js` has the line `export def"),
        ({"main": 'import * as t from "./two.js";\n', "two": TWO}, "has the line `import"),
        ({"main": MAIN}, "`two.js` of the page of sliders cannot be read"),
    ],
)
def test_modules_of_another_form_are_refused(modules, texts, told):
    with pytest.raises(BundleError, match=re.escape(told)):
        bundled(modules(**texts))


def test_a_template_is_filled_once_and_whole():
    assert filled_template("{{a}}-{{b}}", {"a": "$1 {{b}}", "b": "\\1"}) == "$1 {{b}}-\\1"
    with pytest.raises(BundleError, match="asks for a"):
        filled_template("{{a}}", {"b": ""})
    with pytest.raises(BundleError, match="would end it"):
        filled_template("<script>{{script}}</script>", {"script": 'x = "</SCRIPT>"'})


def test_the_page_holds_content_and_kernel_whatever_users_write():
    content = {"title": "</script><b>\u2028&amp;", "half": "\udc80"}
    page = page_text(content, b"\0asm" * 9, title="<i>")
    assert page == page_text(content, b"\0asm" * 9, title="<i>")
    assert "&lt;i&gt;" in page
    [held] = re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert "<" not in held
    assert json.loads(held) == content
    packed = base64.b64encode(gzip.compress(b"\0asm" * 9, 9, mtime=0)).decode()
    assert packed in page
    page.encode()
