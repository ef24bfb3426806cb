"""Runs that the tests of the model's behaviour share: many settings in one batch."""

from collections.abc import Iterable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from buildout import latin_hypercube
from buildout.checks import simulate_every_step
from buildout.inputs.pathway import pathway, pathway_names
from buildout.simulation.dataset import to_dataset
from buildout.vensim import engine as engines

#: A case is a pathway and what is set on top of it.
Case = tuple[str, Mapping[str, float]]


@pytest.fixture(scope="session")
def world():
    """Settings that tests share, by what they stand for."""
    return SimpleNamespace(
        free_exports={
            "licensed civil access": 1,
            "change of licensed access": 0,
            "deal civil access": 1,
            "cut depth": 0,
            "switch retaliation": 0,
            "feed access by element": 1,
            "cut spillover to allies": 0,
            "tariff decided in 2024": 0,
        },
        no_exports={
            "licensed civil access": 0,
            "change of licensed access": 0,
            "deal civil access": 0,
            "reroute leak": 0,
        },
        no_public_money={
            "standing appropriation": 0,
            "package appropriation": 0,
            "surge total": 0,
            "initial unobligated money": 0,
            "initial obligated money": 0,
            "grant share level": 0,
            "added grant share": 0,
            "public lead level": 0,
        },
        no_new_cover={
            "contract cover level": 0,
            "added contract cover": 0,
            "private offtake of new plants": 0,
        },
        no_cover={
            "contract cover level": 0,
            "added contract cover": 0,
            "existing contract cover": 0,
            "contracts of dated projects concluded": 0,
            "private contract share": 0,
            "private offtake of new plants": 0,
        },
        # Projects that are decided though nothing pays, as a few in the reference class may be.
        no_chance_money={"base hazard": 0, "hazard of part financed projects": 0},
        # No project of the list, neither with a date nor waiting.
        nothing_listed={"projects known until": 2000.0},
        no_tariff={"tariff on Chinese magnets level": 0, "tariff on allies level": 0},
        no_other_money={
            "standing appropriation": 0,
            "package appropriation": 0,
            "initial unobligated money": 0,
        },
        no_cuts={"cut depth": 0},
        # Owners build in the ways of peace, as in all pathways but the mobilization.
        peace={"emergency level": 0, "public build level": 0},
        levers_from_the_start={
            f"{lever} start": 2025.0
            for lever in (
                "added allied access",
                "added contract",
                "added coordination",
                "added grant",
                "added joint venture",
                "allied access",
                "contract",
                "coordination",
                "defense stockpile",
                "further permit reform",
                "grant",
                "joint venture",
                "permit reform",
                "public lead",
                "secondment",
                "surge",
                "training",
            )
        },
    )


def one_cut(start: float, length: float = 1.0, depth: float = 1.0) -> dict[str, float]:
    """Settings that leave a single cut of Chinese exports."""
    return {
        "cut depth": 0,
        "cut start[later cut]": start,
        "cut length[later cut]": length,
        "cut depth[later cut]": depth,
    }


@pytest.fixture(scope="session")
def cut():
    """Settings of a single cut of Chinese exports: `cut(start, length, depth)`."""
    return one_cut


@pytest.fixture(scope="session")
def all_pathways():
    """Names of the eight pathways and of the branches that come with buildout."""
    return pathway_names()


@pytest.fixture(scope="session")
def every_step(model, all_pathways):
    """All pathways, all variables, saved at every step."""
    return simulate_every_step(all_pathways, model=model)


@pytest.fixture(scope="session")
def compare(model):
    """Run cases side by side: `compare(outputs, name=(pathway, settings), ...)`.

    Settings may leave the ranges of parameters.csv, as extremes do. The result is a Dataset with
    the dimension `case`, saved at the model's interval.
    """

    def run(
        outputs: Iterable[str], controls: Mapping[str, float] | None = None, **cases: Case
    ) -> xr.Dataset:
        values = [settings_of(model, *case) for case in cases.values()]
        touched = dict.fromkeys(scalar for one in values for scalar in one)
        trajectories = engines.Batch().run(
            model.system,
            parameters={
                s: np.array([one.get(s, model.constants[s]) for one in values]) for s in touched
            },
            outputs=[s for name in outputs for s in model.scalars(name)],
            controls=controls,
        )
        return to_dataset(model, trajectories, list(cases), dim="case")

    return run


@pytest.fixture(scope="session")
def draws(model):
    """Draws of everything we do not know: `draws(outputs, until, base, number)`."""

    def run(
        outputs: Iterable[str], until: float, base: str = "status-quo", number: int = 256
    ) -> xr.Dataset:
        unknown = [
            row.name
            for row in model.table
            if row.kind == "uncertainty" and row.distribution != "fixed"
        ]
        design = latin_hypercube(number, seed=8, vary=unknown)
        given = settings_of(model, base, {})
        parameters = {scalar: np.full(number, value) for scalar, value in given.items()}
        for name, column in zip(design.names, design.rows(0, number).T, strict=True):
            parameters |= dict.fromkeys(model.scalars(name), column)
        trajectories = engines.Batch().run(
            model.system,
            parameters=parameters,
            outputs=[s for name in outputs for s in model.scalars(name)],
            controls={"final_time": until},
        )
        return to_dataset(model, trajectories, [str(n) for n in range(number)], dim="case")

    return run


@pytest.fixture(scope="session")
def values_of(model):
    """Settings of a pathway by scalar id: `values_of(pathway, settings)`."""
    return partial(settings_of, model)


def settings_of(model: Any, name: str, settings: Mapping[str, float]) -> dict[str, float]:
    """Value of every constant that a pathway or the settings on top of it set, by scalar id."""
    values: dict[str, float] = {}
    for lever, value in [*((s.lever, s.value) for s in pathway(name).settings), *settings.items()]:
        for scalar in model.scalars(lever):
            assert scalar in model.constants, f"`{lever}` is not a constant"
            values[scalar] = float(value)
    return values
