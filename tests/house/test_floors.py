"""The house stands: modules import only from lower floors, and fenced packages stay inside."""

import ast
from functools import cache
from pathlib import Path

import pytest

import buildout

SOURCE = Path(buildout.__file__).parent

# From the ground up; a module imports only from floors below its own.
FLOORS = (
    ("errors",),
    ("_util",),
    ("vensim",),
    ("inputs",),
    ("outcomes",),
    ("sampling",),
    ("simulation",),
    ("sweeps",),
    ("calibration",),
    ("analysis",),
    ("checks",),
    ("experiments",),
    ("figures",),
    ("report", "pages"),
    ("cli",),
    ("__main__",),
)
# Package: where alone it may be imported.
FENCES = {
    "matplotlib": ("figures/",),
    "pysd": ("vensim/engine/backends/pysd_reference.py", "vensim/engine/frontend/lower.py"),
    "llvmlite": ("vensim/engine/backends/llvm/",),
    "tqdm": ("_util/progress.py",),
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def unit(path: Path) -> str:
    """The part of the house that a file belongs to: a module, or a whole subpackage."""
    return path.relative_to(SOURCE).with_suffix("").parts[0]


@cache
def imports(path: Path) -> set[str]:
    """Dotted names of all that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_units(path: Path) -> set[str]:
    parts = [name.split(".") for name in imports(path)]
    return {part[1] for part in parts if part[0] == "buildout" and len(part) > 1}


HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}


def test_every_module_has_a_floor_and_every_floor_its_modules():
    found = {unit(path) for path in modules()} - {"__init__"}
    assert found == set(HEIGHT)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_lower_floors(path):
    own = unit(path)
    if own == "__init__":
        return  # The public face names modules of all floors, and loads them on first use.
    for used in (imported_units(path) & set(HEIGHT)) - {own}:
        assert HEIGHT[used] < HEIGHT[own], f"`{own}` imports `{used}`, which is not below it"


@pytest.mark.parametrize("package", FENCES)
def test_a_fenced_package_is_imported_inside_its_fence_and_only_there(package):
    users = {
        str(path.relative_to(SOURCE))
        for path in modules()
        if any(name.split(".")[0] == package for name in imports(path))
    }
    assert users, f"nothing imports `{package}`; remove it from the requirements"
    outside = {user for user in users if not user.startswith(FENCES[package])}
    assert not outside


def test_files_stay_readable():
    """The house's guide is 400 lines; a file beyond it has become two."""
    long = {str(p): n for p in modules() if (n := len(p.read_text().splitlines())) > 400}
    assert not long
