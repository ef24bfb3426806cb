"""The cost of a sweep on a cluster is measured by a script that runs."""

import sys

import pytest

pytestmark = pytest.mark.slow

pytest.importorskip("distributed")


@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
def test_the_script_prints_both_tables(monkeypatch, capsys):
    import dask_cost

    words = ["--draws", "64", "--blocks", "8,64", "--workers", "1", "--others", "1000,2000"]
    monkeypatch.setattr(sys, "argv", ["dask_cost.py", *words])
    dask_cost.main()
    printed = capsys.readouterr().out
    assert printed.count("| Dask |") == 2
    assert "| summary, on one machine |" in printed
