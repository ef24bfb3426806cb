"""A manifest as what may be run from it: nothing in it is believed before it is looked at."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildout._util import manifest
from buildout._util.names import quoted
from buildout._util.reading import read_text
from buildout.cli import recorded
from buildout.errors import InputError

#: Commands that may be run from a manifest: those that make results and touch nothing else.
REPEATED = (
    "attribute",
    "check",
    "claims",
    "compare",
    "condition",
    "deadline",
    "delay",
    "explore",
    "export",
    "figures",
    "frontier",
    "hindcast",
    "loops",
    "money",
    "need",
    "report",
    "run",
    "sweep",
    "uncertainties",
    "validate",
    "why",
)
OWN_MAKE = "A manifest that `buildout run` and its kin saved beside their results is accepted."


@dataclass(frozen=True)
class Recorded:
    """A manifest that was read and may be run.

    Attributes
    ----------
    folder : Path
        In which it lies.
    command : str
    words : list of str
    texts : dict of str to bytes or None
        Files that the words name, by name, with their content where the manifest holds it.
    digests : dict of str to str
        Their sha256.
    folders : dict of str to dict
        Folders that the words name, with the sha256 of what tells their content.
    outputs : dict of str to str
        The sha256 of each file that was made.
    model_sha256 : str
    versions : dict of str to str
    """

    folder: Path
    command: str
    words: list[str]
    texts: dict[str, bytes | None]
    digests: dict[str, str]
    folders: dict[str, dict[str, str]]
    outputs: dict[str, str]
    model_sha256: str
    versions: dict[str, str]


def read_record(path: Path) -> Recorded:
    """A manifest as data; nothing in it is believed before it is looked at.

    Raises
    ------
    InputError
    """
    path = _manifest_of(path) if path.is_dir() else path
    try:
        content = json.loads(read_text(path, what="the manifest"))
        again = content[manifest.AGAIN]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{quoted(path)} does not say how it was made.", OWN_MAKE) from error
    if fault := _fault(content, again):
        raise InputError(f"{quoted(path)} cannot be run again: {fault}.", OWN_MAKE)
    texts = {n: f["text"].encode() if "text" in f else None for n, f in again["files"].items()}
    return Recorded(
        folder=path.absolute().parent,
        command=again["command"],
        words=again["words"],
        texts=texts,
        digests={name: file["sha256"] for name, file in again["files"].items()},
        folders=again["folders"],
        outputs=content["outputs"],
        model_sha256=_model(content),
        versions=content["versions"],
    )


def _manifest_of(folder: Path) -> Path:
    there = sorted(folder.glob(f"*{manifest.MANIFEST}"))
    if len(there) == 1:
        return there[0]
    if not there:
        raise InputError(f"{quoted(folder)} holds no manifest.", OWN_MAKE)
    listed = ", ".join(quoted(path) for path in there)
    raise InputError(f"{quoted(folder)} holds {len(there)} manifests.", f"Accepted: {listed}.")


def _fault(content: Any, again: Any) -> str:
    """What is wrong with a manifest; empty for nothing."""
    forms = {"command": str, "words": list, "files": dict, "folders": dict}
    if not isinstance(again, dict) or any(
        not isinstance(again.get(key), form) for key, form in forms.items()
    ):
        return f"`{manifest.AGAIN}` is not as buildout writes it"
    if again["command"] not in REPEATED:
        return f"{quoted(again['command'])} is no command that makes results"
    if not all(isinstance(word, str) for word in again["words"]):
        return "its words are no text"
    if refused := recorded.plain_words(again["words"]):
        return f"{quoted(refused[0])} is not for a manifest to set"
    if not _texts(content.get("versions")) or not _model(content):
        return "it does not say of which model and versions it is"
    if not _texts(content.get("outputs")) or not all(map(manifest.is_plain, content["outputs"])):
        return "it does not say which files were made"
    return _fault_of_inputs(again)


def _fault_of_inputs(again: Mapping[str, Any]) -> str:
    for name, file in again["files"].items():
        if not manifest.is_plain(name) or not _texts(file) or "sha256" not in file:
            return f"{quoted(name)} is no name of a file with its content"
        data = file.get("text", "").encode("utf-8", "surrogatepass")
        if "text" in file and hashlib.sha256(data).hexdigest() != file["sha256"]:
            return f"the text of {quoted(name)} is not what its fingerprint says"
    for name, marks in again["folders"].items():
        if not manifest.is_plain(name) or not _texts(marks) or not all(map(_a_name, marks)):
            return f"{quoted(name)} is no name of a folder with its content"
    return ""


def _model(content: Mapping[str, Any]) -> str:
    """The fingerprint of the model, which figures list among their inputs."""
    inputs = content.get("inputs")
    listed = inputs.get("buildout.mdl") if isinstance(inputs, dict) else None
    sha256 = content.get("model_sha256", listed)
    return sha256 if isinstance(sha256, str) else ""


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _a_name(name: str) -> bool:
    return manifest.is_plain(name) and "/" not in name
