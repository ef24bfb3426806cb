"""Runs a page's kernel as a browser does, by a WebAssembly runtime."""

import math

import numpy as np
import pytest

NUMBER = 8
PAGE = 65536
LIBRARY = ("pow", "fmod", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")


def as_javascript(name):
    """A function of the C library as a page gives it: NaN in place of an error."""
    own = getattr(math, name)

    def call(*arguments):
        try:
            return own(*arguments)
        except ValueError:
            return float(np.nan)
        except OverflowError:
            return math.inf

    return call


class Runner:
    """A module and its memory, laid out anew for each batch; the twin of `kernel.js`."""

    def __init__(self, kernel):
        wasmtime = pytest.importorskip("wasmtime", reason="wasmtime is not installed")
        self.info = kernel.info
        self._store = wasmtime.Store()
        module = wasmtime.Module(self._store.engine, kernel.wasm)
        linker = wasmtime.Linker(self._store.engine)
        double = wasmtime.ValType.f64()
        for name in LIBRARY:
            count = 2 if name in ("pow", "fmod") else 1
            kind = wasmtime.FuncType([double] * count, [double])
            linker.define_func("env", name, kind, as_javascript(name))
        self._exports = linker.instantiate(self._store, module).exports(self._store)

    def run(self, runs):
        """Values of all outputs, {scalar: (dates, runs)}, and a status for each run."""
        info, names = self.info, list(self.info["parameters"])
        lanes = info["lanes"]
        groups = -(-len(runs) // lanes)
        stride = groups * lanes
        columns = np.empty((len(names), stride))
        for lane in range(stride):
            given = runs[min(lane, len(runs) - 1)]
            columns[:, lane] = [given.get(name, info["defaults"][name]) for name in names]
        dates, outputs = len(info["times"]), list(info["outputs"])
        vectors = min(info["groups"], groups) * lanes
        integers = {
            "p_varying_slots": list(info["parameters"].values()),
            "p_places": info["places"],
            "p_out_slots": list(info["outputs"].values()),
            "p_states": info["states"],
            "p_floors": info["floors"],
            "p_pipes": np.ravel(info["pipes"]),
        }
        given = {"p_varying": columns, "p_steps": np.array(info["steps"])}
        given |= {name: np.array(list(values), np.int64) for name, values in integers.items()}
        room = {
            "p_values": vectors * info["size"],
            "p_final": vectors * (len(info["states"]) + 1),
            "p_past": vectors * len(info["pipes"]) * len(info["steps"]),
            "p_first": vectors * len(info["pipes"]),
            "p_out": len(outputs) * dates * stride,
            "p_status": stride,
            "p_uniform": 0,
            "p_uniform_slots": 0,
            "table": len(info["fields"]),
            **{name: array.size for name, array in given.items()},
        }
        at, memory = self._placed(room)
        counts = {
            "n_homes": NUMBER * lanes * info["homes"],
            "n_group": NUMBER * lanes * info["size"],
            "n_uniform": 0,
            "n_varying": len(names),
            "n_stride": stride,
            "n_steps": len(info["steps"]),
            "n_out": len(outputs),
            "n_out_size": dates * stride,
            "n_states": len(info["states"]),
            "n_floors": len(info["floors"]),
            "n_pipes": len(info["pipes"]),
            "n_first_group": 0,
            "n_last_group": groups,
        }
        table = np.array([(at | counts)[name] for name in info["fields"]], np.int64)
        for name, array in {**given, "table": table}.items():
            memory.write(self._store, array.tobytes(), at[name])
        self._exports["drive"](self._store, at["table"])

        def read(name):
            data = memory.read(self._store, at[name], at[name] + NUMBER * room[name])
            return np.frombuffer(bytes(data), np.float64)

        values = read("p_out").reshape(len(outputs), dates, stride)[:, :, : len(runs)]
        status = read("p_status")[: len(runs)].astype(int)
        return dict(zip(outputs, values, strict=True)), status

    def _placed(self, room):
        memory, end, at = (
            self._exports["memory"],
            self._exports["__heap_base"].value(self._store),
            {},
        )
        for name, count in room.items():
            at[name] = end = -(-end // 64) * 64
            end += NUMBER * count
        if (missing := end - memory.data_len(self._store)) > 0:
            memory.grow(self._store, -(-missing // PAGE))
        return at, memory


@pytest.fixture(scope="session")
def runner():
    """`runner(kernel)` gives something whose `run` does what the page's does."""
    return Runner
