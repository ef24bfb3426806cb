"""Kind 6: what is read back is whole, has the form that we give it, and names no file."""

import hashlib
import json

import numpy as np
import xarray as xr
from hostile_files import (
    cut,
    edit,
    flip,
    folder,
    forged,
    huge,
    link,
    listing,
    more,
    pipe,
    relisted,
)
from hostile_rows import Row

from buildout._util import seal
from buildout.page import kernel
from buildout.simulation.store import load_results

PATHS = (
    "/etc/passwd",
    "../status-quo.toml",
    "pipe.toml",
    "a\nb",
    "\x1b[31mred",
    "x" * 5000,
    "",
    ".",
)


def _named(name):
    """Results whose pathway is called like a file."""
    return forged(lambda ds: ds.assign_coords(pathway=[name, *ds["pathway"].values[1:].tolist()]))


def _packed(ds):
    """A small file with far more in it than its size."""
    much = xr.DataArray(np.zeros((4000, 4000)), dims=("p", "q"))
    return ds.assign(much=much)


def _pack(path):
    with xr.open_dataset(path) as opened:
        ds = opened.load().drop_encoding()
    path.unlink()
    _packed(ds).to_netcdf(path, engine="netcdf4", encoding={"much": {"zlib": True}})
    seal.seal_file(path)


def _settings(value):
    return forged(lambda ds: ds.assign_attrs(settings=value))


FORGED = {
    "a pathway twice": (forged(lambda ds: ds.isel(pathway=[0, 0])), "a pathway is there twice"),
    "no pathway": (forged(lambda ds: ds.isel(pathway=[])), "(no pathways|Cannot read)"),
    "pathways that are numbers": (
        forged(lambda ds: ds.assign_coords(pathway=[1.0, 2.0])),
        "no pathways",
    ),
    "no status": (forged(lambda ds: ds.drop_vars("status")), "how its runs ended"),
    "a status of 77": (
        forged(lambda ds: ds.assign(status=ds["status"] + 77)),
        "how its runs ended",
    ),
    "a status of NaN": (
        forged(lambda ds: ds.assign(status=ds["status"] * np.nan)),
        "how its runs ended",
    ),
    "a status that is a text": (
        forged(lambda ds: ds.assign(status=("pathway", ["ok", "ok"]))),
        "how its runs ended",
    ),
    "no titles": (forged(lambda ds: ds.drop_vars("pathway_title")), "no titles"),
    "no descriptions": (forged(lambda ds: ds.drop_vars("pathway_description")), "no titles"),
    "no settings": (_settings(""), "`settings` cannot be read"),
    "settings that are a list": (_settings("[]"), "`settings` cannot be read"),
    "settings cut short": (_settings('{"status-quo":'), "`settings` cannot be read"),
    "settings nested without end": (_settings("[" * 99_999), "`settings` cannot be read"),
    "settings of no pathway": (_settings("{}"), "`settings` cannot be read"),
    "versions that are a number": (
        forged(lambda ds: ds.assign_attrs(versions=7)),
        "`versions` cannot be read",
    ),
    "inputs that are none": (
        forged(lambda ds: ds.assign_attrs(inputs="x")),
        "`inputs` cannot be read",
    ),
    "no attributes": (forged(lambda ds: ds.drop_attrs()), "another version of the model"),
    "another model": (
        forged(lambda ds: ds.assign_attrs(model_sha256="\x1b[31m")),
        "another version of the model",
    ),
    "a model that is a number": (
        forged(lambda ds: ds.assign_attrs(model_sha256=[1.0, 2.0])),
        "another version of the model",
    ),
    "no engine": (
        forged(
            lambda ds: ds.drop_attrs().assign_attrs(
                {k: v for k, v in ds.attrs.items() if k != "engine"}
            )
        ),
        "does not say its `engine`",
    ),
    "a step that is a text": (forged(lambda ds: ds.assign_attrs(time_step="x")), "`time_step`"),
    "a step of NaN": (forged(lambda ds: ds.assign_attrs(time_step=np.nan)), "`time_step`"),
    "no time": (forged(lambda ds: ds.isel(time=[])), "Cannot read"),
    "time that runs back": (forged(lambda ds: ds.isel(time=slice(None, None, -1))), "no dates"),
    "time of NaN": (forged(lambda ds: ds.assign_coords(time=ds["time"] * np.nan)), "no dates"),
    "a date twice": (forged(lambda ds: ds.isel(time=[0, 0, 1, 2])), "no dates"),
    "another format": (forged(lambda ds: ds, kind="NETCDF4"), "True"),
    "far more than its size": (_pack, "far more than its size"),
    "numbers where text is due": (
        forged(lambda ds: ds.assign_coords(pathway_title=("pathway", [1.0, 2.0]))),
        "no titles",
    ),
}
DAMAGE = {
    "nothing": (cut(0), "no NetCDF file"),
    "one byte": (cut(0.0001), "no (NetCDF file|checksum)"),
    "half": (cut(0.5), "no checksum"),
    "all but the seal's end": (cut(0.9999), "no checksum"),
    "a byte more": (more(b"\0"), "no checksum"),
    "another seal on top": (lambda path: seal.seal_file(path), "True"),
    "the first bit flipped": (flip(0), "(damaged|no NetCDF)"),
    "the last bit flipped": (flip(1), "(damaged|no checksum)"),
    "a bit in the middle flipped": (flip(0.5), "damaged"),
    "a seal without a file": (
        lambda path: path.write_bytes(seal.seal_bytes(b"")),
        "no NetCDF file",
    ),
    "a seal on a text": (lambda path: path.write_bytes(seal.seal_bytes(b"mine")), "no NetCDF file"),
    "a seal on a beginning": (
        lambda path: path.write_bytes(seal.seal_bytes(b"CDF\x02")),
        "Cannot read",
    ),
    "a seal on noise": (
        lambda path: path.write_bytes(seal.seal_bytes(b"CDF\x02" + bytes(range(256)) * 9)),
        "Cannot read",
    ),
    "a seal on a beginning of the other form": (
        lambda path: path.write_bytes(seal.seal_bytes(b"\x89HDF\r\n\x1a\n")),
        "Cannot read",
    ),
    "a terabyte of nothing": (huge, "no NetCDF file"),
    "a device": (link("/dev/zero"), "no regular file"),
    "a pipe": (pipe, "no regular file"),
    "a folder": (folder, "There are no results"),
    "a link in a circle": (link("alone.nc"), "no regular file"),
}


def _alone(harm):
    """Results without their manifest, so that only what is inside can tell."""

    def call(place):
        file = place / "alone.nc"
        (place / "out" / "results.nc").rename(file)
        harm(file)
        return load_results(file).sizes["pathway"] > 0

    return call


def _kernel(name, harm):
    def call(place):
        known = kernel.shipped()
        (place / "k").mkdir()
        (place / "k" / kernel.MODULE).write_bytes(known.wasm)
        (place / "k" / kernel.INFO).write_text(known.written)
        assert kernel.shipped(place / "k") is not None
        harm(place / "k" / name)
        return kernel.shipped(place / "k")

    return call


def _again(path):
    content = json.loads(path.read_text())
    return content, content["again"]


def _manifest(change):
    def make(path):
        content, again = _again(path)
        change(content, again)
        path.write_text(json.dumps(content))

    return make


def _text_file(name, text):
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return {name: {"sha256": sha256, "text": text}}


RECORDS = {
    "another command": (lambda c, a: a.update(command="generate"), "no command that makes results"),
    "a command that is a list": (
        lambda c, a: a.update(command=["run"]),
        "not as buildout writes it",
    ),
    "words that set the folder": (
        lambda c, a: a.update(words=["--out=/tmp/x"]),
        "not for a manifest to set",
    ),
    "words that ask for a cluster": (
        lambda c, a: a.update(words=["--dask", "tcp://x:1"]),
        "not for a manifest to set",
    ),
    "words that are numbers": (lambda c, a: a.update(words=[1]), "words are no text"),
    "words that are not accepted": (lambda c, a: a.update(words=["--nothing"]), "not accepted"),
    "a word that shortens an option": (
        lambda c, a: a.update(words=["--ou=/tmp/x"]),
        "not accepted",
    ),
    "a pathway's file that it does not hold": (
        lambda c, a: a.update(words=["/etc/passwd"]),
        "does not hold its content",
    ),
    "a pathway's file of this folder": (
        lambda c, a: a.update(words=["mine.toml"]),
        "does not hold its content",
    ),
    "a file that leads out": (
        lambda c, a: a.update(files=_text_file("../x.toml", "")),
        "no name of a file",
    ),
    "a file with a root": (
        lambda c, a: a.update(files=_text_file("/tmp/x.toml", "")),
        "no name of a file",
    ),
    "a file whose text is another": (
        lambda c, a: a.update(files={"x.toml": {"sha256": "0", "text": "y"}}),
        "not what its fingerprint says",
    ),
    "a file that is a list": (lambda c, a: a.update(files={"x.toml": []}), "no name of a file"),
    "a folder that leads out": (lambda c, a: a.update(folders={"..": {}}), "no name of a folder"),
    "a folder that is not there": (
        lambda c, a: a.update(folders={"far": {"x": "0"}}),
        "not beside the manifest",
    ),
    "files that are a list": (lambda c, a: a.update(files=[]), "not as buildout writes it"),
    "made files that lead out": (
        lambda c, a: c["outputs"].update({"../x": "0"}),
        "which files were made",
    ),
    "made files that are numbers": (
        lambda c, a: c["outputs"].update({"x": 1}),
        "which files were made",
    ),
    "versions that are a list": (lambda c, a: c.update(versions=[]), "of which model and versions"),
    "no model": (lambda c, a: c.update(model_sha256=None), "of which model and versions"),
}

TABLE = "model,x\n"
ROWS = [
    *(
        Row(
            f"results on file: {what}",
            call=_alone(harm),
            says=says,
            code=0 if says == "True" else 2,
            world="results",
            changes=("alone.nc", "out/results.nc"),
        )
        for what, (harm, says) in (DAMAGE | FORGED).items()
    ),
    *(
        Row(
            f"compare: a pathway in results is called {name[:20]!r}",
            "compare out status-quo --out y",
            "(of a name that none can have|a pathway is not among them)",
            files={
                "out/results.nc": _named(name),
                "out/manifest.json": relisted,
                "pipe.toml": pipe,
            },
            world="results",
        )
        for name in PATHS
    ),
    *(
        Row(
            f"{command}: results damaged",
            f"{command} --out y",
            r"results\.nc` is (not what|damaged)",
            files={"out/results.nc": flip(0.5)},
            world="results",
        )
        for command in (
            "figures --from out",
            "report --from out",
            "compare out status-quo",
            "export out",
        )
    ),
    *(
        Row(
            f"{command}: results alone, damaged",
            f"{command} --from out/results.nc --out y",
            r"results\.nc` is damaged",
            files={"out/results.nc": flip(0.5)},
            world="results",
        )
        for command in ("figures", "report")
    ),
    *(
        Row(
            f"reproduce: {what}",
            "reproduce out --out y",
            says,
            files={"out/manifest.json": _manifest(change), "mine.toml": "x"},
            world="results",
        )
        for what, (change, says) in RECORDS.items()
    ),
    Row(
        "reproduce: a manifest without end",
        "reproduce x.json --out y",
        "a device",
        files={"x.json": link("/dev/zero")},
    ),
    Row("reproduce: a pipe", "reproduce x.json --out y", "a named pipe", files={"x.json": pipe}),
    Row(
        "reproduce: nested without end",
        "reproduce x.json --out y",
        "does not say how it was made",
        files={"x.json": "[" * 99_999},
    ),
    Row(
        "reproduce: cut short",
        "reproduce out --out y",
        "does not say how it was made",
        files={"out/manifest.json": cut(0.5)},
        world="results",
    ),
    Row(
        "reproduce: what lies there was changed",
        "reproduce out --out y",
        "changed since it was written",
        1,
        files={"out/kpis.csv": more(b"x\n")},
        world="results",
    ),
    Row(
        "reproduce: a file of the list is a folder",
        "reproduce out --out y",
        "(equal|not there)",
        0,
        files={"out/kpis.csv": folder},
        world="results",
    ),
    Row(
        "reproduce: a name that no disk takes is listed",
        "reproduce out --out y",
        "not made",
        1,
        files={"out/manifest.json": listing(**{"a" * 300: "0"})},
        world="results",
    ),
    *(
        Row(
            f"export of a sweep: {what}",
            "export swept --format csv --out y",
            says,
            files=made,
            world="results",
        )
        for what, made, says in (
            (
                "its table was changed",
                {"swept/summary.csv": more(b"x\n")},
                r"summary\.csv` is not what",
            ),
            (
                "its results were damaged",
                {"swept/results.nc": flip(0.5)},
                r"results\.nc` is (not what|damaged)",
            ),
            (
                "its record was changed",
                {"swept/sweep.json": more(b" ")},
                r"sweep\.json` is not what",
            ),
            (
                "its manifest is none",
                {"swept/sweep.manifest.json": cut(0.5)},
                "was not made by buildout",
            ),
            (
                "its manifest lists files elsewhere",
                {"swept/sweep.manifest.json": listing(**{"../x.csv": "0"}), "x.csv": "mine"},
                "Saved|lists",
            ),
        )
        if "elsewhere" not in what
    ),
    Row(
        "export of tables: changed since",
        "export x --format csv --out y",
        r"check\.csv` is not what",
        files={
            "x/check.csv": TABLE,
            "x/check.manifest.json": json.dumps(
                {"versions": {"buildout": "0"}, "outputs": {"check.csv": "0"}}
            ),
        },
    ),
    Row(
        "export of tables: a pipe",
        "export x --format csv --out y",
        "(no tables|pipe)",
        files={
            "x/check.csv": pipe,
            "x/check.manifest.json": json.dumps(
                {"versions": {"buildout": "0"}, "outputs": {"check.csv": "0"}}
            ),
        },
    ),
    *(
        Row(
            f"the kernel of the page: {name} with {what}",
            call=_kernel(name, harm),
            code=0,
            says="None",
        )
        for name in ("kernel.json", "kernel.wasm")
        for what, harm in (
            ("half", cut(0.5)),
            ("nothing", cut(0)),
            ("a bit flipped", flip(0.4)),
            ("something more", more(b"\0")),
        )
    ),
    Row(
        "the kernel of the page: described without end",
        call=_kernel("kernel.json", lambda path: path.write_text("[" * 99_999)),
        code=0,
        says="None",
    ),
    Row(
        "the kernel of the page: described for another",
        call=_kernel("kernel.json", edit(groups=1)),
        code=0,
        says="None",
    ),
]
