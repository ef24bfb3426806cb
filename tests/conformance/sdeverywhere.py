"""SDEverywhere as a third engine: its compiler makes JavaScript of a model, which node runs.

It is asked where PySD has no answer. What it does not have is written out for it in the words of
Vensim's manual.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import shipped

from buildout._util import names
from buildout.vensim.blocks import TextBlock
from buildout.vensim.engine.frontend.macros import _arguments
from buildout.vensim.engine.frontend.plain import plain
from buildout.vensim.engine.ir.system import System

SCRIPT = Path(__file__).with_suffix(".mjs")
_LEFT = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^=\[\]():<"]+?)\s*(\[[^\]]*\])?\s*=\s*')
_CALLED = re.compile(r"\b(FORECAST|TREND|DELAY\s+FIXED|SMOOTH3?I?|DELAY[13]I?)\s*\(", re.IGNORECASE)
#: Adds a stock: its number, its rate with `{own}` for itself, and its start; gives its name.
Stock: TypeAlias = Callable[[int, str, str], str]
_MARK = re.compile(r'("(?:[^"\\]|\\.)*")|\\')
#: What stands in names for a sign that it would copy into JavaScript.
_PLUS = " plus sign "


def run(packages: Path, system: System) -> dict[str, shipped.Series]:
    """The results of a system, by `names.alike` of the scalar.

    Raises
    ------
    ValueError
        With what node says.
    """
    with tempfile.TemporaryDirectory(prefix="conformance-") as made:
        folder = Path(made)
        (folder / "model.mdl").write_text(text_for(system), encoding="utf-8")
        command = ["node", "--stack-size=30000", str(SCRIPT), str(packages)]
        done = subprocess.run(
            [*command, str(folder / "model.mdl"), made],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            told = [line for line in done.stderr.splitlines() if "Error" in line]
            raise ValueError(f"SDEverywhere: {' '.join(told)[:200]}")
        said = json.loads((folder / "made.json").read_text(encoding="utf-8"))
        values = np.fromfile(folder / "made.bin").reshape(len(said["times"]), -1)
    times = np.array(said["times"])
    return {
        names.alike(name.replace(_PLUS, "+")): shipped.computed(times, values[:, place])
        for place, name in enumerate(said["names"])
    }


def text_for(system: System) -> str:
    """The text of a system in words that SDEverywhere has."""
    entries = (made for block in plain(system.text).entries for made in _written_out(block, system))
    return "{UTF-8}\n" + "".join(
        f"{_MARK.sub(_plain_name, block.equation)} ~~|\n" for block in entries
    )


def _plain_name(mark: re.Match[str]) -> str:
    return mark[1].replace("+", _PLUS) if mark[1] else " "


def _written_out(block: TextBlock, system: System) -> Iterator[TextBlock]:
    """An entry with a stock for each delay, smooth and trend in it, before it."""
    left = _LEFT.match(block.equation)
    if left is None:
        yield block
        return
    right, made = block.equation[left.end() :], list[str]()
    while call := _CALLED.search(right):
        end, arguments = _arguments(right, call.end())
        stem, inner = f"{names.key(left[1])} part {len(made)}", left[2] or ""

        def stock(place: int, rate: str, start: str, stem: str = stem, inner: str = inner) -> str:
            name = f'"{stem} {place}"{inner}'
            made.append(f"{name} = INTEG({rate.replace('{own}', name)}, {start})")
            return name

        name = " ".join(call[1].upper().split())
        given = [f"({argument})" for argument in arguments]
        if name == "DELAY FIXED":
            result = _pipe(stock, system, *given)
        elif name in ("FORECAST", "TREND"):
            result = _trend(stock, *given) if name == "TREND" else _forecast(stock, *given)
        else:
            result = _stages(stock, name, *given)
        right = f"{right[: call.start()]}({result}){right[end:]}"
    for equation in [*made, left[0] + right]:
        yield replace(block, equation=equation)


def _stages(stock: Stock, name: str, value: str, time: str, start: str = "") -> str:
    """One or three stages, each with its share of the time, as the manual writes them."""
    order, start = 3 if "3" in name else 1, start or value
    for place in range(order):
        if name.startswith("SMOOTH"):
            value = stock(place, f"({value} - {{own}}) / ({time} / {order})", start)
        else:
            share = f"({time} / {order})"
            value = (
                f"{stock(place, f'{value} - {{own}} / {share}', f'{start} * {share}')} / {share}"
            )
    return value


def _pipe(stock: Stock, system: System, value: str, time: str, start: str) -> str:
    """A stock for each time step, whose content the next one takes."""
    written = names.key(time[1:-1])
    length = system.constants[written] if written in system.constants else float(time[1:-1])
    for place in range(max(1, round(length / system.controls["time_step"]))):
        value = stock(place, f"({value} - {{own}}) / TIME STEP", start)
    return value


def _forecast(stock: Stock, value: str, time: str, horizon: str) -> str:
    average = stock(0, f"({value} - {{own}}) / {time}", value)
    return f"{value} * (1 + ZIDZ({value} - {average}, {time} * {average}) * {horizon})"


def _trend(stock: Stock, value: str, time: str, start: str) -> str:
    average = stock(0, f"({value} - {{own}}) / {time}", f"{value} / (1 + {start} * {time})")
    return f"ZIDZ({value} - {average}, {time} * ABS({average}))"
