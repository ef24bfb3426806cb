"""The same blocks as Dask tasks, in two processes of their own."""

import json

import pytest
import xarray as xr

from buildout.errors import InputError
from buildout.sampling import design
from buildout.sweeps import At, Crossing, Final, Quantiles
from buildout.vensim.engine import Batch

KEPT = [At([1, 2]), Final(), Crossing(2), Quantiles()]


def test_something_that_is_no_client_is_refused(tank, swept):
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match=r"A `distributed.Client` is accepted"):
        swept([1, 2], Final(), client="localhost")


@pytest.mark.slow
def test_two_processes_give_the_same_dataset(tank, swept, tmp_path):
    distributed = pytest.importorskip("distributed")
    draws = design.latin_hypercube(500, seed=7, model=tank)

    def run(**more):
        return swept(
            draws, KEPT, outputs=["tank", "bent"], pathways=["free", "settled"],
            engine=Batch(threads=1), **more,
        )  # fmt: skip

    expected = run()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        xr.testing.assert_identical(run(client=client, block=64), expected)
        out = tmp_path / "out"
        xr.testing.assert_identical(run(client=client, block=64, out=out), expected)
        # A sweep begun by one machine can be finished by many, and the other way round.
        (out / "results.nc").unlink()
        xr.testing.assert_identical(run(client=client, out=out, resume=True), expected)
    assert json.loads((out / "sweep.json").read_text())["block"] == 64
