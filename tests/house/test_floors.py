"""The house stands: modules import only from lower floors, and fenced packages stay inside.

`floors.toml` lists, for every folder of the source, its files and subfolders from the ground up.
It is held against the source in both directions: what it lists exists, what exists is listed.
"""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

import buildout

SOURCE = Path(buildout.__file__).parent
FLOORS: dict[str, list[list[str]]] = tomllib.loads(
    Path(__file__).with_name("floors.toml").read_text(encoding="utf-8")
)
# Package: where alone it may be imported.
FENCES = {
    "matplotlib": ("figures/",),
    "pysd": (
        "vensim/engine/backends/pysd_reference.py",
        "vensim/engine/backends/pysd_repairs.py",
        "vensim/engine/frontend/parsing.py",
    ),
    "llvmlite": ("vensim/engine/backends/llvm/",),
    "tqdm": ("_util/progress.py",),
    "distributed": ("sweeps/dask_backend.py", "sweeps/dask_client.py"),
    "pint": ("vensim/units.py", "vensim/unit_rules.py"),
}
LOOSE = {"__init__.py", "__init__.pyi", "__main__.py", "errors.py", "py.typed"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def dotted(path: Path) -> str:
    """A file's name inside the package, such as `vensim.units`; of a folder, the folder's."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__")


@cache
def imports(path: Path) -> frozenset[str]:
    """Dotted names of all that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def own_imports(path: Path) -> set[str]:
    """What a file imports of buildout, without the package's name."""
    return {name[len("buildout.") :] for name in imports(path) if name.startswith("buildout.")}


def arrows(folder: str) -> set[tuple[str, str, str]]:
    """Importer, imported (both as members of the folder) and file, for all files below a folder."""
    prefix = f"{folder}." if folder else ""
    members = {name for floor in FLOORS[folder or "."] for name in floor}
    found = set()
    for path in modules():
        importer = dotted(path).removeprefix(prefix).split(".")[0]
        if not dotted(path).startswith(prefix) or importer not in members:
            continue
        for name in own_imports(path):
            imported = name.removeprefix(prefix).split(".")[0]
            if name.startswith(prefix) and imported in members and imported != importer:
                found.add((importer, imported, str(path.relative_to(SOURCE))))
    return found


def folders() -> list[str]:
    return [
        ".".join(path.parent.relative_to(SOURCE).parts)
        for path in sorted(SOURCE.rglob("__init__.py"))
    ]


@pytest.mark.parametrize("folder", folders())
def test_every_file_has_a_floor_and_every_floor_its_files(folder):
    place = SOURCE.joinpath(*folder.split(".")) if folder else SOURCE
    there = {path.stem for path in place.glob("*.py")} | {
        path.parent.name for path in place.glob("*/__init__.py")
    }
    listed = [name for floor in FLOORS.get(folder or ".", []) for name in floor]
    assert sorted(listed) == sorted(there - {"__init__"})


@pytest.mark.parametrize("folder", [name for name in FLOORS if name != "."] + [""])
def test_a_file_imports_only_from_lower_floors(folder):
    height = {name: n for n, floor in enumerate(FLOORS[folder or "."]) for name in floor}
    wrong = [
        f"{file}: `{importer}` imports `{imported}`, which is not below it"
        for importer, imported, file in sorted(arrows(folder))
        if height[imported] >= height[importer]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_library_of_vensim_models_knows_nothing_of_the_house_above_it():
    used = {
        name.split(".")[0]
        for path in modules()
        if dotted(path).startswith("vensim")
        for name in own_imports(path)
    }
    assert used <= {"vensim", "_util", "errors"}


@pytest.mark.parametrize("package", FENCES)
def test_a_fenced_package_is_imported_inside_its_fence_and_only_there(package):
    users = {
        path.relative_to(SOURCE).as_posix()
        for path in modules()
        if any(name.split(".")[0] == package for name in imports(path))
    }
    assert users, f"nothing imports `{package}`; remove it from the requirements"
    outside = {user for user in users if not user.startswith(FENCES[package])}
    assert not outside


def test_at_most_six_files_are_loose_at_the_top():
    assert {path.name for path in SOURCE.iterdir() if path.is_file()} == LOOSE
    assert len(LOOSE) <= 6


@pytest.mark.parametrize("folder", [name for name in folders() if name])
def test_every_room_opens_with_a_sentence(folder):
    file = SOURCE.joinpath(*folder.split(".")) / "__init__.py"
    opening = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    assert len(opening.splitlines()[0]) > 30


def test_files_stay_readable():
    """The house's guide is 400 lines; a file beyond it has become two."""
    long = {str(p): n for p in modules() if (n := len(p.read_text().splitlines())) > 400}
    assert not long
