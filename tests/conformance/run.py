"""Holds the engine against folders of Vensim models, and prints what became of them.

    python tests/conformance/run.py FOLDER... [--json FILE] [--list] [--only WORD]

Each model is loaded, run by both backends, and compared with the results that lie beside it, else
with PySD and pysimlin. It fetches nothing: the folders hold checkouts, each with its name as
`owner+repository` if `--list` is to say where a model comes from. Models with the same content
count once.
"""

import argparse
import csv
import hashlib
import json
import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "src")]

import judge  # noqa: E402
import shipped  # noqa: E402

TABLE = HERE / "corpora.csv"
COLUMNS = ("repository", "commit", "path", "sha256", "kind")
#: Bytes of memory for one model.
MEMORY = 8 * 2**30
#: Folders in which models stand that were written to test an engine.
_TESTS = (
    "test",
    "tests",
    "more-tests",
    "pruebas",
    "models",
    "vensim-probes",
    "fixtures",
    "testdata",
)
#: Within those, where others keep models that somebody wrote to learn something.
_REAL = ("samples", "metasd", "xmutil_test_models", "econ", "source", "ema_workbench")


def main() -> None:
    """Run every model and print the table."""
    asked = _arguments()
    kinds = known_kinds()
    models = list(unique_models(asked.folders, asked.only))
    if asked.list:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_origin(*found, kinds) for found in models)
        return
    if asked.kind:
        models = [m for m in models if kind_of(*m, kinds).startswith(asked.kind)]
    with ThreadPoolExecutor(asked.at_once) as pool:
        rows = list(pool.map(lambda found: row_of(*found, kinds, asked), models))
    if asked.json:
        Path(asked.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(table(rows))
    for row in rows:
        if row["class"] not in (*judge.PASSES, "empty"):
            print(f"\n{row['class']}: {row['path']} ({row['kind']})\n    {row['note']}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--json", metavar="FILE", help="also write every row there")
    parser.add_argument("--list", action="store_true", help="print rows for corpora.csv")
    parser.add_argument("--only", default="", metavar="WORD", help="models whose path has it")
    parser.add_argument("--kind", choices=("real", "test"), help="models of this kind only")
    parser.add_argument(
        "--seconds", type=float, default=150.0, help="for one model: a hang is a row"
    )
    parser.add_argument(
        "--sdeverywhere",
        type=Path,
        metavar="FOLDER",
        help="ask SDEverywhere too, where simlin and PySD have no answer; its two npm packages "
        "`compile` and `runtime` are installed there",
    )
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="models at a time")
    return parser.parse_args()


def known_kinds() -> dict[str, str]:
    """The kind of each model listed in `corpora.csv`, by its sha256."""
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["sha256"]: row["kind"] for row in csv.DictReader(lines)}


def unique_models(folders: list[Path], only: str = "") -> Iterator[tuple[Path, Path, str]]:
    """Folder, path and sha256 of each model; of copies the first with results beside it."""
    seen = set()
    for folder in folders:
        paths = [p for p in folder.rglob("*") if p.suffix.lower() == ".mdl" and p.is_file()]
        for path in sorted(paths, key=lambda p: (shipped.beside(p) is None, p)):
            if only not in str(path):
                continue
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            if sha256 not in seen:
                seen.add(sha256)
                yield folder, path, sha256


def kind_of(folder: Path, path: Path, sha256: str, kinds: dict[str, str]) -> str:
    """The kind that `corpora.csv` gives, else one told by the folders that a model stands in."""
    parts = path.relative_to(folder).parts[:-1]
    testing = any(part in _TESTS for part in parts) and not any(part in _REAL for part in parts)
    return kinds.get(sha256) or ("test model" if testing else "real model")


def _origin(folder: Path, path: Path, sha256: str, kinds: dict[str, str]) -> dict[str, str]:
    inside = path.relative_to(folder)
    commit = folder / ".commit"
    return {
        "repository": folder.resolve().name.replace("+", "/", 1),
        "commit": commit.read_text(encoding="utf-8").strip() if commit.exists() else "",
        "path": inside.as_posix(),
        "sha256": sha256,
        "kind": kind_of(folder, path, sha256, kinds),
    }


def row_of(
    folder: Path, path: Path, sha256: str, kinds: dict[str, str], asked: argparse.Namespace
) -> dict[str, Any]:
    """What became of a model, tried in a process of its own."""
    inside = path.relative_to(folder)
    row: dict[str, Any] = {
        "path": f"{folder.resolve().name}/{inside.as_posix()}",
        "sha256": sha256,
        "kind": kind_of(folder, path, sha256, kinds),
        "class": "traceback",
        "note": "the process ended without a word",
    }
    began, seconds = time.perf_counter(), asked.seconds
    ours, theirs = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["judge"])
    process = context.Process(target=_limited, args=(path, theirs, asked.sdeverywhere))
    process.start()
    theirs.close()
    while (left := began + seconds - time.perf_counter()) > 0 and ours.poll(left):
        try:
            row |= ours.recv()
        except EOFError:
            break
    process.join(max(1.0, began + seconds - time.perf_counter()))
    if process.exitcode is None:
        process.kill()
        process.join()
        if row["note"].startswith("the process"):
            row["class"] = "out of time or memory"
        row["note"] += f"; stopped after {seconds:g} s"
    row["seconds"] = round(time.perf_counter() - began, 1)
    print(f"{row['seconds']:6.1f} s  {row['class']:22}{row['path']}", file=sys.stderr, flush=True)
    return row


def _limited(path: Path, pipe: Any, packages: Path | None) -> None:
    # Node reserves more than it uses.
    most = resource.RLIM_INFINITY if packages else MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    judge.judge(path, pipe.send, packages)


def table(rows: list[dict[str, Any]]) -> str:
    """The table, real models apart."""
    kinds = ["test model", "real model"]
    counts = Counter((row["class"], row["kind"]) for row in rows)
    lines = ["| class | test models | real models | all |", "|---|---:|---:|---:|"]
    for name in judge.CLASSES:
        each = [counts[name, kind] for kind in kinds]
        lines.append(f"| {name} | {each[0]} | {each[1]} | {sum(each)} |")
    passed = [sum(counts[name, kind] for name in judge.PASSES) for kind in kinds]
    whole = [sum(row["kind"] == kind for row in rows) for kind in kinds]
    for name, each in (("really compared, and equal", passed), ("tried", whole)):
        lines.append(f"| **{name}** | {each[0]} | {each[1]} | {sum(each)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
