"""The batch engine: many runs at once, compiled from the schedule of a model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from buildout.errors import InputError
from buildout.vensim.engine.backends.llvm.machine import run_llvm
from buildout.vensim.engine.backends.numpy_backend import run_numpy
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import Parameters, Times, Trajectories, request

BACKENDS = ("llvm", "numpy")


@dataclass(frozen=True)
class Batch:
    """Runs a model for many sets of parameters at once.

    Results agree with `Reference` to 1e-10 or better, relative, and do not depend on the number of
    threads or the size of blocks; the two backends differ by rounding in `EXP`, `LN`, `^` and the
    trigonometric functions only.

    Attributes
    ----------
    threads : int, optional
        How many cores to use; all by default. NumPy uses one.
    backend : str
        "llvm", compiled to machine code, or "numpy", which needs no compiler.
    block : int, optional
        Runs computed together by NumPy; by default what suits the processor's memory.
    """

    threads: int | None = None
    backend: str = "llvm"
    block: int | None = None

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise InputError(f"Unknown backend `{self.backend}`.", "Known: `llvm`, `numpy`.")
        for name in ("threads", "block"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"`{name}` is {value}.", "1 or more is accepted.")

    def run(
        self,
        system: System,
        parameters: Parameters | None = None,
        outputs: Iterable[str] | None = None,
        controls: Mapping[str, float] | None = None,
        times: Times | None = None,
        initial_state: Parameters | None = None,
    ) -> Trajectories:
        """Run a model.

        Parameters
        ----------
        system : System
        parameters : dict of str to float or array (n_runs,), optional
            Constants of the model to replace, by name ("labor", all elements), by name with
            subscripts ("labor[US]") or by scalar id. Later entries win.
        outputs : iterable of str, optional
            Names or scalar ids; by default all variables.
        controls : dict of str to float, optional
            Replaces initial_time, final_time, time_step or saveper.
        times : sequence of float, optional
            Times to save instead of every `saveper`; each must be one of the time steps.
        initial_state : dict of str to float or array (n_runs,), optional
            Replaces initial values of stocks and hidden states (`System.states`); computed with
            NumPy.

        Returns
        -------
        Trajectories

        Raises
        ------
        UnknownNameError
            For a name the model does not have; the message gives the nearest ones.
        InputError
            For values of the wrong shape, or times off the grid.

        Examples
        --------
        >>> from buildout.vensim.engine import load
        >>> system = load('''tank = INTEG(-tank / life, 1) ~ ~ |
        ... life = 2 ~ ~ |
        ... INITIAL TIME = 0 ~ ~ |
        ... FINAL TIME = 1 ~ ~ |
        ... TIME STEP = 1 ~ ~ |
        ... SAVEPER = 1 ~ ~ |''')
        >>> Batch().run(system, {"life": [2, 4]}, ["tank"])["tank"].tolist()
        [[1.0, 1.0], [0.5, 0.75]]
        """
        asked = request(system, parameters, outputs, controls, times, initial_state)
        if self.backend == "numpy" or asked.state:
            return run_numpy(system, asked, self.block)
        return run_llvm(system, asked, self.threads)
