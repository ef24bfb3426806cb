"""A compiled kernel as bytes: what to know to call it as JSON, then the object code.

The object code is checked to be a whole object file for this kind of machine with the functions
that are called, no more: that it does what it should rests on who wrote the file (see
`engine.cache`). The slots are checked one by one, as the code writes to memory by them.
"""

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from buildout.vensim.engine.backends.llvm.emit import Kernel
from buildout.vensim.engine.ir.stored import ensure, number_of, parse_json, row_of, text_of

#: Slots of one group of runs; far above any model, far below what memory holds.
_MOST_SLOTS = 2**24
_LENGTH = 8


def write_kernel(kernel: Kernel, code: bytes) -> bytes:
    """A kernel and its object code as bytes."""
    content = dataclasses.asdict(kernel)
    for name in ("outputs", "slots"):
        content[name] = list(content[name].items())
    head = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return len(head).to_bytes(_LENGTH, "little") + head + code


def read_kernel(data: bytes) -> tuple[Kernel, bytes]:
    """The kernel and the object code that `write_kernel` wrote.

    Raises
    ------
    ValueError
        When the bytes are anything else.
    """
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    content = parse_json(data[_LENGTH:end])
    names = {field.name for field in dataclasses.fields(Kernel)}
    if not isinstance(content, dict) or set(content) != names:
        raise ValueError("not a kernel")
    size = content["size"]
    ensure(type(size) is int and 0 < size <= _MOST_SLOTS)

    def slot(value: object) -> int:
        if type(value) is not int or not 0 <= value < size:
            raise ValueError("no such slot")
        return value

    def slots(value: object) -> tuple[int, ...]:
        return tuple(map(slot, row_of(value)))

    def named(value: object) -> dict[str, int]:
        return {text_of(name): slot(place) for name, place in _rows(value, 2)}

    homes = content["homes"]
    ensure(type(homes) is int and 0 <= homes <= size)
    kernel = Kernel(
        parameters=tuple(map(text_of, row_of(content["parameters"]))),
        defaults=tuple(map(number_of, row_of(content["defaults"]))),
        outputs=named(content["outputs"]),
        states=slots(content["states"]),
        floors=slots(content["floors"]),
        slots=named(content["slots"]),
        stocks=tuple((text_of(name), slot(place)) for name, place in _rows(content["stocks"], 2)),
        rates=slots(content["rates"]),
        pipes=[(slot(s), slot(u), slot(length)) for s, u, length in _rows(content["pipes"], 3)],
        homes=homes,
        size=size,
    )
    ensure(len(kernel.parameters) == len(kernel.defaults))
    ensure(set(kernel.parameters) == set(kernel.slots))
    return kernel, data[end:]


def _rows(value: object, length: int) -> Iterable[list[Any]]:
    return [row_of(row, length) for row in row_of(value)]
