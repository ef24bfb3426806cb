"""The Tab key in a shell: bash itself is run with the script that the command prints."""

import subprocess

import pytest

from buildout.cli.completion import SHELLS, completion_script
from buildout.cli.main import command_names, main

#: What is typed before Tab, and a completion of its last word.
TYPED = (
    (["dead"], "deadline"),
    (["run", "--se"], "--seed"),
    (["run", "mobil"], "mobilization"),
    (["run", "status-quo", "--set", r"contract\ cov"], r"contract\ cover\ level="),
    (["run", "status-quo", "--set", '"contract cov'], "contract cover level="),
    (["why", '"US magnet output: he'], "US magnet output: heavy NdFeB"),
    (["explain", r"magnet\ o"], r"magnet\ output"),
    (["frontier", "--hold", "perm"], "permits"),
    (["deadline", "--regime", "d"], "drawn"),
    (["run", "mi"], "mine.toml"),
    (["completion", "z"], "zsh"),
    (["figures", "deadl"], "deadline_card"),
    (["figures", "status-quo", "magnet"], "magnet_output"),
)


@pytest.fixture(scope="module")
def completed(tmp_path_factory):
    """What bash offers for each of `TYPED`, and for the first word."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "mine.toml").touch()
    (folder / "script").write_text(completion_script("bash"), encoding="utf-8")
    asked = ['tab() { COMP_WORDS=(buildout "$@"); COMP_CWORD=$#; COMPREPLY=(); _buildout']
    asked += ["printf '%s\\n' \"${COMPREPLY[@]}\" ----; }", "source ./script"]
    words = [*(typed for typed, _ in TYPED), [""]]
    asked += ["tab " + " ".join(f"'{word}'" for word in typed) for typed in words]
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(asked)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [offered.split("\n") for offered in done.stdout.split("----\n")]


@pytest.mark.parametrize(("place", "wanted"), list(enumerate(wanted for _, wanted in TYPED)))
def test_bash_completes(completed, place, wanted):
    assert wanted in completed[place]


def test_bash_knows_every_command(completed):
    assert {word for word in completed[len(TYPED)] if word} == set(command_names())


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_each_shell_holds_the_names_of_the_model(shell, capsys):
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr().out
    for name in ("hindcast", "beyond-range", "mobilization-2025", "contract cover level="):
        assert name in printed


def test_another_shell_is_answered_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["completion", "tcsh"])
    assert "Accepted: bash, zsh, fish" in capsys.readouterr().err
