"""A lever from end to end: how far coverage follows, where the need is met, where we stand.

python figures/recipes/lever_with_the_need_marked.py FOLDER
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import buildout as bo

LEVER, LABEL = "defense need in 2025", "Defense need of 2025, t a year"
VALUES = (100, 200, 350, 600, 1000, 1500, 2000, 3000)
OUTCOME, YEAR = "coverage: heavy NdFeB", 2027


def main(folder: Path, draws: int = 200) -> None:
    """Draw coverage against the lever with the band of draws, and save its numbers beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    ds = bo.response({LEVER: VALUES}, outcome=OUTCOME, year=YEAR, draws=draws)
    here = ds.isel(pathway=0)
    low, middle, high = (100 * here[name].values for name in ("p05", "p50", "p95"))
    usual = bo.load_model().constants[LEVER.replace(" ", "_")]

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    axes.fill_between(VALUES, low, high, color="#1f5a96", alpha=0.2, linewidth=0)
    axes.plot(VALUES, middle, color="#1f5a96", marker="o", markersize=4, label="median of draws")
    axes.axhline(100, color="black", linewidth=0.8)
    axes.annotate("the whole need", (VALUES[0], 100), (0, 4), textcoords="offset points")
    axes.axvline(usual, color="black", linewidth=0.8, linestyle=":")
    axes.annotate("as in the model", (usual, high.max()), (4, -8), textcoords="offset points")
    axes.set(xscale="log", yscale="log", xlabel=LABEL, ylabel="Covered on 1 January 2027, percent")
    axes.set_xticks(VALUES, [f"{value:,}" for value in VALUES])
    axes.set_yticks([10, 100, 1000], ["10", "100", "1,000"])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.annotate(
        f"5-95% of {draws:,} draws", (VALUES[0], low[0]), (6, 14), textcoords="offset points"
    )
    met = max(value for value, share in zip(VALUES, middle, strict=True) if share >= 100)
    axes.set_title(f"In the median heavy magnets suffice for {met:,} t a year", loc="left")
    figure.savefig(folder / "lever_with_the_need_marked.svg", metadata={"Date": None})
    figure.savefig(folder / "lever_with_the_need_marked.png", dpi=150)
    plt.close(figure)
    table = here[["p05", "p50", "p95"]].to_dataframe()[["p05", "p50", "p95"]]
    table.to_csv(folder / "lever_with_the_need_marked.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "."))
