"""One file from its parts: modules of JavaScript to one script, and all into the template.

The modules are written to be read, and tested, as modules; a page opened from a disk may load none,
so they go into one scope in the order in which they import one another. That takes no parser: a
module imports by whole lines at its top, and no two modules declare one name.
"""

import base64
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from buildout.errors import BuildoutError, visible

PAGE_FOLDER = Path(__file__).parent
#: What the page is called where nobody says.
PAGE_FILE = "explore.html"
ENTRY, TEMPLATE, STYLE = "main.js", "explore.html", "explore.css"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";$')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)")
_DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|const|let|var|class) "
    r"(?:(?P<name>[\w$]+)|\{(?P<parts>[^}]*)\}|\[(?P<items>[^\]]*)\])"
)
_PLACE = re.compile(r"\{\{(\w+)\}\}")
# What would end the element that a text stands in.
_ENDS = {"script": "</script", "css": "</style"}


class BundleError(BuildoutError):
    """A part of the page that cannot be put together: a fault of buildout, not of its user."""


def bundled(folder: Path = PAGE_FOLDER, entry: str = ENTRY) -> str:
    """The modules as one script that declares nothing outside itself.

    Parameters
    ----------
    folder : Path
        In which the modules lie.
    entry : str
        The one that imports the others.

    Returns
    -------
    str
        A function that is called at once. It says of each module where it begins.

    Raises
    ------
    BundleError
        For modules that import one another in a circle, names that two of them declare, or that
        are imported and not exported, and lines of import or export of another form.
    """
    texts = _in_order(folder, entry)
    _refuse_twice_declared(texts)
    parts = [f"// {name}\n{_body(name, text)}" for name, text in texts.items()]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def filled_template(template: str, parts: Mapping[str, str]) -> str:
    """A template with its `{{places}}` filled, each once and none left.

    Raises
    ------
    BundleError
        For a place without a text, or a text without a place, and for one that would end the
        element in which it stands.

    Examples
    --------
    >>> filled_template("<p>{{title}}</p>", {"title": "Magnets"})
    '<p>Magnets</p>'
    """
    asked = _PLACE.findall(template)
    if sorted(asked) != sorted(parts):
        raise BundleError(
            f"The template of the page asks for {', '.join(asked)}.",
            f"Accepted: {', '.join(parts)}, each once.",
        )
    for name, end in _ENDS.items():
        if end in parts.get(name, "").lower():
            raise BundleError(f"The {name} of the page holds `{end}`, which would end it.")
    return _PLACE.sub(lambda place: parts[place[1]], template)


def page_text(
    content: Mapping[str, object], kernel: bytes, *, title: str, folder: Path = PAGE_FOLDER
) -> str:
    """The page as one file.

    Parameters
    ----------
    content : mapping
        From `content_of`.
    kernel : bytes
        The compiled model.
    title : str
    folder : Path
        Of template, style and modules.

    Returns
    -------
    str
        HTML that asks for nothing from elsewhere; the same of the same.

    Raises
    ------
    BundleError
        When a part is missing or does not fit.
    """
    parts = {
        "title": escape(visible(title)),
        "css": _read(folder / STYLE).strip(),
        "content": _as_json(content),
        "kernel": base64.b64encode(gzip.compress(kernel, 9, mtime=0)).decode(),
        "script": bundled(folder),
    }
    return filled_template(_read(folder / TEMPLATE), parts)


def _as_json(content: Mapping[str, object]) -> str:
    """JSON in which nothing looks like an end of its element, whatever users have written."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Half of a pair of surrogates, which a file name may hold, is no text that a file can.
    text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _in_order(folder: Path, entry: str) -> dict[str, str]:
    """Modules with their texts, each after all that it imports."""
    texts: dict[str, str] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise BundleError(f"Modules import in a circle: {' -> '.join((*above, name))}.")
        if name in texts:
            return
        text = _read(folder / name)
        for line in text.splitlines():
            if line_of_import := _IMPORT.match(line):
                wanted, other = line_of_import.groups()
                visit(other, (*above, name))
                _refuse_not_exported(name, wanted, other, texts[other])
        texts[name] = text

    visit(entry, ())
    return texts


def _refuse_not_exported(importer: str, wanted: str, name: str, text: str) -> None:
    exported = {n for line in text.splitlines() if _EXPORT.match(line) for n in _names(line)}
    for part in filter(None, (part.strip() for part in wanted.split(","))):
        if part not in exported:
            raise BundleError(
                f"`{importer}` imports `{part}`, which `{name}` does not export by that name."
            )


def _refuse_twice_declared(texts: Mapping[str, str]) -> None:
    homes: dict[str, str] = {}
    for module, text in texts.items():
        for declared in (n for line in text.splitlines() for n in _names(line)):
            if declared in homes:
                raise BundleError(f"`{declared}` is declared in {homes[declared]} and {module}.")
            homes[declared] = module


def _names(line: str) -> Iterable[str]:
    """What a line at the top of a module declares."""
    declared = _DECLARED.match(line)
    if not declared:
        return []
    if declared["name"]:
        return [declared["name"]]
    several = (declared["parts"] or declared["items"] or "").split(",")
    return [part.partition(":")[2].strip() or part.strip() for part in several if part.strip()]


def _body(name: str, text: str) -> str:
    """A module without its imports and exports."""
    lines = []
    for line in text.splitlines():
        if _IMPORT.match(line):
            continue
        kept = _EXPORT.sub("", line)
        if re.match(r"(import|export)\b", kept):
            raise BundleError(
                f"`{name}` has the line `{kept[:60]}`.",
                'Accepted: `import {a, b} from "./other.js";` in one line, and `export` before a '
                "function, const, let or class.",
            )
        lines.append(kept)
    return "\n".join(lines).strip("\n") + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(
            f"`{path.name}` of the page of sliders cannot be read.", cure="Reinstall buildout."
        ) from error
