"""Ctrl-C in the middle of a batch on several threads leaves the process sound."""

import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
    import gc, signal, threading
    import numpy as np
    from buildout import Batch, load_model

    def interrupt(*_):
        raise KeyboardInterrupt

    model = load_model()
    outputs = model.scalars("US magnet output total")
    draws = {s: np.linspace(0.1, 0.5, 2000) for s in model.scalars("coordination level")}
    Batch(2).run(model.system, draws, outputs)
    signal.signal(signal.SIGALRM, interrupt)
    interrupted = 0
    for _ in range(8):
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        try:
            Batch(2).run(model.system, draws, outputs)
        except KeyboardInterrupt:
            interrupted += 1
        gc.collect()
        # Takes the memory that a thread still at work must not have lost.
        others = [np.zeros(100_000) for _ in range(50)]
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()
    assert interrupted and not any(other.any() for other in others)
"""


def test_an_interrupted_batch_does_not_write_into_memory_of_others():
    subprocess.run([sys.executable, "-c", textwrap.dedent(SCRIPT)], check=True)
