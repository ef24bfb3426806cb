"""What is run: two models, the parameters that differ between runs, the outputs asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flat import Flat

from buildout.inputs.model import Model, load_model
from buildout.inputs.places import calibration_folder, model_file
from buildout.sampling.design import latin_hypercube
from buildout.vensim.engine import System, load

HERE = Path(__file__).parent
PATHWAYS = ("status-quo", "mobilization", "china-deal")
OUTCOMES = (
    "defense coverage",
    "defense shortfall",
    "US magnet output total",
    "vulnerability",
    "defense shortfall total",
    "cumulative US magnet output",
)
#: Of the sweeps: the trajectories that ten numbers are reduced from.
TRAJECTORIES = (
    "defense coverage",
    "defense shortfall total",
    "US magnet output total",
    "self sufficiency of direct market[NdFeB magnets]",
    "vulnerability",
)


@dataclass(frozen=True)
class Files:
    """Where a model, its table and its pathways are.

    Attributes
    ----------
    equations, table : Path
    pathways : tuple of str
        Paths of files, or names of pathways that come with buildout.
    """

    equations: Path
    table: Path
    pathways: tuple[str, ...]

    def load(self) -> Model:
        return load_model(self.equations, self.table)


def own_files() -> Files:
    """Those that come with buildout."""
    return Files(model_file(), calibration_folder() / "parameters.csv", PATHWAYS)


def files_of(checkout: Path) -> Files:
    """Those of another checkout, for both versions to do the very same."""
    package = checkout / "src" / "buildout"
    # Version 0.1 had them one floor higher.
    folder = next(f for f in (package / "inputs" / "pathways", package / "pathways") if f.is_dir())
    return Files(
        checkout / "model" / "buildout.mdl",
        checkout / "calibration" / "parameters.csv",
        tuple(str(folder / f"{name}.toml") for name in PATHWAYS),
    )


@dataclass(frozen=True)
class Case:
    """A model, the parameters that differ between runs, and the outputs that are asked for.

    Attributes
    ----------
    label : str
    system : System
    path : Path
        Its file, for the engines that read it themselves.
    flat : Flat
        The same without subscripts.
    draws : dict of str to array
        Values of scalar ids, long enough for the largest batch.
    outputs : tuple of str
        Scalar ids, kept at every saved date.
    """

    label: str
    system: System
    path: Path
    flat: Flat
    draws: dict[str, np.ndarray]
    outputs: tuple[str, ...]

    def some(self, runs: int) -> dict[str, np.ndarray]:
        """The first draws."""
        return {scalar: values[:runs] for scalar, values in self.draws.items()}

    def first(self) -> dict[str, float]:
        """The first draw."""
        return {scalar: float(values[0]) for scalar, values in self.draws.items()}

    def spelled(self, scalar: str) -> str:
        """A scalar id as Vensim writes it, with the name of its variable in the file."""
        _, bracket, elements = scalar.partition("[")
        return self.system.variables[self.system.owners[scalar]].name + bracket + elements


def case(label: str, path: Path, ranges: Mapping[str, tuple], outputs: Sequence[str]) -> Case:
    """A case with many draws inside the ranges."""
    system = load(path)
    rng = np.random.default_rng(1)
    draws = {scalar: rng.uniform(*ends, 16_384) for scalar, ends in ranges.items()}
    return Case(label, system, path, Flat(system), draws, tuple(outputs))


def small_case() -> Case:
    """The model on which the route to this engine was tried out."""
    system = load(HERE / "small.mdl")
    constants = [s for s, value in system.constants.items() if value > 0 and "[" not in s][:10]
    ranges = {s: (0.9 * system.constants[s], 1.1 * system.constants[s]) for s in constants}
    outputs = [v.key for v in system.variables.values() if v.kind == "auxiliary" and not v.dims]
    return case("small model", HERE / "small.mdl", ranges, outputs[:8])


def project_case(files: Files) -> Case:
    """The model of this project, with ten of its uncertainties."""
    model = files.load()
    names = [
        row.name
        for row in model.parameters.values()
        if row.kind == "uncertainty" and row.low < row.high and not model.variable(row.name).dims
    ]
    chosen = latin_hypercube(1, seed=1, vary=list(dict.fromkeys(names))[:10], model=model)
    ranges = {
        model.scalars(name)[0]: ends
        for name, ends in zip(chosen.names, zip(*chosen.ends(), strict=True), strict=True)
    }
    outputs = [scalar for name in OUTCOMES for scalar in model.scalars(name)]
    return case("project's model", files.equations, ranges, outputs)
