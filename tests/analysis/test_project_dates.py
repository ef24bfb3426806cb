"""Dates of the projects over draws: what has happened has a date, what may not come a share."""

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.project_dates import SHARES, dates_over_draws
from buildout.errors import ResultsError
from buildout.inputs.projects import read_projects

PROJECTS = {project.name: project for project in read_projects()}


@pytest.fixture(scope="module")
def run():
    return bo.simulate("status-quo")


@pytest.fixture(scope="module")
def dates(run):
    return dates_over_draws(run, draws=256).sel(pathway="status-quo")


def test_what_has_started_has_one_date_in_every_draw(dates):
    for name in dates["dated_project"].values:
        if PROJECTS[name].status == "operating":
            fact = PROJECTS[name].owner_start
            np.testing.assert_allclose(dates["start"].sel(dated_project=name), fact)
            assert float(dates["started"].sel(dated_project=name)) == 1


def test_nothing_starts_before_its_earliest_date_and_most_are_later_than_planned(dates):
    late = []
    for name in dates["dated_project"].values:
        project, start = PROJECTS[name], dates["start"].sel(dated_project=name).values
        assert start[0] >= project.earliest_start
        assert list(start) == sorted(start)
        if project.status != "operating":
            late.append(start[1] > project.owner_start)
    assert np.mean(late) > 0.9


def test_what_is_only_financed_is_built_less_often_than_what_is_being_commissioned(dates):
    started = {
        name: float(dates["started"].sel(dated_project=name))
        for name in PROJECTS
        if PROJECTS[name].dated
    }
    by_status = {
        status: [started[n] for n in started if PROJECTS[n].status == status]
        for status in ("financed", "commissioning")
    }
    assert max(by_status["financed"]) < 1
    assert np.mean(by_status["financed"]) < np.mean(by_status["commissioning"])


def test_the_median_of_the_draws_is_the_date_of_the_run(run, dates):
    for name in dates["dated_project"].values:
        own = float(run["start_date_of_project"].sel(dated_project=name).isel(pathway=0, time=0))
        middle = float(dates["start"].sel(dated_project=name, share=0.5))
        # The bands of the constants lie unevenly about their defaults.
        assert middle == pytest.approx(own, abs=0.75), name


def test_undecided_projects_are_decided_in_some_draws_and_never_before_they_can_be(dates):
    decided = dates["decided"]
    assert ((decided >= 0) & (decided <= 1)).all()
    assert 0 < float(decided.mean()) < 1
    first = dates["decision"].sel(share=SHARES[0])
    for name in dates["undecided_project"].values:
        if np.isfinite(first.sel(undecided_project=name)):
            assert float(first.sel(undecided_project=name)) >= PROJECTS[name].earliest_decision


@pytest.mark.slow
def test_settings_of_the_run_hold_in_the_draws(run):
    early = bo.simulate("status-quo", settings={"owner start date[MP 10X]": 2035})
    moved = dates_over_draws(early)["start"].sel(dated_project="MP 10X", share=0.5)
    assert float(moved.max()) >= 2035
    unknown = dates_over_draws(bo.simulate("status-quo", known_until=2025.0))
    assert float(unknown["started"].sel(dated_project="MP 10X").max()) == 0
    assert np.isnan(unknown["start"].sel(dated_project="MP 10X")).all()


def test_runs_of_another_model_are_refused(run):
    with pytest.raises(ResultsError, match="of another model"):
        dates_over_draws(run.assign_attrs(model_sha256="0" * 64))
