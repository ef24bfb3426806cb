"""All files of a checkout that are made from others: what each is made of, and which are stale."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from buildout._util import files
from buildout._util.names import unknown
from buildout.analysis.third_pathway import published_pathways
from buildout.calibration.fit import fit_text
from buildout.calibration.hindcast import STARTS, by_group, hindcast
from buildout.errors import OutputError
from buildout.inputs import places
from buildout.inputs.model import load_model
from buildout.inputs.pathway_schema import SCHEMA_NAME, pathway_schema_text
from buildout.inputs.projects import read_projects
from buildout.page.content import asked_of_page, kernel_outputs, kernel_parameters
from buildout.page.kernel import INFO, MODULE, made_kernel, shipped, text_fingerprint
from buildout.pages import recorded
from buildout.pages.border import border_tables
from buildout.pages.claims import claims_page
from buildout.pages.conditioning import conditioning_page
from buildout.pages.dollars import dollar_tables
from buildout.pages.effects import effects_page, effects_summary, unbounded_table
from buildout.pages.frontier import frontier_page
from buildout.pages.marked import filled
from buildout.pages.project_group import with_project_group
from buildout.pages.readme import readme_values
from buildout.pages.robustness import robustness_page
from buildout.pages.validation import validation_page
from buildout.pages.variables import current_page
from buildout.vensim.sketch import draw_views, stale_views

# Path within the checkout and content.
Made = dict[str, bytes]
EFFECTS, ROBUSTNESS = "model/EFFECTS.md", "model/ROBUSTNESS.md"
MODEL, FIGURES = "model/buildout.mdl", "figures"
SCHEMA = f"src/buildout/inputs/pathways/{SCHEMA_NAME}"
PAGE = "src/buildout/page"
EFFECTS_CODE = ("experiments", "outcomes", "pages/effects.py")
VALIDATION = "model/VALIDATION.md"
VALIDATION_CODE = (
    "tables:observations/*.csv",
    "tables:money.csv",
    "tables:hindcast.csv",
    "tables:misses.csv",
    "tables:projections.csv",
    "tables:predictions.csv",
    "calibration/hindcast.py",
    "calibration/misses.py",
    "calibration/observed.py",
    "calibration/prediction_scores.py",
    "calibration/scored.py",
    "calibration/scores.py",
    "analysis/expectations.py",
    "pages/past_prices.py",
    "pages/validation.py",
    "figures/validation.py",
)
CONDITIONING = "model/CONDITIONING.md"
CONDITIONING_CODE = (
    "tables:observations/*.csv",
    "tables:money.csv",
    "tables:hindcast.csv",
    *(f"inputs/pathways/hindcast-{name}.toml" for name in ("2018-market", "2018-state", "market")),
    *(f"calibration/{name}.py" for name in ("evidence", "hindcast", "resampling", "smoother")),
    *(f"analysis/{name}.py" for name in ("conditioning", "past", "truths")),
    "pages/conditioning.py",
)
CLAIMS = "model/CLAIMS.md"
CLAIMS_CODE = (
    "tables:claim_tests.csv",
    "tables:claims.csv",
    "experiments/claims",
    "experiments/tables/cases.toml",
    "sampling",
    "outcomes",
    "pages/claims.py",
)
FRONTIER, FRONTIER_TABLE = "model/FRONTIER.md", "model/frontier.csv"
FRONTIER_CODE = (
    *(f"analysis/{name}.py" for name in ("dial_space", "front", "front_in_draws", "frontier")),
    *(f"analysis/{name}.py" for name in ("frontier_rows", "search", "third_pathway")),
    "inputs/tables/dials.csv",
    "inputs/tables/outcomes.csv",
    "sampling",
    "pages/frontier.py",
)
ROBUSTNESS_CODE = ("sampling", "outcomes", "pages/robustness.py")


@dataclass(frozen=True)
class Generated:
    """Files that are made from others.

    Attributes
    ----------
    name : str
        As it is asked for.
    title : str
        In a few words.
    make : callable
        Folder of the checkout -> content of each file.
    quick : callable, optional
        Folder of the checkout -> files that are stale, where making them to see takes long.
    owned : tuple of str
        Patterns of files that are its alone: one that is not made any more is removed.
    """

    name: str
    title: str
    make: Callable[[Path], Made]
    quick: Callable[[Path], list[str]] | None = None
    owned: tuple[str, ...] = ()

    def stale(self, root: Path, *, thorough: bool = False) -> list[str]:
        """Files that are missing, or are not what would be made.

        Parameters
        ----------
        root : path
            The checkout.
        thorough : bool
            Make them to see, however long it takes.
        """
        if self.quick is not None and not thorough:
            return self.quick(root)
        made = self.make(root)
        changed = [name for name, data in made.items() if _read(root / name) != data]
        return sorted({*changed, *self._left_over(root, made)})

    def write(self, root: Path) -> list[str]:
        """Make all files anew; each is complete or as it was.

        Returns
        -------
        list of str
            Files that have changed or are gone.
        """
        made = self.make(root)
        changed = [name for name, data in made.items() if _read(root / name) != data]
        for name in changed:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            files.write_atomically(root / name, partial(_put, data=made[name]))
        gone = self._left_over(root, made)
        for name in gone:
            (root / name).unlink()
        return sorted([*changed, *gone])

    def _left_over(self, root: Path, made: Made) -> list[str]:
        present = {path.relative_to(root).as_posix() for p in self.owned for path in root.glob(p)}
        return sorted(present - set(made))


def checkout() -> Path:
    """The folder of the checkout that this buildout runs from.

    Raises
    ------
    OutputError
        When it is an installed package, whose files are not for writing.
    """
    root = places.model_file().parents[1]
    if not (root / "pyproject.toml").is_file():
        raise OutputError(
            "This buildout is an installed package; generated files belong to its source.",
            "A checkout is accepted.",
            "Clone the repository and run `buildout generate` from there.",
        )
    return root


def chosen(wanted: Sequence[str]) -> list[Generated]:
    """What is meant by some names, in the order in which it must be made; all by default."""
    known = [entry.name for entry in GENERATED]
    for name in wanted:
        if name not in known:
            raise unknown("generated file", name, known)
    return [entry for entry in GENERATED if not wanted or entry.name in wanted]


def _put(place: Path, data: bytes) -> None:
    place.write_bytes(data)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _text(root: Path, name: str) -> str:
    data = _read(root / name)
    return "" if data is None else data.decode("utf-8")


# --- What is made, one function each --------------------------------------------------------------


def _projects(root: Path) -> Made:
    projects = read_projects(root / "calibration/projects.csv")
    return {MODEL: with_project_group(_text(root, MODEL), projects).encode()}


def _sketches(root: Path) -> Made:
    text = _text(root, MODEL)
    drawn = draw_views(text)
    # Drawing takes a while, in which someone may edit the model.
    if _text(root, MODEL) != text:
        raise OutputError(
            f"`{MODEL}` changed while its views were drawn; nothing is written.",
            cure="Draw the views again.",
        )
    return {MODEL: drawn.encode()}


def _stale_sketches(root: Path) -> list[str]:
    # What they show, not where it stands, so that views may be rearranged in Vensim.
    return [MODEL] if stale_views(_text(root, MODEL)) else []


def _pictures(root: Path) -> Made:
    from buildout.figures.sector_views import view_pictures

    made = view_pictures(_text(root, MODEL))
    return {f"model/views/{name}": data for name, data in made.items()}


def _variables(root: Path) -> Made:
    return {"model/VARIABLES.md": current_page().encode()}


def _schema(_root: Path) -> Made:
    return {SCHEMA: pathway_schema_text(load_model()).encode()}


def _fit(root: Path) -> Made:
    return {"calibration/fit.json": fit_text().encode()}


def _effects(root: Path) -> Made:
    return {EFFECTS: recorded.recorded(effects_page(load_model()), *EFFECTS_CODE).encode()}


def _robustness(root: Path) -> Made:
    page = robustness_page(load_model())
    return {ROBUSTNESS: recorded.recorded(page, *ROBUSTNESS_CODE).encode()}


def _validation(root: Path) -> Made:
    from buildout.figures import render, validation

    page = recorded.recorded(validation_page(), *VALIDATION_CODE).encode()
    pictures = {
        f"model/hindcast-{start}.png": render(validation(by_group(hindcast(start))), "png")
        for start in STARTS
    }
    return {VALIDATION: page, **pictures}


def _conditioning(root: Path) -> Made:
    return {CONDITIONING: recorded.recorded(conditioning_page(), *CONDITIONING_CODE).encode()}


def _claims(root: Path) -> Made:
    return {CLAIMS: recorded.recorded(claims_page(load_model()), *CLAIMS_CODE).encode()}


def _frontier(root: Path) -> Made:
    page, table = frontier_page(load_model())
    return {
        FRONTIER: recorded.recorded(page, *FRONTIER_CODE).encode(),
        FRONTIER_TABLE: table.encode(),
    }


def _stale_frontier(root: Path) -> list[str]:
    # The table holds only for the very file of the model, its views included.
    stale = [] if published_pathways(load_model(), root / FRONTIER_TABLE) else [FRONTIER_TABLE]
    return [*_of_other_inputs(FRONTIER, FRONTIER_CODE)(root), *stale]


def _of_other_inputs(page: str, code: Sequence[str]) -> Callable[[Path], list[str]]:
    def quick(root: Path) -> list[str]:
        return [] if recorded.is_of_these_inputs(_text(root, page), *code) else [page]

    return quick


def _model_readme(root: Path) -> Made:
    name = "model/README.md"
    model = load_model()
    values = {
        "effects": effects_summary(_text(root, EFFECTS)),
        "unbounded": unbounded_table(model),
        **dollar_tables(),
        **border_tables(model),
    }
    return {name: filled(_text(root, name), values).encode()}


def _readme(root: Path) -> Made:
    values = readme_values(load_model(), _text(root, ROBUSTNESS))
    return {"README.md": filled(_text(root, "README.md"), values).encode()}


def _kernel(root: Path) -> Made:
    """The module as it is while it fits: linkers differ in a byte, and not all have one."""
    made = made_kernel(load_model().system, *_page_needs(), known=shipped(root / PAGE))
    return {f"{PAGE}/{MODULE}": made.wasm, f"{PAGE}/{INFO}": made.written.encode()}


def _stale_kernel(root: Path) -> list[str]:
    known, system = shipped(root / PAGE), load_model().system
    text = text_fingerprint(system, *_page_needs())
    if known is None or (known.info["text"], known.info["model"]) != (text, system.sha256):
        return [f"{PAGE}/{INFO}"]
    return []


def _page_needs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Constants that the page of sliders moves, and outputs that it shows."""
    model = load_model()
    return kernel_parameters(model, asked_of_page(model=model)), kernel_outputs(model)


def _figures(root: Path) -> Made:
    from buildout.figures import save_figures
    from buildout.simulation.simulate import simulate

    with TemporaryDirectory() as folder:
        save_figures(simulate(), folder, command="buildout figures")
        return {f"{FIGURES}/{p.name}": p.read_bytes() for p in sorted(Path(folder).iterdir())}


def _stale_figures(root: Path) -> list[str]:
    """Figures whose inputs or whose own bytes are not those of the manifest beside them."""
    manifest = json.loads(_text(root, f"{FIGURES}/manifest.json") or "{}")
    folders = (root / "model", places.calibration_folder(), places.pathways_folder())
    for name, digest in manifest.get("inputs", {"no manifest": ""}).items():
        copies = [folder / name for folder in folders if (folder / name).is_file()]
        if not copies or files.sha256(copies[0]) != digest:
            return [f"{FIGURES}/manifest.json"]
    named = {root / FIGURES / name: digest for name, digest in manifest["outputs"].items()}
    return [
        path.relative_to(root).as_posix()
        for path, digest in named.items()
        if not path.is_file() or files.sha256(path) != digest
    ]


GENERATED = (
    Generated("projects", "group of projects inside buildout.mdl", _projects),
    Generated("sketches", "views inside buildout.mdl", _sketches, _stale_sketches),
    Generated("views", "pictures of the views", _pictures, owned=("model/views/*.svg",)),
    Generated("variables", "VARIABLES.md", _variables),
    Generated("schema", "the JSON Schema of pathway files", _schema),
    Generated("fit", "fit.json", _fit),
    Generated("effects", "EFFECTS.md", _effects, _of_other_inputs(EFFECTS, EFFECTS_CODE)),
    Generated(
        "robustness", "ROBUSTNESS.md", _robustness, _of_other_inputs(ROBUSTNESS, ROBUSTNESS_CODE)
    ),
    Generated(
        "validation",
        "VALIDATION.md and its pictures",
        _validation,
        _of_other_inputs(VALIDATION, VALIDATION_CODE),
        owned=("model/hindcast-*.png",),
    ),
    Generated(
        "conditioning",
        "CONDITIONING.md",
        _conditioning,
        _of_other_inputs(CONDITIONING, CONDITIONING_CODE),
    ),
    Generated("claims", "CLAIMS.md", _claims, _of_other_inputs(CLAIMS, CLAIMS_CODE)),
    Generated("frontier", "FRONTIER.md and its table", _frontier, _stale_frontier),
    Generated("model-readme", "tables in model/README.md", _model_readme),
    Generated("readme", "numbers in README.md", _readme),
    Generated(
        "figures",
        "the gallery",
        _figures,
        _stale_figures,
        owned=tuple(f"{FIGURES}/*.{suffix}" for suffix in ("png", "csv")),
    ),
    # Last, as it alone may need a linker that is not here.
    Generated("kernel", "the compiled model of the page of sliders", _kernel, _stale_kernel),
)
