"""What is to be known of the numbers wherever they go: version, draws, meaning, how to cite."""

import json

import xarray as xr

from buildout._util.numbers import each, number
from buildout.inputs.citation import read_citation
from buildout.inputs.model import Model
from buildout.simulation.soundness import told_status

WHAT = (
    "Runs of an open system-dynamics model of the US rare-earth magnet chain, from ore to "
    "compliant magnet. A policy is a pathway: a setting of the model's levers."
)
DEFINITIONS = (
    "Coverage: compliant magnets from qualified makers over the need of US defense, stocks "
    "included. Full coverage: first date from which it stays at 100% for a year. A single run has "
    "expected shares at median dates; a band of 5-95% lies between what the lowest and the highest "
    "twentieth of the draws reach. Light and heavy NdFeB are magnets without and with dysprosium "
    "or terbium."
)


def notes_of(ds: xr.Dataset, drawn: str, model: Model, date: str) -> list[tuple[str, str]]:
    """Pairs of a head and what it says."""
    version = str(ds.attrs["source"])
    paths = [str(path) for path in ds["pathway"].values]
    titles = [str(title) for title in ds["pathway_title"].values]
    need = each({p: number(_first(ds, p, "defense_need_in_2025")) for p in paths})
    notes = [
        ("What it is", WHAT),
        ("Pathways", "; ".join(f"{p}: {t}" for p, t in zip(paths, titles, strict=True)) + "."),
        ("Defense need", f"{need} t of magnets a year in 2025, all classes."),
        ("Definitions", DEFINITIONS),
        ("Draws", f"{drawn or 'none'}; the same for every pathway."),
        ("Version", f"{version}, model {model.sha256[:12]}; {_packages(ds)}."),
        ("Cite as", read_citation().sentence(version.split()[-1])),
        ("Units", "t: tonnes; yr: a year; years with decimals: 2027.0 is 1 January 2027."),
    ]
    notes += [("Not sound", sentence) for sentence in told_status(ds, model=model)]
    return notes + ([("Date", date)] if date else [])


def _packages(ds: xr.Dataset) -> str:
    versions = json.loads(ds.attrs["versions"])
    return ", ".join(f"{name} {v}" for name, v in versions.items() if name in ("python", "numpy"))


def _first(ds: xr.Dataset, path: str, key: str) -> float:
    if key not in ds:
        return float("nan")
    return float(ds[key].sel(pathway=path).values.ravel()[0])
