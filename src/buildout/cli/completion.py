"""`buildout completion SHELL`: a script with which the Tab key completes commands and names.

shtab writes it from the parsers; here stand the names that only the model knows: pathways, levers,
outcomes, variables. They are written into the script, so that Tab starts no Python.
"""

import argparse
import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from buildout.cli import common

if TYPE_CHECKING:
    from buildout.inputs.model import Model

SHELLS = ("bash", "zsh", "fish")
#: What the words that the help shows in capitals stand for.
KINDS = {
    "pathways": ("PATHWAY", "A", "BASE", "OTHER", "SOURCE"),
    "figures": ("FIGURE|PATHWAY",),
    "levers": ("LEVER=VALUE",),
    "outcomes": ("OUTCOME", "X"),
    "variables": ("VARIABLE",),
    "dials": ("DIAL",),
    "folders": ("DIR",),
    "files": ("FILE", "FILE.csv", "FILE.json", "FILE.mdl", "MANIFEST.json"),
}

# A name of several words is completed inside the quotes that were opened, or with backslashes.
_BASH = r"""
_buildout_among() {
  local word="$1" quote="" name; shift
  case "$word" in [\"\']*) quote="${word:0:1}"; word="${word:1}" ;; esac
  [[ $quote ]] || word="${word//\\/}"
  for name; do
    [[ $name == "$word"* ]] || continue
    if [[ $quote ]]; then printf '%s\n' "$name"; else printf '%q\n' "$name"; fi
  done
}
"""
# No blank after a lever: its value follows.
_BASH_END = """
_buildout() {
  _shtab_buildout "$@"
  [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o bashdefault -F _buildout buildout
"""
_TOML_FILES = {
    "bash": 'compgen -f -X \'!*.toml\' -- "$1"; compgen -d -- "$1"',
    "zsh": "_files -g '*.toml'",
    "fish": "__fish_complete_suffix .toml",
}


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "completion",
        print_completion,
        "Print a script that lets the Tab key of a shell complete commands, options and names.",
    )
    command.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))


def print_completion(arguments: argparse.Namespace) -> None:
    """The script of a shell."""
    print(completion_script(arguments.shell), end="")


def completion_script(shell: str) -> str:
    """The script of a shell, with all names of the model as it is."""
    import shtab

    from buildout.cli.main import parser
    from buildout.inputs.model import load_model

    top = parser()
    completed = _completed(load_model())
    for command in top.commands().values():
        for action in command.arguments():
            if isinstance(action.metavar, str) and action.metavar in completed:
                action.complete = completed[action.metavar]  # type: ignore[attr-defined]
    script: str = shtab.complete(top, shell=shell)
    return script.rstrip() + "\n" + _BASH_END * (shell == "bash")


def _completed(model: "Model") -> dict[str, Any]:
    """What completes each word in capitals, as shtab takes it."""
    import shtab

    from buildout.figures import GALLERY, SWEPT_GALLERY
    from buildout.inputs.asked import asked_outcomes
    from buildout.inputs.dials import policy_dials
    from buildout.inputs.pathway import pathway_names

    pathways = pathway_names(shared=True)
    drawings = [drawing.name for drawing in (*GALLERY, *SWEPT_GALLERY)]
    ways = {
        "pathways": _of_names("pathways", pathways, _TOML_FILES),
        "figures": _of_names("figures", [*drawings, *pathways], _TOML_FILES),
        "levers": _of_names("levers", [f"{lever.name}=" for lever in model.levers]),
        "outcomes": _of_names("outcomes", dict.fromkeys(o.name for o in asked_outcomes(model))),
        "variables": _of_names("variables", [v.name for v in model.variables.values()]),
        "dials": _of_names("dials", [dial.name for dial in policy_dials(model)]),
        "folders": shtab.DIRECTORY,
        "files": shtab.FILE,
    }
    return {word: ways[kind] for kind, words in KINDS.items() for word in words}


def _of_names(kind: str, names: Iterable[str], files: Mapping[str, str] | None = None) -> Any:
    """A function of each shell that completes some names, and files of a kind where it is said."""
    function, quoted = f"_buildout_{kind}", " ".join(map(shlex.quote, names))
    blank = "-S ''" if kind == "levers" else ""
    lines = {
        "bash": f'_buildout_among "$1" {quoted}',
        "zsh": f"compadd {blank} -- {quoted}",
        "fish": f"printf '%s\\n' {quoted}",
    }
    also = {shell: f"  {line}\n" for shell, line in (files or {}).items()}
    bodies = {shell: f"  {line}\n{also.get(shell, '')}" for shell, line in lines.items()}
    preamble = {
        "bash": f"{_BASH}{function}() {{\n{bodies['bash']}}}",
        "zsh": f"{function}() {{\n{bodies['zsh']}}}",
        "fish": f"function {function}\n{bodies['fish']}end",
    }
    return {"bash": function, "zsh": function, "fish": f"({function})", "preamble": preamble}
