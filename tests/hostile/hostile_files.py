"""Functions that make or damage a file of a row, of its path."""

import hashlib
import json
import os
import shutil
from unittest import mock

import xarray as xr

from buildout import sweep
from buildout._util import seal
from buildout.sampling import design
from buildout.sweeps import At, store

SWEEP = {"pathways": "status-quo", "outputs": "total capacity", "block": 2}


def _away(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


def pipe(path):
    """A named pipe, which whoever reads it waits for."""
    _away(path)
    os.mkfifo(path)


def folder(path):
    """A folder where a file is due."""
    _away(path)
    path.mkdir()


def gone(path):
    """Nothing."""
    _away(path)


def link(target):
    """A link to a file, a folder or nothing."""

    def make(path):
        _away(path)
        path.symlink_to(target)

    return make


def edit(**change):
    """JSON with some entries changed; None removes one."""

    def make(path):
        content = json.loads(path.read_text()) | change
        path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))

    return make


def listing(**names):
    """A manifest that lists more files, each with a sha256."""

    def make(path):
        content = json.loads(path.read_text())
        content["outputs"] |= names
        path.write_text(json.dumps(content))

    return make


def relisted(path):
    """A manifest that lists what lies beside it as it is now."""
    content = json.loads(path.read_text())
    for name in content["outputs"]:
        content["outputs"][name] = hashlib.sha256((path.parent / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(content))


def flip(place):
    """A bit flipped, at a share of the file."""

    def make(path):
        content = bytearray(path.read_bytes())
        content[int(place * (len(content) - 1))] ^= 1
        path.write_bytes(content)

    return make


def cut(share):
    """A file cut short, to a share of it."""

    def make(path):
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])

    return make


def more(data):
    """A file with something after its end."""

    def make(path):
        path.write_bytes(path.read_bytes() + data)

    return make


def forged(change, *, kind=None):
    """Results that somebody changed and sealed again."""

    def make(path):
        with xr.open_dataset(path) as opened:
            ds = opened.load().drop_encoding()
        path.unlink()
        if kind == "NETCDF4":
            change(ds).to_netcdf(path, engine="netcdf4", format=kind)
        else:
            change(ds).to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
        seal.seal_file(path)

    return make


def huge(path):
    """A file without content that says it has a terabyte."""
    _away(path)
    with open(path, "wb") as file:
        file.truncate(2**40)


def draws(seed=7, size=8):
    """A design of the small model."""
    return design.latin_hypercube(size, seed=seed)


def go(place, seed=7, size=8, **more):
    """A sweep of the small model into a folder, two draws a block."""
    return sweep(draws(seed, size), reductions=At([2027, 2030]), out=place, **(SWEEP | more))


def stopped(place, blocks=2, **more):
    """A sweep that is stopped after some blocks."""
    left = iter(range(blocks))
    compute = store.run_chunk

    def stopping(*args):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return compute(*args)

    with mock.patch.object(store, "run_chunk", stopping):
        try:
            go(place, **more)
        except KeyboardInterrupt:
            return
    raise AssertionError("it was not stopped")


def goes_on(place, **more):
    """First draws of the blocks that were computed, and whether the end is as without a stop."""
    made = []
    compute = store.run_chunk

    def counted(request, engine, start, stop):
        made.append(start)
        return compute(request, engine, start, stop)

    with mock.patch.object(store, "run_chunk", counted):
        ds = go(place, resume=True, **more)
    return made, ds.identical(go(None, **more))
