"""From a new process to the first numbers, and from there to all of them."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clocks import Cost, Version, fresh, in_turns, median

#: Simulations in one process, of which the median counts.
REPEAT = 15


@dataclass(frozen=True)
class Start:
    """What one version takes.

    Attributes
    ----------
    cold, warm : Cost
        Of a whole process that computes the verdict's numbers, with an empty and a filled cache.
    again : Cost
        Of three pathways with all outputs, once they were computed before.
    """

    cold: Cost
    warm: Cost
    again: Cost


def start_costs(versions: Sequence[Version], rounds: int) -> dict[str, Start]:
    """The medians of each version; the empty cache is met once."""
    with tempfile.TemporaryDirectory() as folder:

        def own(version: Version) -> Path:
            return Path(folder, version.label)

        cold = {v.label: fresh("start", {}, v, own(v)).cost for v in versions}
        warm = in_turns(versions, rounds, lambda v: fresh("start", {}, v, own(v)))
        again = in_turns(versions, rounds, lambda v: fresh("again", {"repeat": REPEAT}, v, own(v)))
    return {
        label: Start(
            cold=cold[label],
            warm=median(done.cost for done in warm[label]),
            again=median(Cost(**done.result) for done in again[label]),
        )
        for label in cold
    }
