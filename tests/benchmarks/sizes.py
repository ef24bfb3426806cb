"""How much of everything the benchmark does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Runs, draws and repetitions.

    Attributes
    ----------
    batch : int
        Runs in a batch of the engines and of the kernel alone.
    wide : int
        The same where all outputs are kept.
    sweeps : tuple of int
        Draws of a small and a large sweep of each version.
    larger : int
        Draws of a sweep of ours alone, for how the cost grows; 0 for none.
    long, million : int
        Draws of a sweep of each version on two threads, and of one of ours; 0 for none.
    rounds, repeat : int
        Turns of the versions; repetitions within one process.
    pysd : bool
        Whether PySD runs the project's model, which takes minutes a run.
    """

    batch: int = 4096
    wide: int = 128
    sweeps: tuple[int, int] = (2048, 16_384)
    larger: int = 65_536
    long: int = 0
    million: int = 0
    rounds: int = 3
    repeat: int = 5
    pysd: bool = True


QUICK = Sizes(512, 64, (256, 1024), larger=0, rounds=1, repeat=2, pysd=False)
LONG, MILLION = 131_072, 1_000_000
